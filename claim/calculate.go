package claim

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Item is what is claimed under one coverage, and the facts that its calculation needs.
type Item struct {
	Coverage string          `json:"coverage"`           // its code; empty: the cover's only one
	Claimed  decimal.Decimal `json:"claimed,omitzero"`   // the loss or the expenses
	Offset   decimal.Decimal `json:"offset,omitzero"`    // what others paid: a liable third party, social insurance
	Value    decimal.Decimal `json:"value,omitzero"`     // of the thing at the loss, for average
	SubLimit string          `json:"sub_limit,omitzero"` // code of the sub-limit that applies
	Days     int             `json:"days,omitzero"`      // per diem
	Grade    string          `json:"grade,omitzero"`     // graded

	Refuse string `json:"refuse,omitzero"` // reason code: nothing is paid under this coverage
	Clause string `json:"clause,omitzero"` // the clause that the refusal rests on
}

func (it Item) check(f *kernel.FieldErrors, c kernel.Currency) {
	checkOptional(f, "coverage", it.Coverage)
	kernel.CheckAmount(f, "claimed", it.Claimed, c)
	kernel.CheckAmount(f, "offset", it.Offset, c)
	kernel.CheckAmount(f, "value", it.Value, c)
	checkOptional(f, "sub_limit", it.SubLimit)
	checkOptional(f, "grade", it.Grade)
	if it.Days < 0 || it.Days > 36600 {
		f.Add("days", "range", "0 to 36600 days")
	}
	checkOptional(f, "refuse", it.Refuse)
	kernel.CheckText(f, "clause", it.Clause, maxLine, false)
	if it.Refuse != "" && it.Clause == "" {
		f.Add("clause", "required", "a refusal names the clause that it rests on")
	}
}

// Question is what a [Calculator] is asked.
type Question struct {
	Coverage Coverage
	Item     Item
	Currency kernel.Currency
	LossOn   kernel.Date // in the policy's zone

	Limited    bool            // the coverage has a limit
	Left       decimal.Decimal // of the limit, for this claim
	Deductible decimal.Decimal // still to be borne by the insured: of this claim, or what is left of the period's
	Unpaid     decimal.Decimal // premium still to be set off
}

// Answer is what a coverage pays, and how that came about.
type Answer struct {
	Amount     decimal.Decimal // in the minor unit; what is paid
	Used       decimal.Decimal // of the limit: Amount and the premium set off
	Deductible decimal.Decimal // borne by the insured
	Premium    decimal.Decimal // set off
	Steps      []Step
}

// Step is one step of a calculation.
type Step struct {
	Name    string          `json:"name"`             // "deductible"
	Clause  string          `json:"clause,omitzero"`  // of the wording
	Input   string          `json:"input,omitzero"`   // what went in besides the amount: "500"
	Formula string          `json:"formula,omitzero"` // "1200 - 500"
	Result  decimal.Decimal `json:"result"`
}

// Calculator works out what a coverage pays. The amount must lie between zero and what
// is left of the limit; anything else is refused.
type Calculator interface {
	Calculate(q Question) (Answer, error)
}

// CalculatorFunc is a function that is a [Calculator].
type CalculatorFunc func(q Question) (Answer, error)

// Calculate calls the function.
func (f CalculatorFunc) Calculate(q Question) (Answer, error) { return f(q) }

// Calculators returns the calculators that come with the library, by name:
//
//   - indemnity: the loss, through all steps (损失补偿)
//   - fixed_sum: the sum insured, whatever the loss (定额给付)
//   - graded: a part of the sum insured by the grade of disability (伤残比例)
//   - per_diem: an amount for each day (津贴)
//   - reimbursement: expenses after what social insurance paid (费用补偿)
func Calculators() map[string]Calculator {
	return map[string]Calculator{
		"indemnity":     CalculatorFunc(indemnity),
		"fixed_sum":     CalculatorFunc(fixedSum),
		"graded":        CalculatorFunc(graded),
		"per_diem":      CalculatorFunc(perDiem),
		"reimbursement": CalculatorFunc(reimbursement),
	}
}

func indemnity(q Question) (Answer, error) {
	s := NewSheet(q)
	s.Start("loss", "claimed", q.Item.Claimed)
	s.Offset()
	s.Deductible()
	s.Average()
	s.Copay()
	return s.Finish()
}

func reimbursement(q Question) (Answer, error) {
	s := NewSheet(q)
	s.Start("expenses", "claimed", q.Item.Claimed)
	s.Offset()
	s.Deductible()
	s.Copay()
	return s.Finish()
}

func fixedSum(q Question) (Answer, error) {
	s := NewSheet(q)
	s.Start("sum_insured", "sum insured", q.Coverage.Limit)
	return s.Finish()
}

func graded(q Question) (Answer, error) {
	part, ok := q.Coverage.Grades[q.Item.Grade]
	if !ok {
		return Answer{}, kernel.Invalid("grade", "unknown", "the coverage has no such grade")
	}
	s := NewSheet(q)
	s.Start("sum_insured", "sum insured", q.Coverage.Limit)
	s.Times("grade", q.Item.Grade, part)
	return s.Finish()
}

func perDiem(q Question) (Answer, error) {
	days := max(q.Item.Days-q.Coverage.DaysFree, 0)
	if q.Coverage.DaysMax > 0 {
		days = min(days, q.Coverage.DaysMax)
	}
	s := NewSheet(q)
	s.Start("days", fmt.Sprintf("%d days paid × %s", days, q.Coverage.Daily), q.Coverage.Daily.Mul(decimal.NewFromInt(int64(days))))
	return s.Finish()
}
