package crmtest

import (
	"context"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// Monday is when the clock of a [World] stands unless [At] says otherwise: nine in the
// morning in Beijing on 2 March 2026.
var Monday = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// World is the library in a test: all its services, and what the host usually brings.
type World struct {
	*crm.CRM
	Clock *kernel.ManualClock // stands still until it is moved
	Bank  *Bank               // Config.Payer, unless the test has one of its own

	guarded *storage.Guarded
	ctx     context.Context // of the test, without its end: clean-up comes later
}

// Option is a setting of [New].
type Option func(*settings)

type settings struct {
	store  storage.Store
	at     time.Time
	config []func(*crm.Config)
}

// Over takes another store than memory. New makes its tables and does not close it.
func Over(s storage.Store) Option { return func(set *settings) { set.store = s } }

// At sets the clock.
func At(t time.Time) Option { return func(set *settings) { set.at = t } }

// With changes the configuration before the library is opened. Keys, Clock and Payer
// are there already; a Clock that is put in their place does not move with the world's.
func With(change func(*crm.Config)) Option {
	return func(set *settings) { set.config = append(set.config, change) }
}

// New opens the library for one test. It fails the test when that does not work, and
// once more at its end when the journal does not agree with the rows.
func New(t testing.TB, opts ...Option) *World {
	t.Helper()
	set := settings{at: Monday}
	for _, o := range opts {
		o(&set)
	}
	if set.store == nil {
		set.store = memory.New()
	}
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatalf("crmtest: new keys: %v", err)
	}
	w := &World{Clock: kernel.NewManualClock(set.at), ctx: context.WithoutCancel(t.Context())}
	w.Bank = &Bank{clock: w.Clock}
	config := crm.Config{Keys: keys, Clock: w.Clock, Payer: w.Bank}
	for _, change := range set.config {
		change(&config)
	}
	if w.CRM, err = crm.Open(w.Owner(), set.store, config); err == nil {
		err = w.Migrate(w.Owner())
	}
	if err != nil {
		t.Fatalf("crmtest: opening the library: %v", err)
	}
	w.guarded = storage.Guard(set.store, config.Keys)
	t.Cleanup(func() { w.verify(t) })
	return w
}

// Owner returns a context in which the owner of the tenant "" acts, who may do everything.
func (w *World) Owner() context.Context { return crm.WithActor(w.ctx, crm.Owner) }

// As returns a context in which somebody with these roles acts, in the tenant "" and in
// all branches. For another actor there is crm.WithActor.
func (w *World) As(id string, roles ...crm.Role) context.Context {
	return crm.WithActor(w.ctx, crm.Actor{ID: id, Roles: roles})
}

// Days moves the clock on by so many times 24 hours; back, when n is negative.
func (w *World) Days(n int) { w.Clock.Advance(time.Duration(n) * 24 * time.Hour) }

func (w *World) verify(t testing.TB) {
	t.Helper()
	report, err := w.Verify(w.Owner())
	switch {
	case err != nil:
		t.Errorf("crmtest: the journal cannot be verified: %v", err)
	case !report.OK():
		t.Errorf("crmtest: the journal does not agree with the rows: %v", report.Faults)
	}
}
