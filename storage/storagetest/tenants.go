package storagetest

import (
	"context"
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// house is a guarded store with two tenants, of which one is the empty one.
type house struct {
	*world
	keys  *privacy.Keys
	guard *storage.Guarded
	a, b  context.Context
}

// twice runs a case with tenants A and B, then with A and B swapped: a guard that
// favours one of them, such as the empty one, fails one of the runs.
func twice(run func(*house)) func(*world) {
	return func(w *world) {
		as := func(tenant string) context.Context {
			return kernel.WithActor(w.ctx, kernel.Actor{ID: "u-17", Tenant: tenant})
		}
		for name, tenants := range map[string][2]string{"as told": {"", "north"}, "swapped": {"north", ""}} {
			w.Run(name, func(t *testing.T) {
				t.Parallel()
				keys, err := privacy.NewKeys()
				if err != nil {
					t.Fatal(err)
				}
				in := &world{T: t, ctx: w.ctx, store: w.open(t), open: w.open}
				run(&house{in, keys, storage.Guard(in.store, keys), as(tenants[0]), as(tenants[1])})
			})
		}
	}
}

// try runs a guarded unit, again when it gave way.
func (h *house) try(ctx context.Context, fn func(*storage.GuardTx) error) error {
	return tryOn(h.guard, ctx, fn)
}

func tryOn(g *storage.Guarded, ctx context.Context, fn func(*storage.GuardTx) error) error {
	var err error
	for range 50 {
		if err = g.Update(ctx, fn); !errors.Is(err, storage.ErrRetry) {
			return err
		}
	}
	return err
}

func (h *house) do(ctx context.Context, fn func(*storage.GuardTx) error) {
	h.Helper()
	if err := h.try(ctx, fn); err != nil {
		h.Fatalf("Update: %v", err)
	}
}

func (h *house) see(ctx context.Context, fn func(*storage.GuardTx) error) {
	h.Helper()
	if err := h.guard.View(ctx, fn); err != nil {
		h.Fatalf("View: %v", err)
	}
}

func (h *house) add(ctx context.Context, recs ...storage.Record) {
	h.Helper()
	h.do(ctx, func(tx *storage.GuardTx) error { return tx.Insert(recs...) })
}

func (h *house) read(ctx context.Context, id kernel.ID) (p *Policy) {
	h.Helper()
	h.see(ctx, func(tx *storage.GuardTx) (err error) {
		p, err = storage.Get[Policy](tx, id)
		return err
	})
	return p
}

// tenantsSeeNothing of each other, by whatever way they look.
func tenantsSeeNothing(h *house) {
	ofA, line := policy(), &Line{ID: kernel.NewID(), Policy: kernel.NewID(), Amount: dec("10")}
	h.add(h.a, ofA, line, &Entry{Policy: ofA.ID, Event: "opened"})
	h.see(h.b, func(tx *storage.GuardTx) error {
		for _, read := range []storage.Read{
			storage.ByID(new(Policy), ofA.ID), storage.ByID(new(Policy), ofA.ID).Locked(), storage.ByID(new(Line), line.ID),
		} {
			h.wantErr("by key", tx.Load(read), kernel.ErrNotFound)
		}
		// Not even that there is something: as a key that nobody has.
		got, none := &Policy{Number: "as it was"}, &Policy{Number: "as it was"}
		theirs, nobodys := storage.ByID(got, ofA.ID), storage.ByID(none, kernel.NewID())
		theirs.Optional, nobodys.Optional = true, true
		err := tx.Load(theirs, nobodys)
		h.same("an optional read", got, none)
		if err != nil {
			return err
		}
		// Nor in passing, when another read of the same Load fails.
		h.wantErr("two reads", tx.Load(storage.ByID(got, ofA.ID), storage.ByID(none, kernel.NewID())), kernel.ErrNotFound)
		h.same("two reads", got, none)

		for name, q := range map[string]storage.Query{
			"all":       {},
			"by number": {Where: []storage.Cond{colNumber.Eq(ofA.Number)}},
			"by key":    {Where: []storage.Cond{storage.ColID.In(ofA.ID)}},
			"by tenant": {Where: []storage.Cond{storage.ColTenant.Eq(ofA.Tenant)}},
			"by order":  {Order: []storage.Order{colNumber.Desc()}, Limit: 1},
			"by place":  {After: []any{kernel.ID("00000000-0000-7000-8000-000000000000")}},
		} {
			list, err := storage.Find[Policy](tx, q)
			page, err2 := storage.Page[Policy](tx, storage.Query{Where: q.Where, Order: q.Order}, kernel.List{})
			rows, err3 := tx.Tally((*Policy)(nil), q, []string{"tenant", "number"}, storage.Sum("premium"))
			if err := errors.Join(err, err2, err3); err != nil {
				return err
			}
			if len(list)+len(page.Items)+len(rows) != 0 {
				h.Errorf("%s: B sees %d, %d and %d of A", name, len(list), len(page.Items), len(rows))
			}
		}
		entries, err := storage.Find[Entry](tx, storage.Query{})
		lines, err2 := storage.Count[Line](tx)
		if len(entries) != 0 || lines != 0 {
			h.Errorf("B sees %d entries and %d lines of A", len(entries), lines)
		}
		return errors.Join(err, err2)
	})
	if got := h.read(h.a, ofA.ID); got.Number != ofA.Number {
		h.Errorf("A sees %q, want %q", got.Number, ofA.Number)
	}
}

// tenantsChangeNothing of each other, whatever they say whose it is.
func tenantsChangeNothing(h *house) {
	ofA, line := policy(), &Line{ID: kernel.NewID(), Amount: dec("10")}
	h.add(h.a, ofA, line)
	_, tenantB := h.tenants()
	forged, forgedLine := *ofA, *line
	forged.Tenant, forgedLine.Tenant = tenantB, tenantB
	for name, c := range map[string]struct {
		write func(*storage.GuardTx) error
		want  error
	}{
		"save":                  {func(tx *storage.GuardTx) error { p := *ofA; return tx.Save(&p) }, kernel.ErrNotFound},
		"delete":                {func(tx *storage.GuardTx) error { p := *ofA; return tx.Delete(&p) }, kernel.ErrNotFound},
		"delete a line":         {func(tx *storage.GuardTx) error { l := *line; return tx.Delete(&l) }, kernel.ErrNotFound},
		"save, forged":          {func(tx *storage.GuardTx) error { p := forged; return tx.Save(&p) }, kernel.ErrConflict},
		"delete, forged":        {func(tx *storage.GuardTx) error { p := forged; return tx.Delete(&p) }, kernel.ErrConflict},
		"delete a line, forged": {func(tx *storage.GuardTx) error { l := forgedLine; return tx.Delete(&l) }, kernel.ErrConflict},
		"insert over it":        {func(tx *storage.GuardTx) error { p := *ofA; return tx.Insert(&p) }, kernel.ErrDuplicate},
	} {
		h.wantErr(name, h.try(h.b, c.write), c.want)
		err := h.try(h.b, func(tx *storage.GuardTx) error {
			_ = c.write(tx)
			return nil
		})
		h.wantErr(name+", swallowed", err, c.want)
	}
	got := h.read(h.a, ofA.ID)
	h.same("A's policy", got, ofA)
	h.see(h.a, func(tx *storage.GuardTx) error { return tx.Load(storage.ByID(new(Line), line.ID)) })
}

// tenants returns the names of A and B.
func (h *house) tenants() (a, b string) {
	h.see(h.a, func(tx *storage.GuardTx) error { a = tx.Tenant(); return nil })
	h.see(h.b, func(tx *storage.GuardTx) error { b = tx.Tenant(); return nil })
	return a, b
}

// tenantsShareNumbers: the same numbers, persons and indexes in both, each once.
func tenantsShareNumbers(h *house) {
	tenantA, tenantB := h.tenants()
	twin := func() *Policy {
		p := policy()
		p.Number, p.Holder, p.SignedOn, p.Tenant = "P-1", "C-1", kernel.NewDate(2026, 3, 2), "forged"
		p.Renews, p.Phone = keys[1], privacy.New("13800138000")
		return p
	}
	a, b := twin(), twin()
	h.add(h.a, a)
	h.add(h.b, b)
	if a.Tenant != tenantA || b.Tenant != tenantB {
		h.Errorf("the rows went to %q and %q", a.Tenant, b.Tenant)
	}
	h.wantErr("again in A", h.try(h.a, func(tx *storage.GuardTx) error { return tx.Insert(twin()) }), kernel.ErrDuplicate)
	h.wantErr("again in B", h.try(h.b, func(tx *storage.GuardTx) error { return tx.Insert(twin()) }), kernel.ErrDuplicate)

	a.State = "lapsed"
	h.do(h.a, func(tx *storage.GuardTx) error { return tx.Save(a) })
	if got := h.read(h.b, b.ID); got.State != "active" || got.Version != 1 {
		h.Errorf("B's policy is %q at version %d after A changed its own", got.State, got.Version)
	}
	for who, ctx := range map[string]context.Context{"A": h.a, "B": h.b} {
		h.see(ctx, func(tx *storage.GuardTx) error {
			list, err := storage.Find[Policy](tx, storage.Query{Where: []storage.Cond{colNumber.Eq("P-1")}})
			n, err2 := storage.Count[storage.DataKey](tx)
			if len(list) != 1 || n != 1 {
				h.Errorf("%s sees %d policies and %d data keys, want its own", who, len(list), n)
			}
			return errors.Join(err, err2)
		})
	}
	if string(a.Phone.Commitment()) == string(b.Phone.Commitment()) {
		h.Error("the same number has the same commitment in both tenants")
	}
	var seen []string
	for _, ctx := range []context.Context{h.a, h.b} {
		h.see(ctx, func(tx *storage.GuardTx) error {
			for _, column := range []string{"st_policies.phone", "st_policies.fax"} {
				one, err := tx.Index(column, "13800138000")
				two, err2 := tx.Index(column, "13800138000")
				if err := errors.Join(err, err2); err != nil {
					return err
				}
				if len(one) == 0 || string(one) != string(two) {
					h.Errorf("index %x, then %x", one, two)
				}
				for _, s := range seen {
					if s == string(one) {
						h.Error("an index is the same in another tenant or column")
					}
				}
				seen = append(seen, string(one))
			}
			return nil
		})
	}
}

// nobodyIsRefused: without an actor there is no tenant.
func nobodyIsRefused(h *house) {
	for name, ctx := range map[string]context.Context{
		"nobody": h.ctx, "no name": kernel.WithActor(h.ctx, kernel.Actor{Tenant: "north"}),
	} {
		ran := func(*storage.GuardTx) error { h.Errorf("%s: the unit ran", name); return nil }
		h.wantErr(name+" views", h.guard.View(ctx, ran), kernel.ErrForbidden)
		h.wantErr(name+" updates", h.guard.Update(ctx, ran), kernel.ErrForbidden)
	}
}

// frozenStays: what is written once can be added and read.
func frozenStays(h *house) {
	issued, entry := &Issued{*policy()}, &Entry{Event: "issued"}
	h.add(h.a, issued, entry)
	for name, write := range map[string]func(*storage.GuardTx) error{
		"save":            func(tx *storage.GuardTx) error { p := *issued; p.State = "changed"; return tx.Save(&p) },
		"delete":          func(tx *storage.GuardTx) error { return tx.Delete(issued) },
		"delete an entry": func(tx *storage.GuardTx) error { return tx.Delete(entry) },
	} {
		h.wantErr(name, h.try(h.a, write), kernel.ErrState)
		err := h.try(h.a, func(tx *storage.GuardTx) error {
			_, _ = tx.Insert(policy()), write(tx)
			return nil
		})
		h.wantErr(name+", swallowed", err, kernel.ErrState)
	}
	got := h.read(h.a, issued.ID)
	h.same("the issued policy", got, &issued.Policy)
	if n := h.count(); n != 1 {
		h.Errorf("%d policies, want 1", n)
	}
}
