package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// A letter is written, sent and read: the smallest life that takes the whole stairs.
type (
	state string
	event string
)

type letter struct {
	kernel.Root `gorm:"embedded"`
	Number      string         `gorm:"column:number;uniqueIndex:letters_number"`
	To          kernel.Ref     `gorm:"column:addressee"`
	State       state          `gorm:"column:state"`
	Name        string         `gorm:"column:name" crm:"personal"`
	Text        privacy.Secret `gorm:"column:text"`
}

func (*letter) TableName() string    { return "crm_test_letters" }
func (l *letter) Status() *state     { return &l.State }
func (l *letter) Person() kernel.Ref { return l.To }

type stamp struct {
	kernel.Meta `gorm:"embedded"`
	LetterID    kernel.ID `gorm:"column:letter_id"`
	Cents       int64     `gorm:"column:cents"`
}

func (*stamp) TableName() string { return "crm_test_stamps" }

var clerk = kernel.Actor{ID: "u-1", Roles: []kernel.Role{access.Agent}}

var life = &command.Life[letter, state, event]{
	Kind: "letter",
	Machine: workflow.Must(workflow.New(workflow.Table[state, event]{
		Name: "letter", Label: workflow.Label{EN: "Letter", ZH: "信件"},
		States: []workflow.State[state]{
			{Name: "written", Class: workflow.Open, Label: workflow.Label{EN: "written", ZH: "已写"}},
			{Name: "sent", Class: workflow.Waiting, Label: workflow.Label{EN: "sent", ZH: "已寄"}},
			{Name: "read", Class: workflow.Ended, Label: workflow.Label{EN: "read", ZH: "已读"}},
		},
		Rows: []workflow.Row[state, event]{
			{Event: "Write", Create: true, To: "written", Who: []kernel.Role{access.Agent}, Label: workflow.Label{EN: "write", ZH: "写"}, Note: "A letter is begun."},
			{Event: "Edit", From: []state{"written"}, Who: []kernel.Role{access.Agent}, Label: workflow.Label{EN: "edit", ZH: "改"}, Note: "Its text is changed."},
			{Event: "Send", From: []state{"written"}, To: "sent", Who: []kernel.Role{access.Agent}, Guards: []string{"has text"}, Label: workflow.Label{EN: "send", ZH: "寄"}, Note: "It is posted."},
			{Event: "Read", From: []state{"sent"}, To: "read", Who: []kernel.Role{access.System}, Label: workflow.Label{EN: "read", ZH: "读"}, Note: "It has arrived."},
		},
	})),
	Guards: map[string]func(*command.Unit, *letter) error{
		"has text": func(_ *command.Unit, l *letter) error {
			if l.Text.IsZero() {
				return errors.New("the page is empty")
			}
			return nil
		},
	},
}

type office struct {
	*engine.Engine
	store *memory.Store
	clock *kernel.ManualClock
}

func open(t *testing.T) (*office, context.Context) {
	t.Helper()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{store: memory.New(), clock: kernel.NewManualClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))}
	grants := append(command.Grants(life, access.Staff), access.Grant{Action: "letter.Both", Roles: []kernel.Role{access.Agent}})
	o.Engine = engine.New(storage.Guard(o.store, keys), o.clock, access.NewRoles(grants), access.Table{})
	return o, kernel.WithActor(t.Context(), clerk)
}

type draft struct {
	To   kernel.Ref
	Name string
	Text privacy.Secret
}

func write(ctx context.Context, r command.Runner, d draft, opts ...kernel.Option) (letter, error) {
	return command.Create(ctx, r, life, command.Creation[letter, event]{
		Event: "Write", Input: d,
		Check: func(f *kernel.FieldErrors) { kernel.CheckRef(f, "to", d.To) },
		Build: func(u *command.Unit) (*letter, error) {
			no, err := number.Next(u, nil, "letter", "L")
			return &letter{Number: no, To: d.To, Name: d.Name, Text: d.Text}, err
		},
		Then: func(u *command.Unit, l *letter) error {
			u.Fact("number", l.Number)
			return u.Insert(&stamp{LetterID: l.ID, Cents: 120})
		},
	}, opts...)
}

func send(ctx context.Context, r command.Runner, id kernel.ID, opts ...kernel.Option) (letter, error) {
	return command.Fire(ctx, r, life, id, command.Call[letter, event]{Event: "Send"}, opts...)
}

func edit(ctx context.Context, r command.Runner, id kernel.ID, text, why string, opts ...kernel.Option) (letter, error) {
	return command.Fire(ctx, r, life, id, command.Call[letter, event]{
		Event: "Edit", Input: text,
		Apply: func(u *command.Unit, l *letter) error {
			l.Text = privacy.New(text)
			u.Because(privacy.New(why))
			return nil
		},
	}, opts...)
}

func history(t *testing.T, ctx context.Context, r command.Runner, id kernel.ID) []journal.Entry {
	t.Helper()
	h, err := command.History(ctx, r, life, id)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// must takes a call that cannot fail in the story; a panic ends the test with its error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func verify(t *testing.T, ctx context.Context, e *engine.Engine) {
	t.Helper()
	err := e.Store().View(ctx, func(tx *storage.GuardTx) error {
		r, err := journal.Verify(tx, []journal.Subjects{{Kind: "letter", Root: &letter{}, Parts: []journal.Part{{Record: &stamp{}, Owner: "letter_id"}}}})
		if err == nil && !r.OK() {
			t.Error(r.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACommandLeavesRecordAndEntry(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1", Name: "张三", Text: privacy.New("dear all")}))
	if l.State != "written" || l.Version != 1 || l.Number != "L-2026-00000001" || l.ID == "" {
		t.Errorf("written: %+v", l)
	}
	o.clock.Advance(time.Hour)
	l = must(send(ctx, o, l.ID))
	h := history(t, ctx, o, l.ID)
	if len(h) != 2 {
		t.Fatalf("%d entries", len(h))
	}
	e := h[1]
	if e.Event != "Send" || e.From != "written" || e.To != "sent" || e.Actor != "u-1" || e.Role != "agent" ||
		e.SubjectVersion != 2 || !e.At.Equal(o.clock.Now()) || !slices.Equal(e.Prev, h[0].Hash) || !slices.Equal(l.Head, e.Hash) {
		t.Errorf("entry %+v", e)
	}
	if h[0].Facts["number"] != "L-2026-00000001" || len(h[0].Rows) != 2 {
		t.Errorf("facts %v rows %v", h[0].Facts, h[0].Rows)
	}
	verify(t, ctx, o.Engine)
}

func TestARefusalWritesNothing(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1"}))
	auditor := kernel.WithActor(ctx, kernel.Actor{ID: "u-9", Roles: []kernel.Role{access.Auditor}})
	elsewhere := kernel.WithActor(ctx, kernel.Actor{ID: "u-2", Tenant: "other", Roles: clerk.Roles})
	for name, c := range map[string]struct {
		ctx  context.Context
		id   kernel.ID
		opts []kernel.Option
		want error
	}{
		"guard":          {ctx, l.ID, nil, kernel.ErrState},
		"no actor":       {t.Context(), l.ID, nil, kernel.ErrForbidden},
		"role":           {auditor, l.ID, nil, kernel.ErrForbidden},
		"other tenant":   {elsewhere, l.ID, nil, kernel.ErrNotFound},
		"unknown":        {ctx, kernel.NewID(), nil, kernel.ErrNotFound},
		"no key at all":  {ctx, "", nil, kernel.ErrNotFound},
		"nonsense":       {ctx, "nonsense", nil, kernel.ErrNotFound},
		"stale":          {ctx, l.ID, []kernel.Option{kernel.IfVersion(7)}, kernel.ErrConflict},
		"hostile option": {ctx, l.ID, []kernel.Option{kernel.Key("\x00")}, kernel.ErrInvalid},
	} {
		if _, err := send(c.ctx, o, c.id, c.opts...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := write(ctx, o, draft{}); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("no addressee: %v", err)
	}
	if h := history(t, ctx, o, l.ID); len(h) != 1 {
		t.Errorf("%d entries after refusals", len(h))
	}
	var te *workflow.TransitionError
	if _, err := send(ctx, o, l.ID); !errors.As(err, &te) || te.Reason != "the page is empty" || !slices.Equal(te.Allowed, []string{"Edit", "Send"}) {
		t.Errorf("transition error: %+v", te)
	}
	verify(t, ctx, o.Engine)
}

func TestAllowedAndWhyNot(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1"}))
	moves := must(command.Allowed(ctx, o, life, l.ID))
	if len(moves.Allowed) != 1 || moves.Allowed[0].Event != "Edit" {
		t.Errorf("allowed %v", moves.Allowed)
	}
	var why []string
	for _, r := range moves.WhyNot {
		why = append(why, string(r.Event)+": "+r.Reason)
	}
	if len(why) != 3 || why[1] != "Send: the page is empty" {
		t.Errorf("why not: %q", why)
	}
}

// The key of a command belongs to the command, not to those that it gives itself.
func TestAKeyOfACommandThatGivesOthers(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1"}))
	answer := func() (letter, error) {
		return command.Fire(ctx, o, life, l.ID, command.Call[letter, event]{
			Event: "Edit",
			Apply: func(u *command.Unit, _ *letter) error {
				_, err := write(u.Context(), u.Runner(), draft{To: "c-2"})
				return err
			},
		}, kernel.Key("k-1"))
	}
	first, again := must(answer()), must(answer())
	if again.ID != l.ID || again.Version != first.Version || first.Replayed || !again.Replayed {
		t.Errorf("first %v %v, again %v %v", first.ID, first.Version, again.ID, again.Replayed)
	}
	verify(t, ctx, o.Engine)
}

func TestTheSameKeyHasOneEffect(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	d := draft{To: "c-1", Text: privacy.New("once")}
	first := must(write(ctx, o, d, kernel.Key("k-1")))
	again := must(write(ctx, o, d, kernel.Key("k-1")))
	if again.ID != first.ID || !again.Replayed || first.Replayed {
		t.Errorf("first %v, again %v replayed %v", first.ID, again.ID, again.Replayed)
	}
	d.Text = privacy.New("twice")
	if _, err := write(ctx, o, d, kernel.Key("k-1")); !errors.Is(err, kernel.ErrKeyReused) {
		t.Errorf("other text under the same key: %v", err)
	}
	must(edit(ctx, o, first.ID, "x", "", kernel.Key("k-1"))) // unique for the command, not beyond
	elsewhere := kernel.WithActor(ctx, kernel.Actor{ID: "u-2", Tenant: "other", Roles: clerk.Roles})
	if l := must(write(elsewhere, o, d, kernel.Key("k-1"))); l.Replayed || l.ID == first.ID {
		t.Error("the key of another tenant counted")
	}
	verify(t, elsewhere, o.Engine)
	var wg sync.WaitGroup
	ids := make([]kernel.ID, 32)
	for i := range ids {
		wg.Go(func() {
			l, err := write(ctx, o, d, kernel.Key("k-2"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = l.ID
		})
	}
	wg.Wait()
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("32 callers with one key made %v", ids)
	}
}

func TestADryRunAnswersAndTakesBack(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1", Text: privacy.New("x")}))
	dry := must(send(ctx, o, l.ID, kernel.DryRun()))
	now := must(command.Get(ctx, o, life, l.ID))
	if dry.State != "sent" || now.State != "written" || len(history(t, ctx, o, l.ID)) != 1 {
		t.Errorf("dry %s, now %s", dry.State, now.State)
	}
}

func TestPersonalChangesAreSealedInTheEntry(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1", Text: privacy.New("old words")}))
	must(edit(ctx, o, l.ID, "new words", "a slip of the pen"))
	e := history(t, ctx, o, l.ID)[1]
	var plain map[string]string
	err := o.Store().View(ctx, func(tx *storage.GuardTx) (err error) { plain, err = tx.Open(&e); return err })
	if err != nil || plain["reason"] != "a slip of the pen" || plain["changes"] != `{"text":{"before":"old words","after":"new words"}}` {
		t.Errorf("%v %v", plain, err)
	}
}

func TestTogetherIsAllOrNothing(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	var id kernel.ID
	both := func(text string, swallow bool) error {
		return o.Together(ctx, command.Group{Action: "letter.Both", Input: text}, func(ctx context.Context, r command.Runner) error {
			l, err := write(ctx, r, draft{To: "c-1", Text: privacy.New(text)})
			if err != nil {
				return err
			}
			id = l.ID
			if _, err = send(ctx, r, id); swallow {
				return nil
			}
			return err
		}, kernel.Key("unit-"+text))
	}
	if err := both("hello", false); err != nil {
		t.Fatal(err)
	}
	if h := history(t, ctx, o, id); len(h) != 2 || h[0].Unit != h[1].Unit {
		t.Errorf("history %+v", h)
	}
	var done *command.Replay
	if err := both("hello", false); !errors.As(err, &done) || done.ID != id || !errors.Is(err, kernel.ErrReplayed) {
		t.Errorf("again: %v", err)
	}
	if err := both("", true); !errors.Is(err, kernel.ErrState) {
		t.Errorf("a failure that fn swallows: %v", err)
	}
	if _, err := command.Get(ctx, o, life, id); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("a letter of a failed unit: %v", err)
	}
	north := must(command.Create(ctx, o, life, command.Creation[letter, event]{
		Event: "Write", Build: func(*command.Unit) (*letter, error) {
			return &letter{Root: kernel.Root{Branch: "north"}, To: "c-2"}, nil
		},
	}))
	south := kernel.WithActor(ctx, kernel.Actor{ID: "u-3", Branches: []string{"south"}, Roles: clerk.Roles})
	err := o.Together(south, command.Group{Action: "letter.Both"}, func(ctx context.Context, r command.Runner) error {
		_, err := edit(ctx, r, north.ID, "x", "")
		return err
	})
	if !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("a group reaches another branch: %v", err)
	}
	verify(t, ctx, o.Engine)
}

func TestReactionsFollowInTheSameUnit(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	o.React(engine.On{Kind: "letter", To: "sent"}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		_, err := command.Fire(ctx, r, life, h.ID, command.Call[letter, event]{Event: "Read"})
		return err
	})
	l := must(write(ctx, o, draft{To: "c-1", Text: privacy.New("x")}))
	if l = must(send(ctx, o, l.ID)); l.State != "read" || l.Version != 3 {
		t.Errorf("returned before the reaction: %s, version %d", l.State, l.Version)
	}
	h := history(t, ctx, o, l.ID)
	if len(h) != 3 || h[2].Actor != "system" || h[2].OnBehalf != "u-1" || h[2].Role != "system" || h[2].Unit != h[1].Unit {
		t.Errorf("history %+v", h)
	}
	verify(t, ctx, o.Engine)

	circle, ctx := open(t)
	circle.React(engine.On{Kind: "letter", Event: "Edit"}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		_, err := edit(ctx, r, h.ID, "again", "")
		return err
	})
	l = must(write(ctx, circle, draft{To: "c-1"}))
	if _, err := edit(ctx, circle, l.ID, "x", ""); err == nil || len(history(t, ctx, circle, l.ID)) != 1 {
		t.Errorf("reactions in a circle: %v", err)
	}
}

func TestOneOfManyWins(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	l := must(write(ctx, o, draft{To: "c-1", Text: privacy.New("x")}))
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 64 {
		wg.Go(func() {
			_, err := send(ctx, o, l.ID)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 || len(history(t, ctx, o, l.ID)) != 2 {
		t.Errorf("%d winners", won)
	}
}

func TestRelayGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	for range 5 {
		must(write(ctx, o, draft{To: "c-1"}))
	}
	var seen []int64
	stop := errors.New("the other side is down")
	n, err := journal.Relay(ctx, o.Store(), "mail", o.clock.Now(), func(_ context.Context, e journal.Entry) error {
		if len(seen) == 3 {
			return stop
		}
		seen = append(seen, e.Seq)
		return nil
	})
	if n != 3 || !errors.Is(err, stop) {
		t.Errorf("%d %v", n, err)
	}
	collect := func(_ context.Context, e journal.Entry) error { seen = append(seen, e.Seq); return nil }
	if n, err = journal.Relay(ctx, o.Store(), "mail", o.clock.Now(), collect); n != 2 || err != nil || !slices.Equal(seen, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("%d %v %v", n, err, seen)
	}
	if n, _ = journal.Relay(ctx, o.Store(), "ledger", o.clock.Now(), collect); n != 5 {
		t.Errorf("another consumer got %d", n)
	}
}
