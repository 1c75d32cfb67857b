package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// A command names all faults of a form at once, each by its path.
func ExampleFieldErrors() {
	check := func(amounts ...string) error {
		var f kernel.FieldErrors
		kernel.CheckRef(&f, "policy", "")
		for i, a := range amounts {
			line := f.Index("lines", i)
			kernel.CheckAmount(line, "amount", decimal.RequireFromString(a), kernel.CNY)
		}
		return f.Err()
	}
	err := check("1200.00", "0.005", "-3")
	fmt.Println(errors.Is(err, kernel.ErrInvalid))

	var faults *kernel.FieldErrors
	if errors.As(err, &faults) {
		for _, f := range faults.Faults {
			fmt.Printf("%s (%s): %s\n", f.Path, f.Code, f.Message)
		}
	}
	// Output:
	// true
	// policy (required): a reference is needed
	// lines[1].amount (range): CNY has 2 decimals
	// lines[2].amount (range): an amount is not negative
}

// Three heirs share a benefit equally; the fen that is left goes to the first.
func ExampleSplit() {
	parts, err := kernel.Split(decimal.RequireFromString("100000.00"), kernel.CNY, 1, 1, 1)
	fmt.Println(parts, err)
	// Output: [33333.34 33333.33 33333.33] <nil>
}

// Half a minor unit goes to the even neighbour, so that many roundings do not add up.
func ExampleRound() {
	for _, s := range []string{"0.125", "0.135", "0.1351"} {
		fmt.Println(kernel.Round(decimal.RequireFromString(s), kernel.CNY))
	}
	fmt.Println(kernel.Round(decimal.RequireFromString("120.5"), "JPY"))
	// Output:
	// 0.12
	// 0.14
	// 0.14
	// 120
}

// A policy that begins on the last day of January runs to the last day of a shorter month.
func ExampleDate_AddMonths() {
	begin := kernel.NewDate(2026, time.January, 31)
	for n := range 4 {
		fmt.Println(begin.AddMonths(n))
	}
	// Output:
	// 2026-01-31
	// 2026-02-28
	// 2026-03-31
	// 2026-04-30
}

// The age of an insured person on the day of the application.
func ExampleDate_YearsAt() {
	born, err := kernel.ParseDate("2008-07-16")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(born.YearsAt(kernel.NewDate(2026, 7, 15)), born.YearsAt(kernel.NewDate(2026, 7, 16)))
	// Output: 17 18
}

// Who acts rides in the context; without an actor nothing is allowed.
func ExampleWithActor() {
	ctx := context.Background()
	_, err := kernel.ActorFrom(ctx)
	fmt.Println(err)

	ctx = kernel.WithActor(ctx, kernel.Actor{ID: "u-17", Branches: []string{"sh"}, Roles: []kernel.Role{"adjuster"}})
	a, err := kernel.ActorFrom(ctx)
	fmt.Println(a.ID, a.Sees("sh"), a.Sees("bj"), err)
	// Output:
	// no actor in the context: forbidden
	// u-17 true false <nil>
}

// A test moves the clock; nothing waits.
func ExampleManualClock() {
	clock := kernel.NewManualClock(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	clock.Advance(30 * 24 * time.Hour)
	fmt.Println(kernel.DateOf(clock.Now()))
	// Output: 2026-03-31
}
