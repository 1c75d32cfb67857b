package access_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

var limits = access.Table{
	{Role: access.Adjuster, What: "claim.approve", UpTo: yuan("50000")},
	{Role: access.Adjuster, What: "claim.approve", Line: kernel.Motor, UpTo: yuan("20000")}, // below the general one: of no effect
	{Role: access.Adjuster, What: "claim.approve", Line: kernel.Cargo, UpTo: yuan("80000")},
	{Role: access.Adjuster, What: "claim.approve", Currency: "USD", UpTo: yuan("7000")},
	{Role: access.Adjuster, What: "claim.refuse", Line: kernel.Health},
	{Role: access.Manager, What: "claim.approve", UpTo: yuan("500000.50")},
	{Role: access.Manager, What: "claim.approve", Line: kernel.Life, Unlimited: true},
	{Role: access.Underwriter, What: "underwriting", Currency: kernel.CNY, UpTo: yuan("3000000")},
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	both := []kernel.Role{access.Adjuster, access.Manager}
	for _, c := range []struct {
		what     string
		roles    []kernel.Role
		decision access.Decision
		want     string // what the refusal says; empty: allowed
	}{
		{"up to the limit", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Line: kernel.Health, Currency: "CNY", Amount: yuan("50000")}, ""},
		{"however it is written", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Currency: "CNY", Amount: yuan("5.0000e4")}, ""},
		{"a ten-thousandth above", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Currency: "CNY", Amount: yuan("50000.0001")}, "above the authority of 50000 CNY"},
		{"the general limit is higher than the line's", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Line: kernel.Motor, Currency: "CNY", Amount: yuan("50000")}, ""},
		{"the line's limit is higher than the general", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Line: kernel.Cargo, Currency: "CNY", Amount: yuan("80000")}, ""},
		{"above the higher of the two", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Line: kernel.Cargo, Currency: "CNY", Amount: yuan("80000.01")}, "above the authority of 80000 CNY"},
		{"the higher of two roles", both, access.Decision{What: "claim.approve", Line: kernel.Motor, Currency: "CNY", Amount: yuan("500000.50")}, ""},
		{"above both roles", both, access.Decision{What: "claim.approve", Line: kernel.Motor, Currency: "CNY", Amount: yuan("500000.51")}, "above the authority of 500000.5 CNY"},
		{"unlimited in a line", both, access.Decision{What: "claim.approve", Line: kernel.Life, Currency: "CNY", Amount: yuan("899999999999999")}, ""},
		{"no currency means CNY", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Amount: yuan("50001")}, "above the authority of 50000 CNY"},
		{"a table that says CNY, a decision that does not", []kernel.Role{access.Underwriter}, access.Decision{What: "underwriting", Amount: yuan("3000000")}, ""},
		{"dollars have their own limit", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Currency: "USD", Amount: yuan("7000.01")}, "above the authority of 7000 USD"},
		{"no limit in yen", both, access.Decision{What: "claim.approve", Currency: "JPY", Amount: yuan("1")}, "no authority"},
		{"another decision", both, access.Decision{What: "underwriting", Currency: "CNY", Amount: yuan("1")}, "no authority"},
		{"another line", both, access.Decision{What: "claim.refuse", Line: kernel.Motor, Currency: "CNY"}, "no authority"},
		{"no line of business", both, access.Decision{What: "claim.refuse", Currency: "CNY"}, "no authority"},
		{"a decision without an amount", both, access.Decision{What: "claim.refuse", Line: kernel.Health, Currency: "CNY"}, ""},
		{"a limit of nothing", both, access.Decision{What: "claim.refuse", Line: kernel.Health, Currency: "CNY", Amount: yuan("0.01")}, "above the authority of 0 CNY"},
		{"a role without a line", []kernel.Role{access.Agent}, access.Decision{What: "claim.approve", Currency: "CNY"}, "no authority"},
		{"no role", nil, access.Decision{What: "claim.approve", Currency: "CNY"}, "no authority"},
		{"taken back within the limit", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Currency: "CNY", Amount: yuan("-50000")}, ""},
		{"taken back above the limit", []kernel.Role{access.Adjuster}, access.Decision{What: "claim.approve", Currency: "CNY", Amount: yuan("-50001")}, "above the authority of 50000 CNY"},
		{"a hostile amount", both, access.Decision{What: "claim.approve", Line: kernel.Life, Currency: "CNY", Amount: decimal.New(1, math.MaxInt32)}, "not an amount"},
		{"the owner", []kernel.Role{kernel.RoleOwner}, access.Decision{What: "anything", Currency: "JPY", Amount: yuan("1e14")}, ""},
		{"the system", []kernel.Role{access.System}, access.Decision{What: "anything", Currency: "JPY", Amount: yuan("1e14")}, ""},
	} {
		err := limits.Within(t.Context(), actor(c.roles...), c.decision)
		switch {
		case c.want == "":
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
		case !errors.Is(err, kernel.ErrForbidden), !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

func TestNoTableNoAuthority(t *testing.T) {
	t.Parallel()
	var none access.Table
	if err := none.Within(t.Context(), actor(access.Staff...), access.Decision{What: "claim.approve"}); !errors.Is(err, kernel.ErrForbidden) {
		t.Error(err)
	}
}

// The order of the table's lines and of the roles does not matter, one more role
// takes nothing away, and who may decide an amount may decide less.
func TestAuthorityGrowsWithRoles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		roles := rapid.SliceOfDistinct(rapid.SampledFrom(access.Staff), rapid.ID).Draw(t, "roles")
		d := access.Decision{
			What:     rapid.SampledFrom([]string{"claim.approve", "claim.refuse", "underwriting"}).Draw(t, "what"),
			Line:     rapid.SampledFrom([]kernel.Line{"", kernel.Motor, kernel.Cargo, kernel.Life, kernel.Health}).Draw(t, "line"),
			Currency: rapid.SampledFrom([]kernel.Currency{"", "CNY", "USD", "JPY"}).Draw(t, "currency"),
			Amount:   decimal.New(rapid.Int64Range(0, 600_000_00).Draw(t, "fen"), -2),
		}
		allowed := limits.Within(t.Context(), actor(roles...), d) == nil
		shuffled := rapid.Permutation(limits).Draw(t, "table")
		if got := shuffled.Within(t.Context(), actor(rapid.Permutation(roles).Draw(t, "order")...), d) == nil; got != allowed {
			t.Fatalf("%v in another order: %v", allowed, got)
		}
		if !allowed {
			return
		}
		more := append(roles, rapid.SampledFrom(access.Staff).Draw(t, "one more"))
		if err := limits.Within(t.Context(), actor(more...), d); err != nil {
			t.Fatalf("with one role more: %v", err)
		}
		d.Amount = d.Amount.Div(decimal.NewFromInt(2)).Truncate(2)
		if err := limits.Within(t.Context(), actor(roles...), d); err != nil {
			t.Fatalf("half of it: %v", err)
		}
	})
}
