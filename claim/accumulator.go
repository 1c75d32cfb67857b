package claim

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Accumulator counts what the claims of a policy have used of a coverage's limit, and
// of its deductible, in a period (限额累计). It has a life and a history of its own;
// approving a claim takes from it, reassessing gives back. Of claims that race for the
// last of a limit it is the row that keeps them apart.
type Accumulator struct {
	kernel.Root `gorm:"embedded"`

	Policy         kernel.Ref      `gorm:"column:policy;uniqueIndex:accumulators_of" json:"policy"`
	Insured        kernel.Ref      `gorm:"column:insured;uniqueIndex:accumulators_of" json:"insured,omitempty"` // empty: of all insured together
	Coverage       string          `gorm:"column:coverage;uniqueIndex:accumulators_of" json:"coverage"`
	Period         string          `gorm:"column:period;uniqueIndex:accumulators_of" json:"period"`
	Currency       kernel.Currency `gorm:"column:currency" json:"currency"`
	Limit          decimal.Decimal `gorm:"column:limit_amount" json:"limit"` // zero: only the deductible is counted
	Used           decimal.Decimal `gorm:"column:used" json:"used"`
	DeductibleUsed decimal.Decimal `gorm:"column:deductible_used" json:"deductible_used"`

	State AccumulatorState `gorm:"column:state" json:"state"`
}

// TableName is crm_accumulators.
func (*Accumulator) TableName() string { return "crm_accumulators" }

// Status returns where the state is kept; only the engine writes there.
func (a *Accumulator) Status() *AccumulatorState { return &a.State }

// Left returns what is left of the limit, never below zero.
func (a *Accumulator) Left() decimal.Decimal { return decimal.Max(a.Limit.Sub(a.Used), decimal.Zero) }

// AccumulatorState says whether anything is left.
type AccumulatorState string

// The states of an accumulator.
const (
	Available AccumulatorState = "available"
	Exhausted AccumulatorState = "exhausted"
)

// AccumulatorEvent is what happens to an accumulator.
type AccumulatorEvent string

// The events of an accumulator.
const (
	accumulatorOpen     AccumulatorEvent = "Open"
	accumulatorTake     AccumulatorEvent = "Take"
	accumulatorExhaust  AccumulatorEvent = "Exhaust"
	accumulatorGiveBack AccumulatorEvent = "GiveBack"
	accumulatorAdjust   AccumulatorEvent = "Adjust"
)

// AccumulatorLifecycle is the workflow of an accumulator. Its events follow from those
// of claims.
var AccumulatorLifecycle = workflow.Must(workflow.New(workflow.Table[AccumulatorState, AccumulatorEvent]{
	Name: "accumulator", Label: label("Accumulator", "限额累计"),
	States: []workflow.State[AccumulatorState]{
		{Name: Available, Class: workflow.Open, Label: label("Available", "可用")},
		{Name: Exhausted, Class: workflow.Ended, Label: label("Exhausted", "已用尽")},
	},
	Rows: []workflow.Row[AccumulatorState, AccumulatorEvent]{
		{Event: accumulatorOpen, Create: true, To: Available, Who: handlers, Label: label("Open", "开立"),
			Note: "The first claim of a coverage and period is approved."},
		{Event: accumulatorTake, From: []AccumulatorState{Available}, Who: handlers, Label: label("Take", "占用"),
			Note: "An approved claim takes a part of the limit, or of the deductible."},
		{Event: accumulatorExhaust, From: []AccumulatorState{Available}, To: Exhausted, Who: handlers, Label: label("Exhaust", "用尽"),
			Note: "An approved claim takes all that is left."},
		{Event: accumulatorGiveBack, From: []AccumulatorState{Available, Exhausted}, To: Available, Reopens: true, Who: leaders,
			Label: label("Give back", "退还"), Note: "A decision was taken back."},
		{Event: accumulatorAdjust, From: []AccumulatorState{Available, Exhausted}, To: Available, Reopens: true, Who: handlers,
			Label: label("Adjust", "调整限额"), Note: "The policy's limit was raised."},
	},
}))

var accumulatorLife = &command.Life[Accumulator, AccumulatorState, AccumulatorEvent]{Kind: "accumulator", Machine: AccumulatorLifecycle}

// share is what one line takes of an accumulator.
type share struct{ Used, Deductible decimal.Decimal }

// ofLine names the accumulator of a coverage.
func ofLine(c *Claim, cov *Coverage) Accumulator {
	a := Accumulator{Policy: c.Policy, Coverage: cov.Code, Period: cov.Period, Currency: c.Currency}
	if cov.PerInsured {
		a.Insured = c.Insured
	}
	if cov.LimitBasis == PerPeriod {
		a.Limit = cov.Limit
	}
	a.Branch = c.Branch
	return a
}

func (a *Accumulator) same(b *Accumulator) bool {
	return a.Policy == b.Policy && a.Insured == b.Insured && a.Coverage == b.Coverage && a.Period == b.Period
}

// accumulators reads and locks those that the claim's coverages count in, always in the
// same order, so that two claims cannot wait for each other in a circle.
func accumulators(u *command.Unit, c *Claim) ([]Accumulator, error) {
	var codes, periods []string
	for i := range c.Cover.Coverages {
		if cov := &c.Cover.Coverages[i]; cov.counts() {
			codes, periods = append(codes, cov.Code), append(periods, cov.Period)
		}
	}
	if len(codes) == 0 {
		return nil, nil
	}
	return storage.Find[Accumulator](u, storage.Query{Lock: true, Where: []storage.Cond{
		colPolicy.Eq(c.Policy), colInsured.In("", c.Insured), colCoverage.In(codes...), colPeriod.In(periods...),
	}})
}

func find(accs []Accumulator, want Accumulator) *Accumulator {
	for i := range accs {
		if accs[i].same(&want) {
			return &accs[i]
		}
	}
	return nil
}

// take takes a line's share, opening the accumulator for the first of its claims, and
// returns its key; none when there was nothing to take.
func take(u *command.Unit, accs []Accumulator, want Accumulator, s share) (kernel.ID, error) {
	if !want.Limit.IsPositive() {
		s.Used = decimal.Zero
	}
	if s.Used.IsZero() && s.Deductible.IsZero() {
		return "", nil
	}
	a := find(accs, want)
	if a == nil {
		made, err := command.Create(u.Context(), u.Runner(), accumulatorLife, command.Creation[Accumulator, AccumulatorEvent]{
			Event: accumulatorOpen,
			Build: func(u *command.Unit) (*Accumulator, error) {
				u.Fact("limit", want.Limit)
				return &want, nil
			},
		})
		if err != nil {
			return "", err
		}
		a = &made
	}
	if want.Limit.GreaterThan(a.Limit) {
		if err := move(u, a.ID, accumulatorAdjust, func(u *command.Unit, a *Accumulator) error {
			u.Fact("from", a.Limit)
			u.Fact("to", want.Limit)
			a.Limit = want.Limit
			return nil
		}); err != nil {
			return "", err
		}
		a.Limit, a.State = want.Limit, Available
	}
	if a.State == Exhausted && s.Used.IsZero() {
		return "", nil
	}
	event := accumulatorTake
	if a.Limit.IsPositive() && a.Used.Add(s.Used).Equal(a.Limit) {
		event = accumulatorExhaust
	}
	return a.ID, move(u, a.ID, event, func(u *command.Unit, a *Accumulator) error {
		a.Used, a.DeductibleUsed = a.Used.Add(s.Used), a.DeductibleUsed.Add(s.Deductible)
		if a.Used.GreaterThan(a.Limit) {
			return fmt.Errorf("the limit of %s is used up by other claims: %w", a.Coverage, kernel.ErrState)
		}
		facts(u, a, s)
		return nil
	})
}

// giveBack takes a line's share back from its accumulator.
func giveBack(u *command.Unit, id kernel.ID, s share) error {
	return move(u, id, accumulatorGiveBack, func(u *command.Unit, a *Accumulator) error {
		if !a.Limit.IsPositive() {
			s.Used = decimal.Zero
		}
		a.Used = decimal.Max(a.Used.Sub(s.Used), decimal.Zero)
		a.DeductibleUsed = decimal.Max(a.DeductibleUsed.Sub(s.Deductible), decimal.Zero)
		facts(u, a, s)
		return nil
	})
}

func facts(u *command.Unit, a *Accumulator, s share) {
	u.Fact("amount", s.Used)
	u.Fact("deductible", s.Deductible)
	u.Fact("used", a.Used)
}

func move(u *command.Unit, id kernel.ID, e AccumulatorEvent, apply func(*command.Unit, *Accumulator) error) error {
	_, err := command.Fire(u.Context(), u.Runner(), accumulatorLife, id, command.Call[Accumulator, AccumulatorEvent]{Event: e, Apply: apply})
	return err
}
