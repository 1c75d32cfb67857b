package claim

import (
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// put writes into the claim what the older system had come to.
func (in *Adoption) put(u *command.Unit, f *kernel.FieldErrors, c *Claim) {
	for _, x := range []struct {
		path string
		at   time.Time
		into *time.Time
	}{
		{"reported_at", in.ReportedAt, &c.ReportedAt}, {"filed_at", in.FiledAt, &c.FiledAt},
		{"accepted_at", in.AcceptedAt, &c.AcceptedAt}, {"contacted_at", in.ContactedAt, &c.ContactedAt},
		{"decided_at", in.DecidedAt, &c.DecidedAt}, {"paid_at", in.PaidAt, &c.PaidAt}, {"closed_at", in.ClosedAt, &c.ClosedAt},
	} {
		if *x.into = (time.Time{}); !x.at.IsZero() {
			*x.into = kernel.Instant(x.at)
		}
		if x.into.After(u.Now()) {
			f.Add(x.path, "future", "lies in the future")
		}
	}
	kernel.CheckAmount(f, "reserve", in.Reserve, c.Currency)
	kernel.CheckAmount(f, "approved", in.Approved, c.Currency)
	c.Number, c.Handler, c.Investigator = in.Number, in.Handler, in.Investigator
	c.FastTrack, c.Complex = in.FastTrack, in.Complex
	c.Approved, c.Reason, c.Clause = in.Approved, in.Refusal, in.Clause
}

// stage is how far a running claim has come, for the clocks of the rulebook.
func (in *Adoption) stage() string {
	switch {
	case in.State == Reported:
		return "reported"
	case in.State == Filed:
		return "filed"
	case slices.Contains(pastAccepted, in.State):
		return "handled"
	}
	return ""
}

// fill writes what belongs to the claim.
func (in *Adoption) fill(u *command.Unit, c *Claim) error {
	u.Fact("stage", in.stage())
	if in.State == Closed {
		u.Fact("approved", c.Approved)
		u.Fact("reason", c.Reason)
	}
	if err := in.papers(u, c); err != nil {
		return err
	}
	passed := in.Passed
	if len(passed) == 0 && slices.Contains(pastAccepted, in.State) {
		passed = checkKinds[:1]
	}
	for i, k := range passed {
		if err := u.Insert(&Check{
			ClaimID: c.ID, PersonRef: c.Person(), Kind: k, Result: Passed, By: first(in.Handler, kernel.Ref(u.Actor.ID)), Sequence: int64(i + 1),
		}); err != nil {
			return err
		}
	}
	return setAside(u, c, LossReserve, in.Reserve, privacy.Secret{})
}

// papers files the documents that are there. What is filed but not accepted yet is asked
// for the rest.
func (in *Adoption) papers(u *command.Unit, c *Claim) error {
	if len(in.Documents) == 0 && in.State != Filed {
		return nil
	}
	required := c.Cover.Required(c.Cause)
	at := c.ReportedAt
	if !c.FiledAt.IsZero() {
		at = c.FiledAt
	}
	for _, p := range in.Documents {
		d := &Document{
			ClaimID: c.ID, PersonRef: c.Person(), Kind: p.Kind, ReceivedAt: at, Name: p.Name, MediaType: p.MediaType,
			Size: p.Size, SHA256: p.SHA256, URI: p.URI, Verdict: Unjudged,
		}
		if i := slices.Index(required, p.Kind); i >= 0 && in.State == Filed {
			d.Required, d.AskedAt = true, at
			required = slices.Delete(required, i, i+1)
		}
		if err := u.Insert(d); err != nil {
			return err
		}
	}
	if in.State == Filed && len(in.Passed) == 0 {
		_, err := ask(u, c, nil, required)
		return err
	}
	return nil
}
