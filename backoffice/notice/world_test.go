package notice_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// matter is the smallest case about which letters are written. Matters and quarrels are
// two kinds of case that keep their letters in one table.
type (
	state  string
	event  string
	matter struct {
		kernel.Root `gorm:"embedded"`
		Name        string `gorm:"column:name"`
		State       state  `gorm:"column:state"`
	}
	quarrel struct {
		matter `gorm:"embedded"`
	}
)

func (*matter) TableName() string  { return "matters" }
func (m *matter) Status() *state   { return &m.State }
func (*quarrel) TableName() string { return "quarrels" }

func table(name string) *workflow.Machine[state, event] {
	label := workflow.Label{EN: name, ZH: name}
	who := []kernel.Role{access.Adjuster}
	return workflow.Must(workflow.New(workflow.Table[state, event]{
		Name: name, Label: label,
		States: []workflow.State[state]{{Name: "open", Class: workflow.Open, Label: label}, {Name: "done", Class: workflow.Ended, Label: label}},
		Rows: []workflow.Row[state, event]{
			{Event: "Open", Create: true, To: "open", Who: who, Label: label, Note: "It begins."},
			{Event: "Notify", AnyOpen: true, Who: who, Label: label, Note: "Somebody is told something."},
			{Event: "End", From: []state{"open"}, To: "done", Who: who, Label: label, Note: "It ends."},
		},
	}))
}

var (
	matters  = &command.Life[matter, state, event]{Kind: "matter", Machine: table("matter")}
	quarrels = &command.Life[quarrel, state, event]{Kind: "quarrel", Machine: table("quarrel")}
	kinds    = []notice.Kind{"refusal", "reply"}
	subjects = []journal.Subjects{
		{Kind: "matter", Root: new(matter), Parts: []journal.Part{notice.Part()}},
		{Kind: "quarrel", Root: new(quarrel), Parts: []journal.Part{notice.Part()}},
	}
)

// noon in Beijing on the day on which all stories begin.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

var clerk = kernel.WithActor(context.Background(), kernel.Actor{ID: "u-7", Roles: []kernel.Role{access.Adjuster}})

type world struct {
	*engine.Engine
	guard *storage.Guarded
	clock *kernel.ManualClock
}

func newWorld(store storage.Store) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	w := &world{guard: storage.Guard(store, keys), clock: kernel.NewManualClock(noon)}
	grants := append(command.Grants(matters, access.Staff), command.Grants(quarrels, access.Staff)...)
	w.Engine = engine.New(w.guard, w.clock, access.NewRoles(grants), access.Table{})
	return w
}

// open opens a matter about customer c-1.
func (w *world) open(t tb) matter {
	t.Helper()
	m, err := command.Create(clerk, w.Engine, matters, command.Creation[matter, event]{
		Event: "Open", Build: func(*command.Unit) (*matter, error) { return &matter{Name: "leak"}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) openQuarrel(t tb) quarrel {
	t.Helper()
	q, err := command.Create(clerk, w.Engine, quarrels, command.Creation[quarrel, event]{
		Event: "Open", Build: func(*command.Unit) (*quarrel, error) { return new(quarrel), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// notify is a room's command: it sends a letter about the matter, or tells that one has
// arrived.
func (w *world) notify(id kernel.ID, in notice.Message, opts ...kernel.Option) error {
	_, err := command.Fire(clerk, w.Engine, matters, id, command.Call[matter, event]{
		Event: "Notify", Input: in, Check: func(f *kernel.FieldErrors) { in.Check(f.At("letter"), kinds...) },
		Apply: func(u *command.Unit, m *matter) error {
			return tell(u, notice.Case{Kind: "matter", ID: m.ID, Person: "c-1", To: "c-1"}, in)
		},
	}, opts...)
	return err
}

func (w *world) notifyQuarrel(id kernel.ID, in notice.Message) error {
	_, err := command.Fire(clerk, w.Engine, quarrels, id, command.Call[quarrel, event]{
		Event: "Notify", Input: in, Check: func(f *kernel.FieldErrors) { in.Check(f, kinds...) },
		Apply: func(u *command.Unit, q *quarrel) error {
			return tell(u, notice.Case{Kind: "quarrel", ID: q.ID}, in) // anonymous: nobody to be told by itself
		},
	})
	return err
}

func tell(u *command.Unit, c notice.Case, in notice.Message) (err error) {
	if in.Sent != "" {
		_, err = notice.Arrived(u, c, in)
	} else {
		_, err = notice.Send(u, c, in)
	}
	return err
}

func (w *world) letters(t tb, kind string, id kernel.ID) (letters []notice.Letter) {
	t.Helper()
	err := w.guard.View(clerk, func(tx *storage.GuardTx) (err error) {
		letters, err = notice.Of(tx, kind, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

// facts returns what the last entry of the matter says.
func (w *world) facts(t tb, id kernel.ID) journal.Facts {
	t.Helper()
	h, err := command.History(clerk, w.Engine, matters, id)
	if err != nil {
		t.Fatal(err)
	}
	return h[len(h)-1].Facts
}

func (w *world) verify(t tb) *journal.Report {
	t.Helper()
	var report *journal.Report
	err := w.guard.View(clerk, func(tx *storage.GuardTx) (err error) {
		report, err = journal.Verify(tx, subjects)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// databases are the stores with tables, besides memory.
func databases(t *testing.T) map[string]*gormstore.Store {
	t.Helper()
	lite, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
	if err != nil {
		t.Fatal(err)
	}
	big, err := postgres.Open(pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*gormstore.Store{"sqlite": lite, "postgres": big}
	for _, s := range all {
		t.Cleanup(func() { _ = s.Close() })
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// tb is what tests of testing and of rapid have in common.
type tb interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// inMemory is an insurer on a store in memory.
func inMemory() *world { return newWorld(memory.New()) }
