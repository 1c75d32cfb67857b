package customer

import (
	"strings"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// DocumentKind is the kind of a document that identifies a customer.
type DocumentKind string

// The kinds of documents.
const (
	ResidentID       = DocumentKind(identity.KindResident)         // 居民身份证, by GB 11643; residence permits of Hong Kong, Macau and Taiwan too
	Passport         = DocumentKind(identity.KindPassport)         // 护照
	HKMacauPermit    = DocumentKind(identity.KindHKMacau)          // 港澳居民来往内地通行证
	TaiwanPermit     = DocumentKind(identity.KindTaiwan)           // 台湾居民来往大陆通行证
	ForeignPermanent = DocumentKind(identity.KindForeignPermanent) // 外国人永久居留身份证
	MilitaryID       = DocumentKind(identity.KindMilitary)         // 军官证、士兵证
	CreditCode       = DocumentKind(identity.KindUSCC)             // 统一社会信用代码, by GB 32100; of organisations
	OtherDocument    = DocumentKind(identity.KindOther)            // 其他证件
)

// Labels returns what people call the document, in English and in Chinese; both are
// empty for an unknown kind.
func (k DocumentKind) Labels() (en, zh string) { return identity.Kind(k).Labels() }

// of returns whose documents are of the kind, or "" where anybody's may be.
func (k DocumentKind) of() Party {
	switch k {
	case CreditCode:
		return Organisation
	case OtherDocument:
		return ""
	}
	return Individual
}

// Document identifies a customer. The zero value means that none is known.
type Document struct {
	Kind    DocumentKind
	Country string         // that issued a passport or other document, two letters by ISO 3166-1; empty: CN
	Number  privacy.Secret // is checked by the rule of its kind
	Expires kernel.Date    // last day of validity; zero: unlimited or unknown
}

// paper is a document in normal form with what its number says about the holder.
type paper struct {
	Document
	birth  kernel.Date
	gender Gender
}

// key is what the blind index of the document is made of. Numbers of different kinds
// and countries are different documents.
func (p paper) key() string {
	number, _ := p.Number.Plain()
	if number == "" {
		return ""
	}
	return string(p.Kind) + "|" + p.Country + "|" + number
}

// check returns the document in normal form. Which kinds there are depends on the
// party; an empty party takes all.
func (d Document) check(f *kernel.FieldErrors, party Party, today kernel.Date) paper {
	if d == (Document{}) {
		return paper{}
	}
	if !identity.Kind(d.Kind).Known() {
		f.Add("kind", identity.CodeKind, "the kind of document is not known")
	} else if d.Kind.of() == Individual && party == Organisation || d.Kind.of() == Organisation && party == Individual {
		f.Add("kind", "conflict", "an %s has no such document", party)
	}
	switch {
	case d.Country == "":
		d.Country = "CN"
	case len(d.Country) != 2 || strings.Trim(d.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		f.Add("country", "format", "two capital letters by ISO 3166-1")
	case d.Country != "CN" && d.Kind != Passport && d.Kind != OtherDocument:
		f.Add("country", "conflict", "is issued in China only")
	}
	kernel.CheckDate(f, "expires", d.Expires)
	number, ok := d.Number.Plain()
	if !ok {
		sealed(f, "number")
		return paper{}
	}
	p := paper{Document: d}
	var err error
	switch d.Kind {
	case ResidentID, ForeignPermanent:
		read := identity.ResidentID
		if d.Kind == ForeignPermanent {
			read = identity.ForeignPermanentResident
		}
		var r identity.Resident
		r, err = read(number, today)
		number, p.birth, p.gender = r.Number, r.Birth, Gender(r.Gender)
	default:
		if identity.Kind(d.Kind).Known() {
			number, err = identity.Check(identity.Kind(d.Kind), number, today)
		}
	}
	f.Merge("number", err)
	p.Number = reworded(d.Number, number)
	return p
}
