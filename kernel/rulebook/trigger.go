package rulebook

import (
	"strings"

	"github.com/coverkit/crm/kernel"
)

// Trigger names what moves a clock: "claim.File" is an event, "claim:approved" the
// entering of a state. Facts that must be so follow in brackets:
// "claim.Notify[kind=refusal]", "visit:completed[kind=new_policy,level=1]". They are
// looked for in the event's facts and then in the case's, and compared as text.
type Trigger string

// ParseTrigger checks the form of a trigger. Whether there is such an event or state,
// [Book.Check] tells. The error is a [kernel.ErrInvalid].
func ParseTrigger(s string) (Trigger, error) {
	_, err := parse(Trigger(s))
	if err != nil {
		return "", err
	}
	return Trigger(s), nil
}

// trigger is the parsed form.
type trigger struct {
	key   key
	where []equal
}

// key finds the triggers of a happening.
type key struct {
	kind, name string
	state      bool // name is a state that is entered, else an event
}

type equal struct{ fact, value string }

var errTrigger = kernel.Invalid("", "trigger", `not of the form "kind.Event", "kind:state" or "kind.Event[fact=value,…]"`)

func parse(t Trigger) (trigger, error) {
	var p trigger
	head, tail, conditional := strings.Cut(string(t), "[")
	if conditional {
		inside, closed := strings.CutSuffix(tail, "]")
		if !closed {
			return p, errTrigger
		}
		for part := range strings.SplitSeq(inside, ",") {
			fact, value, ok := strings.Cut(part, "=")
			if !ok || !word(fact) || !word(value) {
				return p, errTrigger
			}
			p.where = append(p.where, equal{fact, value})
		}
	}
	kind, name, isState := strings.Cut(head, ":")
	if !isState {
		var isEvent bool
		if kind, name, isEvent = strings.Cut(head, "."); !isEvent {
			return p, errTrigger
		}
	}
	if !word(kind) || !word(name) || upper(kind) || upper(name) == isState {
		return p, errTrigger
	}
	p.key = key{kind, name, isState}
	return p, nil
}

// word reports whether s is made of letters, digits and underscores.
func word(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= kernel.MaxRef
}

// upper reports whether the word begins as the name of an event.
func upper(s string) bool { return s[0] >= 'A' && s[0] <= 'Z' }

// matches reports whether the facts are as the brackets say.
func (t *trigger) matches(h *Happening) bool {
	for _, e := range t.where {
		v, _ := h.fact(e.fact)
		if s, ok := text(v); !ok || s != e.value {
			return false
		}
	}
	return true
}
