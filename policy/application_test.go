package policy_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// good is a review that found nothing wrong.
var good = policy.Review{
	Complete: policy.Verdict{Passed: true}, Genuine: policy.Verdict{Passed: true, Grounds: secret("Seen the originals.")},
	ByLine: policy.Verdict{Passed: true}, Compliance: policy.Verdict{Passed: true},
}

// Mrs Li insures her husband: objections, missing documents, a medical examination, a
// referral, and at last a policy.
func TestApplicationStepByStep(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		d := accident()
		d.Questions = []string{"illness"}
		w.sell(t, d)
		form := policy.Form{
			Product: "ACC", Holder: "c-li", PayMode: policy.Quarterly, Inception: day.AddDays(10),
			Insured: []policy.InsuredForm{{Party: "c-wang", Relation: policy.Spouse, Birth: kernel.NewDate(1985, 3, 3)}},
			Items:   []policy.Item{{Coverage: "DEATH", SumInsured: yuan("2500000")}},
		}
		a := must(w.Applications.Draft(agent, form))(t)
		if a.State != policy.ApplicationDraft || a.Number != "A-2026-00000001" {
			t.Fatalf("a draft is %s %s", a.State, a.Number)
		}
		form.Disclosures = []policy.DisclosureForm{{Question: "illness", Answer: secret("Asthma in childhood.")}}
		form.Agreement = secret("No parachutes.")
		a = must(w.Applications.Edit(agent, a.ID, form))(t)
		a = must(w.Applications.Submit(agent, a.ID))(t)
		if !a.Premium.Equal(yuan("5955.5")) || !a.FirstPremium.Equal(yuan("1488.87")) { // 41 years: 2.35‰
			t.Errorf("premium %s, first %s", a.Premium, a.FirstPremium)
		}

		refused(w.Applications.PassReview(underwriter, a.ID, good))(t, kernel.ErrState, "identity")
		a = must(w.Applications.RequestDocuments(agent, a.ID, policy.DocumentRequest{Kinds: []string{"marriage"}}))(t)
		if diff := cmp.Diff([]string{"identity", "marriage"}, a.Missing); diff != "" {
			t.Error("one list of all that is missing:", diff)
		}
		refused(w.Applications.SupplyDocuments(agent, a.ID, []policy.DocumentForm{{Kind: "identity"}}))(t, kernel.ErrInvalid, "marriage")
		must(w.Applications.AddDocument(agent, a.ID, policy.DocumentForm{Kind: "marriage", FileName: secret("li-wang.pdf")}))(t)
		a = must(w.Applications.SupplyDocuments(agent, a.ID, []policy.DocumentForm{{Kind: "identity"}}))(t)
		doubtful := good
		doubtful.Genuine.Passed, doubtful.Compliance.Passed = false, false
		refused(w.Applications.PassReview(underwriter, a.ID, doubtful))(t, kernel.ErrState, "layer genuine")
		a = must(w.Applications.PassReview(underwriter, a.ID, good))(t)

		folder := must(w.Applications.Folder(underwriter, a.ID))(t)
		if len(folder.Objections) != 1 || folder.Objections[0].Rule != policy.RuleConsent || folder.Objections[0].Article != "保险法 34" {
			t.Fatalf("objections are %+v", folder.Objections)
		}
		if len(folder.Insured) != 1 || len(folder.Disclosures) != 1 || !folder.Disclosures[0].Answer.IsSealed() {
			t.Errorf("the folder holds %+v", folder)
		}
		a = must(w.Applications.RequestEvidence(underwriter, a.ID, policy.EvidenceRequest{Kinds: []string{"medical"}}))(t)
		refused(w.Applications.Approve(manager, a.ID))(t, kernel.ErrState, "medical")
		refused(w.Applications.SupplyEvidence(agent, a.ID, []policy.DocumentForm{{Kind: "x-ray"}}))(t, kernel.ErrInvalid)
		a = must(w.Applications.SupplyEvidence(agent, a.ID, []policy.DocumentForm{{Kind: "medical", FileName: secret("heart.pdf")}}))(t)

		consent := policy.Settlement{Objection: folder.Objections[0].ID, Reason: secret("Mr Wang signed today.")}
		_, err := w.Applications.Approve(manager, a.ID)
		var oe *policy.ObjectionError
		if !errors.As(err, &oe) || oe.Objections[0].Path != "insured[0]" {
			t.Errorf("an open objection: %v", err)
		}
		refused(w.Applications.Clear(underwriter, a.ID, consent))(t, kernel.ErrForbidden, "above the authority") // 2.5 million
		must(w.Applications.Clear(manager, a.ID, consent))(t)
		refused(w.Applications.Clear(manager, a.ID, consent))(t, kernel.ErrState)
		refused(w.Applications.Approve(underwriter, a.ID))(t, kernel.ErrForbidden, "refer the application")
		must(w.Applications.Refer(underwriter, a.ID, policy.Grounds{Code: "sum"}))(t)
		a = must(w.Applications.Approve(manager, a.ID))(t)
		if a.Decision != policy.Standard {
			t.Errorf("decided %s", a.Decision)
		}
		a = must(w.Applications.Sign(agent, a.ID))(t)
		refused(w.Applications.Issue(agent, a.ID))(t, kernel.ErrState, "first premium")
		must(w.Applications.ReceivePremium(cashier, a.ID, paid("1000")))(t)
		refused(w.Applications.ReceivePremium(cashier, a.ID, paid("1000")))(t, kernel.ErrDuplicate)
		must(w.Applications.ReceivePremium(cashier, a.ID, paid("500")))(t)
		a = must(w.Applications.Issue(agent, a.ID))(t)
		p := must(w.Policies.Get(agent, a.PolicyID))(t)
		if p.State != policy.PolicyIssued || p.Begins != day.AddDays(10) || !p.From.Equal(day.AddDays(10).In(china)) {
			t.Errorf("the policy is %s from %s", p.State, p.From)
		}
		folder = must(w.Applications.Folder(agent, a.ID))(t)
		if left := folder.Receipts[1].Unallocated(); !left.Equal(yuan("11.13")) {
			t.Errorf("%s are left over", left)
		}
		refused(w.Policies.Activate(agent, p.ID))(t, kernel.ErrState, "2026-12-02")
		w.clock.Set(p.From)
		must(w.Policies.Activate(agent, p.ID))(t)
		w.sound(t)
	})
}

// A document that is asked for again has to come again.
func TestDocumentAskedForAgain(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	a := must(w.Applications.Draft(agent, zhang()))(t)
	must(w.Applications.Submit(agent, a.ID))(t)
	refused(w.Applications.RequestDocuments(underwriter, a.ID, policy.DocumentRequest{}))(t, kernel.ErrInvalid, "nothing is missing")
	must(w.Applications.RequestDocuments(underwriter, a.ID, policy.DocumentRequest{Kinds: []string{"identity"}, Reason: secret("The copy is blurred.")}))(t)
	refused(w.Applications.SupplyDocuments(agent, a.ID, nil))(t, kernel.ErrInvalid, "identity")
	must(w.Applications.AddDocument(agent, a.ID, policy.DocumentForm{Kind: "identity"}))(t)
	must(w.Applications.SupplyDocuments(agent, a.ID, nil))(t)
}

// underwriting brings an application for 500 000 to underwriting, with 700 yuan received.
func (w *world) underwriting(t *testing.T) policy.Application {
	t.Helper()
	w.sell(t, accident())
	a := must(w.Applications.Draft(agent, zhang()))(t)
	must(w.Applications.ReceivePremium(cashier, a.ID, policy.ReceiptForm{Reference: "till-1", Payer: "c-mother", Amount: yuan("400")}))(t)
	must(w.Applications.ReceivePremium(cashier, a.ID, policy.ReceiptForm{Reference: "till-2", Amount: yuan("300")}))(t)
	must(w.Applications.Submit(agent, a.ID))(t)
	return must(w.Applications.PassReview(underwriter, a.ID, good))(t)
}

// The insurer takes the risk on other terms, and the customer agrees.
func TestCounteroffer(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		a := w.underwriting(t)
		offer := policy.Conditions{Loading: yuan("0.25"), Exclusions: []string{"EX-SPORT"}, Items: []policy.Item{{Coverage: "DEATH", SumInsured: yuan("300000")}}}
		bad := offer
		bad.Items = []policy.Item{{Coverage: "DEATH", SumInsured: yuan("500000")}, {Coverage: "FLOOD", SumInsured: yuan("1")}}
		_, err := w.Applications.Counteroffer(underwriter, a.ID, bad)
		if got := faults(t, err); got["items[0].sum_insured"] == "" || got["items[1].coverage"] == "" {
			t.Errorf("got %v", err)
		}
		refused(w.Applications.Counteroffer(underwriter, a.ID, policy.Conditions{}))(t, kernel.ErrInvalid)
		a = must(w.Applications.Counteroffer(underwriter, a.ID, offer))(t)
		// 300 000 × 1.2‰ × 1.25 = 450.00 and 80.50 × 1.25 = 100.625, half-even 100.62
		if a.Decision != policy.Loaded || !a.Offer.Quote.Premium.Equal(yuan("550.62")) || !a.Premium.Equal(yuan("680.5")) {
			t.Errorf("offered %s for %s", a.Decision, a.Offer.Quote.Premium)
		}
		a = must(w.Applications.AcceptOffer(agent, a.ID))(t)
		if !a.Premium.Equal(yuan("550.62")) || !a.SumInsured.Equal(yuan("320000")) {
			t.Errorf("agreed on %s for %s", a.SumInsured, a.Premium)
		}
		must(w.Applications.Sign(agent, a.ID))(t)
		a = must(w.Applications.Issue(agent, a.ID))(t)
		c := must(w.Policies.CoverAt(agent, kernel.Ref(a.PolicyNo), noon))(t)
		if !c.Coverages[0].Limit.Equal(yuan("300000")) || !slices.Contains(c.Coverages[0].Exclusions, "EX-SPORT") {
			t.Errorf("covered is %+v", c.Coverages[0])
		}
		w.sound(t)
	})
}

// However an application ends without a policy, premium received goes back to whoever
// paid it.
func TestPremiumGoesBack(t *testing.T) {
	t.Parallel()
	why := policy.Grounds{Code: "test"}
	for name, end := range map[string]func(*world, kernel.ID) (policy.Application, error){
		"withdrawn": func(w *world, id kernel.ID) (policy.Application, error) {
			return w.Applications.Withdraw(agent, id, why)
		},
		"expired": func(w *world, id kernel.ID) (policy.Application, error) { return w.Applications.Expire(agent, id, why) },
		"declined": func(w *world, id kernel.ID) (policy.Application, error) {
			if _, err := w.Applications.Decline(underwriter, id, policy.Grounds{}); !errors.Is(err, kernel.ErrInvalid) {
				return policy.Application{}, errors.New("declined without a reason")
			}
			return w.Applications.Decline(underwriter, id, why)
		},
		"rejected": func(w *world, id kernel.ID) (policy.Application, error) {
			if _, err := w.Applications.Counteroffer(underwriter, id, policy.Conditions{Loading: yuan("1")}); err != nil {
				return policy.Application{}, err
			}
			return w.Applications.RejectOffer(agent, id, why)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inMemory()
			a := must(end(w, w.underwriting(t).ID))(t)
			back := must(w.payments.ByOwner(auditor, payment.Owner{Kind: "application", ID: a.ID}))(t)
			if len(back) != 2 || back[0].Kind != payment.Refund || back[0].Payee != "c-mother" || !back[0].Amount.Equal(yuan("400")) || back[1].Payee != "c-zhang" {
				t.Errorf("refunds are %+v", back)
			}
			for _, r := range must(w.Applications.Folder(agent, a.ID))(t).Receipts {
				if !r.Unallocated().IsZero() {
					t.Errorf("%s of %s are neither used nor refunded", r.Unallocated(), r.Amount)
				}
			}
			moves := must(w.Applications.Allowed(manager, a.ID))(t)
			if len(moves.Allowed) != 0 {
				t.Errorf("after the end, %v is allowed", moves.Allowed)
			}
			w.sound(t)
		})
	}
}

// A decision is put off until a day and taken up again.
func TestPostpone(t *testing.T) {
	t.Parallel()
	w := inMemory()
	a := w.underwriting(t)
	refused(w.Applications.Postpone(underwriter, a.ID, policy.Postponement{Until: day.AddDays(-1)}))(t, kernel.ErrInvalid)
	a = must(w.Applications.Postpone(underwriter, a.ID, policy.Postponement{Until: day.AddMonths(6)}))(t)
	if a.Postponed != day.AddMonths(6) || a.Decision != policy.Postponed {
		t.Errorf("postponed is %+v", a)
	}
	a = must(w.Applications.Resume(underwriter, a.ID))(t)
	if a.State != policy.Underwriting || a.Decision != "" {
		t.Errorf("resumed is %s %s", a.State, a.Decision)
	}
}

// An objection of a person blocks its step and all later ones, until it is cleared; an
// upheld one for good.
func TestObjections(t *testing.T) {
	t.Parallel()
	w := inMemory()
	a := w.underwriting(t)
	refused(w.Applications.Object(agent, a.ID, policy.ObjectionForm{Rule: "aml", Blocks: "Withdraw"}))(t, kernel.ErrInvalid)
	must(w.Applications.Object(agent, a.ID, policy.ObjectionForm{Rule: "aml", Blocks: policy.PassReview, Detail: secret("Paid by a stranger.")}))(t)
	must(w.Applications.Object(agent, a.ID, policy.ObjectionForm{Rule: "tax", Blocks: policy.Sign}))(t)
	find := func(rule string) policy.Objection {
		all := must(w.Applications.Folder(agent, a.ID))(t).Objections
		return all[slices.IndexFunc(all, func(o policy.Objection) bool { return o.Rule == rule })]
	}
	moves := must(w.Applications.Allowed(manager, a.ID))(t)
	for _, m := range moves.Allowed {
		if m.Event == policy.Approve {
			t.Error("approval is offered in spite of the objection")
		}
	}
	aml := policy.Settlement{Objection: find("aml").ID, Reason: secret("His mother.")}
	refused(w.Applications.Clear(underwriter, a.ID, policy.Settlement{Objection: aml.Objection}))(t, kernel.ErrInvalid)
	must(w.Applications.Clear(underwriter, a.ID, aml))(t)
	must(w.Applications.ReopenObjection(underwriter, a.ID, aml))(t)
	refused(w.Applications.Approve(underwriter, a.ID))(t, kernel.ErrState, "aml")
	must(w.Applications.Clear(underwriter, a.ID, aml))(t)
	must(w.Applications.Approve(underwriter, a.ID))(t)
	refused(w.Applications.Sign(agent, a.ID))(t, kernel.ErrState, "tax")
	tax := policy.Settlement{Objection: find("tax").ID, Reason: secret("Never.")}
	must(w.Applications.Uphold(underwriter, a.ID, tax))(t)
	refused(w.Applications.ReopenObjection(underwriter, a.ID, tax))(t, kernel.ErrState)
	refused(w.Applications.Sign(agent, a.ID))(t, kernel.ErrState, "tax")
	other := must(w.Applications.Draft(agent, zhang()))(t)
	refused(w.Applications.Clear(underwriter, other.ID, tax))(t, kernel.ErrNotFound) // of another application
	if o := find("tax"); o.State != policy.ObjectionUpheld || o.SettledBy == "" || !o.Answer.IsSealed() {
		t.Errorf("upheld is %+v", o)
	}
	w.sound(t)
}
