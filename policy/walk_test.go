package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Whatever stands on a form, it is taken or refused with field errors; nothing else
// happens, and what is refused leaves no row.
func TestAnyForm(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	refs := rapid.SampledFrom([]kernel.Ref{"", "c-1", "c-2", "\x00", "客户", kernel.Ref(strings.Repeat("x", 65)), "\xff"})
	words := rapid.SampledFrom([]string{"", "DEATH", "MED", "ACC", "\x00", "a b", "Asia/Shanghai", "single", "\xff", strings.Repeat("y", 1000)})
	amounts := rapid.SampledFrom([]decimal.Decimal{{}, yuan("-1"), yuan("1"), yuan("0.001"), yuan("899999999999999"), yuan("900000000000000"), decimal.New(1, 1<<30), decimal.New(1, -(1 << 30))})
	dates := rapid.SampledFrom([]kernel.Date{0, 1, day, day.AddDays(-1), kernel.FirstDate - 1, kernel.LastDate, kernel.LastDate + 1, -5, 1 << 30})
	small := rapid.IntRange(-1, 3)
	form := rapid.Custom(func(t *rapid.T) policy.Form {
		f := policy.Form{
			Product: rapid.SampledFrom([]string{"ACC", "ACC", "ACC", "", "\x00"}).Draw(t, "product"), Currency: kernel.Currency(words.Draw(t, "currency")),
			Holder: refs.Draw(t, "holder"), Channel: words.Draw(t, "channel"), Inception: dates.Draw(t, "inception"), Zone: words.Draw(t, "zone"),
			PayMode: policy.PayMode(words.Draw(t, "mode")), Term: policy.Term{Years: small.Draw(t, "years"), Days: small.Draw(t, "days")}, Agreement: secret(words.Draw(t, "agreement")),
		}
		for range rapid.IntRange(0, 2).Draw(t, "insured") {
			f.Insured = append(f.Insured, policy.InsuredForm{Party: refs.Draw(t, "party"), Birth: dates.Draw(t, "birth"), Relation: policy.Relation(words.Draw(t, "relation"))})
		}
		for range rapid.IntRange(0, 2).Draw(t, "items") {
			f.Items = append(f.Items, policy.Item{Coverage: words.Draw(t, "coverage"), SumInsured: amounts.Draw(t, "sum")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "beneficiaries") {
			f.Beneficiaries = append(f.Beneficiaries, policy.Beneficiary{Share: kernel.Share{Party: refs.Draw(t, "to"), Order: small.Draw(t, "order"), Weight: int64(small.Draw(t, "weight"))}})
		}
		return f
	})
	rapid.Check(t, func(rt *rapid.T) {
		f := form.Draw(rt, "form")
		before := count[policy.Application](t, w)
		a, err := w.Applications.Draft(agent, f)
		if err == nil {
			_, err = w.Applications.Submit(agent, a.ID)
			before++
		}
		if err != nil && !errors.Is(err, kernel.ErrInvalid) {
			rt.Fatal(err)
		}
		if n := count[policy.Application](t, w); n != before {
			rt.Fatalf("%d applications, want %d", n, before)
		}
	})
}

// Whatever is done with an application in whatever order: no money appears or gets lost,
// an application that ended without a policy keeps none, what has ended stays so, and
// the journal agrees with the rows.
func TestAnyOrderOfCommands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := inMemory()
		w.sell(t, accident())
		a := must(w.Applications.Draft(agent, zhang()))(t)
		in, ended := decimal.Zero, false
		settle := func(how func(policy.Settlement) (policy.Application, error)) (policy.Application, error) {
			all := must(w.Applications.Folder(agent, a.ID))(t).Objections
			if len(all) == 0 {
				return a, kernel.ErrState
			}
			return how(policy.Settlement{Objection: all[0].ID, Reason: secret("Because.")})
		}
		why := policy.Grounds{Code: "why"}
		s := w.Applications
		commands := map[string]func() (policy.Application, error){
			"submit": func() (policy.Application, error) { return s.Submit(agent, a.ID) },
			"review": func() (policy.Application, error) { return s.PassReview(underwriter, a.ID, good) },
			"request": func() (policy.Application, error) {
				return s.RequestDocuments(agent, a.ID, policy.DocumentRequest{Kinds: []string{"photo"}})
			},
			"supply": func() (policy.Application, error) {
				return s.SupplyDocuments(agent, a.ID, []policy.DocumentForm{{Kind: "photo"}})
			},
			"evidence": func() (policy.Application, error) {
				return s.RequestEvidence(underwriter, a.ID, policy.EvidenceRequest{Kinds: []string{"medical"}})
			},
			"medical": func() (policy.Application, error) {
				return s.SupplyEvidence(agent, a.ID, []policy.DocumentForm{{Kind: "medical"}})
			},
			"object": func() (policy.Application, error) {
				return s.Object(agent, a.ID, policy.ObjectionForm{Rule: "r", Blocks: policy.Sign})
			},
			"clear": func() (policy.Application, error) {
				return settle(func(in policy.Settlement) (policy.Application, error) { return s.Clear(manager, a.ID, in) })
			},
			"reopen": func() (policy.Application, error) {
				return settle(func(in policy.Settlement) (policy.Application, error) { return s.ReopenObjection(manager, a.ID, in) })
			},
			"refer":   func() (policy.Application, error) { return s.Refer(underwriter, a.ID, why) },
			"approve": func() (policy.Application, error) { return s.Approve(manager, a.ID) },
			"offer": func() (policy.Application, error) {
				return s.Counteroffer(manager, a.ID, policy.Conditions{Loading: yuan("0.1")})
			},
			"accept":   func() (policy.Application, error) { return s.AcceptOffer(agent, a.ID) },
			"postpone": func() (policy.Application, error) { return s.Postpone(manager, a.ID, policy.Postponement{}) },
			"resume":   func() (policy.Application, error) { return s.Resume(manager, a.ID) },
			"sign":     func() (policy.Application, error) { return s.Sign(agent, a.ID) },
			"issue":    func() (policy.Application, error) { return s.Issue(agent, a.ID) },
			"reject":   func() (policy.Application, error) { return s.RejectOffer(agent, a.ID, why) },
			"decline":  func() (policy.Application, error) { return s.Decline(manager, a.ID, why) },
			"withdraw": func() (policy.Application, error) { return s.Withdraw(agent, a.ID, why) },
			"pay": func() (policy.Application, error) {
				amount := decimal.New(rapid.Int64Range(1, 80_000).Draw(rt, "fen"), -2)
				got, err := s.ReceivePremium(cashier, a.ID, policy.ReceiptForm{Reference: kernel.NewID().Ref(), Amount: amount})
				if err == nil {
					in = in.Add(amount)
				}
				return got, err
			},
		}
		usual := []string{"submit", "pay", "review", "approve", "sign", "issue"}
		stray := rapid.SampledFrom([]string{
			"submit", "review", "request", "supply", "evidence", "medical", "object", "clear", "reopen", "refer", "approve", "offer",
			"accept", "postpone", "resume", "sign", "issue", "reject", "decline", "withdraw", "pay",
		})
		for step := range 25 {
			name := usual[step%len(usual)]
			if rapid.Bool().Draw(rt, "stray") {
				name = stray.Draw(rt, "command")
			}
			_, err := commands[name]()
			if err != nil && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrInvalid) {
				rt.Fatalf("%s: %v", name, err)
			}
			if ended && err == nil {
				rt.Fatalf("%s after the end", name)
			}
			a = must(s.Get(agent, a.ID))(t)
			ended = !policy.ApplicationLife.Class(a.State).Live()
		}
		used, back, left := decimal.Zero, decimal.Zero, decimal.Zero
		for _, r := range must(s.Folder(agent, a.ID))(t).Receipts {
			used, back, left = used.Add(r.Allocated), back.Add(r.Refunded), left.Add(r.Unallocated())
		}
		if !used.Add(back).Add(left).Equal(in) || left.IsNegative() {
			rt.Fatalf("of %s, %s were used, %s refunded, %s are left", in, used, back, left)
		}
		paidOut := decimal.Zero
		for _, p := range must(w.payments.ByOwner(owner, payment.Owner{Kind: "application", ID: a.ID}))(t) {
			paidOut = paidOut.Add(p.Amount)
		}
		issued := a.State == policy.ApplicationIssued
		switch {
		case !paidOut.Equal(back):
			rt.Fatalf("refunds of %s, receipts say %s", paidOut, back)
		case ended && !issued && !left.IsZero():
			rt.Fatalf("%s ended with %s", a.State, left)
		case issued && !used.Equal(a.FirstPremium), !issued && !used.IsZero():
			rt.Fatalf("%s, %s used", a.State, used)
		}
		w.sound(t)
	})
}
