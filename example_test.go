package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

// A claim on a policy that the host holds, from the notice of loss to the money.
func Example() {
	dir := must(os.MkdirTemp("", "crm"))
	defer os.RemoveAll(dir)

	ctx := crm.WithActor(context.Background(), crm.Owner)
	db := must(sqlite.Open(filepath.Join(dir, "crm.db")))
	keys := must(privacy.OpenKeyFile(filepath.Join(dir, "crm.key"))) // made, when there is none
	// Policies live with the host; a real one implements claim.Policies, one method.
	policies := claim.StaticPolicies{"0112-2026-000431": {
		Line: kernel.Motor, InForce: true, Insured: []crm.Ref{"customer-7"},
		Coverages: []claim.Coverage{{Code: "DAMAGE", Limit: decimal.NewFromInt(50_000), Deductible: decimal.NewFromInt(500)}},
	}}
	c := must(crm.Open(ctx, db, crm.Config{Keys: keys, Policies: policies}))
	defer c.Close()
	if err := c.Migrate(ctx); err != nil {
		log.Fatal(err)
	}

	cl := must(c.Claims.Report(ctx, claim.Notice{Policy: "0112-2026-000431", Cause: "collision", OccurredAt: time.Now().Add(-time.Hour)}))
	cl = must(c.Claims.SettleDirect(ctx, cl.ID, claim.Settlement{Filing: claim.Filing{Claimed: decimal.NewFromInt(3_200)}, Agreed: "app"}))
	fmt.Println(cl.State, cl.Approved)

	due := must(c.Claims.Payments(ctx, cl.ID))[0]
	must(c.Payments.Request(ctx, due.ID, payment.Handover{Reference: "bank-81"}))
	must(c.Payments.Issue(ctx, due.ID, payment.Receipt{}))
	must(c.Payments.Clear(ctx, due.ID, payment.Receipt{})) // the money has arrived
	cl = must(c.Claims.Get(ctx, cl.ID))
	report := must(c.Verify(ctx)) // every row against the journal
	fmt.Println(cl.State, report.OK())
	// Output:
	// payable 2700
	// paid true
}

// must ends the program at the first error.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// open wires the library over a store in memory, for the examples below.
func open() (*crm.CRM, context.Context) {
	keys, err := privacy.NewKeys()
	check(err)
	c, err := crm.Open(context.Background(), memory.New(), crm.Config{Keys: keys, Policies: claim.StaticPolicies{
		"P-1": {Line: kernel.Motor, InForce: true, Insured: []crm.Ref{"customer-7"}, Coverages: []claim.Coverage{{Code: "DAMAGE"}}},
	}})
	check(err)
	return c, crm.WithActor(context.Background(), crm.Owner)
}

func notice(cause string) claim.Notice {
	return claim.Notice{Policy: "P-1", Cause: cause, OccurredAt: time.Now().Add(-time.Hour)}
}

// Several commands are done all or nothing.
func ExampleCRM_InTx() {
	c, ctx := open()
	err := c.InTx(ctx, func(c *crm.CRM) error {
		if _, err := c.Customers.Register(ctx, customer.Registration{
			Party: customer.Individual, Name: "张三",
			Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("13800138000")}},
		}); err != nil {
			return err
		}
		_, err := c.Claims.Report(ctx, claim.Notice{Policy: "unknown", Cause: "fire", OccurredAt: time.Now()})
		return err
	})
	found, _ := c.Customers.Find(ctx, customer.Search{NamePrefix: "张"}, kernel.List{})
	fmt.Println(errors.Is(err, crm.ErrNotFound), len(found.Items))
	// Output: true 0
}

// Other systems learn what happened, in order, each with its own place in the journal.
func ExampleCRM_Relay() {
	c, ctx := open()
	cl, err := c.Claims.Report(ctx, notice("collision"))
	check(err)
	_, err = c.Claims.Withdraw(ctx, cl.ID, claim.Remark{Text: privacy.New("repaired it myself")})
	check(err)
	n, err := c.Relay(ctx, "data-warehouse", func(_ context.Context, e crm.Entry) error {
		fmt.Println(e.Event, e.From, "→", e.To)
		return nil
	})
	fmt.Println(n, err)
	// Output:
	// Report  → reported
	// Withdraw reported → withdrawn
	// 2 <nil>
}

// The same key again changes nothing.
func ExampleKey() {
	c, ctx := open()
	n := notice("hail")
	first, err := c.Claims.Report(ctx, n, crm.Key("call-4711"))
	check(err)
	again, err := c.Claims.Report(ctx, n, crm.Key("call-4711"))
	fmt.Println(again.ID == first.ID, again.Replayed, err)
	n.Cause = "theft"
	_, err = c.Claims.Report(ctx, n, crm.Key("call-4711"))
	fmt.Println(errors.Is(err, crm.ErrKeyReused))
	// Output:
	// true true <nil>
	// true
}

// A seal is kept where nobody can reach it who can write to the database.
func ExampleCRM_Seal() {
	c, ctx := open()
	_, err := c.Claims.Report(ctx, notice("collision"))
	check(err)
	seal, err := c.Seal(ctx)
	check(err)
	letter, err := json.Marshal(seal) // to the auditor, say
	check(err)

	var kept crm.Seal // a year later
	check(json.Unmarshal(letter, &kept))
	report, err := c.Verify(ctx, kept)
	check(err)
	fmt.Println(report.OK(), kept.Number, kept.Entries)
	// Output: true 1 1
}

// The journal is held against every row.
func ExampleCRM_Verify() {
	c, ctx := open()
	_, err := c.Claims.Report(ctx, notice("collision"))
	check(err)
	report, err := c.Verify(ctx)
	check(err)
	fmt.Println(report.OK(), report.Entries, report.Faults)
	// Output: true 1 []
}
