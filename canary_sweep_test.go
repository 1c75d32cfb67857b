package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// sweep gives every command of the library with a text of its own in every personal
// field, lets it fail in all ways that there are, and listens for the texts everywhere.
type sweep struct {
	*world
	testing.TB

	who     string       // who gives the next command, as the owner
	secrets canary.Flock // what must be nowhere
	names   canary.Flock // what stays readable where [readable] says, and nowhere else
	said    int          // canaries so far
	songs   []string     // what they are
	spoils  []string     // canaries for what must never be kept

	methods map[string]method
	haunted []haunt // the library, each with another host's function that panics
	talking *talker // the library over a driver that tells all it knows; nil over memory
	hasty   bool    // nothing is made to fail
	every   int     // of the ways to spoil an input, every so many-th is tried

	met   map[string][]kernel.ID // records by kind, in the order in which they were made
	given map[string]int         // commands that were carried out
	turn  int
	keys  int

	variants, places int
	bytes            int64
	expected         map[string]int // failures, by how they were brought about
}

// readable are the columns in which a name stays plain; see docs/privacy.md.
var readable = map[string]bool{"crm_customers.name": true, "crm_staff.name": true}

// shown are the values that hold a name as it is, when somebody prints them.
var shown = []string{
	"customer.Registration", "customer.Adoption", "customer.Amendment", "customer.Customer", "kernel.Page[github.com/coverkit/crm/customer.Customer]", "crm.Overview",
	"member.Hiring", "member.Staff", "kernel.Page[github.com/coverkit/crm/member.Staff]",
}

// newSweep returns a sweep over a world.
func newSweep(t testing.TB, w *world) *sweep {
	t.Helper()
	s := &sweep{
		world: w, TB: t, who: "boss", every: 1, methods: actionsOf(t, w.CRM),
		met: map[string][]kernel.ID{}, given: map[string]int{}, expected: map[string]int{},
	}
	for i := range 40 {
		text := fmt.Sprintf("不该出现的第%02d只金丝雀", i)
		s.spoils = append(s.spoils, text)
		s.secrets.Add("what a faulty input holds", text)
	}
	s.haunted = s.haunts()
	if w.db != nil {
		s.talking = s.talks()
	}
	return s
}

func actionsOf(t testing.TB, c *crm.CRM) map[string]method {
	t.Helper()
	out := map[string]method{}
	for _, m := range methods(t, c) {
		if _, twice := out[m.action]; twice && m.fn.Type().NumIn() == 1 {
			continue // CRM.Dispatch is Payments.Dispatch with the payer of the configuration
		}
		out[m.action] = m
	}
	return out
}

// actor is whoever gives the next command.
func (s *sweep) actor() context.Context {
	return crm.WithActor(owner, crm.Actor{ID: s.who, Roles: []kernel.Role{kernel.RoleOwner}})
}

// rows reports whether the input is a file of rows.
func rows(in []reflect.Value) bool {
	return len(in) > 0 && in[0].Kind() == reflect.Slice && in[0].Type().Elem().Name() == "Adoption"
}

// oneByOne hands a list over as a sequence.
func oneByOne(list reflect.Value, seq reflect.Type) reflect.Value {
	return reflect.MakeFunc(seq, func(args []reflect.Value) []reflect.Value {
		for i := range list.Len() {
			if !args[0].Call([]reflect.Value{list.Index(i)})[0].Bool() {
				break
			}
		}
		return nil
	})
}

// whole are the commands that are no part of a unit of work.
var whole = map[string]bool{"journal.Seal": true}

// unmoved are the commands that change nothing where nothing has to be changed, whatever
// version the caller saw.
var unmoved = map[string]bool{"member.EvaluateTier": true}

// do gives a command with all that may go wrong before and after, and returns what it
// answers. Personal fields that are left empty get a canary.
func do[Out any](s *sweep, action string, args ...any) Out {
	s.Helper()
	out, _ := s.give(action, args)[0].(Out)
	return out
}

func (s *sweep) give(action string, args []any) []any {
	s.Helper()
	m, known := s.methods[action]
	if !known {
		s.Fatalf("there is no %s", action)
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		typ := m.fn.Type().In(i + 1)
		if typ.Kind() == reflect.Func { // rows, which are given as a list
			typ = reflect.TypeOf(a)
		}
		in[i] = reflect.New(typ).Elem()
		in[i].Set(clone(reflect.ValueOf(a)))
		s.fill(in[i], fmt.Sprint(action, " ", reflect.TypeOf(a)))
	}
	for _, v := range in {
		s.print("the input of "+action, v.Interface())
	}
	if !s.hasty {
		s.before(m, in)
	}
	s.keys++
	key := fmt.Sprint("键", s.keys)
	opts := []kernel.Option{crm.Key(key)}
	if rows(in) {
		opts = nil // each row has its own
	}
	out, err := s.call(m, s.actor(), in, opts...)
	if err != nil {
		s.error(action, err)
		s.Fatalf("%s: %v", action, err)
	}
	s.given[action]++
	for _, v := range out {
		s.print("what "+action+" answers", v)
	}
	s.meet(action, out[0])
	if !s.hasty {
		s.after(m, in, key)
	}
	return out
}

// answers are the commands that answer with a record of another kind than their own; of
// none, where it has no room of its own.
var answers = map[string]string{
	"application.IssueDirect": "policy", "activity.SignUp": "sign_up", "invitation.Submit": "", "invitation.Enter": "", "member.EvaluateTier": "",
}

// meet remembers a record.
func (s *sweep) meet(action string, rec any) {
	kind, _, _ := strings.Cut(action, ".")
	if other, listed := answers[action]; listed {
		kind = other
	}
	v := reflect.ValueOf(rec)
	if kind == "" || v.Kind() != reflect.Struct {
		return
	}
	field := v.FieldByName("ID")
	if !field.IsValid() {
		return
	}
	if id, ok := field.Interface().(kernel.ID); ok && !slices.Contains(s.met[kind], id) {
		s.met[kind] = append(s.met[kind], id)
	}
}

// call calls a method. What takes no options is tried inside a unit that is taken back.
func (s *sweep) call(m method, ctx context.Context, in []reflect.Value, opts ...kernel.Option) (out []any, err error) {
	o, _ := kernel.OptionsOf(opts)
	if !m.fn.Type().IsVariadic() && o.DryRun && s.db == nil {
		err := s.InTx(ctx, func(c *crm.CRM) (err error) {
			out, err = s.call(actionsOf(s, c)[m.action], ctx, in)
			return err
		}, crm.DryRun())
		return out, err
	}
	all := []reflect.Value{reflect.ValueOf(ctx)}
	for i, v := range in {
		if typ := m.fn.Type().In(i + 1); typ.Kind() == reflect.Func && v.Kind() == reflect.Slice {
			v = oneByOne(v, typ)
		}
		all = append(all, v)
	}
	if m.fn.Type().IsVariadic() {
		for _, opt := range opts {
			all = append(all, reflect.ValueOf(opt))
		}
	}
	for _, v := range m.fn.Call(all) {
		out = append(out, v.Interface())
	}
	err, _ = out[len(out)-1].(error)
	return out[:len(out)-1], err
}

// expect notes a failure that was brought about: it has to be one of the kind, and to
// tell nothing.
func (s *sweep) expect(how string, m method, err, kind error) {
	s.Helper()
	s.variants++
	if err == nil {
		if kind != nil {
			s.Errorf("%s, %s: no error, want %v", m.action, how, kind)
		}
		return
	}
	s.expected[how]++
	if kind != nil && !errors.Is(err, kind) {
		s.Errorf("%s, %s: %v, want %v", m.action, how, err, kind)
	}
	s.error(m.action+", "+how, err)
}

// error listens to an error and all that it wraps, in all the ways in which it is told.
func (s *sweep) error(where string, err error) {
	s.Helper()
	var chain func(error)
	chain = func(err error) {
		if err == nil {
			return
		}
		doc, _ := json.Marshal(err)
		s.hear(where, fmt.Appendf(doc, "\n%s\n%v\n%+v\n%#v\n%q", err.Error(), err, err, err, err), false)
		var pe *kernel.PanicError
		if errors.As(err, &pe) {
			s.hear(where+", stack", pe.Stack, false)
		}
		switch x := err.(type) { //nolint:errorlint // link by link
		case interface{ Unwrap() error }:
			chain(x.Unwrap())
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				chain(e)
			}
		}
	}
	chain(err)
}

// print listens to a value in all the ways in which programs print and log one.
func (s *sweep) print(where string, v any) {
	s.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%v\n%+v\n%#v\n%s\n%q\n", v, v, v, v, v)
	if doc, err := json.Marshal(v); err == nil {
		out.Write(doc)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("given", "value", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("given", "value", v)
	typ := strings.TrimLeft(fmt.Sprintf("%T", v), "*[]")
	plain := false
	for _, name := range shown {
		plain = plain || typ == name
	}
	s.hear(fmt.Sprintf("%s, a %T", where, v), []byte(out.String()), plain)
}

// hear fails for everything personal that is there; names may be where plain says so.
func (s *sweep) hear(where string, haystack []byte, plain bool) {
	s.Helper()
	s.places++
	s.bytes += int64(len(haystack))
	heard := s.secrets.Hear(haystack)
	if !plain {
		heard = append(heard, s.names.Hear(haystack)...)
	}
	for _, song := range heard {
		s.Errorf("%s: %s: …%q…", where, song, haystack[max(0, song.At-60):min(len(haystack), song.At+60)])
	}
}

var strangers = as("nobody", "stranger")

// before tries all that fails, or is taken back, before the command is carried out.
func (s *sweep) before(m method, in []reflect.Value) {
	s.Helper()
	ctx := s.actor()
	_, err := s.call(m, strangers, in)
	s.expect("forbidden", m, err, crm.ErrForbidden)
	_, err = s.call(m, as("eve", access.Auditor), in)
	s.expect("forbidden to the auditor", m, err, crm.ErrForbidden)
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err = s.call(m, over, in)
	s.expect("cancelled", m, err, context.Canceled)
	if (m.fn.Type().IsVariadic() || s.db == nil) && !whole[m.action] {
		out, err := s.call(m, ctx, in, crm.DryRun())
		if err != nil {
			s.error(m.action, err)
			s.Fatalf("%s, a dry run: %v", m.action, err)
		}
		for _, v := range out {
			s.print("a dry run of "+m.action, v)
		}
	}
	if m.byID {
		for _, id := range []string{string(kernel.NewID()), s.spoil(0)} {
			_, err = s.call(m, ctx, append([]reflect.Value{reflect.ValueOf(kernel.ID(id))}, in[1:]...))
			s.expect("not found", m, err, nil)
			if !errors.Is(err, crm.ErrNotFound) && !errors.Is(err, crm.ErrInvalid) {
				s.Errorf("%s of what is not there: %v", m.action, err)
			}
		}
		if m.fn.Type().IsVariadic() {
			_, err = s.call(m, ctx, in, crm.IfVersion(9999), crm.DryRun())
			if !unmoved[m.action] {
				s.expect("stale", m, err, crm.ErrConflict)
			}
		}
	}
	s.spoilEach(m, in)
	for _, h := range s.haunted {
		hm := h.methods[m.action]
		if s.turn++; s.turn%s.every == 0 && (hm.fn.Type().IsVariadic() || s.db == nil && h.name == "Authorizer") {
			_, err := s.call(hm, ctx, in, crm.DryRun())
			s.expect("panic of "+h.name, m, err, nil)
		}
	}
	if s.talking != nil {
		s.talking.all(s, m, in)
	}
}

// spoilEach makes one field after the other invalid.
func (s *sweep) spoilEach(m method, in []reflect.Value) {
	s.Helper()
	if !m.fn.Type().IsVariadic() && s.db != nil {
		return
	}
	for n := s.turn % s.every; ; n += s.every {
		wrong, left, what := make([]reflect.Value, len(in)), n, ""
		for i := range in {
			wrong[i] = reflect.New(in[i].Type()).Elem()
			wrong[i].Set(clone(in[i]))
		}
		for i := range wrong {
			if m.byID && i == 0 {
				continue
			}
			if what = s.spoilOne(wrong[i], fmt.Sprint("argument ", i), &left); what != "" {
				break
			}
		}
		if what == "" {
			return
		}
		_, err := s.call(m, s.actor(), wrong, crm.DryRun())
		s.expect("an invalid field", m, err, nil)
		if err != nil && len(err.Error()) > 2000 {
			s.Errorf("%s, %s: an error of %d bytes", m.action, what, len(err.Error()))
		}
	}
}

// after gives the command again: with other input under its key, without a key, and to
// records in other states.
func (s *sweep) after(m method, in []reflect.Value, key string) {
	s.Helper()
	if !m.fn.Type().IsVariadic() {
		return
	}
	ctx := s.actor()
	_, err := s.call(m, ctx, in, crm.Key(key))
	s.expect("the same again", m, err, nil)
	if other, ok := s.otherwise(in); ok && !rows(in) {
		_, err = s.call(m, ctx, other, crm.Key(key), crm.DryRun())
		s.expect("reused key", m, err, nil)
		if !errors.Is(err, crm.ErrKeyReused) && !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrNotFound) {
			s.Errorf("%s, the key with other input: %v", m.action, err)
		}
	}
	_, err = s.call(m, ctx, in, crm.DryRun())
	s.expect("once more", m, err, nil)
	kind, _, _ := strings.Cut(m.action, ".")
	if ids := s.met[kind]; m.byID && in[0].Type() == reflect.TypeFor[kernel.ID]() {
		for _, id := range ids[max(0, len(ids)-4):] {
			if string(id) == in[0].String() {
				continue
			}
			_, err = s.call(m, ctx, append([]reflect.Value{reflect.ValueOf(id)}, in[1:]...), crm.DryRun())
			s.expect("wrong state", m, err, nil)
		}
	}
}
