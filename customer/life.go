package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Rest puts an archive to rest: nothing is in force and nobody was in contact for
// long. The reason may be empty.
func (s *Service) Rest(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Customer, error) {
	return s.move(ctx, id, EventRest, reason, false, opts)
}

// Wake brings an archive back from rest. The reason may be empty.
func (s *Service) Wake(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Customer, error) {
	return s.move(ctx, id, EventWake, reason, false, opts)
}

// Archive closes an archive: from now on it is only kept. The reason may be empty.
func (s *Service) Archive(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Customer, error) {
	return s.move(ctx, id, EventArchive, reason, false, opts)
}

// Restore takes an archived customer back into service, for a reason. That of
// somebody who has died stays archived.
func (s *Service) Restore(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Customer, error) {
	return s.move(ctx, id, EventRestore, reason, true, opts)
}

// Unmerge undoes a merger, for a reason, while the archive that goes on was not
// changed since.
func (s *Service) Unmerge(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Customer, error) {
	return s.move(ctx, id, EventUnmerge, reason, true, opts)
}

// reasoned is the input of the commands that are told nothing but why.
type reasoned struct{ Reason privacy.Secret }

func (s *Service) move(ctx context.Context, id kernel.ID, e Event, reason privacy.Secret, need bool, opts []kernel.Option) (Customer, error) {
	return s.fire(ctx, id, command.Call[Customer, Event]{
		Event: e,
		Input: reasoned{reason},
		Check: func(f *kernel.FieldErrors) { reason = because(f, reason, need) },
		Apply: func(u *command.Unit, c *Customer) error {
			u.Because(reason)
			if e == EventUnmerge {
				u.Fact("from", c.MergedInto)
				c.MergedInto, c.SurvivorVersion = "", 0
			}
			return nil
		},
	}, opts)
}

func because(f *kernel.FieldErrors, reason privacy.Secret, need bool) privacy.Secret {
	reason = text(f, "reason", reason, MaxText)
	if need && reason.IsZero() {
		f.Add("reason", "required", "say why")
	}
	return reason
}

// Death is what the insurer learns of a person's death.
type Death struct {
	On     kernel.Date    // the day; not in the future, not before the birth
	Reason privacy.Secret // how it is known: certificate, who has told; up to [MaxText] characters, needed
}

// RecordDeath notes that a person has died. The archive stays open for those whom it
// concerns until it is archived.
func (s *Service) RecordDeath(ctx context.Context, id kernel.ID, in Death, opts ...kernel.Option) (Customer, error) {
	return s.fire(ctx, id, command.Call[Customer, Event]{
		Event: EventRecordDeath,
		Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.On == 0 {
				f.Add("on", "required", "the day is needed")
			}
			kernel.CheckDate(f, "on", in.On)
			in.Reason = because(f, in.Reason, true)
		},
		Guard: func(u *command.Unit, c *Customer) error {
			var f kernel.FieldErrors
			checkDay(&f, "on", in.On, s.today(u))
			plain, err := u.Open(c)
			if err != nil {
				return err
			}
			if birth, err := kernel.ParseDate(plain["birth"]); err == nil && in.On < birth {
				f.Add("on", "conflict", "lies before the birth")
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, c *Customer) error {
			c.Died = privacy.New(in.On.String())
			u.Because(in.Reason)
			return nil
		},
	}, opts)
}

// Merger says which archive goes on for both.
type Merger struct {
	Into   kernel.ID      // active or dormant, of the same party, of a branch that the actor sees
	Reason privacy.Secret // how it is known that they are one customer; up to [MaxText] characters, needed
}

// Merge ends an archive in favour of another one of the same customer. Nothing is
// moved: what is recorded under the merged archive stays there, and who finds it goes
// on to the other by MergedInto.
func (s *Service) Merge(ctx context.Context, id kernel.ID, in Merger, opts ...kernel.Option) (Customer, error) {
	var (
		into  kernel.ID
		other *Customer
	)
	return s.fire(ctx, id, command.Call[Customer, Event]{
		Event: EventMerge,
		Input: in,
		Check: func(f *kernel.FieldErrors) {
			var err error
			if into, err = kernel.ParseID(string(in.Into)); err != nil {
				f.Add("into", "unknown", "is no archive")
			}
			in.Reason = because(f, in.Reason, true)
		},
		Guard: func(u *command.Unit, c *Customer) (err error) {
			other, err = partner(u, c, into)
			return err
		},
		Apply: func(u *command.Unit, c *Customer) error {
			c.MergedInto, c.SurvivorVersion = other.ID, other.Version
			u.Because(in.Reason)
			u.Fact("into", c.MergedInto)
			return nil
		},
	}, opts)
}
