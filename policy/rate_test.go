package policy_test

import (
	"context"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// An item's premium is the exact product, rounded half-even once: as rational numbers
// compute it.
func TestRateIsRoundedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, most int64, places int32) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, most).Draw(t, name), -places)
		}
		cur := rapid.SampledFrom([]kernel.Currency{kernel.CNY, "JPY"}).Draw(t, "currency")
		sumInsured, rate, loading := draw("sum", 1e12, 2), draw("rate", 1e11, 8), draw("loading", 1e9, 8)
		months := rapid.IntRange(1, 60).Draw(t, "months")
		yearly := rapid.Bool().Draw(t, "yearly")
		in := policy.RatingRequest{
			Product: policy.Product{Currency: cur, Design: policy.Design{Rates: []policy.Rate{{Coverage: "C", PerMille: rate, Yearly: yearly}}}},
			Risks:   []policy.Risk{{}}, Items: []policy.Item{{Coverage: "C", SumInsured: sumInsured}}, Term: policy.Term{Months: months}, Loading: loading,
		}
		q, err := policy.TableRater{}.Rate(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if rate.IsZero() {
			return
		}
		exact := new(big.Rat).Mul(sumInsured.Rat(), rate.Rat())
		exact.Mul(exact, big.NewRat(1, 1000))
		exact.Mul(exact, new(big.Rat).Add(loading.Rat(), big.NewRat(1, 1)))
		if yearly {
			exact.Mul(exact, big.NewRat(int64(months), 12))
		}
		if want := halfEven(exact, cur.Minor()); !q.Premium.Equal(want) || !q.Items[0].Premium.Equal(want) {
			t.Fatalf("premium %s, exact %s, want %s", q.Premium, exact.FloatString(12), want)
		}
	})
}

// halfEven rounds an exact number to places, ties to the even neighbour.
func halfEven(x *big.Rat, places int32) decimal.Decimal {
	scaled := new(big.Rat).Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	switch c := rest.Lsh(rest, 1).Cmp(scaled.Denom()); {
	case c > 0, c == 0 && whole.Bit(0) == 1:
		whole.Add(whole, big.NewInt(1))
	}
	return decimal.NewFromBigInt(whole, -places)
}

// Which row of the table is taken: by coverage, term, age, gender and class.
func TestRateIsLookedUp(t *testing.T) {
	t.Parallel()
	one, two := policy.Term{Years: 1}, policy.Term{Years: 2}
	design := policy.Design{Rates: []policy.Rate{
		{Coverage: "A", Term: one, Ages: policy.Ages{Below: 18}, Flat: yuan("1")},
		{Coverage: "A", Term: one, Ages: policy.Ages{From: 18}, Gender: policy.Male, Flat: yuan("2")},
		{Coverage: "A", Term: one, Ages: policy.Ages{From: 18}, Gender: policy.Female, Flat: yuan("3")},
		{Coverage: "A", Term: two, Class: "4", Flat: yuan("4")},
		{Coverage: "B", Flat: yuan("5")},
	}}
	on := kernel.NewDate(2026, 6, 1)
	born := func(years int) kernel.Date { return on.AddYears(-years) }
	for _, tt := range []struct {
		name     string
		coverage string
		term     policy.Term
		risk     policy.Risk
		want     string
		fault    map[string]string
	}{
		{"a child", "A", one, policy.Risk{Birth: born(18) + 1}, "1", nil},
		{"a man on his 18th birthday", "A", one, policy.Risk{Birth: born(18), Gender: policy.Male}, "2", nil},
		{"a woman", "A", one, policy.Risk{Birth: born(99), Gender: policy.Female}, "3", nil},
		{"of a dangerous class", "A", two, policy.Risk{Class: "4"}, "4", nil},
		{"a thing", "B", one, policy.Risk{}, "5", nil},
		{"an adult of unknown gender", "A", one, policy.Risk{Birth: born(30)}, "", map[string]string{"items[0].coverage": "rate"}},
		{"of unknown age", "A", one, policy.Risk{}, "", map[string]string{"risks[0].birth": "required"}},
		{"of another class", "A", two, policy.Risk{Class: "1"}, "", map[string]string{"items[0].coverage": "rate"}},
		{"of no such coverage", "C", one, policy.Risk{}, "", map[string]string{"items[0].coverage": "rate"}},
	} {
		q, err := policy.TableRater{}.Rate(context.Background(), policy.RatingRequest{
			Product: policy.Product{Currency: kernel.CNY, Design: design}, Risks: []policy.Risk{tt.risk},
			Items: []policy.Item{{Coverage: tt.coverage}}, Term: tt.term, On: on,
		})
		if tt.fault != nil {
			if diff := cmp.Diff(tt.fault, faults(t, err)); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
			continue
		}
		if err != nil || !q.Premium.Equal(yuan(tt.want)) {
			t.Errorf("%s: %s, %v", tt.name, q.Premium, err)
		}
	}
}
