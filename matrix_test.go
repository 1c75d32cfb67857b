package crm_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// revocable is a host's directory: what it has taken away is refused from then on.
type revocable struct {
	*access.Roles
	mu    sync.RWMutex
	taken map[string]kernel.Role // by action
}

func (r *revocable) Authorize(ctx context.Context, a kernel.Actor, action string, of access.Resource) (kernel.Role, error) {
	r.mu.RLock()
	role, ok := r.taken[action]
	r.mu.RUnlock()
	if ok && a.Has(role) {
		a.Roles = nil
	}
	return r.Roles.Authorize(ctx, a, action, of)
}

func (r *revocable) revoke(action string, role kernel.Role) (restore func()) {
	r.mu.Lock()
	r.taken[action] = role
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		delete(r.taken, action)
		r.mu.Unlock()
	}
}

// watched counts what a store is asked for and what is written to it.
type watched struct {
	storage.Store
	units, writes int
}

func (w *watched) View(ctx context.Context, fn func(storage.Tx) error) error {
	w.units++
	return w.Store.View(ctx, fn)
}

func (w *watched) Update(ctx context.Context, fn func(storage.Tx) error) error {
	w.units++
	writes := 0
	err := w.Store.Update(ctx, func(tx storage.Tx) error { return fn(&watchedTx{tx, &writes}) })
	if err == nil {
		w.writes += writes
	}
	return err
}

type watchedTx struct {
	storage.Tx
	writes *int
}

func (t *watchedTx) Insert(r ...storage.Record) error  { *t.writes++; return t.Tx.Insert(r...) }
func (t *watchedTx) Save(r ...storage.Versioned) error { *t.writes++; return t.Tx.Save(r...) }
func (t *watchedTx) Delete(r ...storage.Record) error  { *t.writes++; return t.Tx.Delete(r...) }

// court is an office with a record of every kind, in which everybody tries everything.
type court struct {
	*office
	duties  *duties
	auth    *revocable
	store   *watched
	records map[reflect.Type][]kernel.ID
	strange map[string]string // keys, and those that nobody has in their place
	cells   map[string]int
	figures map[string]string // what an action told a role of another branch
}

// where an actor stands to the office's records.
var stands = []struct {
	name     string
	tenant   string
	branches []string
}{
	{"all branches", "", nil},
	{"own branch", "", []string{"east", "south"}},
	{"other branch", "", []string{"north"}},
	{"other tenant", "other", nil},
	{"other tenant, same branch", "other", []string{"south"}},
}

// Every exported command and question of every service, each role and each place to stand:
// what happens is what the hand-written matrix and the words of docs/access.md say. Who
// is refused has read nothing, changed nothing and learnt nothing.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	for _, dialect := range []string{"memory", "sqlite", "postgres"} {
		if dialect != "memory" && !torture.Soak() {
			continue
		}
		t.Run(dialect, func(t *testing.T) { t.Parallel(); furnish(t, dialect).sit() })
	}
}

// furnish opens an office, has it work and takes stock of what there is.
func furnish(t *testing.T, dialect string) *court {
	t.Helper()
	var store storage.Store = memory.New()
	if dialect != "memory" {
		db := connect(t, dialect, place(t, dialect))
		if err := db.Migrate(owner); err != nil {
			t.Fatal(err)
		}
		store = db
	}
	c := &court{
		duties: readDuties(t), auth: &revocable{Roles: crm.Roles(), taken: map[string]kernel.Role{}}, store: &watched{Store: store},
		strange: map[string]string{}, cells: map[string]int{}, figures: map[string]string{},
	}
	lib, clock, _ := found(t, c.store, c.auth)
	c.office = openOffice(t, lib, "", clock)
	c.office.work()
	c.records = c.office.seen()
	return c
}

// sit tries every action.
func (c *court) sit() {
	f := newForms(c.office, c.office.clock.Now())
	actions, reached := 0, 0
	for _, action := range sortedKeys(c.methods) {
		m := c.methods[action]
		if c.duties.who[action] == nil {
			c.Errorf("%s is exported, but nobody wrote down who may do it", action)
			continue
		}
		actions++
		in := c.input(f, m)
		if in == nil {
			continue
		}
		reached += b2i(c.try(m, in))
	}
	total := 0
	for _, what := range sortedKeys(c.cells) {
		total += c.cells[what]
		c.Logf("%6d cells %s", c.cells[what], what)
	}
	c.Logf("%6d cells of %d exported actions, %d of them with an input that has no fault of form", total, actions, reached)
	if actions < 450 || total < 30_000 {
		c.Error("too little was tried")
	}
}

// input returns what the action is tried with: a record of its kind that is really there,
// and what the office said when it did the same, or a form that was filled in.
func (c *court) input(f *forms, m method) []any {
	switch m.action {
	case "payment.Dispatch":
		return []any{payment.PayerFunc(func(context.Context, payment.Order) (string, error) { return "T-1", nil })}
	case "customer.Find": // by name only who sees names may search
		return []any{customer.Search{Phone: secret(canaries["phone"])}}
	case "database.Backup":
		return []any{filepath.Join(c.TempDir(), "copy")}
	case "journal.Relay":
		return []any{"court", func(context.Context, crm.Entry) error { return nil }}
	}
	for _, a := range slices.Backward(c.log) {
		if a.action == m.action && a.err == nil {
			in := []any{}
			for _, v := range a.in {
				if _, option := v.(kernel.Option); !option {
					in = append(in, v)
				}
			}
			return in
		}
	}
	var id kernel.ID
	if m.byID {
		ids := c.records[c.subject(m.action)]
		if len(ids) == 0 {
			c.Errorf("%s is about a %s, of which the office has none", m.action, c.subject(m.action))
			return nil
		}
		id = ids[0]
	}
	return f.fill(crm.WithActor(owner, c.actor(kernel.RoleOwner)), m, id)
}

// try has each role try the action from each stand, and reports whether the form was good.
func (c *court) try(m method, in []any) (good bool) {
	nobodys := exchange(reflect.ValueOf(in), func(key string) string {
		if c.strange[key] == "" {
			c.strange[key] = string(kernel.NewID())
		}
		return c.strange[key]
	}).Interface().([]any)
	for _, stand := range stands {
		for _, role := range roles {
			who := crm.Actor{ID: "u-1", Tenant: stand.tenant, Branches: stand.branches, Roles: []kernel.Role{role}}
			want := c.duties.judge(m.action, who, c.tenant, c.branch)
			ctx := crm.WithActor(context.Background(), who)
			units, writes := c.store.units, c.store.writes
			out, err := m.say(ctx, m.dry(in))
			c.silent(m, role, stand.name, err)
			c.cells[string(want)+", "+stand.name]++
			switch want {
			case forbidden:
				c.refuses(m, role, stand.name, err, units, writes)
				continue
			case partly:
				c.refuses(m, role, stand.name, err, c.store.units, writes)
				continue
			}
			if errors.Is(err, crm.ErrForbidden) {
				c.Errorf("%s may %s (%s): %v", role, m.action, stand.name, err)
				continue
			}
			if want == notFound {
				_, none := m.say(ctx, m.dry(nobodys))
				c.hides(m, role, stand.name, strings.Join(said(in), " "), out, err, none)
				continue
			}
			if m.byID && !m.command && errors.Is(err, crm.ErrNotFound) {
				c.Errorf("%s may %s (%s), but it is not found", role, m.action, stand.name)
			}
			good = good || !errors.Is(err, crm.ErrInvalid)
			if stand.name != "other branch" && stand.tenant == c.tenant && role != kernel.RoleOwner {
				restore := c.auth.revoke(m.action, role)
				units, writes := c.store.units, c.store.writes
				_, err := m.say(ctx, m.dry(in))
				restore()
				c.cells["forbidden, revoked a moment ago"]++
				c.refuses(m, role, "revoked a moment ago", err, units, writes)
			}
		}
	}
	// Nobody at all.
	units, writes := c.store.units, c.store.writes
	_, err := m.say(context.Background(), in)
	c.cells["forbidden, nobody"]++
	c.refuses(m, "nobody", "no actor", err, units, writes)
	return good
}

// refuses holds a refusal against what it has to be: told apart by errors.Is, and before
// anything was read.
func (c *court) refuses(m method, role kernel.Role, stand string, err error, units, writes int) {
	c.Helper()
	if !errors.Is(err, crm.ErrForbidden) {
		c.Errorf("%s may not %s (%s): %v", role, m.action, stand, err)
	}
	if c.store.units != units || c.store.writes != writes {
		c.Errorf("%s may not %s (%s), but %d units were begun and %d writes done", role, m.action, stand, c.store.units-units, c.store.writes-writes)
	}
}

// hides holds what somebody is answered about a record of others against what they are
// answered about one that does not exist.
func (c *court) hides(m method, role kernel.Role, stand, given string, out []any, err, none error) {
	c.Helper()
	if text(err) != text(none) && !(stand == "other branch" && insurersCustomers[m.action]) {
		c.Errorf("%s %s (%s) tells a record of others: %v, but of none: %v", role, m.action, stand, err, none)
	}
	if m.byID && !errors.Is(err, crm.ErrNotFound) && (!errors.Is(err, crm.ErrInvalid) || !m.command) {
		c.Errorf("%s %s (%s): %v", role, m.action, stand, err)
	}
	if err != nil {
		return
	}
	seen := told(c, act{out: out})
	if kind, _, _ := strings.Cut(m.action, "."); !m.byID && !m.command && !c.duties.everybodys[kind] {
		key := m.action + " " + string(role)
		if there, ok := c.figures[key]; !ok && stand == "other branch" {
			c.figures[key] = seen
		} else if ok && there != seen {
			c.Errorf("%s %s (other branch) tells figures of others:\n%.300s\n%.300s", role, m.action, there, seen)
		}
	}
	if stand == "other branch" && len(out) > 0 {
		for _, r := range recordsIn(reflect.ValueOf(out[0])) {
			if b := r.FieldByName("Branch"); b.IsValid() && b.Kind() == reflect.String && b.String() == c.branch {
				c.Errorf("%s %s (%s) has a row of branch %s", role, m.action, stand, b)
			}
		}
	}
	for typ, ids := range c.records {
		for _, id := range ids {
			if strings.Contains(seen, string(id)) && !strings.Contains(given, string(id)) && !c.shared(typ) {
				c.Errorf("%s %s (%s) sees %s %s", role, m.action, stand, typ, id)
			}
		}
	}
}

// insurersCustomers are commands that take any customer of the insurer, of whatever branch,
// as docs/access.md says.
var insurersCustomers = map[string]bool{"member.Enrol": true, "member.EnrolDirect": true}

func text(err error) string {
	if err == nil {
		return ""
	}
	return reflect.TypeOf(err).String() + err.Error()
}

// shared reports whether records of the type belong to no branch.
func (c *court) shared(typ reflect.Type) bool {
	for kind := range c.duties.everybodys {
		if get, ok := c.methods[kind+".Get"]; ok && c.duties.everybodys[kind] && get.fn.Type().Out(0) == typ {
			return true
		}
	}
	return false
}

// silent fails when an error says something of a person.
func (c *court) silent(m method, role kernel.Role, stand string, err error) {
	c.Helper()
	if err == nil {
		return
	}
	for what, canary := range canaries {
		if strings.Contains(err.Error(), canary) {
			c.Errorf("%s %s (%s): the error tells %s", role, m.action, stand, what)
		}
	}
	for _, name := range []string{"张三", "李四", "周一"} {
		if strings.Contains(err.Error(), name) {
			c.Errorf("%s %s (%s): the error tells a name", role, m.action, stand)
		}
	}
}

// said lists the keys that an input names; an answer may repeat them.
func said(in []any) (keys []string) {
	exchange(reflect.ValueOf(in), func(key string) string {
		keys = append(keys, key)
		return key
	})
	return keys
}
