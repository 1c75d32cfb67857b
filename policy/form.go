package policy

import (
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Form is what stands on an application. A draft may be incomplete, but not wrong.
type Form struct {
	Product  string          // code of a product on sale
	Edition  int64           // of the product; 0: the newest on sale
	Currency kernel.Currency // empty: the product's; no other is taken
	Branch   string          // whose row the application, and later the policy, is
	Channel  string          // one of the product's; needed when it lists any
	Producer kernel.Ref      // who sold it; may be empty

	Holder        kernel.Ref    // policyholder (投保人)
	Insured       []InsuredForm // empty: the holder alone, as [Self]
	Beneficiaries []Beneficiary // none: by law
	Interest      string        // for property lines: owner, lessee, mortgagee … (保险利益)

	Term      Term           // empty: the product's, when it has one only
	PayMode   PayMode        // empty: the product's, when it has one only
	Inception kernel.Date    // first day of cover; zero: the day of issue
	Zone      string         // IANA name of the zone that days are meant in; empty: [DefaultZone]
	Items     []Item         // coverages; fixed ones that are not optional need not be listed
	Agreement privacy.Secret // special agreements, free text

	Disclosures []DisclosureForm
	Documents   []DocumentForm // that come with the form
}

// InsuredForm is one insured on a [Form].
type InsuredForm struct {
	Party              kernel.Ref
	Relation           Relation    // the insured is the holder's …
	Birth              kernel.Date // asked of [Customers] when zero; needed where rates go by age
	Gender             Gender      // likewise
	Class              string      // occupation or risk class, as rates name it
	Consent            bool        // the insured agreed to death cover and its sum (Insurance Law 34)
	BeneficiaryConsent bool        // the insured agreed to the beneficiaries (Insurance Law 39)
}

// DisclosureForm is an answer to a question of the product.
type DisclosureForm struct {
	Insured  kernel.Ref // whom it is about; empty: the only insured
	Question string     // code
	Answer   privacy.Secret
}

// DocumentForm is a document that came in.
type DocumentForm struct {
	Kind      string         // code, as the product names it
	FileName  privacy.Secret // may tell a name
	MediaType string
	Size      int64
	SHA256    string // 64 hexadecimal digits, or empty
	URI       string // where the host keeps it; at most 200 characters
}

// withDefaults fills in what the form may leave out.
func (in Form) withDefaults() Form {
	if len(in.Insured) == 0 && in.Holder != "" {
		in.Insured = []InsuredForm{{Party: in.Holder, Relation: Self}}
	}
	if in.Zone == "" {
		in.Zone = DefaultZone
	}
	in.Disclosures = slices.Clone(in.Disclosures)
	for i := range in.Disclosures {
		if in.Disclosures[i].Insured == "" && len(in.Insured) == 1 {
			in.Disclosures[i].Insured = in.Insured[0].Party
		}
	}
	return in
}
