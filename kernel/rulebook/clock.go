package rulebook

// Clock sets rules to work on a case: what begins, ends, stops and lengthens a period.
// Besides the facts that it is given, it knows "state": the state after the event.
// It is data: one entry of the embedded tables, or of a host's. Values that a book
// returns are not to be changed.
type Clock struct {
	ID   string `json:"id"`   // usually the rule's
	Case string `json:"case"` // kind of the subject on which the task stands: "claim"
	Rule string `json:"rule"` // whose period runs first

	Opens   []Trigger `json:"opens"`
	Meets   []Trigger `json:"meets,omitempty"`
	MetAt   string    `json:"met_at,omitempty"` // the time fact that tells when it was met, or fell away: "dispatched_at"; default: the event's time
	Cancels []Trigger `json:"cancels,omitempty"`

	Restarts  []Trigger `json:"restarts,omitempty"`   // the period begins anew with this event; pauses that were over by then are forgotten
	RestartAt string    `json:"restart_at,omitempty"` // the time fact of the event that tells from when; "", or a fact that is not known: the event's time
	Rebases   []Trigger `json:"rebases,omitempty"`    // the base is read again from the fact Base, unless the period began anew since
	Owed      string    `json:"owed,omitempty"`       // the date fact of Rebases that the last day does not come after

	Pauses []ClockPause `json:"pauses,omitempty"`
	Stages []ClockStage `json:"stages,omitempty"`
	Also   []ClockAlso  `json:"also,omitempty"`
	Drive  string       `json:"drive,omitempty"` // which date counts when there are several: "earliest" (default) or "latest"
	Base   string       `json:"base,omitempty"`  // the time or date fact from which the period runs; "", or a fact that is not known: the event's time

	When   []Condition `json:"when,omitempty"`   // all must hold for it to open, besides the rule's lines
	Unless []string    `json:"unless,omitempty"` // other clocks: it opens only where none of them would hold
	Agreed string      `json:"agreed,omitempty"` // the number fact that comes before the rule's amount: what the contract says
	Bound  string      `json:"bound,omitempty"`  // the agreed number is held "at_least" or "at_most" at the rule's amount; "" is free
	Figure *Period     `json:"figure,omitempty"` // the company's own figure for a rule that names none ("promptly")

	Queue    string  `json:"queue,omitempty"`    // the role whose task it is
	Warn     *Period `json:"warn,omitempty"`     // before the end
	Escalate []Rung  `json:"escalate,omitempty"` // after the end
	Repeat   bool    `json:"repeat,omitempty"`   // met, it begins anew at once
	Promise  bool    `json:"promise,omitempty"`  // its day is what the customer is promised
	Survives bool    `json:"survives,omitempty"` // it does not end with the case
	Off      bool    `json:"off,omitempty"`      // switched off; for hosts

	Text Label `json:"text"` // what has to be done
}

// ClockPause stops a clock. Where Begins is given, From alone stops nothing until the fact
// At is known, at once or by what Begins: a notice stops the clock when it arrives. Else a
// fact that is not known leaves the event's time.
type ClockPause struct {
	From    []Trigger `json:"from"`               // what stops it
	Begins  []Trigger `json:"begins,omitempty"`   // tells later when the stop took effect: a notice has arrived
	Until   []Trigger `json:"until"`              // what lets it go on
	Once    bool      `json:"once,omitempty"`     // only the first pause counts
	At      string    `json:"at,omitempty"`       // the time fact of From and Begins; "": the event's time
	UntilAt string    `json:"until_at,omitempty"` // the time fact of Until; "", or a fact that is not known: the event's time
}

// ClockStage lets another rule's period take over.
type ClockStage struct {
	On   []Trigger `json:"on"`
	Rule string    `json:"rule"`
	From string    `json:"from,omitempty"` // "base" (default): from the clock's own base; "event": from this event

	When   []Condition `json:"when,omitempty"`   // if there are any and all hold when the clock opens, it is taken at once
	Agreed string      `json:"agreed,omitempty"` // as [Clock.Agreed], for this rule; [Clock.Bound] holds for it too
}

// ClockAlso puts a further date on the same clock.
type ClockAlso struct {
	On   []Trigger `json:"on"`
	Rule string    `json:"rule"`
	Base string    `json:"base,omitempty"` // as [Clock.Base]
}

// Rung is one step of the ladder after a period has ended.
type Rung struct {
	After Period `json:"after"`
	To    string `json:"to"` // a role
}

// Label is what people read, in English and in Chinese. Both are required.
type Label struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// In returns the label in the language of a tag such as "en", "zh" or "zh-CN".
// English is what every other language gets.
func (l Label) In(lang string) string {
	if chinese(lang) {
		return l.ZH
	}
	return l.EN
}

// Unattached says why a rule has no clock.
type Unattached struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`            // "no_workflow", "principle", "threshold", "window", "retention", "counting", "guard", "other_party", "organisation", "not_verified"
	Note string `json:"note,omitempty"` // what is missing, or who asks it
}
