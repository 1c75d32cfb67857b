package crm_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// lenient goes on where a story would end: after a jump of the clock a command may be
// refused, and those that build on it.
type lenient struct{ testing.TB }

func (lenient) Fatalf(string, ...any) {}
func (lenient) Fatal(...any)          {}
func (lenient) Errorf(string, ...any) {}
func (lenient) Error(...any)          {}

// jumps are what a clock may do in the middle of everything.
var jumps = map[string][]time.Duration{
	"back an hour":          {-time.Hour},
	"back a day":            {-24 * time.Hour},
	"forward ten years":     {10 * 365 * 24 * time.Hour},
	"ten years and back":    {10 * 365 * 24 * time.Hour, -10 * 365 * 24 * time.Hour},
	"back an hour, and set": {-time.Hour, time.Hour},
}

// The clock jumps before any of an office's acts. Each act ends well or is refused in words
// that a caller understands; the order of the history is that of the steps, rows and
// journal agree, no time is spent before it began, and lists can be read page by page.
func TestTheClockJumps(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	chance := torture.Rand(t)
	undisturbed, _ := jump(t, -1, nil)
	for name, by := range jumps {
		n := torture.Rounds(6, undisturbed)
		for _, at := range chance.Perm(undisturbed)[:n] {
			_, w := jump(t, at, by)
			w.inOrder(t)
			w.sound(t)
			if t.Failed() {
				t.Fatalf("%s before act %d", name, at)
			}
		}
		t.Logf("%s: %d times", name, n)
	}
}

// jump tells the office's story and lets the clock jump before an act, and again ten acts
// later; it returns the number of acts.
func jump(t *testing.T, at int, by []time.Duration) (acts int, w *world) {
	t.Helper()
	w = &world{store: memory.New(), dialect: "memory", keys: keysOfAll(), clock: kernel.NewManualClock(noon)}
	w.CRM = got(crm.Open(owner, w.store, releaseConfig(w)))(t)
	o := openOffice(t, w.CRM, "", w.clock)
	if at >= 0 {
		o.TB = lenient{t}
	}
	o.between = func() {
		for i, d := range by {
			if acts == at+10*i {
				w.clock.Advance(d)
			}
		}
		acts++
	}
	o.after = func(a act) {
		if a.err != nil && !slices.ContainsFunc(slices.Collect(maps.Values(sentinels)), func(kind error) bool { return errors.Is(a.err, kind) }) {
			t.Errorf("%s: not an error for callers: %v", a.action, a.err)
		}
	}
	func() {
		defer func() {
			if p := recover(); p != nil && at < 0 { // else the story misses what was refused; the library's own panics are errors
				panic(p)
			}
		}()
		o.work()
	}()
	got(w.Tasks.Sweep(owner))(t)
	return acts, w
}

// inOrder checks what has an order, after a clock that has jumped.
func (w *world) inOrder(t *testing.T) {
	t.Helper()
	err := w.guarded().View(owner, func(tx *storage.GuardTx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{Order: []storage.Order{journal.ColSeq.Asc()}})
		versions := map[kernel.ID]int64{}
		for _, e := range entries {
			if e.SubjectVersion <= versions[e.SubjectID] {
				t.Errorf("%s %s: version %d comes after %d", e.Kind, e.Event, e.SubjectVersion, versions[e.SubjectID])
			}
			versions[e.SubjectID] = e.SubjectVersion
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(page kernel.List) (kernel.Page[task.Task], error) {
		return w.Tasks.List(owner, task.Filter{}, page)
	}
	for _, tk := range paged(t, list) {
		for what, at := range map[string]time.Time{"ended": tk.EndedAt, "paused": tk.PausedAt} {
			if !at.IsZero() && at.Before(tk.OpenedAt) {
				t.Errorf("%s was %s at %v, opened at %v", tk.Clock, what, at, tk.OpenedAt)
			}
		}
	}
	paged(t, func(page kernel.List) (kernel.Page[task.Task], error) { return w.Tasks.Overdue(owner, page) })
	paged(t, func(page kernel.List) (kernel.Page[claim.Claim], error) {
		return w.Claims.List(owner, claim.Filter{}, page)
	})
	paged(t, func(page kernel.List) (kernel.Page[customer.Visit], error) {
		return w.Visits.List(owner, customer.VisitFilter{}, page)
	})
}

// paged reads a list at once and in pages of two, which must be the same.
func paged[T any](t *testing.T, list func(kernel.List) (kernel.Page[T], error)) []T {
	t.Helper()
	all := got(list(everything))(t).Items
	var paged []T
	for at := (kernel.List{Limit: 2}); len(paged) <= len(all); {
		page := got(list(at))(t)
		paged = append(paged, page.Items...)
		if at.After = page.Next; at.After == "" {
			break
		}
	}
	if diff := cmp.Diff(fmt.Sprint(all), fmt.Sprint(paged)); diff != "" {
		t.Errorf("page by page it is another list:\n%s", diff)
	}
	return all
}
