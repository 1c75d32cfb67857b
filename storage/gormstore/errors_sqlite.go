package gormstore

import (
	"errors"
	"reflect"
)

// sqliteCode returns SQLite's extended result code. The drivers tell it in different
// ways and none may be imported here: mattn's errors have fields, others a method.
func sqliteCode(err error) (int64, bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		if e, ok := err.(interface{ Code() int }); ok {
			return int64(e.Code()), true
		}
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct {
			continue
		}
		for _, name := range []string{"ExtendedCode", "Code"} {
			if f := v.FieldByName(name); f.IsValid() && f.CanInt() && f.Int() != 0 {
				return f.Int(), true
			}
		}
	}
	return 0, false
}
