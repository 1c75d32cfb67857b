package command_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// A lease is opened with a rent, signed, and ended: the smallest life with everything that
// a command may have.
type (
	state string
	event string
)

type lease struct {
	kernel.Root `gorm:"embedded"`
	Rent        decimal.Decimal `gorm:"column:rent"`
	State       state           `gorm:"column:state"`
}

func (*lease) TableName() string { return "crm_test_leases" }
func (l *lease) Status() *state  { return &l.State }

type rent struct {
	kernel.Meta `gorm:"embedded"`
	LeaseID     kernel.ID `gorm:"column:lease_id"`
	Paid        bool      `gorm:"column:paid"`
}

func (*rent) TableName() string { return "crm_test_rents" }

// bare is a row without version: no command may write it.
type bare struct {
	Key    kernel.ID `gorm:"column:key;primaryKey"`
	Tenant string    `gorm:"column:tenant"`
}

func (*bare) TableName() string { return "crm_test_bare" }

func label(s string) workflow.Label { return workflow.Label{EN: s, ZH: s} }

var machine = workflow.Must(workflow.New(workflow.Table[state, event]{
	Name: "lease", Label: label("Lease"),
	States: []workflow.State[state]{
		{Name: "open", Class: workflow.Open, Label: label("open")}, {Name: "signed", Class: workflow.Waiting, Label: label("signed")},
		{Name: "ended", Class: workflow.Ended, Label: label("ended")},
	},
	Rows: []workflow.Row[state, event]{
		{Event: "Draw", Create: true, To: "open", Who: []kernel.Role{access.Agent}, Label: label("draw"), Note: "A lease is drawn up."},
		{Event: "Sign", From: []state{"open"}, To: "signed", Who: []kernel.Role{access.Agent}, Guards: []string{"has rent"}, Label: label("sign"), Note: "Both sign."},
		{Event: "End", From: []state{"signed"}, To: "ended", Who: []kernel.Role{access.Manager}, Guards: []string{"nobody wrote it"}, Label: label("end"), Note: "It is over."},
	},
}))

var life = &command.Life[lease, state, event]{Kind: "lease", Machine: machine, Guards: map[string]func(*command.Unit, *lease) error{
	"has rent": func(_ *command.Unit, l *lease) error {
		if l.Rent.IsZero() {
			return errors.New("no rent is agreed")
		}
		return nil
	},
}}

type (
	draw = command.Creation[lease, event]
	call = command.Call[lease, event]
)

var (
	agent   = as(kernel.Actor{ID: "u-1", Roles: []kernel.Role{access.Agent}})
	manager = as(kernel.Actor{ID: "u-2", Roles: []kernel.Role{access.Manager}})
	north   = as(kernel.Actor{ID: "u-3", Branches: []string{"north"}, Roles: []kernel.Role{access.Agent}})
)

func as(a kernel.Actor) context.Context { return kernel.WithActor(context.Background(), a) }

func house() *engine.Engine {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	clock := kernel.NewManualClock(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC))
	table := access.Table{{Role: access.Agent, What: "lease.sign", UpTo: decimal.NewFromInt(100)}}
	grants := append(command.Grants(life, access.Staff), access.Grant{Action: "lease.List", Roles: access.Staff})
	return engine.New(storage.Guard(memory.New(), keys), clock, access.NewRoles(grants), table)
}

func drawn(t testing.TB, r command.Runner, l lease, opts ...kernel.Option) lease {
	t.Helper()
	got, err := command.Create(agent, r, life, draw{Event: "Draw", Input: l, Build: func(*command.Unit) (*lease, error) { return &l, nil }}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A command's parts are asked in their order, and the first that objects ends it.
func TestPartsAreAskedInOrder(t *testing.T) {
	t.Parallel()
	r := house()
	l := drawn(t, r, lease{Rent: decimal.NewFromInt(50)})
	no := errors.New("no")
	all := []string{"check", "prepare", "guard", "apply"}
	for stop := range len(all) + 1 {
		var seen []string
		at := func(name string) error {
			seen = append(seen, name)
			if stop < len(all) && name == all[stop] {
				return no
			}
			return nil
		}
		_, err := command.Fire(agent, r, life, l.ID, call{
			Event: "Sign",
			Check: func(f *kernel.FieldErrors) {
				if at("check") != nil {
					f.Add("rent", "no", "no")
				}
			},
			Prepare: func(context.Context) error { return at("prepare") },
			Guard: func(_ *command.Unit, l *lease) error {
				if l.State != "open" {
					t.Errorf("guarded in %s", l.State)
				}
				return at("guard")
			},
			Apply: func(_ *command.Unit, l *lease) error {
				if l.State != "signed" {
					t.Errorf("applied in %s", l.State)
				}
				return at("apply")
			},
		})
		if want := all[:min(stop+1, len(all))]; !slices.Equal(seen, want) || (err == nil) != (stop == len(all)) {
			t.Errorf("stopped at %d: asked were %v, %v", stop, seen, err)
		}
	}
}

func TestGuardsOfTheTable(t *testing.T) {
	t.Parallel()
	r := house()
	poor := drawn(t, r, lease{})
	got, err := command.Fire(agent, r, life, poor.ID, call{Event: "Sign"})
	var te *workflow.TransitionError
	if !errors.As(err, &te) || te.Reason != "no rent is agreed" || got.ID != "" {
		t.Errorf("%+v, %v", got, err)
	}
	moves, err := command.Allowed(agent, r, life, poor.ID)
	if err != nil || slices.ContainsFunc(moves.Allowed, func(m workflow.Move[state, event]) bool { return m.Event == "Sign" }) {
		t.Errorf("%+v, %v", moves, err)
	}
	l := drawn(t, r, lease{Rent: decimal.NewFromInt(5)})
	if _, err := command.Fire(agent, r, life, l.ID, call{Event: "Sign"}); err != nil {
		t.Fatal(err)
	}
	if _, err := command.Fire(manager, r, life, l.ID, call{Event: "End"}); err == nil || !strings.Contains(err.Error(), "nobody wrote it") {
		t.Errorf("a guard that was never written: %v", err)
	}
}

// What a command writes beside its subject is digested in its entry, the last write of a
// row alone.
func TestRowsOfASubject(t *testing.T) {
	t.Parallel()
	r := house()
	l := drawn(t, r, lease{Rent: decimal.NewFromInt(5)})
	other := drawn(t, r, lease{})
	_, err := command.Fire(agent, r, life, l.ID, call{Event: "Sign", Apply: func(u *command.Unit, l *lease) error {
		first := &rent{LeaseID: l.ID}
		if err := u.Insert(first); err != nil {
			return err
		}
		first.Paid = true
		if first.ID == "" || !first.CreatedAt.Equal(u.Now()) || u.Save(first) != nil {
			t.Errorf("row %+v", first)
		}
		u.Fact("rent", l.Rent)
		u.Fact("nothing", "")
		u.Fact("nobody", nil)
		u.Because(privacy.New("both agree"), privacy.Secret{})
		if u.Because(privacy.New("it is dry")); u.Reason() != "both agree\nit is dry" {
			t.Errorf("because %q", u.Reason())
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := command.History(agent, r, life, l.ID)
	if err != nil || len(h) != 2 {
		t.Fatalf("%d entries, %v", len(h), err)
	}
	e := h[1]
	if len(e.Rows) != 2 || e.Rows[0].Table != "crm_test_rents" || e.Rows[0].Version != 2 || len(e.Facts) != 1 || e.Facts["rent"] != "5" || !e.Reason.IsSealed() {
		t.Errorf("entry %+v", e)
	}
	for name, write := range map[string]func(*command.Unit) error{
		"another subject":       func(u *command.Unit) error { return u.Save(&other) },
		"a row without version": func(u *command.Unit) error { return u.Insert(&bare{Key: kernel.NewID()}) },
	} {
		_, err := command.Create(agent, r, life, draw{
			Event: "Draw", Build: func(*command.Unit) (*lease, error) { return &lease{}, nil },
			Then: func(u *command.Unit, _ *lease) error { return write(u) },
		})
		if err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// Rows of other branches are not found, nor are they listed.
func TestBranches(t *testing.T) {
	t.Parallel()
	r := house()
	south := drawn(t, r, lease{Root: kernel.Root{Branch: "south"}})
	drawn(t, r, lease{Root: kernel.Root{Branch: "north"}})
	drawn(t, r, lease{})
	if _, err := command.Get(north, r, life, south.ID); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := command.History(north, r, life, south.ID); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := command.Allowed(north, r, life, south.ID); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("%v", err)
	}
	for ctx, want := range map[context.Context]int{agent: 3, north: 2} {
		err := r.Look(ctx, "lease.List", func(u *command.Unit) error {
			rows, err := storage.Find[lease](u, storage.Query{Where: u.Branches()})
			if len(rows) != want {
				t.Errorf("%s sees %d leases, want %d", u.Actor.ID, len(rows), want)
			}
			if err := u.Within(access.Decision{What: "lease.sign", Amount: decimal.NewFromInt(101)}); err == nil {
				t.Error("beyond one's authority")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestGrantsFollowTheTable(t *testing.T) {
	t.Parallel()
	grants := map[string][]kernel.Role{}
	for _, g := range command.Grants(life, access.Staff) {
		grants[g.Action] = g.Roles
	}
	if len(grants) != 6 || !slices.Equal(grants["lease.End"], []kernel.Role{access.Manager}) || len(grants["lease.Get"]) != len(access.Staff) {
		t.Errorf("%v", grants)
	}
	if k := (command.Group{Action: "lease.Renew"}).Kind(); k != "lease" {
		t.Error(k)
	}
	if !errors.Is(&command.Replay{Kind: "lease"}, kernel.ErrReplayed) {
		t.Error("a replay is none")
	}
}

// The form of a group is looked at after the role and before anything is digested.
func TestTheFormOfAGroup(t *testing.T) {
	t.Parallel()
	r := house()
	group := command.Group{Action: "lease.End", Check: func(f *kernel.FieldErrors) { f.Add("rent", "no", "no") }}
	never := func(context.Context, command.Runner) error { t.Error("the group was carried out"); return nil }
	if err := r.Together(agent, group, never); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("%v", err)
	}
	if err := r.Together(manager, group, never, kernel.Key("k")); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
