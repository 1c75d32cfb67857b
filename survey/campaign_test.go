package survey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
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
