package crm_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// haunted is a store on which others come first, each time that one tenant comes to it.
type haunted struct {
	storage.Store
	tenant string
	before func()
}

func (h *haunted) haunt(ctx context.Context) {
	if a, _ := kernel.ActorFrom(ctx); a.Tenant == h.tenant && h.before != nil {
		h.before()
	}
}

func (h *haunted) View(ctx context.Context, fn func(storage.Tx) error) error {
	h.haunt(ctx)
	return h.Store.View(ctx, fn)
}

func (h *haunted) Update(ctx context.Context, fn func(storage.Tx) error) error {
	h.haunt(ctx)
	return h.Store.Update(ctx, fn)
}

// An insurer works alone, and then beside three others in the same database: a twin who
// says the same at the same time, under the same keys, of the same people; a thief who
// repeats what the first said, with its keys, cursors and versions, whenever it turns its
// back; and a stranger who repeats it with keys that nobody has. What the first is
// answered and what it stores is the same to the byte. The twin is answered the same.
// And the thief is answered what the stranger is.
func TestTwoWorlds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	seed := torture.Rand(t).Uint64()
	for dialect, both := range map[string]bool{"memory": true, "sqlite": torture.Soak(), "postgres": torture.Soak()} {
		rounds := torture.Rounds(1, 10)
		if dialect == "memory" {
			rounds = torture.Rounds(1, 60)
		}
		for swapped, tenants := range map[bool][2]string{false: {"", "north"}, true: {"north", ""}} {
			if !both && swapped != (dialect == "postgres") {
				continue // the other way is a matter of patience
			}
			for round := range rounds {
				chance := rand.New(rand.NewPCG(seed, uint64(round)))
				t.Run(fmt.Sprintf("%s/%q beside %q/%d", dialect, tenants[0], tenants[1], round), func(t *testing.T) {
					t.Parallel()
					twoWorlds(t, dialect, tenants[0], tenants[1], chance)
				})
			}
		}
	}
}

func twoWorlds(t *testing.T, dialect, first, second string, chance *rand.Rand) {
	alone := newScene(t, dialect, first)
	alone.first.work()

	s := newScene(t, dialect, first)
	thief, stranger := s.office(t, "thief"), s.office(t, "stranger")
	nobodys := map[string]string{} // keys of the first, and others in their place
	repeat := func(a act) {
		strange := reflect.ValueOf(a.in)
		strange = exchange(strange, func(key string) string {
			if nobodys[key] == "" {
				nobodys[key] = string(kernel.NewID())
			}
			return nobodys[key]
		})
		for o, in := range map[*office][]any{thief: a.in, stranger: strange.Interface().([]any)} {
			if a.action == "journal.Relay" {
				in = []any{"warehouse", func(context.Context, crm.Entry) error { return nil }}
			}
			o.say(o.actor(a.who.Roles[0]), a.action, in...)
		}
	}
	s.store.before = func() {
		if said := s.first.log; len(said) > 0 {
			repeat(said[len(said)-1-min(len(said)-1, int(chance.ExpFloat64()*4))]) // mostly the latest
		}
	}
	s.first.after = repeat
	twin := s.office(t, second)
	step, stop := iter.Pull(func(yield func(struct{}) bool) {
		twin.between = func() { yield(struct{}{}) }
		twin.work()
	})
	defer stop()
	step() // up to the first act
	s.first.between = func() { step() }
	s.first.work()

	want := transcript(t, alone.first.log)
	agree(t, "beside others", want, transcript(t, s.first.log))
	agree(t, "for the twin", want, transcript(t, twin.log))
	agree(t, "for a thief, whom a stranger is held against,", transcript(t, stranger.log), transcript(t, thief.log))
	agree(t, "in the tables beside others", alone.dump(t), s.dump(t))
	for _, o := range []*office{s.first, twin, thief, stranger} {
		o.between = nil
		if r := got(s.crm.Verify(crm.WithActor(owner, crm.Actor{ID: "owner", Tenant: o.tenant, Roles: []kernel.Role{kernel.RoleOwner}})))(t); !r.OK() {
			t.Errorf("the journal of %q does not agree: %v", o.tenant, r.Faults)
		}
	}
	through := 0
	for _, a := range thief.log {
		through += b2i(a.err == nil)
	}
	t.Logf("%d acts of the first, %d of the thief with its keys, of which %d did something in the thief's own tenant or were answered with nothing", len(want), len(thief.log), through)
	if len(want) < 500 || len(thief.log) < 800 {
		t.Error("too little was done")
	}
}

// scene is a database with a first office in it.
type scene struct {
	world
	crm   *crm.CRM
	store *haunted
	first *office
}

func newScene(t *testing.T, dialect, tenant string) *scene {
	t.Helper()
	var store storage.Store = memory.New()
	if dialect != "memory" {
		db := connect(t, dialect, place(t, dialect))
		if err := db.Migrate(owner); err != nil {
			t.Fatal(err)
		}
		store = db
	}
	s := &scene{store: &haunted{Store: store, tenant: tenant}}
	s.crm, s.clock, s.keys = found(t, s.store, nil)
	s.world.store = store
	s.first = s.office(t, tenant)
	s.first.clock = s.clock
	return s
}

func (s *scene) office(t *testing.T, tenant string) *office {
	return openOffice(t, s.crm, tenant, nil)
}

var seqColumn = regexp.MustCompile(`\b(seq|tenant)=\S*`)

// dump writes out all rows of the first office.
func (s *scene) dump(t *testing.T) []string {
	lines := s.dumpOf(t, crm.WithActor(owner, s.first.actor(kernel.RoleOwner)))
	for i := range lines {
		lines[i] = seqColumn.ReplaceAllString(lines[i], "")
	}
	slices.Sort(lines)
	return lines
}

func agree(t *testing.T, what string, want, got []string) {
	t.Helper()
	if d := differences(want, got); len(d) > 0 {
		t.Errorf("%s %d of %d answers differ:\n%s", what, len(d), len(want), strings.Join(d[:min(len(d), 5)], "\n"))
	}
}

// exchange returns a copy of a value in which every key is exchanged.
func exchange(v reflect.Value, key func(string) string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		out := reflect.New(v.Type()).Elem()
		out.SetString(uuid.ReplaceAllStringFunc(v.String(), key))
		return out
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		if v.Kind() == reflect.Interface {
			out.Set(exchange(v.Elem(), key))
		} else {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(exchange(v.Elem(), key))
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(exchange(v.Index(i), key))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(exchange(v.Field(i), key))
			}
		}
		return out
	}
	return v
}
