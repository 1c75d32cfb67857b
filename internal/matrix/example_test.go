package matrix_test

import (
	"fmt"
	"strings"

	"github.com/coverkit/crm/internal/matrix"
)

// A test of a room opens its matrix and prints what Compare finds.
func ExampleCompare() {
	diffs, err := matrix.Compare(visit(), strings.NewReader(`
-:
  Plan  -> planned
  Adopt -> *
planned:
  Make -> filed   # wrong
  Note =
made:
  Make =
  Note =
filed:`))
	fmt.Println(strings.Join(diffs, "\n"), err)
	// Output:
	// made: File leads to filed, the matrix does not list it
	// planned: Make leads to made, the matrix says -> filed <nil>
}

func ExampleParse() {
	m, err := matrix.Parse(strings.NewReader("-:\n  Report -> reported\nreported:\n  Assign ="))
	for _, h := range m {
		for _, e := range h.Events {
			fmt.Println(h.State, e.Name, e.To)
		}
	}
	fmt.Println(err)
	// Output:
	// - Report reported
	// reported Assign reported
	// <nil>
}

func ExampleParse_faults() {
	_, err := matrix.Parse(strings.NewReader("reported:\n  File > filed\n  Assign -> reported\n"))
	fmt.Println(err)
	// Output:
	// matrix: invalid input: line 2: is neither "state:" nor indented "Event -> state" nor "Event ="; line 3: "Assign" keeps the state: write "Assign ="
}
