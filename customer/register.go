package customer

import (
	"context"
	"errors"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Register opens the archive of a new customer.
//
// It returns a [kernel.DuplicateError] that is Certain when the identity document has
// an archive already, and one that is not when an archive has the same phone number,
// the same name and birth date, or, of an organisation, the same name. With
// AcceptDuplicate and a reason the second is registered all the same. An archive that
// was merged is named by the one that goes on. When two units of work of a host's own
// register one document at the same moment, the later may learn of it only at its end:
// then as a plain [kernel.ErrDuplicate].
func (s *Service) Register(ctx context.Context, in Registration, opts ...kernel.Option) (Customer, error) {
	var (
		seen     paper
		contacts []ContactDetail
	)
	c, err := s.shown(ctx, func(hidden *bool) (Customer, error) {
		return command.Create(ctx, s.r, life, command.Creation[Customer, Event]{
			Event: EventRegister,
			Input: in,
			Build: func(u *command.Unit) (*Customer, error) {
				*hidden = masks(u)
				var f kernel.FieldErrors
				checked, b := in.check(&f, s.today(u))
				if err := f.Err(); err != nil {
					return nil, err
				}
				seen, contacts = b.doc, checked.Contacts
				return build(u, checked, b)
			},
			Then: func(u *command.Unit, c *Customer) error {
				set := newContactSet(nil)
				if err := set.add(u, c, contacts); err != nil {
					return err
				}
				if err := set.write(u); err != nil {
					return err
				}
				c.Completeness = completeness(c, set.rows)
				u.Fact("party", string(c.Party))
				u.Fact("source", string(c.Source))
				var err error
				if c.Number, err = number.Next(u, s.numbers, Kind, "C"); err == nil {
					u.Fact("number", c.Number)
				}
				return err
			},
		}, opts...)
	})
	return c, s.repeated(ctx, Kind+"."+string(EventRegister), seen, err)
}

func build(u *command.Unit, in Registration, b facts) (*Customer, error) {
	c := &Customer{Standing: Standing{Source: in.Source}}
	c.Branch = in.Branch
	b.put(c)
	if err := index(u, c, b); err != nil {
		return nil, err
	}
	// What is certain is asked last: between two questions another unit may commit,
	// and its document must not be seen as a mere likeness.
	found, err := likely(u, c.TwinIndex, in.Contacts)
	if err != nil {
		return nil, err
	}
	if err := certain(u, c.IdentityIndex, ""); err != nil {
		return nil, err
	}
	if len(found) > 0 && !in.AcceptDuplicate {
		return nil, &kernel.DuplicateError{Kind: Kind, Candidates: found}
	}
	if len(found) > 0 {
		u.Fact("not_the_same_as", found)
	}
	u.Because(in.Reason)
	return c, nil
}

// index computes the blind indexes of the record.
func index(u *command.Unit, c *Customer, b facts) (err error) {
	if c.IdentityIndex, err = u.Index("crm_customers.identity", b.doc.key()); err == nil {
		c.TwinIndex, err = u.Index("crm_customers.twin", b.twin())
	}
	return err
}

// repeated turns the store's refusal of a second archive for one document, as when
// two register it at the same moment, into the error that looking before would have
// given.
func (s *Service) repeated(ctx context.Context, action string, p paper, err error) error {
	var row *storage.DuplicateRow
	if !errors.As(err, &row) || row.Table != (*Customer)(nil).TableName() {
		return err
	}
	dup := &kernel.DuplicateError{Kind: Kind, Certain: true}
	// Inside a unit of work that has failed nothing can be looked up; the error is
	// true without candidates.
	_ = s.r.Look(ctx, action, func(u *command.Unit) error {
		idx, err := u.Index("crm_customers.identity", p.key())
		if err == nil {
			dup.Candidates, err = holders(u, storage.Query{Where: []storage.Cond{colIdentity.Eq(idx)}})
		}
		return err
	})
	return dup
}
