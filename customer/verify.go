package customer

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Verification says that a section was compared with documents or registers.
type Verification struct {
	Section Section
	How     Method
	At      time.Time // not in the future; zero: now
}

// Verify notes that a section was verified. [SectionDocument] needs a document that
// is valid on that day, and [SectionHealth] and [SectionFinance] need to be there:
// otherwise [kernel.ErrInvalid].
func (s *Service) Verify(ctx context.Context, id kernel.ID, in Verification, opts ...kernel.Option) (Customer, error) {
	return s.fire(ctx, id, command.Call[Customer, Event]{
		Event: EventVerify,
		Input: in,
		Check: func(f *kernel.FieldErrors) {
			oneOf(f, "section", in.Section, false, SectionBasic, SectionDocument, SectionHealth, SectionFinance)
			oneOf(f, "how", in.How, false, ByOriginal, ByCopy, ByRegistry, ByVideo, ByCall)
			kernel.CheckTime(f, "at", in.At)
		},
		Apply: func(u *command.Unit, c *Customer) error {
			at := kernel.Instant(in.At)
			if in.At.IsZero() {
				at = u.Now()
			}
			if at.After(u.Now()) {
				return kernel.Invalid("at", "future", "lies in the future")
			}
			u.Fact("section", string(in.Section))
			u.Fact("how", string(in.How))
			return verify(u, c, in, at, kernel.DateOf(at.In(s.zone)))
		},
	}, opts)
}

func verify(u *command.Unit, c *Customer, in Verification, at time.Time, day kernel.Date) error {
	missing := kernel.Invalid("section", "missing", "there is nothing to verify")
	switch in.Section {
	case SectionDocument:
		switch {
		case c.DocumentNumber.IsZero():
			return missing
		case c.DocumentExpires != 0 && c.DocumentExpires < day:
			return kernel.Invalid("section", "expired", "the document was no longer valid on that day")
		}
		c.DocumentChecked = Verified{At: at, How: in.How}
	case SectionHealth:
		row, err := partOf[Health](u, c.ID)
		if err != nil || row == nil {
			return orElse(err, missing)
		}
		row.VerifiedAt, row.VerifiedHow = at, in.How
		return u.Save(row)
	case SectionFinance:
		row, err := partOf[Finance](u, c.ID)
		if err != nil || row == nil {
			return orElse(err, missing)
		}
		row.VerifiedAt, row.VerifiedHow = at, in.How
		return u.Save(row)
	default:
		c.VerifiedAt, c.VerifiedHow = at, in.How
	}
	return nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
