package storagetest

import (
	"errors"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// uniqueWithinATenant: what may not be repeated, and what may.
func uniqueWithinATenant(w *world) {
	first := policy()
	first.Renews, first.SignedOn = kernel.NewID(), kernel.NewDate(2026, 3, 2)
	w.insert(first)
	for name, c := range map[string]struct {
		make func(*Policy)
		dup  bool
	}{
		"the key":                             {func(p *Policy) { p.ID = first.ID }, true},
		"the key in another tenant":           {func(p *Policy) { p.ID, p.Tenant = first.ID, "south" }, true},
		"the number":                          {func(p *Policy) { p.Number = first.Number }, true},
		"the number in another tenant":        {func(p *Policy) { p.Number, p.Tenant = first.Number, "south" }, false},
		"what may be NULL":                    {func(p *Policy) { p.Renews = first.Renews }, true},
		"NULL":                                {func(*Policy) {}, false},
		"both columns":                        {func(p *Policy) { p.Holder, p.SignedOn = first.Holder, first.SignedOn }, true},
		"one of two columns":                  {func(p *Policy) { p.Holder, p.SignedOn = first.Holder, first.SignedOn+1 }, false},
		"one of two columns, the other NULL":  {func(p *Policy) { p.Holder = first.Holder }, false},
		"the same again, the other NULL":      {func(p *Policy) { p.Holder = first.Holder }, false},
		"a number that differs in case":       {func(p *Policy) { p.Number = "p" + first.Number[1:] }, false},
		"a number that differs in a space":    {func(p *Policy) { p.Number = first.Number + " " }, false},
		"a number with the first as a prefix": {func(p *Policy) { p.Number = first.Number + "|" }, false},
	} {
		p := policy()
		c.make(p)
		err := w.attempt(func(tx storage.Tx) error { return tx.Insert(p) })
		switch {
		case c.dup:
			w.wantDuplicate(name, err)
		case err != nil:
			w.Errorf("%s may be repeated: %v", name, err)
		}
	}
	// Two rows that run into the same text differ.
	left, right := policy(), policy()
	left.Tenant, left.Number, right.Tenant, right.Number = "a|b", "c", "a", "b|c"
	w.insert(left, right)
	// A save can repeat too.
	p := policy()
	w.insert(p)
	p.Number = first.Number
	w.wantDuplicate("saved", w.attempt(func(tx storage.Tx) error { rec := *p; return tx.Save(&rec) }))
	if got := w.get(p.ID); got.Version != 1 || got.Number == first.Number {
		w.Errorf("a refused save left version %d, number %q", got.Version, got.Number)
	}
	// What is given up is free, within the same unit too.
	w.update(func(tx storage.Tx) error {
		old := *first
		old.Number = "given up"
		heir := policy()
		heir.Number = first.Number
		if err := tx.Save(&old); err != nil {
			return err
		}
		if err := tx.Insert(heir); err != nil {
			return err
		}
		if err := tx.Delete(heir); err != nil {
			return err
		}
		again := policy()
		again.Number = first.Number
		return tx.Insert(again)
	})
}

func (w *world) wantDuplicate(what string, err error) {
	w.Helper()
	var dup *storage.DuplicateRow
	w.wantErr(what, err, kernel.ErrDuplicate)
	if !errors.As(err, &dup) || dup.Table != "st_policies" {
		w.Errorf("%s: error %v does not name the table", what, err)
	}
}

// versions: a save needs the version that it was read with.
func versions(w *world) {
	p := policy()
	w.insert(p)
	stale := *p
	w.update(func(tx storage.Tx) error {
		p.State = "lapsed"
		if err := tx.Save(p); err != nil {
			return err
		}
		p.State = "reinstated" // twice in one unit
		return tx.Save(p)
	})
	if got := w.get(p.ID); p.Version != 3 || got.Version != 3 || got.State != "reinstated" {
		w.Errorf("after an insert and two saves: version %d and %d stored, state %q", p.Version, got.Version, got.State)
	}
	never, forged, ahead := policy(), *p, *p
	never.Version, forged.Tenant = 1, "south"
	ahead.Version++
	for name, rec := range map[string]*Policy{
		"changed by somebody else": &stale, "never inserted": never, "of another tenant": &forged, "of a version to come": &ahead,
	} {
		save, del := *rec, *rec
		w.wantErr("save "+name, w.attempt(func(tx storage.Tx) error { return tx.Save(&save) }), kernel.ErrConflict)
		w.wantErr("delete "+name, w.attempt(func(tx storage.Tx) error { return tx.Delete(&del) }), kernel.ErrConflict)
	}
	if got := w.get(p.ID); got.Version != 3 || got.Tenant != tenant {
		w.Errorf("refused saves left version %d of tenant %q", got.Version, got.Tenant)
	}
	// One lost save undoes what the unit did besides.
	other := policy()
	err := w.attempt(func(tx storage.Tx) error {
		_ = tx.Insert(other)
		return tx.Save(&stale)
	})
	w.wantErr("a lost save", err, kernel.ErrConflict)
	if n := w.count(); n != 1 {
		w.Errorf("%d policies after a lost save, want 1", n)
	}
}

// missing records, and reads that do not mind.
func missing(w *world) {
	p := policy()
	w.insert(p)
	w.view(func(tx storage.Tx) error {
		for _, id := range []kernel.ID{kernel.NewID(), "", "no key", "' OR 1=1 --"} {
			_, err := storage.Get[Policy](tx, id)
			w.wantErr("key "+string(id), err, kernel.ErrNotFound)
		}
		got := &Policy{Number: "as it was"}
		read := storage.ByID(got, kernel.NewID())
		read.Optional = true
		err := tx.Load(read)
		if err != nil || got.Number != "as it was" {
			w.Errorf("an optional read of nothing: %v, %q", err, got.Number)
		}
		// Several reads in one: records and lists, there or not.
		var none, all []Policy
		all = append(all, Policy{Number: "to be replaced"}, Policy{}, Policy{})
		found := new(Policy)
		err = tx.Load(read, storage.ByID(found, p.ID), storage.Where(&all, storage.Query{}),
			storage.Where(&none, storage.Query{Where: []storage.Cond{colNumber.In()}}))
		if err == nil && (found.Number != p.Number || len(all) != 1 || all[0].Number != p.Number || len(none) != 0) {
			w.Errorf("several reads: %q, %d rows, %d rows", found.Number, len(all), len(none))
		}
		if err == nil {
			err = tx.Load()
		}
		return err
	})
	// To look in vain is no failed write: the unit goes on.
	w.update(func(tx storage.Tx) error {
		_, err := storage.Get[Policy](tx, kernel.NewID())
		w.wantErr("looked in vain", err, kernel.ErrNotFound)
		return tx.Insert(policy())
	})
	if n := w.count(); n != 2 {
		w.Errorf("%d policies, want 2", n)
	}
}

// ownWrites: a unit sees what it did, also what a store holds back.
func ownWrites(w *world) {
	kept, gone := policy(), policy()
	w.insert(kept, gone)
	fresh := policy()
	w.update(func(tx storage.Tx) error {
		kept.State = "lapsed"
		if err := errors.Join(tx.Insert(fresh), tx.Save(kept), tx.Delete(gone)); err != nil {
			return err
		}
		n, err := storage.Count[Policy](tx)
		if err != nil {
			return err
		}
		lapsed, err := storage.Find[Policy](tx, storage.Query{Where: []storage.Cond{colState.Eq("lapsed")}})
		if err != nil {
			return err
		}
		got, err := storage.Get[Policy](tx, fresh.ID)
		if err != nil {
			return err
		}
		if n != 2 || len(lapsed) != 1 || lapsed[0].Version != 2 || got.Number != fresh.Number {
			w.Errorf("the unit sees %d policies, %d lapsed, %q", n, len(lapsed), got.Number)
		}
		_, err = storage.Get[Policy](tx, gone.ID)
		w.wantErr("deleted", err, kernel.ErrNotFound)
		got.State = "ended"
		return tx.Save(got)
	})
	if got := w.get(fresh.ID); got.State != "ended" || got.Version != 2 {
		w.Errorf("stored %q, version %d", got.State, got.Version)
	}
}

// numbers: the store counts rows that have no key of their own.
func numbers(w *world) {
	a, b, c := &Entry{Tenant: tenant, Event: "opened"}, &Entry{Tenant: tenant, Event: "closed"}, &Entry{Tenant: tenant, Key: []byte("k")}
	w.insert(a, b)
	failed := errors.New("failed")
	_ = w.store.Update(w.ctx, func(tx storage.Tx) error {
		return errors.Join(tx.Insert(&Entry{Tenant: tenant, Event: "undone"}), failed)
	})
	w.insert(c)
	var got []Entry
	w.view(func(tx storage.Tx) (err error) {
		got, err = storage.Find[Entry](tx, storage.Query{})
		return err
	})
	w.same("entries", got, []Entry{*a, *b, *c})
	if a.Seq <= 0 || b.Seq <= a.Seq || c.Seq <= b.Seq {
		w.Errorf("numbered %d, %d, %d", a.Seq, b.Seq, c.Seq)
	}
	err := w.attempt(func(tx storage.Tx) error { return tx.Insert(&Entry{Tenant: tenant, Key: []byte("k")}) })
	w.wantErr("a repeated key", err, kernel.ErrDuplicate)
	// Rows without a version are deleted by key, and only once.
	w.update(func(tx storage.Tx) error { return tx.Delete(b) })
	w.wantErr("deleted twice", w.attempt(func(tx storage.Tx) error { return tx.Delete(b) }), kernel.ErrConflict)
	forged := *a
	forged.Tenant = "south"
	w.wantErr("of another tenant", w.attempt(func(tx storage.Tx) error { return tx.Delete(&forged) }), kernel.ErrConflict)
	w.view(func(tx storage.Tx) error {
		n, err := storage.Count[Entry](tx)
		if n != 2 {
			w.Errorf("%d entries are left, want 2", n)
		}
		return err
	})
}
