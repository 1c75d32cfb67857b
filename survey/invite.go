package survey

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// invites returns nil while the campaign makes invitations.
func (c *Campaign) invites() error {
	if c.State != Running {
		return fmt.Errorf("the campaign is %s: %w", c.State, kernel.ErrState)
	}
	return nil
}

// Invitee is a customer whom somebody picked by hand.
type Invitee struct {
	Campaign kernel.ID
	Contact
}

// Create invites one customer to a running campaign, whatever its audience and sample.
// Refused are who may not be asked ([ErrNoConsent]), who was invited not long ago
// ([ErrRested]), and who was asked the same before ([kernel.DuplicateError]).
func (s *Invitations) Create(ctx context.Context, in Invitee, opts ...kernel.Option) (Invitation, error) {
	return command.Create(ctx, s.run, invitationLife, command.Creation[Invitation, InvitationEvent]{
		Event: invitationCreate, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if _, err := kernel.ParseID(string(in.Campaign)); err != nil {
				f.Add("campaign", "format", "not the key of a campaign")
			}
			in.check(f)
		},
		Prepare: func(ctx context.Context) error {
			if s.cfg.Customers == nil {
				return nil
			}
			c, err := (&Campaigns{s.run, s.cfg}).load(ctx, "invitation.Create", in.Campaign)
			if err != nil {
				return err
			}
			return s.consent(ctx, in.Customer, c.Method)
		},
		Build: func(u *command.Unit) (*Invitation, error) {
			c, err := command.See(u, campaignLife, "invitation.Create", in.Campaign)
			if err != nil {
				return nil, err
			}
			return build(u, c, &in.Contact)
		},
	}, opts...)
}

func (s *Invitations) consent(ctx context.Context, customer kernel.Ref, m Method) error {
	if s.cfg.Customers == nil {
		return nil
	}
	ok, err := s.cfg.Customers.MayAsk(ctx, customer, m)
	if err == nil && !ok {
		return ErrNoConsent
	}
	return err
}

// refusal says why the customer is not invited now, or returns the row that will note
// that the customer is.
func refusal(u *command.Unit, c *Campaign, to *Contact) (*Pace, error) {
	if err := c.invites(); err != nil {
		return nil, err
	}
	if !c.within(u.Now()) {
		return nil, ErrOver
	}
	before, err := invited(u, c, to)
	switch {
	case err != nil:
		return nil, err
	case before != nil:
		return nil, &kernel.DuplicateError{Kind: "invitation", Candidates: []kernel.ID{before.ID}, Certain: true}
	}
	p, err := pace(u, to.Customer)
	if err == nil && !p.rested(&c.Plan, u.Now()) {
		err = ErrRested
	}
	return p, err
}

// build returns a new invitation to the campaign, and notes that the customer has one.
func build(u *command.Unit, c *Campaign, to *Contact) (*Invitation, error) {
	p, err := refusal(u, c, to)
	if err != nil {
		return nil, err
	}
	i := &Invitation{
		CampaignID: c.ID, QuestionnaireID: c.QuestionnaireID, Customer: to.Customer, Once: to.once(),
		About: to.About, Method: c.Method, ExpiresAt: c.EndsAt,
	}
	i.Branch = to.Branch
	u.Fact("campaign", c.Code)
	u.Fact("kind", to.Kind)
	u.Fact("id", string(to.ID))
	return i, p.step(u, to.Customer)
}

// invited returns the customer's invitation to the campaign about the same case, or nil.
func invited(u *command.Unit, c *Campaign, to *Contact) (*Invitation, error) {
	return storage.One[Invitation](u, storage.Query{Where: []storage.Cond{
		colCampaign.Eq(c.ID), colCustomer.Eq(to.Customer), colOnce.Eq(to.once()),
	}})
}

// Round tells what came of inviting an audience.
type Round struct {
	Invited int // now
	Before  int // invited before, to this campaign
	Left    int // left out by the sample
	Rested  int // invited not long ago, to whichever campaign
	Refused int // may not be asked
}

// Invite invites the audience of a running campaign: its list, or whom its query finds.
// Each invitation is a unit of work of its own, so that the call can be given again after
// it broke off, or when the query finds more: whoever is invited stays invited once. A
// campaign that waits for a trigger has no audience to invite, which is [kernel.ErrState].
func (s *Campaigns) Invite(ctx context.Context, id kernel.ID) (Round, error) {
	var round Round
	var list *Roster
	var c *Campaign
	err := s.run.Look(ctx, "campaign.Invite", func(u *command.Unit) (err error) {
		if c, err = command.See(u, campaignLife, "campaign.Invite", id); err != nil {
			return err
		}
		list, err = roster(u, c.ID)
		return err
	})
	switch {
	case err != nil:
		return round, err
	case c.invites() != nil:
		return round, c.invites()
	case c.Trigger != "":
		return round, fmt.Errorf("the campaign waits for %s: %w", c.Trigger, kernel.ErrState)
	}
	if c.Plan.Query == "" {
		return round, s.inviteAll(ctx, c, list.Contacts, &round)
	}
	if s.cfg.Audience == nil {
		return round, kernel.Invalid("query", "unsupported", "nobody was given who finds customers by a query")
	}
	for after := kernel.Cursor(""); ; {
		page, err := s.cfg.Audience.Customers(ctx, c.Plan.Query, after)
		if err != nil {
			return round, err
		}
		if err := s.inviteAll(ctx, c, page.Items, &round); err != nil {
			return round, err
		}
		if page.Next == "" || page.Next == after {
			return round, nil
		}
		after = page.Next
	}
}

func (s *Campaigns) inviteAll(ctx context.Context, c *Campaign, contacts []Contact, round *Round) error {
	invitations := &Invitations{s.run, s.cfg}
	for i := range contacts {
		to := &contacts[i]
		var f kernel.FieldErrors
		if to.check(f.Index("contacts", i)); f.Err() != nil {
			return f.Err()
		}
		if !c.Plan.picks(to) {
			round.Left++
			continue
		}
		err := invitations.consent(ctx, to.Customer, c.Method)
		if err == nil {
			err = invite(ctx, s.run, c, to, false)
		}
		switch {
		case err == nil:
			round.Invited++
		case errors.Is(err, ErrNoConsent):
			round.Refused++
		case errors.Is(err, ErrRested):
			round.Rested++
		case errors.Is(err, kernel.ErrDuplicate):
			round.Before++
		default:
			return err
		}
	}
	return nil
}

// invite makes one invitation. It looks before, because inside somebody's unit of work a
// command that fails would fail that unit. Where another unit comes between, the command
// gives way with [kernel.ErrConflict] if reacting is set: then what it reacts to is run
// again, and finds out.
func invite(ctx context.Context, r command.Runner, c *Campaign, to *Contact, reacting bool) error {
	err := r.Look(ctx, "invitation.Create", func(u *command.Unit) error {
		_, err := refusal(u, c, to)
		return err
	})
	if err != nil {
		return err
	}
	_, err = command.Create(ctx, r, invitationLife, command.Creation[Invitation, InvitationEvent]{
		Event: invitationCreate, Input: *to,
		Build: func(u *command.Unit) (*Invitation, error) {
			i, err := build(u, c, to)
			if reacting && (errors.Is(err, ErrRested) || errors.Is(err, kernel.ErrDuplicate)) {
				err = kernel.ErrConflict
			}
			return i, err
		},
	})
	return err
}
