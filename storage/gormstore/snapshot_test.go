package gormstore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/storagetest"
)

// TestSavesWhatHasChanged: only changed columns are written, and none of them is missed:
// whatever changes, in place or anew, once or twice in a unit, reads back as it was left.
func TestSavesWhatHasChanged(t *testing.T) {
	t.Parallel()
	changes := []func(*storagetest.Policy, int){
		func(p *storagetest.Policy, n int) { p.State = storagetest.State(rune('a' + n)) },
		func(p *storagetest.Policy, n int) { p.Lives = int64(n) },
		func(p *storagetest.Policy, n int) { p.Group = n%2 == 0 },
		func(p *storagetest.Policy, n int) { p.SignedOn = kernel.NewDate(2026, 1, 1+n) },
		func(p *storagetest.Policy, n int) { p.IssuedAt = p.CreatedAt.AddDate(0, 0, n) },
		func(p *storagetest.Policy, n int) { p.Premium = decimal.New(int64(n), int32(-n%5)) },
		func(p *storagetest.Policy, n int) { p.Phone = privacy.Secret{} },
		func(p *storagetest.Policy, n int) { p.Terms = []byte{byte(n)} },
		func(p *storagetest.Policy, n int) {
			for i := range p.Terms {
				p.Terms[i]++ // in place
			}
		},
		func(p *storagetest.Policy, n int) {
			for i := range p.Site.Hazards {
				p.Site.Hazards[i] += "!"
			}
			p.Labels["a"] += "!"
		},
		func(p *storagetest.Policy, n int) { p.Renews = kernel.NewID() },
	}
	each(t, nil, func(t *testing.T, h host) {
		store := h.store(t)
		rapid.Check(t, func(r *rapid.T) {
			p := policy()
			p.Terms, p.Site.Hazards, p.Labels = []byte("terms"), []string{"flood"}, map[string]string{"a": "b"}
			change := func(p *storagetest.Policy) {
				for range rapid.IntRange(0, 4).Draw(r, "changes") {
					changes[rapid.IntRange(0, len(changes)-1).Draw(r, "which")](p, rapid.IntRange(0, 20).Draw(r, "to"))
				}
			}
			var last storagetest.Policy
			for _, fn := range []func(storage.Tx) error{
				func(tx storage.Tx) error { return tx.Insert(p) },
				func(tx storage.Tx) error {
					got, err := storage.Get[storagetest.Policy](tx, p.ID)
					if err != nil {
						return err
					}
					for range rapid.IntRange(1, 3).Draw(r, "saves") {
						change(got)
						if err := tx.Save(got); err != nil {
							return err
						}
					}
					if rapid.Bool().Draw(r, "replaced") {
						if err := tx.Delete(got); err != nil {
							return err
						}
						change(got)
						if err := tx.Insert(got); err != nil {
							return err
						}
						change(got)
						if err := tx.Save(got); err != nil {
							return err
						}
					}
					last = *got
					return nil
				},
			} {
				if err := store.Update(t.Context(), fn); err != nil {
					r.Fatal(err)
				}
			}
			if diff := cmp.Diff(&last, get(t, store, p.ID), cmpopts.EquateEmpty()); diff != "" {
				r.Errorf("(-left +read back)\n%s", diff)
			}
		})
	})
}
