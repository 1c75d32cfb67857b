package complaint

import (
	"errors"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// The guards of the table. They look at the complaint and what belongs to it only, so
// they also tell beforehand what is possible.
const (
	guardImpartial   = "not complained of"
	guardFresh       = "not handled before"
	guardUnanswered  = "no reply yet"
	guardRunning     = "days are counted"
	guardSuspended   = "days are not counted"
	guardFirstLevel  = "first level"
	guardSecondLevel = "second level"
	guardNotExtended = "not extended yet"
	guardExtended    = "extended once"
	guardGeneral     = "general"
	guardMajor       = "major"
	guardFourEyes    = "four eyes"
)

func guards() map[string]func(*command.Unit, *Complaint) error {
	say := func(ok func(*Complaint) bool, why string) func(*command.Unit, *Complaint) error {
		return func(_ *command.Unit, c *Complaint) error {
			if ok(c) {
				return nil
			}
			return errors.New(why)
		}
	}
	return map[string]func(*command.Unit, *Complaint) error{
		guardImpartial: func(u *command.Unit, c *Complaint) error {
			return impartial(u, c, kernel.Ref(u.Actor.ID))
		},
		guardFresh: func(u *command.Unit, c *Complaint) error {
			if slices.Contains(c.Excluded, kernel.Ref(u.Actor.ID)) {
				return asForbidden("whoever handled the first complaint does not handle the second")
			}
			return nil
		},
		guardUnanswered:  say(func(c *Complaint) bool { return c.RepliedAt.IsZero() }, "the complainant has the reply; what is new is a second complaint"),
		guardRunning:     say(func(c *Complaint) bool { return !c.Suspended }, "the period is suspended already"),
		guardSuspended:   say(func(c *Complaint) bool { return c.Suspended }, "the period is not suspended"),
		guardFirstLevel:  say(func(c *Complaint) bool { return c.Level == 1 }, "this is the review already"),
		guardSecondLevel: say(func(c *Complaint) bool { return c.Level == 2 }, "the insurer reviews this first"),
		guardNotExtended: say(func(c *Complaint) bool { return c.Extensions == 0 }, "the period was extended before"),
		guardExtended:    say(func(c *Complaint) bool { return c.Extensions == 1 }, "the period is extended once, and then once more"),
		guardGeneral:     say(func(c *Complaint) bool { return c.Severity == General }, "a major complaint is referred"),
		guardMajor:       say(func(c *Complaint) bool { return c.Severity == Major }, "a general complaint is resolved without a countersignature"),
		guardFourEyes: func(u *command.Unit, c *Complaint) error {
			if c.ProposedBy == kernel.Ref(u.Actor.ID) {
				return asForbidden("somebody else than the proposer decides")
			}
			return nil
		},
	}
}

// impartial holds when nobody complains of the person (the measure of 2020, article 17).
func impartial(u *command.Unit, c *Complaint, who kernel.Ref) error {
	all, err := respondents(u, c.ID)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].is(who) {
			return asForbidden("a respondent has no part in the handling")
		}
	}
	return nil
}

// is reports whether the respondent is the person.
func (r *Respondent) is(who kernel.Ref) bool {
	return r.Party == who && (r.Kind == Person || r.Kind == Partner)
}

func ofComplaint(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colComplaint.Eq(id)}}
}

// byTime lists parts in the order in which they were made: keys of one process increase.
func byTime(id kernel.ID) storage.Query {
	q := ofComplaint(id)
	q.Order = []storage.Order{storage.ColCreated.Asc()}
	return q
}

func respondents(u *command.Unit, id kernel.ID) ([]Respondent, error) {
	return storage.Find[Respondent](u, byTime(id))
}
