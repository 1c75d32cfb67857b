package complaint

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Receive takes a complaint down (接收). Besides the errors of every command: a
// [kernel.DuplicateError] when the same complainant has an open complaint about the same
// topic, or somebody with the same telephone number has.
func (s *Service) Receive(ctx context.Context, in Receipt, opts ...kernel.Option) (Complaint, error) {
	return command.Create(ctx, s.run, s.life, command.Creation[Complaint, Event]{
		Event: EventReceive, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Complaint, error) {
			c, err := s.open(u, in)
			if err != nil {
				return nil, err
			}
			u.Because(in.Reason)
			return c, s.number(u, c)
		},
		Then: func(u *command.Unit, c *Complaint) error { return c.name(u, in) },
	}, opts...)
}

// open builds the complaint of a receipt.
func (s *Service) open(u *command.Unit, in Receipt) (*Complaint, error) {
	c := &Complaint{
		Anonymous: in.Anonymous, Heads: max(in.Heads, int64(len(in.Complainants)), 1), InPerson: in.InPerson,
		Via: in.Via, Regulator: in.Regulator, Channel: in.Channel, Topic: in.About,
		Content: in.Content, Demand: in.Demand, Level: 1,
	}
	c.ID, c.Branch = kernel.NewID(), in.Branch
	if c.Via == "" {
		c.Via = ViaSelf
	}
	if len(in.Complainants) > 0 {
		c.Customer = in.Complainants[0].customer()
	}
	if c.PersonRef = c.Customer; c.PersonRef == "" {
		c.PersonRef = c.ID.Ref()
	}
	var f kernel.FieldErrors
	c.ReceivedAt = instant(&f, u, "received_at", in.ReceivedAt, time.Time{})
	s.speakers(&f, in, c.ReceivedAt)
	if err := f.Err(); err != nil {
		return nil, err
	}
	u.Fact("received_at", c.ReceivedAt)
	u.Fact("level", c.Level)
	u.Fact("via", string(c.Via))
	u.Fact("policy", string(c.Policy))
	u.Fact("claim", string(c.Claim))
	u.Fact("product", c.Product)
	return c, c.twins(u, in)
}

// speakers holds several who come in person to the number of representatives that law
// allows (article 12).
func (s *Service) speakers(f *kernel.FieldErrors, in Receipt, at time.Time) {
	if !in.InPerson {
		return
	}
	most, chosen := s.threshold(ruleSpeakers, at, 5), int64(0)
	for _, p := range in.Complainants {
		if p.Representative {
			chosen++
		}
	}
	if chosen > most || chosen == 0 && int64(len(in.Complainants)) > most {
		f.Add("complainants", "range", "those who come together choose at most %d representatives", most)
	}
}

// number gives the complaint its number, last of all.
func (s *Service) number(u *command.Unit, c *Complaint) (err error) {
	if c.Number, err = number.Next(u, s.cfg.Numbers, kind, "CMP"); err == nil {
		u.Fact("number", c.Number)
	}
	return err
}

// name writes who complains and of whom.
func (c *Complaint) name(u *command.Unit, in Receipt) error {
	for _, p := range in.Complainants {
		row := &Complainant{
			ComplaintID: c.ID, PersonRef: c.PersonRef, Customer: p.Customer, Name: p.Name, Phone: p.Phone, Email: p.Email, Address: p.Address,
			Representative: p.Representative, OnBehalfOf: p.OnBehalfOf, BehalfName: p.BehalfName, Authority: p.Authority,
		}
		if p.Customer != "" {
			row.PersonRef = p.Customer
		}
		var err error
		if row.PhoneIndex, err = phoneIndex(u, p.Phone); err != nil {
			return err
		}
		if err := u.Insert(row); err != nil {
			return err
		}
	}
	return c.accuse(u, in.Against)
}

func (c *Complaint) accuse(u *command.Unit, list []Accused) error {
	for _, a := range list {
		if err := u.Insert(&Respondent{ComplaintID: c.ID, Kind: a.Kind, Party: a.Party}); err != nil {
			return err
		}
	}
	return nil
}
