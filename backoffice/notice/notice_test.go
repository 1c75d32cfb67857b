package notice_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// A refusal leaves the house, and three days later its receipt comes back.
func TestALetterIsSentAndArrives(t *testing.T) {
	t.Parallel()
	w := inMemory()
	m := w.open(t)
	if err := w.notify(m.ID, notice.Message{
		Kind: "refusal", Channel: "registered letter", Template: "refusal/3", Text: privacy.New("Dear Mr Li, …"),
	}); err != nil {
		t.Fatal(err)
	}
	l := w.letters(t, "matter", m.ID)[0]
	if l.To != "c-1" || l.Person() != "c-1" || !l.DispatchedAt.Equal(noon) || !l.ArrivedAt.IsZero() || !l.Reached().Equal(noon) || !l.Text.IsSealed() {
		t.Errorf("%+v", l)
	}
	want := journal.Facts{
		"kind": "refusal", "letter": string(l.ID), "channel": "registered letter", "template": "refusal/3", "dispatched_at": "2026-11-22T04:00:00Z",
	}
	if d := cmp.Diff(want, w.facts(t, m.ID)); d != "" {
		t.Error(d)
	}

	w.clock.Advance(72 * time.Hour)
	if err := w.notify(m.ID, notice.Message{Sent: l.ID, ArrivedAt: noon.Add(70 * time.Hour), Proof: "RL-77"}); err != nil {
		t.Fatal(err)
	}
	l = w.letters(t, "matter", m.ID)[0]
	if l.Proof != "RL-77" || !l.Reached().Equal(noon.Add(70*time.Hour)) || l.Version != 2 {
		t.Errorf("%+v", l)
	}
	want["arrived"], want["arrived_at"] = true, "2026-11-25T02:00:00Z"
	if d := cmp.Diff(want, w.facts(t, m.ID)); d != "" {
		t.Error(d)
	}
	if err := w.notify(m.ID, notice.Message{Sent: l.ID}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("it arrived again: %v", err)
	}
	if r := w.verify(t); !r.OK() {
		t.Error(r.Faults)
	}
}

// Who hands a letter over knows both times at once.
func TestALetterHandedOver(t *testing.T) {
	t.Parallel()
	w := inMemory()
	m := w.open(t)
	at := noon.Add(-time.Hour)
	if err := w.notify(m.ID, notice.Message{Kind: "reply", To: "c-2", DispatchedAt: at, ArrivedAt: at, Proof: "signed"}); err != nil {
		t.Fatal(err)
	}
	if l := w.letters(t, "matter", m.ID)[0]; l.To != "c-2" || !l.DispatchedAt.Equal(at) || !l.ArrivedAt.Equal(at) || l.Proof != "signed" {
		t.Errorf("%+v", l)
	}
	if f := w.facts(t, m.ID); f["arrived_at"] != "2026-11-22T03:00:00Z" || f["arrived"] != true {
		t.Errorf("%v", f)
	}
}

func TestEveryFaultOfAMessageIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := inMemory()
	m := w.open(t)
	year0 := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	var sealed privacy.Secret
	if err := sealed.Scan([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		in    notice.Message
		paths []string
	}{
		{"nothing", notice.Message{}, []string{"letter.kind"}},
		{"a kind of another room", notice.Message{Kind: "voucher"}, []string{"letter.kind"}},
		{"everything", notice.Message{
			Kind: "gossip", To: "a\x00", Channel: strings.Repeat("c", 65), Template: "\n", Proof: "\xff",
			DispatchedAt: year0, ArrivedAt: year0, Text: privacy.New(strings.Repeat("x", notice.MaxText+1)),
		}, []string{"letter.kind", "letter.to", "letter.channel", "letter.template", "letter.proof", "letter.dispatched_at", "letter.arrived_at", "letter.text"}},
		{"stored text", notice.Message{Kind: "reply", Text: sealed}, []string{"letter.text"}},
		{"from the future", notice.Message{Kind: "reply", DispatchedAt: noon.Add(time.Microsecond)}, []string{"dispatched_at"}},
		{"there tomorrow", notice.Message{Kind: "reply", ArrivedAt: noon.Add(time.Hour)}, []string{"arrived_at"}},
		{"there before it left", notice.Message{Kind: "reply", ArrivedAt: noon.Add(-time.Microsecond)}, []string{"arrived_at"}},
	} {
		err := w.notify(m.ID, tt.in)
		var fe *kernel.FieldErrors
		if !errors.As(err, &fe) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var paths []string
		for _, f := range fe.Faults {
			paths = append(paths, f.Path)
		}
		if d := cmp.Diff(tt.paths, paths); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if n := len(w.letters(t, "matter", m.ID)); n != 0 {
		t.Errorf("%d letters were written", n)
	}
}

// A letter needs an addressee; a case without one must be told whom.
func TestALetterToNobody(t *testing.T) {
	t.Parallel()
	w := inMemory()
	q := w.openQuarrel(t)
	if err := w.notifyQuarrel(q.ID, notice.Message{Kind: "reply"}); !errors.Is(err, kernel.ErrInvalid) {
		t.Error(err)
	}
	if err := w.notifyQuarrel(q.ID, notice.Message{Kind: "reply", To: "the regulator"}); err != nil {
		t.Error(err)
	}
}

// The letters of one case are not seen from another, of the same kind or not.
func TestLettersOfOtherCasesDoNotExist(t *testing.T) {
	t.Parallel()
	w := inMemory()
	m, other, q := w.open(t), w.open(t), w.openQuarrel(t)
	if err := w.notify(m.ID, notice.Message{Kind: "reply"}); err != nil {
		t.Fatal(err)
	}
	l := w.letters(t, "matter", m.ID)[0]
	for name, err := range map[string]error{
		"another matter":  w.notify(other.ID, notice.Message{Sent: l.ID}),
		"a quarrel":       w.notifyQuarrel(q.ID, notice.Message{Sent: l.ID}),
		"no such letter":  w.notify(m.ID, notice.Message{Sent: kernel.NewID()}),
		"no key":          w.notify(m.ID, notice.Message{Sent: "x"}),
		"the matter's id": w.notify(m.ID, notice.Message{Sent: m.ID}),
	} {
		if !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(w.letters(t, "quarrel", m.ID)); n != 0 {
		t.Errorf("%d letters under the wrong kind", n)
	}
}

// Two kinds of case share the table: each journal accounts for its own rows, and a row
// that nobody wrote is named once.
func TestSharedTablesAreVerified(t *testing.T) {
	t.Parallel()
	w := inMemory()
	m, q := w.open(t), w.openQuarrel(t)
	if err := errors.Join(w.notify(m.ID, notice.Message{Kind: "reply"}), w.notifyQuarrel(q.ID, notice.Message{Kind: "reply", To: "c-3"})); err != nil {
		t.Fatal(err)
	}
	if r := w.verify(t); !r.OK() || r.Rows != 4 {
		t.Fatalf("%+v", r)
	}
	stranger := &notice.Letter{CaseKind: "quarrel", CaseID: kernel.NewID(), Kind: "reply", To: "c-9", DispatchedAt: noon}
	stranger.ID = kernel.NewID()
	if err := w.guard.Update(clerk, func(tx *storage.GuardTx) error { return tx.Insert(stranger) }); err != nil {
		t.Fatal(err)
	}
	if r := w.verify(t); len(r.Faults) != 1 || r.Faults[0].What != journal.RowUnknown || r.Faults[0].Row != string(stranger.ID) {
		t.Errorf("%v", r.Faults)
	}
}

// However letters are sent and arrive, none is there before it left, in the future, or
// lost, and the journal agrees.
func TestLettersInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := inMemory()
		m := w.open(t)
		sent := 0
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				in := notice.Message{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), DispatchedAt: when(t, w, "sent"), ArrivedAt: when(t, w, "there")}
				if err := w.notify(m.ID, in); err == nil {
					sent++
				} else if !errors.Is(err, kernel.ErrInvalid) {
					t.Fatal(err)
				}
			},
			"arrive": func(t *rapid.T) {
				all := w.letters(t, "matter", m.ID)
				if len(all) == 0 {
					t.Skip("no letters")
				}
				l := rapid.SampledFrom(all).Draw(t, "letter")
				err := w.notify(m.ID, notice.Message{Sent: l.ID, ArrivedAt: when(t, w, "there")})
				if again := !l.ArrivedAt.IsZero(); again != errors.Is(err, kernel.ErrState) {
					t.Fatalf("arrived at %s: %v", l.ArrivedAt, err)
				}
			},
			"wait": func(t *rapid.T) {
				w.clock.Advance(time.Duration(rapid.IntRange(0, 1e6).Draw(t, "µs")) * time.Microsecond)
			},
			"": func(t *rapid.T) {
				all := w.letters(t, "matter", m.ID)
				if len(all) != sent {
					t.Fatalf("%d of %d letters", len(all), sent)
				}
				for i, l := range all {
					late := l.DispatchedAt.After(w.clock.Now()) || l.ArrivedAt.After(w.clock.Now())
					if late || !l.ArrivedAt.IsZero() && l.ArrivedAt.Before(l.DispatchedAt) || i > 0 && l.CreatedAt.Before(all[i-1].CreatedAt) {
						t.Fatalf("%+v", l)
					}
				}
				if r := w.verify(t); !r.OK() {
					t.Fatalf("%v", r.Faults)
				}
			},
		})
	})
}

// when is a time around now, or none.
func when(t *rapid.T, w *world, name string) time.Time {
	if rapid.Bool().Draw(t, name+" is known") {
		return w.clock.Now().Add(time.Duration(rapid.IntRange(-1e6, 1e3).Draw(t, name)) * time.Microsecond)
	}
	return time.Time{}
}

func TestTheTableFitsTheRecord(t *testing.T) {
	t.Parallel()
	for name, s := range databases(t) {
		if diffs, err := s.Differences(t.Context(), new(notice.Letter)); err != nil || len(diffs) > 0 {
			t.Errorf("%s: %v, %v", name, diffs, err)
		}
	}
}

// A letter keeps every field on every database, and its text is opened with the key of
// the case's person.
func TestALetterOnDatabases(t *testing.T) {
	t.Parallel()
	for name, s := range databases(t) {
		keys, err := privacy.NewKeys()
		if err != nil {
			t.Fatal(err)
		}
		g := storage.Guard(s, keys)
		l := notice.Letter{
			CaseKind: "matter", CaseID: kernel.NewID(), PersonRef: "c-1", Kind: "reply", To: "c-1", Channel: "app", Template: "reply/1",
			DispatchedAt: noon, ArrivedAt: noon.Add(time.Microsecond), Proof: "P-1", Text: privacy.New("尊敬的客户"),
		}
		if err := g.Update(clerk, func(tx *storage.GuardTx) error {
			u := command.NewUnit(clerk, tx, command.World{Time: noon}, nil, "")
			return u.Insert(&l)
		}); err != nil {
			t.Fatal(name, err)
		}
		err = g.View(clerk, func(tx *storage.GuardTx) error {
			all, err := notice.Of(tx, "matter", l.CaseID)
			if err != nil || len(all) != 1 {
				return errors.Join(err, errors.New("it is not there"))
			}
			got := all[0]
			if plain, err := tx.Open(&got); err != nil || plain["text"] != "尊敬的客户" {
				t.Errorf("%s: %v", name, err)
			}
			got.Text, l.Text = privacy.Secret{}, privacy.Secret{}
			if d := cmp.Diff(l, got, cmp.Comparer(time.Time.Equal)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			return nil
		})
		if err != nil {
			t.Fatal(name, err)
		}
	}
}
