package customer

import (
	"context"
	"slices"
	"strconv"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Amendment names what changes; nil leaves a fact as it is, and a pointer to the zero
// value forgets it.
type Amendment struct {
	Name                *string
	Document            *Document // the whole document; it counts as not verified then
	Birth               *kernel.Date
	Gender              *Gender
	Occupation          *int
	Employer            *privacy.Secret
	Marital             *Marital
	LegalRepresentative *privacy.Secret
	Source              *Source // of the basic section

	AddContacts  []ContactDetail
	EndContacts  []kernel.ID // are used no more
	MainContacts []kernel.ID // become the main ones of their kinds

	Health  *HealthChange
	Finance *FinanceChange

	Reason privacy.Secret // up to [MaxText] characters; the journal keeps it sealed
}

func (a Amendment) basic() bool {
	return a.Name != nil || a.Document != nil || a.Birth != nil || a.Gender != nil || a.Occupation != nil ||
		a.Employer != nil || a.Marital != nil || a.LegalRepresentative != nil || a.Source != nil
}

func (a Amendment) contacts() bool {
	return len(a.AddContacts)+len(a.EndContacts)+len(a.MainContacts) > 0
}

// Amend changes the facts that are named. The journal keeps what they were before and
// are now, sealed; ended contacts stay as rows. A document that has another archive
// already is a [kernel.DuplicateError].
func (s *Service) Amend(ctx context.Context, id kernel.ID, in Amendment, opts ...kernel.Option) (Customer, error) {
	var seen paper
	c, err := s.fire(ctx, id, command.Call[Customer, Event]{
		Event: EventAmend,
		Input: in,
		Check: func(f *kernel.FieldErrors) {
			if !in.basic() && !in.contacts() && in.Health == nil && in.Finance == nil {
				f.Add("", "required", "nothing is to be changed")
			}
		},
		Apply: func(u *command.Unit, c *Customer) error {
			have, err := contactsOf(u, c.ID)
			if err != nil {
				return err
			}
			a := amending{Amendment: in, u: u, c: c, set: newContactSet(have), today: s.today(u)}
			err = a.do()
			seen = a.facts.doc
			return err
		},
	}, opts)
	return c, s.repeated(ctx, Kind+"."+string(EventAmend), seen, err)
}

// amending is one amendment at work.
type amending struct {
	Amendment
	u     *command.Unit
	c     *Customer
	set   *contactSet
	today kernel.Date
	facts facts
}

func (a *amending) do() error {
	var f kernel.FieldErrors
	if err := a.check(&f); err != nil {
		return err
	}
	a.Reason = text(&f, "reason", a.Reason, MaxText)
	health := a.Health.check(f.At("health"), a.today)
	finance := a.Finance.check(f.At("finance"))
	more := a.checkContacts(&f)
	if err := f.Err(); err != nil {
		return err
	}
	a.u.Because(a.Reason)
	if err := a.basics(); err != nil {
		return err
	}
	if err := a.set.add(a.u, a.c, more); err != nil {
		return err
	}
	if err := a.set.write(a.u); err != nil {
		return err
	}
	a.c.Completeness = completeness(a.c, a.set.rows)
	if err := health.put(a.u, a.c.ID); err != nil {
		return err
	}
	return finance.put(a.u, a.c.ID)
}

// check gathers the facts as they will be and compares them. The stored document is
// not judged again by its own rule: it may have been right by an older one.
func (a *amending) check(f *kernel.FieldErrors) error {
	if !a.basic() {
		return nil
	}
	old, err := a.u.Open(a.c)
	if err != nil {
		return err
	}
	b := factsOf(a.c, old)
	if d := (Document{b.doc.Kind, b.doc.Country, b.doc.Number, b.doc.Expires}); d != (Document{}) {
		var ignored kernel.FieldErrors
		if p := d.check(&ignored, b.party, a.today); ignored.Err() == nil {
			b.doc = p
		}
	}
	set(&b.birth, a.Birth)
	set(&b.gender, a.Gender)
	set(&b.occupation, a.Occupation)
	set(&b.marital, a.Marital)
	if a.Name != nil {
		b.name = checkName(f, *a.Name)
	}
	if a.Document != nil {
		b.doc = a.Document.check(f.At("document"), b.party, a.today)
	}
	if a.Employer != nil {
		b.employer = text(f, "employer", *a.Employer, MaxName)
	}
	if a.LegalRepresentative != nil {
		b.legal = text(f, "legalRepresentative", *a.LegalRepresentative, MaxName)
	}
	if a.Source != nil {
		oneOf(f, "source", *a.Source, false, FromProcess, FromCustomer, FromThirdParty)
	}
	b.check(f, a.today)
	a.facts = b
	return nil
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

// factsOf reads the facts of a stored record.
func factsOf(c *Customer, plain map[string]string) facts {
	b := facts{
		party: c.Party, name: c.Name,
		gender: Gender(plain["gender"]), marital: Marital(plain["marital"]),
		employer: privacy.New(plain["employer"]), legal: privacy.New(plain["legal_representative"]),
		doc: paper{Document: Document{
			Kind: c.DocumentKind, Country: c.DocumentCountry,
			Number: privacy.New(plain["document_number"]), Expires: c.DocumentExpires,
		}},
	}
	b.birth, _ = kernel.ParseDate(plain["birth"])
	b.occupation, _ = strconv.Atoi(plain["occupation"])
	return b
}

// basics writes the facts of the basic section.
func (a *amending) basics() error {
	if !a.basic() {
		return nil
	}
	a.facts.put(a.c)
	set(&a.c.Source, a.Source)
	if a.Document != nil {
		a.c.DocumentChecked = Verified{}
	}
	if err := index(a.u, a.c, a.facts); err != nil {
		return err
	}
	return certain(a.u, a.c.IdentityIndex, a.c.ID)
}

// checkContacts ends and prefers contacts of the set, and returns those to be added.
func (a *amending) checkContacts(f *kernel.FieldErrors) []ContactDetail {
	more := checkContacts(f, "addContacts", a.AddContacts)
	for i, id := range a.EndContacts {
		if at := a.contact(f, "endContacts", i, id); at != nil {
			at.EndedAt, at.Main = a.u.Now(), false
		}
	}
	for i, id := range a.MainContacts {
		if at := a.contact(f, "mainContacts", i, id); at != nil {
			a.set.prefer(slices.IndexFunc(a.set.rows, func(x Contact) bool { return x.ID == at.ID }))
		}
	}
	if len(a.set.rows)+len(more)-len(a.EndContacts) > MaxContacts {
		f.Add("addContacts", "length", "at most %d contacts in use", MaxContacts)
	}
	return more
}

// contact finds a contact in use by its key.
func (a *amending) contact(f *kernel.FieldErrors, path string, i int, id kernel.ID) *Contact {
	for n := range a.set.rows {
		if x := &a.set.rows[n]; x.ID == id && x.EndedAt.IsZero() {
			return x
		}
	}
	f.Index(path, i).Add("", "unknown", "is no contact in use of this customer")
	return nil
}
