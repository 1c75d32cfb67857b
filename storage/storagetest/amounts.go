package storagetest

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// What amounts and rates may be, and what a careless column loses of them: digits
// beyond the fifteenth, places beyond the second, the sign.
var (
	amounts = []string{
		"-899999999999999.9999", "-123456789012345.6789", "-1200.5", "-0.0001", "0", "0.0001", "0.1", "9.99", "1200",
		"1200.0001", "99999999999999.99", "123456789012345.6789", "123456789012345.679", "899999999999999.9999",
	}
	rates = []string{
		"-89999999999.99999999", "-0.00000001", "0", "0.00000001", "0.0035", "0.12345678", "1", "89999999999.99999999",
	}
	misfits = []string{
		"12345678901234567.89", "0.00001", "900000000000000", "-900000000000000", "1e30", "0.00000000000000000001", "1e-200", "1e400",
	}
	misfitRates = []string{"90000000000", "0.000000001", "-0.123456789", "1e40"}
)

func amountsAtTheEdge(w *world) {
	put := func(field func(*Policy) *decimal.Decimal, values []string) {
		for _, s := range values {
			p := policy()
			*field(p) = dec(s)
			w.insert(p)
			if got := *field(w.get(p.ID)); !got.Equal(dec(s)) {
				w.Errorf("%s came back as %s", s, got)
			}
		}
	}
	put(premium, amounts)
	put(rate, rates)
	// The same number written in another way.
	p := policy()
	p.Premium, p.Rate = decimal.New(12, 2), dec("0.00350000000000")
	w.insert(p)
	if got := w.get(p.ID); !got.Premium.Equal(dec("1200")) || !got.Rate.Equal(dec("0.0035")) {
		w.Errorf("12e2 and 0.0035 came back as %s and %s", got.Premium, got.Rate)
	}
}

func premium(p *Policy) *decimal.Decimal { return &p.Premium }
func rate(p *Policy) *decimal.Decimal    { return &p.Rate }

// misfitsAreRefused: never rounded, and nothing of the unit is kept.
func misfitsAreRefused(w *world) {
	refuse := func(field func(*Policy) *decimal.Decimal, values []string) {
		for _, s := range values {
			p := policy()
			*field(p) = dec(s)
			err := w.attempt(func(tx storage.Tx) error { return tx.Insert(policy(), p) })
			w.wantErr(s, err, kernel.ErrInvalid)
			w.wantEmpty(s)
		}
	}
	refuse(premium, misfits)
	refuse(rate, misfitRates)

	p := policy()
	w.insert(p)
	p.Premium = dec("0.00001")
	err := w.attempt(func(tx storage.Tx) error { return tx.Save(p) })
	w.wantErr("Save", err, kernel.ErrInvalid)
	if got := w.get(p.ID); got.Version != 1 || !got.Premium.Equal(dec("1200")) {
		w.Errorf("a refused save left version %d and %s", got.Version, got.Premium)
	}
}

// amountsCompare: sorted and searched as numbers, not as text or binary fractions.
func amountsCompare(w *world) {
	for _, i := range []int{7, 0, 13, 4, 2, 9, 12, 5, 1, 10, 3, 8, 11, 6} {
		p := policy()
		p.Premium = dec(amounts[i])
		w.insert(p)
	}
	list := func(q storage.Query) (got []string) {
		w.view(func(tx storage.Tx) error {
			ps, err := storage.Find[Policy](tx, q)
			for _, p := range ps {
				got = append(got, p.Premium.String())
			}
			return err
		})
		return got
	}
	if got := list(storage.Query{Order: []storage.Order{colPremium.Asc()}}); !slices.Equal(got, amounts) {
		w.Errorf("sorted %v, want %v", got, amounts)
	}
	for i, s := range amounts {
		where := func(c ...storage.Cond) storage.Query {
			return storage.Query{Where: c, Order: []storage.Order{colPremium.Asc()}}
		}
		d := dec(s)
		for name, c := range map[string]struct {
			q    storage.Query
			want []string
		}{
			"=":       {where(colPremium.Eq(d)), amounts[i : i+1]},
			"<":       {where(colPremium.Lt(d)), amounts[:i]},
			"<=":      {where(colPremium.Le(d)), amounts[:i+1]},
			">":       {where(colPremium.Gt(d)), amounts[i+1:]},
			">=":      {where(colPremium.Ge(d)), amounts[i:]},
			"in":      {where(colPremium.In(dec("77"), d)), amounts[i : i+1]},
			"between": {where(colPremium.Gt(dec(amounts[0])), colPremium.Lt(d)), amounts[min(1, i):i]},
		} {
			if got := list(c.q); !slices.Equal(got, c.want) {
				w.Errorf("premium %s %s: %v, want %v", name, s, got, c.want)
			}
		}
	}
}

// amountsAddUp: exactly, also beyond what a single amount may be and beyond 64 bits.
func amountsAddUp(w *world) {
	var want, wantRate decimal.Decimal
	var recs []storage.Record
	add := func(premium, rate string, n int) {
		for range n {
			p := policy()
			p.Premium, p.Rate, p.Lives = dec(premium), dec(rate), 1<<61
			want, wantRate = want.Add(p.Premium), wantRate.Add(p.Rate)
			recs = append(recs, p)
		}
	}
	add("899999999999999.9999", "89999999999.99999999", 12)
	add("-0.0001", "-0.00000001", 3)
	add("0.1", "0.1", 3)
	w.insert(recs...)
	w.view(func(tx storage.Tx) error {
		sums := []storage.Measure{storage.Sum("premium"), storage.Sum("rate"), storage.Sum("lives")}
		rows, err := tx.Tally((*Policy)(nil), storage.Query{}, nil, sums...)
		if err != nil {
			return err
		}
		wantLives := decimal.New(1<<61, 0).Mul(decimal.New(18, 0))
		if s := rows[0].Sums; !s[0].Equal(want) || !s[1].Equal(wantRate) || !s[2].Equal(wantLives) {
			w.Errorf("sums %v, want %s, %s, %s", s, want, wantRate, wantLives)
		}
		rows, err = tx.Tally(&Policy{}, storage.Query{Where: []storage.Cond{colNumber.Eq("none")}}, nil, sums...)
		if err == nil && (len(rows) != 1 || rows[0].Count != 0 || !rows[0].Sums[0].IsZero()) {
			w.Errorf("the tally of no rows is %v, want one row of zeros", rows)
		}
		return err
	})
}
