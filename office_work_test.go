package crm_test

import (
	"time"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// plans is what the office knows of its own work.
type plans struct {
	zhang, li                            kernel.ID // customers
	product, application, policy, lapsed kernel.ID
	questionnaire, campaign              kernel.ID
	program, partner, benefit, member    kernel.ID
	claim, declined, complaint           kernel.ID
	staff                                kernel.ID
}

func both(s string) workflow.Label { return workflow.Label{EN: s, ZH: s} }

// work does something of everything in all rooms, and then looks at all of it.
func (o *office) work() *plans {
	o.Helper()
	p := &plans{}
	o.sells(p)
	o.asks(p)
	o.joins(p)
	o.pays(p)
	o.complains(p)
	o.trains(p)
	o.looks(p)
	return p
}

// sells registers customers, designs products and issues policies.
func (o *office) sells(p *plans) {
	o.Helper()
	in := zhang()
	in.Branch = o.branch
	p.zhang = o.do(access.Agent, "customer.Register", in, kernel.Key("register-1"))
	o.do(access.Agent, "customer.Register", in, kernel.Key("register-1"))
	o.refused(kernel.ErrDuplicate, access.Agent, "customer.Register", in)
	other := customer.Registration{Party: customer.Individual, Name: "李四", Branch: o.branch, Contacts: []customer.ContactDetail{
		{Kind: customer.Phone, Value: secret("13900139000")}, {Kind: customer.Phone, Value: secret("13900139001")},
	}}
	o.refused(kernel.ErrKeyReused, access.Agent, "customer.Register", other, kernel.Key("register-1"))
	p.li = o.do(access.Agent, "customer.Register", other)
	o.do(access.Agent, "customer.Verify", p.zhang, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal}, kernel.IfVersion(1))
	o.refused(kernel.ErrConflict, access.Agent, "customer.Verify", p.zhang, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal}, kernel.IfVersion(1))
	o.do(access.Agent, "customer.Amend", p.zhang, customer.Amendment{Reason: secret("moved"), AddContacts: []customer.ContactDetail{{Kind: customer.Phone, Value: secret("13700137000")}}})
	o.do(access.Agent, "customer.Reveal", p.zhang, customer.Look{Fields: []customer.Field{customer.FieldIdentity, customer.FieldPhones}, Purpose: secret("to check")})

	p.product = o.do(access.Manager, "product.Publish", accident())
	life := accident()
	life.Code, life.Line, life.Terms, life.CoolingOffDays = "LIFE", kernel.Life, []policy.Term{{Years: 10}}, 15
	draft := o.do(access.ProductManager, "product.Draft", life)
	o.do(access.ProductManager, "product.Submit", draft)
	o.do(access.Manager, "product.Approve", draft)
	o.do(access.ProductManager, "product.Launch", draft)
	o.refused(kernel.ErrState, access.ProductManager, "product.Launch", draft)

	form := wish(p.zhang.Ref())
	form.Branch = o.branch
	p.policy = o.do(access.Agent, "application.IssueDirect", form, kernel.Key("issue-1"))
	o.do(access.Agent, "application.IssueDirect", form, kernel.Key("issue-1"))
	slow := form.Form
	slow.Product, slow.Holder = "LIFE", p.li.Ref()
	slow.Insured = []policy.InsuredForm{{Party: p.li.Ref(), Relation: policy.Self, Birth: kernel.NewDate(1985, 5, 5)}}
	p.application = o.do(access.Agent, "application.Draft", slow)
	o.do(access.Agent, "application.Submit", p.application)
	o.do(access.Agent, "application.Withdraw", p.application, policy.Grounds{Code: "moved"})
	long := form
	long.Product, long.Term, long.Receipts = "LIFE", policy.Term{Years: 10}, []policy.ReceiptForm{{Reference: "bank-2", Amount: yuan("680.50"), Method: "transfer"}}
	p.lapsed = o.do(access.Agent, "application.IssueDirect", long)
	o.pass(24 * time.Hour)
	o.do(access.Agent, "policy.AcknowledgeReceipt", p.lapsed, kernel.NewDate(2026, 11, 23)) // somebody will call
	o.do(access.Agent, "policy.CancelCoolingOff", p.lapsed, policy.CoolingOff{Account: secret("6222021234567890123")})
	o.refused(kernel.ErrState, access.Agent, "policy.CancelCoolingOff", p.lapsed, policy.CoolingOff{Account: secret("6222021234567890123")})
	o.pass(24 * time.Hour)
}

// asks publishes a questionnaire and starts a campaign about closed claims.
func (o *office) asks(p *plans) {
	o.Helper()
	p.questionnaire = o.do(access.Manager, "questionnaire.Draft", survey.Content{Code: "claims", Title: both("Your claim"), Questions: []survey.Question{
		{Code: "service", Kind: survey.CSAT, Text: both("How was it?"), Required: true}, {Code: "why", Kind: survey.Text, Text: both("Why?")},
	}})
	o.do(access.Manager, "questionnaire.Publish", p.questionnaire)
	plan := survey.Plan{
		Code: "closed", Title: both("After a claim"), Purpose: "to learn", Questionnaire: p.questionnaire, Branch: o.branch,
		Method: survey.Phone, Trigger: survey.ClaimClosed, RestDays: survey.NoRest, Low: survey.Thresholds{CSAT: 3},
	}
	p.campaign = o.do(access.Manager, "campaign.Draft", plan)
	o.do(access.Manager, "campaign.Schedule", p.campaign)
	o.do(access.Manager, "campaign.Start", p.campaign)
	plan.Code, plan.Method = "online", survey.Online
	online := o.do(access.Manager, "campaign.Draft", plan)
	o.do(access.Manager, "campaign.Schedule", online)
	o.do(access.Manager, "campaign.Start", online)
}

// joins founds the club, with a partner, a benefit, an activity and a member.
func (o *office) joins(p *plans) {
	o.Helper()
	p.program = o.do(access.Manager, "program.Found", member.Founding{Code: "CLUB", Name: both("Club"), Branch: o.branch, Rules: member.Rules{
		Tiers: []member.Tier{{Code: "basic", Name: both("Basic")}, {Code: "silver", Name: both("Silver"), Premium: yuan("500")}}, PointMonths: 24, NoticeDays: 30,
	}})
	p.partner = o.do(access.Manager, "partner.Engage", member.Engagement{Code: "CLINIC", Branch: o.branch, Agreement: member.PartnerAgreement{
		Name: "Clinic", Services: []member.ServiceKind{member.HealthService}, From: kernel.NewDate(2026, 1, 1), To: kernel.NewDate(2030, 1, 1),
	}})
	check := member.BenefitDesign{
		Code: "CHECKUP", Name: both("Health check"), Text: both("A health check a year."), ProgramID: p.program,
		Kind: member.ValueAddedService, Services: []member.ServiceKind{member.HealthService}, Quota: 3, Per: member.PerYear, PartnerID: p.partner,
		Tiers: []member.TierQuota{{Tier: "basic"}, {Tier: "silver"}},
	}
	p.benefit = o.do(access.ProductManager, "benefit.Draft", check)
	o.do(access.Manager, "benefit.Approve", p.benefit)
	o.do(access.Manager, "benefit.Announce", p.benefit, member.Publication{Channels: []member.Channel{member.Site, member.WeChat}, Text: both("Soon.")})
	o.pass(31 * 24 * time.Hour)
	o.say(o.actor(access.System), "benefit.TurnAll")
	p.member = o.do(access.Adviser, "member.EnrolDirect", member.Enrolment{Program: p.program, Customer: p.zhang.Ref(), Branch: o.branch, Adviser: "adviser-1"})
	o.refused(kernel.ErrDuplicate, access.Adviser, "member.EnrolDirect", member.Enrolment{Program: p.program, Customer: p.zhang.Ref(), Branch: o.branch})
	o.do(access.Adviser, "member.Earn", p.member, member.Earning{Points: 100, Source: "bonus-1", Code: "premium"})
	o.do(access.Adviser, "member.Spend", p.member, member.Spending{Points: 40, Reference: "gift-1", Code: "gift"})
	o.refused(kernel.ErrInvalid, access.Adviser, "member.Spend", p.member, member.Spending{Points: 400, Reference: "gift-2", Code: "gift"})
	order := o.do(access.Adviser, "service_order.Order", member.ServiceRequest{Customer: p.zhang.Ref(), Service: member.HealthService, Benefit: "CHECKUP"})
	o.do(access.Adviser, "service_order.Reserve", order, member.Hold{})
	from := noon.Add(40 * 24 * time.Hour)
	activity := o.do(access.Adviser, "activity.Plan", member.ActivityForm{Branch: o.branch, Plan: member.ActivityPlan{
		Title: both("Lecture"), Kind: "lecture", From: from, To: from.Add(2 * time.Hour), Capacity: 1, ProgramID: p.program,
	}})
	o.do(access.Adviser, "activity.Invite", activity)
	o.do(access.Adviser, "activity.SignUp", activity, p.zhang.Ref())
	o.refused(kernel.ErrInvalid, access.Adviser, "activity.SignUp", activity, p.li.Ref())
}

// pays settles a claim and refuses another.
func (o *office) pays(p *plans) {
	o.Helper()
	report := func(cause string, at time.Time) kernel.ID {
		return o.do(access.Adjuster, "claim.Report", claim.Notice{
			Policy: p.policy.Ref(), OccurredAt: at, Cause: cause, Account: secret("6217000010001234567"), Description: secret("hit by a bicycle"),
		})
	}
	open := func(id kernel.ID) {
		papers := []claim.Paper{{Kind: "claim_form"}}
		o.do(access.Adjuster, "claim.File", id, claim.Filing{Claimed: yuan("1100"), Documents: papers}, kernel.Key("file-"+string(id)))
		o.do(access.Adjuster, "claim.Check", id, claim.Review{Kind: claim.CheckCompleteness})
		o.do(access.Adjuster, "claim.Accept", id, claim.Acceptance{})
		o.do(access.Adjuster, "claim.Check", id, claim.Review{Kind: claim.CheckAuthenticity})
		o.do(access.Adjuster, "claim.Check", id, claim.Review{Kind: claim.CheckCoverage})
		o.do(access.Adjuster, "claim.Reserve", id, claim.Reserving{Loss: yuan("2000"), Reason: secret("as claimed")})
		o.do(access.Adjuster, "claim.Assess", id, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan("1100")}}})
	}
	p.claim = report("injury", noon.Add(72*time.Hour))
	open(p.claim)
	o.do(access.Manager, "claim.Approve", p.claim, claim.Approval{})
	o.do(access.Adjuster, "claim.Notify", p.claim, claim.Message{Kind: claim.NoticeAmount, Channel: "sms"})
	o.do(access.Adjuster, "claim.Agree", p.claim, claim.Agreement{How: "signed"})
	o.do(access.Adjuster, "claim.RequestPayment", p.claim, claim.PaymentOrder{})
	o.refused(kernel.ErrState, access.Adjuster, "claim.RequestPayment", p.claim, claim.PaymentOrder{})
	for _, due := range look[[]payment.Payment](o, access.Adjuster, "claim.Payments", p.claim) {
		o.do(access.Cashier, "payment.Request", due.ID, payment.Handover{Reference: "order-1"})
		o.do(access.Cashier, "payment.Issue", due.ID, payment.Receipt{})
		o.do(access.Cashier, "payment.Clear", due.ID, payment.Receipt{Voucher: "V-1"})
	}
	o.do(access.Adjuster, "claim.Close", p.claim) // a call, an invitation and a letter follow
	for _, i := range look[kernel.Page[survey.Invitation]](o, access.Manager, "invitation.List", survey.InvitationFilter{Campaign: p.campaign}, kernel.List{}).Items {
		o.do(access.Manager, "invitation.Enter", i.ID, survey.Entry{Answers: []survey.Answer{survey.Score("service", 1), survey.Say("why", "it took long")}, Recording: "tape-1"})
	}
	for _, i := range look[kernel.Page[survey.Invitation]](o, access.Manager, "invitation.List", survey.InvitationFilter{State: survey.Created}, kernel.List{}).Items {
		sent := look[survey.Invitation](o, access.Manager, "invitation.Send", i.ID)
		o.do(survey.Respondent, "invitation.Open", sent.Key)
		o.do(survey.Respondent, "invitation.Form", sent.Key)
		o.do(survey.Respondent, "invitation.Submit", survey.Submission{Key: sent.Key, Answers: []survey.Answer{survey.Score("service", 4)}})
	}
	o.pass(time.Hour)
	p.declined = report("illness", noon.Add(73*time.Hour))
	open(p.declined)
	o.do(access.Adjuster, "claim.Check", p.declined, claim.Review{Kind: claim.CheckAuthenticity, Result: claim.Failed, Grounds: secret("the invoice is forged")})
	o.do(access.Manager, "claim.Decline", p.declined, claim.Refusal{Reason: "forged", Clause: "2.7", Remark: secret("see the file")})
}

// complains takes a complaint to its reply and the calls to their end.
func (o *office) complains(p *plans) {
	o.Helper()
	letter := complaint.Message{Channel: "sms", ArrivedAt: noon.Add((33*24 + 1) * time.Hour)}
	p.complaint = o.do(access.Adviser, "complaint.Receive", complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: p.zhang.Ref()}}, Channel: "phone", Branch: o.branch, Content: secret("nobody answers"),
		About: complaint.Topic{Policy: p.policy.Ref(), Claim: p.claim.Ref(), Product: "ACC", Line: kernel.Accident}, Against: []complaint.Accused{{Kind: complaint.Person, Party: "agent-1"}},
	}, kernel.Key("receive-1"))
	handler := access.ComplaintHandler
	o.do(handler, "complaint.Accept", p.complaint, complaint.Acceptance{Notice: letter})
	o.do(handler, "complaint.Classify", p.complaint, complaint.Classification{Category: complaint.CategoryService})
	o.do(handler, "complaint.Assign", p.complaint, complaint.Assignment{Handler: "complaint_handler-1"})
	o.do(handler, "complaint.AskUnit", p.complaint, complaint.Question{Unit: "sales", DueOn: kernel.NewDate(2027, 1, 5), Text: secret("what happened?")})
	for _, q := range look[[]complaint.Inquiry](o, handler, "complaint.Inquiries", p.complaint) {
		o.do(access.Agent, "complaint.AnswerUnit", p.complaint, complaint.UnitAnswer{Inquiry: q.ID, Text: secret("we were closed")})
	}
	for _, r := range look[[]complaint.Respondent](o, handler, "complaint.Respondents", p.complaint) {
		o.do(handler, "complaint.Conclude", p.complaint, complaint.Conclusion{Findings: []complaint.Found{{Respondent: r.ID, Justified: true, Facts: secret("as told")}}})
	}
	o.do(handler, "complaint.Resolve", p.complaint, complaint.Decision{Measures: secret("called back"), Apology: true, Cause: complaint.RootCause{Code: "service.delay"}})
	o.do(access.Adviser, "complaint.Receive", complaint.Receipt{Anonymous: true, Branch: o.branch, Content: secret("the music in the queue")})
	measure := o.do(handler, "improvement.Propose", improve.Proposal{
		Source: improve.Source{Kind: improve.FromComplaint, ID: p.complaint.Ref()}, Branch: o.branch, CauseCode: "service.delay", Cause: secret("one line"), Measure: secret("a second line"), Unit: "service",
	})
	o.do(access.Manager, "improvement.Approve", measure, improve.Plan{Responsible: "manager-1", DueOn: kernel.NewDate(2027, 3, 1), Figures: []improve.Figure{{Name: "repeated", Unit: "complaints", Better: improve.Lower, Before: yuan("7")}}})
	for _, v := range look[kernel.Page[customer.Visit]](o, access.Adviser, "visit.List", customer.VisitFilter{Open: true}, kernel.List{Limit: 1}).Items {
		o.do(access.Adviser, "visit.Attempt", v.ID, customer.Try{Outcome: customer.NoAnswer, Channel: "phone"})
	}
	o.do(access.Manager, "task.Open", task.Assignment{Kind: "complaint", Case: p.complaint, Code: "call", Note: secret("call her"), Owner: "adviser-1", Queue: access.Adviser, DueAt: noon.Add(50 * 24 * time.Hour)})
	o.do(access.PrivacyOfficer, "complaint.Reveal", p.complaint, reveal.Purpose{Text: secret("to answer")})
}

// trains hires, teaches, appraises and inspects.
func (o *office) trains(p *plans) {
	o.Helper()
	p.staff = o.do(access.Manager, "staff.Hire", member.Hiring{Actor: "agent-1", Name: "周一", Role: access.Agent, Team: "east", Branch: o.branch})
	o.refused(kernel.ErrDuplicate, access.Manager, "staff.Hire", member.Hiring{Actor: "agent-1", Name: "周一", Role: access.Agent, Branch: o.branch})
	o.do(access.Manager, "staff.Qualify", p.staff, member.Proof{Code: "sales", Certificate: secret("C-1")})
	course := o.do(access.Manager, "course.Offer", member.Offering{Code: "talk", Branch: o.branch, Syllabus: member.Syllabus{
		Title: both("Communication"), Goal: "Understand.", Content: "Listening.", Form: member.Drill, Hours: 8, PassMark: yuan("60"), Qualification: "desk", ValidMonths: 24,
		Criteria: []member.Criterion{{Code: "method", Text: both("Knows how")}},
	}})
	training := o.do(access.Manager, "training.Plan", member.Planning{Course: course, Staff: p.staff, Session: "autumn", On: kernel.NewDate(2026, 12, 1),
		Trainer: member.Trainer{Kind: member.HiredTrainer, Name: secret("孙教授"), Firm: "academy", Meets: []string{"method"}}})
	o.do(access.Manager, "training.Run", training)
	o.do(access.Manager, "appraisal.Appraise", member.Appraising{Staff: p.staff, From: kernel.NewDate(2026, 10, 1), To: kernel.NewDate(2026, 11, 30),
		Marks: member.Marks{Quality: yuan("95"), Skill: yuan("92"), Satisfaction: yuan("96")}})
	drawn := o.do(access.Manager, "inspection.Draw", survey.Drawing{
		Contact:   survey.Contact{Customer: p.zhang.Ref(), Branch: o.branch, About: survey.About{Kind: "call", Handler: "agent-1"}},
		Recording: "call-77", ServedAt: noon, Sheet: survey.Sheet{Code: "HOTLINE", Title: "Hotline", Pass: 80, Items: []survey.SheetItem{{Code: "greeting", Text: both("Greets"), Points: 2}}},
	})
	o.do(access.ComplaintHandler, "inspection.Score", drawn, survey.Scoring{Marks: []survey.Mark{{Item: "greeting", Points: 1}}, Findings: secret("no greeting")})
	o.say(o.actor(access.System), "task.Sweep")
}
