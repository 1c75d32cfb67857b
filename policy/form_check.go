package policy

import (
	"slices"

	"github.com/coverkit/crm/kernel"
)

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
