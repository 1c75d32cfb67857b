package reveal_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

func (w *world) looks(t *testing.T) []string {
	t.Helper()
	page, err := reveal.New(w.Engine).List(auditor, reveal.Filter{}, kernel.List{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range page.Items {
		out = append(out, string(a.PersonRef))
	}
	slices.Sort(out)
	return out
}

// Everybody whose data was opened has the look on record, and nobody else.
func TestEachPersonHasTheLook(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		parts []reveal.Part
		want  []string
		rows  int
	}{
		{nil, []string{"zhang"}, 1},
		{[]reveal.Part{"pages"}, []string{"li", "zhang"}, 2}, // the empty page is left out
		{[]reveal.Part{reveal.History}, []string{"zhang"}, 1},
		{[]reveal.Part{"diaries", "pages", reveal.History}, []string{"li", "zhang"}, 4},
	} {
		w := newWorld()
		rows, err := w.open(agent, tt.parts...)
		if looks := w.looks(t); err != nil || len(rows) != tt.rows || !slices.Equal(looks, tt.want) {
			t.Errorf("%v: %d rows, looks at %v, %v", tt.parts, len(rows), looks, err)
		}
		err = w.Store().View(agent, func(tx *storage.GuardTx) error {
			report, err := journal.Verify(tx, append(reveal.Subjects(), subjects...))
			if err == nil && !report.OK() {
				t.Error(report.Faults)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Of several people one was erased: what is left can still be read.
func TestOneOfSeveralIsErased(t *testing.T) {
	t.Parallel()
	w := newWorld()
	err := w.Store().Update(agent, func(tx *storage.GuardTx) error {
		key, err := storage.One[storage.DataKey](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.Ref]("person").Eq("zhang")}})
		if err != nil {
			return err
		}
		key.Wrapped, key.DestroyedAt = nil, noon
		return tx.Save(key)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := w.open(agent, "pages")
	if err != nil || len(rows) != 2 || !rows[0].Erased || rows[0].Values != nil || rows[1].Values["text"] != "Li was late" {
		t.Errorf("%+v, %v", rows, err)
	}
	if looks := w.looks(t); !slices.Equal(looks, []string{"li"}) {
		t.Errorf("looks at %v", looks)
	}
	if rows, err := w.open(agent); !errors.Is(err, storage.ErrErased) || rows != nil {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestFaultsOfAList(t *testing.T) {
	t.Parallel()
	s := reveal.New(newWorld().Engine)
	for name, x := range map[string]struct {
		in   reveal.Filter
		want error
	}{
		"a key that is none":    {reveal.Filter{Case: "x"}, kernel.ErrNotFound},
		"a person that is none": {reveal.Filter{Person: "a\nb"}, kernel.ErrInvalid},
		"a strange kind":        {reveal.Filter{Kind: "a\x00"}, kernel.ErrInvalid},
	} {
		if _, err := s.List(officer, x.in, kernel.List{}); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Get(auditor, kernel.NewID()); !errors.Is(err, kernel.ErrNotFound) {
		t.Error(err)
	}
	if _, err := reveal.Open(agent, newWorld().Engine, subjects, "riddle", kernel.NewID(), reveal.Purpose{Text: privacy.New("x")}); err == nil {
		t.Error("a kind without tables was opened")
	}
	if reveal.Parts(subjects, "riddle") != nil {
		t.Error("parts of nothing")
	}
}
