package claim_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// A closed claim of an older system comes in as history, a running one goes on.
func ExampleService_Import() {
	w := newWorld(memory.New())
	row := func(key, cause string) claim.Adoption {
		return claim.Adoption{
			Key: key, Number: key, Notice: claim.Notice{Policy: "P-1", OccurredAt: accident, Cause: cause, Claimed: yuan("1100")},
			ReportedAt: accident.Add(time.Hour), FiledAt: accident.Add(24 * time.Hour),
		}
	}
	closed, running := row("LP-1", "illness"), row("LP-2", "injury")
	closed.State, closed.Approved = claim.Closed, yuan("900")
	closed.DecidedAt, closed.PaidAt, closed.ClosedAt = accident.AddDate(0, 0, 3), accident.AddDate(0, 0, 4), accident.AddDate(0, 0, 5)
	running.State, running.Documents = claim.Filed, papers[:1]

	report, err := w.Import(manager, slices.Values([]claim.Adoption{closed, running}), kernel.Intake{})
	fmt.Println(report.Stored, "stored,", err)
	c, _ := w.ByNumber(auditor, "LP-2")
	docs, _ := w.Documents(auditor, c.ID)
	fmt.Println(c.Number, c.State, "with", len(docs), "documents, missing:", docs[1].Kind, docs[1].Missing())
	// Output:
	// 2 stored, <nil>
	// LP-2 filed with 2 documents, missing: invoice true
}
