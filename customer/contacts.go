package customer

import (
	"context"
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Contacts returns the phones, emails and addresses of a customer that are in use,
// the oldest first. Their values are sealed; see [Service.Reveal].
func (s *Service) Contacts(ctx context.Context, id kernel.ID) ([]Contact, error) {
	return command.About(ctx, s.r, life, Kind+".Contacts", id, func(u *command.Unit, c *Customer) ([]Contact, error) {
		return contactsOf(u, c.ID)
	})
}

func inUse(id kernel.ID) storage.Query {
	return storage.Query{
		Where: []storage.Cond{colCustomer.Eq(id), colEnded.Null()},
		Order: []storage.Order{storage.ColCreated.Asc()},
	}
}

func contactsOf(u *command.Unit, id kernel.ID) ([]Contact, error) {
	return storage.Find[Contact](u, inUse(id))
}

// contactIndex is the blind index of a contact in normal form. Addresses are written
// in too many ways to be found by one.
func contactIndex(u *command.Unit, k ContactKind, value string) ([]byte, error) {
	switch k {
	case Email:
		value = strings.ToLower(value) // before the @ the case could matter, but never tells people apart
	case Address:
		value = ""
	}
	return u.Index("crm_contacts."+string(k), value)
}

// contactSet is a customer's contacts in use, while a command changes them.
type contactSet struct {
	rows []Contact
	was  []Contact // as they are stored; the rows after them are new
}

func newContactSet(have []Contact) *contactSet {
	return &contactSet{rows: have, was: append([]Contact(nil), have...)}
}

// add puts contacts behind those that there are; the place in rows of each is its
// place in the set.
func (s *contactSet) add(u *command.Unit, c *Customer, more []ContactDetail) error {
	for _, d := range more {
		value, _ := d.Value.Plain()
		idx, err := contactIndex(u, d.Kind, value)
		if err != nil {
			return err
		}
		row := Contact{CustomerID: c.ID, Kind: d.Kind, Value: d.Value, ValueIndex: idx, Use: d.Use, Name: d.Name}
		row.ID = kernel.NewID()
		s.rows = append(s.rows, row)
		if d.Main {
			s.prefer(len(s.rows) - 1)
		}
	}
	return nil
}

// prefer makes a contact the main one of its kind.
func (s *contactSet) prefer(i int) {
	for n := range s.rows {
		if s.rows[n].Kind == s.rows[i].Kind {
			s.rows[n].Main = n == i
		}
	}
}

// settle gives each kind without a main contact its first one in use.
func (s *contactSet) settle() {
	for _, k := range []ContactKind{Phone, Email, Address} {
		first, found := -1, false
		for i := range s.rows {
			if x := &s.rows[i]; x.Kind == k && x.EndedAt.IsZero() {
				found = found || x.Main
				if first < 0 {
					first = i
				}
			}
		}
		if !found && first >= 0 {
			s.rows[first].Main = true
		}
	}
}

// write stores what differs.
func (s *contactSet) write(u *command.Unit) error {
	s.settle()
	for i := range s.rows {
		var err error
		switch x := &s.rows[i]; {
		case i >= len(s.was):
			err = u.Insert(x)
		case x.Main != s.was[i].Main || !x.EndedAt.IsZero():
			err = u.Save(x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
