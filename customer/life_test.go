package customer_test

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

func TestMatrices(t *testing.T) {
	t.Parallel()
	compare := func(file string, with func(*os.File) ([]string, error)) {
		f, err := os.Open("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		diffs, err := with(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diffs {
			t.Errorf("%s: %s", file, d)
		}
	}
	compare("customer.matrix", func(f *os.File) ([]string, error) { return matrix.Compare(customer.Lifecycle, f) })
	compare("visit.matrix", func(f *os.File) ([]string, error) { return matrix.Compare(customer.VisitLife, f) })
}

// An archive rests, wakes, is archived and taken back; every step is in its history.
func TestTheLifeOfAnArchive(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		for _, step := range []struct {
			name string
			do   func() (customer.Customer, error)
			want customer.State
		}{
			{"rest", func() (customer.Customer, error) { return w.Rest(archivist, c.ID, secret("")) }, customer.Dormant},
			{"wake", func() (customer.Customer, error) { return w.Wake(agent, c.ID, secret("called us")) }, customer.Active},
			{"archive", func() (customer.Customer, error) { return w.Archive(archivist, c.ID, secret("")) }, customer.Archived},
			{"restore", func() (customer.Customer, error) { return w.Restore(archivist, c.ID, secret("is back")) }, customer.Active},
		} {
			got, err := step.do()
			if err != nil || got.State != step.want || got.Name != "张三" {
				t.Fatalf("%s: %+v, %v", step.name, got, err)
			}
		}
		history, err := w.History(auditor, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var events []string
		for _, e := range history {
			events = append(events, e.Event)
		}
		if want := []string{"Register", "Rest", "Wake", "Archive", "Restore"}; !slices.Equal(events, want) {
			t.Errorf("history: %v", events)
		}
		if _, err := w.Restore(archivist, c.ID, secret("again")); !errors.Is(err, kernel.ErrState) {
			t.Errorf("restored twice: %v", err)
		}
		if _, err := w.Archive(agent, c.ID, secret("")); !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("an agent archives: %v", err)
		}
	})
}

func TestDeath(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		for want, in := range map[string]customer.Death{
			"on required":     {Reason: secret("told")},
			"on future":       {On: kernel.NewDate(2026, 11, 23), Reason: secret("told")},
			"on conflict":     {On: kernel.NewDate(1989, 12, 31), Reason: secret("told")},
			"on range":        {On: kernel.NewDate(9999, 12, 31), Reason: secret("told")},
			"reason required": {On: kernel.NewDate(2026, 11, 20)},
		} {
			if got := faults(t, second(w.RecordDeath(archivist, c.ID, in))); !slices.Contains(got, want) {
				t.Errorf("%s: got %q", want, got)
			}
		}
		dead, err := w.RecordDeath(as(access.Adjuster), c.ID, customer.Death{On: kernel.NewDate(2026, 11, 20), Reason: secret("death certificate")})
		if err != nil || dead.State != customer.Deceased || !dead.Died.IsSealed() {
			t.Fatalf("%+v, %v", dead, err)
		}
		if p := w.reveal(t, c.ID, customer.FieldVital); string(p.Died) != "2026-11-20" {
			t.Errorf("died %q", string(p.Died))
		}
		if _, err := w.Archive(archivist, c.ID, secret("")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Restore(archivist, c.ID, secret("mistake")); !errors.Is(err, kernel.ErrState) {
			t.Errorf("restored from the dead: %v", err)
		}
	})
}

func TestMerge(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		a := w.register(t, zhang())
		b := w.register(t, person("张三丰", kernel.NewDate(1990, 1, 1), 905))
		company := w.register(t, customer.Registration{
			Party: customer.Organisation, Name: "甲公司", Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: secret("95500")}},
		})
		because := secret("one person: two cards")
		if got := faults(t, second(w.Merge(archivist, a.ID, customer.Merger{Into: company.ID, Reason: because}))); !slices.Equal(got, []string{"into conflict"}) {
			t.Errorf("merged into a company: %q", got)
		}
		for want, in := range map[string]customer.Merger{
			"into unknown":    {Into: kernel.NewID(), Reason: because},
			"into conflict":   {Into: a.ID, Reason: because},
			"reason required": {Into: b.ID},
		} {
			if got := faults(t, second(w.Merge(archivist, a.ID, in))); !slices.Equal(got, []string{want}) {
				t.Errorf("%s: got %q", want, got)
			}
		}
		merged, err := w.Merge(archivist, a.ID, customer.Merger{Into: b.ID, Reason: because})
		if err != nil || merged.State != customer.Merged || merged.MergedInto != b.ID {
			t.Fatalf("%+v, %v", merged, err)
		}
		if got := faults(t, second(w.Merge(archivist, b.ID, customer.Merger{Into: a.ID, Reason: because}))); !slices.Equal(got, []string{"into state"}) {
			t.Errorf("merged in a circle: %q", got)
		}
		if basics, err := w.directory.Basics(agent, a.ID.Ref()); err != nil || basics.ID != b.ID {
			t.Errorf("the directory does not lead on: %+v, %v", basics, err)
		}
		if _, err := w.Amend(agent, a.ID, customer.Amendment{Name: ptr("x")}); !errors.Is(err, kernel.ErrState) {
			t.Errorf("a merged archive was amended: %v", err)
		}
		back, err := w.Unmerge(archivist, a.ID, secret("they are two"))
		if err != nil || back.State != customer.Active || back.MergedInto != "" {
			t.Fatalf("%+v, %v", back, err)
		}
		if _, err := w.Merge(archivist, a.ID, customer.Merger{Into: b.ID, Reason: because}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Amend(agent, b.ID, customer.Amendment{Marital: ptr(customer.Single)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Unmerge(archivist, a.ID, secret("they are two")); !errors.Is(err, kernel.ErrState) {
			t.Errorf("undone though something was written since: %v", err)
		}
		moves, err := w.Allowed(archivist, a.ID)
		if err != nil || len(moves.Allowed) != 0 {
			t.Errorf("allowed: %v, %v", moves.Allowed, err)
		}
	})
}

// Two clerks merge two archives into each other at the same moment: one succeeds.
func TestMergeRace(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		a := w.register(t, zhang())
		b := w.register(t, person("张三丰", kernel.NewDate(1990, 1, 1), 905))
		errs := make(chan error, 2)
		go func() { errs <- second(w.Merge(archivist, a.ID, customer.Merger{Into: b.ID, Reason: secret("same")})) }()
		go func() { errs <- second(w.Merge(archivist, b.ID, customer.Merger{Into: a.ID, Reason: secret("same")})) }()
		one, two := <-errs, <-errs
		if (one == nil) == (two == nil) {
			t.Errorf("%v, %v", one, two)
		}
		if basics, err := w.directory.Basics(agent, a.ID.Ref()); err != nil || basics.State != customer.Active {
			t.Errorf("%+v, %v", basics, err)
		}
	})
}

func TestVerify(t *testing.T) {
	t.Parallel()
	w := newMemory()
	in := zhang()
	in.Document.Expires = kernel.NewDate(2026, 11, 20)
	c := w.register(t, in)
	verify := func(v customer.Verification) error { return second(w.Verify(as(access.Adjuster), c.ID, v)) }
	if got := faults(t, verify(customer.Verification{Section: "attic", At: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)})); !slices.Equal(got, []string{"section unknown", "how required", "at range"}) {
		t.Errorf("%q", got)
	}
	if got := faults(t, verify(customer.Verification{Section: customer.SectionBasic, How: customer.ByCall, At: noon.Add(time.Second)})); !slices.Equal(got, []string{"at future"}) {
		t.Errorf("%q", got)
	}
	if got := faults(t, verify(customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal})); !slices.Equal(got, []string{"section expired"}) {
		t.Errorf("%q", got)
	}
	lastDay := time.Date(2026, 11, 20, 15, 59, 0, 0, time.UTC) // 23:59 in Beijing
	if err := verify(customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal, At: lastDay}); err != nil {
		t.Error(err)
	}
	if err := verify(customer.Verification{Section: customer.SectionBasic, How: customer.ByCall}); err != nil {
		t.Error(err)
	}
	c, err := w.Get(agent, c.ID)
	if err != nil || !c.VerifiedAt.Equal(noon) || c.VerifiedHow != customer.ByCall || !c.DocumentChecked.At.Equal(lastDay) || c.Source != customer.FromCustomer {
		t.Errorf("%+v, %v", c.Standing, err)
	}
}

// What is given for a reason is checked like everything else.
func TestReasons(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	for _, reason := range []privacy.Secret{secret("a\x00b"), secret("\xff"), c.Employer} {
		if _, err := w.Rest(archivist, c.ID, reason); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%v", err)
		}
	}
}
