package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/examples/internal/start"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// crowd is a library with customers, their policies and their claims. Few customers have
// many claims, few branches and handlers have most of them, and of fifty claims one is open,
// with its tasks.
type crowd struct {
	crm     *crm.CRM
	ctx     context.Context
	guarded *storage.Guarded
	clock   *kernel.ManualClock

	models []family

	mu       sync.Mutex
	usual    []kernel.ID // customers with [perCustomer] claims
	open     []kernel.ID // claims
	families int
	claims   int
	used     int // idempotency keys
}

const (
	day         = 24 * time.Hour
	perCustomer = 3       // claims of a usual customer
	months      = 36      // over which all came to be
	branches    = 30      //
	handlers    = 200     //
	batch       = 64      // families in a unit of work
	openEvery   = 50      // claims
	someHandler = "li-00" // whose list is asked for
	someBranch  = "branch-11"
)

// settle opens the library over an empty store and lets so many claims come to be in it.
func settle(ctx context.Context, store *gormstore.Store, claims int) (*crowd, error) {
	keys, err := privacy.NewKeys()
	if err != nil {
		return nil, err
	}
	w := &crowd{ctx: crm.WithActor(ctx, crm.Owner), clock: kernel.NewManualClock(time.Now().Add(-months * 30 * day)), guarded: storage.Guard(store, keys)}
	if w.crm, err = crm.Open(ctx, store, crm.Config{Keys: keys, Clock: w.clock, CallOn: []customer.VisitKind{}}); err != nil {
		return nil, err
	}
	if err := w.crm.Migrate(ctx); err != nil {
		return nil, err
	}
	if _, err := w.crm.Products.Publish(w.ctx, product()); err != nil {
		return nil, err
	}
	for range months {
		f, err := w.found(w.ctx) // takes the clock a month on
		if err != nil {
			return nil, err
		}
		w.models = append(w.models, f)
	}
	return w, w.load(claims, store.Dialect())
}

// load copies families until there are so many claims. A file has one writer only.
func (w *crowd) load(claims int, dialect string) error {
	writers := 1
	if dialect == "postgres" {
		writers = 4
	}
	tick, done := start.Progress(os.Stderr, "loading")
	defer done()
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			for {
				w.mu.Lock()
				first, full := w.families, w.claims >= claims
				if !full {
					w.families += batch
				}
				w.mu.Unlock()
				if full || errs[i] != nil {
					return
				}
				errs[i] = w.add(first, claims, tick)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// add writes a batch of families in one unit of work.
func (w *crowd) add(first, claims int, tick func(of int)) error {
	var usual, open []kernel.ID
	n := 0
	err := w.guarded.Update(w.ctx, func(tx *storage.GuardTx) error {
		for i := first; i < first+batch; i++ {
			who, have, err := w.copy(tx, i)
			if err != nil {
				return err
			}
			if n += have.claims; have.claims == perCustomer {
				usual = append(usual, who)
			}
			open = append(open, have.open...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.usual, w.open, w.claims = append(w.usual, usual...), append(w.open, open...), w.claims+n
	if tick != nil {
		for range n {
			tick(claims)
		}
	}
	return nil
}

// having is what a customer has.
type having struct {
	claims int
	open   []kernel.ID
}

// few numbers are drawn often, and many seldom.
func few(chance *rand.Rand, of int) int {
	x := chance.Float64()
	return int(x * x * x * float64(of))
}

// copy writes the n-th customer with all that belongs to it.
func (w *crowd) copy(tx *storage.GuardTx, n int) (kernel.ID, having, error) {
	chance := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // no secret
	f := &w.models[chance.IntN(len(w.models))]
	who := f.customer.rows[f.customer.at].(*customer.Customer)
	names := renamed{
		anyBranch: fmt.Sprintf("branch-%02d", few(chance, branches)), anyName: fmt.Sprintf("Customer %d", n), who.Number: fmt.Sprintf("L-%08d", n),
	}
	fit := func(rec storage.Record) error { return fit(tx, rec, n) }
	rows, err := f.customer.copy(tx, names, fit)
	if err != nil {
		return "", having{}, err
	}
	names[f.policy.rows[f.policy.at].(*policy.Policy).Number] = fmt.Sprintf("LP-%08d", n)
	more, err := f.policy.copy(tx, names, fit)
	if err != nil {
		return "", having{}, err
	}
	rows = append(rows, more...)
	have := having{claims: perCustomer}
	switch {
	case n%1000 == 999:
		have.claims = 200
	case n%50 == 49:
		have.claims = 20
	}
	told := f.claim.rows[f.claim.at].(*claim.Claim)
	for i := range have.claims {
		names[told.Number] = fmt.Sprintf("LC-%08d-%03d", n, i)
		handler := fmt.Sprintf("li-%02d", few(chance, handlers))
		ended := chance.IntN(openEvery) > 0
		more, err := f.claim.copy(tx, names, func(rec storage.Record) error {
			ofClaim(rec, i, handler, ended)
			return nil
		})
		if err != nil {
			return "", have, err
		}
		if rows = append(rows, more...); !ended {
			have.open = append(have.open, kernel.ID(names[string(told.ID)]))
		}
	}
	return kernel.ID(names[string(who.ID)]), have, tx.Insert(rows...)
}

// passport returns the number of the n-th customer's.
func passport(n int) privacy.Secret { return privacy.New(fmt.Sprintf("E%08d", n+months)) }

// fit gives the n-th customer what nobody else has, with the blind indexes by which they
// are found.
func fit(tx *storage.GuardTx, rec storage.Record, n int) (err error) {
	switch r := rec.(type) {
	case *customer.Customer:
		r.DocumentNumber = passport(n)
		number, _ := r.DocumentNumber.Plain()
		if r.IdentityIndex, err = tx.Index("crm_customers.identity", string(r.DocumentKind)+"|"+r.DocumentCountry+"|"+number); err == nil {
			r.TwinIndex, err = tx.Index("crm_customers.twin", r.Name)
		}
	case *customer.Contact:
		mail := fmt.Sprintf("c%d@example.com", n)
		r.Value = privacy.New(mail)
		r.ValueIndex, err = tx.Index("crm_contacts.email", mail)
	}
	return err
}

// ofClaim makes of the model's claim and tasks the i-th of a customer, which is closed or
// still to be handled.
func ofClaim(rec storage.Record, i int, handler string, ended bool) {
	switch r := rec.(type) {
	case *claim.Claim:
		r.Cause, r.Handler = fmt.Sprintf("cause-%d", i), kernel.Ref(handler)
		if ended {
			r.State, r.ClosedAt = claim.Closed, r.ReportedAt.Add(9*day)
		}
	case *task.Task:
		r.Owner = handler
		if ended {
			r.State, r.EndedAt, r.EndedBy, r.NextAt = task.Met, r.OpenedAt.Add(day), handler, time.Time{}
		}
	}
}
