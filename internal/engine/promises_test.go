package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// fullJournal is a store in which nothing fits into the journal any more.
type fullJournal struct{ *memory.Store }

func (s fullJournal) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return s.Store.Update(ctx, func(tx storage.Tx) error { return fn(noEntries{tx}) })
}

type noEntries struct{ storage.Tx }

func (t noEntries) Insert(recs ...storage.Record) error {
	if slices.ContainsFunc(recs, func(r storage.Record) bool { _, entry := r.(*journal.Entry); return entry }) {
		return storage.ErrUnavailable
	}
	return t.Tx.Insert(recs...)
}

// A change and its entry are one: where the entry cannot be written nothing has happened.
func TestWithoutAnEntryNothingHappens(t *testing.T) {
	t.Parallel()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	store, ctx := memory.New(), kernel.WithActor(t.Context(), clerk)
	over := func(s storage.Store) *engine.Engine {
		clock := kernel.NewManualClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
		return engine.New(storage.Guard(s, keys), clock, access.NewRoles(command.Grants(life, access.Staff)), access.Table{})
	}
	sound, full := over(store), over(fullJournal{store})
	l := must(write(ctx, sound, draft{To: "c-1", Text: privacy.New("x")}))
	if _, err := send(ctx, full, l.ID); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("sent without an entry: %v", err)
	}
	if _, err := write(ctx, full, draft{To: "c-1"}); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("written without an entry: %v", err)
	}
	if now := must(command.Get(ctx, sound, life, l.ID)); now.State != "written" || now.Version != 1 {
		t.Errorf("the letter is %s, version %d", now.State, now.Version)
	}
	err = store.View(ctx, func(tx storage.Tx) error {
		n, err := storage.Count[letter](tx)
		if n != 1 {
			t.Errorf("%d letters, of which one has an entry", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	verify(t, ctx, sound)
}

// The same words to another letter, under the key of the first, are no retry.
func TestAKeyBelongsToOneSubject(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	first, second := must(write(ctx, o, draft{To: "c-1"})), must(write(ctx, o, draft{To: "c-2"}))
	must(edit(ctx, o, first.ID, "agreed", "", kernel.Key("k-1")))
	if l, err := edit(ctx, o, second.ID, "agreed", "", kernel.Key("k-1")); !errors.Is(err, kernel.ErrKeyReused) {
		t.Errorf("replayed %t, letter to %s: %v", l.Replayed, l.To, err)
	}
}

// Who may give no command may still ask nothing: questions are granted too.
func TestQuestionsAreGrantedToo(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1"}))
	stranger := kernel.WithActor(ctx, kernel.Actor{ID: "u-9", Roles: []kernel.Role{"visitor"}})
	_, get := command.Get(stranger, o, life, l.ID)
	_, read := command.History(stranger, o, life, l.ID)
	look := o.Look(stranger, "letter.List", func(*command.Unit) error { t.Error("the question was answered"); return nil })
	for name, err := range map[string]error{"get": get, "history": read, "list": look} {
		if !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What somebody gives as a reason stands in the entry sealed, and nowhere else.
func TestTheReasonIsNoFact(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1"}))
	must(edit(ctx, o, l.ID, "new words", "she is ill"))
	e := history(t, ctx, o, l.ID)[1]
	if text := fmt.Sprintf("%#v", e.Facts); strings.Contains(text, "ill") || !e.Reason.IsSealed() {
		t.Errorf("facts %s, reason sealed %t", text, e.Reason.IsSealed())
	}
}

// Numbers are counted on, whatever else happens between two letters.
func TestEachLetterHasANumberOfItsOwn(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	for i := range 4 {
		l, err := write(ctx, o, draft{To: "c-1"})
		if want := fmt.Sprintf("L-2026-%08d", i+1); err != nil || l.Number != want {
			t.Errorf("%s, %v, want %s", l.Number, err, want)
		}
		_, _ = write(ctx, o, draft{}) // refused: it takes no number
	}
}
