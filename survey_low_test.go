package crm_test

import (
	"testing"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/survey"
)

// A claimant whose claim was closed is asked, is not content, is called, and says why: the
// call becomes a complaint that nobody has to write down.
func TestALowScoreBecomesAComplaint(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		label := func(en string) workflow.Label { return workflow.Label{EN: en, ZH: en} }
		q := got(w.Surveys.Questionnaires.Draft(owner, survey.Content{
			Code: "claims", Title: label("Your claim"),
			Questions: []survey.Question{{Code: "service", Kind: survey.CSAT, Text: label("How was it?"), Required: true}},
		}))(t)
		q = got(w.Surveys.Questionnaires.Publish(owner, q.ID))(t)
		c := got(w.Surveys.Campaigns.Draft(owner, survey.Plan{
			Code: "closed", Title: label("After a claim"), Purpose: "to learn", Questionnaire: q.ID,
			Method: survey.Phone, Trigger: survey.ClaimClosed, Low: survey.Thresholds{CSAT: 3},
		}))(t)
		got(w.Surveys.Campaigns.Schedule(owner, c.ID))(t)
		got(w.Surveys.Campaigns.Start(owner, c.ID))(t)
		s := w.insured(t)
		w.pay(t, s)

		asked := got(w.Surveys.Invitations.List(owner, survey.InvitationFilter{Campaign: c.ID}, kernel.List{}))(t).Items
		if len(asked) != 1 || asked[0].Customer != s.claim.Claimant {
			t.Fatalf("%+v", asked)
		}
		got(w.Surveys.Invitations.Enter(owner, asked[0].ID, survey.Entry{Answers: []survey.Answer{survey.Score("service", 1)}, Recording: "tape-1"}))(t)
		calls := got(w.Visits.List(owner, customer.VisitFilter{Kind: customer.VisitBusiness}, kernel.List{}))(t).Items
		if len(calls) != 1 || calls[0].About() != (customer.About{Kind: "invitation", ID: asked[0].ID}) {
			t.Fatalf("%+v", calls)
		}
		got(w.Visits.Reach(owner, calls[0].ID, customer.Call{}))(t)
		got(w.Visits.RaiseProblem(owner, calls[0].ID, customer.Issue{
			Problem: customer.ProblemClaim, Text: secret("three letters and no answer"), Recording: "tape-2",
		}))(t)
		complaints := got(w.Complaints.List(owner, complaint.Filter{Customer: s.claim.Claimant}, kernel.List{}))(t).Items
		if len(complaints) != 1 || complaints[0].Channel != "visit" || complaints[0].Other != calls[0].ID.Ref() || complaints[0].PromisedBy.IsZero() {
			t.Fatalf("%+v", complaints)
		}
		w.sound(t)
	})
}
