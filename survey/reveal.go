package survey

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Purpose says what sealed texts are opened for. It is needed, and kept sealed in the
// journal.
type Purpose struct{ Text privacy.Secret }

func (p Purpose) check(f *kernel.FieldErrors) { checkSecret(f, "purpose", p.Text, true) }

// Written is what somebody wrote. It is plain: read it by [privacy.Secret.Plain]; in
// logs it stays masked.
type Written struct {
	What string // code of a question, or "findings", "summary", "cause", "measure"
	Text privacy.Secret
}

// look is the note that opens sealed texts: the journal has who did, and what for,
// before anything is handed out.
func look[T any, E ~string](e E, p Purpose, open func(*command.Unit, *T) error) command.Call[T, E] {
	return command.Call[T, E]{
		Event: e, Input: p, Check: p.check,
		Apply: func(u *command.Unit, rec *T) error {
			u.Because(p.Text)
			return open(u, rec)
		},
	}
}

// Reveal opens what the customer wrote, free text and days, in the order of the
// questions' codes. Inside a unit of work that is taken back, the record of the look is
// taken back with it, so reveal outside of it. When the person's data was erased there is
// nothing to open: storage.ErrErased.
func (s *Invitations) Reveal(ctx context.Context, id kernel.ID, p Purpose) ([]Written, error) {
	var out []Written
	_, err := command.Fire(ctx, s.run, invitationLife, id, look(invitationReveal, p, func(u *command.Unit, i *Invitation) error {
		out = nil
		all, err := replies(u, i.ID)
		for n := range all {
			if all[n].Text.IsZero() {
				continue
			}
			plain, err := u.Open(&all[n])
			if err != nil {
				return err
			}
			out = append(out, Written{all[n].Question, privacy.New(plain["text"])})
		}
		return err
	}))
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Reveal opens the summary of an analysed campaign, and the texts of its proposal.
func (s *Campaigns) Reveal(ctx context.Context, id kernel.ID, p Purpose) ([]Written, error) {
	var out []Written
	_, err := command.Fire(ctx, s.run, campaignLife, id, look(campaignReveal, p, func(u *command.Unit, c *Campaign) error {
		plain, err := u.Open(c)
		out = written(plain, "summary")
		return err
	}))
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Reveal opens the findings of an inspection, and the texts of its proposal.
func (s *Inspections) Reveal(ctx context.Context, id kernel.ID, p Purpose) ([]Written, error) {
	var out []Written
	_, err := command.Fire(ctx, s.run, inspectionLife, id, look(inspectionReveal, p, func(u *command.Unit, i *Inspection) error {
		plain, err := u.Open(i)
		out = written(plain, "findings")
		return err
	}))
	if err != nil {
		return nil, err
	}
	return out, nil
}

func written(plain map[string]string, text string) []Written {
	var out []Written
	for _, x := range [...]struct{ what, column string }{{text, text}, {"cause", "improve_cause"}, {"measure", "improve_measure"}} {
		if plain[x.column] != "" {
			out = append(out, Written{x.what, privacy.New(plain[x.column])})
		}
	}
	return out
}
