package member_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
)

var (
	badText = "a\x00b"
	tooLong = strings.Repeat("x", 6000)
	never   = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Forms that are wrong everywhere are told so everywhere, at once, and nothing is written.
func TestEveryFaultOfAFormAtOnce(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	b := w.effective(t, checkup(p))[0]
	draft := got(w.Benefits.Draft(designer, discount(p)))(t)
	approved := got(w.Benefits.Approve(manager, draft.ID))(t)
	clinic := w.clinic(t)
	o := got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{}))(t)
	a := w.invites(t, w.lecture(1))
	long := secret(tooLong)
	for _, tt := range []struct {
		name string
		give func() error
		want []string
	}{
		{"a design", func() error {
			_, err := w.Benefits.Draft(designer, member.BenefitDesign{
				Code: badText, Text: both(tooLong, badText), Kind: "party", Quota: -1, Per: "day",
				Tiers:     []member.TierQuota{{Tier: "gold", Quota: 2_000_000}, {Tier: "gold"}},
				ValidFrom: kernel.NewDate(2027, 1, 1), ValidTo: kernel.NewDate(2026, 1, 1),
			})
			return err
		}, []string{
			"code:control", "kind:unknown", "name.en:required", "name.zh:required", "per:unknown", "program_id:required", "quota:range",
			"text.en:length", "text.zh:control", "tiers[0].quota:range", "tiers[1].tier:duplicate", "valid_to:order",
		}},
		{"a discount", func() error {
			d := discount(p)
			d.Rate, d.Products, d.Services, d.PartnerID, d.Quota = yuan("1.000000001"), []string{""}, []member.ServiceKind{"spa", "spa"}, clinic.ID, 3
			_, err := w.Benefits.Edit(designer, draft.ID, d)
			return err
		}, []string{
			"partner_id:conflict", "per:required", "products[0]:required", "rate:range",
			"services:conflict", "services[0]:unknown", "services[1]:unknown",
		}},
		{"no discount at all", func() error {
			d := checkup(p)
			d.Rate, d.Products, d.Services = yuan("0.1"), []string{"ACC"}, nil
			_, err := w.Benefits.Draft(designer, d)
			return err
		}, []string{"products:conflict", "rate:conflict", "services:required"}},
		{"a huge rate", func() error {
			d := discount(p)
			d.Rate = decimal.New(1, 1<<30)
			_, err := w.Benefits.Draft(designer, d)
			return err
		}, []string{"rate:range"}},
		{"a design of what does not exist", func() error {
			d := checkup(p)
			d.Code, d.Tiers, d.PartnerID = "x", []member.TierQuota{{Tier: "silver"}}, kernel.NewID()
			_, err := w.Benefits.Draft(designer, d)
			return err
		}, []string{"partner_id:unknown", "tiers[0].tier:unknown"}},
		{"a service that the partner does not offer", func() error {
			d := checkup(p)
			d.ProgramID, d.PartnerID, d.Services = "nonsense", clinic.ID, []member.ServiceKind{member.LegalService}
			_, err := w.Benefits.Draft(designer, d)
			return err
		}, []string{"program_id:unknown", "services[0]:partner"}},
		{"another kind under the same code", func() error {
			d := discount(p)
			d.Code = "checkup"
			_, err := w.Benefits.Draft(designer, d)
			return err
		}, []string{"kind:conflict"}},
		{"a publication", func() error {
			_, err := w.Benefits.Announce(designer, approved.ID, member.Publication{
				Channels: []member.Channel{"radio", member.Site, member.Site, member.SMS}, Text: both("", tooLong),
				PublishedAt: never, TakesEffect: kernel.NewDate(1500, 1, 1),
			})
			return err
		}, []string{
			"channels:length", "channels[0]:unknown", "channels[2]:duplicate", "published_at:range", "takes_effect:range",
			"text.en:required", "text.zh:length",
		}},
		{"a publication to come, for tomorrow", func() error {
			in := published
			in.PublishedAt = w.clock.Now().Add(1)
			in.PublishedAt = in.PublishedAt.Add(time.Second)
			_, err := w.Benefits.Announce(designer, approved.ID, in)
			return err
		}, []string{"published_at:future"}},
		{"published before it was released", func() error {
			in := published
			in.PublishedAt = approved.ApprovedAt.Add(-time.Hour)
			_, err := w.Benefits.Announce(designer, approved.ID, in)
			return err
		}, []string{"published_at:order"}},
		{"short notice", func() error {
			in := published
			in.TakesEffect = kernel.DateOf(w.clock.Now()).AddDays(29)
			_, err := w.Benefits.Announce(designer, approved.ID, in)
			return err
		}, []string{"takes_effect:notice"}},
		{"short notice of an end", func() error {
			in := published
			in.TakesEffect = kernel.DateOf(w.clock.Now()).AddDays(29)
			_, err := w.Benefits.AnnounceEnd(designer, b.ID, in)
			return err
		}, []string{"takes_effect:notice"}},
		{"a promotion", func() error {
			in := published
			in.TakesEffect, in.Channels = day, nil
			_, err := w.Benefits.Promote(designer, b.ID, in)
			return err
		}, []string{"channels:required", "takes_effect:conflict"}},
		{"a redemption", func() error {
			_, err := w.Quotas.Redeem(desk, member.Redemption{
				Customer: kernel.Ref(tooLong), Product: badText, AboutKind: badText, About: kernel.Ref(badText), Remark: member.Grounds{Code: badText, Reason: long},
			})
			return err
		}, []string{"about:control", "about_kind:control", "benefit:required", "customer:length", "product:control", "remark.code:control", "remark.reason:length"}},
		{"a transaction", func() error {
			return w.Benefits.TellBenefits(agent, w.engine, command.Case{ID: "P-1"}, "c-1")
		}, []string{"about.id:format", "about.kind:required"}},
		{"a request", func() error {
			_, err := w.Orders.Order(desk, member.ServiceRequest{Service: "spa", Benefit: badText, Wish: long})
			return err
		}, []string{"benefit:control", "customer:required", "service:unknown", "wish:length"}},
		{"a hold", func() error {
			_, err := w.Orders.Reserve(desk, o.ID, member.Hold{Until: never})
			return err
		}, []string{"until:range"}},
		{"no reason", func() error {
			_, err := w.Orders.Cancel(desk, o.ID, member.Grounds{})
			return err
		}, []string{"code:required"}},
		{"an appointment", func() error {
			_, err := w.Orders.Schedule(desk, o.ID, member.Appointment{
				PartnerID: "clinic", Agreement: member.ServiceAgreement{Number: badText, From: day, To: day - 1},
			})
			return err
		}, []string{
			"agreement.content:required", "agreement.number:control", "agreement.signed_on:required", "agreement.to:order",
			"from:required", "partner_id:format", "to:required",
		}},
		{"a delivery", func() error {
			_, err := w.Orders.Deliver(desk, o.ID, member.Delivery{At: never, Result: long})
			return err
		}, []string{"at:range", "result:length"}},
		{"an opinion", func() error {
			_, err := w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 6, Comment: o.Wish})
			return err
		}, []string{"comment:sealed", "score:range"}},
		{"a partner", func() error {
			_, err := w.Partners.Engage(designer, member.Engagement{Branch: badText, Agreement: member.PartnerAgreement{
				Name: badText, Number: badText, From: kernel.NewDate(3000, 1, 1), Contact: long,
			}})
			return err
		}, []string{
			"agreement.contact:length", "agreement.from:range", "agreement.name:control", "agreement.number:control",
			"agreement.services:required", "agreement.to:required", "branch:control", "code:required",
		}},
		{"a plan", func() error {
			_, err := w.Activities.Plan(adviser, member.ActivityForm{Branch: badText, Plan: member.ActivityPlan{
				Place: tooLong, SignUpTo: noon, Capacity: 10_001, ProgramID: "club", Tiers: []string{""}, Benefit: badText,
			}})
			return err
		}, []string{
			"branch:control", "plan.benefit:control", "plan.capacity:range", "plan.from:required", "plan.kind:required", "plan.place:length",
			"plan.program_id:format", "plan.sign_up_to:order", "plan.tiers[0]:required", "plan.title.en:required", "plan.title.zh:required", "plan.to:order",
		}},
		{"a plan for what does not exist", func() error {
			plan := w.lecture(1)
			plan.From, plan.Benefit, plan.ProgramID, plan.Tiers = noon, "checkup", p.ID, []string{"silver"}
			_, err := w.Activities.Plan(adviser, member.ActivityForm{Plan: plan})
			return err
		}, []string{"plan.benefit:unknown", "plan.from:range", "plan.tiers[0]:unknown"}},
		{"nobody", func() error {
			_, err := w.Activities.SignUp(adviser, a.ID, "")
			return err
		}, []string{"customer:required"}},
		{"seats", func() error {
			_, err := w.Activities.Extend(adviser, a.ID, 20_000)
			return err
		}, []string{"capacity:range"}},
		{"a supervision", func() error {
			_, err := w.Benefits.SuperviseBenefits(manager, member.Supervising{Benefit: badText, Partner: "x", Period: member.ReportPeriod{To: day}})
			return err
		}, []string{"benefit:control", "partner:format", "period.from:required"}},
		{"an evaluation", func() error {
			_, err := w.Benefits.EvaluateServices(manager, member.ReportPeriod{From: day, To: day - 1},
				member.Benchmark{Satisfaction: yuan("5.1"), Loyalty: yuan("-1"), Quality: decimal.New(1, 1<<30)})
			return err
		}, []string{"benchmark.loyalty:range", "benchmark.quality:range", "benchmark.satisfaction:range", "period.to:order"}},
		{"lists", func() error {
			_, err1 := w.Benefits.List(auditor, member.BenefitFilter{Program: "x", Code: badText, State: "x"}, kernel.List{})
			_, err2 := w.Orders.List(auditor, member.OrderFilter{Customer: kernel.Ref(badText), Partner: "x", Benefit: badText, State: "x"}, kernel.List{})
			_, err3 := w.Quotas.List(auditor, "", kernel.List{})
			_, err4 := w.Activities.List(auditor, "x", kernel.List{})
			_, err5 := w.Benefits.Discount(agent, "c-1", "")
			var all kernel.FieldErrors
			for i, err := range []error{err1, err2, err3, err4, err5} {
				all.Merge(string(rune('a'+i)), err)
			}
			return all.Err()
		}, []string{
			"a.code:control", "a.program:format", "a.state:unknown",
			"b.benefit:control", "b.customer:control", "b.partner:format", "b.state:unknown", "c.customer:required", "d.state:unknown", "e.product:required",
		}},
	} {
		before := w.rows(t)
		err := tt.give()
		if d := cmp.Diff(tt.want, faults(t, err)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if strings.Contains(err.Error(), badText) || len(err.Error()) > 1500 {
			t.Errorf("%s: the error repeats the input", tt.name)
		}
		if d := cmp.Diff(before, w.rows(t)); d != "" {
			t.Errorf("%s: something was written: %s", tt.name, d)
		}
	}
}

// Keys that no record has, and records of others, do not exist.
func TestBenefitsOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	b := w.effective(t, checkup(p))[0]
	clinic := w.clinic(t)
	o := w.scheduled(t, "c-1", clinic)
	a := w.invites(t, w.lecture(1))
	up := got(w.Activities.SignUp(adviser, a.ID, "c-1"))(t)
	other := kernel.WithActor(t.Context(), kernel.Actor{ID: "x", Tenant: "t-2", Roles: []kernel.Role{kernel.RoleOwner}})
	ask := func(ctx context.Context, benefit, grant, order, partner, activity, signUp kernel.ID) {
		t.Helper()
		errs := make([]error, 12)
		_, errs[0] = w.Benefits.Get(ctx, benefit)
		_, errs[1] = w.Benefits.AnnounceEnd(ctx, benefit, published)
		_, errs[2] = w.Benefits.Announcements(ctx, benefit)
		_, errs[3] = w.Quotas.Expire(ctx, grant)
		_, errs[4] = w.Orders.Start(ctx, order)
		_, errs[5] = w.Orders.History(ctx, order)
		_, errs[6] = w.Partners.Rating(ctx, partner)
		_, errs[7] = w.Partners.End(ctx, partner, member.Grounds{Code: "x"})
		_, errs[8] = w.Activities.SignUps(ctx, activity, kernel.List{})
		_, errs[9] = w.Activities.SignUp(ctx, activity, "c-2")
		_, errs[10] = w.SignUps.Cancel(ctx, signUp, member.Grounds{})
		_, errs[11] = w.SignUps.Allowed(ctx, signUp)
		for i, err := range errs {
			if !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	ask(other, b.ID, o.GrantID, o.ID, clinic.ID, a.ID, up.ID)
	for _, id := range []kernel.ID{"", "x", kernel.ID(badText), kernel.ID(tooLong), kernel.NewID()} {
		ask(owner, id, id, id, id, id, id)
	}
	for _, number := range []string{"", badText, "SO-9"} {
		if _, err := w.Orders.ByNumber(auditor, number); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%.10q: %v", number, err)
		}
	}
	if have := got(w.Benefits.ForCustomer(other, "c-1"))(t); len(have) != 0 {
		t.Errorf("%+v", have)
	}
}

// Rows of a branch are that branch's: its members, and so their orders and quotas.
func TestBenefitsByBranch(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	got(w.Members.Adopt(manager, member.Adoption{
		Enrolment: member.Enrolment{Program: p.ID, Customer: "c-1", Branch: "north"}, JoinedOn: day, Tier: "gold",
	}))(t)
	w.effective(t, checkup(p))
	in := func(branch string) context.Context {
		return kernel.WithActor(t.Context(), kernel.Actor{ID: "x", Branches: []string{branch}, Roles: []kernel.Role{access.Manager}})
	}
	_, err := w.Orders.Order(in("south"), member.ServiceRequest{Customer: "c-1", Service: member.HealthService})
	if d := cmp.Diff([]string{"customer:not_a_member"}, faults(t, err)); d != "" {
		t.Error(d)
	}
	o := got(w.Orders.Order(in("north"), member.ServiceRequest{Customer: "c-1", Service: member.HealthService}))(t)
	o = got(w.Orders.Reserve(in("north"), o.ID, member.Hold{}))(t)
	if g := got(w.Quotas.Get(in("north"), o.GrantID))(t); o.Branch != "north" || g.Branch != "north" {
		t.Errorf("%q, %q", o.Branch, g.Branch)
	}
	refused(w.Orders.Get(in("south"), o.ID))(t, kernel.ErrNotFound)
	if n := len(got(w.Orders.List(in("south"), member.OrderFilter{}, kernel.List{}))(t).Items); n != 0 {
		t.Errorf("%d orders of the north", n)
	}
}

// Everything that these services offer is granted to somebody, and nothing else is.
// Auditors only read; the owner is never listed.
func TestGrantsOfBenefits(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(member.Grants())
	read := []string{
		"Get", "Allowed", "History", "List", "ByNumber", "Announcements", "ForCustomer", "Discount", "Told", "Rating", "SignUps",
		"SuperviseBenefits", "EvaluateServices",
	}
	// These follow from commands of other records, or are commands by another name.
	offered := map[string]bool{
		"benefits_told.Tell": true, "activity.Leave": true, "sign_up.SignUp": true, "sign_up.Queue": true, "sign_up.MoveUp": true,
		"benefit_grant.Open": true, "benefit_grant.Raise": true, "benefit_grant.Reserve": true, "benefit_grant.Consume": true, "benefit_grant.Release": true,
	}
	kinds := map[string]any{
		"benefit": &member.Benefits{}, "benefit_grant": &member.Quotas{}, "service_order": &member.Orders{}, "partner": &member.Partners{},
		"activity": &member.Activities{}, "sign_up": &member.SignUps{}, "benefits_told": struct{}{},
	}
	for kind, service := range kinds {
		typ := reflect.TypeOf(service)
		for i := range typ.NumMethod() {
			method := typ.Method(i).Name
			if method == "Workflow" || method == "TellBenefits" || method == "OpenAll" { // benefits_told.Tell, benefit_grant.Open
				continue
			}
			offered[kind+"."+method] = true
			who, known := roles.Granted(kind + "." + method)
			if !known || len(who) == 0 {
				t.Errorf("%s.%s is granted to nobody", kind, method)
			}
			if slices.Contains(who, access.Auditor) != slices.Contains(read, method) {
				t.Errorf("%s.%s: auditors only read", kind, method)
			}
			if slices.Contains(who, kernel.RoleOwner) {
				t.Errorf("%s.%s lists the owner", kind, method)
			}
		}
	}
	for _, action := range roles.Actions() {
		kind, method, _ := strings.Cut(action, ".")
		if _, ours := kinds[kind]; ours && !offered[action] && !slices.Contains(read, method) {
			t.Errorf("%s is granted, but there is no such method", action)
		}
	}
}
