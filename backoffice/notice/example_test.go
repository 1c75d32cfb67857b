package notice_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/kernel"
)

// A room sends letters inside its own commands; notify is such a command.
func ExampleSend() {
	w := inMemory()
	m := w.open(new(testing.T))
	err := w.notify(m.ID, notice.Message{Kind: "refusal", Channel: "sms", Template: "refusal/3"})
	for _, l := range w.letters(new(testing.T), "matter", m.ID) {
		fmt.Println(l.Kind, "to", l.To, "sent", l.DispatchedAt.Format(time.DateTime), err)
	}
	// Output: refusal to c-1 sent 2026-11-22 04:00:00 <nil>
}

// A letter is sent, and later it is known to be there.
func ExampleArrived() {
	w := inMemory()
	m := w.open(new(testing.T))
	_ = w.notify(m.ID, notice.Message{Kind: "refusal", Channel: "registered letter"})
	l := w.letters(new(testing.T), "matter", m.ID)[0]
	w.clock.Advance(24 * time.Hour)
	err := w.notify(m.ID, notice.Message{Sent: l.ID, Proof: "RL-77"})
	l = w.letters(new(testing.T), "matter", m.ID)[0]
	fmt.Println(l.ArrivedAt.Format(time.DateTime), l.Proof, err)
	fmt.Println(w.notify(m.ID, notice.Message{Sent: l.ID}))
	// Output:
	// 2026-11-23 04:00:00 RL-77 <nil>
	// the notice has arrived already: not allowed in this state
}

// Everything that is wrong comes back at once.
func ExampleMessage_Check() {
	var f kernel.FieldErrors
	notice.Message{Kind: "gossip", Channel: "line one\nline two"}.Check(f.At("notice"), "acceptance", "reply")
	fmt.Println(f.Err())
	// Output: invalid input: notice.kind: not a kind of notice; notice.channel: control characters are not allowed
}
