package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// bulk says what it takes to bring customers and claims in: by the library, with journal,
// keys, sealed fields and every check, beside COPY (on SQLite: prepared inserts of many
// rows) of what the library has written, ready-made, into tables with the same indexes.
// "Records" are the rows of customers, contacts, claims, documents, checks, reserves and
// tasks alone; "all" has their journal and data keys too. A ratio compares the times.
type bulk struct {
	Database string             `json:"database"`
	Rows     int                `json:"rows"`
	PerSec   map[string]float64 `json:"library_rows_per_second"`
	Records  map[string]float64 `json:"ratio_records"`
	All      map[string]float64 `json:"ratio_all"`
	Baseline map[string]float64 `json:"baseline_rows_per_second"`
}

// things that are brought in, with their tables: first those of the records.
var things = []struct {
	name    string
	records []string
	rest    []string // with the condition on their rows
}{
	{"customers", []string{"crm_customers", "crm_contacts"}, []string{"crm_data_keys", "crm_journal WHERE kind = 'customer'"}},
	{"claims", []string{"crm_claims", "crm_claim_documents", "crm_claim_checks", "crm_claim_reserves", "crm_tasks"}, []string{"crm_journal WHERE kind = 'claim'"}},
}

// bring lets the two take turns.
func bring(ctx context.Context, p *place, set settings) (*bulk, error) {
	n := set.bulk
	out := &bulk{Database: p.name(), Rows: n, PerSec: map[string]float64{}, Records: map[string]float64{}, All: map[string]float64{}, Baseline: map[string]float64{}}
	took := map[string][][]sample{}
	for round := range set.rounds + 1 { // the first warms up
		one, err := bulkRound(ctx, p, "bulk"+strconv.Itoa(round), n, round)
		if err != nil {
			return nil, err
		}
		for name, s := range one {
			if round > 0 {
				took[name] = append(took[name], s)
			}
		}
	}
	for name, rounds := range took {
		out.PerSec[name] = float64(n) / median(rounds, func(r []sample) float64 { return r[0].micros }) * 1e6
		out.Baseline[name] = float64(n) / median(rounds, func(r []sample) float64 { return r[1].micros }) * 1e6
		out.Records[name] = median(rounds, func(r []sample) float64 { return r[0].micros / r[1].micros })
		out.All[name] = median(rounds, func(r []sample) float64 { return r[0].micros / r[2].micros })
	}
	return out, nil
}

// bulkRound has the library bring in customers and claims, and then their rows written
// ready-made: records, and all.
func bulkRound(ctx context.Context, p *place, name string, n, round int) (took map[string][]sample, err error) {
	took = map[string][]sample{}
	dbs := map[string]*sql.DB{}
	for _, d := range []string{"", "r", "a"} {
		db, err := p.database(ctx, name+d)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, db.Close(), p.drop(ctx, name+d)) }()
		store, err := p.store(name + d)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(store.Migrate(ctx), store.Close()); err != nil {
			return nil, err
		}
		dbs[d] = db
	}
	lib, err := p.import_(ctx, name, n)
	if err != nil {
		return nil, err
	}
	for i, thing := range things {
		records := func() (time.Duration, error) { return p.copied(ctx, dbs[""], dbs["r"], thing.records) }
		all := func() (time.Duration, error) {
			return p.copied(ctx, dbs[""], dbs["a"], slices.Concat(thing.records, thing.rest))
		}
		var r, a time.Duration
		var err1, err2 error
		if round%2 == 0 {
			r, err1 = records()
			a, err2 = all()
		} else {
			a, err2 = all()
			r, err1 = records()
		}
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		for _, d := range []time.Duration{lib[i], r, a} {
			took[thing.name] = append(took[thing.name], sample{micros: float64(d.Microseconds())})
		}
	}
	return took, nil
}

// import_ has the library bring so many customers and claims in.
func (p *place) import_(ctx context.Context, name string, n int) (took [2]time.Duration, err error) {
	store, err := p.store(name)
	if err != nil {
		return took, err
	}
	keys, err := privacy.NewKeys()
	if err != nil {
		return took, err
	}
	c, err := crm.Open(ctx, store, crm.Config{Keys: keys, Policies: everyPolicy{}})
	if err != nil {
		return took, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	ctx = crm.WithActor(ctx, crm.Owner)
	who := make([]kernel.Ref, n)
	how := kernel.Intake{Done: func(row int, id kernel.ID, _ bool) { who[row] = id.Ref() }}
	start := time.Now()
	report, err := c.Customers.Import(ctx, oldCustomers(n), how)
	took[0] = time.Since(start)
	if err != nil || report.Stored != n {
		return took, fmt.Errorf("%d customers of %d: %w", report.Stored, n, err)
	}
	start = time.Now()
	report, err = c.Claims.Import(ctx, oldClaims(who), kernel.Intake{})
	took[1] = time.Since(start)
	if err != nil || report.Stored != n {
		return took, fmt.Errorf("%d claims of %d: %w", report.Stored, n, err)
	}
	return took, nil
}

// oldCustomers have a passport, a phone number and an address.
func oldCustomers(n int) iter.Seq[customer.Adoption] {
	return func(yield func(customer.Adoption) bool) {
		for i := range n {
			no := strconv.Itoa(i)
			if !yield(customer.Adoption{
				Key: "customer-" + no, Number: "KH" + no,
				Registration: customer.Registration{
					Party: customer.Individual, Name: "Customer " + no, Birth: kernel.NewDate(1960, 1, 1) + kernel.Date(i%18_000), Gender: customer.Female,
					Document: customer.Document{Kind: customer.Passport, Number: privacy.New(fmt.Sprintf("E%08d", i))},
					Contacts: []customer.ContactDetail{
						{Kind: customer.Phone, Value: privacy.New(fmt.Sprintf("138%08d", i))},
						{Kind: customer.Address, Value: privacy.New("中关村大街" + no + "号"), Use: customer.ForMail},
					},
				},
			}) {
				return
			}
		}
	}
}

// oldClaims are closed ones of the last years, and one of five that is still handled.
func oldClaims(who []kernel.Ref) iter.Seq[claim.Adoption] {
	return func(yield func(claim.Adoption) bool) {
		now := time.Now()
		for i, c := range who {
			at := now.AddDate(0, 0, -400-i%900)
			day := func(n int) time.Time { return at.AddDate(0, 0, n) }
			row := claim.Adoption{
				Key: "claim-" + strconv.Itoa(i), Number: "LP" + strconv.Itoa(i), State: claim.Closed,
				Notice: claim.Notice{
					Policy: "P-" + c, OccurredAt: at, Cause: "illness", Channel: "phone", Claimed: decimal.NewFromInt(2500),
					Description: privacy.New("slipped on the wet floor of a supermarket"), Account: privacy.New("6222021001123456789"),
				},
				ReportedAt: day(1), FiledAt: day(2), AcceptedAt: day(3), ContactedAt: day(3), Handler: "li",
			}
			if i%5 == 0 {
				row.State, row.Passed, row.Reserve = claim.Assessing, []claim.CheckKind{claim.CheckCompleteness}, decimal.NewFromInt(2000)
			} else {
				row.DecidedAt, row.Approved, row.PaidAt, row.ClosedAt = day(10), decimal.NewFromInt(1800), day(12), day(14)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// everyPolicy answers for the policies "P-<customer>".
type everyPolicy struct{}

func (everyPolicy) CoverAt(_ context.Context, policy kernel.Ref, _ time.Time) (claim.Cover, error) {
	who := policy[len("P-"):]
	return claim.Cover{
		Policy: policy, Line: kernel.Health, InForce: true, Holder: who, Insured: []kernel.Ref{who},
		Coverages: []claim.Coverage{{Code: "MED", Calculator: "reimbursement", Limit: decimal.NewFromInt(20_000), Deductible: decimal.NewFromInt(100)}},
	}, nil
}

func (b *bulk) print(p *show.Printer) {
	var rows [][]string
	for _, t := range things {
		rows = append(rows, []string{
			t.name, fmt.Sprintf("%.0f", b.PerSec[t.name]), fmt.Sprintf("%.0f", b.Baseline[t.name]),
			fmt.Sprintf("%.2f", b.Records[t.name]), fmt.Sprintf("%.2f", b.All[t.name]),
		})
	}
	way := "prepared inserts of many rows"
	if b.Database == "PostgreSQL" {
		way = "COPY"
	}
	p.Section(fmt.Sprintf("%s, %d of each", b.Database, b.Rows))
	p.Table([]string{"", "library, rows/s", way + ", rows/s", "time / records", "time / all rows"}, rows...)
}
