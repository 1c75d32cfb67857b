package main

import (
	"fmt"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/survey"
)

// clubs founds the club, engages the clinic and announces what members will enjoy.
func (w *insurer) clubs() (err error) {
	ctx, room := w.as(manager), w.crm.Membership
	w.club, err = room.Programs.Found(ctx, member.Founding{Code: "CLUB", Name: label("Club", "会员俱乐部"), Rules: member.Rules{
		Tiers: []member.Tier{
			{Code: "basic", Name: label("Basic", "普通会员")},
			{Code: "silver", Name: label("Silver", "银卡会员"), Premium: yuan(2_000)},
			{Code: "gold", Name: label("Gold", "金卡会员"), Premium: yuan(5_000)},
		},
		PointMonths: 24, NoticeDays: 30,
	}})
	if err != nil {
		return err
	}
	w.clinic, err = room.Partners.Engage(ctx, member.Engagement{Code: "CLINIC", Agreement: member.PartnerAgreement{
		Name: "Clinic", Services: []member.ServiceKind{member.HealthService}, From: w.today, To: w.end.AddYears(1),
	}})
	if err != nil {
		return err
	}
	checkup := member.BenefitDesign{
		Code: "CHECKUP", Name: label("Health check", "健康体检"), Text: label("A health check a year.", "每年一次体检。"), ProgramID: w.club.ID,
		Kind: member.ValueAddedService, Services: []member.ServiceKind{member.HealthService}, Quota: 1, Per: member.PerYear, PartnerID: w.clinic.ID,
		Tiers: []member.TierQuota{{Tier: "silver"}, {Tier: "gold", Quota: 2}},
	}
	priority := member.BenefitDesign{
		Code: "PRIORITY", Name: label("Priority", "优先服务"), Text: label("Served before others.", "优先受理。"), ProgramID: w.club.ID, Kind: member.PriorityService,
		Tiers: []member.TierQuota{{Tier: "gold"}},
	}
	for _, b := range []member.BenefitDesign{checkup, priority} {
		if err := w.announce(b); err != nil {
			return err
		}
	}
	// Next summer the check is for all, which is another edition of the same benefit.
	checkup.Tiers = []member.TierQuota{{Tier: "basic"}, {Tier: "silver"}, {Tier: "gold", Quota: 2}}
	w.company.on(w.end.AddMonths(-6), func() error { return w.announce(checkup) })
	return nil
}

// announce takes a benefit from the draft to the announcement. It starts by itself when
// members have known it for thirty days; see morning.
func (w *insurer) announce(d member.BenefitDesign) error {
	b, err := w.crm.Membership.Benefits.Draft(w.as(manager), d)
	if err != nil {
		return err
	}
	return w.together(manager, func(c *crm.CRM) []step {
		return []step{
			bare(c.Membership.Benefits.Approve, b.ID),
			with(c.Membership.Benefits.Announce, b.ID, member.Publication{Channels: []member.Channel{member.Site, member.WeChat}, Text: d.Text}),
		}
	})
}

// joins makes the customer a member, who may then ask for a service each year.
func (p *person) joins() error {
	m, err := p.crm.Membership.Members.EnrolDirect(p.as(adviser), member.Enrolment{
		Program: p.club.ID, Customer: p.ref(), Channel: "app", Adviser: crm.Ref(adviser.ID),
	})
	if err != nil {
		return err
	}
	p.member = m.ID
	for day := p.today; day < p.end; day = day.AddDays(1) {
		if _, month, first := day.Time().Date(); day > p.today && first == 1 && month%3 == 1 {
			p.on(day, func() error { return done(p.crm.Membership.Members.EvaluateTier(p.as(machine), p.member, day)) })
		}
	}
	for year := range p.years {
		if by := p.lane.chance(); by.one(60) {
			p.in(365*year+by.between(30, 360), (&order{person: p, chance: by}).wish)
		}
	}
	return nil
}

// earns gives a member points for a premium, and spends some at times.
func (k *contract) earns(what string) error {
	if k.member == "" {
		return nil
	}
	points := k.premium(k.sum).Shift(-1).IntPart()
	return k.together(adviser, func(c *crm.CRM) []step {
		list := []step{with(c.Membership.Members.Earn, k.member, member.Earning{Points: points, Source: crm.Ref(fmt.Sprintf("%s/%s", k.id, what)), Code: "premium"})}
		if k.one(20) {
			list = append(list, with(c.Membership.Members.Spend, k.member, member.Spending{Points: points / 2, Reference: crm.Ref(fmt.Sprintf("%s/%s", k.id, what)), Code: "gift"}))
		}
		return list
	})
}

// order is a service that a member asks for.
type order struct {
	*person
	chance
	id crm.ID
}

// wish asks for a health check, if the member has one left.
func (o *order) wish() error {
	enjoys, err := o.crm.Membership.Benefits.ForCustomer(o.as(adviser), o.ref())
	if err != nil {
		return err
	}
	has := false
	for i := range enjoys {
		has = has || enjoys[i].Benefit.Code == "CHECKUP" && enjoys[i].Left() > 0
	}
	if !has {
		return nil
	}
	made, err := o.crm.Membership.Orders.Order(o.as(adviser), member.ServiceRequest{Customer: o.ref(), Service: member.HealthService, Benefit: "CHECKUP"})
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	o.id = made.ID
	switch n := o.IntN(100); {
	case n < 7: // nothing is agreed in time; see morning
	case n < 14:
		o.in(o.between(1, 9), func() error {
			return done(o.crm.Membership.Orders.Cancel(o.as(adviser), o.id, member.Grounds{Code: "no_time"}))
		})
	default:
		o.in(o.between(0, 9), o.schedule)
	}
	return done(o.crm.Membership.Orders.Reserve(o.as(adviser), o.id, member.Hold{}))
}

// schedule agrees on a day.
func (o *order) schedule() error {
	day := o.today.AddDays(o.between(1, 15))
	err := done(o.crm.Membership.Orders.Schedule(o.as(adviser), o.id, member.Appointment{
		PartnerID: o.clinic.ID, From: day.In(beijing).Add(8 * time.Hour), To: day.In(beijing).Add(20 * time.Hour),
		Agreement: member.ServiceAgreement{Content: said("blood, heart, lungs"), From: o.today, To: day.AddDays(30), SignedOn: o.today},
	}))
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	o.on(day, func() error { return o.served(day) })
	return nil
}

// served is the day of the appointment. Some do not come, some are served too late.
func (o *order) served(day kernel.Date) error {
	if o.one(6) {
		return done(o.crm.Membership.Orders.NoShow(o.as(adviser), o.id, member.Grounds{Code: "absent"}))
	}
	late := 0
	if o.one(10) {
		late = 1
	}
	o.on(day.AddDays(late), func() error {
		if err := done(o.crm.Membership.Orders.Deliver(o.as(adviser), o.id, member.Delivery{})); err != nil {
			return err
		}
		if o.one(60) {
			o.in(o.between(0, 5), func() error {
				return done(o.crm.Membership.Orders.Evaluate(o.as(adviser), o.id, member.Opinion{Score: int64(o.between(3, 5) - late)}))
			})
		}
		return o.asked(survey.ServiceDelivered, late)
	})
	return done(o.crm.Membership.Orders.Start(o.as(adviser), o.id))
}
