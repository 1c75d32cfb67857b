package complaint_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage/memory"
)

// Ten years of insurers: complaints come, are handled, suspended, extended, answered, taken
// back, merged and complained of again at any moment; sweeps come when they like, or for
// months not at all. Every warning, breach and escalation is the one that a calendar on
// paper gives, at its instant and once; so is every promised day; and mergers buy no time.
func TestTenYears(t *testing.T) {
	t.Parallel()
	r := torture.Rand(t)
	done := map[string]int{}
	for range torture.Rounds(10, 500) { // insurers of a hundred complaints each
		tenYears(t, rand.New(rand.NewPCG(r.Uint64(), 0)), done)
		if t.Failed() {
			return
		}
	}
	t.Log(done)
	for name := range commands {
		if done[name] == 0 && !testing.Short() {
			t.Errorf("%s never happened", name)
		}
	}
}

// insurer is one insurer and the same on paper.
type insurer struct {
	*world
	*rand.Rand
	t     *testing.T
	tasks *task.Service
	all   []*matter
	by    map[kernel.ID]*matter
	open  []*matter // that may still change
}

var beginning = time.Date(2020, 3, 2, 1, 0, 0, 0, time.UTC) // the second day of the measure

const complaintsOfOne = 100

func tenYears(t *testing.T, r *rand.Rand, done map[string]int) {
	t.Helper()
	w := newWorld(memory.New())
	keeper := task.NewKeeper(rulebook.Default(), complaint.Kinds()...)
	w.engine.Keep(keeper)
	w.clock.Set(beginning)
	s := &insurer{world: w, Rand: r, t: t, tasks: task.New(w.engine, keeper), by: map[kernel.ID]*matter{}}
	asleep := false
	for len(s.open) > 0 || len(s.all) < complaintsOfOne {
		s.wait()
		if r.IntN(40) == 0 {
			asleep = !asleep
		}
		if !asleep && r.IntN(3) > 0 {
			done["sweeps"]++
			s.sweep()
		}
		if len(s.all) < complaintsOfOne && (len(s.open) == 0 || r.IntN(14) == 0) {
			s.receive()
		}
		if len(s.open) > 0 {
			s.step(s.open[r.IntN(len(s.open))], done)
		}
	}
	done["years"] += int(w.clock.Now().Sub(beginning).Hours() / 24 / 365)
	w.days(100)
	s.sweep()
	for _, m := range s.all {
		s.compare(m)
	}
	w.sound(t)
}

// wait lets some time pass: often to the very instant that matters to somebody, or the
// last before it.
func (s *insurer) wait() {
	now := s.clock.Now()
	if len(s.open) > 0 && s.IntN(3) == 0 {
		m := s.open[s.IntN(len(s.open))]
		for _, d := range m.duties {
			if d.end != "" || d.due.IsZero() {
				continue
			}
			at := []time.Time{d.warnAt(), d.due, d.on.AddDays(2).In(beijing)}[s.IntN(3)]
			if at = at.Add(-time.Duration(s.IntN(2)) * time.Microsecond); at.After(now) && at.Sub(now) < 10*24*time.Hour {
				s.clock.Set(at)
				return
			}
		}
	}
	most := []time.Duration{0, time.Hour, 24 * time.Hour, 5 * 24 * time.Hour}[s.IntN(4)]
	if len(s.open) == 0 || s.IntN(40) == 0 {
		most = 110 * 24 * time.Hour
	}
	s.clock.Advance(time.Duration(s.Int64N(int64(most) + 1)))
}

func (s *insurer) sweep() {
	if swept, err := s.tasks.Sweep(owner); err != nil || swept.Failed > 0 {
		s.t.Fatalf("%+v, %v", swept, err)
	}
	for _, m := range s.all {
		m.sweep(s.clock.Now())
	}
}

// ago is an instant not long ago, but not before what it follows.
func (s *insurer) ago(after time.Time) time.Time {
	now := s.clock.Now()
	if s.IntN(2) == 0 || !after.Before(now) {
		return now
	}
	return kernel.Instant(now.Add(-time.Duration(s.Int64N(min(int64(now.Sub(after)), int64(20*24*time.Hour)) + 1))))
}

// who works on the complaint: nobody who handled the first one decides the second.
func (m *matter) who() (context.Context, kernel.Ref) {
	if m.level == 2 {
		return other, "chen"
	}
	return manager, "li"
}

func (s *insurer) receive() {
	in := letter(kernel.Ref(fmt.Sprintf("c-%d", s.IntN(4))))
	in.AcceptDuplicate, in.Reason = true, text("another one")
	in.ReceivedAt = s.ago(beginning)
	c := got(s.Receive(manager, in))(s.t)
	m := &matter{id: c.ID, customer: c.Customer, level: 1, received: in.ReceivedAt}
	m.open()
	s.add(m)
}

func (s *insurer) add(m *matter) {
	m.promise()
	s.all, s.open = append(s.all, m), append(s.open, m)
	s.by[m.id] = m
}

// step gives the complaint a command. What the library refuses has not happened.
func (s *insurer) step(m *matter, done map[string]int) {
	c := got(s.Get(owner, m.id))(s.t)
	names := []string{"onward", "onward", "onward", "facts", "suspend", "continue", "continue", "extend", "again", "progress", "progress", "arrived", "withdraw", "refuse", "merge", "merge"}
	name := names[s.IntN(len(names))]
	if (name == "withdraw" || name == "refuse") && s.IntN(4) > 0 {
		return
	}
	err := commands[name](s, m, &c)
	switch {
	case err == nil:
		done[name]++
		m.tale(name, s.clock.Now())
	case !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, errNothing):
		s.t.Fatalf("%s: %v", name, err)
	}
	s.check(name, m)
}

// check holds the promised day, and the day of the task, against the paper.
func (s *insurer) check(name string, m *matter) {
	c := got(s.Get(owner, m.id))(s.t)
	if m.promise(); c.PromisedBy != m.promised {
		s.t.Fatalf("after %s: promised by %s, want %s\n%s", name, c.PromisedBy, m.promised, strings.Join(m.story, "\n"))
	}
	if m.answer.end == "" && !m.answer.due.IsZero() && !c.Suspended {
		if on := s.world.promised(s.t, m.id); on != m.answer.on {
			s.t.Fatalf("after %s: the task is due on %s, want %s\n%s", name, on, m.answer.on, strings.Join(m.story, "\n"))
		}
	}
}

// compare holds all tasks and all that is written of them against the paper.
func (s *insurer) compare(m *matter) {
	type row struct {
		What, State, Queue    string
		On                    kernel.Date
		Due, Warned, Breached time.Time
		Level                 int
	}
	var have, want []row
	for _, k := range got(s.tasks.List(owner, task.Filter{Case: m.id}, kernel.List{Limit: kernel.MaxLimit}))(s.t).Items {
		have = append(have, row{k.Clock, string(k.State), string(k.Queue), k.DueOn, k.DueAt, k.WarnedAt, k.BreachedAt, int(k.Level)})
	}
	for _, d := range m.duties {
		queue := access.ComplaintHandler
		if d.level > 0 {
			queue = access.Manager
		}
		want = append(want, row{d.what, d.end, string(queue), d.on, d.due, d.warned, d.late, d.level})
	}
	if diff := cmp.Diff(want, have); diff != "" {
		s.t.Errorf("tasks (-paper +library):\n%s\n%s", diff, strings.Join(m.story, "\n"))
	}
	var log []step
	for _, e := range got(s.History(owner, m.id))(s.t) {
		list, _ := e.Facts["tasks"].([]any)
		for _, f := range list {
			f := f.(map[string]any)
			if event := f["event"].(string); event == "Warn" || event == "Breach" || event == "Escalate" {
				log = append(log, step{e.At, f["what"].(string), event})
			}
		}
	}
	byWhat := func(a, b step) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return slices.Compare([]string{a.What, a.Step}, []string{b.What, b.Step})
	}
	slices.SortStableFunc(log, byWhat)
	slices.SortStableFunc(m.log, byWhat)
	if diff := cmp.Diff(m.log, log); diff != "" {
		s.t.Errorf("history (-paper +library):\n%s\n%s", diff, strings.Join(m.story, "\n"))
	}
}
