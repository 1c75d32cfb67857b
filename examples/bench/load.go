package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// growth says how long a question or a command takes while there are few claims, and
// when there are a hundred times as many.
type growth struct {
	Database string             `json:"database"`
	Claims   []int              `json:"claims"`
	Micros   map[string][]int64 `json:"p50_micros"`
	Ratio    map[string]float64 `json:"p50_ratio"`
}

// each customer has one policy and so many claims.
const perCustomer = 4

// crowd is a library with customers and their claims.
type crowd struct {
	crm       *crm.CRM
	ctx       context.Context
	mu        sync.Mutex
	customers []kernel.ID
	claims    []kernel.ID
	used      atomic.Int64 // idempotency keys
}

// covers answers for the policies "P-<customer>".
type covers struct{}

func (covers) CoverAt(_ context.Context, policy kernel.Ref, _ time.Time) (claim.Cover, error) {
	who := policy[len("P-"):]
	return claim.Cover{
		Policy: policy, Line: kernel.Health, InForce: true, Holder: who, Insured: []kernel.Ref{who},
		Coverages: []claim.Coverage{{Code: "MED", Calculator: "reimbursement", Limit: decimal.NewFromInt(20_000)}},
	}, nil
}

// grow loads claims and measures at a hundredth of them and with all.
func grow(ctx context.Context, p *place, claims int) (out *growth, err error) {
	db, err := p.database(ctx, "growth")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	store, err := p.store("growth")
	if err != nil {
		return nil, err
	}
	keys, err := privacy.NewKeys()
	if err != nil {
		return nil, err
	}
	c, err := crm.Open(ctx, store, crm.Config{Keys: keys, Policies: covers{}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Migrate(ctx); err != nil {
		return nil, err
	}
	w := &crowd{crm: c, ctx: crm.WithActor(ctx, crm.Owner)}
	out = &growth{Database: p.name(), Micros: map[string][]int64{}, Ratio: map[string]float64{}}
	for _, size := range []int{max(claims/100, perCustomer), claims} {
		if err := w.load(size); err != nil {
			return nil, err
		}
		if err := p.settle(ctx, db); err != nil {
			return nil, err
		}
		out.Claims = append(out.Claims, len(w.claims))
		for name, do := range w.questions() {
			took, err := half(do)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			out.Micros[name] = append(out.Micros[name], took.Microseconds())
		}
	}
	for name, took := range out.Micros {
		out.Ratio[name] = float64(took[1]) / float64(took[0])
	}
	return out, nil
}

// load registers customers and reports their claims until there are so many.
func (w *crowd) load(claims int) error {
	var next atomic.Int64
	next.Store(int64(len(w.customers)))
	errs := make([]error, many)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			for n := int(next.Add(1)); n*perCustomer <= claims && errs[i] == nil; n = int(next.Add(1)) {
				errs[i] = w.add(n)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// passport returns the number of the n-th customer's.
func passport(n int) privacy.Secret { return privacy.New(fmt.Sprintf("E%08d", n)) }

func (w *crowd) add(n int) error {
	who, err := w.crm.Customers.Register(w.ctx, customer.Registration{
		Party: customer.Individual, Name: "Customer " + strconv.Itoa(n), Birth: kernel.NewDate(1980, 1, 1), Gender: customer.Female,
		Document: customer.Document{Kind: customer.Passport, Number: passport(n)},
	})
	if err != nil {
		return err
	}
	var ids []kernel.ID
	for i := range perCustomer {
		c, err := w.crm.Claims.Report(w.ctx, claim.Notice{
			Policy: "P-" + who.ID.Ref(), OccurredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Cause: "cause-" + strconv.Itoa(i),
		})
		if err != nil {
			return err
		}
		ids = append(ids, c.ID)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.customers, w.claims = append(w.customers, who.ID), append(w.claims, ids...)
	return nil
}

// questions are what is measured, each about somebody at random.
func (w *crowd) questions() map[string]func() error {
	someone := func(list []kernel.ID) kernel.ID { return list[rand.IntN(len(list))] } //nolint:gosec // no secret
	return map[string]func() error{
		"transition": func() error {
			key := crm.Key(strconv.FormatInt(w.used.Add(1), 10))
			_, err := w.crm.Claims.Contact(w.ctx, someone(w.claims), claim.Conversation{Channel: "phone"}, key)
			return err
		},
		"overview": func() error {
			o, err := w.crm.Overview(w.ctx, someone(w.customers))
			if err == nil && len(o.Claims) != perCustomer {
				err = fmt.Errorf("%d claims of a customer", len(o.Claims))
			}
			return err
		},
		"identity": func() error {
			doc := customer.Document{Kind: customer.Passport, Number: passport(1 + rand.IntN(len(w.customers)))} //nolint:gosec // no secret
			page, err := w.crm.Customers.Find(w.ctx, customer.Search{Document: doc}, kernel.List{})
			if err == nil && len(page.Items) != 1 {
				err = fmt.Errorf("%d customers of a passport", len(page.Items))
			}
			return err
		},
		"list": func() error {
			page, err := w.crm.Claims.List(w.ctx, claim.Filter{State: claim.Reported}, kernel.List{Limit: 50})
			if err == nil && len(page.Items) != min(50, len(w.claims)) {
				err = fmt.Errorf("%d claims on a page", len(page.Items))
			}
			return err
		},
	}
}

// half returns how long half of the tries take at most.
func half(do func() error) (time.Duration, error) {
	took := make([]time.Duration, 0, 300)
	for i := range cap(took) + 50 {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		if i >= 50 { // statements and caches are there by then
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

func (g *growth) print(p *show.Printer) {
	var rows [][]string
	for _, name := range []string{"transition", "overview", "identity", "list"} {
		rows = append(rows, []string{
			name, strconv.FormatInt(g.Micros[name][0], 10), strconv.FormatInt(g.Micros[name][1], 10), fmt.Sprintf("%.2f", g.Ratio[name]),
		})
	}
	p.Section(g.Database + ", µs for half of the tries")
	p.Table([]string{"", strconv.Itoa(g.Claims[0]) + " claims", strconv.Itoa(g.Claims[1]) + " claims", "ratio"}, rows...)
}
