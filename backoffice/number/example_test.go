package number_test

import (
	"context"
	"fmt"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/storage/memory"
)

// Without a numberer of the host's, counters give the numbers.
func Example() {
	c, clock := archive(memory.New(), nil)
	for _, name := range []string{"甲公司", "乙公司"} {
		got, err := register(owner, c, name)
		fmt.Println(got.Number, err)
	}
	clock.Advance(24 * time.Hour) // a new year
	got, err := register(owner, c, "丙公司")
	fmt.Println(got.Number, err)
	// Output:
	// C-2026-00000001 <nil>
	// C-2026-00000002 <nil>
	// C-2027-00000001 <nil>
}

// A host with numbers of its own gives them for the kinds that it is asked for.
func ExampleNumberer() {
	last := 4710
	c, _ := archive(memory.New(), numbererFunc(func(_ context.Context, kind string, at time.Time) (string, error) {
		last++
		return fmt.Sprintf("%s/%s/%d", kind, at.Format("06"), last), nil
	}))
	got, err := register(owner, c, "甲公司")
	fmt.Println(got.Number, err)
	// Output: customer/26/4711 <nil>
}

// What is taken back takes its number back: counters leave no gaps.
func ExampleCounter() {
	c, _ := archive(memory.New(), nil)
	tried, _ := register(owner, c, "甲公司", crm.DryRun())
	done, _ := register(owner, c, "乙公司")
	fmt.Println(tried.Number == done.Number, done.Number)
	// Output: true C-2026-00000001
}
