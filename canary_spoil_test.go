package crm_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// unspoken are personal fields that stay empty unless a step fills them: they need a form
// of their own, or go only with something else.
var unspoken = []string{".LegalRepresentative", ".BehalfName", ".Answers.Text", ".Answers.Words"}

// none keeps a personal field empty that [sweep.fill] would fill.
var none = secret("-")

// say makes a canary: a text that was never said before and has to stay unheard.
func (s *sweep) say(flock *canary.Flock, what, format string) privacy.Secret {
	s.said++
	text := strings.Replace(format, "####", fmt.Sprintf("%04d", s.said), 1)
	what = fmt.Sprint(what, ", number ", s.said)
	flock.Add(what, text)
	s.songs = append(s.songs, what)
	return secret(text)
}

// canary returns some words.
func (s *sweep) canary(what string) privacy.Secret {
	return s.say(&s.secrets, what, "第####只金丝雀在唱歌")
}

// name returns a name that nobody has, which may stand where names may.
func (s *sweep) name() string {
	text, _ := s.say(&s.names, "a name", "欧阳####金丝雀").Plain()
	return text
}

// phone returns a phone number.
func (s *sweep) phone() privacy.Secret { return s.say(&s.secrets, "a phone number", "139####7531") }

// mail returns an e-mail address.
func (s *sweep) mail() privacy.Secret {
	return s.say(&s.secrets, "an e-mail address", "canary.####@example.com")
}

// account returns the number of a bank card.
func (s *sweep) account() privacy.Secret {
	return s.say(&s.secrets, "a bank card", "62220212345####0123")
}

// money returns an amount that is personal.
func (s *sweep) money() *privacy.Secret { return ptr(s.say(&s.secrets, "an amount", "98####765.43")) }

// born is when the people of the sweep were born.
var born = kernel.NewDate(1987, 6, 5)

// identity returns a resident identity number.
func (s *sweep) identity() privacy.Secret {
	n, sum := fmt.Sprintf("110199%s%03d", born.Time().Format("20060102"), (s.said+1)%1000), 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(n[i]-'0')
	}
	n += string("10X98765432"[sum%11])
	return s.say(&s.secrets, "an identity number", n)
}

// spoil returns one of the texts that must never be kept.
func (s *sweep) spoil(i int) string { return s.spoils[i%len(s.spoils)] }

// clone copies a value and all that it points to.
func clone(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch {
	case opaque(v.Type()):
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(clone(v.Field(i)))
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(clone(v.Elem()))
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(clone(v.Index(i)))
		}
	case v.Kind() == reflect.Map && !v.IsNil():
		out.Set(reflect.MakeMap(v.Type()))
		for _, k := range v.MapKeys() {
			out.SetMapIndex(k, v.MapIndex(k))
		}
	}
	return out
}

// opaque types are copied and spoiled as a whole.
func opaque(t reflect.Type) bool {
	return t == reflect.TypeFor[privacy.Secret]() || t == reflect.TypeFor[decimal.Decimal]() || t == reflect.TypeFor[time.Time]()
}

// fill gives every empty personal field a canary.
func (s *sweep) fill(v reflect.Value, path string) {
	switch {
	case v.Type() == reflect.TypeFor[privacy.Secret]():
		left := func(end string) bool { return strings.HasSuffix(path, end) }
		switch at := v.Addr().Interface().(*privacy.Secret); {
		case *at == none:
			*at = privacy.Secret{}
		case at.IsZero() && !slices.ContainsFunc(unspoken, left):
			*at = s.canary(path)
		}
	case opaque(v.Type()):
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s.fill(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		s.fill(v.Elem(), path)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			s.fill(v.Index(i), path)
		}
	}
}

// otherwise returns the input with another text in its first personal field, or another
// word in another one; false when it has no input.
func (s *sweep) otherwise(in []reflect.Value) ([]reflect.Value, bool) {
	for i := range in {
		if i == 0 && in[0].Type() == reflect.TypeFor[kernel.ID]() {
			continue
		}
		out := append([]reflect.Value{}, in...)
		out[i] = reflect.New(in[i].Type()).Elem()
		out[i].Set(clone(in[i]))
		if first := firstSecret(out[i]); first != nil {
			*first = secret(s.spoil(7))
			return out, true
		}
	}
	return nil, false
}

func firstSecret(v reflect.Value) *privacy.Secret {
	switch {
	case v.Type() == reflect.TypeFor[privacy.Secret]():
		if at := v.Addr().Interface().(*privacy.Secret); !at.IsZero() {
			return at
		}
	case opaque(v.Type()):
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if found := firstSecret(v.Field(i)); found != nil {
				return found
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return firstSecret(v.Elem())
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if found := firstSecret(v.Index(i)); found != nil {
				return found
			}
		}
	}
	return nil
}

// spoilOne spoils v in the nth of all ways and says which it was; "" when there are not so
// many, and n is less by as many as there are. What it puts there, where it can, is a
// canary: people write what they should not into the wrong field.
func (s *sweep) spoilOne(v reflect.Value, path string, n *int) string {
	way := func(ways ...func()) string {
		if *n < len(ways) {
			ways[*n]()
			return fmt.Sprint(path, ", way ", *n)
		}
		*n -= len(ways)
		return ""
	}
	text := s.spoil(len(path) + *n)
	switch t := v.Type(); {
	case t == reflect.TypeFor[privacy.Secret]():
		set := func(to string) func() { return func() { v.Set(reflect.ValueOf(secret(to))) } }
		return way(set(text+"\x00"), set(strings.Repeat(text, 3000)), set(""), set(text))
	case t == reflect.TypeFor[decimal.Decimal]():
		set := func(to decimal.Decimal) func() { return func() { v.Set(reflect.ValueOf(to)) } }
		return way(set(decimal.New(-1, 0)), set(decimal.New(1, 40)), set(decimal.New(1, -9)))
	case t == reflect.TypeFor[time.Time]():
		set := func(to time.Time) func() { return func() { v.Set(reflect.ValueOf(to)) } }
		return way(set(time.Time{}), set(time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC)))
	case t.Kind() == reflect.String:
		set := func(to string) func() { return func() { v.SetString(to) } }
		return way(set(text), set(text+"\x00"), set(""), set(strings.Repeat(text, 30)))
	case v.CanInt():
		return way(func() { v.SetInt(-1) }, func() { v.SetInt(math.MaxInt32) })
	case t.Kind() == reflect.Bool:
		return way(func() { v.SetBool(!v.Bool()) })
	case t.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if !t.Field(i).IsExported() {
				continue
			}
			if what := s.spoilOne(v.Field(i), path+"."+t.Field(i).Name, n); what != "" {
				return what
			}
		}
	case t.Kind() == reflect.Pointer && !v.IsNil():
		if what := s.spoilOne(v.Elem(), path, n); what != "" {
			return what
		}
		return way(v.SetZero)
	case t.Kind() == reflect.Slice && v.Len() == 0:
		return way(func() { v.Set(reflect.Append(v, reflect.Zero(t.Elem()))) })
	case t.Kind() == reflect.Slice:
		for i := range v.Len() {
			if what := s.spoilOne(v.Index(i), fmt.Sprintf("%s[%d]", path, i), n); what != "" {
				return what
			}
		}
		return way(v.SetZero, func() { v.Set(reflect.AppendSlice(v, v)) })
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		key := reflect.New(t.Key()).Elem()
		key.SetString(text)
		return way(v.SetZero, func() {
			if v.IsNil() {
				v.Set(reflect.MakeMap(t))
			}
			v.SetMapIndex(key, reflect.Zero(t.Elem()))
		})
	}
	return ""
}
