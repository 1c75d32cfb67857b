package crm_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// zones are where clocks do everything that clocks do: nothing, halves and quarters of an
// hour, changes at midnight, in the night and of half an hour, and a day left out.
var zones = []string{
	"UTC", "Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Europe/London", "Asia/Kolkata", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "America/St_Johns", "America/Sao_Paulo", "Asia/Tehran",
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	return got(time.LoadLocation(name))(t)
}

// elsewhere is a host's clock that shows another zone, and nanoseconds.
type elsewhere struct {
	*kernel.ManualClock
	loc *time.Location
}

func (c elsewhere) Now() time.Time { return c.ManualClock.Now().In(c.loc).Add(789) }

// transitions are the instants at which a zone's clocks are changed, from 1992, when the
// holder of the stories is old enough, to 2037.
func transitions(loc *time.Location) (out []time.Time) {
	last := time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC).In(loc); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(last) {
			return out
		}
		if !end.After(at) { // the time package may end a leap year a day early
			at = at.Add(24 * time.Hour)
			continue
		}
		at = end
		out = append(out, at)
	}
}

// critical are the instants at which stories are told: around each change of the clocks of
// each zone, and around the beginnings of days that not every year or month has.
func critical(t testing.TB) (out []moment) {
	t.Helper()
	for _, name := range zones {
		loc := zone(t, name)
		around := transitions(loc)
		for _, d := range []kernel.Date{
			kernel.NewDate(2024, 2, 29), kernel.NewDate(2028, 2, 29), kernel.NewDate(2000, 2, 29), kernel.NewDate(2026, 1, 31),
			kernel.NewDate(2026, 12, 31), kernel.NewDate(2027, 1, 1), kernel.NewDate(2011, 12, 30), kernel.NewDate(2037, 12, 31),
		} {
			around = append(around, d.In(loc))
		}
		for _, at := range around {
			for _, by := range []time.Duration{-time.Second, 0, time.Second} {
				out = append(out, moment{name, at.Add(by)})
			}
		}
	}
	return out
}

type moment struct {
	zone string
	at   time.Time
}

// tellAt tells a story that begins at the moment, under a policy whose days are the zone's,
// to a library whose clock shows that of shown.
func tellAt(t testing.TB, m moment, shown string) (*world, *tale) {
	t.Helper()
	w := &world{store: memory.New(), dialect: "memory", keys: keysOfAll(), clock: kernel.NewManualClock(m.at)}
	cfg := w.config()
	cfg.Clock = elsewhere{w.clock, zone(t, shown)}
	w.CRM = got(crm.Open(owner, w.store, cfg))(t)
	s := &tale{product: got(w.Products.Publish(manager, accident()))(t)}
	s.customer = got(w.Customers.Register(agent, zhang()))(t)
	form := wish(s.customer.ID.Ref())
	form.Zone = m.zone
	s.policy = got(w.Applications.IssueDirect(agent, form))(t)
	w.clock.Advance(24 * time.Hour)
	w.pay(t, s)
	c := got(w.Complaints.Receive(owner, complaint.Receipt{Anonymous: true, Content: secret("no answer")}))(t)
	got(w.Complaints.Accept(clerk, c.ID, complaint.Acceptance{}))(t)
	w.clock.Advance(40 * 24 * time.Hour)
	return w, s
}

// keysOfAll are the keys of all stories: to make them takes longer than to tell one.
var keysOfAll = sync.OnceValue(newKeys)

// A life told at any instant leaves the same rows wherever the host's clock hangs; the
// deadlines are of Beijing's days, the cover of the policy's own; what is read is what
// happened, to the microsecond; the order of the history is the order of the steps.
func TestStoriesAtEveryChangeOfClocks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	all := critical(t)
	chance := torture.Rand(t)
	n := torture.Rounds(24, len(all))
	for i, pick := range chance.Perm(len(all))[:n] {
		m := all[pick]
		w, s := tellAt(t, m, m.zone)
		if i%8 == 0 {
			plain, _ := tellAt(t, m, "UTC")
			if diff := cmp.Diff(plain.holds(t), w.holds(t)); diff != "" {
				t.Errorf("%v: the host's clock hangs in UTC (-) and in %s (+):\n%s", m.at, m.zone, diff)
			}
		}
		got(w.Tasks.Sweep(owner))(t)
		w.told(t, m, s)
		if t.Failed() {
			t.Fatalf("the story that begins at %v", m)
		}
	}
	t.Logf("%d of %d stories", n, len(all))
}

// told checks a story that began at the moment.
func (w *world) told(t testing.TB, m moment, s *tale) {
	t.Helper()
	w.sound(t)
	loc, beijing := zone(t, m.zone), time.FixedZone("CST", 8*3600)
	p := got(w.Policies.Get(agent, s.policy.ID))(t)
	if day := kernel.DateOf(m.at.In(loc)); !p.From.Equal(m.at) || p.Begins != day || p.Ends != day.AddYears(1) || !p.To.Equal(p.Ends.In(loc)) {
		t.Errorf("issued at %v: cover from %v to %v, days %s to %s", m.at.In(loc), p.From.In(loc), p.To.In(loc), p.Begins, p.Ends)
	}
	for at, want := range map[time.Time]bool{
		p.From.Add(-time.Microsecond): false, p.From: true, p.To.Add(-time.Microsecond): true, p.To: false,
	} {
		if in := got(w.Policies.CoverAt(agent, p.ID.Ref(), at))(t); in.InForce != want {
			t.Errorf("cover at %v: %t (%s)", at, in.InForce, in.WhyNot)
		}
	}
	c := got(w.Claims.Get(adjuster, s.claim.ID))(t)
	if want := m.at.Add(23 * time.Hour); !c.OccurredAt.Equal(want) || c.OccurredAt.Location() != time.UTC || c.LossOn != kernel.DateOf(want.In(loc)) || c.State != claim.Closed {
		t.Errorf("a loss at %v, of %s; claim %s", c.OccurredAt, c.LossOn, c.State)
	}
	before := m.at
	for i, e := range got(w.Claims.History(auditor, c.ID))(t) {
		if e.At.Before(before) || e.SubjectVersion != int64(i+1) || e.At.Location() != time.UTC {
			t.Errorf("entry %d of version %d at %v, after one at %v", i+1, e.SubjectVersion, e.At, before)
		}
		before = e.At
	}
	units := map[rulebook.Unit]int{}
	for _, tk := range got(w.Tasks.List(owner, task.Filter{}, everything))(t).Items {
		if tk.DueOn == 0 || len(tk.Timer.Begun) == 0 {
			continue
		}
		unit := tk.Timer.Begun[0].Unit
		units[unit]++
		end := tk.DueOn.AddDays(1).Time().Add(-8 * time.Hour)
		if unit != rulebook.Hour && !tk.DueAt.Equal(end) || kernel.DateOf(tk.DueAt.Add(-1).In(beijing)) != tk.DueOn || tk.DueAt.Before(tk.OpenedAt) {
			t.Errorf("%s (%s) is due on %s, before %v", tk.Clock, unit, tk.DueOn, tk.DueAt)
		}
	}
	if len(units) < 2 {
		t.Errorf("deadlines of %v", units)
	}
}

// Cover of one term ends at the instant at which that of the next begins, whatever the
// clocks do: no gap, no overlap.
func TestCoverWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	w := inMemory(t)
	in := accident()
	in.Terms, in.CoolingOffDays = []policy.Term{{Years: 1}, {Months: 1}, {Months: 6}, {Years: 4}}, 15
	got(w.Products.Publish(manager, in))(t)
	person := got(w.Customers.Register(agent, zhang()))(t)
	n := 0
	for _, name := range zones {
		loc := zone(t, name)
		for _, start := range []kernel.Date{
			kernel.NewDate(2028, 2, 29), kernel.NewDate(2027, 1, 31), kernel.NewDate(2027, 8, 31), kernel.NewDate(2027, 3, 28),
			kernel.NewDate(2027, 10, 31), kernel.NewDate(2027, 12, 31),
		} {
			for i, term := range in.Terms {
				if !torture.Soak() && (n/3+i)%4 != 0 {
					continue
				}
				on := start
				var last policy.Policy
				for range 3 {
					form := wish(person.ID.Ref())
					form.Zone, form.Inception, form.Term = name, on, term
					form.Receipts[0].Reference = kernel.Ref(fmt.Sprint("bank-", n))
					p := got(w.Applications.IssueDirect(agent, form))(t)
					if want := on.In(loc); !p.From.Equal(want) || p.Begins != on || !p.To.Equal(p.Ends.In(loc)) || !p.From.Before(p.To) {
						t.Errorf("%s from %s for %v: %v to %v", name, on, term, p.From, p.To)
					}
					if want := on.AddYears(term.Years).AddMonths(term.Months); p.Ends != want {
						t.Errorf("%s for %v ends on %s, want %s", on, term, p.Ends, want)
					}
					if n++; last.ID != "" && !last.To.Equal(p.From) {
						t.Errorf("%s: one ends at %v, the next begins at %v", name, last.To, p.From)
					}
					last, on = p, p.Ends
				}
			}
		}
	}
	t.Logf("%d policies", n)
	w.sound(t)
}

// hung tells a process that it tells the office's story, and where.
const hung = "CRM_TEST_ZONE"

// The process, the host's clock and the database session may each be in another zone: the
// whole work of an office leaves the same.
func TestTheOfficeIsTheSameInEveryZone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	if which := os.Getenv(hung); which != "" {
		var where [4]string // dialect, place, and the zones of clock and session
		copy(where[:], strings.Split(which, "|"))
		w := &world{dialect: where[0], where: where[1], keys: keysOfAll(), clock: kernel.NewManualClock(noon)}
		if where[0] == "postgres" {
			w.where = inZone(w.where, where[3])
		}
		w.store = connect(t, w.dialect, w.where)
		if here, there := noon.Local().Format(time.RFC3339), noon.In(zone(t, os.Getenv("TZ"))).Format(time.RFC3339); here != there {
			t.Fatalf("this process is not in %s: %s", os.Getenv("TZ"), here)
		}
		w.work(t, where[2])
		fmt.Printf("left %x\n", w.digest(t))
		return
	}
	w := &world{store: memory.New(), dialect: "memory", keys: keysOfAll(), clock: kernel.NewManualClock(noon)}
	w.work(t, "UTC")
	want := fmt.Sprintf("left %x\n", w.digest(t))
	for i, name := range zones {
		if !torture.Soak() && i%6 != 3 {
			continue
		}
		for dialect, where := range map[string]func(testing.TB) string{
			"sqlite": func(t testing.TB) string { return filepath.Join(t.TempDir(), "crm.db") }, "postgres": pgtest.DSN,
		} {
			t.Run(dialect+"/"+name, func(t *testing.T) {
				t.Parallel()
				cmd := exec.Command(os.Args[0], "-test.run=^TestTheOfficeIsTheSameInEveryZone$", "-test.count=1") //nolint:gosec // ourselves
				cmd.Env = append(os.Environ(), "TZ="+name, hung+"="+strings.Join([]string{
					dialect, where(t), zones[(i+5)%len(zones)], zones[(i+8)%len(zones)],
				}, "|"))
				out := string(got(cmd.CombinedOutput())(t))
				if !strings.Contains(out, want) {
					t.Errorf("%s\nwant %s", out, want)
				}
			})
		}
	}
}

// work does the office's work with a clock that shows a zone.
func (w *world) work(t testing.TB, shown string) {
	t.Helper()
	cfg := releaseConfig(w)
	cfg.Clock = elsewhere{w.clock, zone(t, shown)}
	w.CRM = got(crm.Open(owner, w.store, cfg))(t)
	if err := w.Migrate(owner); err != nil {
		t.Fatal(err)
	}
	openOffice(t, w.CRM, "", w.clock).work()
	w.sound(t)
}

func (w *world) digest(t testing.TB) [32]byte {
	t.Helper()
	return sha256.Sum256(got(json.Marshal(w.holds(t)))(t))
}

// inZone makes the sessions of a PostgreSQL database stand in a zone.
func inZone(dsn, name string) string {
	if strings.Contains(dsn, "://") {
		if strings.Contains(dsn, "?") {
			return dsn + "&timezone=" + name
		}
		return dsn + "?timezone=" + name
	}
	return dsn + " timezone=" + name
}
