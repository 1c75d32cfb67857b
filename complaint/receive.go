package complaint

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Speaker is a complainant as they present themselves.
type Speaker struct {
	Customer                    kernel.Ref // where they are in the archive
	Name, Phone, Email, Address privacy.Secret
	Representative              bool           // chosen by several who complain together
	OnBehalfOf                  kernel.Ref     // the customer for whom they complain
	BehalfName                  privacy.Secret // somebody else for whom they complain
	Authority                   string         // number of the power of attorney; needed on behalf of somebody
}

func (in Speaker) check(f *kernel.FieldErrors) {
	checkRefIf(f, "customer", in.Customer)
	checkFree(f, "name", in.Name)
	checkFree(f, "phone", in.Phone)
	checkFree(f, "email", in.Email)
	checkFree(f, "address", in.Address)
	checkRefIf(f, "on_behalf_of", in.OnBehalfOf)
	checkFree(f, "behalf_name", in.BehalfName)
	checkOptional(f, "authority", in.Authority)
	if in.Customer == "" && in.Phone.IsZero() && in.Email.IsZero() && in.Address.IsZero() {
		f.Add("", "required", "a customer, or a phone, e-mail or postal address")
	}
	if in.Authority == "" && (in.OnBehalfOf != "" || !in.BehalfName.IsZero()) {
		f.Add("authority", "required", "whoever complains for somebody else shows the authority")
	}
}

// customer returns for whom the speaker complains.
func (in *Speaker) customer() kernel.Ref {
	switch {
	case in.OnBehalfOf != "":
		return in.OnBehalfOf
	case in.BehalfName.IsZero():
		return in.Customer
	}
	return ""
}

// Accused is who or what is complained of.
type Accused struct {
	Kind  RespondentKind
	Party kernel.Ref // branch code, staff, partner or product code
}

func (in Accused) check(f *kernel.FieldErrors) {
	checkWord(f, "kind", in.Kind, respondentKinds)
	kernel.CheckRef(f, "party", in.Party)
}

// Receipt is a complaint as it comes in (SP 1.1.40). Content is needed, and either
// complainants who can be reached or the statement that they stay anonymous.
type Receipt struct {
	Complainants []Speaker // the first is told of everything
	Anonymous    bool      // they do not say who they are
	Heads        int64     // how many complain together; 0: as many as are named, at least one
	InPerson     bool      // they have come

	Via       Via    // default: self
	Regulator string // the regulator's reference; needed when it comes from there
	Channel   string // "phone", "web", "letter", "counter" …
	Branch    string // whose complaint it is
	About     Topic
	Against   []Accused // may be completed later

	Content privacy.Secret
	Demand  privacy.Secret // what they ask for

	ReceivedAt time.Time // default: now; earlier for a letter that lay for a day

	AcceptDuplicate bool           // somebody has looked: it is another complaint
	Reason          privacy.Secret // why; needed with AcceptDuplicate
}

func (in Receipt) check(f *kernel.FieldErrors) {
	switch {
	case in.Anonymous && len(in.Complainants) > 0:
		f.Add("anonymous", "conflict", "complainants are named")
	case !in.Anonymous && len(in.Complainants) == 0:
		f.Add("complainants", "required", "name somebody who can be reached, or say that they stay anonymous")
	}
	if checkList(f, "complainants", len(in.Complainants)) {
		for i, p := range in.Complainants {
			p.check(f.Index("complainants", i))
		}
	}
	if in.Heads < 0 || in.Heads > maxHeads || in.Heads > 0 && in.Heads < int64(len(in.Complainants)) {
		f.Add("heads", "range", "from the number of those who are named to %d", maxHeads)
	}
	checkWordIf(f, "via", in.Via, vias)
	checkOptional(f, "regulator", in.Regulator)
	if (in.Via == ViaRegulator) != (in.Regulator != "") {
		f.Add("regulator", "required", "the regulator's reference goes with what it forwards")
	}
	checkOptional(f, "channel", in.Channel)
	checkOptional(f, "branch", in.Branch)
	in.About.check(f.At("about"))
	checkAgainst(f, in.Against)
	checkFree(f, "content", in.Content)
	if in.Content.IsZero() {
		f.Add("content", "required", "say what is complained of")
	}
	checkFree(f, "demand", in.Demand)
	kernel.CheckTime(f, "received_at", in.ReceivedAt)
	checkFree(f, "reason", in.Reason)
	if in.AcceptDuplicate && in.Reason.IsZero() {
		f.Add("reason", "required", "say why it is another complaint")
	}
}

func (in Topic) check(f *kernel.FieldErrors) {
	checkRefIf(f, "policy", in.Policy)
	checkRefIf(f, "claim", in.Claim)
	checkOptional(f, "product", in.Product)
	checkRefIf(f, "other", in.Other)
	if in.Line != "" && !in.Line.Known() {
		f.Add("line", "unknown", "not a line of business")
	}
}

func checkAgainst(f *kernel.FieldErrors, list []Accused) {
	if !checkList(f, "against", len(list)) {
		return
	}
	seen := map[Accused]bool{}
	for i, a := range list {
		at := f.Index("against", i)
		if a.check(at); seen[a] {
			at.Add("", "duplicate", "named before")
		}
		seen[a] = true
	}
}

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
