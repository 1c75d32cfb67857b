package survey_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/survey"
)

// A claim closes, the customer is asked, is angry, and the year's figures know it.
func TestFromClaimToAnalysis(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.asking(t)
		if err := w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: claimOf(1)}); err != nil {
			t.Fatal(err)
		}
		made := got(w.Invitations.List(agent, survey.InvitationFilter{Campaign: c.ID, State: survey.Created}, kernel.List{}))(t).Items
		if len(made) != 1 || made[0].Customer != "c-1" || made[0].About.ID != "claim-1" || !made[0].Key.IsZero() || made[0].KeyDigest != nil {
			t.Fatalf("%+v", made)
		}
		i := got(w.Invitations.Send(system, made[0].ID))(t)
		if i.Key.IsZero() || !i.ExpiresAt.Equal(noon.AddDate(0, 0, 14)) {
			t.Errorf("sent %+v", i)
		}
		form := got(w.Invitations.Open(website, i.Key))(t)
		if form.State != survey.Opened || len(form.Questions) != 7 {
			t.Errorf("form %+v", form)
		}
		if diff := cmp.Diff([]string{"nps", "satisfied", "easy", "why", "words", "again", "when"}, form.Shown(angry())); diff != "" {
			t.Error(diff)
		}
		w.clock.Advance(24 * time.Hour)
		r := got(w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: angry()}))(t)
		other := angry() // the same, in another order
		other[2].Choices = []string{"other", "slow"}
		slices.Reverse(other)
		again := got(w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: other}))(t)
		if r.Replayed || !again.Replayed || again.ID != r.ID {
			t.Errorf("%+v, %+v", r, again)
		}
		if diff := cmp.Diff([]string{"Create", "Send", "Open", "Submit"}, w.events(t, i.ID)); diff != "" {
			t.Error(diff)
		}
		i = got(w.Invitations.Get(agent, i.ID))(t)
		want := []survey.LowMark{{Question: "nps", Kind: survey.NPS, Score: 2, Below: 7}, {Question: "satisfied", Kind: survey.CSAT, Score: 1, Below: 3}}
		if diff := cmp.Diff(want, i.Low); diff != "" || i.State != survey.Completed {
			t.Error(i.State, diff)
		}
		texts := got(w.Invitations.Reveal(manager, i.ID, reveal.Purpose{Text: secret("call back"), Parts: []reveal.Part{"survey_replies"}}))(t)
		said := map[string]string{"when": "2026-12-24", "words": "理赔员三次没有回电话"}
		if diff := cmp.Diff(said, w.words(t, i.ID, texts)); diff != "" {
			t.Error(diff)
		}
		got(w.Campaigns.Close(manager, c.ID, survey.Grounds{Code: "enough"}))(t)
		c = got(w.Campaigns.Analyse(manager, c.ID, survey.Conclusion{Summary: secret("One answer is no answer.")}))(t)
		if len(c.Results) != 2 || c.Results[0].Question != "nps" || c.Results[0].Estimate.Value != -100 || c.Results[1].Estimate.N != 1 {
			t.Errorf("%+v", c.Results)
		}
		summary := got(w.Campaigns.Reveal(manager, c.ID, reveal.Purpose{Text: secret("report")}))(t)
		if len(summary) != 1 || summary[0].Values["summary"] != "One answer is no answer." {
			t.Errorf("%+v", summary)
		}
		choices := got(w.Analysis.Choices(auditor, survey.Query{Kind: survey.Multiple, Campaign: c.ID, Question: "why"}))(t)
		if diff := cmp.Diff(map[string]int64{"slow": 1, "other": 1}, choices); diff != "" {
			t.Error(diff)
		}
		w.sound(t)
	})
}

// words returns the opened texts of an invitation by question.
func (w *world) words(t tb, id kernel.ID, rows []reveal.Row) map[string]string {
	t.Helper()
	_, replies, err := w.Invitations.Response(agent, id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, row := range rows {
		for _, r := range replies {
			if r.ID == row.ID {
				out[r.Question] = string(row.Values["text"])
			}
		}
	}
	return out
}

// Staff take the answers down on the telephone: all steps at once, with the recording.
func TestAnswersByTelephone(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.asking(t, func(p *survey.Plan) { p.Method = survey.Phone })
		i := got(w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(1)}))(t)
		_, err := w.Invitations.Enter(agent, i.ID, survey.Entry{Answers: happy()})
		if diff := cmp.Diff([]string{"recording required"}, faults(t, err)); diff != "" {
			t.Error(diff)
		}
		entry := survey.Entry{Answers: happy(), Recording: "call-77"}
		r := got(w.Invitations.Enter(agent, i.ID, entry, kernel.Key("e-1")))(t)
		if r.EnteredBy != "zhou" || r.Recording != "call-77" || r.Method != survey.Phone {
			t.Errorf("%+v", r)
		}
		if again := got(w.Invitations.Enter(agent, i.ID, entry, kernel.Key("e-1")))(t); again.ID != r.ID || !again.Replayed {
			t.Errorf("%+v", again)
		}
		_, err = w.Invitations.Enter(agent, i.ID, entry)
		refused(t, err, kernel.ErrState)
		_, err = w.Invitations.Enter(agent, i.ID, entry, kernel.IfVersion(i.Version))
		refused(t, err, kernel.ErrConflict)
		if i = got(w.Invitations.Get(agent, i.ID))(t); i.KeyDigest != nil || i.State != survey.Completed || len(i.Low) > 0 {
			t.Errorf("%+v", i)
		}
		_, all, err := w.Invitations.Response(auditor, i.ID)
		if err != nil || len(all) != 3 || all[0].Question != "easy" || all[0].Score != 6 || all[0].Month != "2026-11" || all[0].Product != "ACC" {
			t.Errorf("%+v, %v", all, err)
		}
		if diff := cmp.Diff([]string{"Create", "Send", "Open", "Submit"}, w.events(t, i.ID)); diff != "" {
			t.Error(diff)
		}
		w.sound(t)
	})
}

// What may become of an invitation besides an answer.
func TestWithoutAnswer(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.asking(t, func(p *survey.Plan) { p.RestDays = survey.NoRest })
		declined, refusedOnLine, unreachable, late, lost := w.invited(t, c, claimOf(1)), w.invited(t, c, claimOf(2)), w.invited(t, c, claimOf(3)), w.invited(t, c, claimOf(4)), w.invited(t, c, claimOf(5))
		got(w.Invitations.Decline(agent, declined.ID, survey.Grounds{Reason: secret("no time")}))(t)
		for range 2 {
			if err := w.Invitations.Refuse(website, refusedOnLine.Key); err != nil {
				t.Error(err)
			}
		}
		got(w.Invitations.GiveUp(agent, unreachable.ID, survey.Grounds{Code: "number_unknown"}))(t)
		_, err := w.Invitations.Expire(system, late.ID)
		refused(t, err, kernel.ErrState, kernel.ErrInvalid)

		// A key that was lost is replaced; the plan allows one reminder.
		renewed := got(w.Invitations.Remind(agent, lost.ID, survey.Reminder{NewKey: true}))(t)
		_, err = w.Invitations.Form(website, lost.Key)
		refused(t, err, kernel.ErrNotFound)
		got(w.Invitations.Form(website, renewed.Key))(t)
		_, err = w.Invitations.Remind(agent, lost.ID, survey.Reminder{})
		refused(t, err, kernel.ErrState)
		got(w.Invitations.Submit(website, survey.Submission{Key: renewed.Key, Answers: happy()}))(t)

		w.clock.Set(late.ExpiresAt)
		_, err = w.Invitations.Submit(website, survey.Submission{Key: late.Key, Answers: happy()})
		refused(t, err, survey.ErrOver, kernel.ErrState)
		_, err = w.Invitations.Open(website, late.Key)
		refused(t, err, survey.ErrOver)
		refused(t, w.Invitations.Refuse(website, late.Key), survey.ErrOver)
		if n := got(w.Invitations.Sweep(system))(t); n != 1 {
			t.Errorf("%d swept", n)
		}
		// Whoever has the key is told the same after the sweep, and of all other ends.
		for _, ended := range []survey.Invitation{late, unreachable} {
			refused(t, w.Invitations.Refuse(website, ended.Key), survey.ErrOver)
		}
		refused(t, w.Invitations.Refuse(website, renewed.Key), survey.ErrUsed)
		for _, ended := range []survey.Invitation{late, unreachable, refusedOnLine, declined} {
			_, err = w.Invitations.Submit(website, survey.Submission{Key: ended.Key, Answers: happy()})
			refused(t, err, survey.ErrOver)
		}
		progress := got(w.Campaigns.Progress(auditor, c.ID))(t)
		want := survey.Progress{survey.Declined: 2, survey.Unreachable: 1, survey.Expired: 1, survey.Completed: 1}
		if diff := cmp.Diff(want, progress); diff != "" {
			t.Error(diff)
		}
		w.sound(t)
	})
}

// A campaign that is paused invites nobody and still takes answers; closed it takes none,
// and the sweep ends what is open.
func TestPauseAndClose(t *testing.T) {
	t.Parallel()
	w := inMemory()
	c := w.asking(t)
	first, second := w.invited(t, c, claimOf(1)), w.invited(t, c, claimOf(2))
	got(w.Campaigns.Pause(manager, c.ID, survey.Grounds{Code: "audit"}))(t)
	_, err := w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(3)})
	refused(t, err, kernel.ErrState)
	_, err = w.Invitations.Remind(agent, first.ID, survey.Reminder{})
	refused(t, err, kernel.ErrState)
	if err := w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: claimOf(4)}); err != nil || count[survey.Invitation](t, w) != 2 {
		t.Error("a paused campaign invites", err)
	}
	got(w.Invitations.Submit(website, survey.Submission{Key: first.Key, Answers: happy()}))(t)
	got(w.Campaigns.Resume(manager, c.ID))(t)
	got(w.Campaigns.Close(manager, c.ID, survey.Grounds{}))(t)
	_, err = w.Invitations.Submit(website, survey.Submission{Key: second.Key, Answers: happy()})
	refused(t, err, survey.ErrOver)
	again := got(w.Invitations.Submit(website, survey.Submission{Key: first.Key, Answers: happy()}))(t)
	if !again.Replayed {
		t.Error("a retry after the end is the same response")
	}
	if n := got(w.Invitations.Sweep(system))(t); n != 1 {
		t.Errorf("%d swept", n)
	}
}

// Editions: the next draft is another one, and what was published stays as it was.
func TestEditions(t *testing.T) {
	t.Parallel()
	w := inMemory()
	one := w.published(t, claims())
	_, err := w.Questionnaires.Edit(manager, one.ID, claims())
	refused(t, err, kernel.ErrState)
	next := claims()
	next.Questions = next.Questions[:2]
	two := got(w.Questionnaires.Draft(manager, next))(t)
	if two.Edition != 2 || got(w.Questionnaires.Published(agent, "CLAIMS"))(t).ID != one.ID {
		t.Errorf("%+v", two)
	}
	next.Code = "OTHER"
	_, err = w.Questionnaires.Edit(manager, two.ID, next)
	refused(t, err, kernel.ErrInvalid)
	got(w.Questionnaires.Publish(manager, two.ID))(t)
	if got(w.Questionnaires.Published(agent, "CLAIMS"))(t).Edition != 2 {
		t.Error("the newest edition")
	}
	got(w.Questionnaires.Retire(manager, two.ID, survey.Grounds{Code: "old"}))(t)
	got(w.Questionnaires.Retire(manager, one.ID, survey.Grounds{}))(t)
	_, err = w.Questionnaires.Published(agent, "CLAIMS")
	refused(t, err, kernel.ErrNotFound)
	c := got(w.Campaigns.Draft(manager, plan(one)))(t)
	_, err = w.Campaigns.Schedule(manager, c.ID)
	refused(t, err, kernel.ErrState, kernel.ErrInvalid)
	list := got(w.Questionnaires.List(auditor, survey.QuestionnaireFilter{Code: "CLAIMS", State: survey.QuestionnaireRetired}, kernel.List{}))(t)
	if len(list.Items) != 2 {
		t.Errorf("%d retired", len(list.Items))
	}
}

// The window: nobody is invited before the first day and after the last.
func TestWindow(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := plan(w.published(t, claims()))
	p.From, p.To = today+1, today+2
	c := got(w.Campaigns.Draft(manager, p))(t)
	got(w.Campaigns.Schedule(manager, c.ID))(t)
	_, err := w.Campaigns.Start(manager, c.ID)
	refused(t, err, kernel.ErrState)
	// In China the day begins eight hours earlier.
	w.clock.Set(time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC))
	got(w.Campaigns.Start(system, c.ID))(t)
	i := w.invited(t, c, claimOf(1))
	end := time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)
	if !i.ExpiresAt.Equal(end) {
		t.Errorf("expires %s", i.ExpiresAt)
	}
	w.clock.Set(end.Add(-time.Microsecond))
	got(w.Invitations.Form(website, i.Key))(t)
	w.clock.Set(end)
	_, err = w.Invitations.Form(website, i.Key)
	refused(t, err, survey.ErrOver)
	_, err = w.Invitations.Create(agent, survey.Invitee{Campaign: c.ID, Contact: claimOf(2)})
	refused(t, err, survey.ErrOver)
	if err := w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: claimOf(3)}); err != nil || count[survey.Invitation](t, w) != 1 {
		t.Error(err)
	}
	got(w.Campaigns.Pause(manager, c.ID, survey.Grounds{}))(t)
	_, err = w.Campaigns.Resume(manager, c.ID)
	refused(t, err, kernel.ErrState)
	moves := got(w.Campaigns.Allowed(manager, c.ID))(t)
	if len(moves.Allowed) != 1 || moves.Allowed[0].To != survey.Closed {
		t.Errorf("%+v", moves.Allowed)
	}
	p.Code = "S-2"
	late := got(w.Campaigns.Draft(manager, p))(t)
	_, err = w.Campaigns.Schedule(manager, late.ID)
	refused(t, err, kernel.ErrState)
}

// A key that does not exist opens nothing, whatever it looks like.
func TestKeysOfNothing(t *testing.T) {
	t.Parallel()
	w := inMemory()
	i := w.invited(t, w.asking(t), claimOf(1))
	key, _ := i.Key.Plain()
	for _, k := range []string{"", "x", key[1:], key + "a", "\x00", string(make([]byte, 1<<20)), "00000000000000000000000000000000"} {
		_, err := w.Invitations.Form(website, secret(k))
		refused(t, err, kernel.ErrNotFound)
		_, err = w.Invitations.Submit(website, survey.Submission{Key: secret(k), Answers: happy()})
		refused(t, err, kernel.ErrNotFound)
		refused(t, w.Invitations.Refuse(website, secret(k)), kernel.ErrNotFound)
	}
}
