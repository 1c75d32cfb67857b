package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/policy"
)

// Lists by holder, product, state and expiry, page by page; and all that name somebody.
func TestLists(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		w.sell(t, life())
		var all []kernel.ID
		for i := range 5 {
			form := zhang()
			form.Inception = day.AddDays(10 - i)
			all = append(all, w.insured(t, form, paid("680.50")).ID)
		}
		form := zhang()
		form.Product, form.PayMode, form.Holder = "LIFE", "", "c-li"
		form.Insured[0].Relation, form.Insured[0].Consent = policy.Spouse, true
		other := w.insured(t, form, paid("750"))

		var walked []kernel.ID
		page := kernel.List{Limit: 2}
		for {
			p := must(w.Policies.List(auditor, policy.PolicyFilter{Holder: "c-zhang", Product: "ACC", State: policy.PolicyIssued}, page))(t)
			for _, item := range p.Items {
				walked = append(walked, item.ID)
			}
			if page.After = p.Next; page.After == "" {
				break
			}
		}
		if diff := cmp.Diff(all, walked); diff != "" {
			t.Error(diff)
		}
		soon := policy.PolicyFilter{ExpiresFrom: day.AddYears(1).AddDays(6).In(china), ExpiresBefore: day.AddYears(1).AddDays(8).In(china)}
		got := must(w.Policies.List(auditor, soon, kernel.List{}))(t)
		if len(got.Items) != 2 || got.Items[0].ID != all[4] || got.Items[1].ID != all[3] {
			t.Errorf("expiring are %+v", got.Items)
		}
		if got := must(w.Policies.List(auditor, policy.PolicyFilter{State: policy.PolicyIssued, BeginsBefore: day.AddDays(7).In(china)}, kernel.List{}))(t); len(got.Items) != 1 {
			t.Errorf("%d begin within a week", len(got.Items))
		}
		refused(w.Policies.List(auditor, policy.PolicyFilter{State: "asleep"}, kernel.List{}))(t, kernel.ErrInvalid)
		mine := must(w.Policies.ForCustomer(auditor, "c-zhang", kernel.List{Limit: 4}))(t)
		rest := must(w.Policies.ForCustomer(auditor, "c-zhang", kernel.List{Limit: 4, After: mine.Next}))(t)
		if len(mine.Items) != 4 || len(rest.Items) != 2 || rest.Items[1].ID != other.ID || rest.Next != "" {
			t.Errorf("Mr Zhang has %d and %d policies", len(mine.Items), len(rest.Items))
		}
		if p := must(w.Policies.ByNumber(auditor, other.Number))(t); p.ID != other.ID {
			t.Error("found another policy by its number")
		}
		refused(w.Policies.ByNumber(auditor, "P-\x00"))(t, kernel.ErrNotFound)
		apps := must(w.Applications.List(auditor, policy.ApplicationFilter{Holder: "c-li", State: policy.ApplicationIssued, Product: "LIFE"}, kernel.List{}))(t)
		if len(apps.Items) != 1 || apps.Items[0].PolicyID != other.ID {
			t.Errorf("applications are %+v", apps.Items)
		}
	})
}

// Days are days of the policy's zone, also where clocks are set forward.
func TestZones(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.BackdateDays = 300
	w.sell(t, d)
	form := zhang()
	form.Zone, form.Inception = "Europe/Berlin", kernel.NewDate(2026, 3, 1)
	p := w.insured(t, form, paid("680.50"))
	if !p.From.Equal(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)) || !p.To.Equal(time.Date(2027, 2, 28, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("cover from %s to %s", p.From, p.To)
	}
	if got := p.Day(kernel.NewDate(2026, 7, 1)); !got.Equal(time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("a day in summer begins at %s", got)
	}
	for _, zone := range []string{"Local", "../etc/passwd", "Nowhere"} {
		form.Zone = zone
		_, err := w.Applications.Draft(agent, form)
		if faults(t, err)["zone"] == "" {
			t.Errorf("%s is a zone", zone)
		}
	}
	form.Zone, form.Inception = "", day.AddDays(-301)
	_, err := w.Applications.Draft(agent, form)
	if faults(t, err)["inception"] == "" {
		t.Error("backdated too far")
	}
}

// An application that waited past its inception is not issued in secret from another day.
func TestInceptionPassed(t *testing.T) {
	t.Parallel()
	w := inMemory()
	a := w.underwriting(t)
	w.clock.Set(noon.AddDate(0, 0, 1))
	must(w.Applications.Approve(underwriter, a.ID))(t)
	must(w.Applications.Sign(agent, a.ID))(t)
	a = must(w.Applications.Issue(agent, a.ID))(t) // no day was wished: cover begins now
	if p := must(w.Policies.Get(agent, a.PolicyID))(t); p.Begins != day.AddDays(1) {
		t.Errorf("cover begins on %s", p.Begins)
	}
	form := zhang()
	form.Inception = day.AddDays(1)
	b := must(w.Applications.Draft(agent, form))(t)
	must(w.Applications.Submit(agent, b.ID))(t)
	must(w.Applications.PassReview(underwriter, b.ID, good))(t)
	must(w.Applications.Approve(underwriter, b.ID))(t)
	must(w.Applications.Sign(agent, b.ID))(t)
	must(w.Applications.ReceivePremium(cashier, b.ID, paid("680.50")))(t)
	w.clock.Set(noon.AddDate(0, 0, 2))
	refused(w.Applications.Issue(agent, b.ID))(t, kernel.ErrInvalid, "inception")
}

// A hundred workers on one policy.
func TestGroup(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Code, d.Group = "GROUP", true
	w.sell(t, d)
	form := policy.Form{Product: "GROUP", Holder: "c-factory", PayMode: policy.Single, Items: []policy.Item{{Coverage: "DEATH", SumInsured: yuan("1000")}},
		Documents: []policy.DocumentForm{{Kind: "identity"}}}
	for i := range 100 {
		form.Insured = append(form.Insured, policy.InsuredForm{
			Party: kernel.Ref("w-" + string(rune('A'+i/26)) + string(rune('a'+i%26))), Relation: policy.Employment, Consent: true,
			Birth: kernel.NewDate(1980+i%20, 1, 1), Class: "2",
		})
	}
	form.Items[0].SumInsured = yuan("10000")
	in := policy.Direct{Form: form, Receipts: []policy.ReceiptForm{paid("10000")}}
	p := must(w.Applications.IssueDirect(as(access.Manager), in))(t)
	// 35 of the 100 are over 40 years of age: 65 × 12.00 + 35 × 23.50 + 100 × 80.50
	if want := yuan("9652.5"); !p.Premium.Equal(want) || !p.SumInsured.Equal(yuan("3000000")) || !p.Group {
		t.Errorf("premium %s for %s", p.Premium, p.SumInsured)
	}
	if mine := must(w.Policies.ForCustomer(agent, "w-Aa", kernel.List{}))(t); len(mine.Items) != 1 {
		t.Error("a worker does not find the policy")
	}
}
