package complaint

import (
	"context"
	"fmt"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Merging says which complaint goes on.
type Merging struct {
	Survivor kernel.ID
	Reason   privacy.Secret // needed
}

// Merge ends a complaint that repeats another of the same complainant (合并). The other
// goes on for both and must still be open and unanswered; merging never buys time: it
// takes the earlier receipt, and the earlier of the promised days.
func (s *Service) Merge(ctx context.Context, id kernel.ID, in Merging, opts ...kernel.Option) (Complaint, error) {
	var survivor *Complaint
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventMerge, Input: in,
		Check: func(f *kernel.FieldErrors) { checkReason(f, "reason", in.Reason) },
		Guard: func(u *command.Unit, c *Complaint) (err error) {
			if survivor, err = command.See(u, s.life, "complaint.Get", in.Survivor); err != nil {
				return fmt.Errorf("survivor: %w", err)
			}
			return s.mayAbsorb(u, survivor, c)
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			c.Survivor = survivor.ID
			u.Fact("survivor", string(survivor.ID))
			u.Because(in.Reason)
			return s.absorb(u, survivor.ID, c)
		},
	}, opts)
}

func (s *Service) mayAbsorb(u *command.Unit, survivor, c *Complaint) error {
	var f kernel.FieldErrors
	if survivor.ID == c.ID {
		f.Add("survivor", "conflict", "a complaint is not merged with itself")
		return f.Err()
	}
	if survivor.Level != c.Level {
		f.Add("survivor", "conflict", "a first complaint and a review stay apart")
	}
	same, err := sameComplainant(u, survivor, c)
	if err != nil {
		return err
	}
	if !same {
		f.Add("survivor", "conflict", "somebody else complains there")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if !Lifecycle.Class(survivor.State).Live() || !survivor.RepliedAt.IsZero() {
		return asState("the other complaint has ended or has its reply")
	}
	mine, err := respondents(u, c.ID)
	if err != nil {
		return err
	}
	for i := range mine {
		if mine[i].is(survivor.Handler) {
			return asState("the handler of the other complaint is complained of here: assign it to somebody else first")
		}
	}
	return nil
}

// sameComplainant reports whether both complaints are of the same customer, or of people
// with the same telephone number.
func sameComplainant(u *command.Unit, a, b *Complaint) (bool, error) {
	if a.Customer != "" || b.Customer != "" {
		return a.Customer == b.Customer, nil
	}
	mine, err := complainants(u, a)
	if err != nil {
		return false, err
	}
	theirs, err := complainants(u, b)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(mine, func(x Complainant) bool {
		return x.PhoneIndex != nil && slices.ContainsFunc(theirs, func(y Complainant) bool { return slices.Equal(x.PhoneIndex, y.PhoneIndex) })
	}), nil
}

// complainants returns who complains; of a review, those of the first complaint.
func complainants(u *command.Unit, c *Complaint) ([]Complainant, error) {
	id := c.ID
	if c.First != "" {
		id = c.First
	}
	return storage.Find[Complainant](u, byTime(id))
}

// absorb tells the survivor what the merged complaint brings.
func (s *Service) absorb(u *command.Unit, id kernel.ID, merged *Complaint) error {
	named, err := respondents(u, merged.ID)
	if err != nil {
		return err
	}
	_, err = command.Fire(u.Context(), u.Runner(), s.life, id, command.Call[Complaint, Event]{
		Event: EventAbsorb,
		Apply: func(u *command.Unit, c *Complaint) error {
			u.Fact("merged", string(merged.ID))
			if merged.ReceivedAt.Before(c.ReceivedAt) {
				c.ReceivedAt = merged.ReceivedAt
			}
			u.Fact("received_at", c.ReceivedAt)
			c.owe(merged.PromisedBy)
			u.Fact("owed_by", merged.PromisedBy) // the task is held to it too
			for _, who := range merged.HandledBy {
				c.handledBy(who)
			}
			for i := range named {
				if err := c.accuseToo(u, &named[i]); err != nil {
					return err
				}
			}
			return nil
		},
	})
	return err
}

// accuseToo takes a respondent of another complaint over, unless it is named here.
func (c *Complaint) accuseToo(u *command.Unit, r *Respondent) error {
	all, err := respondents(u, c.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o Respondent) bool { return o.Kind == r.Kind && o.Party == r.Party }) {
		return nil
	}
	return c.accuse(u, []Accused{{r.Kind, r.Party}})
}
