package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Rater computes premiums. The built-in one is [TableRater]; a host may plug in its own
// rating engine. It is asked before the transaction where that is possible, and must
// change nothing.
type Rater interface {
	// Rate returns the premium of what is asked for. Faults of the request are
	// [kernel.FieldErrors] with paths of the request ("items[0]", "risks[1].birth").
	Rate(ctx context.Context, in RatingRequest) (Quote, error)
}

// RatingRequest is what a premium is asked for.
type RatingRequest struct {
	Product Product
	Risks   []Risk
	Items   []Item // each for every risk
	Term    Term
	PayMode PayMode
	On      kernel.Date     // inception; ages count on it
	Loading decimal.Decimal // on every item: 0.25 is a quarter more (加费)
}

// Risk is an insured person or thing as rates see it.
type Risk struct {
	Birth  kernel.Date // zero: unknown, or no person
	Gender Gender
	Class  string // occupation or risk class (职业类别)
}

// Item is a coverage that is applied for.
type Item struct {
	Coverage   string          `json:"coverage"`
	SumInsured decimal.Decimal `json:"sum_insured"` // 0 where the product fixes the limit
}

// Quote is a premium for the whole term, and how it came about.
type Quote struct {
	Items   []QuoteItem     `json:"items"`
	Premium decimal.Decimal `json:"premium"` // sum of the items
}

// QuoteItem is the premium of one coverage for one risk.
type QuoteItem struct {
	Risk     int             `json:"risk"` // index in the request
	Coverage string          `json:"coverage"`
	Premium  decimal.Decimal `json:"premium"` // in the currency's minor unit
	Trace    []Step          `json:"trace,omitempty"`
}

// Step is one step of a computation. It names rows of the product's table, never what
// is known of a person.
type Step struct {
	What  string          `json:"what"`
	Value decimal.Decimal `json:"value"`
}

// Rate is a row of a product's table of rates (费率表): the premium of a coverage for
// those whom it fits. Of the rows of a coverage, at most one may fit anybody.
type Rate struct {
	Coverage string          `json:"coverage"`
	Term     Term            `json:"term,omitzero"`      // zero: every term
	Ages     Ages            `json:"ages,omitzero"`      // zero: every age
	Gender   Gender          `json:"gender,omitempty"`   // empty: both
	Class    string          `json:"class,omitempty"`    // empty: every class
	PerMille decimal.Decimal `json:"per_mille,omitzero"` // of the sum insured; eight decimals
	Flat     decimal.Decimal `json:"flat,omitzero"`      // instead: an amount, eight decimals
	Yearly   bool            `json:"yearly,omitzero"`    // buys one year, else the whole term
}

func (r *Rate) fits(t Term) bool { return r.Term.IsZero() || r.Term == t }

func (r *Rate) overlaps(o *Rate) bool {
	return r.Coverage == o.Coverage && (r.Term.IsZero() || o.fits(r.Term)) && r.Ages.overlaps(o.Ages) &&
		(r.Gender == "" || o.Gender == "" || r.Gender == o.Gender) && (r.Class == "" || o.Class == "" || r.Class == o.Class)
}

// checkRates notes what is wrong with the table of rates.
func (d *Design) checkRates(f *kernel.FieldErrors) {
	checkCount(f, "rates", len(d.Rates), 25*MaxList)
	most := decimal.New(1, 9)
	for i := range d.Rates {
		r, at := &d.Rates[i], f.Index("rates", i)
		if d.coverage(r.Coverage) == nil {
			at.Add("coverage", "unknown", "the product has no such coverage")
		}
		r.Term.check(at, "term")
		r.Ages.check(at, "ages")
		checkGender(at, "gender", r.Gender)
		checkCode(at, "class", r.Class, false)
		checkPart(at, "per_mille", r.PerMille, most)
		checkPart(at, "flat", r.Flat, most)
		if !r.PerMille.IsZero() && !r.Flat.IsZero() {
			at.Add("flat", "conflict", "either per mille or flat")
		}
		if r.Yearly && (r.Term.Days > 0 || r.Term.IsZero() && slices.ContainsFunc(d.Terms, func(t Term) bool { return t.Days > 0 })) {
			at.Add("yearly", "conflict", "a term with days has no yearly rate")
		}
	}
	if len(f.Faults) > 0 || len(d.Rates) > 25*MaxList {
		return
	}
	for i := range d.Rates {
		for j := range d.Rates[:i] {
			if d.Rates[i].overlaps(&d.Rates[j]) {
				f.Index("rates", i).Add("", "duplicate", "fits the same as rates[%d]", j)
				break
			}
		}
	}
}

// TableRater is the built-in [Rater]: it looks rates up in the product's own table.
type TableRater struct{}

// Rate implements [Rater]. A risk that no row fits is a fault of the item; a birth date
// that a row asks for and nobody gave is a fault of the risk.
func (TableRater) Rate(_ context.Context, in RatingRequest) (Quote, error) {
	var q Quote
	var f kernel.FieldErrors
	d := &in.Product.Design
	for l, risk := range in.Risks {
		if risk.Birth == 0 && needsAge(d, in.Items, in.Term) {
			f.Index("risks", l).Add("birth", "required", "rates of the product go by age")
			continue
		}
		for i, it := range in.Items {
			n := slices.IndexFunc(d.Rates, func(r Rate) bool { return r.applies(it, risk, in.Term, in.On) })
			if n < 0 {
				f.Index("items", i).Add("coverage", "rate", "no rate fits insured %d", l+1)
				continue
			}
			item := d.Rates[n].premium(n, it, in)
			item.Risk = l
			q.Items = append(q.Items, item)
			q.Premium = q.Premium.Add(item.Premium)
		}
	}
	if err := f.Err(); err != nil {
		return Quote{}, err
	}
	return q, nil
}

func (r *Rate) applies(it Item, l Risk, t Term, on kernel.Date) bool {
	return r.Coverage == it.Coverage && r.fits(t) && (r.Gender == "" || r.Gender == l.Gender) &&
		(r.Class == "" || r.Class == l.Class) && (r.Ages.Any() || r.Ages.Holds(l.Birth.YearsAt(on)))
}

// needsAge reports whether a rate that may apply goes by age.
func needsAge(d *Design, items []Item, t Term) bool {
	return slices.ContainsFunc(d.Rates, func(r Rate) bool {
		return !r.Ages.Any() && r.fits(t) && slices.ContainsFunc(items, func(it Item) bool { return it.Coverage == r.Coverage })
	})
}

// premium computes one item. Only its end is rounded.
func (r *Rate) premium(row int, it Item, in RatingRequest) QuoteItem {
	cur := in.Product.Currency
	out := QuoteItem{Coverage: it.Coverage}
	step := func(v decimal.Decimal, format string, args ...any) {
		out.Trace = append(out.Trace, Step{fmt.Sprintf(format, args...), v})
	}
	amount := r.Flat
	if !r.PerMille.IsZero() {
		step(it.SumInsured, "sum insured")
		step(r.PerMille, "per mille, rates[%d]", row)
		amount = it.SumInsured.Mul(r.PerMille).Shift(-3)
	} else {
		step(r.Flat, "flat, rates[%d]", row)
	}
	if r.Yearly {
		months := decimal.NewFromInt(int64(in.Term.months()))
		step(months, "months, of 12")
		// 32 places are exact enough that no rounding here can turn the one at the end.
		amount = amount.Mul(months).DivRound(decimal.NewFromInt(12), 32)
	}
	if !in.Loading.IsZero() {
		step(in.Loading, "loading")
		amount = amount.Mul(in.Loading.Add(decimal.NewFromInt(1)))
	}
	out.Premium = kernel.Round(amount, cur)
	step(out.Premium, "premium, half-even")
	return out
}

// checkQuote notes what is wrong with the answer of a host's rater.
func checkQuote(q Quote, cur kernel.Currency) error {
	var f kernel.FieldErrors
	total := decimal.Zero
	for i, it := range q.Items {
		before := len(f.Faults)
		kernel.CheckAmount(f.Index("items", i), "premium", it.Premium, cur)
		if len(f.Faults) == before {
			total = total.Add(it.Premium)
		}
	}
	kernel.CheckAmount(&f, "premium", q.Premium, cur)
	if f.Err() == nil && len(q.Items) > 0 && !total.Equal(q.Premium) {
		f.Add("premium", "sum", "the items do not add up to it")
	}
	return f.Err()
}
