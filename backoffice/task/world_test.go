package task_test

import (
	"context"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// A letter to the insurer is the smallest case with deadlines: it is received, given to
// somebody, put on hold, answered, closed. Hotline calls are about a letter.
type (
	state string
	event string
)

type letter struct {
	kernel.Root `gorm:"embedded"`
	Handler     string      `gorm:"column:handler"`
	ReceivedAt  time.Time   `gorm:"column:received_at"`
	Until       kernel.Date `gorm:"column:until"`
	State       state       `gorm:"column:state"`
}

func (l *letter) Promised(on kernel.Date) { l.Until = on }
func (*letter) TableName() string         { return "crm_letters" }
func (l *letter) Subject() *kernel.Root   { return &l.Root }
func (l *letter) Status() *state          { return &l.State }
func (l *letter) Circumstances() rulebook.Facts {
	f := rulebook.Facts{"received_at": l.ReceivedAt}
	if l.Handler != "" {
		f["handler"] = l.Handler
	}
	return f
}

type call struct {
	kernel.Root `gorm:"embedded"`
	Letter      kernel.ID `gorm:"column:letter"`
	State       state     `gorm:"column:state"`
}

func (*call) TableName() string          { return "crm_calls" }
func (c *call) Subject() *kernel.Root    { return &c.Root }
func (c *call) Status() *state           { return &c.State }
func (c *call) Concerns() []command.Case { return []command.Case{{Kind: "letter", ID: c.Letter}} }

func label(s string) workflow.Label { return workflow.Label{EN: s, ZH: s} }

var clerks = []kernel.Role{access.Agent}

func row(e event, to state, from ...state) workflow.Row[state, event] {
	return workflow.Row[state, event]{Event: e, Create: len(from) == 0, From: from, To: to, Who: clerks, Label: label(string(e)), Note: string(e)}
}

var letters = &command.Life[letter, state, event]{Kind: "letter", Machine: workflow.Must(workflow.New(workflow.Table[state, event]{
	Name: "letter", Label: label("letter"),
	States: []workflow.State[state]{
		{Name: "received", Class: workflow.Open, Label: label("received")}, {Name: "answered", Class: workflow.Waiting, Label: label("answered")},
		{Name: "closed", Class: workflow.Ended, Label: label("closed")},
	},
	Rows: []workflow.Row[state, event]{
		row("Receive", "received"), row("Assign", "", "received", "answered"), row("Extend", "", "received"), row("Hold", "", "received"),
		row("GoOn", "", "received"), row("Antedate", "", "received"), row("Report", "", "received"),
		row("Answer", "answered", "received"), row("Close", "closed", "received", "answered"),
	},
}))}

var calls = &command.Life[call, state, event]{Kind: "call", Machine: workflow.Must(workflow.New(workflow.Table[state, event]{
	Name: "call", Label: label("call"),
	States: []workflow.State[state]{
		{Name: "made", Class: workflow.Open, Label: label("made")}, {Name: "noted", Class: workflow.Ended, Label: label("noted")},
	},
	Rows: []workflow.Row[state, event]{row("Make", "made"), row("Note", "noted", "made")},
}))}

// world is an insurer with a letter box, on the morning of Monday, 2 March 2026.
type world struct {
	engine *engine.Engine
	tasks  *task.Service
	clock  *kernel.ManualClock
	store  *storage.Guarded
}

var (
	monday  = time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai)
	clerk   = as(kernel.Actor{ID: "clerk", Roles: clerks})
	manager = as(kernel.Actor{ID: "manager", Roles: []kernel.Role{access.Manager}})
	sweeper = as(kernel.Actor{ID: "sweeper", Roles: []kernel.Role{access.System}})
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func as(a kernel.Actor) context.Context { return kernel.WithActor(context.Background(), a) }

func open(t testing.TB) *world {
	t.Helper()
	return openWith(t, rules())
}

func openWith(t testing.TB, s rulebook.Source) *world {
	t.Helper()
	book, err := rulebook.New(s)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{clock: kernel.NewManualClock(monday), store: storage.Guard(memory.New(), keys)}
	w.with(t, book)
	return w
}

// with opens the same books again under other rules, as after a new release.
func (w *world) with(t testing.TB, book *rulebook.Book) {
	t.Helper()
	kinds := []command.Kind{command.KindOf(letters), command.KindOf(calls)}
	if err := book.Check(lives(kinds)...); err != nil {
		t.Fatal(err)
	}
	grants := append(command.Grants(letters, access.Staff), command.Grants(calls, access.Staff)...)
	w.engine = engine.New(w.store, w.clock, access.NewRoles(append(grants, task.Grants()...)), access.Table{})
	keeper := task.NewKeeper(book, kinds...)
	w.engine.Keep(keeper)
	w.tasks = task.New(w.engine, keeper)
}

func lives(kinds []command.Kind) []rulebook.Life {
	var out []rulebook.Life
	for _, k := range kinds {
		out = append(out, k)
	}
	return out
}

func (w *world) receive(t testing.TB, l letter, opts ...kernel.Option) letter {
	t.Helper()
	if l.ReceivedAt.IsZero() {
		l.ReceivedAt = w.clock.Now()
	}
	got, err := command.Create(clerk, w.engine, letters, command.Creation[letter, event]{
		Event: "Receive", Build: func(*command.Unit) (*letter, error) { return &l, nil },
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (w *world) do(t testing.TB, l letter, e event, facts map[string]any) letter {
	t.Helper()
	got, err := command.Fire(clerk, w.engine, letters, l.ID, command.Call[letter, event]{Event: e, Apply: func(u *command.Unit, l *letter) error {
		for name, v := range facts {
			u.Fact(name, v)
		}
		if h, ok := facts["to"].(string); ok {
			l.Handler = h
		}
		if at, ok := facts["received_at"].(time.Time); ok {
			l.ReceivedAt = at
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// of returns the tasks of a letter by clock or code.
func (w *world) of(t testing.TB, l letter) map[string]task.Task {
	t.Helper()
	page, err := w.tasks.List(manager, task.Filter{Case: l.ID}, kernel.List{Limit: kernel.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]task.Task{}
	for _, tk := range page.Items {
		name := tk.Clock + tk.Code
		if _, twice := out[name]; twice {
			name += "'"
		}
		out[name] = tk
	}
	return out
}

func (w *world) sweep(t testing.TB) task.Swept {
	t.Helper()
	s, err := w.tasks.Sweep(sweeper)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sound holds the journal against the rows.
func (w *world) sound(t testing.TB) {
	t.Helper()
	err := w.store.View(manager, func(tx *storage.GuardTx) error {
		report, err := journal.Verify(tx, []journal.Subjects{
			{Kind: "letter", Root: &letter{}, Parts: []journal.Part{task.Part()}}, {Kind: "call", Root: &call{}},
		})
		if err == nil && !report.OK() {
			t.Errorf("faults %v", report.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var none privacy.Secret

func day(month time.Month, d int) kernel.Date { return kernel.NewDate(2026, month, d) }
