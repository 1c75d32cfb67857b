package member

import (
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// evaluating is the tier of one member being worked out.
type evaluating struct {
	s     *Members
	u     *command.Unit
	m     *Member
	known premiums
}

// record works out the tier of the day and writes it.
func (x *evaluating) record(on kernel.Date) (*Evaluation, error) {
	e, err := x.at(on)
	if err != nil {
		return nil, err
	}
	return e, x.write(e)
}

// write keeps an evaluation. The member shows the tier of the latest day.
func (x *evaluating) write(e *Evaluation) error {
	x.u.Fact("on", e.On)
	x.u.Fact("tier", e.Tier)
	x.u.Fact("basis", string(e.Basis))
	if e.On >= x.m.TierOn {
		if x.m.Tier != e.Tier {
			x.u.Fact("before", x.m.Tier)
		}
		x.m.Tier, x.m.TierOn = e.Tier, e.On
	}
	return x.u.Insert(e)
}

// at works out the tier of the day from figures alone.
func (x *evaluating) at(on kernel.Date) (*Evaluation, error) {
	rules, now, err := x.figures(on)
	if err != nil {
		return nil, err
	}
	r := &rules.Rules
	tier := r.qualified(now)
	review := reviewDay(x.m.JoinedOn, r.ReviewMonths, on)
	e := &Evaluation{
		MemberID: x.m.ID, On: on, Basis: ByDay, RulesFrom: rules.From, Figures: now,
		Why: r.Tiers[tier].tell(now), NextReview: reviewDay(x.m.JoinedOn, r.ReviewMonths, on).AddMonths(r.ReviewMonths),
	}
	if on > x.m.Since {
		held, err := x.held(review)
		if err != nil {
			return nil, err
		}
		if rank := r.rank(held.Tier); rank > tier {
			tier, e.Basis, e.Review = rank, ByReview, held.Figures
			e.Why = label(
				fmt.Sprintf("kept from %s until the review of %s: %s", held.On, e.NextReview, held.Why.EN),
				fmt.Sprintf("自 %s 起保留至 %s 评定：%s", held.On, e.NextReview, held.Why.ZH))
		}
	}
	e.Tier, e.Name = r.Tiers[tier].Code, r.Tiers[tier].Name
	if tier+1 < len(r.Tiers) {
		next := &r.Tiers[tier+1]
		asks := next.tell(now)
		e.Next = label(next.Name.EN+": "+asks.EN, next.Name.ZH+"："+asks.ZH)
	}
	return e, nil
}

// held returns the tier that the last review gave. On the first day, and as long as the
// system before is the last that looked, that is what was written then.
func (x *evaluating) held(review kernel.Date) (*Evaluation, error) {
	if review <= x.m.Since {
		first, err := evaluationOn(x.u, x.m.ID, x.m.Since)
		if err == nil && first == nil {
			err = fmt.Errorf("member: the first evaluation: %w", kernel.ErrNotFound)
		}
		return first, err
	}
	rules, then, err := x.figures(review)
	if err != nil {
		return nil, err
	}
	t := &rules.Rules.Tiers[rules.Rules.qualified(then)]
	return &Evaluation{On: review, Tier: t.Code, Figures: then, Why: t.tell(then)}, nil
}

// figures returns the rules of a day and what there is at its beginning.
func (x *evaluating) figures(on kernel.Date) (*ProgramRules, Figures, error) {
	rules, err := rulesOn(x.u, x.m.ProgramID, on)
	if err != nil {
		return nil, Figures{}, err
	}
	if rules == nil {
		return nil, Figures{}, kernel.Invalid("on", "rules", "the program had no rules on that day")
	}
	premium, asked := x.known[on]
	if !asked { // midnight, or a change, came between the question and the command
		return nil, Figures{}, fmt.Errorf("member: the premium of another day is needed: %w", kernel.ErrConflict)
	}
	have := Figures{On: on, Premium: premium, Years: max(0, x.m.JoinedOn.YearsAt(on))}
	have.Points, err = pointsBefore(x.u, x.m.ID, on, rules.Rules.CountMonths)
	return rules, have, err
}

// pointsBefore sums the points that were earned in the months before the day, less those
// of them that were taken back before it.
func pointsBefore(tx storage.Tx, member kernel.ID, on kernel.Date, months int) (int64, error) {
	rows, err := tx.Tally(&PointMove{}, storage.Query{Where: []storage.Cond{
		colMember.Eq(member), colOn.Lt(on), colEarned.Ge(on.AddMonths(-months)),
		colMove.In(MoveEarned, MoveAbsorbed, MoveReversed),
	}}, []string{string(colMove)}, storage.Sum("points"))
	var sum int64
	for _, row := range rows {
		n := row.Sums[0].IntPart()
		if row.Group[0] == MoveReversed {
			n = -n
		}
		sum += n
	}
	return max(0, sum), err
}

// adopted is the evaluation of the day on which a membership was taken over.
func adopted(m *Member, rules *ProgramRules) *Evaluation {
	r := &rules.Rules
	t := &r.Tiers[r.rank(m.Tier)]
	return &Evaluation{
		MemberID: m.ID, On: m.Since, Tier: t.Code, Name: t.Name, Basis: ByAdopted, RulesFrom: rules.From,
		Figures:    Figures{On: m.Since},
		NextReview: reviewDay(m.JoinedOn, r.ReviewMonths, m.Since).AddMonths(r.ReviewMonths),
		Why:        workflow.Label{EN: "taken over from the system before", ZH: "由原系统迁入"},
	}
}
