package survey

import (
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// What a form may hold at most.
const (
	MaxName      = 200   // characters of a title, a question, an option
	MaxText      = 5000  // characters of a free text
	MaxQuestions = 100   // of a questionnaire
	MaxOptions   = 50    // of a question
	MaxList      = 10000 // customers handed in with a campaign; more come by a query
	MaxItems     = 200   // of an inspection sheet
	MaxSweep     = 1000  // invitations of a campaign that are expired at once
)

// Refusals of this room. All are told by errors.Is, also from the kernel's sentinel that
// each of them is.
var (
	// ErrRested says that the customer was invited not long ago, by whichever campaign.
	// It is a [kernel.ErrState].
	ErrRested = fmt.Errorf("the customer was invited not long ago: %w", kernel.ErrState)
	// ErrNoConsent says that the customer may not be asked. It is a [kernel.ErrState].
	ErrNoConsent = fmt.Errorf("the customer may not be asked: %w", kernel.ErrState)
	// ErrOver says that the time to answer is over, the campaign closed, or the invitation
	// ended without an answer. It is a [kernel.ErrState].
	ErrOver = fmt.Errorf("the time to answer is over: %w", kernel.ErrState)
	// ErrUsed says that an invitation was answered before, and not as now. It is a
	// [kernel.ErrKeyReused].
	ErrUsed = fmt.Errorf("the invitation was answered before: %w", kernel.ErrKeyReused)
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// Method is how customers are asked (SP 1.1.38).
type Method string

// The methods.
const (
	Online    Method = "online"    // 在线问卷: with a key
	Phone     Method = "phone"     // 电话调查: staff enter the answers
	Interview Method = "interview" // 访谈调查: staff enter the answers
	Paper     Method = "paper"     // 纸质问卷: staff enter the answers
)

// Known reports whether the method is one of the library's.
func (m Method) Known() bool { return m == Online || m == Phone || m == Interview || m == Paper }

// About is what somebody is asked about, or what was inspected. All of it may be empty;
// Analysis goes by Product, Handler and Channel.
type About struct {
	Kind    string     `gorm:"column:about_kind" json:"kind,omitzero"` // of the case: "claim", "complaint"
	ID      kernel.Ref `gorm:"column:about_id" json:"id,omitzero"`     // the case
	Product string     `gorm:"column:product" json:"product,omitzero"` // its code
	Handler kernel.Ref `gorm:"column:handler" json:"handler,omitzero"` // staff who served
	Channel string     `gorm:"column:channel" json:"channel,omitzero"` // the host's word: "branch", "app"
}

func (a *About) check(f *kernel.FieldErrors) {
	checkOptional(f, "kind", a.Kind)
	checkOptional(f, "id", string(a.ID))
	checkOptional(f, "product", a.Product)
	checkOptional(f, "handler", string(a.Handler))
	checkOptional(f, "channel", a.Channel)
	if a.ID != "" && a.Kind == "" {
		f.Add("kind", "required", "say what kind of case it is")
	}
}

// Contact is who is asked, and about what.
type Contact struct {
	Customer kernel.Ref `json:"customer"`
	Branch   string     `json:"branch,omitzero"` // whose rows invitation and answers are; empty: everybody's
	About
}

func (c *Contact) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "customer", c.Customer)
	checkOptional(f, "branch", c.Branch)
	c.About.check(f)
}

// Grounds says why: a code for statistics and history, and words, which are sealed.
type Grounds struct {
	Code   string // 1 to 64 bytes, no personal data; may be empty
	Reason privacy.Secret
}

func (g Grounds) check(f *kernel.FieldErrors) {
	checkOptional(f, "code", g.Code)
	checkSecret(f, "reason", g.Reason, false)
}

// note tells the journal.
func (g Grounds) note(u *command.Unit) {
	u.Fact("code", g.Code)
	u.Because(g.Reason)
}

func checkOptional(f *kernel.FieldErrors, path, s string) {
	if s != "" {
		kernel.CheckRef(f, path, kernel.Ref(s))
	}
}

func checkLabel(f *kernel.FieldErrors, path string, l workflow.Label) {
	kernel.CheckText(f, path+".en", l.EN, MaxName, false)
	kernel.CheckText(f, path+".zh", l.ZH, MaxName, false)
}

// checkSecret notes a fault unless s is a free text that is not sealed yet.
func checkSecret(f *kernel.FieldErrors, path string, s privacy.Secret, required bool) {
	plain, ok := s.Plain()
	switch {
	case !ok:
		f.Add(path, "sealed", "give the text, not what is stored of another record")
	case blank(plain) && required:
		f.Add(path, "required", "a text is needed")
	default:
		kernel.CheckText(f, path, plain, MaxText, true)
	}
}

func checkCount(f *kernel.FieldErrors, path string, n, most int) {
	if n > most {
		f.Add(path, "length", "at most %d", most)
	}
}

func checkRange(f *kernel.FieldErrors, path string, n, low, high int) {
	if n < low || n > high {
		f.Add(path, "range", "from %d to %d", low, high)
	}
}
