package main

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
)

// coverage is the only one: one limit for injury, property and vehicle together.
const coverage = "combined"

// design is the motor product with a deductible. Limits are chosen with each policy, but
// a deductible is part of the product, so each has a product of its own.
func design(deductible decimal.Decimal) policy.Design {
	d := policy.Design{
		Code: code(deductible), Line: kernel.Motor, Currency: currency,
		Name: workflow.Label{EN: "Motor, deductible " + deductible.String(), ZH: "车险，免赔额 " + deductible.String()},
		Coverages: []policy.Coverage{{
			Code: coverage, Name: workflow.Label{EN: "Combined single limit", ZH: "综合责任限额"},
			Clause: "1", Calculator: "indemnity", Basis: policy.SumInsured, Deductible: deductible,
		}},
		PayModes: []policy.PayMode{policy.Single},
		Description: policy.Description{
			Basics: "Motor insurance by the year.", Liability: "Injury, damage to property and to the vehicle.",
			Exclusions: "Fraud.", Sums: "The limit for an accident as agreed.",
			ClaimProcedure: "Report, file, agree, be paid.", Rights: "To be told every decision with its reason.",
			ServicePromise: "A decision within ten days.", Conditions: "An interest in the vehicle.",
			Payment: "At once.", Surrender: "Pro rata.",
		},
	}
	for years := range maxYears {
		d.Terms = append(d.Terms, policy.Term{Years: years + 1})
	}
	return d
}

func code(deductible decimal.Decimal) string { return "replay-motor-" + deductible.String() }

// publish puts a product on sale for each deductible of the file; once, however often it
// is asked.
func publish(ctx context.Context, c *crm.CRM, rows []row) error {
	done := map[string]bool{}
	for i := range rows {
		d := rows[i].deductible
		if done[code(d)] {
			continue
		}
		done[code(d)] = true
		if _, err := c.Products.Publish(ctx, design(d), crm.Key("publish/"+code(d))); err != nil {
			return fmt.Errorf("publish %s: %w", code(d), err)
		}
	}
	return nil
}

// tariff is the premium of each policy of the file, by its number: a [policy.Rater] that
// knows the answers. It is the premium of the running year; the years before it were
// paid for before the replay.
type tariff map[string]decimal.Decimal

func newTariff(rows []row) tariff {
	t := tariff{}
	for i := range rows {
		t[rows[i].policy] = rows[i].premium
	}
	return t
}

// Rate implements [policy.Rater]. The class of the risk is the policy's number.
func (t tariff) Rate(_ context.Context, in policy.RatingRequest) (policy.Quote, error) {
	premium, ok := t[in.Risks[0].Class]
	if !ok {
		return policy.Quote{}, kernel.Invalid("risks[0].class", "unknown", "the file has no such policy")
	}
	return policy.Quote{
		Premium: premium,
		Items:   []policy.QuoteItem{{Coverage: coverage, Premium: premium}},
	}, nil
}
