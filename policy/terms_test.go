package policy

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
)

// The instalments of any premium add up to it, are in the minor unit, and differ only on
// the last, by less than a unit for each.
func TestInstalmentsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cur := rapid.SampledFrom([]kernel.Currency{kernel.CNY, "JPY", "USD"}).Draw(t, "currency")
		units := rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "units")
		n := rapid.IntRange(1, 1800).Draw(t, "n")
		premium := decimal.New(units, -cur.Minor())
		parts, err := instalments(premium, cur, n)
		if err != nil || len(parts) != n {
			t.Fatalf("%d parts, %v", len(parts), err)
		}
		if !sum(parts...).Equal(premium) {
			t.Fatalf("they add up to %s, not %s", sum(parts...), premium)
		}
		for i, p := range parts {
			if p.IsNegative() || !p.Equal(p.Truncate(cur.Minor())) {
				t.Fatalf("part %d is %s", i, p)
			}
			if i < n-1 && !p.Equal(parts[0]) {
				t.Fatalf("part %d differs", i)
			}
		}
		if more := parts[n-1].Sub(parts[0]); more.IsNegative() || more.GreaterThanOrEqual(decimal.New(int64(n), -cur.Minor())) {
			t.Fatalf("the last has %s more", more)
		}
	})
	if _, err := instalments(decimal.NewFromInt(1), kernel.CNY, 0); err == nil {
		t.Error("a premium in no instalments")
	}
}

// What holds at an instant, as known at another, is what a calendar says on which every
// recording writes its number over all days from its effective day on.
func TestTermsAsOfAgainstACalendar(t *testing.T) {
	t.Parallel()
	const days = 12
	at := func(day int) time.Time { return time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC) }
	rapid.Check(t, func(t *rapid.T) {
		var all []Terms
		var known [days][days]int64 // known[k][d]: on day k, what holds on day d; 0: nothing
		recorded := 0
		for n := int64(1); n <= 6; n++ {
			recorded = rapid.IntRange(recorded, days-1).Draw(t, "recorded")
			effective := rapid.IntRange(0, days-1).Draw(t, "effective")
			all = append(all, Terms{Number: n, Recorded: at(recorded), Effective: at(effective)})
			for k := recorded; k < days; k++ {
				for d := effective; d < days; d++ {
					known[k][d] = n
				}
			}
		}
		all = rapid.Permutation(all).Draw(t, "order") // a store may give them in any
		for k := range days {
			for d := range days {
				var got int64
				if terms := termsAt(all, AsOf{At: at(d), Known: at(k)}); terms != nil {
					got = terms.Number
				}
				if got != known[k][d] {
					t.Fatalf("on day %d, day %d: terms %d, want %d", k, d, got, known[k][d])
				}
			}
		}
	})
}

// The pro-rata premium grows with the days, from nothing to the whole.
func TestProRata(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &Policy{Currency: kernel.CNY, Premium: decimal.New(rapid.Int64Range(0, 1e12).Draw(t, "fen"), -2)}
		p.Begins = kernel.NewDate(2026, 1, 1)
		p.Ends = p.Begins.AddDays(rapid.IntRange(1, 4000).Draw(t, "days"))
		before := decimal.Zero
		for d := p.Begins; d <= p.Ends; d += max(1, (p.Ends-p.Begins)/20) {
			earned := proRata(p, d)
			if earned.LessThan(before) || earned.GreaterThan(p.Premium) || !earned.Equal(earned.Truncate(2)) {
				t.Fatalf("on %s %s are earned", d, earned)
			}
			before = earned
		}
		if !proRata(p, p.Begins).IsZero() || !proRata(p, p.Ends).Equal(p.Premium) {
			t.Fatal("neither nothing on the first day nor all at the end")
		}
	})
}

func TestModesDivideTerms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode PayMode
		term Term
		want int
	}{
		{Single, Term{Days: 7}, 1}, {Single, Term{Years: 20}, 1}, {Yearly, Term{Years: 20}, 20}, {Monthly, Term{Years: 1}, 12},
		{HalfYearly, Term{Years: 1, Months: 6}, 3}, {Quarterly, Term{Months: 4}, 0}, {Monthly, Term{Days: 30}, 0}, {"never", Term{Years: 1}, 0},
	} {
		if got := tt.mode.Instalments(tt.term); got != tt.want {
			t.Errorf("%s over %+v: %d, want %d", tt.mode, tt.term, got, tt.want)
		}
	}
}
