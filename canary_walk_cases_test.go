package crm_test

import (
	"time"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
)

func (s *sweep) loss(p policy.Policy, cause string) claim.Notice {
	return claim.Notice{Policy: p.ID.Ref(), OccurredAt: s.clock.Now().Add(-time.Hour), Cause: cause, Account: s.account()}
}

// loses reports a loss.
func (s *sweep) loses(p policy.Policy, cause string) kernel.ID {
	return do[claim.Claim](s, "claim.Report", s.loss(p, cause)).ID
}

// checks takes a claim from the form to the assessment.
func (s *sweep) checks(id kernel.ID, claimed string) {
	do[claim.Claim](s, "claim.File", id, claim.Filing{Claimed: yuan(claimed), Documents: []claim.Paper{{Kind: "claim_form"}}})
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckCompleteness})
	do[claim.Claim](s, "claim.Accept", id, claim.Acceptance{Handler: "li"})
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckAuthenticity})
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckCoverage})
	do[claim.Claim](s, "claim.Assess", id, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan(claimed)}}})
}

func (s *sweep) claims(holder customer.Customer, p policy.Policy) {
	s.days(1)
	s.claimPaid(p)
	s.claimAsked(p)
	s.claimReferred(p)
	s.claimEnds(p)
	now := s.clock.Now()
	do[kernel.IntakeReport](s, "claim.Import", []claim.Adoption{
		{Key: "old-1", State: claim.Reported, ReportedAt: now, Notice: s.loss(p, "storm")},
		{Key: "old-2", State: claim.Filed, ReportedAt: now, FiledAt: now, Documents: []claim.Paper{{Kind: "claim_form"}}, Notice: s.loss(p, "hail")},
	}, kernel.Intake{})
}

// claimPaid goes the usual way, and the money comes back once.
func (s *sweep) claimPaid(p policy.Policy) {
	id := s.loses(p, "injury")
	do[claim.Claim](s, "claim.Contact", id, claim.Conversation{Channel: "phone"})
	do[claim.Claim](s, "claim.Assist", id, claim.Assistance{Assistant: "adviser-3"})
	do[claim.Claim](s, "claim.Notify", id, claim.Message{Kind: claim.NoticeGuidance, Channel: "sms"})
	s.checks(id, "1100")
	do[claim.Claim](s, "claim.Assign", id, claim.Assignment{Handler: "chen"})
	do[claim.Claim](s, "claim.MarkComplex", id, claim.Remark{})
	do[claim.Claim](s, "claim.Reserve", id, claim.Reserving{Loss: yuan("800"), Undisputed: yuan("100")})
	do[claim.Claim](s, "claim.Advance", id, claim.AdvanceOrder{Amount: yuan("50"), Account: s.account()})
	do[claim.Claim](s, "claim.Approve", id, claim.Approval{})
	do[claim.Claim](s, "claim.Reassess", id, claim.Reassessment{Code: "new_bill"})
	do[claim.Claim](s, "claim.Approve", id, claim.Approval{})
	do[claim.Claim](s, "claim.Notify", id, claim.Message{Kind: claim.NoticeAmount})
	do[claim.Claim](s, "claim.Agree", id, claim.Agreement{How: "signed"})
	do[claim.Claim](s, "claim.RequestPayment", id, claim.PaymentOrder{})
	for _, pay := range got(s.Claims.Payments(owner, id))(s) {
		s.meet("payment.", pay)
		if pay.State != payment.Pending {
			continue
		}
		do[payment.Payment](s, "payment.Request", pay.ID, payment.Handover{Reference: "order-1", Account: s.account()})
		do[payment.Payment](s, "payment.Issue", pay.ID, payment.Receipt{})
		do[payment.Payment](s, "payment.Fail", pay.ID, payment.Cause{Code: "name"})
		do[payment.Payment](s, "payment.Request", pay.ID, payment.Handover{Reference: "order-2", Account: s.account()})
		do[payment.Payment](s, "payment.Issue", pay.ID, payment.Receipt{})
		do[payment.Payment](s, "payment.Clear", pay.ID, payment.Receipt{Voucher: "V-1"})
		do[payment.Payment](s, "payment.Bounce", pay.ID, payment.Cause{Code: "closed_account"})
		do[payment.Payment](s, "payment.Request", pay.ID, payment.Handover{Reference: "order-3", Account: s.account()})
		do[payment.Payment](s, "payment.Issue", pay.ID, payment.Receipt{})
		do[payment.Payment](s, "payment.Clear", pay.ID, payment.Receipt{Voucher: "V-2"})
	}
	do[claim.Claim](s, "claim.Close", id)
}

// claimAsked is a claim whose documents are missing, doubted and looked into.
func (s *sweep) claimAsked(p policy.Policy) {
	id := s.loses(p, "fall")
	do[claim.Claim](s, "claim.File", id, claim.Filing{Claimed: yuan("900")})
	do[claim.Claim](s, "claim.RequestDocuments", id, claim.MissingRequest{Also: []string{"invoice"}, Channel: "sms"})
	do[claim.Claim](s, "claim.AddDocument", id, claim.Paper{Kind: "invoice"})
	do[claim.Claim](s, "claim.SupplyDocuments", id, claim.Supply{Documents: []claim.Paper{{Kind: "claim_form"}}})
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckCompleteness})
	do[claim.Claim](s, "claim.Accept", id, claim.Acceptance{})
	do[claim.Claim](s, "claim.RequestMore", id, claim.MoreRequest{Documents: []string{"x_ray"}, Channel: "sms"})
	do[claim.Claim](s, "claim.SupplyMore", id, claim.MoreSupply{Documents: []claim.Paper{{Kind: "x_ray"}}})
	docs := got(s.Claims.Documents(owner, id))(s)
	do[claim.Claim](s, "claim.JudgeDocument", id, claim.Judgement{Document: docs[0].ID, Verdict: claim.Doubtful})
	do[claim.Claim](s, "claim.Investigate", id, claim.Investigation{Investigator: "expert-7"})
	do[claim.Claim](s, "claim.JudgeDocument", id, claim.Judgement{Document: docs[0].ID, Verdict: claim.Genuine})
	do[claim.Claim](s, "claim.Conclude", id, claim.Conclusion{Result: claim.Passed, Lines: []claim.Item{{Coverage: "MED", Claimed: yuan("900")}}})
	do[claim.Claim](s, "claim.Withdraw", id, claim.Remark{})
}

// claimReferred are claims that two decide on.
func (s *sweep) claimReferred(p policy.Policy) {
	id := s.loses(p, "burn")
	s.checks(id, "1200")
	do[claim.Claim](s, "claim.Refer", id, claim.Referral{})
	s.who = "deputy"
	do[claim.Claim](s, "claim.Return", id, claim.Remark{})
	s.who = "boss"
	do[claim.Claim](s, "claim.Refer", id, claim.Referral{})
	s.who = "deputy"
	do[claim.Claim](s, "claim.Countersign", id, claim.Remark{})
	s.who = "boss"
	do[claim.Claim](s, "claim.Notify", id, claim.Message{Kind: claim.NoticeAmount})
	do[claim.Claim](s, "claim.Agree", id, claim.Agreement{How: "app"})
	order := claim.PaymentOrder{Accounts: map[kernel.Ref]privacy.Secret{}}
	do[claim.Claim](s, "claim.RequestPayment", id, order)
	pay := got(s.Claims.Payments(owner, id))(s)[0]
	s.meet("payment.", pay)
	do[payment.Payment](s, "payment.Request", pay.ID, payment.Handover{Reference: "order-4", Account: s.account()})
	do[payment.Payment](s, "payment.Issue", pay.ID, payment.Receipt{})
	do[payment.Payment](s, "payment.Void", pay.ID, payment.Cause{Code: "wrong_payee"})

	id = s.loses(p, "poison")
	s.checks(id, "5000")
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckCoverage, Result: claim.Failed})
	do[claim.Claim](s, "claim.Refer", id, claim.Referral{Refuse: &claim.Refusal{Reason: "exclusion", Clause: "2.6"}})
	s.who = "deputy"
	do[claim.Claim](s, "claim.CountersignRefusal", id, claim.Remark{})
	s.who = "boss"
}

// claimEnds are the other ends of claims.
func (s *sweep) claimEnds(p policy.Policy) {
	id := s.loses(p, "illness")
	s.checks(id, "1300")
	do[claim.Claim](s, "claim.Check", id, claim.Review{Kind: claim.CheckAuthenticity, Result: claim.Failed})
	do[claim.Claim](s, "claim.Decline", id, claim.Refusal{Reason: "forged", Clause: "2.7"})
	id = s.loses(p, "sting")
	do[claim.Claim](s, "claim.SettleDirect", id, claim.Settlement{
		Filing: claim.Filing{Claimed: yuan("200"), Documents: []claim.Paper{{Kind: "claim_form"}}},
		Lines:  []claim.Item{{Coverage: "MED", Claimed: yuan("200")}}, Agreed: "app",
	})
	do[payment.Payment](s, "payment.Stop", got(s.Claims.Payments(owner, id))(s)[0].ID, payment.Cause{Code: "wrong_payee"})
	id = s.loses(p, "scratch")
	s.checks(id, "50") // below the deductible
	do[claim.Claim](s, "claim.Approve", id, claim.Approval{})
	do[claim.Claim](s, "claim.Notify", id, claim.Message{Kind: claim.NoticeAmount})
	do[claim.Claim](s, "claim.CloseNil", id)
	id = s.loses(p, "bite")
	do[claim.Claim](s, "claim.Notify", id, claim.Message{Kind: claim.NoticeGuidance})
	s.days(181)
	do[claim.Claim](s, "claim.Lapse", id)
}

// speaks is a complaint of the customer about something new each time.
func (s *sweep) speaks(holder customer.Customer) complaint.Receipt {
	return complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: holder.ID.Ref(), Phone: s.phone(), Email: s.mail()}},
		Channel:      "phone", About: complaint.Topic{Other: kernel.NewID().Ref()},
		Against: []complaint.Accused{{Kind: complaint.Person, Party: "zhou"}},
	}
}

func (s *sweep) complains(holder customer.Customer) kernel.ID {
	return do[complaint.Complaint](s, "complaint.Receive", s.speaks(holder)).ID
}

var (
	ofService = complaint.Classification{Category: complaint.CategoryService}
	putRight  = complaint.Decision{Apology: true, Cause: complaint.RootCause{Code: "service.delay"}}
)

// investigated takes a complaint to the end of its investigation.
func (s *sweep) investigated(id kernel.ID, as complaint.Classification) {
	do[complaint.Complaint](s, "complaint.Classify", id, as)
	do[complaint.Complaint](s, "complaint.Assign", id, complaint.Assignment{Handler: "li"})
	s.concludes(id)
}

func (s *sweep) concludes(id kernel.ID) {
	var found []complaint.Found
	for _, r := range got(s.Complaints.Respondents(owner, id))(s) {
		found = append(found, complaint.Found{Respondent: r.ID, Justified: true})
	}
	do[complaint.Complaint](s, "complaint.Conclude", id, complaint.Conclusion{Findings: found})
}

func (s *sweep) answer() complaint.Answer {
	return complaint.Answer{Notice: complaint.Message{Channel: "letter", ArrivedAt: s.clock.Now()}}
}

func (s *sweep) complaints(holder customer.Customer) {
	id := s.complains(holder)
	do[complaint.Complaint](s, "complaint.AddFacts", id, complaint.Addition{})
	do[complaint.Complaint](s, "complaint.Accept", id, complaint.Acceptance{Notice: complaint.Message{Channel: "sms"}})
	do[complaint.Complaint](s, "complaint.Classify", id, ofService)
	do[complaint.Complaint](s, "complaint.Assign", id, complaint.Assignment{Handler: "li"})
	do[complaint.Complaint](s, "complaint.NameRespondent", id, complaint.Accused{Kind: complaint.Person, Party: "qian"})
	do[complaint.Complaint](s, "complaint.AskUnit", id, complaint.Question{
		Respondent: got(s.Complaints.Respondents(owner, id))(s)[0].ID, Unit: "north", DueOn: s.today().AddDays(3),
	})
	do[complaint.Complaint](s, "complaint.AnswerUnit", id, complaint.UnitAnswer{Inquiry: got(s.Complaints.Inquiries(owner, id))(s)[0].ID})
	do[complaint.Complaint](s, "complaint.Suspend", id, complaint.Pause{Kind: complaint.Appraisal, Notice: complaint.Message{Channel: "sms"}})
	do[complaint.Complaint](s, "complaint.Continue", id, complaint.Resumption{})
	do[complaint.Complaint](s, "complaint.Extend", id, complaint.Extension{Notice: complaint.Message{Channel: "sms"}})
	do[complaint.Complaint](s, "complaint.ExtendAgain", id, complaint.SecondExtension{Approver: "wang", Notice: complaint.Message{Channel: "sms"}})
	do[complaint.Complaint](s, "complaint.Notify", id, complaint.Message{Kind: complaint.NoticeProgress, Channel: "sms"})
	s.concludes(id)
	do[complaint.Complaint](s, "complaint.Resolve", id, putRight)
	do[complaint.Complaint](s, "complaint.Reply", id, s.answer())
	second := do[complaint.Complaint](s, "complaint.ComplainAgain", id, complaint.Again{}).Second
	s.who = "chen"
	do[complaint.Complaint](s, "complaint.Classify", second, ofService)
	do[complaint.Complaint](s, "complaint.Assign", second, complaint.Assignment{Handler: "chen"})
	s.concludes(second)
	do[complaint.Complaint](s, "complaint.Resolve", second, putRight)
	do[complaint.Complaint](s, "complaint.Reply", second, s.answer())
	do[complaint.Complaint](s, "complaint.NameOutsideBody", second, complaint.Again{OutsideBody: "Mediation centre"})
	s.who = "boss"
	s.complaintEnds(holder)
}

// complaintEnds are the other ways that complaints take.
func (s *sweep) complaintEnds(holder customer.Customer) {
	id := s.complains(holder)
	do[complaint.Complaint](s, "complaint.Accept", id, complaint.Acceptance{})
	s.investigated(id, complaint.Classification{Category: complaint.CategoryService, Severity: complaint.Major, Supervisor: "wang"})
	do[complaint.Complaint](s, "complaint.Refer", id, putRight)
	s.who = "deputy"
	do[complaint.Complaint](s, "complaint.Return", id, complaint.Remark{})
	s.who = "boss"
	do[complaint.Complaint](s, "complaint.Refer", id, putRight)
	s.who = "deputy"
	do[complaint.Complaint](s, "complaint.Countersign", id, complaint.Remark{})
	s.who = "boss"
	do[complaint.Complaint](s, "complaint.Reply", id, s.answer())
	do[complaint.Complaint](s, "complaint.Close", id, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "service.delay"}})
	do[complaint.Complaint](s, "complaint.Refuse", s.complains(holder), complaint.Refusal{Reason: "before_court", TurnTo: "the court", Notice: complaint.Message{Channel: "letter"}})
	do[complaint.Complaint](s, "complaint.Withdraw", s.complains(holder), complaint.Remark{})
	do[complaint.Complaint](s, "complaint.Merge", s.complains(holder), complaint.Merging{Survivor: s.complains(holder)})
	id = s.complains(holder)
	do[complaint.Complaint](s, "complaint.Accept", id, complaint.Acceptance{})
	do[complaint.Complaint](s, "complaint.ResolveOnTheSpot", id, complaint.SpotDecision{Classification: ofService, Verdict: complaint.Justified, Decision: putRight})
	ago := func(days int) time.Time { return s.clock.Now().AddDate(0, 0, -days) }
	in := complaint.Adoption{
		State: complaint.Closed, Number: "OLD-1", Receipt: s.speaks(holder), Classification: ofService, Handler: "li", AcceptedAt: ago(9), RepliedAt: ago(5),
		ArrivedAt: ago(4), ClosedAt: ago(3), Decision: ptr(putRight), DecidedBy: "li", Cause: complaint.RootCause{Code: "service.delay"},
	}
	in.Receipt.ReceivedAt = ago(10)
	do[complaint.Complaint](s, "complaint.Adopt", in)
}

func (s *sweep) visits(holder customer.Customer) {
	plan := func() kernel.ID {
		return do[customer.Visit](s, "visit.Plan", customer.VisitPlan{Kind: customer.VisitCare, Customer: holder.ID.Ref()}).ID
	}
	id := plan()
	do[customer.Visit](s, "visit.Attempt", id, customer.Try{Outcome: customer.NoAnswer, Channel: "phone"})
	do[customer.Visit](s, "visit.Reach", id, customer.Call{Channel: "phone", Recording: "call"})
	do[customer.Visit](s, "visit.RaiseProblem", id, customer.Issue{Problem: customer.ProblemService})
	do[customer.Visit](s, "visit.Complete", id, customer.Outcome{})
	id = plan()
	for range 3 {
		do[customer.Visit](s, "visit.Attempt", id, customer.Try{Outcome: customer.NoAnswer})
	}
	do[customer.Visit](s, "visit.GiveUp", id, privacy.Secret{})
	do[customer.Visit](s, "visit.Reach", plan(), customer.Call{})
}
