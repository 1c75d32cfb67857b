package main

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// figures are what there is after a replay. Rows and Rejected tell of the file, the
// journal's entries of the whole database, and the rest of the rows of the replay's
// branch.
type figures struct {
	Rows           int             `json:"rows"`
	Customers      int             `json:"customers"`
	Policies       int             `json:"policies"`
	Claims         int             `json:"claims"`
	ClaimsPaid     int             `json:"claims_paid"`
	ClaimsNil      int             `json:"claims_nil"` // closed without payment, for nothing was left
	ClaimsDeclined int             `json:"claims_declined"`
	ClaimsFlagged  int             `json:"claims_flagged"` // the policy was not in force at the loss
	Rejected       []rejection     `json:"rejected"`
	PremiumTotal   decimal.Decimal `json:"premium_total"`
	ClaimedTotal   decimal.Decimal `json:"claimed_total"`
	PaidTotal      decimal.Decimal `json:"paid_total"` // that has arrived
	JournalEntries int64           `json:"journal_entries"`
	Verified       bool            `json:"verified"` // every row is as the journal says
	Seconds        float64         `json:"seconds"`
}

// count reads the figures from the database.
func count(ctx context.Context, c *crm.CRM, branch string, rows int, rejected []rejection) (*figures, error) {
	f := &figures{Rows: rows, Rejected: append([]rejection{}, rejected...)}
	err := first(
		func() error {
			return each(func(page kernel.List) (kernel.Page[customer.Customer], error) {
				return c.Customers.List(ctx, customer.Listing{Sort: customer.SortRegistered}, page)
			}, func(x *customer.Customer) {
				if x.Branch == branch {
					f.Customers++
				}
			})
		},
		func() error {
			return each(func(page kernel.List) (kernel.Page[policy.Policy], error) {
				return c.Policies.List(ctx, policy.PolicyFilter{}, page)
			}, func(x *policy.Policy) {
				if x.Branch == branch {
					f.Policies++
					f.PremiumTotal = f.PremiumTotal.Add(x.Premium)
				}
			})
		},
		func() error {
			return each(func(page kernel.List) (kernel.Page[claim.Claim], error) {
				return c.Claims.List(ctx, claim.Filter{}, page)
			}, func(x *claim.Claim) {
				if x.Branch == branch {
					f.claim(x)
				}
			})
		},
		func() error {
			return each(func(page kernel.List) (kernel.Page[payment.Payment], error) {
				return c.Payments.List(ctx, payment.Cleared, page)
			}, func(x *payment.Payment) {
				if x.Branch == branch {
					f.PaidTotal = f.PaidTotal.Add(x.Amount)
				}
			})
		},
		func() error {
			report, err := c.Verify(crm.WithActor(ctx, crm.Owner)) // the journal is that of all branches
			if err == nil {
				f.JournalEntries, f.Verified = report.Entries, report.OK()
			}
			return err
		},
	)
	return f, err
}

func (f *figures) claim(c *claim.Claim) {
	f.Claims++
	f.ClaimedTotal = f.ClaimedTotal.Add(c.Claimed)
	if c.NotInForce {
		f.ClaimsFlagged++
	}
	switch {
	case c.State != claim.Closed: // not at its end
	case c.Reason != "":
		f.ClaimsDeclined++
	case c.Approved.IsPositive():
		f.ClaimsPaid++
	case !c.DecidedAt.IsZero():
		f.ClaimsNil++
	}
}

// first does one after the other until one fails.
func first(do ...func() error) error {
	for _, f := range do {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// each hands all elements of a list, page by page, to see.
func each[T any](list func(kernel.List) (kernel.Page[T], error), see func(*T)) error {
	for at := (kernel.List{Limit: kernel.MaxLimit}); ; {
		page, err := list(at)
		if err != nil {
			return err
		}
		for i := range page.Items {
			see(&page.Items[i])
		}
		if at.After = page.Next; at.After == "" {
			return nil
		}
	}
}
