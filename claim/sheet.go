package claim

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Sheet is a calculation on its way, step by step. A host's own [Calculator] may use it,
// in any order, and ends with [Sheet.Finish]:
//
//	s := claim.NewSheet(q)
//	s.Start("loss", "claimed", q.Item.Claimed)
//	s.Copay()
//	return s.Finish()
type Sheet struct {
	q      Question
	amount decimal.Decimal
	borne  decimal.Decimal
	steps  []Step
}

// NewSheet begins a calculation with nothing.
func NewSheet(q Question) *Sheet { return &Sheet{q: q} }

// Amount returns what the calculation has come to.
func (s *Sheet) Amount() decimal.Decimal { return s.amount }

func (s *Sheet) step(name, input, formula string, result decimal.Decimal) {
	s.steps = append(s.steps, Step{Name: name, Clause: s.q.Coverage.Clause, Input: input, Formula: formula, Result: result})
	s.amount = result
}

// Start sets the amount that the calculation begins with.
func (s *Sheet) Start(name, formula string, amount decimal.Decimal) {
	s.step(name, "", formula, amount)
}

// Offset takes off what others have paid. Nothing below zero is left by this or any
// other step; a step that changes nothing for want of input leaves no trace.
func (s *Sheet) Offset() {
	if d := s.q.Item.Offset; d.IsPositive() {
		s.minus("offset", d)
	}
}

// Deductible takes off what the insured bears first.
func (s *Sheet) Deductible() {
	if d := s.q.Deductible; d.IsPositive() {
		s.borne = decimal.Min(d, s.amount)
		s.minus("deductible", d)
	}
}

func (s *Sheet) minus(name string, d decimal.Decimal) {
	s.step(name, d.String(), fmt.Sprintf("%s - %s, not below 0", s.amount, d), decimal.Max(s.amount.Sub(d), decimal.Zero))
}

// Average reduces the loss of a thing that was insured below its value, in proportion
// (比例赔付, Insurance Law article 55).
func (s *Sheet) Average() {
	sum, value := s.q.Coverage.SumInsured, s.q.Item.Value
	if !sum.IsPositive() || !value.GreaterThan(sum) {
		return
	}
	s.step("average", fmt.Sprintf("%s / %s", sum, value), fmt.Sprintf("%s × %s / %s", s.amount, sum, value),
		s.amount.Mul(sum).DivRound(value, 16))
}

// Copay takes off the insured's part of the loss.
func (s *Sheet) Copay() {
	if part := s.q.Coverage.Copay; part.IsPositive() {
		s.step("copay", part.String(), fmt.Sprintf("%s × (1 - %s)", s.amount, part), s.amount.Mul(decimal.NewFromInt(1).Sub(part)))
	}
}

// Times takes a part of the amount.
func (s *Sheet) Times(name, input string, part decimal.Decimal) {
	s.step(name, input, fmt.Sprintf("%s × %s", s.amount, part), s.amount.Mul(part))
}

// Finish rounds half-even to the currency's minor unit - the only place where anything
// is rounded - and applies sub-limit, limit and unpaid premium.
func (s *Sheet) Finish() (Answer, error) {
	if r := kernel.Round(s.amount, s.q.Currency); !r.Equal(s.amount) {
		s.step("round", "", fmt.Sprintf("%s half-even to %d decimals", s.amount, s.q.Currency.Minor()), r)
	}
	if code := s.q.Item.SubLimit; code != "" {
		limit, ok := s.q.Coverage.SubLimits[code]
		if !ok {
			return Answer{}, kernel.Invalid("sub_limit", "unknown", "the coverage has no such sub-limit")
		}
		s.atMost("sub_limit", code, limit)
	}
	if s.q.Limited {
		s.atMost("limit", "left", s.q.Left)
	}
	a := Answer{Used: s.amount, Deductible: s.borne}
	if s.q.Unpaid.IsPositive() {
		a.Premium = decimal.Min(s.q.Unpaid, s.amount)
		s.minus("unpaid_premium", s.q.Unpaid)
	}
	a.Amount, a.Steps = s.amount, s.steps
	return a, nil
}

func (s *Sheet) atMost(name, input string, limit decimal.Decimal) {
	s.step(name, fmt.Sprintf("%s %s", input, limit), fmt.Sprintf("min(%s, %s)", s.amount, limit), decimal.Min(s.amount, limit))
}

// calculate asks the calculator and holds it to the rules that no product may break.
func calculate(calc Calculator, q Question) (Answer, error) {
	if till := q.Coverage.WaitingTill; till != 0 && q.LossOn < till {
		return Answer{Steps: []Step{{Name: "waiting", Clause: q.Coverage.Clause, Input: till.String(), Formula: "loss within the waiting period"}}}, nil
	}
	if q.Item.Refuse != "" {
		return Answer{Steps: []Step{{Name: "refused", Clause: q.Item.Clause, Input: q.Item.Refuse, Formula: "nothing is paid"}}}, nil
	}
	a, err := calc.Calculate(q)
	if err != nil {
		return Answer{}, err
	}
	var f kernel.FieldErrors
	kernel.CheckAmount(&f, "amount", a.Amount, q.Currency)
	kernel.CheckAmount(&f, "used", a.Used, q.Currency)
	kernel.CheckAmount(&f, "deductible", a.Deductible, q.Currency)
	kernel.CheckAmount(&f, "premium", a.Premium, q.Currency)
	if f.Err() != nil { // not to be compared: comparing blows up numbers of absurd size
		return a, f.Err()
	}
	if a.Used.LessThan(a.Amount) { // a calculator without premium to set off need not say it
		a.Used = a.Amount
	}
	if q.Limited && a.Used.GreaterThan(q.Left) {
		f.Add("amount", "limit", "above what is left of the limit")
	}
	if a.Deductible.GreaterThan(q.Deductible) || a.Premium.GreaterThan(q.Unpaid) {
		f.Add("amount", "range", "more taken off than there was")
	}
	return a, f.Err()
}
