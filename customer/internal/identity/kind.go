package identity

import "github.com/coverkit/crm/kernel"

// Kind is the kind of a document that identifies a person or an organisation.
type Kind string

// The kinds of documents.
const (
	KindResident         Kind = "resident_id"                // see [ResidentID]; residence permits of Hong Kong, Macau, Taiwan too
	KindPassport         Kind = "passport"                   // see [Passport]
	KindHKMacau          Kind = "hk_macau_permit"            // see [HKMacauPermit]
	KindTaiwan           Kind = "taiwan_permit"              // see [TaiwanPermit]
	KindForeignPermanent Kind = "foreign_permanent_resident" // see [ForeignPermanentResident]
	KindMilitary         Kind = "military_id"                // see [MilitaryID]
	KindUSCC             Kind = "uscc"                       // see [USCC]; for organisations
	KindOther            Kind = "other"                      // see [Other]
)

// Kinds returns all kinds in the order in which a form offers them.
func Kinds() []Kind {
	return []Kind{KindResident, KindPassport, KindHKMacau, KindTaiwan, KindForeignPermanent, KindMilitary, KindUSCC, KindOther}
}

// Known reports whether the kind is one of the constants.
func (k Kind) Known() bool { en, _ := k.Labels(); return en != "" }

// Labels returns what people call the document, in English and in Chinese; both
// are empty for an unknown kind.
func (k Kind) Labels() (en, zh string) {
	switch k {
	case KindResident:
		return "resident identity card", "居民身份证"
	case KindPassport:
		return "passport", "护照"
	case KindHKMacau:
		return "mainland travel permit for Hong Kong and Macau residents", "港澳居民来往内地通行证"
	case KindTaiwan:
		return "mainland travel permit for Taiwan residents", "台湾居民来往大陆通行证"
	case KindForeignPermanent:
		return "foreign permanent resident identity card", "外国人永久居留身份证"
	case KindMilitary:
		return "military identity card", "军官证、士兵证"
	case KindUSCC:
		return "unified social credit code", "统一社会信用代码"
	case KindOther:
		return "other document", "其他证件"
	}
	return "", ""
}

// Check checks the number of a document by the rule of its kind and returns its
// normal form. An unknown kind is a fault of code kind; the others are those of
// the kind's own function, all of them an [*Error].
func Check(kind Kind, number string, today kernel.Date) (normal string, err error) {
	switch kind {
	case KindResident:
		r, err := ResidentID(number, today)
		return r.Number, err
	case KindPassport:
		return Passport(number)
	case KindHKMacau:
		return HKMacauPermit(number)
	case KindTaiwan:
		return TaiwanPermit(number)
	case KindForeignPermanent:
		r, err := ForeignPermanentResident(number, today)
		return r.Number, err
	case KindMilitary:
		return MilitaryID(number)
	case KindUSCC:
		return USCC(number)
	case KindOther:
		return Other(number)
	}
	return "", fault(CodeKind, "the kind of document is not known")
}
