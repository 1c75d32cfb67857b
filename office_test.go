package crm_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// office is one insurer at work. It gives every command and asks every question by its
// name, and writes down what was said and answered, so that others can say it again.
type office struct {
	testing.TB
	crm     *crm.CRM
	tenant  string
	branch  string
	clock   *kernel.ManualClock // nil: the time is somebody else's to move
	methods map[string]method
	log     []act
	after   func(act) // told of each act; nil: nobody is
	between func()    // told before each act; nil: nobody is
}

// act is something that was said to the library, and its answer.
type act struct {
	who    crm.Actor
	action string
	in     []any // after the context
	out    []any // without the error
	err    error
}

// everybody decides every amount: what is tested is not authority.
type everybody struct{}

func (everybody) Within(context.Context, kernel.Actor, access.Decision) error { return nil }

// found opens the library over a store for offices. auth nil: the table of roles.
func found(t testing.TB, store storage.Store, auth access.Authorizer) (*crm.CRM, *kernel.ManualClock, privacy.Cipher) {
	t.Helper()
	clock, keys := kernel.NewManualClock(noon), got(privacy.NewKeys())(t)
	c := got(crm.Open(owner, store, crm.Config{
		Keys: keys, Clock: clock, Authority: everybody{}, Authorizer: auth, RestDays: 1,
	}))(t)
	return c, clock, keys
}

// open begins a tenant's office.
func openOffice(t testing.TB, c *crm.CRM, tenant string, clock *kernel.ManualClock) *office {
	t.Helper()
	return &office{TB: t, crm: c, tenant: tenant, branch: "south", clock: clock, methods: byAction(t, c)}
}

// byAction lists all methods by the name of their grant.
func byAction(t testing.TB, c *crm.CRM) map[string]method {
	t.Helper()
	all := map[string]method{}
	for _, m := range methods(t, c) {
		if m.action != "payment.Dispatch" || m.fn.Type().NumIn() > 1 {
			all[m.action] = m
		}
	}
	return all
}

// actor is who acts in a role.
func (o *office) actor(role kernel.Role) crm.Actor {
	return crm.Actor{ID: string(role) + "-1", Tenant: o.tenant, Roles: []kernel.Role{role}}
}

// say gives a command or asks a question.
func (o *office) say(who crm.Actor, action string, in ...any) act {
	o.Helper()
	if o.between != nil {
		o.between()
	}
	m, ok := o.methods[action]
	if !ok {
		o.Fatalf("there is no %s", action)
	}
	a := act{who: who, action: action, in: in}
	a.out, a.err = m.say(crm.WithActor(context.Background(), who), in)
	o.log = append(o.log, a)
	if o.after != nil {
		o.after(a)
	}
	return a
}

// say calls the method with the inputs; those that are not given are zero.
func (m method) say(ctx context.Context, given []any) ([]any, error) {
	typ := m.fn.Type()
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, g := range given {
		v := reflect.ValueOf(g)
		if n := len(in); n < typ.NumIn() && !(typ.IsVariadic() && n == typ.NumIn()-1) {
			v = v.Convert(typ.In(n))
		}
		in = append(in, v)
	}
	for fixed := typ.NumIn() - b2i(typ.IsVariadic()); len(in) < fixed; {
		in = append(in, reflect.Zero(typ.In(len(in))))
	}
	results := m.fn.Call(in)
	var out []any
	for _, r := range results[:len(results)-1] {
		out = append(out, r.Interface())
	}
	err, _ := results[len(results)-1].Interface().(error)
	return out, err
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// do is a command that succeeds; it returns the record's key.
func (o *office) do(role kernel.Role, action string, in ...any) kernel.ID {
	o.Helper()
	a := o.must(o.say(o.actor(role), action, in...))
	if v := reflect.Indirect(reflect.ValueOf(a.out[0])); v.Kind() == reflect.Struct && v.FieldByName("ID").IsValid() {
		return v.FieldByName("ID").Interface().(kernel.ID)
	}
	return ""
}

func (o *office) must(a act) act {
	o.Helper()
	if a.err != nil {
		o.Fatalf("%q %s as %s: %v", o.tenant, a.action, a.who.Roles, a.err)
	}
	return a
}

// look is a question that is answered.
func look[T any](o *office, role kernel.Role, action string, in ...any) T {
	o.Helper()
	return o.must(o.say(o.actor(role), action, in...)).out[0].(T)
}

// refused is a command that is refused, in the words of want.
func (o *office) refused(want error, role kernel.Role, action string, in ...any) {
	o.Helper()
	if a := o.say(o.actor(role), action, in...); !errors.Is(a.err, want) {
		o.Fatalf("%q %s as %s: %v, want %v", o.tenant, action, role, a.err, want)
	}
}

// pages reads a list to its end, in pages of two.
func (o *office) pages(role kernel.Role, action string, before ...any) {
	o.Helper()
	for at := (kernel.List{Limit: 2}); ; {
		page := reflect.ValueOf(o.must(o.say(o.actor(role), action, append(slices.Clone(before), at)...)).out[0])
		if at.After = kernel.Cursor(page.FieldByName("Next").String()); at.After == "" {
			return
		}
	}
}

// pass lets time go by.
func (o *office) pass(d time.Duration) {
	if o.clock != nil {
		o.clock.Advance(d)
	}
}

// sentinels are the kinds of error that callers tell apart.
var sentinels = map[string]error{
	"forbidden": crm.ErrForbidden, "not found": crm.ErrNotFound, "invalid": crm.ErrInvalid, "conflict": crm.ErrConflict,
	"state": crm.ErrState, "duplicate": crm.ErrDuplicate, "key reused": crm.ErrKeyReused, "replayed": crm.ErrReplayed,
}

// transcript writes out acts as a stranger to keys would see them: a key is the order in
// which it appeared, a number of the journal is the order in which it was given.
func transcript(t testing.TB, log []act) []string {
	t.Helper()
	names := map[string]string{}
	var lines []string
	for _, a := range log {
		lines = append(lines, named(names, told(t, a)))
	}
	return lines
}

// told writes an act's answer out.
func told(t testing.TB, a act) string {
	t.Helper()
	line := fmt.Sprintf("%s as %s", a.action, a.who.ID)
	if a.err != nil {
		line += fmt.Sprintf(": %T %s", a.err, a.err)
		for _, kind := range slices.Sorted(maps.Keys(sentinels)) {
			if errors.Is(a.err, sentinels[kind]) {
				line += " [" + kind + "]"
			}
		}
		return line
	}
	doc, err := json.Marshal(a.out)
	if err != nil {
		t.Fatalf("%s: %v", a.action, err)
	}
	return line + ": " + string(doc)
}

var (
	seqs  = regexp.MustCompile(`"seq":\d+`)
	nexts = regexp.MustCompile(`"Next":"[^"]+"`)
)

// named gives keys and journal numbers the names of their order.
func named(names map[string]string, line string) string {
	name := func(sort, s string) string {
		if names[sort+s] == "" {
			names[sort] += "|"
			names[sort+s] = fmt.Sprintf("%s%d", sort, len(names[sort]))
		}
		return names[sort+s]
	}
	line = nexts.ReplaceAllStringFunc(line, func(s string) string {
		place, err := base64.RawURLEncoding.DecodeString(s[8 : len(s)-1])
		if err != nil {
			return s
		}
		return `"Next":` + string(place)
	})
	line = seqs.ReplaceAllStringFunc(line, func(s string) string { return `"seq":` + name("seq#", s[6:]) })
	return uuid.ReplaceAllStringFunc(line, func(s string) string { return name("#", s) })
}

// differences lists where two transcripts differ.
func differences(a, b []string) []string {
	var out []string
	for i := range max(len(a), len(b)) {
		x, y := "nothing", "nothing"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			n := 0
			for n < min(len(x), len(y)) && x[n] == y[n] {
				n++
			}
			n = max(0, n-60)
			out = append(out, fmt.Sprintf("act %d (%s):\n  …%.200s\n  …%.200s", i, strings.SplitN(x, ":", 2)[0], x[n:], y[min(n, len(y)):]))
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
