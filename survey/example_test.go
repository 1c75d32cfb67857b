package survey_test

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/survey"
)

// fatal ends an example on an error.
type fatal struct{}

func (fatal) Helper()                      {}
func (fatal) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (fatal) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// From the question to the figure. In a program of yours the services are those of a
// crm.CRM, and the context says who acts.
func Example() {
	w, ctx := inMemory(), owner
	q, _ := w.Questionnaires.Draft(ctx, survey.Content{Code: "NPS", Title: both("Us"), Questions: []survey.Question{
		{Code: "nps", Kind: survey.NPS, Text: both("Would you recommend us"), Required: true},
	}})
	q, _ = w.Questionnaires.Publish(ctx, q.ID)
	c, _ := w.Campaigns.Draft(ctx, survey.Plan{
		Code: "2026-11", Title: both("November"), Purpose: "How are we doing?", Questionnaire: q.ID, Method: survey.Online,
		List: []survey.Contact{{Customer: "c-1"}, {Customer: "c-2"}, {Customer: "c-3"}},
	})
	c, _ = w.Campaigns.Schedule(ctx, c.ID)
	c, _ = w.Campaigns.Start(ctx, c.ID)
	round, _ := w.Campaigns.Invite(ctx, c.ID)
	fmt.Println("invited", round.Invited)

	created, _ := w.Invitations.List(ctx, survey.InvitationFilter{Campaign: c.ID, State: survey.Created}, kernel.List{})
	for n, i := range created.Items {
		i, _ = w.Invitations.Send(ctx, i.ID) // and send a message with i.Key, which is told only now
		_, _ = w.Invitations.Submit(ctx, survey.Submission{Key: i.Key, Answers: []survey.Answer{survey.Score("nps", 10-n)}})
	}
	scores, _ := w.Analysis.Scores(ctx, survey.Query{Kind: survey.NPS, Campaign: c.ID})
	fmt.Printf("%.1f from %.1f to %.1f, of %d\n", scores[0].Estimate.Value, scores[0].Estimate.Low, scores[0].Estimate.High, scores[0].Estimate.N)
	// Output:
	// invited 3
	// 66.7 from 13.3 to 100.0, of 3
}

// What is wrong with answers comes back at once; what is right is taken once.
func ExampleInvitations_Submit() {
	w := inMemory()
	i := w.invited(fatal{}, w.asking(fatal{}), claimOf(1))
	_, err := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: []survey.Answer{
		survey.Score("nps", 11), survey.Score("satisfied", 1),
	}})
	fmt.Println(err)
	r, _ := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: happy()})
	again, _ := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: happy()})
	fmt.Println(again.ID == r.ID, again.Replayed)
	_, err = w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: angry()})
	fmt.Println(errors.Is(err, survey.ErrUsed))
	// Output:
	// invalid input: answers[0].score: from 0 to 10; answers: question "why" is not answered
	// true true
	// true
}

// A page that asks question by question shows what the answers so far lead to.
func ExampleForm_Shown() {
	w := inMemory()
	i := w.invited(fatal{}, w.asking(fatal{}), claimOf(1))
	form, _ := w.Invitations.Open(website, i.Key)
	fmt.Println(form.Shown(nil))
	fmt.Println(form.Shown([]survey.Answer{survey.Score("satisfied", 1), survey.Choose("why", "other")}))
	// Output:
	// [nps satisfied easy again]
	// [nps satisfied easy why words again]
}

// Nobody is asked twice in a month, whichever campaign wants to.
func ExampleInvitations_Create() {
	w := inMemory()
	first := w.asking(fatal{})
	second := w.asking(fatal{}, func(p *survey.Plan) { p.Code = "S-2" })
	_, err := w.Invitations.Create(agent, survey.Invitee{Campaign: first.ID, Contact: claimOf(1)})
	fmt.Println(err)
	_, err = w.Invitations.Create(agent, survey.Invitee{Campaign: second.ID, Contact: claimOf(1)})
	fmt.Println(err)
	// Output:
	// <nil>
	// the customer was invited not long ago: not allowed in this state
}

// A tenth of all calls, the same ones on every machine.
func ExamplePicked() {
	for _, call := range []kernel.Ref{"call-3", "call-4", "call-5", "call-32"} {
		fmt.Println(call, survey.Picked("2026-11", call, 100))
	}
	// Output:
	// call-3 false
	// call-4 true
	// call-5 false
	// call-32 true
}

// Forty of fifty are satisfied; with so few, that may be anything from two thirds up.
func ExampleShare() {
	e := survey.Share(survey.Count{Good: 40, N: 50})
	fmt.Printf("%.0f%% (%.0f%% to %.0f%%)\n", 100*e.Value, 100*e.Low, 100*e.High)
	// Output: 80% (67% to 89%)
}

func ExampleHistogram_Estimate() {
	h := survey.Histogram{10: 50, 8: 30, 4: 20}
	e := h.Estimate(survey.NPS)
	fmt.Printf("%+.0f, from %+.1f to %+.1f\n", e.Value, e.Low, e.High)
	// Output: +30, from +14.7 to +45.3
}

// The quality of a unit from what was counted elsewhere.
func ExampleJudge() {
	q := survey.Judge(survey.Inputs{
		Surveys:   survey.Count{Good: 80, N: 100},
		Deadlines: survey.Count{Good: 90, N: 100},
	}, survey.Weights{})
	fmt.Printf("%.0f, from %.1f to %.1f\n", q.Score.Value, q.Score.Low, q.Score.High)
	// Output: 85, from 79.2 to 89.0
}
