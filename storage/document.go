package storage

import (
	"encoding/json"
	"reflect"
	"sync"
)

// Parse reads a stored document of kind [JSON] into the field's value v, which is at
// zero. It is for documents that are likely to be read again soon, as those of a case
// that is worked on are: one is parsed once and copied afterwards, which takes a
// fraction of the time. What comes out is the caller's own and may be changed.
func (f *Field) Parse(doc string, v reflect.Value) error {
	if f.parsed == nil || len(doc) > maxDoc {
		return json.Unmarshal([]byte(doc), v.Addr().Interface())
	}
	if first, ok := f.parsed.get(doc); ok {
		v.Set(first)
		own(v)
		return nil
	}
	if err := json.Unmarshal([]byte(doc), v.Addr().Interface()); err != nil {
		return err
	}
	first := reflect.New(f.Type).Elem()
	first.Set(v)
	own(first)
	f.parsed.put(doc, first)
	return nil
}

// parsed holds documents of a column as they were parsed. Nobody changes them. It is
// bounded: when full it starts anew.
type parsed struct {
	mu   sync.RWMutex
	docs map[string]reflect.Value
}

const (
	maxDoc  = 4 << 10 // bytes of a document that is worth remembering
	maxDocs = 1 << 11
)

func (p *parsed) get(doc string) (reflect.Value, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	v, ok := p.docs[doc]
	return v, ok
}

func (p *parsed) put(doc string, v reflect.Value) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.docs == nil || len(p.docs) >= maxDocs {
		p.docs = map[string]reflect.Value{}
	}
	p.docs[doc] = v
}

// own makes copies of the lists, maps and pointers in v, so that it shares none with
// what it was copied from.
func own(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, i := range sharing(v.Type()) {
			own(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		if shares(v.Type().Elem()) {
			for i := range v.Len() {
				own(v.Index(i))
			}
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		copied, deep := reflect.MakeMapWithSize(v.Type(), v.Len()), shares(v.Type().Elem())
		for it := v.MapRange(); it.Next(); {
			x := it.Value()
			if deep {
				x = reflect.New(v.Type().Elem()).Elem()
				x.Set(it.Value())
				own(x)
			}
			copied.SetMapIndex(it.Key(), x)
		}
		v.Set(copied)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		to := reflect.New(v.Type().Elem())
		to.Elem().Set(v.Elem())
		own(to.Elem())
		v.Set(to)
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		x := reflect.New(v.Elem().Type()).Elem()
		x.Set(v.Elem())
		own(x)
		v.Set(x)
	}
}

var sharings sync.Map // reflect.Type of a struct → []int

// sharing returns the fields of a struct that a plain copy shares.
func sharing(t reflect.Type) []int {
	if known, ok := sharings.Load(t); ok {
		return known.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		if shares(t.Field(i).Type) {
			fields = append(fields, i)
		}
	}
	sharings.Store(t, fields)
	return fields
}

// shares reports whether a plain copy of the type shares something that can be changed.
func shares(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		return true
	case reflect.Array:
		return shares(t.Elem())
	case reflect.Struct:
		return t != typeTime && t != typeDecimal && len(sharing(t)) > 0
	}
	return false
}

// copyable reports whether own can copy all of the type: it consists of plain data.
func copyable(t reflect.Type, met map[reflect.Type]bool) bool {
	if met[t] || t == typeTime || t == typeDecimal {
		return true
	}
	met[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Array:
		return false
	case reflect.Slice, reflect.Pointer:
		return copyable(t.Elem(), met)
	case reflect.Map:
		return copyable(t.Key(), met) && copyable(t.Elem(), met)
	case reflect.Interface:
		return t.NumMethod() == 0 // what JSON puts there is plain
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); !f.IsExported() || !copyable(f.Type, met) {
				return false
			}
		}
	}
	return true
}
