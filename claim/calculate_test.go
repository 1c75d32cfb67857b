package claim_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// What the wording promises, worked out by hand.
func TestCalculators(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		calc   string
		cov    claim.Coverage
		item   claim.Item
		left   string // of the limit; empty: none
		unpaid string
		steps  []string
		want   string
	}{
		{
			name: "all steps in order", calc: "indemnity",
			cov:  claim.Coverage{SumInsured: yuan("80000"), Copay: yuan("0.1"), SubLimits: map[string]decimal.Decimal{"glass": yuan("5000")}, Deductible: yuan("500")},
			item: claim.Item{Claimed: yuan("12000"), Offset: yuan("1500"), Value: yuan("100000"), SubLimit: "glass"}, left: "4000", unpaid: "300",
			// 12000 - 1500 - 500 = 10000; × 80000/100000 = 8000; × 0.9 = 7200
			steps: []string{"loss 12000", "offset 10500", "deductible 10000", "average 8000", "copay 7200", "sub_limit 5000", "limit 4000", "unpaid_premium 3700"}, want: "3700",
		},
		{
			name: "rounded once, half to even", calc: "indemnity", cov: claim.Coverage{Copay: yuan("0.5")}, item: claim.Item{Claimed: yuan("0.05")},
			steps: []string{"loss 0.05", "copay 0.025", "round 0.02"}, want: "0.02",
		},
		{
			name: "half to even, upwards", calc: "indemnity", cov: claim.Coverage{Copay: yuan("0.5")}, item: claim.Item{Claimed: yuan("0.07")},
			steps: []string{"loss 0.07", "copay 0.035", "round 0.04"}, want: "0.04",
		},
		{
			name: "within the deductible", calc: "indemnity", cov: claim.Coverage{Deductible: yuan("500")}, item: claim.Item{Claimed: yuan("300")},
			steps: []string{"loss 300", "deductible 0"}, want: "0",
		},
		{
			name: "insured above its value: no average", calc: "indemnity", cov: claim.Coverage{SumInsured: yuan("100")}, item: claim.Item{Claimed: yuan("50"), Value: yuan("80")},
			steps: []string{"loss 50"}, want: "50",
		},
		{
			name: "a third of the loss", calc: "indemnity", cov: claim.Coverage{SumInsured: yuan("100")}, item: claim.Item{Claimed: yuan("100"), Value: yuan("300")},
			steps: []string{"loss 100", "average 33.3333333333333333", "round 33.33"}, want: "33.33",
		},
		{
			name: "a fixed sum, whatever is claimed", calc: "fixed_sum", cov: claim.Coverage{Limit: yuan("100000"), Copay: yuan("0.5")}, item: claim.Item{Claimed: yuan("1")}, left: "100000",
			steps: []string{"sum_insured 100000", "limit 100000"}, want: "100000",
		},
		{
			name: "grade 8", calc: "graded", cov: claim.Coverage{Limit: yuan("100000"), Grades: map[string]decimal.Decimal{"8": yuan("0.3")}}, item: claim.Item{Grade: "8"}, left: "100000",
			steps: []string{"sum_insured 100000", "grade 30000", "limit 30000"}, want: "30000",
		},
		{
			name: "ten days, three of them free", calc: "per_diem", cov: claim.Coverage{Daily: yuan("80"), DaysFree: 3}, item: claim.Item{Days: 10},
			steps: []string{"days 560"}, want: "560",
		},
		{
			name: "days up to the cap", calc: "per_diem", cov: claim.Coverage{Daily: yuan("80"), DaysFree: 3, DaysMax: 5}, item: claim.Item{Days: 400},
			steps: []string{"days 400"}, want: "400",
		},
		{
			name: "fewer days than are free", calc: "per_diem", cov: claim.Coverage{Daily: yuan("80"), DaysFree: 3}, item: claim.Item{Days: 2},
			steps: []string{"days 0"}, want: "0",
		},
		{
			name: "after social insurance", calc: "reimbursement", cov: claim.Coverage{Deductible: yuan("100"), Copay: yuan("0.2")}, item: claim.Item{Claimed: yuan("3000"), Offset: yuan("1900")},
			steps: []string{"expenses 3000", "offset 1100", "deductible 1000", "copay 800"}, want: "800",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := claim.Question{Coverage: tt.cov, Item: tt.item, Currency: kernel.CNY, Deductible: tt.cov.Deductible}
			if tt.left != "" {
				q.Limited, q.Left = true, yuan(tt.left)
			}
			if tt.unpaid != "" {
				q.Unpaid = yuan(tt.unpaid)
			}
			a := got(claim.Calculators()[tt.calc].Calculate(q))(t)
			var steps []string
			for _, s := range a.Steps {
				steps = append(steps, s.Name+" "+s.Result.String())
			}
			if d := cmp.Diff(tt.steps, steps); d != "" || !a.Amount.Equal(yuan(tt.want)) {
				t.Errorf("%s\n%s", a.Amount, d)
			}
		})
	}
}

func TestAnUnknownGradeIsRefused(t *testing.T) {
	t.Parallel()
	_, err := claim.Calculators()["graded"].Calculate(claim.Question{Currency: kernel.CNY, Item: claim.Item{Grade: "11"}})
	if !errors.Is(err, kernel.ErrInvalid) {
		t.Error(err)
	}
}

var cents = rapid.Custom(func(t *rapid.T) decimal.Decimal {
	return decimal.New(rapid.Int64Range(0, 100_000_00).Draw(t, "fen"), -2)
})

var parts = rapid.Custom(func(t *rapid.T) decimal.Decimal {
	return decimal.New(rapid.Int64Range(0, 10000).Draw(t, "part"), -4)
})

// Whatever the product and the loss: between zero and the loss and the limit, in whole
// fen, and the last step says the amount.
func TestNoCalculatorPaysTooMuch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := claim.Question{
			Coverage: claim.Coverage{
				Copay: parts.Draw(t, "copay"), SumInsured: cents.Draw(t, "sum"), Limit: cents.Draw(t, "limit"), Daily: cents.Draw(t, "daily"),
				DaysMax: rapid.IntRange(0, 400).Draw(t, "max"), Grades: map[string]decimal.Decimal{"1": parts.Draw(t, "grade")},
				SubLimits: map[string]decimal.Decimal{"s": cents.Draw(t, "sub")},
			},
			Item: claim.Item{
				Claimed: cents.Draw(t, "claimed"), Offset: cents.Draw(t, "offset"), Value: cents.Draw(t, "value"), Days: rapid.IntRange(0, 400).Draw(t, "days"),
				Grade: "1", SubLimit: rapid.SampledFrom([]string{"", "s"}).Draw(t, "by"),
			},
			Currency: kernel.CNY, Limited: true, Left: cents.Draw(t, "left"), Deductible: cents.Draw(t, "deductible"), Unpaid: cents.Draw(t, "unpaid"),
		}
		name := rapid.SampledFrom([]string{"indemnity", "fixed_sum", "graded", "per_diem", "reimbursement"}).Draw(t, "calculator")
		a, err := claim.Calculators()[name].Calculate(q)
		if err != nil {
			t.Fatal(err)
		}
		loss := name == "indemnity" || name == "reimbursement"
		switch {
		case a.Amount.IsNegative(), a.Amount.GreaterThan(a.Used), a.Used.GreaterThan(q.Left):
			t.Fatalf("pays %s, uses %s of %s", a.Amount, a.Used, q.Left)
		case loss && a.Amount.GreaterThan(decimal.Max(q.Item.Claimed.Sub(q.Item.Offset), decimal.Zero)):
			t.Fatalf("pays %s for a loss of %s after %s", a.Amount, q.Item.Claimed, q.Item.Offset)
		case q.Item.SubLimit == "s" && a.Used.GreaterThan(q.Coverage.SubLimits["s"]):
			t.Fatal("above the sub-limit")
		case !a.Amount.Equal(a.Amount.Truncate(2)):
			t.Fatalf("%s is finer than a fen", a.Amount)
		case !a.Amount.Add(a.Premium).Equal(a.Used), a.Premium.GreaterThan(q.Unpaid), a.Deductible.GreaterThan(q.Deductible):
			t.Fatalf("%+v", a)
		case !a.Steps[len(a.Steps)-1].Result.Equal(a.Amount):
			t.Fatalf("the trace ends at %s", a.Steps[len(a.Steps)-1].Result)
		}
	})
}

// However the shares: the parts equal the whole, one order takes all, and nobody who
// forfeited receives anything.
func TestSharesEqualTheWhole(t *testing.T) {
	t.Parallel()
	parties := []kernel.Ref{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		amount := decimal.New(rapid.Int64Range(1, 1e12).Draw(t, "fen"), -2)
		entitled := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kernel.Share {
			return kernel.Share{
				Party: rapid.SampledFrom(parties).Draw(t, "party"), Order: rapid.IntRange(1, 3).Draw(t, "order"),
				Weight: rapid.Int64Range(0, 1000).Draw(t, "weight"),
			}
		}), 0, 6).Draw(t, "entitled")
		forfeited := rapid.SliceOf(rapid.SampledFrom(parties)).Draw(t, "forfeited")
		got, err := claim.Shares(amount, kernel.CNY, entitled, forfeited, "estate")
		if err != nil {
			t.Fatal(err)
		}
		sum := decimal.Zero
		for _, p := range got {
			sum = sum.Add(p.Amount)
			for _, f := range forfeited {
				if p.Party == f {
					t.Fatalf("%s forfeited and gets %s", f, p.Amount)
				}
			}
			if !p.Amount.IsPositive() {
				t.Fatalf("%s gets %s", p.Party, p.Amount)
			}
		}
		if !sum.Equal(amount) {
			t.Fatalf("%s of %s", sum, amount)
		}
	})
}

func TestWhoIsEntitled(t *testing.T) {
	t.Parallel()
	family := []kernel.Share{{Party: "wife", Order: 1}, {Party: "son", Order: 1}, {Party: "brother", Order: 2}}
	for _, tt := range []struct {
		name      string
		entitled  []kernel.Share
		forfeited []kernel.Ref
		want      map[kernel.Ref]string
	}{
		{"equal parts", family, nil, map[kernel.Ref]string{"wife": "0.51", "son": "0.5"}},
		{"one forfeited", family, []kernel.Ref{"wife"}, map[kernel.Ref]string{"son": "1.01"}},
		{"the next order", family, []kernel.Ref{"wife", "son"}, map[kernel.Ref]string{"brother": "1.01"}},
		{"the estate", nil, nil, map[kernel.Ref]string{"heirs": "1.01"}},
	} {
		have := map[kernel.Ref]string{}
		for _, p := range got(claim.Shares(yuan("1.01"), kernel.CNY, tt.entitled, tt.forfeited, "heirs"))(t) {
			have[p.Party] = p.Amount.String()
		}
		if d := cmp.Diff(tt.want, have); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if _, err := claim.Shares(yuan("1"), kernel.CNY, nil, nil, ""); !errors.Is(err, kernel.ErrInvalid) {
		t.Error(err)
	}
}

// A host's calculator pays more than is left of the limit: that is not taken.
func TestAHostsCalculatorIsHeldToTheRules(t *testing.T) {
	t.Parallel()
	pays := func(amount string) claim.Calculator {
		return claim.CalculatorFunc(func(q claim.Question) (claim.Answer, error) {
			s := claim.NewSheet(q)
			s.Start("host", "as the host says", yuan(amount))
			return claim.Answer{Amount: s.Amount()}, nil
		})
	}
	for _, tt := range []struct {
		calc claim.Calculator
		ok   bool
	}{{pays("999"), true}, {pays("1000.01"), false}, {pays("-1"), false}, {pays("0.001"), false}, {pays("1e9999"), false}} {
		cover := policies()["P-2"]
		cover.Coverages[0].Calculator = "mine"
		w := newWorldWith(memory.New(), claim.Config{Policies: claim.StaticPolicies{"P": cover}, Calculators: map[string]claim.Calculator{"mine": tt.calc}})
		c := w.report(t, injury("P"))
		w.accepted(t, c.ID, "1100")
		if _, err := w.Assess(adjuster, c.ID, claim.Assessment{}); (err == nil) != tt.ok || err != nil && !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%v", err)
		}
	}
}

// The yearly deductible is borne once, whichever claim comes first.
func TestTheYearlyDeductible(t *testing.T) {
	t.Parallel()
	cover := policies()["P-1"]
	cov := &cover.Coverages[0]
	cov.LimitBasis, cov.DeductibleBasis, cov.Copay, cov.Limit = claim.PerClaim, claim.PerPeriod, decimal.Zero, yuan("600")
	cov.Deductible = yuan("500")
	w := newWorldWith(memory.New(), claim.Config{Policies: claim.StaticPolicies{"P": cover}})
	want := []string{"0", "400", "600"} // 300 bears 300; 600 bears 200; 1000 bears nothing and meets the limit of the claim
	for i, loss := range []string{"300", "600", "1000"} {
		in := injury("P")
		in.OccurredAt = in.OccurredAt.AddDate(0, 0, -i)
		if c := w.approved(t, in, loss); !c.Approved.Equal(yuan(want[i])) {
			t.Errorf("%s: %s", loss, c.Approved)
		}
	}
	if a := got(w.Accumulators(auditor, "P"))(t); !a[0].DeductibleUsed.Equal(yuan("500")) || !a[0].Used.IsZero() {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// Each insured of a family has a limit; a raised limit gives room again.
func TestLimitsByInsuredAndRaised(t *testing.T) {
	t.Parallel()
	cover := policies()["P-family"]
	cov := &cover.Coverages[0]
	cov.PerInsured, cov.Limit, cov.Deductible, cov.Copay = true, yuan("1000"), decimal.Zero, decimal.Zero
	static := claim.StaticPolicies{"P": cover}
	w := newWorldWith(memory.New(), claim.Config{Policies: static})
	day := 0
	pays := func(insured kernel.Ref, loss, want string) {
		t.Helper()
		in := injury("P")
		in.Insured, in.OccurredAt = insured, in.OccurredAt.AddDate(0, 0, -day)
		day++
		if c := w.approved(t, in, loss); !c.Approved.Equal(yuan(want)) {
			t.Errorf("%s of %s: %s", loss, insured, c.Approved)
		}
	}
	pays("c-1", "1500", "1000")
	pays("c-2", "400", "400")
	pays("c-1", "10", "0")
	raised := policies()["P-family"]
	raised.Coverages[0] = *cov
	raised.Coverages[0].Limit = yuan("1200")
	static["P"] = raised
	pays("c-1", "500", "200")
	if a := got(w.Accumulators(auditor, "P"))(t); len(a) != 2 {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}
