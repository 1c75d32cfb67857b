package claim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
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

// Message is a notice that was sent, or the news that one has arrived.
type Message struct {
	Kind         NoticeKind
	To           kernel.Ref // default: the claimant
	Channel      string
	DispatchedAt time.Time // default: now; not in the future
	ArrivedAt    time.Time // zero: not known yet

	Sent kernel.ID // the notice whose arrival is told; then only ArrivedAt counts, default now
}

func (in Message) check(f *kernel.FieldErrors) {
	if in.Sent == "" && !slices.Contains(noticeKinds, in.Kind) {
		f.Add("kind", "unknown", "not a kind of notice")
	}
	checkRefIf(f, "to", in.To)
	checkOptional(f, "channel", in.Channel)
	kernel.CheckTime(f, "dispatched_at", in.DispatchedAt)
	kernel.CheckTime(f, "arrived_at", in.ArrivedAt)
}

// Notify records that somebody was told something. A notice of an amount is taken only
// once an amount is approved.
func (s *Service) Notify(ctx context.Context, id kernel.ID, in Message, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventNotify, in, in.check, func(u *command.Unit, c *Claim) error {
		if in.Sent != "" {
			return arrived(u, c, in)
		}
		if in.Kind == NoticeAmount && c.DecidedAt.IsZero() {
			return fmt.Errorf("no amount is decided: %w", kernel.ErrState)
		}
		l := &Letter{ClaimID: c.ID, Kind: in.Kind, To: first(in.To, c.Claimant), Channel: in.Channel, DispatchedAt: u.Now()}
		if !in.DispatchedAt.IsZero() {
			l.DispatchedAt = kernel.Instant(in.DispatchedAt)
		}
		u.Fact("notice", in.Kind)
		if in.Kind == NoticeAmount {
			u.Fact("amount", c.Approved)
		}
		if err := l.arrive(u, in.ArrivedAt); err != nil {
			return err
		}
		return u.Insert(l)
	}, opts)
}

func arrived(u *command.Unit, c *Claim, in Message) error {
	key, err := kernel.ParseID(string(in.Sent))
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	l, err := storage.Get[Letter](u, key)
	if err == nil && l.ClaimID != c.ID {
		err = kernel.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	at := in.ArrivedAt
	if at.IsZero() {
		at = u.Now()
	}
	u.Fact("notice", l.Kind)
	u.Fact("arrived", true)
	if err := l.arrive(u, at); err != nil {
		return err
	}
	return u.Save(l)
}

func (l *Letter) arrive(u *command.Unit, at time.Time) error {
	var f kernel.FieldErrors
	if l.DispatchedAt.After(u.Now()) {
		f.Add("dispatched_at", "future", "not sent yet")
	}
	if !at.IsZero() {
		l.ArrivedAt = kernel.Instant(at)
		if l.ArrivedAt.After(u.Now()) || l.ArrivedAt.Before(l.DispatchedAt) {
			f.Add("arrived_at", "order", "after it was sent, and not in the future")
		}
	}
	return f.Err()
}

func (s *Service) note(ctx context.Context, id kernel.ID, e Event, in any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Claim) error, opts []kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{Event: e, Input: in, Check: check, Apply: apply}, opts)
}
