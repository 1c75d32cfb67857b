package crm_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/policy"
)

// broken is whatever a host may bring, with a fault: it panics with personal data, or
// ends its goroutine.
type broken struct{ how func() }

func (b broken) Now() time.Time { b.how(); return noon }
func (b broken) Customer(context.Context, kernel.Ref) (policy.Customer, error) {
	b.how()
	return policy.Customer{}, nil
}
func (b broken) Rate(context.Context, policy.RatingRequest) (policy.Quote, error) {
	b.how()
	return policy.Quote{}, nil
}
func (b broken) Calculate(claim.Question) (claim.Answer, error) { b.how(); return claim.Answer{}, nil }
func (b broken) Pay(context.Context, payment.Order) (string, error) {
	b.how()
	return "", nil
}
func (b broken) Next(context.Context, string, time.Time) (string, error) { b.how(); return "", nil }
func (b broken) Authorize(context.Context, kernel.Actor, string, access.Resource) (kernel.Role, error) {
	b.how()
	return "", nil
}
func (b broken) Masked(context.Context, kernel.Actor, string) []string { b.how(); return nil }
func (b broken) Within(context.Context, kernel.Actor, access.Decision) error {
	b.how()
	return nil
}
func (b broken) CoverAt(context.Context, kernel.Ref, time.Time) (claim.Cover, error) {
	b.how()
	return claim.Cover{}, nil
}

// hosts are the functions that a host may bring, each with a call that comes to it.
var hosts = map[string]struct {
	bring func(*crm.Config, broken)
	call  func(*stage, *crm.CRM) error
}{
	"Clock":     {func(c *crm.Config, b broken) { c.Clock = b }, (*stage).register},
	"Policies":  {func(c *crm.Config, b broken) { c.Policies = b }, (*stage).report},
	"Customers": {func(c *crm.Config, b broken) { c.Customers = b }, (*stage).issue},
	"Rater":     {func(c *crm.Config, b broken) { c.Rater = b }, (*stage).issue},
	"Calculators": {func(c *crm.Config, b broken) {
		c.Calculators = map[string]claim.Calculator{"reimbursement": b}
	}, (*stage).assess},
	"Payer":               {func(c *crm.Config, b broken) { c.Payer = b }, (*stage).dispatch},
	"Numbers":             {func(c *crm.Config, b broken) { c.Numbers = b }, (*stage).register},
	"Authorizer":          {func(c *crm.Config, b broken) { c.Authorizer = b }, (*stage).register},
	"Authorizer, a query": {func(c *crm.Config, b broken) { c.Authorizer = b }, (*stage).read},
	"Authority":           {func(c *crm.Config, b broken) { c.Authority = b }, (*stage).approve},
}

// stage is a world in which each call of hosts works, when nothing is broken.
type stage struct {
	*world
	*tale
	accepted crm.ID // a claim that only has to be assessed
	assessed crm.ID // one that only has to be approved
	firms    int
}

func staged(t *testing.T, w *world) *stage {
	t.Helper()
	st := &stage{world: w, tale: w.insured(t)}
	st.assessed = w.approvable(t, loss(&st.policy, "illness", w.clock.Now().Add(-2*time.Hour)), "500").ID
	c := got(w.Claims.Report(adjuster, loss(&st.policy, "fall", w.clock.Now().Add(-3*time.Hour))))(t)
	got(w.Claims.File(adjuster, c.ID, claim.Filing{Claimed: yuan("400"), Documents: []claim.Paper{{Kind: "claim_form"}}}))(t)
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness}))(t)
	st.accepted = got(w.Claims.Accept(adjuster, c.ID, claim.Acceptance{}))(t).ID
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckAuthenticity}))(t)
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage}))(t)
	cl := w.approvable(t, loss(&st.policy, "injury", w.clock.Now().Add(-time.Hour)), "500")
	got(w.Claims.Approve(manager, cl.ID, claim.Approval{}))(t)
	got(w.Claims.Notify(adjuster, cl.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	got(w.Claims.Agree(adjuster, cl.ID, claim.Agreement{How: "app"}))(t)
	got(w.Claims.RequestPayment(adjuster, cl.ID, claim.PaymentOrder{}))(t)
	return st
}

func (st *stage) register(c *crm.CRM) error {
	st.firms++
	_, err := c.Customers.Register(owner, organisation(fmt.Sprintf("乙公司%d", st.firms)))
	return err
}

func (st *stage) read(c *crm.CRM) error {
	_, err := c.Customers.Get(owner, st.customer.ID)
	return err
}

func (st *stage) report(c *crm.CRM) error {
	_, err := c.Claims.Report(owner, loss(&st.policy, "burn", noon.Add(-time.Hour)))
	return err
}

func (st *stage) issue(c *crm.CRM) error {
	in := wish(st.customer.ID.Ref())
	in.Receipts[0].Reference = "bank-2"
	_, err := c.Applications.IssueDirect(owner, in)
	return err
}

func (st *stage) assess(c *crm.CRM) error {
	_, err := c.Claims.Assess(owner, st.accepted, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan("400")}}})
	return err
}

func (st *stage) approve(c *crm.CRM) error {
	_, err := c.Claims.Approve(adjuster, st.assessed, claim.Approval{})
	return err
}

func (st *stage) dispatch(c *crm.CRM) error {
	_, err := c.Dispatch(owner)
	return err
}

// with returns the library over the same store with one function broken.
func (st *stage) with(t *testing.T, bring func(*crm.Config, broken), how func()) *crm.CRM {
	t.Helper()
	config := st.config()
	config.Payer = payment.PayerFunc(func(context.Context, payment.Order) (string, error) { return "T-1", nil })
	if bring != nil {
		bring(&config, broken{how})
	}
	return got(crm.Open(owner, st.store, config))(t)
}

// No panic of a host's function reaches the host: it undoes the command and comes back as
// an error that says where, and nothing of whom.
func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		st := staged(t, w)
		for name, h := range hosts {
			before := w.rows(t)
			c := st.with(t, h.bring, func() { panic("cannot serve " + canaries["identity number"]) })
			err := h.call(st, c)
			var pe *kernel.PanicError
			if !errors.Is(err, crm.ErrPanic) || !errors.As(err, &pe) {
				t.Errorf("%s: %v, want ErrPanic", name, err)
				continue
			}
			if !strings.Contains(pe.At, "crm_test.") || strings.Contains(err.Error()+string(pe.Stack), canaries["identity number"]) {
				t.Errorf("%s: %v", name, err)
			}
			if after := w.rows(t); after != before {
				t.Errorf("%s: rows were left\n%s\n%s", name, before, after)
			}
			if err := h.call(st, st.with(t, nil, nil)); err != nil {
				t.Errorf("%s: mended: %v", name, err)
			}
		}
		w.sound(t)
	})
}

// In a unit of several commands, in the library's transaction or the host's, a panic of a
// command undoes the unit, even when the host goes on. What the unit's own function does
// is the host's: its panic goes on, behind everything that it undid.
func TestAPanicInAUnit(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		st := staged(t, w)
		h := hosts["Policies"]
		c := st.with(t, h.bring, func() { panic(errRollback) })
		before := w.rows(t)
		err := c.InTx(owner, func(c *crm.CRM) error {
			if err := st.register(c); err != nil {
				t.Error(err)
			}
			if err := h.call(st, c); !errors.Is(err, crm.ErrPanic) {
				t.Errorf("in the unit: %v", err)
			}
			return nil
		})
		if after := w.rows(t); !errors.Is(err, crm.ErrPanic) || after != before {
			t.Errorf("%v\n%s\n%s", err, before, after)
		}
		numbers := st.with(t, hosts["Numbers"].bring, func() { panic(errRollback) })
		if err := w.inTx(func(_ *crm.CRM, tx *sql.Tx) error {
			inside := numbers.Within(w.join(tx))
			if err := st.register(inside); !errors.Is(err, crm.ErrPanic) {
				t.Errorf("in the host's transaction: %v", err)
			}
			return st.read(inside) // it can still be used
		}); err != nil {
			t.Errorf("the host goes on: %v", err)
		}
		if after := w.rows(t); after != before {
			t.Errorf("rows were left\n%s\n%s", before, after)
		}
		w.sound(t)
	})
}

// A goroutine that ends inside a host's function, as a test does that fails there, ends;
// nothing is kept, and the store goes on.
func TestGoexitGoesOn(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		st := staged(t, w)
		for name, h := range hosts {
			before := w.rows(t)
			c, returned := st.with(t, h.bring, runtime.Goexit), false
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = h.call(st, c)
				returned = true
			}()
			<-done
			if after := w.rows(t); returned || after != before {
				t.Errorf("%s: returned %t\n%s\n%s", name, returned, before, after)
			}
		}
		if err := st.register(w.CRM); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
