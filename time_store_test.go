package crm_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

func newKeys() privacy.Cipher {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	return keys
}

// Whatever instant is stored, in whatever zone it is told and wherever the database session
// stands, comes back as the same instant, in UTC, to the microsecond; and a day is that day.
func TestInstantsAreKept(t *testing.T) {
	t.Parallel()
	stores := map[string]storage.Store{"memory": memory.New(), "sqlite": connect(t, "sqlite", place(t, "sqlite"))}
	t.Run("postgres", func(t *testing.T) { place(t, "postgres") }) // skipped where there is none
	t.Run("on", func(t *testing.T) {
		for name, s := range stores {
			t.Run(name, func(t *testing.T) { keepsInstants(t, s) })
		}
		for _, session := range []string{"Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"} {
			t.Run("postgres in "+session, func(t *testing.T) {
				keepsInstants(t, connect(t, "postgres", inZone(place(t, "postgres"), session)))
			})
		}
	})
}

func keepsInstants(t *testing.T, s storage.Store) {
	t.Helper()
	if m, ok := s.(storage.Migrator); ok {
		if err := m.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	guarded := storage.Guard(s, keysOfAll())
	first, last := kernel.FirstDate.Time(), kernel.LastDate.Time()
	seconds := rapid.OneOf(rapid.Int64Range(first.Unix(), last.Unix()), rapid.SampledFrom(allChanges(t)))
	rapid.Check(t, func(rt *rapid.T) {
		var recs []storage.Record
		for range 8 {
			at := time.Unix(seconds.Draw(rt, "second")+rapid.Int64Range(-1, 1).Draw(rt, "off"), rapid.Int64Range(0, 999_999_999).Draw(rt, "nanosecond"))
			at = at.In(zone(t, rapid.SampledFrom(zones).Draw(rt, "zone")))
			recs = append(recs, &task.Task{
				Meta: kernel.Meta{ID: kernel.NewID()}, CaseKind: "claim", CaseID: kernel.NewID(), State: task.Open,
				DueAt: at, OpenedAt: kernel.Instant(at), DueOn: kernel.DateOf(at),
				Timer: rulebook.Timer{Pauses: []rulebook.Interval{{From: kernel.Instant(at)}}},
			})
		}
		told := make([]time.Time, len(recs))
		for i, r := range recs {
			told[i] = r.(*task.Task).DueAt
		}
		if err := guarded.Update(owner, func(tx *storage.GuardTx) error { return tx.Insert(recs...) }); err != nil {
			rt.Fatal(err)
		}
		err := guarded.View(owner, func(tx *storage.GuardTx) error {
			for i, r := range recs {
				back, err := storage.Get[task.Task](tx, r.(*task.Task).ID)
				if err != nil {
					return err
				}
				want := kernel.Instant(told[i])
				for what, at := range map[string]time.Time{"due": back.DueAt, "opened": back.OpenedAt, "in a document": back.Timer.Pauses[0].From} {
					if !at.Equal(want) || at.Location() != time.UTC {
						rt.Errorf("%s: %v came back as %v", what, told[i], at)
					}
				}
				if back.DueOn != kernel.DateOf(told[i]) {
					rt.Errorf("the day of %v came back as %s", told[i], back.DueOn)
				}
				n, err := storage.Count[task.Task](tx, storage.Col[time.Time]("due_at").Eq(want), storage.Col[kernel.ID]("id").Eq(back.ID))
				if err != nil || n != 1 {
					rt.Errorf("%d rows are found by %v, %v", n, want, err)
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// allChanges are the seconds at which clocks are changed anywhere.
func allChanges(t testing.TB) (out []int64) {
	t.Helper()
	for _, name := range zones {
		for _, at := range transitions(zone(t, name)) {
			out = append(out, at.Unix())
		}
	}
	return out
}
