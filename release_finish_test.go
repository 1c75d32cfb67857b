package crm_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

var (
	everything = kernel.List{Limit: kernel.MaxLimit}
	clerk      = as("complaint_handler-1", "complaint_handler", "manager", "adviser", "adjuster", "agent")
)

// finish carries every case that a release left running to its end.
func (w *world) finish(t testing.TB) {
	t.Helper()
	w.finishClaims(t)
	w.finishComplaints(t)
	w.finishMembership(t)
	w.finishCalls(t)
	for _, tk := range got(w.Tasks.List(owner, task.Filter{Live: true}, everything))(t).Items {
		if tk.Clock == "" { // the others end with their case
			got(w.Tasks.Complete(owner, tk.ID, secret("done")))(t)
		}
	}
	w.clock.Advance(400 * 24 * time.Hour)
	got(w.Tasks.Sweep(owner))(t)
	for _, p := range got(w.Policies.List(owner, policy.PolicyFilter{State: policy.InForce}, everything))(t).Items {
		if p = got(w.Policies.Expire(owner, p.ID))(t); p.State != policy.PolicyExpired {
			t.Errorf("policy %s", p.State)
		}
	}
}

// finishClaims pays what is owed, tells who was refused, and settles one more claim.
func (w *world) finishClaims(t testing.TB) {
	t.Helper()
	for _, c := range got(w.Claims.List(owner, claim.Filter{State: claim.Declined}, everything))(t).Items {
		got(w.Claims.Notify(owner, c.ID, claim.Message{Kind: claim.NoticeRefusal}))(t)
		got(w.Claims.Close(owner, c.ID))(t)
	}
	for _, p := range got(w.Policies.List(owner, policy.PolicyFilter{State: policy.InForce}, everything))(t).Items {
		c := w.approvable(t, loss(&p, "fall", w.clock.Now().Add(-time.Hour)), "500")
		got(w.Claims.Approve(manager, c.ID, claim.Approval{}))(t)
		got(w.Claims.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
		got(w.Claims.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
		got(w.Claims.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
	}
	for _, p := range got(w.Payments.List(owner, payment.Pending, everything))(t).Items {
		got(w.Payments.Request(owner, p.ID, payment.Handover{Reference: "late-" + string(p.ID)}))(t)
		got(w.Payments.Issue(owner, p.ID, payment.Receipt{}))(t)
		got(w.Payments.Clear(owner, p.ID, payment.Receipt{Voucher: "V-" + string(p.ID)}))(t)
	}
	for _, c := range got(w.Claims.List(owner, claim.Filter{}, everything))(t).Items {
		if c.State != claim.Closed {
			c = got(w.Claims.Close(owner, c.ID))(t)
		}
		if c.State != claim.Closed {
			t.Errorf("claim %s", c.State)
		}
	}
}

// finishComplaints answers everybody, and takes the measures that follow.
func (w *world) finishComplaints(t testing.TB) {
	t.Helper()
	for _, c := range got(w.Complaints.List(owner, complaint.Filter{}, everything))(t).Items {
		if c.State == complaint.Received {
			got(w.Complaints.Continue(clerk, c.ID, complaint.Resumption{}))(t)
			got(w.Complaints.Accept(clerk, c.ID, complaint.Acceptance{}))(t)
			got(w.Complaints.Classify(clerk, c.ID, complaint.Classification{Category: complaint.CategoryService}))(t)
			got(w.Complaints.Assign(manager, c.ID, complaint.Assignment{Handler: "complaint_handler-1"}))(t)
			got(w.Complaints.Conclude(clerk, c.ID, complaint.Conclusion{Findings: []complaint.Found{{Facts: secret("so it was")}}}))(t)
			c = got(w.Complaints.Resolve(clerk, c.ID, complaint.Decision{Measures: secret("other music"), Apology: true, Cause: complaint.RootCause{Code: "service.delay"}}))(t)
		}
		letter := complaint.Message{Channel: "letter", Text: secret("we are sorry"), ArrivedAt: w.clock.Now()}
		got(w.Complaints.Reply(clerk, c.ID, complaint.Answer{Notice: letter}))(t)
		if c = got(w.Complaints.Close(clerk, c.ID, complaint.Closing{Satisfied: true}))(t); c.State != complaint.Closed {
			t.Errorf("complaint %s", c.State)
		}
	}
	for _, m := range got(w.Improvements.List(owner, improve.Filter{Open: true}, everything))(t).Items {
		got(w.Improvements.Start(manager, m.ID))(t)
		got(w.Improvements.Finish(manager, m.ID, improve.Completion{Document: "M-1"}))(t)
		got(w.Improvements.Verify(owner, m.ID, improve.Verification{After: map[string]decimal.Decimal{"repeated": yuan("2")}}))(t)
	}
}

// finishMembership does what was promised to members and to staff.
func (w *world) finishMembership(t testing.TB) {
	t.Helper()
	room := w.Membership
	partner := got(room.Partners.List(owner, everything))(t).Items[0]
	for _, o := range got(room.Orders.List(owner, member.OrderFilter{}, everything))(t).Items {
		now := w.clock.Now()
		today := kernel.DateOf(now)
		o = got(room.Orders.Schedule(owner, o.ID, member.Appointment{
			PartnerID: partner.ID, From: now.Add(24 * time.Hour), To: now.Add(26 * time.Hour),
			Agreement: member.ServiceAgreement{Number: "S-1", Content: secret("a health check"), From: today, To: today.AddDays(30), SignedOn: today},
		}))(t)
		w.clock.Set(o.SlotFrom)
		got(room.Orders.Start(owner, o.ID))(t)
		w.clock.Advance(time.Hour)
		if o = got(room.Orders.Deliver(owner, o.ID, member.Delivery{Result: secret("well")}))(t); o.State != member.OrderDelivered {
			t.Errorf("order %s", o.State)
		}
		got(room.Orders.Evaluate(owner, o.ID, member.Opinion{Score: 5}))(t)
	}
	for _, a := range got(room.Activities.List(owner, "", everything))(t).Items {
		got(room.Activities.Hold(owner, a.ID))(t)
	}
	for _, s := range got(room.Staff.List(owner, member.StaffFilter{}, everything))(t).Items {
		for _, x := range got(room.Trainings.List(owner, member.TrainingFilter{Staff: s.ID}, everything))(t).Items {
			got(room.Trainings.Finish(owner, x.ID, member.Outcome{Attendance: yuan("100"), Score: yuan("90")}))(t)
			got(room.Trainings.Pass(owner, x.ID))(t)
		}
		for _, a := range got(room.Appraisals.ForStaff(owner, s.ID))(t) {
			got(room.Appraisals.Reward(owner, a.ID, "bonus"))(t)
		}
	}
}

// finishCalls calls everybody who was to be called, and ends the campaigns.
func (w *world) finishCalls(t testing.TB) {
	t.Helper()
	for _, v := range got(w.Visits.List(owner, customer.VisitFilter{Open: true}, everything))(t).Items {
		v = got(w.Visits.Reach(owner, v.ID, customer.Call{Channel: "phone", Recording: "tape-" + string(v.ID)}))(t)
		var said []customer.Reply
		for _, p := range v.Points {
			said = append(said, customer.Reply{Point: p.Code, Result: map[bool]customer.Result{true: customer.Told, false: customer.Confirmed}[p.Open], Words: secret("fine")})
		}
		if v = got(w.Visits.Complete(owner, v.ID, customer.Outcome{Answers: said}))(t); v.State != customer.VisitCompleted {
			t.Errorf("visit %s", v.State)
		}
	}
	for _, c := range got(w.Surveys.Campaigns.List(owner, survey.CampaignFilter{}, everything))(t).Items {
		got(w.Surveys.Campaigns.Close(owner, c.ID, survey.Grounds{Code: "enough"}))(t)
		got(w.Surveys.Campaigns.Analyse(owner, c.ID, survey.Conclusion{Summary: secret("two answers")}))(t)
	}
}
