package customer

import (
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Field is a group of sealed facts that can be revealed together.
type Field string

// The fields.
const (
	FieldName      Field = fieldName   // for roles that see it masked
	FieldIdentity  Field = "identity"  // the number of the document
	FieldVital     Field = "vital"     // birth date, gender, marital status, day of death
	FieldWork      Field = "work"      // occupation class, employer; an organisation's legal representative
	FieldPhones    Field = "phones"    // with whom to ask for
	FieldEmails    Field = "emails"    // likewise
	FieldAddresses Field = "addresses" // likewise
	FieldHealth    Field = "health"
	FieldFinance   Field = "finance"
	FieldHistory   Field = "history" // reasons, and facts before and after a change
)

const fieldName = "name"

var allFields = []Field{FieldName, FieldIdentity, FieldVital, FieldWork, FieldPhones, FieldEmails, FieldAddresses, FieldHealth, FieldFinance, FieldHistory}

// Personal is what was opened: the fields that were asked for and nothing else. The
// values print as masks; see [Plain].
type Personal struct {
	Name                Plain
	Identity            Plain
	Birth               Plain // "1990-01-01"
	Gender              Plain // a [Gender]
	Marital             Plain // a [Marital]
	Died                Plain // "2026-11-22"
	Occupation          Plain // "1" to "6"
	Employer            Plain
	LegalRepresentative Plain
	Contacts            []PersonalContact // in use, of the kinds that were asked for
	Health              PersonalHealth
	Finance             PersonalFinance
	History             []reveal.Row // as in [reveal.History]
}

// PersonalContact is an opened [Contact].
type PersonalContact struct {
	ID    kernel.ID
	Kind  ContactKind
	Value Plain
	Use   Use
	Main  bool
	Name  Plain
}

// PersonalHealth is an opened [Health].
type PersonalHealth struct {
	Disclosures  Plain
	Conditions   Plain
	Smoker       Plain
	RiskClass    Plain
	RiskAppetite Plain
}

// PersonalFinance is an opened [Finance].
type PersonalFinance struct {
	Currency    kernel.Currency
	Income      Plain
	Assets      Plain
	Liabilities Plain
	Capacity    Plain
	Funds       Plain
	Account     Plain
}

// Short returns the value as it may be shown to somebody who has to recognise it but
// need not know it: "138****8000". Unlike the value itself it prints as it is.
func (c PersonalContact) Short() string {
	switch v := string(c.Value); c.Kind {
	case Phone:
		return privacy.MaskPhone(v)
	case Email:
		return privacy.MaskEmail(v)
	default:
		return privacy.MaskAddress(v)
	}
}

// ShortIdentity returns the identity number for recognising: "110***********9015".
func (p Personal) ShortIdentity() string { return privacy.MaskIdentity(string(p.Identity)) }
