package notice

import (
	"fmt"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Case is the record that a letter is about.
type Case struct {
	Kind   string     // "claim"
	ID     kernel.ID  //
	Person kernel.Ref // whose data the text may hold: under that person's key it is sealed
	To     kernel.Ref // who is told where the message names nobody
}

// Send records a letter in the chain of its case; m has been checked with
// [Message.Check]. A letter to nobody, from the future, or there before it was sent is a
// [kernel.FieldErrors]. The event gets the facts "kind", "letter", "channel",
// "template", "dispatched_at" and, when it is known, "arrived_at" and "arrived".
func Send(u *command.Unit, c Case, m Message) (*Letter, error) {
	l := &Letter{
		CaseKind: c.Kind, CaseID: c.ID, PersonRef: c.Person, Kind: m.Kind, To: m.To,
		Channel: m.Channel, Template: m.Template, DispatchedAt: u.Now(), Proof: m.Proof, Text: m.Text,
	}
	if l.To == "" {
		l.To = c.To
	}
	if !m.DispatchedAt.IsZero() {
		l.DispatchedAt = kernel.Instant(m.DispatchedAt)
	}
	var f kernel.FieldErrors
	if l.To == "" {
		f.Add("to", "required", "say who is told")
	}
	if l.DispatchedAt.After(u.Now()) {
		f.Add("dispatched_at", "future", "not sent yet")
	}
	if !m.ArrivedAt.IsZero() {
		l.arrive(u, &f, m.ArrivedAt)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if err := u.Insert(l); err != nil {
		return nil, err
	}
	l.tell(u)
	return l, nil
}

// Arrived records when the letter m.Sent arrived, and the proof if m has one. Letters of
// other cases do not exist. An arrival is told once, for deadlines have run from it
// since: again it is [kernel.ErrState]. The facts are those of [Send].
func Arrived(u *command.Unit, c Case, m Message) (*Letter, error) {
	l, err := find(u, c, m.Sent)
	if err != nil {
		return nil, fmt.Errorf("notice: %w", err)
	}
	if !l.ArrivedAt.IsZero() {
		return nil, fmt.Errorf("the notice has arrived already: %w", kernel.ErrState)
	}
	at := m.ArrivedAt
	if at.IsZero() {
		at = u.Now()
	}
	var f kernel.FieldErrors
	l.arrive(u, &f, at)
	if err := f.Err(); err != nil {
		return nil, err
	}
	if m.Proof != "" {
		l.Proof = m.Proof
	}
	if err := u.Save(l); err != nil {
		return nil, err
	}
	l.tell(u)
	return l, nil
}

func find(tx storage.Tx, c Case, id kernel.ID) (*Letter, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	l, err := storage.Get[Letter](tx, id)
	if err == nil && (l.CaseKind != c.Kind || l.CaseID != c.ID) {
		return nil, kernel.ErrNotFound
	}
	return l, err
}

func (l *Letter) arrive(u *command.Unit, f *kernel.FieldErrors, at time.Time) {
	l.ArrivedAt = kernel.Instant(at)
	if l.ArrivedAt.After(u.Now()) || l.ArrivedAt.Before(l.DispatchedAt) {
		f.Add("arrived_at", "order", "after it was sent, and not in the future")
	}
}

// tell adds what the letter says about deadlines to the event.
func (l *Letter) tell(u *command.Unit) {
	u.Fact("kind", string(l.Kind))
	u.Fact("letter", string(l.ID))
	u.Fact("channel", l.Channel)
	u.Fact("template", l.Template)
	u.Fact("dispatched_at", l.DispatchedAt)
	if !l.ArrivedAt.IsZero() {
		u.Fact("arrived", true)
		u.Fact("arrived_at", l.ArrivedAt)
	}
}
