package survey_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/survey"
)

// Every fault of a plan is told at once, an audience of nobody among them.
func TestBadPlans(t *testing.T) {
	t.Parallel()
	w := inMemory()
	q := w.published(t, claims())
	before := w.rows(t)
	for _, tt := range []struct {
		name   string
		change func(*survey.Plan)
		want   []string
	}{
		{"nobody", func(p *survey.Plan) { p.Trigger = "" }, []string{"audience required"}},
		{"an empty list", func(p *survey.Plan) { p.Trigger, p.List = "", []survey.Contact{} }, []string{"audience required"}},
		{"both", func(p *survey.Plan) { p.List = []survey.Contact{claimOf(1)} }, []string{"audience conflict"}},
		{"a query without anybody to ask", func(p *survey.Plan) { p.Trigger, p.Query = "", "north" }, []string{"query unsupported"}},
		{"no such form of trigger", func(p *survey.Plan) { p.Trigger = "claims are closed" }, []string{"trigger format"}},
		{"no questionnaire", func(p *survey.Plan) { p.Questionnaire = "7" }, []string{"questionnaire format"}},
		{"an unknown questionnaire", func(p *survey.Plan) { p.Questionnaire = kernel.NewID() }, []string{"questionnaire unknown"}},
		{"backwards", func(p *survey.Plan) { p.From, p.To = today, today-1 }, []string{"to range"}},
		{"no purpose", func(p *survey.Plan) { p.Purpose = " " }, []string{"purpose required"}},
		{"one twice", func(p *survey.Plan) { p.Trigger, p.List = "", []survey.Contact{claimOf(1), claimOf(1)} }, []string{"list[1].customer duplicate"}},
		{"too many", func(p *survey.Plan) { p.Trigger, p.List = "", make([]survey.Contact, survey.MaxList+1) }, []string{"list length"}},
		{"a bad customer", func(p *survey.Plan) {
			p.Trigger, p.List = "", []survey.Contact{{About: survey.About{ID: "1", Channel: "\x00"}}}
		}, []string{"list[0].customer required", "list[0].channel control", "list[0].kind required"}},
		{"all of it", func(p *survey.Plan) {
			*p = survey.Plan{
				Code: "a\nb", Purpose: strings.Repeat("x", 5001), Branch: "\x00", Method: "telex", From: 1, To: 1 << 30, PerMille: 1001,
				Seed: strings.Repeat("x", 65), RestDays: -2, AnswerDays: 366, Reminders: 6, Low: survey.Thresholds{CSAT: 6, NPS: 11, CES: -1},
			}
		}, []string{
			"code control", "title.en required", "title.zh required", "purpose length", "questionnaire format", "branch control", "method unknown",
			"audience required", "from range", "to range", "per_mille range", "seed length", "rest_days range", "answer_days range", "reminders range",
			"low.csat range", "low.nps range", "low.ces range",
		}},
	} {
		p := plan(q)
		tt.change(&p)
		_, err := w.Campaigns.Draft(manager, p)
		if diff := cmp.Diff(tt.want, faults(t, err)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	if diff := cmp.Diff(before, w.rows(t)); diff != "" {
		t.Error("something was written:", diff)
	}
	c := got(w.Campaigns.Draft(manager, plan(q)))(t)
	var dup *kernel.DuplicateError
	if _, err := w.Campaigns.Draft(manager, plan(q)); !errors.As(err, &dup) || dup.Candidates[0] != c.ID {
		t.Error("the code is another campaign's:", err)
	}
	p := plan(q)
	p.Code = "other"
	_, err := w.Campaigns.Edit(manager, c.ID, p)
	refused(t, err, kernel.ErrInvalid)
}

// A list: who is on it is invited once, whoever was asked last week is not, and the sample
// leaves some out. To invite again does nothing twice.
func TestInviteAList(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		q := w.published(t, claims())
		p := plan(q)
		p.Trigger = ""
		for n := range 20 {
			p.List = append(p.List, survey.Contact{Customer: kernel.Ref(fmt.Sprintf("c-%d", n))})
		}
		first := w.running(t, p)
		round := got(w.Campaigns.Invite(manager, first.ID))(t)
		if diff := cmp.Diff(survey.Round{Invited: 20}, round); diff != "" {
			t.Error(diff)
		}
		if round = got(w.Campaigns.Invite(manager, first.ID))(t); round.Before != 20 || round.Invited != 0 {
			t.Errorf("%+v", round)
		}
		if list := got(w.Campaigns.Roster(auditor, first.ID))(t); len(list) != 20 || list[19].Customer != "c-19" {
			t.Errorf("%d on the list", len(list))
		}
		p.Code, p.RestDays, p.PerMille = "S-2", 7, 500
		p.List = append(p.List, survey.Contact{Customer: "c-new-1"}, survey.Contact{Customer: "c-new-2"}, survey.Contact{Customer: "c-new-3"}, survey.Contact{Customer: "c-new-4"})
		second := w.running(t, p)
		picked := 0
		for _, to := range p.List {
			if survey.Picked("S-2", to.Customer+"\n", 500) {
				picked++
			}
		}
		round = got(w.Campaigns.Invite(manager, second.ID))(t)
		if round.Left != 24-picked || round.Invited+round.Rested != picked || round.Rested == 0 {
			t.Errorf("%+v of %d", round, picked)
		}
		w.clock.Advance(7*24*time.Hour - time.Microsecond)
		if again := got(w.Campaigns.Invite(manager, second.ID))(t); again.Invited != 0 {
			t.Errorf("a moment too early: %+v", again)
		}
		w.clock.Advance(time.Microsecond)
		if again := got(w.Campaigns.Invite(manager, second.ID))(t); again.Invited != round.Rested {
			t.Errorf("after the days of rest: %+v", again)
		}
		w.sound(t)
	})
}

// people are whom queries find.
type people map[string][]survey.Contact

func (p people) Customers(_ context.Context, query string, after kernel.Cursor) (kernel.Page[survey.Contact], error) {
	all, ok := p[query]
	if !ok {
		return kernel.Page[survey.Contact]{}, kernel.ErrNotFound
	}
	start := len(after)
	page := kernel.Page[survey.Contact]{Items: all[start:min(start+2, len(all))]}
	if start+2 < len(all) {
		page.Next = kernel.Cursor(strings.Repeat("x", start+2))
	}
	return page, nil
}

// consent knows who may not be asked.
type consent map[kernel.Ref]bool

func (c consent) MayAsk(_ context.Context, customer kernel.Ref, _ survey.Method) (bool, error) {
	if customer == "c-lost" {
		return false, kernel.ErrNotFound
	}
	return !c[customer], nil
}

// A query: page by page, without those who objected.
func TestInviteAQuery(t *testing.T) {
	t.Parallel()
	objected := consent{"c-2": true}
	w := newWorld(memory.New(), survey.Config{Customers: objected, Audience: people{
		"north": {claimOf(1), claimOf(2), claimOf(3), claimOf(4), claimOf(5)}, "empty": nil, "odd": {{}}, "lost": {{Customer: "c-lost"}},
	}})
	q := w.published(t, claims())
	ask := func(query string) survey.Plan {
		p := plan(q)
		p.Code, p.Trigger, p.Query = query, "", query
		return p
	}
	c := w.running(t, ask("north"))
	if round := got(w.Campaigns.Invite(system, c.ID))(t); round != (survey.Round{Invited: 4, Refused: 1}) {
		t.Errorf("%+v", round)
	}
	empty := got(w.Campaigns.Draft(manager, ask("empty")))(t)
	_, err := w.Campaigns.Schedule(manager, empty.ID)
	if diff := cmp.Diff([]string{"query nobody"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	unknown := got(w.Campaigns.Draft(manager, ask("unknown")))(t)
	_, err = w.Campaigns.Schedule(manager, unknown.ID)
	refused(t, err, kernel.ErrNotFound)
	_, err = w.Campaigns.Invite(manager, w.running(t, ask("odd")).ID)
	refused(t, err, kernel.ErrInvalid)
	_, err = w.Campaigns.Invite(manager, w.running(t, ask("lost")).ID)
	refused(t, err, kernel.ErrNotFound)

	// Who objects between the invitation and its sending is not asked either.
	made := got(w.Invitations.List(agent, survey.InvitationFilter{Customer: "c-1"}, kernel.List{}))(t).Items[0]
	objected["c-1"] = true
	_, err = w.Invitations.Send(system, made.ID)
	refused(t, err, survey.ErrNoConsent, kernel.ErrState)
	_, err = w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(2)})
	refused(t, err, survey.ErrNoConsent)
	if made = got(w.Invitations.Get(agent, made.ID))(t); made.State != survey.Created || made.KeyDigest != nil {
		t.Errorf("%+v", made)
	}
}

// busy lets somebody else work while it is asked.
type busy struct{ meanwhile func() }

func (b *busy) Customers(context.Context, string, kernel.Cursor) (kernel.Page[survey.Contact], error) {
	if b.meanwhile != nil {
		b.meanwhile()
	}
	return kernel.Page[survey.Contact]{Items: []survey.Contact{claimOf(1)}}, nil
}

// While a campaign is scheduled its plan is edited: the audience that was asked about is
// not taken for the new one.
func TestPlannedAnewMeanwhile(t *testing.T) {
	t.Parallel()
	audience := &busy{}
	w := newWorld(memory.New(), survey.Config{Audience: audience})
	p := plan(w.published(t, claims()))
	p.Trigger, p.Query = "", "north"
	c := got(w.Campaigns.Draft(manager, p))(t)
	audience.meanwhile = func() {
		audience.meanwhile, p.Query = nil, "south"
		got(w.Campaigns.Edit(manager, c.ID, p))(t)
	}
	_, err := w.Campaigns.Schedule(manager, c.ID)
	refused(t, err, kernel.ErrConflict)
	if c = got(w.Campaigns.Schedule(manager, c.ID))(t); c.State != survey.Scheduled || c.Plan.Query != "south" {
		t.Errorf("%+v", c)
	}
}

// A sample so small that it has nobody in it is no survey.
func TestSampleOfNobody(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := plan(w.published(t, claims()))
	p.Trigger, p.List, p.PerMille = "", []survey.Contact{{Customer: "c-1"}}, 1
	for p.Seed = "s"; survey.Picked(p.Seed, "c-1\n", 1); {
		p.Seed += "s"
	}
	c := got(w.Campaigns.Draft(manager, p))(t)
	_, err := w.Campaigns.Schedule(manager, c.ID)
	if diff := cmp.Diff([]string{"per_mille nobody"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	p.PerMille = 1000
	got(w.Campaigns.Edit(manager, c.ID, p))(t)
	got(w.Campaigns.Schedule(manager, c.ID))(t)
	p.List, p.Trigger = nil, survey.ClaimClosed
	_, err = w.Campaigns.Edit(manager, c.ID, p)
	refused(t, err, kernel.ErrState)
	w.sound(t)
}

// Two insurers' databases with keys of their own pick the same customers.
func TestTwoDatabasesPickTheSame(t *testing.T) {
	t.Parallel()
	picks := func(w *world) []kernel.Ref {
		c := w.asking(t, func(p *survey.Plan) { p.PerMille = 300 })
		for n := range 50 {
			if err := w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: claimOf(n)}); err != nil {
				t.Fatal(err)
			}
		}
		var out []kernel.Ref
		for _, i := range got(w.Invitations.List(agent, survey.InvitationFilter{Campaign: c.ID}, kernel.List{}))(t).Items {
			out = append(out, i.Customer)
		}
		return out
	}
	one, two := picks(inMemory()), picks(newWorld(onSQLite(t, t.TempDir()+"/crm.db"), survey.Config{}))
	if diff := cmp.Diff(one, two); diff != "" || len(one) == 0 || len(one) == 50 {
		t.Errorf("%d picked: %s", len(one), diff)
	}
}

// A larger sample holds every smaller one, everything and nothing are what they say, and
// the size is about right.
func TestPicked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed, item := rapid.String().Draw(t, "seed"), kernel.Ref(rapid.String().Draw(t, "item"))
		n := rapid.IntRange(-5, 1005).Draw(t, "n")
		if survey.Picked(seed, item, n) && !survey.Picked(seed, item, n+rapid.IntRange(0, 10).Draw(t, "more")) {
			t.Fatal("a larger sample leaves somebody out")
		}
		if !survey.Picked(seed, item, 1000) || survey.Picked(seed, item, 0) {
			t.Fatal("all and nobody")
		}
	})
	for _, n := range []int{1, 10, 250, 900} {
		hits := 0
		for i := range 20000 {
			if survey.Picked("seed", kernel.Ref(fmt.Sprint(i)), n) {
				hits++
			}
		}
		if want := 20 * n; hits < want-want/5-20 || hits > want+want/5+20 {
			t.Errorf("%d per mille picked %d of 20000", n, hits)
		}
	}
}

// What reactions make of an event: campaigns that wait for another one, belong to another
// branch or had the customer already stay out of it, and nobody is told of a failure.
func TestTriggers(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		q := w.published(t, claims())
		for n, change := range []func(*survey.Plan){
			func(p *survey.Plan) { p.RestDays = survey.NoRest },
			func(p *survey.Plan) { p.RestDays = survey.NoRest },
			func(p *survey.Plan) { p.RestDays = survey.NoRest; p.Branch = "south" },
			func(p *survey.Plan) { p.RestDays = survey.NoRest; p.Trigger = survey.ComplaintReplied },
		} {
			p := plan(q)
			p.Code = fmt.Sprintf("S-%d", n)
			change(&p)
			w.running(t, p)
		}
		north := claimOf(1)
		north.Branch = "north"
		for range 2 { // the claim is reopened and closes again
			if err := w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: north}); err != nil {
				t.Fatal(err)
			}
		}
		if n := count[survey.Invitation](t, w); n != 2 {
			t.Errorf("%d invitations", n)
		}
		if err := w.happens(survey.Trigger{Event: survey.ClaimClosed}); err != nil {
			t.Error("there is nobody to ask:", err)
		}
		err := w.happens(survey.Trigger{Event: "closed", Contact: survey.Contact{Customer: "\x00"}})
		if diff := cmp.Diff([]string{"customer control", "event format"}, faults(t, err)); diff != "" {
			t.Error(diff)
		}
		_, err = w.Campaigns.Invite(manager, got(w.Campaigns.List(manager, survey.CampaignFilter{State: survey.Running, Trigger: survey.ComplaintReplied}, kernel.List{}))(t).Items[0].ID)
		refused(t, err, kernel.ErrState)
		w.sound(t)
	})
}

// A score under the threshold is seen in the unit of work that stored it, and only then.
func TestLowScoresAreSeen(t *testing.T) {
	t.Parallel()
	w := inMemory()
	var seen []survey.LowScore
	w.react("invitation", func(_ context.Context, _ command.Runner, h command.Happening) error {
		if low, ok := survey.Low(h); ok {
			seen = append(seen, low)
		}
		return nil
	})
	c := w.asking(t)
	sad := w.answered(t, c, claimOf(1), angry())
	w.answered(t, c, claimOf(2), happy())
	w.answered(t, c, claimOf(3), []survey.Answer{survey.Score("nps", 7), survey.Score("satisfied", 3), survey.Score("easy", 3)}) // just not low
	got(w.Invitations.Reveal(manager, sad.ID, survey.Purpose{Text: secret("look")}))(t)
	if len(seen) != 1 || seen[0].Contact != claimOf(1) || seen[0].Campaign != c.ID || seen[0].Invitation != sad.ID || len(seen[0].Marks) != 2 {
		t.Errorf("%+v", seen)
	}
	if _, ok := survey.Low(command.Happening{}); ok {
		t.Error("nothing happened")
	}
}

// Another insurer knows nothing of an invitation, another branch does not see it, and each
// role does its own work only.
func TestTenantsAndBranches(t *testing.T) {
	t.Parallel()
	w := inMemory()
	i := w.invited(t, w.asking(t), claimOf(1))
	other := kernel.WithActor(context.Background(), kernel.Actor{ID: "x", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
	_, err := w.Invitations.Form(other, i.Key)
	refused(t, err, kernel.ErrNotFound)
	_, err = w.Invitations.Get(other, i.ID)
	refused(t, err, kernel.ErrNotFound)
	for name, err := range map[string]error{
		"create": second(w.Invitations.Create(website, survey.Invitee{Campaign: i.CampaignID, Contact: claimOf(2)})),
		"get":    second(w.Invitations.Get(website, i.ID)),
		"list":   second(w.Invitations.List(website, survey.InvitationFilter{}, kernel.List{})),
		"reveal": second(w.Invitations.Reveal(agent, i.ID, survey.Purpose{Text: secret("x")})),
		"submit": second(w.Invitations.Submit(agent, survey.Submission{Key: i.Key, Answers: happy()})),
		"draft":  second(w.Campaigns.Draft(agent, plan(survey.Questionnaire{}))),
		"nobody": second(w.Invitations.Form(context.Background(), i.Key)),
	} {
		if !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	south := claimOf(3)
	south.Branch = "south"
	hidden := w.invited(t, got(w.Campaigns.Get(manager, i.CampaignID))(t), south)
	northern := kernel.WithActor(context.Background(), kernel.Actor{ID: "n", Branches: []string{"north"}, Roles: []kernel.Role{kernel.RoleOwner}})
	_, err = w.Invitations.Enter(northern, hidden.ID, survey.Entry{Answers: happy(), Method: survey.Paper})
	refused(t, err, kernel.ErrNotFound)
	_, err = w.Invitations.Form(northern, hidden.Key)
	refused(t, err, kernel.ErrNotFound)
	if all := got(w.Invitations.List(northern, survey.InvitationFilter{}, kernel.List{}))(t).Items; len(all) != 1 || all[0].ID != i.ID {
		t.Errorf("%d seen", len(all))
	}
}

func second[T any](_ T, err error) error { return err }

// A key is told once: not by a retry, not by a dry run, and not for what staff enter.
func TestKeysAreToldOnce(t *testing.T) {
	t.Parallel()
	w := inMemory()
	c := w.asking(t)
	made := got(w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(1)}, kernel.Key("r-1")))(t)
	if again := got(w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(1)}, kernel.Key("r-1")))(t); again.ID != made.ID || !again.Replayed {
		t.Error("another invitation")
	}
	if dry := got(w.Invitations.Send(system, made.ID, kernel.DryRun()))(t); !dry.Key.IsZero() {
		t.Error("a key of nothing")
	}
	sent, again := got(w.Invitations.Send(system, made.ID, kernel.Key("s")))(t), got(w.Invitations.Send(system, made.ID, kernel.Key("s")))(t)
	if key, ok := sent.Key.Plain(); !ok || len(key) != 32 || !again.Key.IsZero() || !again.Replayed {
		t.Error("the key of a retry")
	}
	entered := got(w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(2)}))(t)
	_, err := w.Invitations.Enter(agent, entered.ID, survey.Entry{Answers: happy()})
	if diff := cmp.Diff([]string{"method required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	got(w.Invitations.Enter(agent, entered.ID, survey.Entry{Answers: happy(), Method: survey.Interview}))(t)
	if got(w.Invitations.Get(agent, entered.ID))(t).KeyDigest != nil {
		t.Error("a key that nobody has")
	}
	keys := []privacy.Secret{sent.Key}
	for n := range 50 {
		keys = append(keys, w.invited(t, c, claimOf(n+10)).Key)
	}
	slices.SortFunc(keys, func(a, b privacy.Secret) int { x, _ := a.Plain(); y, _ := b.Plain(); return strings.Compare(x, y) })
	if len(slices.Compact(keys)) != 51 {
		t.Error("a key twice")
	}
}
