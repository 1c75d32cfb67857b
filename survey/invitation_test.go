package survey_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/survey"
)

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
	got(w.Invitations.Reveal(manager, sad.ID, reveal.Purpose{Text: secret("look"), Parts: []reveal.Part{"survey_replies"}}))(t)
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
		"reveal": second(w.Invitations.Reveal(agent, i.ID, reveal.Purpose{Text: secret("x")})),
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
