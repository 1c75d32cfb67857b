package crm_test

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// forms fills in inputs of commands that nobody wrote an input for, until the library has
// nothing against the form itself: with what the office's own inputs said in such a
// place, else with something plausible.
type forms struct {
	said map[reflect.Type]reflect.Value // by the office, for the type
	at   time.Time
}

func newForms(o *office, at time.Time) *forms {
	f := &forms{map[reflect.Type]reflect.Value{}, at}
	for _, a := range o.log {
		if a.err == nil {
			for _, in := range a.in {
				f.learn(reflect.ValueOf(in))
			}
		}
	}
	return f
}

func (f *forms) learn(v reflect.Value) {
	if !v.IsValid() || v.IsZero() || v.Kind() == reflect.Func {
		return
	}
	if v.Type().PkgPath() != "" && v.Type() != reflect.TypeFor[kernel.ID]() && v.Type() != reflect.TypeFor[kernel.Ref]() {
		f.said[v.Type()] = v
	}
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			f.learn(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.learn(v.Field(i))
			}
		}
	}
}

// fill returns inputs for the method, the record's key first where it takes one.
func (f *forms) fill(ctx context.Context, m method, id kernel.ID) []any {
	typ := m.fn.Type()
	var in []reflect.Value
	for i := 1; i < typ.NumIn()-b2i(typ.IsVariadic()); i++ {
		v := reflect.New(typ.In(i)).Elem()
		if m.byID && i == 1 {
			v.SetString(string(id))
		} else if said, ok := f.said[v.Type()]; ok {
			v.Set(said)
		} else if v.Kind() != reflect.Struct {
			f.put(v)
		}
		in = append(in, v)
	}
	free := in[b2i(m.byID):]
	args := func() []any {
		out := []any{}
		for _, v := range in {
			out = append(out, v.Interface())
		}
		return out
	}
	for range 8 {
		if len(free) == 0 || free[0].Kind() != reflect.Struct {
			break
		}
		var faults *kernel.FieldErrors
		if _, err := m.say(ctx, m.dry(args())); !errors.As(err, &faults) {
			break
		}
		for _, fault := range faults.Faults {
			if v := field(free[0], fault.Path); v.IsValid() && v.CanSet() {
				f.put(v)
			}
		}
	}
	return args()
}

// dry adds the option that takes everything back, where there are options.
func (m method) dry(in []any) []any {
	typ := m.fn.Type()
	if typ.IsVariadic() && typ.In(typ.NumIn()-1) == reflect.TypeFor[[]kernel.Option]() {
		return append(slices.Clip(in), crm.DryRun())
	}
	return in
}

// put sets a value that may do.
func (f *forms) put(v reflect.Value) {
	if said, ok := f.said[v.Type()]; ok && !reflect.DeepEqual(v.Interface(), said.Interface()) {
		v.Set(said)
		return
	}
	switch v.Interface().(type) {
	case kernel.ID:
		v.SetString(string(kernel.NewID()))
	case kernel.Date:
		v.Set(reflect.ValueOf(kernel.DateOf(f.at)))
	case time.Time:
		v.Set(reflect.ValueOf(f.at))
	case decimal.Decimal:
		v.Set(reflect.ValueOf(decimal.NewFromInt(1)))
	case privacy.Secret:
		v.Set(reflect.ValueOf(secret("as told")))
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString("x-1")
		case reflect.Int, reflect.Int64, reflect.Int32:
			v.SetInt(1)
		case reflect.Slice:
			one := reflect.New(v.Type().Elem()).Elem()
			f.put(one)
			v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), one))
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			f.put(v.Elem())
		case reflect.Func: // a list of nothing, or somebody who takes what is delivered
			v.Set(reflect.MakeFunc(v.Type(), func([]reflect.Value) (out []reflect.Value) {
				for i := range v.Type().NumOut() {
					out = append(out, reflect.Zero(v.Type().Out(i)))
				}
				return out
			}))
		}
	}
}

var step = regexp.MustCompile(`([^.\[\]]+)|\[(\d+)\]`)

// field finds the place in an input that a path names, as the JSON or the Go name has it.
func field(v reflect.Value, path string) reflect.Value {
	for _, s := range step.FindAllStringSubmatch(path, -1) {
		for v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch {
		case s[2] != "":
			n, _ := strconv.Atoi(s[2])
			if v.Kind() != reflect.Slice || n >= v.Len() {
				return reflect.Value{}
			}
			v = v.Index(n)
		case v.Kind() == reflect.Struct:
			v = v.FieldByNameFunc(func(name string) bool {
				return strings.EqualFold(name, strings.ReplaceAll(s[1], "_", ""))
			})
		default:
			return reflect.Value{}
		}
		if !v.IsValid() {
			return v
		}
	}
	return v
}
