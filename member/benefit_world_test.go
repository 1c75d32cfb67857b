package member_test

import (
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// The life of benefits in the stories: a program with two tiers that tells its members
// thirty days before.
const days = 24 * time.Hour

var desk = as("qian", "complaint_handler") // who serves members at the desk

func (w *world) club(t tb, code string) member.Program {
	t.Helper()
	return got(w.Programs.Found(manager, member.Founding{Code: code, Name: both("Club", "俱乐部"), Rules: member.Rules{
		Tiers: []member.Tier{
			{Code: "basic", Name: both("Basic", "普通")},
			{Code: "gold", Name: both("Gold", "金卡"), Points: 1000},
		},
		NoticeDays: 30,
	}}))(t)
}

// joins makes a customer a member in a tier, who joined on 15 March two years ago.
func (w *world) joins(t tb, p member.Program, customer kernel.Ref, tier string) member.Member {
	t.Helper()
	return got(w.Members.Adopt(manager, member.Adoption{
		Enrolment: member.Enrolment{Program: p.ID, Customer: customer}, JoinedOn: kernel.NewDate(2024, 3, 15), Tier: tier,
	}))(t)
}

// checkup is a health service, once a year for gold members.
func checkup(p member.Program) member.BenefitDesign {
	return member.BenefitDesign{
		Code: "checkup", Name: both("Health check", "健康体检"), Text: both("One check a year.", "每年一次体检。"),
		ProgramID: p.ID, Tiers: []member.TierQuota{{Tier: "gold"}}, Kind: member.ValueAddedService,
		Quota: 1, Per: member.PerYear, Services: []member.ServiceKind{member.HealthService},
	}
}

// discount is five percent off accident policies, as often as one likes.
func discount(p member.Program) member.BenefitDesign {
	return member.BenefitDesign{
		Code: "acc-5", Name: both("Accident discount", "意外险优惠"), Text: both("Five percent.", "九五折。"),
		ProgramID: p.ID, Kind: member.ProductDiscount, Rate: yuan("0.05"), Products: []string{"ACC"},
	}
}

// salon is entry to members' evenings, so often in a quarter.
func salon(p member.Program, quota int64) member.BenefitDesign {
	return member.BenefitDesign{
		Code: "salon", Name: both("Salon", "会员沙龙"), Text: both("Members' evenings.", "会员沙龙活动。"),
		ProgramID: p.ID, Kind: member.MemberEvent, Quota: quota, Per: member.PerQuarter,
	}
}

var published = member.Publication{Channels: []member.Channel{member.Site, member.WeChat}, Text: both("New for members.", "会员新权益公告。")}

// announced takes a design as far as the announcement.
func (w *world) announced(t tb, d member.BenefitDesign) member.Benefit {
	t.Helper()
	b := got(w.Benefits.Draft(designer, d))(t)
	b = got(w.Benefits.Approve(manager, b.ID))(t)
	return got(w.Benefits.Announce(designer, b.ID, published))(t)
}

// effective takes designs all the way; the clock then stands thirty days later.
func (w *world) effective(t tb, ds ...member.BenefitDesign) []member.Benefit {
	t.Helper()
	var out []member.Benefit
	for _, d := range ds {
		out = append(out, w.announced(t, d))
	}
	w.clock.Advance(30 * days)
	for i := range out {
		out[i] = got(w.Benefits.Start(system, out[i].ID))(t)
	}
	return out
}

// clinic is a partner for health and travel whose agreement runs for two years.
func (w *world) clinic(t tb) member.Partner {
	t.Helper()
	return got(w.Partners.Engage(designer, member.Engagement{Code: "clinic", Agreement: member.PartnerAgreement{
		Name: "仁和体检中心", Services: []member.ServiceKind{member.HealthService, member.TravelService}, Number: "HZ-7",
		From: kernel.NewDate(2026, 1, 1), To: kernel.NewDate(2027, 12, 31), Contact: secret("王女士 13800000000"),
	}}))(t)
}

// appointment is tomorrow from now for two hours, with a signed agreement.
func (w *world) appointment(p member.Partner) member.Appointment {
	now := w.clock.Now()
	today := kernel.DateOf(now)
	return member.Appointment{
		PartnerID: p.ID, From: now.Add(days), To: now.Add(days + 2*time.Hour),
		Agreement: member.ServiceAgreement{Number: "FW-1", Content: secret("全身体检"), From: today, To: today.AddDays(30), SignedOn: today},
	}
}

func (w *world) ordered(t tb, customer kernel.Ref) member.ServiceOrder {
	t.Helper()
	return got(w.Orders.Order(desk, member.ServiceRequest{Customer: customer, Service: member.HealthService, Wish: secret("体检")}))(t)
}

func (w *world) scheduled(t tb, customer kernel.Ref, p member.Partner) member.ServiceOrder {
	t.Helper()
	o := w.ordered(t, customer)
	o = got(w.Orders.Reserve(desk, o.ID, member.Hold{}))(t)
	return got(w.Orders.Schedule(desk, o.ID, w.appointment(p)))(t)
}

// delivered takes an order to the delivery, so late after the beginning of the slot.
func (w *world) delivered(t tb, customer kernel.Ref, p member.Partner, after time.Duration) member.ServiceOrder {
	t.Helper()
	o := w.scheduled(t, customer, p)
	w.clock.Set(o.SlotFrom)
	got(w.Orders.Start(desk, o.ID))(t)
	w.clock.Advance(after)
	return got(w.Orders.Deliver(desk, o.ID, member.Delivery{Result: secret("正常")}))(t)
}

// quotaOf returns the customer's one grant.
func (w *world) quotaOf(t tb, customer kernel.Ref) member.Grant {
	t.Helper()
	p := got(w.Quotas.List(auditor, customer, kernel.List{}))(t)
	if len(p.Items) != 1 {
		t.Fatalf("%d grants", len(p.Items))
	}
	return p.Items[0]
}

// lecture is an activity for everybody a week from now.
func (w *world) lecture(seats int64) member.ActivityPlan {
	from := w.clock.Now().Add(7 * days)
	return member.ActivityPlan{Title: both("Lecture", "健康讲座"), Kind: "lecture", From: from, To: from.Add(2 * time.Hour), Capacity: seats}
}

func (w *world) invites(t tb, p member.ActivityPlan) member.Activity {
	t.Helper()
	a := got(w.Activities.Plan(adviser, member.ActivityForm{Plan: p}))(t)
	return got(w.Activities.Invite(adviser, a.ID))(t)
}
