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
	_ = tables(os.Stdout, "in memory", "", f)
	// Output:
	// Complaints
	// ──────────
	// Database  in memory
	//                                           figure
	//   complaints                              1
	//   respondents                             1
	//   respondents with a confirmed complaint  1
	//   justified                               1 (100.0 %)
	//   answered on time                        1 (100.0 %)
	//   median days to close                    60
	//   95 % closed within days                 60
	//   deadlines missed                        0
	//   open                                    0
	//     Rows of the file: 1. Seconds: 0.0. The journal agrees with all records: true.
	//
	// By year of receipt
	// ──────────────────
	//   year  complaints  open  justified %  on time %
	//   2024           1     0        100.0      100.0
	//
	// By category
	// ───────────
	//   category  complaints  open  justified %  on time %  median days  95 % within
	//   claims             1     0        100.0      100.0           60           60
	//
	// By root cause
	// ─────────────
	//   cause                     complaints  open  justified %  on time %  median days  95 % within
	//   Refusal (claims.refusal)           1     0        100.0      100.0           60           60
	//
	// By product
	// ──────────
	//   product     complaints  open  justified %  on time %  median days  95 % within
	//   Automobile           1     0        100.0      100.0           60           60
	//
	// By channel
	// ──────────
	//   channel  complaints  open  justified %  on time %  median days  95 % within
	//   Portal            1     0        100.0      100.0           60           60
}

// Rows with one number are one complaint; all faults of a row are told at once.
func Example_rejections() {
	_, row, _ := strings.Cut(plain, "\n")
	text := plain + strings.Replace(row, ",77,", ",78,", 1) + strings.NewReplacer(",77,", ",79,", "2/29", "2/30", "Yes", "yes").Replace(row)
	file, err := read(strings.NewReader(text), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range file.matters {
		fmt.Println(m.number, "against", len(m.against))
	}
	for _, r := range file.rejected {
		fmt.Printf("line %d, %s %s\n", r.Line, r.Column, r.Reason)
	}
	// Output:
	// N1 against 2
	// line 4, Received date is not a date of the form month/day/year
	// line 4, Confirmed complaint is neither Yes nor No
}

// Of several reasons the first of the table counts.
func Example_classify() {
	for _, reasons := range []string{"Cust Service Claim Handling; Denial Of Claim", "Refund Of Premium; Premium and Rating", "Weather"} {
		m := classify(strings.Split(reasons, "; "))
		fmt.Println(m.category, m.cause)
	}
	// Output:
	// claims claims.refusal
	// service service.mistake
	// other other
}
