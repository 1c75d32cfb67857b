package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

// What the program prints, over a store in memory.
func Example() {
	file, err := read(strings.NewReader(plain), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := (&replay{file: file, keys: privacy.Plaintext}).run(context.Background(), memory.New())
	if err != nil {
		fmt.Println(err)
		return
	}
	f.JournalEntries = 0
	_ = table(os.Stdout, "in memory", f)
	// Output:
	// Database                    in memory
	// Rows in the file            1
	// Customers                   1
	// Policies                    1
	//   premium                   900.50
	// Claims                      1
	//   claimed                   5000.00
	//   paid                      1
	//   closed without payment    0
	//   declined                  0
	//   not in force at the loss  0
	// Paid out                    4500.00
	// Journal entries             0
	//   all rows as it says       true
	// Seconds                     0.0
}

// All faults of a row are told at once.
func Example_rejections() {
	text := strings.NewReplacer("2020-02-29", "2021-02-29", ",N\n", ",yes\n").Replace(plain)
	file, err := read(strings.NewReader(text), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range file.rejected {
		fmt.Printf("line %d, %s %s\n", r.Line, r.Column, r.Reason)
	}
	// Output:
	// line 2, policy_bind_date is not a date of the form 2006-01-02
	// line 2, fraud_reported is neither Y nor N
}

// Terms are full years and reach beyond the loss.
func Example_terms() {
	for _, bound := range []string{"2024-05-07", "2024-05-06", "2023-05-07", "2023-05-06"} {
		file, err := read(strings.NewReader(strings.Replace(plain, "2020-02-29", bound, 1)), 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		r := file.rows[0]
		fmt.Println(r.bind, "to", r.term().End(r.bind))
	}
	// Output:
	// 2024-05-07 to 2025-05-07
	// 2024-05-06 to 2025-05-06
	// 2023-05-07 to 2024-05-07
	// 2023-05-06 to 2025-05-06
}
