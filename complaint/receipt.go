package complaint

import (
	"time"

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
	Reason          privacy.Secret // why; needed with AcceptDuplicate, and kept in any case
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
