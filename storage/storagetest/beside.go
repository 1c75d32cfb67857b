package storagetest

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// beside runs a case three times in one store, one after the other: alone; behind the
// guard as a tenant, with the rows of others in the same tables; and as another tenant,
// for whom the first one's rows are those of others. The case must not find out, and the
// rows of a neighbour must be as they were. A store that forgets the tenant in any query,
// write or index fails, and so does one that favours the empty tenant.
func beside(run func(*world)) func(*world) {
	return func(w *world) {
		w.Run("alone", func(t *testing.T) { run(&world{T: t, ctx: w.ctx, store: w.store, open: w.open}) })
		keys, err := privacy.NewKeys()
		if err != nil {
			w.Fatal(err)
		}
		for _, tenant := range []string{"", "south"} {
			w.Run("beside others, as "+strconv.Quote(tenant), func(t *testing.T) {
				as := func(s storage.Store) storage.Store { return &guarded{storage.Guard(s, keys), tenant} }
				in := &world{T: t, ctx: w.ctx, store: w.store, open: w.open}
				n := &neighbour{world: in, guard: storage.Guard(w.store, keys), tenant: "east of " + tenant}
				n.settle()
				run(&world{T: t, ctx: w.ctx, store: as(w.store), open: func(t *testing.T) storage.Store { return as(w.open(t)) }})
				n.check()
			})
		}
	}
}

// guarded is a store as one tenant sees it.
type guarded struct {
	*storage.Guarded
	tenant string
}

func (g *guarded) in(ctx context.Context) context.Context {
	return kernel.WithActor(ctx, kernel.Actor{ID: "u-17", Tenant: g.tenant})
}

func (g *guarded) View(ctx context.Context, fn func(storage.Tx) error) error {
	return g.Guarded.View(g.in(ctx), func(tx *storage.GuardTx) error { return fn(tx) })
}

func (g *guarded) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return g.Guarded.Update(g.in(ctx), func(tx *storage.GuardTx) error { return fn(tx) })
}

// neighbour is another tenant in the same tables.
type neighbour struct {
	*world
	guard  *storage.Guarded
	tenant string
	rows   []storage.Record
}

// settle writes rows of the neighbour's that are in everybody's way: first and last in
// every order, with values that the cases use.
func (n *neighbour) settle() {
	n.Helper()
	h := &house{world: n.world, guard: n.guard}
	n.rows = neighbours()
	h.add(n.actor(), n.rows...)
}

func (n *neighbour) actor() context.Context {
	return kernel.WithActor(n.ctx, kernel.Actor{ID: "u-18", Tenant: n.tenant})
}

// check fails when the neighbour's rows are not what they were.
func (n *neighbour) check() {
	n.Helper()
	h := &house{world: n.world, guard: n.guard}
	h.see(n.actor(), func(tx *storage.GuardTx) error {
		for _, rec := range n.rows {
			if want, ok := rec.(*Policy); ok {
				got := &Policy{}
				if err := tx.Load(storage.ByID(got, want.ID)); err != nil {
					return err
				}
				n.same("the neighbour's policy", got, want)
			}
		}
		policies, err := storage.Count[Policy](tx)
		if err != nil {
			return err
		}
		entries, err := storage.Count[Entry](tx)
		if err != nil {
			return err
		}
		lines, err := storage.Count[Line](tx)
		if policies != neighbourPolicies || entries != 1 || lines != 1 {
			n.Errorf("the neighbour has %d policies, %d entries and %d lines", policies, entries, lines)
		}
		return err
	})
}

const neighbourPolicies = 6

// neighbours are rows with numbers and holders that cases use, some of which come before
// all others in the order of their keys.
func neighbours() []storage.Record {
	var recs []storage.Record
	for i := range neighbourPolicies {
		p := policy()
		if i%2 == 0 {
			p.ID = kernel.ID("00000000" + string(p.ID[8:]))
		}
		p.Number, p.Holder = fmt.Sprint("P-", i), kernel.Ref(fmt.Sprint("C-", i))
		p.Lives, p.Grade, p.Group, p.SignedOn, p.IssuedAt = int64(i), int8(i), i%2 == 0, kernel.NewDate(2026, 3, i+1), noon
		recs = append(recs, p)
	}
	return append(recs, &Entry{Policy: kernel.NewID(), Event: "opened", Key: []byte("key")}, &Line{ID: kernel.NewID(), Policy: kernel.NewID(), Amount: dec("10")})
}
