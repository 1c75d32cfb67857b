package survey

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Invitations gives commands to invitations and answers questions about them.
type Invitations struct {
	run command.Runner
	cfg Config
}

func (s *Invitations) within(r command.Runner) *Invitations { return &Invitations{r, s.cfg} }

type invitationCall = command.Call[Invitation, InvitationEvent]

func (s *Invitations) fire(ctx context.Context, id kernel.ID, c invitationCall, opts []kernel.Option) (Invitation, error) {
	return command.Fire(ctx, s.run, invitationLife, id, c, opts...)
}

// Send notes that the invitation goes out now; the host writes the message. On line the
// answer has the Key for it, which is told this once and cannot be had again: a key that
// was lost is replaced by [Invitations.Remind]. A retry under an idempotency key has none.
// The customer is asked for consent anew: [ErrNoConsent].
func (s *Invitations) Send(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Invitation, error) {
	return s.send(ctx, id, true, opts)
}

func (s *Invitations) send(ctx context.Context, id kernel.ID, keyed bool, opts []kernel.Option) (Invitation, error) {
	var key privacy.Secret
	out, err := s.fire(ctx, id, invitationCall{
		Event: invitationSend,
		Prepare: func(ctx context.Context) error {
			if s.cfg.Customers == nil {
				return nil
			}
			i, err := s.load(ctx, "invitation.Send", id)
			if err != nil {
				return err
			}
			return s.consent(ctx, i.Customer, i.Method)
		},
		Apply: func(u *command.Unit, i *Invitation) error {
			c, err := storage.Get[Campaign](u, i.CampaignID)
			if err != nil {
				return err
			}
			i.SentAt = u.Now()
			end := u.Now().Add(time.Duration(c.Plan.AnswerDays) * 24 * time.Hour)
			if i.ExpiresAt.IsZero() || end.Before(i.ExpiresAt) {
				i.ExpiresAt = end
			}
			if keyed && i.Method == Online {
				key, err = i.rekey(u)
			}
			return err
		},
	}, opts)
	return handed(out, key, err, opts)
}

// handed puts a new key into the answer of a command that really made it.
func handed(i Invitation, key privacy.Secret, err error, opts []kernel.Option) (Invitation, error) {
	if o, _ := kernel.OptionsOf(opts); err == nil && !i.Replayed && !o.DryRun {
		i.Key = key
	}
	return i, err
}

// Reminder says how a customer is reminded.
type Reminder struct {
	NewKey bool // replace the key, which then no longer works: for one that was lost
}

// Remind notes that the customer is reminded now, at most as often as the plan says. With
// NewKey the answer has another Key.
func (s *Invitations) Remind(ctx context.Context, id kernel.ID, in Reminder, opts ...kernel.Option) (Invitation, error) {
	var key privacy.Secret
	out, err := s.fire(ctx, id, invitationCall{
		Event: invitationRemind, Input: in,
		Guard: func(_ *command.Unit, i *Invitation) error {
			if in.NewKey && i.Method != Online {
				return kernel.Invalid("new_key", "conflict", "only on-line surveys have keys")
			}
			return nil
		},
		Apply: func(u *command.Unit, i *Invitation) (err error) {
			i.Reminders++
			i.RemindedAt = u.Now()
			u.Fact("reminder", i.Reminders)
			if in.NewKey {
				u.Fact("new_key", true)
				key, err = i.rekey(u)
			}
			return err
		},
	}, opts)
	return handed(out, key, err, opts)
}

// keys are 160 random bits in 32 letters and digits.
var keys = base32.StdEncoding.WithPadding(base32.NoPadding)

// rekey gives the invitation a new key, of which it keeps the digest.
func (i *Invitation) rekey(u *command.Unit) (privacy.Secret, error) {
	bits := make([]byte, 20)
	_, _ = rand.Read(bits) // never fails
	key := strings.ToLower(keys.EncodeToString(bits))
	var err error
	i.KeyDigest, err = u.Index("crm_survey_invitations.key_digest", key)
	return privacy.New(key), err
}

// byKey returns the invitation that a key opens, under lock, or [kernel.ErrNotFound].
func byKey(u *command.Unit, key privacy.Secret) (*Invitation, error) {
	plain, _ := key.Plain()
	plain = strings.ToLower(strings.TrimSpace(plain))
	if bits, err := keys.DecodeString(strings.ToUpper(plain)); err != nil || len(bits) != 20 {
		return nil, kernel.ErrNotFound
	}
	d, err := u.Index("crm_survey_invitations.key_digest", plain)
	if err != nil {
		return nil, err
	}
	i, err := storage.One[Invitation](u, storage.Query{Where: append(u.Branches(), colKey.Eq(d)), Lock: true})
	if err == nil && i == nil {
		err = kernel.ErrNotFound
	}
	return i, err
}

// Decline notes that the customer does not want to answer. On line customers say so
// themselves, by [Invitations.Refuse].
func (s *Invitations) Decline(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Invitation, error) {
	return s.end(ctx, id, invitationDecline, why, opts)
}

// GiveUp notes that the customer cannot be reached.
func (s *Invitations) GiveUp(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Invitation, error) {
	return s.end(ctx, id, invitationGiveUp, why, opts)
}

// Expire ends an invitation whose time to answer is over, or whose campaign closed.
// [Invitations.Sweep] does so for all.
func (s *Invitations) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Invitation, error) {
	return s.end(ctx, id, invitationExpire, Grounds{}, opts)
}

func (s *Invitations) end(ctx context.Context, id kernel.ID, e InvitationEvent, why Grounds, opts []kernel.Option) (Invitation, error) {
	return s.fire(ctx, id, invitationCall{
		Event: e, Input: why, Check: why.check,
		Apply: func(u *command.Unit, i *Invitation) error {
			i.EndedAt = u.Now()
			why.note(u)
			return nil
		},
	}, opts)
}

// Sweep expires invitations that are overdue, at most [MaxSweep] of each campaign, and
// returns how many it did: call it once a day or so until that is none, outside of other
// units of work. Each invitation is a unit of its own; one that is answered or ended at
// the same moment is left to that.
func (s *Invitations) Sweep(ctx context.Context) (int, error) {
	var late []Invitation
	err := s.run.Look(ctx, "invitation.Sweep", func(u *command.Unit) error {
		open := append(u.Branches(), colInvitationState.In(asked...))
		campaigns, err := waiting(u)
		if err != nil {
			return err
		}
		for _, id := range campaigns {
			c, err := storage.Get[Campaign](u, id)
			if err != nil {
				return err
			}
			of := append(open[:len(open):len(open)], colCampaign.Eq(id))
			if !c.over() {
				of = append(of, colExpires.Le(u.Now()))
			}
			found, err := storage.Find[Invitation](u, storage.Query{Where: of, Limit: MaxSweep})
			if err != nil {
				return err
			}
			late = append(late, found...)
		}
		return nil
	})
	n := 0
	for i := range late {
		if err != nil {
			break
		}
		_, err = s.Expire(ctx, late[i].ID)
		switch {
		case err == nil:
			n++
		case errors.Is(err, kernel.ErrState), errors.Is(err, kernel.ErrConflict):
			err = nil
		}
	}
	return n, err
}

// waiting returns the campaigns that have open invitations. It asks for one state after the
// other: then an index has the campaigns together.
func waiting(u *command.Unit) (ids []kernel.ID, err error) {
	for _, state := range asked {
		of := storage.Query{Where: append(u.Branches(), colInvitationState.Eq(state))}
		groups, err := u.Tally(new(Invitation), of, []string{string(colCampaign)})
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			ids = append(ids, g.Group[0].(kernel.ID))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// load returns an invitation to whoever may do the action.
func (s *Invitations) load(ctx context.Context, action string, id kernel.ID) (Invitation, error) {
	return command.About(ctx, s.run, invitationLife, action, id, func(_ *command.Unit, i *Invitation) (Invitation, error) { return *i, nil })
}

// Get returns an invitation.
func (s *Invitations) Get(ctx context.Context, id kernel.ID) (Invitation, error) {
	return command.Get(ctx, s.run, invitationLife, id)
}

// Allowed returns what the actor may do with an invitation now, and why not the rest.
func (s *Invitations) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[InvitationState, InvitationEvent], error) {
	return command.Allowed(ctx, s.run, invitationLife, id)
}

// History returns what happened to an invitation, the oldest first.
func (s *Invitations) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, invitationLife, id)
}

// InvitationFilter narrows a list of invitations; empty parts do not.
type InvitationFilter struct {
	Campaign kernel.ID
	State    InvitationState
	Customer kernel.Ref
}

// List returns one page of the invitations, in the order in which they were made: those
// of a campaign in state created are the ones to send.
func (s *Invitations) List(ctx context.Context, by InvitationFilter, page kernel.List) (kernel.Page[Invitation], error) {
	var out kernel.Page[Invitation]
	err := s.run.Look(ctx, "invitation.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		var f kernel.FieldErrors
		if by.Campaign != "" {
			id, err := kernel.ParseID(string(by.Campaign))
			if err != nil {
				f.Add("campaign", "format", "not the key of a campaign")
			}
			where = append(where, colCampaign.Eq(id))
		}
		if by.State != "" {
			if InvitationLife.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of an invitation")
			}
			is := colInvitationState.Eq(by.State)
			if by.Campaign == "" && !slices.Contains(asked, by.State) { // as most are, after a while
				is = is.Skimmed()
			}
			where = append(where, is)
		}
		if checkOptional(&f, "customer", string(by.Customer)); by.Customer != "" {
			where = append(where, colCustomer.Eq(by.Customer))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[Invitation](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Response returns what was answered to an invitation: that, and the answers, their texts
// sealed. It is [kernel.ErrNotFound] while there is none.
func (s *Invitations) Response(ctx context.Context, id kernel.ID) (Response, []Reply, error) {
	var out Response
	var all []Reply
	err := s.run.Look(ctx, "invitation.Response", func(u *command.Unit) error {
		i, err := command.See(u, invitationLife, "invitation.Response", id)
		if err != nil {
			return err
		}
		r, err := response(u, i.ID)
		switch {
		case err != nil:
			return err
		case r == nil:
			return kernel.ErrNotFound
		}
		out = *r
		all, err = replies(u, i.ID)
		return err
	})
	return out, all, err
}

// Workflow returns the table of an invitation's life.
func (*Invitations) Workflow() *workflow.Machine[InvitationState, InvitationEvent] {
	return InvitationLife
}
