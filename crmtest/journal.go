package crmtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/storage"
)

// RequireEvent fails the test and ends it unless these things happened to the subject, in
// this order; others may lie between. It returns their entries in the journal, for a look
// at facts, actor or time.
func RequireEvent(t testing.TB, w *World, kind string, id crm.ID, events ...string) []crm.Entry {
	t.Helper()
	all, err := w.history(kind, id)
	if err != nil {
		t.Fatalf("the journal of %s %s: %v", kind, id, err)
	}
	found := inOrder(all, events)
	if len(found) < len(events) {
		t.Fatalf("%s %s: no %s%s; the journal has %s", kind, id, events[len(found)], behind(found), tell(all))
	}
	return found
}

// RequireNoEvent fails the test and ends it when any of these things happened to the
// subject. One that is not in the journal at all has had nothing happen to it.
func RequireNoEvent(t testing.TB, w *World, kind string, id crm.ID, events ...string) {
	t.Helper()
	all, err := w.history(kind, id)
	if err != nil {
		t.Fatalf("the journal of %s %s: %v", kind, id, err)
	}
	for _, event := range events {
		if len(inOrder(all, []string{event})) > 0 {
			t.Fatalf("%s %s: %s happened; the journal has %s", kind, id, event, tell(all))
		}
	}
}

// history returns all that happened to a subject of the tenant "".
func (w *World) history(kind string, id crm.ID) (all []crm.Entry, err error) {
	err = w.guarded.View(w.Owner(), func(tx *storage.GuardTx) error {
		all, err = journal.History(tx, kind, id)
		return err
	})
	return all, err
}

// inOrder returns the entries of the first of these events, as far as they are there.
func inOrder(all []crm.Entry, events []string) (found []crm.Entry) {
	for _, e := range all {
		if len(found) < len(events) && e.Event == events[len(found)] {
			found = append(found, e)
		}
	}
	return found
}

func behind(found []crm.Entry) string {
	if len(found) == 0 {
		return ""
	}
	return " after " + tell(found)
}

func tell(all []crm.Entry) string {
	if len(all) == 0 {
		return "nothing of it"
	}
	parts := make([]string, len(all))
	for i, e := range all {
		parts[i] = fmt.Sprintf("%s by %s", e.Event, e.Actor)
	}
	return strings.Join(parts, ", ")
}
