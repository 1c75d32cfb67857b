package storagetest

import (
	"errors"
	"strings"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

const phone = "13800138000"

const colPerson = storage.Col[kernel.Ref]("person")

// called returns a policy of the person with a plain phone number.
func called(holder kernel.Ref, phone string) *Policy {
	p := policy()
	p.Holder, p.Phone = holder, privacy.New(phone)
	return p
}

// phone reads the phone number of the policy through the guard.
func (h *house) phone(g *storage.Guarded, id kernel.ID) (string, error) {
	var plain map[string]string
	err := g.View(h.a, func(tx *storage.GuardTx) error {
		p, err := storage.Get[Policy](tx, id)
		if err == nil {
			plain, err = tx.Open(p)
		}
		return err
	})
	return plain["phone"], err
}

func (h *house) wantPhone(what string, g *storage.Guarded, id kernel.ID, want string) {
	h.Helper()
	if got, err := h.phone(g, id); err != nil || got != want {
		h.Errorf("%s: opened %q (%v), want %q", what, got, err, want)
	}
}

// nothingPlain of a person reaches the store, and it opens again in another process.
func nothingPlain(h *house) {
	p, entry := called("C-1", phone), &Entry{Event: "called", Reason: privacy.New("asked for " + phone)}
	entry.Policy = p.ID
	h.add(h.a, p, entry)
	h.view(func(tx storage.Tx) error {
		ps, err := storage.Find[Policy](tx, storage.Query{})
		es, err2 := storage.Find[Entry](tx, storage.Query{})
		ks, err3 := storage.Find[storage.DataKey](tx, storage.Query{})
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
		if len(ps) != 1 || len(es) != 1 || len(ks) != 2 { // the person's key and, for the entry, the tenant's
			h.Fatalf("%d policies, %d entries, %d data keys", len(ps), len(es), len(ks))
		}
		for what, stored := range map[string][]byte{
			"phone": ps[0].Phone.Stored(), "reason": es[0].Reason.Stored(), "data key": ks[0].Wrapped,
		} {
			if len(stored) == 0 || strings.Contains(string(stored), phone) {
				h.Errorf("%s is stored as %q", what, stored)
			}
		}
		return nil
	})
	h.wantPhone("the same process", h.guard, p.ID, phone)
	h.wantPhone("another process", storage.Guard(h.store, h.keys), p.ID, phone)
	h.see(h.a, func(tx *storage.GuardTx) error {
		e, err := storage.One[Entry](tx, storage.Query{})
		if err != nil {
			return err
		}
		plain, err := tx.Open(e)
		if plain["reason"] != "asked for "+phone {
			h.Errorf("the reason opened as %q", plain["reason"])
		}
		return err
	})
	stolen, err := privacy.NewKeys()
	if err != nil {
		h.Fatal(err)
	}
	_, err = h.phone(storage.Guard(h.store, stolen), p.ID)
	h.wantErr("with other keys", err, privacy.ErrCannotOpen)
}

// sealedStays: what did not change is not sealed anew, what did is.
func sealedStays(h *house) {
	p := called("C-1", phone)
	h.add(h.a, p)
	first := h.read(h.a, p.ID)
	h.do(h.a, func(tx *storage.GuardTx) error { q := *first; q.State = "lapsed"; return tx.Save(&q) })
	second := h.read(h.a, p.ID)
	if first.Phone != second.Phone {
		h.Error("an unchanged secret was sealed anew")
	}
	second.Phone = privacy.New("13900139000")
	h.do(h.a, func(tx *storage.GuardTx) error { return tx.Save(second) })
	h.wantPhone("changed", h.guard, p.ID, "13900139000")
	third := h.read(h.a, p.ID)
	third.Phone = privacy.Secret{}
	h.do(h.a, func(tx *storage.GuardTx) error { return tx.Save(third) })
	h.wantPhone("taken away", h.guard, p.ID, "")
}

// sealsAreBound: a sealed value opens only in its row and for its person.
func sealsAreBound(h *house) {
	p, row, person := called("C-1", phone), called("C-1", "1"), called("C-2", "2")
	h.add(h.a, p, row, person)
	for what, other := range map[string]*Policy{"another row": row, "another person": person} {
		other.Phone = p.Phone
		h.do(h.a, func(tx *storage.GuardTx) error { return tx.Save(other) })
		_, err := h.phone(h.guard, other.ID)
		h.wantErr(what, err, privacy.ErrCannotOpen)
	}
	h.wantPhone("its own row", h.guard, p.ID, phone)
	p.Phone = privacy.Sealed([]byte("\x02a commitment16b" + phone)) // readable text put in from outside
	h.do(h.a, func(tx *storage.GuardTx) error { return tx.Save(p) })
	_, err := h.phone(h.guard, p.ID)
	h.wantErr("not sealed by us", err, privacy.ErrCannotOpen)

	// Nor does one person's data key pass for another's.
	fourth := called("C-4", phone)
	h.add(h.a, called("C-3", phone), fourth)
	h.update(func(tx storage.Tx) error {
		var two []storage.DataKey
		err := tx.Load(storage.Where(&two, storage.Query{Where: []storage.Cond{colPerson.In("C-3", "C-4")}}))
		if err != nil {
			return err
		}
		two[0].Wrapped, two[1].Wrapped = two[1].Wrapped, two[0].Wrapped
		return tx.Save(&two[0], &two[1])
	})
	_, err = h.phone(storage.Guard(h.store, h.keys), fourth.ID)
	h.wantErr("with the keys swapped", err, privacy.ErrCannotOpen)
	err = tryOn(storage.Guard(h.store, h.keys), h.a, func(tx *storage.GuardTx) error { return tx.Insert(called("C-4", phone)) })
	h.wantErr("sealed with somebody else's key", err, privacy.ErrCannotOpen)
}

// lostKeysAreForgotten: a data key made in a unit that failed is not used later.
func lostKeysAreForgotten(h *house) {
	err := h.guard.Update(h.a, func(tx *storage.GuardTx) error {
		return errors.Join(tx.Insert(called("C-1", phone)), errRefused)
	})
	h.wantErr("the unit", err, errRefused)
	p := called("C-1", phone)
	h.add(h.a, p)
	h.wantPhone("in another process", storage.Guard(h.store, h.keys), p.ID, phone)
}

// firstSight: many processes meet a person at the same moment. One makes the data
// key; the others give way, and their next run finds it.
func firstSight(h *house) {
	var ids [16]kernel.ID
	errs := race(len(ids), func(i int) error {
		p := called("C-1", phone)
		p.Phone = privacy.New(phone)
		ids[i] = p.ID
		return tryOn(storage.Guard(h.store, h.keys), h.a, func(tx *storage.GuardTx) error { q := *p; return tx.Insert(&q) })
	})
	if err := errors.Join(errs...); err != nil {
		h.Fatal(err)
	}
	for _, id := range ids {
		h.wantPhone("after the race", storage.Guard(h.store, h.keys), id, phone)
	}
	h.see(h.a, func(tx *storage.GuardTx) error {
		n, err := storage.Count[storage.DataKey](tx)
		if n != 1 {
			h.Errorf("the person has %d data keys, want 1", n)
		}
		return err
	})
}

// giveWay: a second data key for one person is a reason to run again, wherever the
// store says so; another duplicate is not.
func giveWay(h *house) {
	second := func() *storage.DataKey {
		return &storage.DataKey{Meta: kernel.Meta{ID: kernel.NewID()}, PersonRef: "C-1", Wrapped: []byte("x")}
	}
	for name, unit := range map[string]func(*storage.GuardTx) error{
		"returned": func(tx *storage.GuardTx) error {
			return errors.Join(tx.Insert(called("C-1", phone)), tx.Insert(second()))
		},
		"swallowed": func(tx *storage.GuardTx) error {
			_, _ = tx.Insert(called("C-1", phone)), tx.Insert(second())
			return nil
		},
		"at a load": func(tx *storage.GuardTx) error {
			if err := errors.Join(tx.Insert(called("C-1", phone)), tx.Insert(second())); err != nil {
				return err
			}
			_, err := storage.Count[Policy](tx)
			h.wantErr("at a load, inside", err, storage.ErrRetry)
			return err
		},
	} {
		err := h.guard.Update(h.a, unit)
		h.wantErr(name, err, storage.ErrRetry)
		if errors.Is(err, kernel.ErrDuplicate) {
			h.Errorf("%s: a host would see a duplicate: %v", name, err)
		}
		h.wantEmpty(name)
	}
	p := policy()
	h.add(h.a, p)
	again := policy()
	again.Number = p.Number
	err := h.guard.Update(h.a, func(tx *storage.GuardTx) error { return tx.Insert(again) })
	h.wantErr("another table", err, kernel.ErrDuplicate)
}

// erased: with the data key gone, nothing of the person opens and nothing new is
// sealed; other people stay, and so does every digest.
func erased(h *house) {
	p, other := called("C-1", phone), called("C-2", phone)
	h.add(h.a, p, other)
	before := h.digestOf(p.ID)
	h.do(h.a, func(tx *storage.GuardTx) error {
		key, err := storage.One[storage.DataKey](tx, storage.Query{Where: []storage.Cond{colPerson.Eq("C-1")}})
		if err != nil {
			return err
		}
		key.Wrapped, key.DestroyedAt = nil, noon
		if err := tx.Save(key); err != nil {
			return err
		}
		h.wantErr("within the unit", tx.Seal(called("C-1", "1")), storage.ErrErased)
		return nil
	})
	for name, g := range map[string]*storage.Guarded{"this process": h.guard, "another": storage.Guard(h.store, h.keys)} {
		_, err := h.phone(g, p.ID)
		h.wantErr(name+" opens", err, storage.ErrErased)
		err = tryOn(g, h.a, func(tx *storage.GuardTx) error { return tx.Insert(called("C-1", "1")) })
		h.wantErr(name+" seals", err, storage.ErrErased)
		h.wantPhone(name, g, other.ID, phone)
	}
	if h.digestOf(p.ID) != before {
		h.Error("erasure changed a digest")
	}
	if n := h.count(); n != 2 {
		h.Errorf("%d policies, want 2", n)
	}
	// The same person of the other tenant is somebody else.
	h.add(h.b, called("C-1", phone))
}
