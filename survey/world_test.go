package survey_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
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
	"github.com/coverkit/crm/survey"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon in Beijing on the day on which all stories begin.
var (
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	today = kernel.NewDate(2026, 11, 22)
)

// The people of the stories.
var (
	manager = as("wang", access.Manager)
	agent   = as("zhou", access.Agent)
	auditor = as("sun", access.Auditor)
	system  = as("mailer", access.System)
	website = as("website", survey.Respondent)
	owner   = kernel.WithActor(context.Background(), kernel.Owner)
)

func as(id string, role kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: []kernel.Role{role}})
}

func secret(s string) privacy.Secret { return privacy.New(s) }

func both(s string) workflow.Label { return workflow.Label{EN: s, ZH: s + "？"} }

func ptr[T any](v T) *T { return &v }

// world is an insurer that asks its customers.
type world struct {
	survey.Services
	engine *engine.Engine
	store  *storage.Guarded
	clock  *kernel.ManualClock
}

func newWorld(store storage.Store, cfg survey.Config) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	return newWorldSealing(store, keys, cfg)
}

func newWorldSealing(store storage.Store, c privacy.Cipher, cfg survey.Config) *world {
	w := &world{clock: kernel.NewManualClock(noon), store: storage.Guard(store, c)}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(survey.Grants()), access.Table{})
	w.Services = survey.New(w.engine, cfg)
	return w
}

func inMemory() *world { return newWorld(memory.New(), survey.Config{}) }

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, inMemory()) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(t, newWorld(onSQLite(t, filepath.Join(t.TempDir(), "crm.db")), survey.Config{}))
	})
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, newWorld(onPostgres(t), survey.Config{})) })
}

func onSQLite(t *testing.T, path string) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(path)
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

// tb is what tests of testing and of rapid have in common.
type tb interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
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

// refused fails unless the error is one of the kinds.
func refused(t tb, err error, kinds ...error) {
	t.Helper()
	for _, kind := range kinds {
		if !errors.Is(err, kind) {
			t.Errorf("got %v, want an error that is %q", err, kind)
		}
	}
}

// faults returns "path code" of every fault.
func faults(t tb, err error) []string {
	t.Helper()
	var f *kernel.FieldErrors
	if !errors.As(err, &f) || !errors.Is(err, kernel.ErrInvalid) {
		t.Fatalf("not field errors: %v", err)
	}
	var out []string
	for _, x := range f.Faults {
		out = append(out, x.Path+" "+x.Code)
	}
	return out
}

// claims asks whoever had a claim. Who was not satisfied is asked why.
func claims() survey.Content {
	return survey.Content{Code: "CLAIMS", Title: both("Your claim"), Questions: []survey.Question{
		{Code: "nps", Kind: survey.NPS, Text: both("Would you recommend us"), Required: true},
		{Code: "satisfied", Kind: survey.CSAT, Text: both("How satisfied are you"), Required: true},
		{Code: "easy", Kind: survey.CES, Text: both("How easy was it")},
		{
			Code: "why", Kind: survey.Multiple, Text: both("What went wrong"), Required: true,
			Options: []survey.Option{{Code: "slow", Label: both("Slow")}, {Code: "rude", Label: both("Rude")}, {Code: "other", Label: both("Other")}},
			ShowIf:  []survey.Condition{{Question: "satisfied", AtMost: ptr(2)}},
		},
		{Code: "words", Kind: survey.Text, Text: both("In your words"), ShowIf: []survey.Condition{{Question: "why", In: []string{"other"}}}},
		{Code: "again", Kind: survey.Single, Text: both("May we call you"), Options: []survey.Option{{Code: "yes", Label: both("Yes")}, {Code: "no", Label: both("No")}}},
		{Code: "when", Kind: survey.Date, Text: both("When"), ShowIf: []survey.Condition{{Question: "again", In: []string{"yes"}}}},
	}}
}

// happy and angry are how customers answer.
func happy() []survey.Answer {
	return []survey.Answer{survey.Score("nps", 10), survey.Score("satisfied", 5), survey.Score("easy", 6)}
}

func angry() []survey.Answer {
	return []survey.Answer{
		survey.Score("nps", 2), survey.Score("satisfied", 1), survey.Choose("why", "slow", "other"),
		survey.Say("words", "理赔员三次没有回电话"), survey.Choose("again", "yes"), survey.On("when", kernel.NewDate(2026, 12, 24)),
	}
}

// published is the questionnaire, ready to be used.
func (w *world) published(t tb, c survey.Content) survey.Questionnaire {
	t.Helper()
	q := got(w.Questionnaires.Draft(manager, c))(t)
	return got(w.Questionnaires.Publish(manager, q.ID))(t)
}

// plan asks after claims, on line.
func plan(q survey.Questionnaire) survey.Plan {
	return survey.Plan{
		Code: "S-1", Title: both("Claims"), Purpose: "How claims are served.", Questionnaire: q.ID, Method: survey.Online,
		Trigger: survey.ClaimClosed, Reminders: 1, Low: survey.Thresholds{CSAT: 3, NPS: 7, CES: 3},
	}
}

// running takes a plan to a running campaign.
func (w *world) running(t tb, p survey.Plan) survey.Campaign {
	t.Helper()
	c := got(w.Campaigns.Draft(manager, p))(t)
	got(w.Campaigns.Schedule(manager, c.ID))(t)
	return got(w.Campaigns.Start(manager, c.ID))(t)
}

// asking is a running campaign of the usual questionnaire.
func (w *world) asking(t tb, change ...func(*survey.Plan)) survey.Campaign {
	t.Helper()
	p := plan(w.published(t, claims()))
	for _, f := range change {
		f(&p)
	}
	return w.running(t, p)
}

func claimOf(n int) survey.Contact {
	return survey.Contact{Customer: kernel.Ref(fmt.Sprintf("c-%d", n)), About: survey.About{
		Kind: "claim", ID: kernel.Ref(fmt.Sprintf("claim-%d", n)), Product: "ACC", Handler: "li", Channel: "app",
	}}
}

// invited is an invitation of the campaign that was sent; it has its key.
func (w *world) invited(t tb, c survey.Campaign, to survey.Contact) survey.Invitation {
	t.Helper()
	i := got(w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: to}))(t)
	return got(w.Invitations.Send(system, i.ID))(t)
}

// answered is an invitation that was answered.
func (w *world) answered(t tb, c survey.Campaign, to survey.Contact, answers []survey.Answer) survey.Invitation {
	t.Helper()
	i := w.invited(t, c, to)
	got(w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: answers}))(t)
	return got(w.Invitations.Get(agent, i.ID))(t)
}

func (w *world) events(t tb, id kernel.ID) []string {
	t.Helper()
	var events []string
	for _, e := range got(w.Invitations.History(auditor, id))(t) {
		events = append(events, e.Event)
	}
	return events
}

// happens is the reaction to a claim that closes, in a unit of work of its own.
func (w *world) happens(t survey.Trigger) error {
	return w.engine.Together(owner, command.Group{Action: "claim.Close"}, func(ctx context.Context, r command.Runner) error {
		return survey.OnTrigger(ctx, r, t)
	})
}

// count returns how many rows a table has.
func count[T any, P interface {
	*T
	storage.Record
}](t tb, w *world) int64 {
	t.Helper()
	var n int64
	if err := w.store.View(owner, func(tx *storage.GuardTx) (err error) { n, err = storage.Count[T, P](tx); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

// rows counts all that the room has stored.
func (w *world) rows(t tb) map[string]int64 {
	t.Helper()
	return map[string]int64{
		"questionnaires": count[survey.Questionnaire](t, w), "campaigns": count[survey.Campaign](t, w),
		"rosters": count[survey.Roster](t, w), "invitations": count[survey.Invitation](t, w),
		"responses": count[survey.Response](t, w), "replies": count[survey.Reply](t, w),
		"paces": count[survey.Pace](t, w), "inspections": count[survey.Inspection](t, w), "entries": count[journal.Entry](t, w),
	}
}

// sound holds the journal against all rows.
func (w *world) sound(t tb) {
	t.Helper()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		report, err := journal.Verify(tx, append(survey.Subjects(), reveal.Subjects()...))
		if err == nil && !report.OK() {
			t.Error("the journal does not agree with the rows:", report.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// react wires a reaction to a kind of subject.
func (w *world) react(kind string, do engine.Reaction) { w.engine.React(engine.On{Kind: kind}, do) }
