package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
)

// size says how large the insurer is and for how long it works.
type size struct {
	years, customers int
	seed             uint64
}

// lastYear is the last year whose working days the library's calendar knows: with it the
// last simulated year ends.
const lastYear = 2026

// insurer is the whole company: the library, the clock that everything goes by, and what
// is to happen on days to come.
type insurer struct {
	size
	ctx   context.Context
	crm   *crm.CRM
	clock *kernel.ManualClock

	today, end kernel.Date // end is the first day after
	company    *lane
	people     []*person

	products  []*product
	club      member.Program
	clinic    member.Partner
	campaigns map[string]crm.ID // of this year, by what they wait for
}

// beijing is where the insurer's days begin and end.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// authority says who decides how much. Above it a case is handed to somebody else.
var authority = access.Table{
	{Role: access.Agent, What: policy.AuthorityUnderwriting, UpTo: decimal.NewFromInt(2_000_000)},
	{Role: access.Adjuster, What: claim.AuthorityApprove, UpTo: decimal.NewFromInt(10_000)},
	{Role: access.Manager, What: claim.AuthorityApprove, Unlimited: true},
	{Role: access.Manager, What: claim.AuthorityRefuse, Unlimited: true},
	{Role: access.ComplaintHandler, What: complaint.AuthorityCompensate, UpTo: decimal.NewFromInt(2_000)},
	{Role: access.Manager, What: complaint.AuthorityCompensate, Unlimited: true},
}

// staff returns the n-th person in a role. In a service that is the user of the request.
func staff(role kernel.Role, n int) crm.Actor {
	return crm.Actor{ID: fmt.Sprintf("%s-%d", role, n), Roles: []kernel.Role{role}}
}

var (
	agent   = staff(access.Agent, 1)
	adviser = staff(access.Adviser, 1)
	cashier = staff(access.Cashier, 1)
	manager = staff(access.Manager, 1)
	deputy  = staff(access.Manager, 2)
	machine = staff(access.System, 1)
)

// open is how every program begins: a store, keys, a clock, the library, its tables.
func open(ctx context.Context, store storage.Store, keys privacy.Cipher, of size) (*insurer, error) {
	w := &insurer{
		size: of, ctx: ctx, campaigns: map[string]crm.ID{},
		today: kernel.NewDate(lastYear-of.years+1, 1, 1), end: kernel.NewDate(lastYear+1, 1, 1),
	}
	w.company = w.lane(0)
	w.clock = kernel.NewManualClock(w.today.In(beijing))
	var err error
	if w.crm, err = crm.Open(ctx, store, crm.Config{Keys: keys, Clock: w.clock, Authority: authority}); err != nil {
		return nil, err
	}
	if err := w.crm.Migrate(ctx); err != nil {
		return nil, err
	}
	there, err := w.crm.Products.List(w.as(manager), policy.ProductFilter{}, kernel.List{Limit: 1})
	if err == nil && len(there.Items) > 0 {
		err = errors.New("the database holds an insurer already: name a new one")
	}
	return w, err
}

func (w *insurer) as(who crm.Actor) context.Context { return crm.WithActor(w.ctx, who) }
