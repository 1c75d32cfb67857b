package policy

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// against notes where the form does not fit the product, and fills in what the product
// leaves no choice of.
func (in *Form) against(f *kernel.FieldErrors, p *Product) {
	d := &p.Design
	if in.Currency != "" && in.Currency != p.Currency {
		f.Add("currency", "product", "the product is in %s", p.Currency)
	}
	if len(d.Channels) > 0 && !slices.Contains(d.Channels, in.Channel) {
		f.Add("channel", "product", "the product is not sold through this channel")
	}
	if in.Term.IsZero() && len(d.Terms) == 1 {
		in.Term = d.Terms[0]
	}
	if !in.Term.IsZero() && !slices.Contains(d.Terms, in.Term) {
		f.Add("term", "product", "the product has no such term")
	}
	if in.PayMode == "" && len(d.PayModes) == 1 {
		in.PayMode = d.PayModes[0]
	}
	switch {
	case in.PayMode == "":
	case !slices.Contains(d.PayModes, in.PayMode):
		f.Add("pay_mode", "product", "the product is not paid so")
	case !in.Term.IsZero() && in.PayMode.Instalments(in.Term) == 0:
		f.Add("pay_mode", "product", "does not divide the term")
	}
	in.Items = in.items(f, d)
	for i, it := range in.Disclosures {
		if !slices.Contains(d.Questions, it.Question) {
			f.Index("disclosures", i).Add("question", "unknown", "the product does not ask this")
		}
	}
}

// items returns what is applied for, with the fixed limits of the product.
func (in *Form) items(f *kernel.FieldErrors, d *Design) []Item {
	items := slices.Clone(in.Items)
	for i := range items {
		at := f.Index("items", i)
		switch c := d.coverage(items[i].Coverage); {
		case c == nil:
			at.Add("coverage", "unknown", "the product has no such coverage")
		case c.Basis == Fixed && !items[i].SumInsured.IsZero() && !items[i].SumInsured.Equal(c.Limit):
			at.Add("sum_insured", "product", "the product fixes the limit")
		case c.Basis == Fixed:
			items[i].SumInsured = c.Limit
		default:
			kernel.CheckAmount(at, "sum_insured", items[i].SumInsured, d.Currency)
		}
	}
	for _, c := range d.Coverages {
		if c.Basis == Fixed && !c.Optional && !slices.ContainsFunc(items, func(it Item) bool { return it.Coverage == c.Code }) {
			items = append(items, Item{c.Code, c.Limit})
		}
	}
	return items
}

func formComplete(u *command.Unit, a *Application) error {
	p, err := storage.Get[Product](u, a.ProductID)
	if err != nil {
		return err
	}
	var f kernel.FieldErrors
	a.complete(&f, &p.Design)
	return f.Err()
}

// complete notes what an application still needs before it can be submitted.
func (a *Application) complete(f *kernel.FieldErrors, d *Design) {
	if a.Term.IsZero() {
		f.Add("term", "required", "choose one of the product's terms")
	}
	if a.PayMode == "" {
		f.Add("pay_mode", "required", "choose one of the product's modes of payment")
	}
	if len(a.Items) == 0 {
		f.Add("items", "required", "choose what is to be covered")
	}
	for i, it := range a.Items {
		if !it.SumInsured.IsPositive() {
			f.Index("items", i).Add("sum_insured", "required", "more than zero")
		}
	}
	for _, c := range d.Coverages {
		if !c.Optional && !slices.ContainsFunc(a.Items, func(it Item) bool { return it.Coverage == c.Code }) {
			f.Add("items", "required", "coverage %s is part of the product", c.Code)
		}
	}
}

// sumInsured is what all items cover for so many insured; false when it is too much to
// write down. An item that is too much by itself is told elsewhere and not counted.
func sumInsured(items []Item, lives int) (decimal.Decimal, bool) {
	total := decimal.Zero
	for _, it := range items {
		if kernel.FitsAmount(it.SumInsured) == nil {
			total = total.Add(it.SumInsured)
		}
	}
	total = total.Mul(decimal.NewFromInt(int64(lives)))
	return total, kernel.FitsAmount(total) == nil
}
