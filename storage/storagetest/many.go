package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// odd returns a policy with values of all sizes and signs, some of them at zero.
func odd(r *rand.Rand, n int) *Policy {
	p := policy()
	p.Number, p.Holder = fmt.Sprintf("M-%d", n), kernel.Ref(fmt.Sprintf("持有人-%d", n))
	maybe := func(do func()) {
		if r.IntN(3) > 0 {
			do()
		}
	}
	amount := func(scale int32) decimal.Decimal {
		d := decimal.New(r.Int64N(1<<62)>>r.IntN(62), -scale)
		if r.IntN(2) == 0 {
			d = d.Neg()
		}
		return d.Truncate(r.Int32N(scale + 1))
	}
	maybe(func() { p.State = State([]string{"有效", "\\N\t\n\"'", "lapsed"}[r.IntN(3)]) })
	maybe(func() { p.Renews = kernel.NewID() })
	maybe(func() { p.Lives, p.Grade = r.Int64()-r.Int64(), int8(r.IntN(256)-128) })
	maybe(func() { p.Group = true })
	maybe(func() { p.SignedOn = kernel.Date(1 + r.IntN(3_652_000)) })
	maybe(func() { p.IssuedAt = time.UnixMicro(r.Int64N(1<<56) - 1<<55).UTC() })
	maybe(func() { p.Premium = amount(4) })
	maybe(func() { p.Rate = amount(8).Truncate(8) })
	maybe(func() { p.Terms = []byte{0, byte(n), '\\', 0xff} })
	maybe(func() { p.Phone = privacy.Sealed([]byte("\x01a commitment 16 and what the key made of the text")) })
	maybe(func() { p.Riders = []string{"火灾", "\\", "a \"quoted\"\u2028 <b>"}[:r.IntN(4)] })
	maybe(func() { p.Site = Site{City: "深圳", Value: amount(2)} })
	return p
}

// manyRows writes more rows of several tables than a command does, and finds each as if it
// had been written alone.
func manyRows(w *world) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same on every store
	const n = 150
	var (
		policies []*Policy
		entries  []*Entry
		lines    []*Line
	)
	first := policy()
	w.insert(first)
	w.update(func(tx storage.Tx) error {
		for i := range n {
			p := odd(r, i)
			e := &Entry{Tenant: tenant, Policy: p.ID, Event: fmt.Sprint(i), Key: []byte{byte(i >> 8), byte(i)}}
			policies, entries = append(policies, p), append(entries, e)
			recs := []storage.Record{e, p}
			if i%3 == 0 {
				l := &Line{ID: kernel.NewID(), Tenant: tenant, Policy: p.ID, Amount: dec("-0.01")}
				lines, recs = append(lines, l), append(recs, l)
			}
			if err := tx.Insert(recs...); err != nil {
				return err
			}
			switch i {
			case 40: // a change among the inserts keeps its place
				first.State = "changed"
				if err := tx.Save(first); err != nil {
					return err
				}
			case 80: // and so does a look
				if c, err := storage.Count[Policy](tx); err != nil || c != 82 {
					return fmt.Errorf("%d rows: %w", c, err)
				}
				policies[0].State = "changed too"
				if err := tx.Save(policies[0]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for i, p := range policies {
		w.same(fmt.Sprint("policy ", i), w.get(p.ID), p)
	}
	var (
		gotEntries []Entry
		gotLines   []Line
	)
	w.view(func(tx storage.Tx) error {
		return tx.Load(storage.Where(&gotEntries, storage.Query{}), storage.Where(&gotLines, storage.Query{}))
	})
	for i, e := range entries {
		if i > 0 && e.Seq <= entries[i-1].Seq {
			w.Errorf("entry %d has number %d, the one before %d", i, e.Seq, entries[i-1].Seq)
		}
		w.same(fmt.Sprint("entry ", i), &gotEntries[i], e)
	}
	if len(gotEntries) != n || len(gotLines) != len(lines) {
		w.Errorf("%d entries, %d lines", len(gotEntries), len(gotLines))
	}
	later := &Entry{Tenant: tenant, Event: "later"}
	if w.insert(later); later.Seq <= entries[n-1].Seq {
		w.Errorf("a later entry has number %d", later.Seq)
	}

	// One of many that repeats another takes all of them back.
	err := w.attempt(func(tx storage.Tx) error {
		for i := range n {
			p := odd(r, n+i)
			if i == 120 {
				p.Number = policies[3].Number
			}
			if err := tx.Insert(p, &Entry{Tenant: tenant, Policy: p.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	w.wantErr("a repeated number", err, kernel.ErrDuplicate)
	var dup *storage.DuplicateRow
	if !errors.As(err, &dup) || dup.Table != first.TableName() {
		w.Errorf("not told as a repeated row of its table: %v", err)
	}
	if c := w.count(); c != n+1 {
		w.Errorf("%d rows are left, want %d", c, n+1)
	}
}
