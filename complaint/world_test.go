package complaint_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon in Beijing on the day on which all stories begin.
var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// The people of the stories.
var (
	handler = as("li", access.ComplaintHandler)
	second  = as("chen", access.ComplaintHandler)
	manager = as("wang", access.Manager)
	other   = as("zhao", access.Manager)
	agent   = as("zhou", access.Agent)
	auditor = as("sun", access.Auditor)
	owner   = kernel.WithActor(context.Background(), kernel.Owner)
)

func as(id string, role kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: []kernel.Role{role}})
}

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func text(s string) privacy.Secret { return privacy.New(s) }

func day(d int) kernel.Date { return kernel.NewDate(2026, 11, d) }

// world is an insurer with its complaints, wired as the library wires them.
type world struct {
	*complaint.Service
	engine *engine.Engine
	store  *storage.Guarded
	clock  *kernel.ManualClock
}

func newWorld(store storage.Store) *world { return newWorldWith(store, complaint.Config{}) }

func newWorldWith(store storage.Store, cfg complaint.Config) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	w := &world{clock: kernel.NewManualClock(noon), store: storage.Guard(store, keys)}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(complaint.Grants()), access.Table{
		{Role: access.ComplaintHandler, What: complaint.AuthorityCompensate, UpTo: yuan("500")},
		{Role: access.Manager, What: complaint.AuthorityCompensate, UpTo: yuan("50000")},
	})
	book := cfg.Book
	if book == nil {
		book = rulebook.Default()
	}
	w.engine.Keep(task.NewKeeper(book, complaint.Kinds()...))
	w.Service = complaint.New(w.engine, cfg)
	return w
}

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, newWorld(memory.New())) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, newWorld(onSQLite(t))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, newWorld(onPostgres(t))) })
}

func onSQLite(t *testing.T) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
	return ready(t, s, err)
}

func onPostgres(t *testing.T) *gormstore.Store {
	t.Helper()
	s, err := postgres.Open(pgtest.DSN(t))
	return ready(t, s, err)
}

func ready(t *testing.T, s *gormstore.Store, err error) *gormstore.Store {
	t.Helper()
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// got returns what a call returned and ends the test on its error.
func got[T any](v T, err error) func(tb) T {
	return func(t tb) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func last[T any](_ T, err error) error { return err }

// letter is a complaint as it comes in: about a claim, against a member of the staff.
func letter(customer kernel.Ref) complaint.Receipt {
	return complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: customer}},
		Channel:      "phone",
		About:        complaint.Topic{Policy: "P-1", Claim: "C-" + customer, Product: "accident-a", Line: kernel.Accident},
		Against:      []complaint.Accused{{Kind: complaint.Person, Party: "zhou"}},
		Content:      text("nobody called me back"),
		Demand:       text("an apology"),
	}
}

func (w *world) receive(t tb, in complaint.Receipt) complaint.Complaint {
	t.Helper()
	return got(w.Receive(handler, in))(t)
}

var service = complaint.Classification{Category: complaint.CategoryService}

// classified takes a new complaint to its classification.
func (w *world) classified(t tb, in complaint.Receipt, as complaint.Classification) complaint.Complaint {
	t.Helper()
	c := w.receive(t, in)
	got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	return got(w.Classify(handler, c.ID, as))(t)
}

// deciding takes a new complaint, handled by li, to the end of its investigation.
func (w *world) deciding(t tb, in complaint.Receipt, as complaint.Classification) complaint.Complaint {
	t.Helper()
	c := w.classified(t, in, as)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
	return w.concluded(t, handler, c.ID)
}

// concluded ends the investigation: everybody complained of has done wrong.
func (w *world) concluded(t tb, who context.Context, id kernel.ID) complaint.Complaint {
	t.Helper()
	var found []complaint.Found
	for _, r := range got(w.Respondents(auditor, id))(t) {
		found = append(found, complaint.Found{Respondent: r.ID, Justified: true, Facts: text("so it was")})
	}
	if len(found) == 0 {
		found = append(found, complaint.Found{Facts: text("nobody's fault")})
	}
	return got(w.Conclude(who, id, complaint.Conclusion{Findings: found}))(t)
}

var apology = complaint.Decision{Measures: text("the agent is trained"), Apology: true}

// answer is a reply that arrives as it is sent.
func (w *world) answer() complaint.Answer {
	return complaint.Answer{Notice: complaint.Message{Channel: "letter", Text: text("we are sorry"), ArrivedAt: w.clock.Now()}}
}

// replied takes a new complaint to its reply.
func (w *world) replied(t tb, in complaint.Receipt) complaint.Complaint {
	t.Helper()
	c := w.deciding(t, in, service)
	got(w.Resolve(handler, c.ID, apology))(t)
	return got(w.Reply(handler, c.ID, w.answer()))(t)
}

func (w *world) events(t tb, id kernel.ID) []string {
	t.Helper()
	var events []string
	for _, e := range got(w.History(auditor, id))(t) {
		events = append(events, e.Event)
	}
	return events
}

// fact returns what the last entry of the history says.
func (w *world) fact(t tb, id kernel.ID, name string) any {
	t.Helper()
	all := got(w.History(auditor, id))(t)
	return all[len(all)-1].Facts[name]
}

// days moves the clock.
func (w *world) days(n int) { w.clock.Advance(time.Duration(n) * 24 * time.Hour) }

// sound holds the journal against all rows.
func (w *world) sound(t tb) {
	t.Helper()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		all := complaint.Subjects()
		all[0].Parts = append(slices.Clone(all[0].Parts), task.Part())
		report, err := journal.Verify(tx, append(all, reveal.Subjects()...))
		if err == nil && !report.OK() {
			t.Error("the journal does not agree with the rows:", report.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tb is what tests of testing and of rapid have in common.
type tb interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}
