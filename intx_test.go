package crm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// rows counts all rows that the library keeps, those outside the journal included.
func (w *world) rows(t testing.TB) string {
	t.Helper()
	return fmt.Sprint(w.countRows(t))
}

// Whatever fails in a unit of several commands, nothing of it is left.
func TestAUnitIsAllOrNothing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		before := w.rows(t)
		half := func(ctx context.Context, c *crm.CRM) error {
			cl, err := c.Claims.Report(ctx, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour)))
			if err == nil {
				_, err = c.Customers.Register(ctx, organisation("甲公司"))
			}
			if err == nil {
				_, err = c.Claims.File(ctx, cl.ID, claim.Filing{Claimed: yuan("10")})
			}
			return err
		}
		failing := map[string]func(*crm.CRM) error{
			"an error of the host": func(c *crm.CRM) error { return errors.Join(half(owner, c), errRollback) },
			"a refused command": func(c *crm.CRM) error {
				if err := half(owner, c); err != nil {
					return err
				}
				_, err := c.Policies.Expire(owner, s.policy.ID)
				return err
			},
			"a refused command that nobody minds": func(c *crm.CRM) error {
				_, _ = c.Policies.Expire(owner, s.policy.ID)
				return half(owner, c)
			},
			"an invalid command that nobody minds": func(c *crm.CRM) error {
				_, _ = c.Claims.Report(owner, claim.Notice{Policy: s.policy.ID.Ref(), OccurredAt: w.clock.Now()})
				return half(owner, c)
			},
			"a policy that there is not, which nobody minds": func(c *crm.CRM) error {
				_, _ = c.Claims.Report(owner, claim.Notice{Policy: "unknown", OccurredAt: w.clock.Now(), Cause: "injury"})
				return half(owner, c)
			},
			"a unit in the unit that nobody minds": func(c *crm.CRM) error {
				_ = c.InTx(owner, func(c *crm.CRM) error { return errors.Join(half(owner, c), errRollback) })
				return nil
			},
			"a unit in the unit": func(c *crm.CRM) error {
				return errors.Join(half(owner, c), c.InTx(owner, func(c *crm.CRM) error {
					_, err := c.Policies.Expire(owner, s.policy.ID)
					return err
				}))
			},
			"a key inside": func(c *crm.CRM) error {
				if err := half(owner, c); err != nil {
					return err
				}
				_, err := c.Customers.Register(owner, organisation("乙公司"), crm.Key("k"))
				return err
			},
		}
		for name, fn := range failing {
			if err := w.InTx(owner, fn); err == nil {
				t.Errorf("%s: no error", name)
			} else if after := w.rows(t); after != before {
				t.Errorf("%s: rows were left\n%s\n%s", name, before, after)
			}
		}
		if err := w.InTx(owner, func(c *crm.CRM) error { return half(owner, c) }, crm.DryRun()); err != nil || w.rows(t) != before {
			t.Errorf("a dry run: %v", err)
		}
		func() {
			defer func() {
				if p := recover(); p != "out of paper" {
					t.Errorf("panic %v", p)
				}
			}()
			_ = w.InTx(owner, func(c *crm.CRM) error {
				if err := half(owner, c); err != nil {
					t.Error(err)
				}
				panic("out of paper")
			})
			t.Error("a panic was swallowed")
		}()
		if after := w.rows(t); after != before {
			t.Errorf("a panic left rows\n%s\n%s", before, after)
		}
		if err := w.InTx(owner, func(c *crm.CRM) error { return half(owner, c) }); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		w.sound(t)
	})
}

func organisation(name string) customer.Registration {
	return customer.Registration{
		Party: customer.Organisation, Name: name,
		Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: secret("office@example.com")}},
	}
}

// A unit with a key is done once.
func TestAUnitWithAKeyIsDoneOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		runs := 0
		unit := func(c *crm.CRM) error {
			runs++
			_, err := c.Customers.Register(owner, organisation("甲公司"))
			return err
		}
		if err := w.InTx(owner, unit, crm.Key("letter-81")); err != nil {
			t.Fatal(err)
		}
		before := w.rows(t)
		if err := w.InTx(owner, unit, crm.Key("letter-81")); !errors.Is(err, crm.ErrReplayed) || runs != 1 || w.rows(t) != before {
			t.Errorf("again: %v, %d runs", err, runs)
		}
		elsewhere := crm.WithActor(owner, crm.Actor{ID: "owner", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
		err := w.InTx(elsewhere, func(c *crm.CRM) error {
			_, err := c.Customers.Register(elsewhere, organisation("甲公司"))
			return err
		}, crm.Key("letter-81"))
		if err != nil {
			t.Errorf("another tenant under the same key: %v", err)
		}
		errs := together(16, func(int) error {
			return w.InTx(owner, func(c *crm.CRM) error { _, err := c.Customers.Register(owner, organisation("丙公司")); return err }, crm.Key("letter-82"))
		})
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, crm.ErrReplayed) && !errors.Is(err, crm.ErrConflict) && !errors.Is(err, crm.ErrDuplicate) {
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("%d of 16 units with one key were done", done)
		}
		w.sound(t)
	})
}

// Inside a unit another actor's context widens nobody's rights: the unit is of who began it.
func TestAnActorInsideAUnitDoesNotCount(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		cl := w.approvable(t, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour)), "1100")
		strangers := crm.WithActor(owner, crm.Actor{ID: "x", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
		north := crm.WithActor(owner, crm.Actor{ID: "n", Branches: []string{"north"}, Roles: []kernel.Role{access.Agent}})
		far := organisation("南方公司")
		far.Branch = "south"
		hidden := got(w.Customers.Register(owner, far))(t)
		for name, x := range map[string]struct {
			begins, inside context.Context
			do             func(context.Context, *crm.CRM) error
			want           error
		}{
			"the owner's context in an agent's unit": {agent, owner, func(ctx context.Context, c *crm.CRM) error {
				_, err := c.Claims.Approve(ctx, cl.ID, claim.Approval{})
				return err
			}, crm.ErrForbidden},
			"our context in another tenant's unit": {strangers, owner, func(ctx context.Context, c *crm.CRM) error {
				_, err := c.Claims.Get(ctx, cl.ID)
				return err
			}, crm.ErrNotFound},
			"another branch": {north, owner, func(ctx context.Context, c *crm.CRM) error {
				_, err := c.Customers.Get(ctx, hidden.ID)
				return err
			}, crm.ErrNotFound},
			"nobody begins": {context.Background(), owner, func(ctx context.Context, c *crm.CRM) error { return nil }, crm.ErrForbidden},
		} {
			if err := w.InTx(x.begins, func(c *crm.CRM) error { return x.do(x.inside, c) }); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		}
		// What is written inside is the beginner's.
		err := w.InTx(agent, func(c *crm.CRM) error {
			_, err := c.Claims.Report(strangers, loss(&s.policy, "illness", w.clock.Now().Add(-time.Hour)))
			return err
		})
		page := got(w.Claims.List(owner, claim.Filter{}, kernel.List{}))(t)
		if err != nil || len(page.Items) != 2 {
			t.Fatalf("%d claims, %v", len(page.Items), err)
		}
		for _, c := range page.Items {
			if e := got(w.Claims.History(auditor, c.ID))(t)[0]; c.ID != cl.ID && e.Actor != "zhou" {
				t.Errorf("reported by %s", e.Actor)
			}
		}
		w.sound(t)
	})
}
