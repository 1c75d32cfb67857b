package survey

import (
	"context"
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Trigger is something that happened to a customer's case.
type Trigger struct {
	Event   string // [ClaimClosed], … or the host's own
	Contact        // whose case, which, and who served
}

// OnTrigger invites the customer to every running campaign that waits for the event,
// where the sample has the case and the customer had rest. It is for reactions: all of
// it belongs to the unit of work of what happened. A case that closes twice is asked
// about once in each campaign. Whether the customer may be asked at all, [Invitations.Send]
// finds out, outside of that unit. A trigger without a customer does nothing.
func OnTrigger(ctx context.Context, r command.Runner, t Trigger) error {
	if t.Customer == "" {
		return nil
	}
	var f kernel.FieldErrors
	t.check(&f)
	if !triggerForm.MatchString(t.Event) {
		f.Add("event", "format", "of the form kind:state")
	}
	if err := f.Err(); err != nil {
		return err
	}
	var waiting []Campaign
	err := r.Look(ctx, "campaign.List", func(u *command.Unit) error {
		all, err := storage.Find[Campaign](u, storage.Query{Where: []storage.Cond{colTrigger.Eq(t.Event), colCampaignState.Eq(Running)}})
		for i := range all {
			c := &all[i]
			if c.within(u.Now()) && (c.Branch == "" || c.Branch == t.Branch) && c.Plan.picks(&t.Contact) {
				waiting = append(waiting, *c)
			}
		}
		return err
	})
	for i := range waiting {
		if err != nil {
			break
		}
		err = invite(ctx, r, &waiting[i], &t.Contact, true)
		if errors.Is(err, ErrRested) || errors.Is(err, kernel.ErrDuplicate) {
			err = nil
		}
	}
	return err
}
