package policy

import (
	"context"
	"errors"

	"github.com/coverkit/crm/kernel"
)

// Customers is what the room needs to know of customers. The library's own customer
// archive fills it, or the host's.
type Customers interface {
	// Customer returns what is known of the person or organisation, or
	// [kernel.ErrNotFound]. It is asked before the transaction.
	Customer(ctx context.Context, ref kernel.Ref) (Customer, error)
}

// Customer is what underwriting needs to know of a customer.
type Customer struct {
	Birth  kernel.Date // zero: unknown, or an organisation
	Gender Gender
}

// Claims is what the room needs to know of claims.
type Claims interface {
	// Claimed reports whether anything was ever claimed under the policy. It is asked
	// before the transaction.
	Claimed(ctx context.Context, policy kernel.Ref) (bool, error)
}

// known are the answers of [Customers] about the people of one form, kept so that they
// are asked once and outside the transaction.
type known map[kernel.Ref]answer

type answer struct {
	customer Customer
	err      error
}

// Customer implements [Customers].
func (k known) Customer(_ context.Context, ref kernel.Ref) (Customer, error) {
	a, ok := k[ref]
	if !ok {
		return Customer{}, kernel.ErrNotFound
	}
	return a.customer, a.err
}

// ask asks about the holder and the insured of a form; nil when there is nobody to ask.
func ask(ctx context.Context, c Customers, in *Form) (known, error) {
	if c == nil {
		return nil, nil
	}
	k := known{}
	for _, ref := range append([]kernel.Ref{in.Holder}, parties(in.Insured)...) {
		var f kernel.FieldErrors
		if kernel.CheckRef(&f, "", ref); f.Err() != nil || len(k) > MaxLives {
			continue // the form's own faults are told elsewhere
		}
		if _, done := k[ref]; done {
			continue
		}
		who, err := c.Customer(ctx, ref)
		k[ref] = answer{who, err}
		if err != nil && !errors.Is(err, kernel.ErrNotFound) {
			return k, err
		}
	}
	return k, nil
}

func parties(in []InsuredForm) []kernel.Ref {
	refs := make([]kernel.Ref, len(in))
	for i := range in {
		refs[i] = in[i].Party
	}
	return refs
}

// fill notes who is unknown, and takes birth date and gender over where the form is
// silent. What form and archive both say must be the same.
func (k known) fill(f *kernel.FieldErrors, in *Form) {
	if k == nil {
		return
	}
	if a, asked := k[in.Holder]; asked && a.err != nil {
		f.Add("holder", "unknown", "there is no such customer")
	}
	in.Insured = append([]InsuredForm(nil), in.Insured...)
	for i := range in.Insured {
		p, at := &in.Insured[i], f.Index("insured", i)
		a, asked := k[p.Party]
		switch {
		case !asked:
			continue
		case a.err != nil:
			at.Add("party", "unknown", "there is no such customer")
			continue
		}
		if p.Birth == 0 {
			p.Birth = a.customer.Birth
		}
		if p.Gender == "" {
			p.Gender = a.customer.Gender
		}
		if a.customer.Birth != 0 && p.Birth != a.customer.Birth {
			at.Add("birth", "conflict", "the archive says otherwise")
		}
		if a.customer.Gender != "" && p.Gender != a.customer.Gender {
			at.Add("gender", "conflict", "the archive says otherwise")
		}
	}
}
