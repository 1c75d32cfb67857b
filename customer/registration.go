package customer

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Registration is what becomes known about a new customer. A name is needed, and a
// document or a contact.
type Registration struct {
	Party    Party
	Name     string // up to [MaxName] characters
	Document Document
	Contacts []ContactDetail // up to [MaxContacts]

	// Of an individual.
	Birth      kernel.Date // not in the future; taken from the document where its number tells
	Gender     Gender      // likewise
	Occupation int         // class, [MinOccupation] to [MaxOccupation]; 0: not known
	Employer   privacy.Secret
	Marital    Marital

	// Of an organisation.
	LegalRepresentative privacy.Secret // their name

	Source Source // empty: [FromProcess]
	Branch string // whose customer it is; empty: everybody's

	AcceptDuplicate bool           // a person has looked at the likely candidates: it is none of them
	Reason          privacy.Secret // why; needed with AcceptDuplicate, and kept in any case
}

// facts are the checked, normal and plain facts of the basic section.
type facts struct {
	party      Party
	name       string
	doc        paper
	birth      kernel.Date
	gender     Gender
	occupation int
	employer   privacy.Secret
	marital    Marital
	legal      privacy.Secret
}

// check returns the registration in normal form.
func (in Registration) check(f *kernel.FieldErrors, today kernel.Date) (Registration, facts) {
	oneOf(f, "party", in.Party, false, Individual, Organisation)
	oneOf(f, "source", in.Source, true, FromProcess, FromCustomer, FromThirdParty)
	if in.Source == "" {
		in.Source = FromProcess
	}
	if in.Branch != "" {
		kernel.CheckRef(f, "branch", kernel.Ref(in.Branch))
	}
	in.Reason = text(f, "reason", in.Reason, MaxText)
	if in.AcceptDuplicate && in.Reason.IsZero() {
		f.Add("reason", "required", "say why this is not the same customer")
	}
	b := facts{
		party: in.Party, name: checkName(f, in.Name), doc: in.Document.check(f.At("document"), in.Party, today),
		birth: in.Birth, gender: in.Gender, occupation: in.Occupation, marital: in.Marital,
		employer: text(f, "employer", in.Employer, MaxName), legal: text(f, "legalRepresentative", in.LegalRepresentative, MaxName),
	}
	b.check(f, today)
	in.Contacts = checkContacts(f, "contacts", in.Contacts)
	if in.Document == (Document{}) && len(in.Contacts) == 0 {
		f.Add("contacts", "required", "a document or a contact is needed")
	}
	return in, b
}

// check compares facts with each other and takes from the document what it tells.
func (b *facts) check(f *kernel.FieldErrors, today kernel.Date) {
	checkDay(f, "birth", b.birth, today)
	oneOf(f, "gender", b.gender, true, Male, Female)
	oneOf(f, "marital", b.marital, true, Single, Married, Widowed, Divorced)
	if b.occupation != 0 && (b.occupation < MinOccupation || b.occupation > MaxOccupation) {
		f.Add("occupation", "range", "a class from %d to %d", MinOccupation, MaxOccupation)
	}
	if b.birth == 0 {
		b.birth = b.doc.birth
	} else if b.doc.birth != 0 && b.birth != b.doc.birth {
		f.Add("birth", "conflict", "is not the one of the identity number")
	}
	if b.gender == "" {
		b.gender = b.doc.gender
	} else if b.doc.gender != "" && b.gender != b.doc.gender {
		f.Add("gender", "conflict", "is not the one of the identity number")
	}
	only := func(p Party, path string, given bool) {
		if other := p == Individual && b.party == Organisation || p == Organisation && b.party == Individual; given && other {
			f.Add(path, "conflict", "only an %s has it", p)
		}
	}
	only(Individual, "birth", b.birth != 0)
	only(Individual, "gender", b.gender != "")
	only(Individual, "occupation", b.occupation != 0)
	only(Individual, "employer", !b.employer.IsZero())
	only(Individual, "marital", b.marital != "")
	only(Organisation, "legalRepresentative", !b.legal.IsZero())
}

// twin is what the index for likely repetitions is made of: name and birth date, or
// an organisation's name.
func (b *facts) twin() string {
	if b.party == Individual && b.birth == 0 {
		return ""
	}
	return strings.Join([]string{string(b.party), strings.ToUpper(strings.ReplaceAll(b.name, " ", "")), b.birth.String()}, "|")
}

// put writes the facts that have no index into the record.
func (b *facts) put(c *Customer) {
	c.Party, c.Name = b.party, b.name
	c.Gender, c.Birth, c.Marital = privacy.New(string(b.gender)), privacy.New(b.birth.String()), privacy.New(string(b.marital))
	c.Employer, c.LegalRepresentative = b.employer, b.legal
	c.Occupation = privacy.Secret{}
	if b.occupation != 0 {
		c.Occupation = privacy.New(strconv.Itoa(b.occupation))
	}
	c.DocumentKind, c.DocumentCountry = b.doc.Kind, b.doc.Country
	c.DocumentNumber, c.DocumentExpires = b.doc.Number, b.doc.Expires
}

// checkDay notes a fault unless d is no date or a day of the past or today.
func checkDay(f *kernel.FieldErrors, path string, d, today kernel.Date) {
	if d > today && d <= kernel.LastDate {
		f.Add(path, "future", "lies in the future")
		return
	}
	kernel.CheckDate(f, path, d)
}

// checkName returns the name with single blanks.
func checkName(f *kernel.FieldErrors, name string) string {
	before := len(f.Faults)
	kernel.CheckText(f, "name", name, MaxName, false)
	if len(f.Faults) > before {
		return ""
	}
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
		f.Add("name", "format", "invisible characters are not allowed")
	}
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		f.Add("name", "required", "must not be empty")
	}
	return name
}

// completeness is the share of the basic section's fields that are known, in per cent.
func completeness(c *Customer, contacts []Contact) int {
	has := func(k ContactKind) bool {
		for _, x := range contacts {
			if x.Kind == k && x.EndedAt.IsZero() {
				return true
			}
		}
		return false
	}
	known := []bool{c.Name != "", !c.DocumentNumber.IsZero(), has(Phone), has(Email), has(Address)}
	if c.Party == Organisation {
		known = append(known, !c.LegalRepresentative.IsZero())
	} else {
		known = append(known, !c.Gender.IsZero(), !c.Birth.IsZero(), !c.Occupation.IsZero(), !c.Employer.IsZero(), !c.Marital.IsZero())
	}
	return percent(known...)
}

func percent(known ...bool) int {
	n := 0
	for _, k := range known {
		if k {
			n++
		}
	}
	return 100 * n / len(known)
}
