package survey

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Campaigns gives commands to campaigns and answers questions about them.
type Campaigns struct {
	run command.Runner
	cfg Config
}

type campaignCall = command.Call[Campaign, CampaignEvent]

// Draft begins a campaign. Every fault of the plan is a [kernel.FieldErrors], an
// audience of nobody among them; a code that another campaign has is a
// [kernel.DuplicateError].
func (s *Campaigns) Draft(ctx context.Context, in Plan, opts ...kernel.Option) (Campaign, error) {
	return command.Create(ctx, s.run, campaignLife, command.Creation[Campaign, CampaignEvent]{
		Event: campaignDraft, Input: in, Check: s.check(&in),
		Build: func(u *command.Unit) (*Campaign, error) {
			other, err := storage.One[Campaign](u, storage.Query{Where: []storage.Cond{colCode.Eq(in.Code)}})
			if err != nil {
				return nil, err
			}
			if other != nil {
				return nil, &kernel.DuplicateError{Kind: "campaign", Candidates: []kernel.ID{other.ID}, Certain: true}
			}
			c := &Campaign{}
			return c, s.plan(u, c, &in)
		},
		Then: func(u *command.Unit, c *Campaign) error {
			if len(in.List) == 0 {
				return nil
			}
			return u.Insert(&Roster{CampaignID: c.ID, Contacts: in.List})
		},
	}, opts...)
}

func (s *Campaigns) check(in *Plan) func(*kernel.FieldErrors) {
	return func(f *kernel.FieldErrors) { in.check(f, s.cfg.Audience != nil) }
}

// plan takes a checked plan over.
func (s *Campaigns) plan(u *command.Unit, c *Campaign, in *Plan) error {
	id, err := kernel.ParseID(string(in.Questionnaire))
	if err != nil {
		return err
	}
	var q Questionnaire
	if err := u.Load(storage.Read{Dst: &q, ID: id, Optional: true}); err != nil {
		return err
	}
	if q.ID == "" {
		return kernel.Invalid("questionnaire", "unknown", "there is no such questionnaire")
	}
	c.Plan = in.settled(&s.cfg)
	c.Plan.Questionnaire, c.QuestionnaireID = id, id
	c.Code, c.Trigger, c.Method, c.Branch, c.Listed = in.Code, in.Trigger, in.Method, in.Branch, int64(len(in.List))
	c.OpensAt, c.EndsAt = in.From.In(s.cfg.Zone).UTC(), in.To.AddDays(1).In(s.cfg.Zone).UTC()
	u.Fact("code", c.Code)
	u.Fact("method", string(c.Method))
	u.Fact("trigger", c.Trigger)
	return nil
}

// Edit replaces the plan of a draft. The code stays.
func (s *Campaigns) Edit(ctx context.Context, id kernel.ID, in Plan, opts ...kernel.Option) (Campaign, error) {
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{
		Event: campaignEdit, Input: in, Check: s.check(&in),
		Guard: func(_ *command.Unit, c *Campaign) error {
			if c.Code != in.Code {
				return kernel.Invalid("code", "fixed", "the code of a campaign does not change")
			}
			return nil
		},
		Apply: func(u *command.Unit, c *Campaign) error {
			if err := s.plan(u, c, &in); err != nil {
				return err
			}
			r, err := roster(u, c.ID)
			switch {
			case err != nil:
				return err
			case r.ID != "":
				r.Contacts = in.List
				return u.Save(r)
			case len(in.List) > 0:
				return u.Insert(&Roster{CampaignID: c.ID, Contacts: in.List})
			}
			return nil
		},
	}, opts...)
}

// roster returns the campaign's list; an empty one where none was handed in.
func roster(u *command.Unit, campaign kernel.ID) (*Roster, error) {
	r, err := storage.One[Roster](u, storage.Query{Where: []storage.Cond{colCampaign.Eq(campaign)}})
	if r == nil {
		r = &Roster{}
	}
	return r, err
}

// Schedule fixes the plan. It is refused when the questionnaire is not published, the
// last day is over, or there is nobody to ask: the query finds nobody, or the sample of
// the list is empty.
func (s *Campaigns) Schedule(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Campaign, error) {
	var asked string
	var found int
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{
		Event: campaignSchedule,
		Prepare: func(ctx context.Context) error {
			c, err := s.load(ctx, "campaign.Schedule", id)
			if err != nil || c.Plan.Query == "" || s.cfg.Audience == nil {
				return err
			}
			page, err := s.cfg.Audience.Customers(ctx, c.Plan.Query, "")
			asked, found = c.Plan.Query, len(page.Items)
			return err
		},
		Guard: func(u *command.Unit, c *Campaign) error {
			switch {
			case c.Plan.Query != asked:
				return fmt.Errorf("the audience was planned anew: %w", kernel.ErrConflict)
			case asked != "" && found == 0:
				return kernel.Invalid("query", "nobody", "the query finds nobody")
			case c.Listed == 0:
				return nil
			}
			r, err := roster(u, c.ID)
			if err != nil {
				return err
			}
			for i := range r.Contacts {
				if c.Plan.picks(&r.Contacts[i]) {
					return nil
				}
			}
			return kernel.Invalid("per_mille", "nobody", "the sample is of nobody")
		},
	}, opts...)
}

// load returns a campaign to whoever may do the action.
func (s *Campaigns) load(ctx context.Context, action string, id kernel.ID) (Campaign, error) {
	return command.About(ctx, s.run, campaignLife, action, id, func(_ *command.Unit, c *Campaign) (Campaign, error) { return *c, nil })
}

// Start lets invitations be made, on a day of the campaign's window.
func (s *Campaigns) Start(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Campaign, error) {
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{Event: campaignStart}, opts...)
}

// Pause stops invitations. Who has one may still answer.
func (s *Campaigns) Pause(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Campaign, error) {
	return s.because(ctx, id, campaignPause, why, opts)
}

// Resume lets invitations be made again.
func (s *Campaigns) Resume(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Campaign, error) {
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{Event: campaignResume}, opts...)
}

// Close ends the survey. No more answers are taken; [Invitations.Sweep] then ends the
// invitations that are open.
func (s *Campaigns) Close(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Campaign, error) {
	return s.because(ctx, id, campaignClose, why, opts)
}

func (s *Campaigns) because(ctx context.Context, id kernel.ID, e CampaignEvent, why Grounds, opts []kernel.Option) (Campaign, error) {
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{
		Event: e, Input: why, Check: why.check,
		Apply: func(u *command.Unit, _ *Campaign) error { why.note(u); return nil },
	}, opts...)
}

// Conclusion is what somebody made of the results.
type Conclusion struct {
	Summary  privacy.Secret // needed
	Proposal Proposal       // may be empty
}

// Analyse works the results out and keeps them with the campaign and the conclusion
// (SP 1.1.39(4)).
func (s *Campaigns) Analyse(ctx context.Context, id kernel.ID, in Conclusion, opts ...kernel.Option) (Campaign, error) {
	return command.Fire(ctx, s.run, campaignLife, id, campaignCall{
		Event: campaignAnalyse, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkSecret(f, "summary", in.Summary, true)
			in.Proposal.check(f.At("proposal"))
		},
		Apply: func(u *command.Unit, c *Campaign) (err error) {
			if c.Results, err = results(u, c.ID); err != nil {
				return err
			}
			c.Summary, c.Proposal = in.Summary, in.Proposal
			in.Proposal.note(u)
			return nil
		},
	}, opts...)
}

// Get returns a campaign.
func (s *Campaigns) Get(ctx context.Context, id kernel.ID) (Campaign, error) {
	return command.Get(ctx, s.run, campaignLife, id)
}

// Allowed returns what the actor may do with a campaign now, and why not the rest.
func (s *Campaigns) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[CampaignState, CampaignEvent], error) {
	return command.Allowed(ctx, s.run, campaignLife, id)
}

// History returns what happened to a campaign, the oldest first.
func (s *Campaigns) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, campaignLife, id)
}

// CampaignFilter narrows a list of campaigns; empty parts do not.
type CampaignFilter struct {
	State   CampaignState
	Trigger string
}

// List returns one page of the campaigns, in the order in which they were begun.
func (s *Campaigns) List(ctx context.Context, by CampaignFilter, page kernel.List) (kernel.Page[Campaign], error) {
	var out kernel.Page[Campaign]
	err := s.run.Look(ctx, "campaign.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		var f kernel.FieldErrors
		if by.State != "" {
			if CampaignLife.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of a campaign")
			}
			where = append(where, colCampaignState.Eq(by.State))
		}
		if checkOptional(&f, "trigger", by.Trigger); by.Trigger != "" {
			where = append(where, colTrigger.Eq(by.Trigger))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[Campaign](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Progress is how many invitations of a campaign are in which state. States without any
// are left out.
type Progress map[InvitationState]int64

// Progress counts a campaign's invitations.
func (s *Campaigns) Progress(ctx context.Context, id kernel.ID) (Progress, error) {
	return command.About(ctx, s.run, campaignLife, "campaign.Progress", id, func(u *command.Unit, c *Campaign) (Progress, error) {
		out := Progress{}
		rows, err := u.Tally(new(Invitation), storage.Query{Where: append(u.Branches(), colCampaign.Eq(c.ID))}, []string{"state"})
		for _, r := range rows {
			out[r.Group[0].(InvitationState)] = r.Count
		}
		return out, err
	})
}

// Roster returns the customers that were handed in with the campaign's plan, as they were
// handed in; none where a query or a trigger says whom to ask.
func (s *Campaigns) Roster(ctx context.Context, id kernel.ID) ([]Contact, error) {
	return command.About(ctx, s.run, campaignLife, "campaign.Roster", id, func(u *command.Unit, c *Campaign) ([]Contact, error) {
		r, err := roster(u, c.ID)
		return r.Contacts, err
	})
}

// Workflow returns the table of a campaign's life.
func (*Campaigns) Workflow() *workflow.Machine[CampaignState, CampaignEvent] { return CampaignLife }
