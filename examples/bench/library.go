package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

// policies is how many policies the claims fall on in turn.
const policies = 256

// library goes the way with the library's commands.
type library struct{ crm *crm.CRM }

func openLibrary(ctx context.Context, p *place, name string) (*library, error) {
	store, err := p.store(name)
	if err != nil {
		return nil, err
	}
	keys, err := privacy.NewKeys()
	if err != nil {
		return nil, err
	}
	covers := claim.StaticPolicies{}
	for i := range policies {
		ref := kernel.Ref("POL-" + strconv.Itoa(i))
		covers[ref] = claim.Cover{
			Policy: ref, Number: string(ref), Line: kernel.Health, InForce: true,
			Holder: kernel.Ref("cust-" + strconv.Itoa(i)), Insured: []kernel.Ref{kernel.Ref("cust-" + strconv.Itoa(i))},
			Coverages: []claim.Coverage{{Code: "MED", Calculator: "reimbursement", Limit: decimal.NewFromInt(20_000), Deductible: decimal.NewFromInt(100)}},
		}
	}
	c, err := crm.Open(ctx, store, crm.Config{Keys: keys, Policies: covers})
	if err != nil {
		return nil, err
	}
	return &library{c}, c.Migrate(ctx)
}

func (l *library) close() error { return l.crm.Close() }

// way takes claim number n from the notice of loss to its withdrawal. Every command has
// an idempotency key.
func (l *library) way(ctx context.Context, n int) error {
	ctx = crm.WithActor(ctx, crm.Actor{ID: "adjuster-1", Roles: []kernel.Role{access.Adjuster}})
	key := func(step string) crm.Option { return crm.Key(step + strconv.Itoa(n)) }
	c, err := l.crm.Claims.Report(ctx, claim.Notice{
		Policy:     kernel.Ref("POL-" + strconv.Itoa(n%policies)),
		OccurredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Cause: "cause-" + strconv.Itoa(n/policies), Channel: "phone",
		Place: privacy.New("corner of Main Street"), Description: privacy.New("slipped on the wet floor of a supermarket"),
		Claimed: decimal.RequireFromString("2500.00"),
	}, key("report"))
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, s := range steps[1:] {
		if c, err = l.step(ctx, s.event, c.ID, key(s.event)); err != nil {
			return fmt.Errorf("%s: %w", s.event, err)
		}
	}
	if c.State != claim.Withdrawn || c.Version != int64(len(steps)) {
		return fmt.Errorf("the claim is %s at version %d", c.State, c.Version)
	}
	return nil
}

func (l *library) step(ctx context.Context, event string, id crm.ID, key crm.Option) (claim.Claim, error) {
	claims := l.crm.Claims
	switch event {
	case "File":
		return claims.File(ctx, id, claim.Filing{Claimed: decimal.RequireFromString("2350.75"), Account: privacy.New("6222021001123456789"), Method: "transfer"}, key)
	case "Check":
		return claims.Check(ctx, id, claim.Review{Kind: claim.CheckCompleteness}, key)
	case "Accept":
		return claims.Accept(ctx, id, claim.Acceptance{}, key)
	case "Contact":
		return claims.Contact(ctx, id, claim.Conversation{Channel: "phone", Text: privacy.New("has more bills at home")}, key)
	case "Investigate":
		return claims.Investigate(ctx, id, claim.Investigation{Investigator: "inv-1", Grounds: privacy.New("bills look odd")}, key)
	}
	return claims.Withdraw(ctx, id, claim.Remark{Text: privacy.New("another insurer has paid")}, key)
}

// steps are the seven transitions.
var steps = []struct{ event, from, to string }{
	{"Report", "", "reported"},
	{"File", "reported", "filed"},
	{"Check", "filed", "filed"},
	{"Accept", "filed", "accepted"},
	{"Contact", "accepted", "accepted"},
	{"Investigate", "accepted", "investigating"},
	{"Withdraw", "investigating", "withdrawn"},
}
