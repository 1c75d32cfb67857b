package torture_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// actor is one of two who act in an order that the test decides: it stops before each
// step, which is a round trip of reads or the commit, until it is told to go on.
type actor struct {
	arrived chan bool // it stands before a step
	next    chan bool // it may take it
	done    chan error
	steps   int
}

type actorKey struct{}

func (a *actor) stop() {
	if a == nil {
		return
	}
	a.arrived <- true
	<-a.next
}

// advance lets the actor take a step, and returns when it stands before the next, has
// ended, or waits for a lock that the other one holds.
func (a *actor) advance(wait time.Duration) (ended bool, err error) {
	select {
	case <-a.arrived:
		a.steps++
		a.next <- true
	case err := <-a.done:
		a.done <- err
		return true, err
	case <-time.After(wait):
		return false, nil
	}
	return false, nil
}

// stepping is a store in which actors stop.
type stepping struct{ *gormstore.Store }

func (s stepping) Update(ctx context.Context, fn func(storage.Tx) error) error {
	a, _ := ctx.Value(actorKey{}).(*actor)
	return s.Store.Update(ctx, func(tx storage.Tx) error {
		err := fn(steppingTx{tx, a})
		if err == nil {
			a.stop() // before the commit
		}
		return err
	})
}

type steppingTx struct {
	storage.Tx
	a *actor
}

func (t steppingTx) Load(reads ...storage.Read) error { t.a.stop(); return t.Tx.Load(reads...) }

func (t steppingTx) Tally(of storage.Record, q storage.Query, by []string, m ...storage.Measure) ([]storage.Row, error) {
	t.a.stop()
	return t.Tx.Tally(of, q, by, m...)
}

// act starts an actor.
func act(do func(ctx context.Context) error) *actor {
	a := &actor{arrived: make(chan bool), next: make(chan bool), done: make(chan error, 1)}
	go func() { a.done <- do(context.WithValue(owner, actorKey{}, a)) }()
	return a
}

// play lets two actors take their steps in the order, true for the first, and then as they
// come.
func play(first, second *actor, order []bool) (err1, err2 error) {
	const lock = 15 * time.Millisecond // so long without a step: it waits for the other
	for _, one := range order {
		if one {
			_, _ = first.advance(lock)
		} else {
			_, _ = second.advance(lock)
		}
	}
	for ended1, ended2 := false, false; !ended1 || !ended2; {
		ended1, err1 = first.advance(lock)
		ended2, err2 = second.advance(lock)
	}
	return err1, err2
}

// orders returns all orders of so many steps of two actors, up to most of them: then by
// chance.
func orders(t *testing.T, a, b, most int) (list [][]bool, all bool) {
	t.Helper()
	count := 1.0
	for i := range b {
		count = count * float64(a+i+1) / float64(i+1)
	}
	if int(count) <= most {
		return enumerate(a, b), true
	}
	r := torture.Rand(t)
	for range most {
		order := make([]bool, a+b)
		for _, i := range r.Perm(a + b)[:a] {
			order[i] = true
		}
		list = append(list, order)
	}
	return list, false
}

func enumerate(a, b int) (list [][]bool) {
	if a == 0 && b == 0 {
		return [][]bool{nil}
	}
	if a > 0 {
		for _, rest := range enumerate(a-1, b) {
			list = append(list, append([]bool{true}, rest...))
		}
	}
	if b > 0 {
		for _, rest := range enumerate(a, b-1) {
			list = append(list, append([]bool{false}, rest...))
		}
	}
	return list
}

// tight is a policy whose claims share 1,000.
func tight(n int) crm.Ref { return crm.Ref(fmt.Sprintf("T-%d", n)) }

// assessed takes a claim of 900 to where it only has to be approved.
func (s *shop) assessed(t *testing.T, policy crm.Ref, cause string) crm.ID {
	t.Helper()
	in := loss(0, cause)
	in.Policy = policy
	c, err := s.Claims.Report(owner, in)
	must(t, err)
	step := func(_ claim.Claim, err error) { t.Helper(); must(t, err) }
	step(s.Claims.File(owner, c.ID, settlement.Filing))
	step(s.Claims.Check(owner, c.ID, claim.Review{Kind: claim.CheckCompleteness}))
	step(s.Claims.Accept(owner, c.ID, claim.Acceptance{}))
	step(s.Claims.Check(owner, c.ID, claim.Review{Kind: claim.CheckAuthenticity}))
	step(s.Claims.Check(owner, c.ID, claim.Review{Kind: claim.CheckCoverage}))
	step(s.Claims.Assess(owner, c.ID, claim.Assessment{Lines: []claim.Item{{Coverage: "HAIL", Claimed: decimal.NewFromInt(900)}}}))
	return c.ID
}

// TestOrders approves two claims of 900 under one limit of 1,000 in every order of their
// steps, or in as many as there is time for: they never get more than there is, and one of
// them gets what it asked for.
func TestOrders(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "postgres")
	keys, err := privacy.OpenKeyFile(p.keys)
	must(t, err)
	store, err := p.connect()
	must(t, err)
	most := torture.Rounds(100, 3432)
	s, err := newShop(stepping{store}, keys, func(c *crm.Config) {
		policies := c.Policies.(claim.StaticPolicies)
		for n := range most + 1 {
			cover := policies["P-0"]
			cover.Coverages = []claim.Coverage{{Code: "HAIL", Limit: decimal.NewFromInt(1000), LimitBasis: claim.PerPeriod, Period: "2026"}}
			policies[tight(n)] = cover
		}
	})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	approve := func(id crm.ID) *actor {
		return act(func(ctx context.Context) error {
			_, err := s.Claims.Approve(ctx, id, claim.Approval{})
			return err
		})
	}
	approved := func(id crm.ID) decimal.Decimal {
		c, err := s.Claims.Get(owner, id)
		must(t, err)
		return c.Approved
	}
	alone := approve(s.assessed(t, tight(most), "alone"))
	if _, err := play(alone, alone, nil); err != nil {
		t.Fatal(err)
	}
	list, all := orders(t, alone.steps, alone.steps, most)
	for n, order := range list {
		a, b := s.assessed(t, tight(n), "first"), s.assessed(t, tight(n), "second")
		err1, err2 := play(approve(a), approve(b), order)
		told(t, "first", refusal(err1))
		told(t, "second", refusal(err2))
		x, y := approved(a), approved(b)
		if sum := x.Add(y); sum.GreaterThan(decimal.NewFromInt(1000)) || sum.LessThan(decimal.NewFromInt(900)) {
			t.Fatalf("order %v: %s and %s of 1000; %v, %v", order, x, y, err1, err2)
		}
	}
	if r, err := s.Verify(owner); err != nil || !r.OK() {
		t.Errorf("%v %v", r, err)
	}
	t.Logf("%d orders of %d and %d steps (all of them: %t)", len(list), alone.steps, alone.steps, all)
}

// refusal takes away what a command that comes second may be told.
func refusal(err error) error {
	for _, kind := range []error{kernel.ErrState, kernel.ErrInvalid, kernel.ErrForbidden} {
		if errors.Is(err, kind) {
			return nil
		}
	}
	return err
}
