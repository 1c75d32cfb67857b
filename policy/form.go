package policy

import (
	"slices"

	"github.com/shopspring/decimal"

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

// dangers refuses, before anything is read or digested, numbers that would cost too much
// to compute with; then all faults of the form are told with them.
func (in *Form) dangers(f *kernel.FieldErrors) {
	if slices.ContainsFunc(in.Items, func(it Item) bool { return it.SumInsured.Exponent() < -64 || it.SumInsured.Exponent() > 64 }) {
		in.check(f)
	}
}

// check notes what is wrong with the form by itself.
func (in *Form) check(f *kernel.FieldErrors) {
	checkCode(f, "product", in.Product, true)
	if in.Edition < 0 {
		f.Add("edition", "range", "editions count from 1")
	}
	if in.Currency != "" {
		kernel.CheckCurrency(f, "currency", in.Currency)
	}
	checkCode(f, "branch", in.Branch, false)
	checkCode(f, "channel", in.Channel, false)
	checkCode(f, "producer", string(in.Producer), false)
	kernel.CheckRef(f, "holder", in.Holder)
	checkCount(f, "insured", len(in.Insured), MaxLives)
	for i, p := range in.Insured {
		at := f.Index("insured", i)
		kernel.CheckRef(at, "party", p.Party)
		checkCode(at, "relation", string(p.Relation), false)
		checkCode(at, "class", p.Class, false)
		kernel.CheckDate(at, "birth", p.Birth)
		checkGender(at, "gender", p.Gender)
		if slices.IndexFunc(in.Insured, func(o InsuredForm) bool { return o.Party == p.Party }) < i {
			at.Add("party", "duplicate", "is insured already")
		}
		if p.Relation == Self && p.Party != in.Holder {
			at.Add("relation", "conflict", "only the holder is the holder's self")
		}
	}
	checkBeneficiaries(f, in.Beneficiaries)
	checkCode(f, "interest", in.Interest, false)
	in.Term.check(f, "term")
	if in.PayMode != "" && !in.PayMode.Known() {
		f.Add("pay_mode", "unknown", "not a mode of payment")
	}
	kernel.CheckDate(f, "inception", in.Inception)
	if _, err := location(in.Zone); err != nil {
		f.Add("zone", "unknown", "not a time zone")
	}
	checkCount(f, "items", len(in.Items), MaxList)
	for i, it := range in.Items {
		at := f.Index("items", i)
		checkCode(at, "coverage", it.Coverage, true)
		kernel.CheckAmount(at, "sum_insured", it.SumInsured, "")
		if slices.IndexFunc(in.Items, func(o Item) bool { return o.Coverage == it.Coverage }) < i {
			at.Add("coverage", "duplicate", "is listed before")
		}
	}
	checkSecret(f, "agreement", in.Agreement)
	checkCount(f, "disclosures", len(in.Disclosures), 10*MaxList)
	for i, d := range in.Disclosures {
		at := f.Index("disclosures", i)
		kernel.CheckRef(at, "insured", d.Insured)
		checkCode(at, "question", d.Question, true)
		checkSecret(at, "answer", d.Answer)
		if !slices.ContainsFunc(in.Insured, func(p InsuredForm) bool { return p.Party == d.Insured }) {
			at.Add("insured", "unknown", "is not insured here")
		}
	}
	checkDocuments(f, "documents", in.Documents)
}

func checkBeneficiaries(f *kernel.FieldErrors, bs []Beneficiary) {
	checkCount(f, "beneficiaries", len(bs), MaxList)
	orders, weighted := map[int]int{}, map[int]int{}
	for i, b := range bs {
		at := f.Index("beneficiaries", i)
		kernel.CheckRef(at, "party", b.Party)
		checkCode(at, "relation", string(b.Relation), false)
		if b.Order < 1 || b.Order > MaxList {
			at.Add("order", "range", "the first order is 1")
		}
		if b.Weight < 0 || b.Weight > 1_000_000_000 {
			at.Add("weight", "range", "a whole number from 0 to a billion")
		}
		if slices.IndexFunc(bs, func(o Beneficiary) bool { return o.Party == b.Party && o.Order == b.Order }) < i {
			at.Add("party", "duplicate", "has a share in this order already")
		}
		if orders[b.Order]++; b.Weight > 0 {
			weighted[b.Order]++
		}
	}
	for i, b := range bs {
		at := f.Index("beneficiaries", i)
		if b.Order > 1 && b.Order <= MaxList && orders[b.Order-1] == 0 {
			at.Add("order", "gap", "nobody stands in the order before")
		}
		if b.Weight == 0 && weighted[b.Order] > 0 {
			at.Add("weight", "required", "others of this order have weights: all or none")
		}
	}
}

func checkDocuments(f *kernel.FieldErrors, path string, docs []DocumentForm) {
	checkCount(f, path, len(docs), MaxList)
	for i := range docs {
		docs[i].check(f.Index(path, i))
	}
}

func (d *DocumentForm) check(f *kernel.FieldErrors) {
	checkCode(f, "kind", d.Kind, true)
	checkSecret(f, "file_name", d.FileName)
	kernel.CheckText(f, "media_type", d.MediaType, MaxName, false)
	kernel.CheckText(f, "uri", d.URI, MaxName, false)
	if d.Size < 0 {
		f.Add("size", "range", "not negative")
	}
	hex := func(c rune) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
	if d.SHA256 != "" && (len(d.SHA256) != 64 || slices.ContainsFunc([]rune(d.SHA256), func(c rune) bool { return !hex(c) })) {
		f.Add("sha256", "format", "64 hexadecimal digits")
	}
}

// against notes where the form does not fit the product, and fills in what the product
// leaves no choice of.
func (in *Form) against(f *kernel.FieldErrors, p *Product) {
	d := &p.Design
	if in.Currency != "" && in.Currency != p.Currency {
		f.Add("currency", "product", "the product is in %s", p.Currency)
	}
	if len(d.Channels) > 0 && !slices.Contains(d.Channels, in.Channel) {
		f.Add("channel", "product", "the product is not sold through this channel")
	}
	if in.Term.IsZero() && len(d.Terms) == 1 {
		in.Term = d.Terms[0]
	}
	if !in.Term.IsZero() && !slices.Contains(d.Terms, in.Term) {
		f.Add("term", "product", "the product has no such term")
	}
	if in.PayMode == "" && len(d.PayModes) == 1 {
		in.PayMode = d.PayModes[0]
	}
	switch {
	case in.PayMode == "":
	case !slices.Contains(d.PayModes, in.PayMode):
		f.Add("pay_mode", "product", "the product is not paid so")
	case !in.Term.IsZero() && in.PayMode.Instalments(in.Term) == 0:
		f.Add("pay_mode", "product", "does not divide the term")
	}
	in.Items = in.items(f, d)
	for i, it := range in.Disclosures {
		if !slices.Contains(d.Questions, it.Question) {
			f.Index("disclosures", i).Add("question", "unknown", "the product does not ask this")
		}
	}
}

// items returns what is applied for, with the fixed limits of the product.
func (in *Form) items(f *kernel.FieldErrors, d *Design) []Item {
	items := slices.Clone(in.Items)
	for i := range items {
		at := f.Index("items", i)
		switch c := d.coverage(items[i].Coverage); {
		case c == nil:
			at.Add("coverage", "unknown", "the product has no such coverage")
		case c.Basis == Fixed && !items[i].SumInsured.IsZero() && !items[i].SumInsured.Equal(c.Limit):
			at.Add("sum_insured", "product", "the product fixes the limit")
		case c.Basis == Fixed:
			items[i].SumInsured = c.Limit
		default:
			kernel.CheckAmount(at, "sum_insured", items[i].SumInsured, d.Currency)
		}
	}
	for _, c := range d.Coverages {
		if c.Basis == Fixed && !c.Optional && !slices.ContainsFunc(items, func(it Item) bool { return it.Coverage == c.Code }) {
			items = append(items, Item{c.Code, c.Limit})
		}
	}
	return items
}

// complete notes what an application still needs before it can be submitted.
func (a *Application) complete(f *kernel.FieldErrors, d *Design) {
	if a.Term.IsZero() {
		f.Add("term", "required", "choose one of the product's terms")
	}
	if a.PayMode == "" {
		f.Add("pay_mode", "required", "choose one of the product's modes of payment")
	}
	if len(a.Items) == 0 {
		f.Add("items", "required", "choose what is to be covered")
	}
	for i, it := range a.Items {
		if !it.SumInsured.IsPositive() {
			f.Index("items", i).Add("sum_insured", "required", "more than zero")
		}
	}
	for _, c := range d.Coverages {
		if !c.Optional && !slices.ContainsFunc(a.Items, func(it Item) bool { return it.Coverage == c.Code }) {
			f.Add("items", "required", "coverage %s is part of the product", c.Code)
		}
	}
}

// sumInsured is what all items cover for so many insured; false when it is too much to
// write down. An item that is too much by itself is told elsewhere and not counted.
func sumInsured(items []Item, lives int) (decimal.Decimal, bool) {
	total := decimal.Zero
	for _, it := range items {
		if kernel.FitsAmount(it.SumInsured) == nil {
			total = total.Add(it.SumInsured)
		}
	}
	total = total.Mul(decimal.NewFromInt(int64(lives)))
	return total, kernel.FitsAmount(total) == nil
}
