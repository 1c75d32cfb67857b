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
// values print as masks; see [privacy.Plain].
type Personal struct {
	Name                privacy.Plain
	Identity            privacy.Plain
	Birth               privacy.Plain // "1990-01-01"
	Gender              privacy.Plain // a [Gender]
	Marital             privacy.Plain // a [Marital]
	Died                privacy.Plain // "2026-11-22"
	Occupation          privacy.Plain // "1" to "6"
	Employer            privacy.Plain
	LegalRepresentative privacy.Plain
	Contacts            []PersonalContact // in use, of the kinds that were asked for
	Health              PersonalHealth
	Finance             PersonalFinance
	History             []reveal.Row // as in [reveal.History]
}

// PersonalContact is an opened [Contact].
type PersonalContact struct {
	ID    kernel.ID
	Kind  ContactKind
	Value privacy.Plain
	Use   Use
	Main  bool
	Name  privacy.Plain
}

// PersonalHealth is an opened [Health].
type PersonalHealth struct {
	Disclosures  privacy.Plain
	Conditions   privacy.Plain
	Smoker       privacy.Plain
	RiskClass    privacy.Plain
	RiskAppetite privacy.Plain
}

// PersonalFinance is an opened [Finance].
type PersonalFinance struct {
	Currency    kernel.Currency
	Income      privacy.Plain
	Assets      privacy.Plain
	Liabilities privacy.Plain
	Capacity    privacy.Plain
	Funds       privacy.Plain
	Account     privacy.Plain
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
