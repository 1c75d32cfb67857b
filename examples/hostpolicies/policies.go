package main

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
)

// contract is a row of the insurer's own table of policies, as its old system has it.
type contract struct {
	Number   string `gorm:"primaryKey"` // "0112-2026-000431": branch, year, sequence
	Product  string // a key of products
	Customer string // number of the policyholder
	Begins   time.Time
	Ends     time.Time
	LapsedAt *time.Time // for unpaid premium
	SumFen   int64      // sum insured, in hundredths of a yuan
	Excess   int64      // likewise
}

// CoverAt implements claim.Policies: all that claims need to know of a policy.
func (s *service) CoverAt(ctx context.Context, ref crm.Ref, at time.Time) (claim.Cover, error) {
	var c contract
	err := s.gorm.WithContext(ctx).Take(&c, "number = ?", string(ref)).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return claim.Cover{}, crm.ErrNotFound
	case err != nil:
		return claim.Cover{}, err
	}
	p := products[c.Product]
	cover := claim.Cover{
		Number: c.Number, Line: p.line, Holder: crm.Ref(c.Customer), From: c.Begins, To: c.Ends, InForce: true,
		Coverages: []claim.Coverage{{
			Code: p.coverage, Name: p.name, Calculator: p.calculator, Clause: p.clause,
			Limit: yuan(c.SumFen), LimitBasis: p.basis, Period: c.Begins.In(beijing).Format(time.DateOnly), Deductible: yuan(c.Excess),
		}},
		Documents: map[string][]string{"": p.documents},
	}
	if c.LapsedAt != nil && !at.Before(*c.LapsedAt) {
		cover.InForce, cover.WhyNot = false, "lapsed"
	}
	return cover, nil
}

// product is what the wording of the insurer's products says.
type product struct {
	name, coverage, calculator, clause string
	line                               kernel.Line
	basis                              claim.Basis
	documents                          []string
}

var products = map[string]product{
	"MOTOR": {name: "车损险", coverage: "DAMAGE", calculator: "indemnity", clause: "第六条", line: kernel.Motor, basis: claim.PerClaim,
		documents: []string{"claim_form", "repair_bill"}},
	"HOME": {name: "家庭财产险", coverage: "FIRE", calculator: "indemnity", clause: "第四条", line: kernel.Property, basis: claim.PerClaim,
		documents: []string{"claim_form"}},
	"HOSPITAL": {name: "住院医疗险", coverage: "STAY", calculator: "reimbursement", clause: "2.4", line: kernel.Health, basis: claim.PerPeriod,
		documents: []string{"claim_form", "invoice"}},
}

// yuan returns an amount that the host keeps in hundredths.
func yuan(fen int64) decimal.Decimal { return decimal.New(fen, -2) }
