package survey

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Proposal is an improvement that should be made (改进措施, MR 八(三)): what went wrong,
// what is to be done, by which unit and person, until when. The zero value proposes
// nothing.
type Proposal struct {
	Cause   privacy.Secret `gorm:"column:improve_cause" json:"cause,omitzero"`
	Measure privacy.Secret `gorm:"column:improve_measure" json:"measure,omitzero"`
	Unit    kernel.Ref     `gorm:"column:improve_unit" json:"unit,omitempty"`     // responsible unit
	Person  kernel.Ref     `gorm:"column:improve_person" json:"person,omitempty"` // responsible person, of the staff
	Due     kernel.Date    `gorm:"column:improve_due" json:"due,omitzero"`
}

// IsZero reports whether nothing is proposed.
func (p Proposal) IsZero() bool { return p == Proposal{} }

func (p Proposal) check(f *kernel.FieldErrors) {
	if p.IsZero() {
		return
	}
	checkSecret(f, "cause", p.Cause, true)
	checkSecret(f, "measure", p.Measure, true)
	kernel.CheckRef(f, "unit", p.Unit)
	kernel.CheckRef(f, "person", p.Person)
	kernel.CheckDate(f, "due", p.Due)
	if p.Due == 0 {
		f.Add("due", "required", "until when")
	}
}

// note tells the journal.
func (p Proposal) note(u *command.Unit) {
	if !p.IsZero() {
		u.Fact("improvement", true)
		u.Fact("unit", string(p.Unit))
		u.Fact("person", string(p.Person))
		u.Fact("due", p.Due)
	}
}

// Proposed returns the improvement that a happening proposes, its texts plain: for the
// reaction that opens it. That is so for an inspection that is scored and a campaign that
// is analysed. Call it with the runner of the reaction.
func Proposed(ctx context.Context, r command.Runner, h command.Happening) (Proposal, bool, error) {
	var p Proposal
	var rec storage.Record
	switch s := h.Subject.(type) {
	case *Inspection:
		if h.Event == string(inspectionScore) {
			p, rec = s.Proposal, s
		}
	case *Campaign:
		if h.Event == string(campaignAnalyse) {
			p, rec = s.Proposal, s
		}
	}
	if p.IsZero() {
		return p, false, nil
	}
	err := r.Look(ctx, h.Kind+".Get", func(u *command.Unit) error {
		plain, err := u.Open(rec)
		p.Cause, p.Measure = privacy.New(plain["improve_cause"]), privacy.New(plain["improve_measure"])
		return err
	})
	return p, err == nil, err
}
