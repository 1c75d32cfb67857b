package survey

import (
	"regexp"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// What a campaign may wait for. A host may name other events of the form "kind:state"
// and tell of them by [OnTrigger].
const (
	ClaimClosed      = "claim:closed"
	ComplaintReplied = "complaint:replied"
	PolicyReceived   = "delivery:acknowledged"
	ServiceDelivered = "service_order:delivered"
)

var triggerForm = regexp.MustCompile(`^[a-z][a-z_]{0,30}:[a-z][a-z_]{0,30}$`)

// Periods that plans may leave out.
const (
	DefaultRestDays   = 30 // between two invitations of one customer
	DefaultAnswerDays = 14 // to answer, from the day on which the invitation was sent
	NoRest            = -1 // RestDays of a campaign that asks also those who were asked yesterday
)

// Plan is a survey campaign as it was worked out (调查方案): purpose, whom, how and when
// (SP 1.1.39). Exactly one of List, Query and Trigger says whom.
type Plan struct {
	Code          string         `json:"code"` // 1 to 64 bytes, unique; stays
	Title         workflow.Label `json:"title"`
	Purpose       string         `json:"purpose"` // at most 5000 characters; nothing about a person
	Questionnaire kernel.ID      `json:"questionnaire"`
	Branch        string         `json:"branch,omitzero"` // whose campaign it is; empty: everybody's
	Method        Method         `json:"method"`

	List    []Contact `json:"-"`                // handed in; kept beside the plan
	Query   string    `json:"query,omitzero"`   // for [Audience]; 1 to 64 bytes
	Trigger string    `json:"trigger,omitzero"` // [ClaimClosed], …: whoever it happens to

	From kernel.Date `json:"from,omitzero"` // first day; zero: as soon as it is started
	To   kernel.Date `json:"to,omitzero"`   // last day; zero: until it is closed

	PerMille   int    `json:"per_mille,omitzero"`   // size of the sample, 1 to 1000; 0: everybody
	Seed       string `json:"seed,omitzero"`        // of the sample; empty: the code
	RestDays   int    `json:"rest_days,omitzero"`   // 0: that of the Config; 1 to 3660, or [NoRest]
	AnswerDays int    `json:"answer_days,omitzero"` // 1 to 365; 0: [DefaultAnswerDays]
	Reminders  int    `json:"reminders,omitzero"`   // at most so many to a customer, 0 to 5

	Low Thresholds `json:"low,omitzero"`
}

// Thresholds say which scores are low: those below. Zero: none is.
type Thresholds struct {
	CSAT int `json:"csat,omitzero"` // to 5
	NPS  int `json:"nps,omitzero"`  // to 10
	CES  int `json:"ces,omitzero"`  // to 7
}

// of returns the threshold of a kind.
func (t Thresholds) of(k Kind) int {
	switch k {
	case CSAT:
		return t.CSAT
	case NPS:
		return t.NPS
	case CES:
		return t.CES
	}
	return 0
}

// check notes every fault of the plan. queries says that there is somebody to ask for
// the audience of a query.
func (p *Plan) check(f *kernel.FieldErrors, queries bool) {
	kernel.CheckRef(f, "code", kernel.Ref(p.Code))
	checkLabel(f, "title", p.Title)
	checkBoth(f, "title", p.Title)
	kernel.CheckText(f, "purpose", p.Purpose, MaxText, true)
	if blank(p.Purpose) {
		f.Add("purpose", "required", "say what the survey is for")
	}
	if _, err := kernel.ParseID(string(p.Questionnaire)); err != nil {
		f.Add("questionnaire", "format", "not the key of a questionnaire")
	}
	checkOptional(f, "branch", p.Branch)
	if !p.Method.Known() {
		f.Add("method", "unknown", "online, phone, interview or paper")
	}
	p.audience(f, queries)
	kernel.CheckDate(f, "from", p.From)
	kernel.CheckDate(f, "to", p.To)
	if p.To != 0 && p.To < p.From {
		f.Add("to", "range", "before the first day")
	}
	checkRange(f, "per_mille", p.PerMille, 0, 1000)
	checkOptional(f, "seed", p.Seed)
	if p.RestDays != NoRest {
		checkRange(f, "rest_days", p.RestDays, 0, 3660)
	}
	checkRange(f, "answer_days", p.AnswerDays, 0, 365)
	checkRange(f, "reminders", p.Reminders, 0, 5)
	checkRange(f.At("low"), "csat", p.Low.CSAT, 0, 5)
	checkRange(f.At("low"), "nps", p.Low.NPS, 0, 10)
	checkRange(f.At("low"), "ces", p.Low.CES, 0, 7)
}

func (p *Plan) audience(f *kernel.FieldErrors, queries bool) {
	named := 0
	for _, given := range [...]bool{len(p.List) > 0, p.Query != "", p.Trigger != ""} {
		if given {
			named++
		}
	}
	switch {
	case named == 0:
		f.Add("audience", "required", "a survey of nobody: name customers, a query or a trigger")
	case named > 1:
		f.Add("audience", "conflict", "one of customers, query and trigger")
	}
	if checkOptional(f, "query", p.Query); p.Query != "" && !queries {
		f.Add("query", "unsupported", "nobody was given who finds customers by a query")
	}
	if p.Trigger != "" && !triggerForm.MatchString(p.Trigger) {
		f.Add("trigger", "format", "of the form kind:state")
	}
	if checkCount(f, "list", len(p.List), MaxList); len(p.List) > MaxList {
		return
	}
	seen := make(map[string]bool, len(p.List))
	for i := range p.List {
		c, at := &p.List[i], f.Index("list", i)
		c.check(at)
		if once := string(c.Customer) + " " + c.once(); seen[once] {
			at.Add("customer", "duplicate", "on the list before")
		} else {
			seen[once] = true
		}
	}
}

// settled returns the plan with what it left out.
func (p Plan) settled(cfg *Config) Plan {
	if p.Seed == "" {
		p.Seed = p.Code
	}
	if p.RestDays == 0 {
		p.RestDays = cfg.RestDays
	}
	if p.AnswerDays == 0 {
		p.AnswerDays = DefaultAnswerDays
	}
	p.List = nil
	return p
}

// rest is how long a customer must not have been invited.
func (p *Plan) rest() time.Duration {
	return time.Duration(max(p.RestDays, 0)) * 24 * time.Hour
}
