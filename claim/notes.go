package claim

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Assignment gives the claim to somebody.
type Assignment struct {
	Handler kernel.Ref // staff
	Reason  privacy.Secret
}

// Assign gives the claim to another handler.
func (s *Service) Assign(ctx context.Context, id kernel.ID, in Assignment, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventAssign, in, func(f *kernel.FieldErrors) {
		kernel.CheckRef(f, "handler", in.Handler)
		checkFree(f, "reason", in.Reason)
	}, func(u *command.Unit, c *Claim) error {
		u.Fact("from", string(c.Handler))
		u.Fact("handler", string(in.Handler))
		u.Because(in.Reason)
		c.Handler = in.Handler
		return nil
	}, opts)
}

// Remark is a reason or an observation in words.
type Remark struct{ Text privacy.Secret }

// MarkComplex says that the case needs the longer period that law gives complex cases
// (Insurance Law article 23). The reason is needed.
func (s *Service) MarkComplex(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventMarkComplex, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Claim) error {
		c.Complex = true
		u.Because(in.Text)
		return nil
	}, opts)
}

// Conversation is a contact with the claimant.
type Conversation struct {
	Channel string
	Text    privacy.Secret
}

// Contact records that the handler was in contact with the claimant. The first time is
// kept: it has a deadline (SP 1.1.22).
func (s *Service) Contact(ctx context.Context, id kernel.ID, in Conversation, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventContact, in, func(f *kernel.FieldErrors) {
		checkOptional(f, "channel", in.Channel)
		checkFree(f, "text", in.Text)
	}, func(u *command.Unit, c *Claim) error {
		if c.ContactedAt.IsZero() {
			c.ContactedAt = u.Now()
		}
		u.Fact("channel", in.Channel)
		u.Because(in.Text)
		return nil
	}, opts)
}

// Assistance names the adviser who helps the claimant.
type Assistance struct {
	Assistant kernel.Ref
	Text      privacy.Secret
}

// Assist records that an adviser helps the claimant (MR 三(五)).
func (s *Service) Assist(ctx context.Context, id kernel.ID, in Assistance, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventAssist, in, func(f *kernel.FieldErrors) {
		kernel.CheckRef(f, "assistant", in.Assistant)
		checkFree(f, "text", in.Text)
	}, func(u *command.Unit, c *Claim) error {
		c.Assistant = in.Assistant
		u.Fact("assistant", string(in.Assistant))
		u.Because(in.Text)
		return nil
	}, opts)
}

// Message is a notice that was sent, or the news that one has arrived. It goes to the
// claimant unless it names somebody else.
type Message = notice.Message

// Notify records that somebody was told something, or that a notice sent before has
// arrived. A notice of an amount is taken only once an amount is approved.
func (s *Service) Notify(ctx context.Context, id kernel.ID, in Message, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventNotify, in, func(f *kernel.FieldErrors) { in.Check(f, noticeKinds...) }, func(u *command.Unit, c *Claim) error {
		if in.Sent != "" {
			_, err := notice.Arrived(u, c.letters(), in)
			return err
		}
		if in.Kind == NoticeAmount {
			if c.DecidedAt.IsZero() {
				return fmt.Errorf("no amount is decided: %w", kernel.ErrState)
			}
			u.Fact("amount", c.Approved)
		}
		_, err := notice.Send(u, c.letters(), in)
		return err
	}, opts)
}

func (s *Service) note(ctx context.Context, id kernel.ID, e Event, in any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Claim) error, opts []kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{Event: e, Input: in, Check: check, Apply: apply}, opts)
}
