package crm_test

import (
	"time"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

var ground = member.Grounds{Code: "why"}

func (s *sweep) hires(actor kernel.Ref) kernel.ID {
	return do[member.Staff](s, "staff.Hire", member.Hiring{Actor: actor, Name: s.name(), Role: access.Adviser, Team: "one"}).ID
}

func (s *sweep) staff() {
	li := s.hires("adviser-li")
	do[member.Staff](s, "staff.Transfer", li, member.Post{Role: access.Adviser, Team: "two"})
	do[member.Staff](s, "staff.Qualify", li, member.Proof{Code: "life"})
	do[member.Staff](s, "staff.Disqualify", li, member.Disqualification{Code: "life", Grounds: ground})
	do[member.Staff](s, "staff.SignAgreement", li, member.Agreement{})
	do[member.Staff](s, "staff.Suspend", li, ground)
	do[member.Staff](s, "staff.Resume", li, ground)
	do[member.Staff](s, "staff.Leave", s.hires("adviser-gone"), member.Departure{Grounds: ground})
	s.trainings(li)
	appraise := func(staff kernel.ID, mark string) kernel.ID {
		return do[member.Appraisal](s, "appraisal.Appraise", member.Appraising{
			Staff: staff, From: s.today().AddDays(-30), To: s.today().AddDays(-1), Marks: member.Marks{Quality: yuan(mark), Skill: yuan(mark), Satisfaction: yuan(mark)},
		}).ID
	}
	do[member.Appraisal](s, "appraisal.Reward", appraise(li, "100"), "bonus")
	poor := appraise(s.hires("adviser-poor"), "10")
	do[member.Appraisal](s, "appraisal.Coach", poor, member.Coaching{Coach: "adviser-li", Due: s.today().AddDays(30)})
	do[member.Appraisal](s, "appraisal.Conclude", poor, true)
	do[member.Appraisal](s, "appraisal.Settle", appraise(s.hires("adviser-fair"), "75"))
}

func (s *sweep) trainings(staff kernel.ID) {
	syllabus := member.Syllabus{
		Title: both("Communication"), Goal: "understand", Content: "listening", Form: member.Drill, Hours: 8, PassMark: yuan("60"), MinAttendance: yuan("80"),
		Criteria: []member.Criterion{{Code: "method", Text: both("Knows how to train")}},
	}
	c := do[member.Course](s, "course.Offer", member.Offering{Code: "talk", Syllabus: syllabus}).ID
	syllabus.Hours = 9
	do[member.Course](s, "course.Revise", c, syllabus)
	examined := func(score string) kernel.ID {
		id := do[member.Training](s, "training.Plan", member.Planning{
			Course: c, Staff: staff, Session: "s-" + kernel.NewID().Ref(), On: s.today(), Trainer: member.Trainer{Kind: member.HiredTrainer, Firm: "academy", Meets: []string{"method"}},
		}).ID
		do[member.Training](s, "training.Run", id)
		do[member.Training](s, "training.Finish", id, member.Outcome{Attendance: yuan("90"), Score: yuan(score)})
		return id
	}
	good := examined("90")
	do[member.Training](s, "training.Pass", good)
	do[member.Training](s, "training.Rate", good, 5)
	do[member.Training](s, "training.RecordEffect", good, member.Effect{Measure: "complaints", Before: yuan("7"), After: yuan("2")})
	do[member.Training](s, "training.Fail", examined("10"))
	do[member.Course](s, "course.Withdraw", c, ground)
}

func rules() member.Rules {
	return member.Rules{
		Tiers: []member.Tier{
			{Code: "basic", Name: both("Basic")}, {Code: "gold", Name: both("Gold"), Points: 1000},
		},
		PointMonths: 24, TermMonths: 12, NoticeDays: 30,
	}
}

func (s *sweep) members(holder customer.Customer, _ policy.Policy) {
	club := do[member.Program](s, "program.Found", member.Founding{Code: "CLUB", Name: both("Club"), Rules: rules()}).ID
	do[member.Program](s, "program.Revise", club, member.Revision{From: s.today().AddDays(60), Rules: rules()})
	do[member.Program](s, "program.Close", do[member.Program](s, "program.Found", member.Founding{Code: "OLD", Name: both("Old"), Rules: rules()}).ID, ground)
	adopted := func(c customer.Customer, number string) kernel.ID {
		return do[member.Member](s, "member.Adopt", member.Adoption{
			Enrolment: member.Enrolment{Program: club, Customer: c.ID.Ref()}, Number: number, JoinedOn: s.today().AddMonths(-6), ExpiresOn: s.today().AddMonths(6), Tier: "gold",
		}).ID
	}
	s.benefits(club)
	m := adopted(holder, "M-OLD-1")
	do[member.Member](s, "member.Assign", m, member.Assignment{Adviser: "adviser-li", Grounds: ground})
	do[member.Member](s, "member.Earn", m, member.Earning{Points: 500, Source: "premium-1", Code: "premium"})
	do[member.Member](s, "member.Earn", m, member.Earning{Points: 50, Source: "premium-2", Code: "premium"})
	do[member.Member](s, "member.Spend", m, member.Spending{Points: 100, Reference: "gift-1", Code: "gift"})
	do[member.Member](s, "member.Return", m, member.Refund{Reference: "gift-1", Grounds: ground})
	do[member.Member](s, "member.Reverse", m, member.Reversal{Source: "premium-2", Grounds: ground})
	do[member.Member](s, "member.Freeze", m, ground)
	do[member.Member](s, "member.Unfreeze", m, ground)
	do[member.Evaluation](s, "member.EvaluateTier", m, s.today())
	s.orders(holder)
	s.activities(holder, club)

	one, two, three := s.person(), s.person(), s.person()
	a := do[member.Member](s, "member.Enrol", member.Enrolment{Program: club, Customer: one.ID.Ref()}).ID
	do[member.Member](s, "member.Admit", a)
	b := do[member.Member](s, "member.EnrolDirect", member.Enrolment{Program: club, Customer: two.ID.Ref()}).ID
	do[member.Member](s, "member.Merge", a, member.Merger{Into: b, Grounds: ground})
	c := do[member.Member](s, "member.Enrol", member.Enrolment{Program: club, Customer: three.ID.Ref()}).ID
	do[member.Member](s, "member.Refuse", c, ground)
	do[member.Member](s, "member.Earn", b, member.Earning{Points: 70, Source: "premium-3", Code: "premium", Expires: s.today().AddDays(10)})
	s.days(40)
	do[member.Member](s, "member.ExpirePoints", b, s.today())
	s.days(330)
	do[member.Member](s, "member.Expire", b)
	do[member.Member](s, "member.Renew", b)
	do[member.Member](s, "member.Terminate", b, ground)
	do[member.Grant](s, "benefit_grant.Expire", s.met["benefit_grant"][0])
}

// benefits takes benefits from the draft to the end; they are in force afterwards.
func (s *sweep) benefits(club kernel.ID) {
	partner := do[member.Partner](s, "partner.Engage", member.Engagement{Code: "CLINIC", Agreement: s.clinic()}).ID
	do[member.Partner](s, "partner.Amend", partner, s.clinic())
	do[member.Partner](s, "partner.Suspend", partner, ground)
	do[member.Partner](s, "partner.Resume", partner, ground)
	gone := do[member.Partner](s, "partner.Engage", member.Engagement{Code: "GONE", Agreement: s.clinic()}).ID
	do[member.Partner](s, "partner.End", gone, ground)
	news := member.Publication{Channels: []member.Channel{member.Site, member.WeChat}, Text: both("New for members.")}
	check := member.BenefitDesign{
		Code: "CHECKUP", Name: both("Health check"), Text: both("A check a year."), ProgramID: club, Kind: member.ValueAddedService,
		Services: []member.ServiceKind{member.HealthService}, Quota: 9, Per: member.PerYear, PartnerID: partner,
	}
	b := do[member.Benefit](s, "benefit.Draft", check).ID
	do[member.Benefit](s, "benefit.Edit", b, check)
	do[member.Benefit](s, "benefit.Approve", b)
	do[member.Benefit](s, "benefit.Announce", b, news)
	evening := check
	evening.Code, evening.Kind, evening.Services, evening.PartnerID = "SALON", member.MemberEvent, nil, ""
	d := do[member.Benefit](s, "benefit.Draft", evening).ID
	do[member.Benefit](s, "benefit.Discard", d, ground)
	discount := member.BenefitDesign{
		Code: "ACC-5", Name: both("Discount"), Text: both("Five percent."), ProgramID: club, Kind: member.ProductDiscount, Rate: yuan("0.05"), Products: []string{"ACC"},
	}
	old := do[member.Benefit](s, "benefit.Adopt", member.OldBenefit{Design: discount, Since: s.today().AddDays(-90)}).ID
	s.days(31)
	do[member.Benefit](s, "benefit.Start", b)
	do[member.Benefit](s, "benefit.Promote", b, news)
	do[member.Benefit](s, "benefit.AnnounceEnd", old, news)
}

func (s *sweep) clinic() member.PartnerAgreement {
	return member.PartnerAgreement{
		Name: "Clinic", Services: []member.ServiceKind{member.HealthService}, Number: "HZ-7", From: s.today().AddDays(-1), To: s.today().AddYears(3),
	}
}

func (s *sweep) orders(holder customer.Customer) {
	order := func() kernel.ID {
		return do[member.ServiceOrder](s, "service_order.Order", member.ServiceRequest{Customer: holder.ID.Ref(), Service: member.HealthService, Benefit: "CHECKUP"}).ID
	}
	scheduled := func() kernel.ID {
		id := order()
		do[member.ServiceOrder](s, "service_order.Reserve", id, member.Hold{})
		do[member.ServiceOrder](s, "service_order.Schedule", id, member.Appointment{
			PartnerID: s.met["partner"][0], From: s.clock.Now().Add(time.Hour), To: s.clock.Now().Add(3 * time.Hour),
			Agreement: member.ServiceAgreement{Number: "FW-1", From: s.today(), To: s.today().AddDays(30), SignedOn: s.today()},
		})
		s.clock.Advance(2 * time.Hour)
		return id
	}
	id := scheduled()
	do[member.ServiceOrder](s, "service_order.Start", id)
	do[member.ServiceOrder](s, "service_order.Deliver", id, member.Delivery{})
	do[member.ServiceOrder](s, "service_order.Evaluate", id, member.Opinion{Score: 4})
	id = scheduled()
	s.days(1)
	do[member.ServiceOrder](s, "service_order.NoShow", id, ground)
	do[member.ServiceOrder](s, "service_order.Cancel", order(), ground)
	do[member.ServiceOrder](s, "service_order.Refuse", order(), ground)
	id = order()
	do[member.ServiceOrder](s, "service_order.Reserve", id, member.Hold{Until: s.clock.Now().Add(time.Hour)})
	s.days(1)
	do[member.ServiceOrder](s, "service_order.Expire", id)
	do[member.Grant](s, "benefit_grant.Redeem", member.Redemption{Customer: holder.ID.Ref(), Benefit: "ACC-5", Product: "ACC", AboutKind: "policy", About: "P-1", Remark: ground})
	s.days(40)
	do[member.Benefit](s, "benefit.End", s.met["benefit"][2])
}

func (s *sweep) activities(holder customer.Customer, club kernel.ID) {
	plan := func(seats int64) member.ActivityPlan {
		from := s.clock.Now().Add(7 * 24 * time.Hour)
		return member.ActivityPlan{Title: both("Lecture"), Kind: "lecture", From: from, To: from.Add(2 * time.Hour), Capacity: seats}
	}
	a := do[member.Activity](s, "activity.Plan", member.ActivityForm{Plan: plan(1)}).ID
	do[member.Activity](s, "activity.Edit", a, plan(2))
	do[member.Activity](s, "activity.Invite", a)
	do[member.Activity](s, "activity.Extend", a, int64(5))
	var up []kernel.ID
	for range 3 {
		up = append(up, do[member.SignUp](s, "activity.SignUp", a, s.person().ID.Ref()).ID)
	}
	do[member.SignUp](s, "sign_up.Cancel", up[0], ground)
	s.days(7)
	do[member.Activity](s, "activity.Hold", a)
	do[member.SignUp](s, "sign_up.Attend", up[1])
	do[member.SignUp](s, "sign_up.Miss", up[2])
	do[member.SignUp](s, "sign_up.GiveFeedback", up[1], member.Opinion{Score: 5})
	do[member.Activity](s, "activity.Cancel", do[member.Activity](s, "activity.Plan", member.ActivityForm{Plan: plan(1)}).ID, ground)
}

func (s *sweep) surveys(holder customer.Customer) {
	content := survey.Content{Code: "SERVICE", Title: both("Service"), Questions: []survey.Question{
		{Code: "satisfied", Kind: survey.CSAT, Text: both("How was it?"), Required: true}, {Code: "why", Kind: survey.Text, Text: both("Why?")},
	}}
	q := do[survey.Questionnaire](s, "questionnaire.Draft", content).ID
	do[survey.Questionnaire](s, "questionnaire.Edit", q, content)
	do[survey.Questionnaire](s, "questionnaire.Publish", q)
	content.Code = "OLD"
	old := do[survey.Questionnaire](s, "questionnaire.Draft", content).ID
	do[survey.Questionnaire](s, "questionnaire.Publish", old)
	do[survey.Questionnaire](s, "questionnaire.Retire", old, survey.Grounds{Code: "mistake"})
	plan := survey.Plan{
		Code: "year", Title: both("The year"), Purpose: "to learn", Questionnaire: q, Method: survey.Online, Low: survey.Thresholds{CSAT: 3}, RestDays: survey.NoRest, Reminders: 2, AnswerDays: 14,
		List: []survey.Contact{{Customer: holder.ID.Ref()}},
	}
	c := do[survey.Campaign](s, "campaign.Draft", plan).ID
	do[survey.Campaign](s, "campaign.Edit", c, plan)
	do[survey.Campaign](s, "campaign.Schedule", c)
	do[survey.Campaign](s, "campaign.Start", c)
	do[survey.Campaign](s, "campaign.Pause", c, survey.Grounds{Code: "holiday"})
	do[survey.Campaign](s, "campaign.Resume", c)
	invite := func() kernel.ID {
		return do[survey.Invitation](s, "invitation.Create", survey.Invitee{Campaign: c, Contact: survey.Contact{Customer: s.person().ID.Ref()}}).ID
	}
	answered := []survey.Answer{survey.Score("satisfied", 1), {Question: "why", Text: s.canary("an answer")}}
	id := invite()
	sent := do[survey.Invitation](s, "invitation.Send", id)
	s.days(5)
	do[survey.Invitation](s, "invitation.Remind", id, survey.Reminder{})
	key, _ := sent.Key.Plain()
	s.secrets.Add("the key of an invitation", key)
	do[survey.Response](s, "invitation.Submit", survey.Submission{Key: sent.Key, Answers: answered})
	do[survey.Response](s, "invitation.Enter", invite(), survey.Entry{Answers: answered, Method: survey.Phone, Recording: "tape-1"})
	do[survey.Invitation](s, "invitation.Decline", invite(), survey.Grounds{Code: "no_time"})
	do[survey.Invitation](s, "invitation.GiveUp", invite(), survey.Grounds{Code: "moved"})
	id = invite()
	do[survey.Invitation](s, "invitation.Send", id)
	s.days(15)
	do[survey.Invitation](s, "invitation.Expire", id)
	do[survey.Campaign](s, "campaign.Close", c, survey.Grounds{Code: "enough"})
	do[survey.Campaign](s, "campaign.Analyse", c, survey.Conclusion{Proposal: survey.Proposal{Unit: "service", Person: "zhao", Due: s.today().AddDays(30)}})
	draw := func() kernel.ID {
		return do[survey.Inspection](s, "inspection.Draw", survey.Drawing{
			Contact: survey.Contact{Customer: holder.ID.Ref(), About: survey.About{Kind: "call", Handler: "zhou"}}, Recording: kernel.NewID().Ref(), ServedAt: s.clock.Now().Add(-time.Hour),
			Sheet: survey.Sheet{Code: "HOTLINE", Title: "Hotline", Pass: 80, Items: []survey.SheetItem{{Code: "greeting", Text: both("Greets"), Points: 2}}},
		}).ID
	}
	do[survey.Inspection](s, "inspection.Score", draw(), survey.Scoring{
		Marks: []survey.Mark{{Item: "greeting", Points: 2}}, Proposal: survey.Proposal{Unit: "service", Person: "zhao", Due: s.today().AddDays(30)},
	})
	do[survey.Inspection](s, "inspection.Drop", draw(), survey.Grounds{Code: "no_recording"})
}
