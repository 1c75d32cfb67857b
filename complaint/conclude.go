package complaint

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Found is what was found about a respondent.
type Found struct {
	Respondent  kernel.ID // empty where nobody in particular is complained of
	Justified   bool
	Facts       privacy.Secret // needed
	Evidence    privacy.Secret
	Responsible kernel.Ref // unit or person
}

// Conclusion is the outcome of an investigation: one finding for each respondent, or at
// least one where there is none.
type Conclusion struct{ Findings []Found }

func (in Conclusion) check(f *kernel.FieldErrors) {
	if !checkList(f, "findings", len(in.Findings)) {
		return
	}
	if len(in.Findings) == 0 {
		f.Add("findings", "required", "say what was found")
	}
	for i, found := range in.Findings {
		at := f.Index("findings", i)
		if found.Facts.IsZero() {
			at.Add("facts", "required", "say what was found")
		}
		checkFree(at, "facts", found.Facts)
		checkFree(at, "evidence", found.Evidence)
		checkRefIf(at, "responsible", found.Responsible)
	}
}

// Conclude ends the investigation (调查核实) with a finding for each respondent: justified
// or not.
func (s *Service) Conclude(ctx context.Context, id kernel.ID, in Conclusion, opts ...kernel.Option) (Complaint, error) {
	var about []*Respondent
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventConclude, Input: in, Check: in.check,
		Guard: func(u *command.Unit, c *Complaint) (err error) {
			about, err = in.match(u, c)
			return err
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			c.ConcludedAt, c.Verdict = u.Now(), in.verdict()
			c.handledBy(kernel.Ref(u.Actor.ID))
			u.Fact("verdict", string(c.Verdict))
			u.Fact("findings", len(in.Findings))
			for i, found := range in.Findings {
				row := &Finding{
					ComplaintID: c.ID, PersonRef: c.PersonRef, Verdict: verdictOf(found.Justified), Facts: found.Facts, Evidence: found.Evidence,
					Responsible: found.Responsible, By: kernel.Ref(u.Actor.ID),
				}
				if r := about[i]; r != nil {
					row.RespondentID, r.Verdict = r.ID, row.Verdict
					if err := u.Save(r); err != nil {
						return err
					}
				}
				if err := u.Insert(row); err != nil {
					return err
				}
			}
			return nil
		},
	}, opts)
}

// match finds the respondent of each finding. Every respondent has exactly one.
func (in Conclusion) match(u *command.Unit, c *Complaint) ([]*Respondent, error) {
	all, err := respondents(u, c.ID)
	if err != nil {
		return nil, err
	}
	left := map[kernel.ID]*Respondent{}
	for i := range all {
		left[all[i].ID] = &all[i]
	}
	var f kernel.FieldErrors
	about := make([]*Respondent, len(in.Findings))
	for i, found := range in.Findings {
		if found.Respondent == "" {
			continue
		}
		key, _ := kernel.ParseID(string(found.Respondent))
		if about[i] = left[key]; about[i] == nil {
			f.Index("findings", i).Add("respondent", "unknown", "no respondent of this complaint, or found about before")
		}
		delete(left, key)
	}
	for i := range all { // in their order
		if r := &all[i]; left[r.ID] != nil {
			f.Add("findings", "missing", "none about the respondent %s", r.ID)
		}
	}
	return about, f.Err()
}

func verdictOf(justified bool) Verdict {
	if justified {
		return Justified
	}
	return Unjustified
}

func (in Conclusion) verdict() Verdict {
	yes := 0
	for _, found := range in.Findings {
		if found.Justified {
			yes++
		}
	}
	if 0 < yes && yes < len(in.Findings) {
		return Partly
	}
	return verdictOf(yes > 0)
}
