package crm_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// Whatever begins after a right was taken away has returned is refused, however many are
// at it: nothing remembers who was allowed what. A unit of work that had begun goes on no
// further than to its next command, and then has done nothing; and the key of something
// that was done when it was allowed opens nothing any more.
func TestARightThatIsTakenAwayIsGone(t *testing.T) {
	t.Parallel()
	auth := &revocable{Roles: crm.Roles(), taken: map[string]kernel.Role{}}
	c, _, _ := found(t, memory.New(), auth)
	clerk := as("zhou", access.Agent)
	done := got(c.Customers.Register(clerk, zhang(), crm.Key("k-1")))(t)
	person := func() customer.Registration {
		return customer.Registration{Party: customer.Individual, Name: "某人", Contacts: []customer.ContactDetail{
			{Kind: customer.Email, Value: secret(string(kernel.NewID()) + "@example.com")},
		}}
	}
	err := c.InTx(clerk, func(c *crm.CRM) error {
		if _, err := c.Customers.Register(clerk, person()); err != nil {
			return err
		}
		defer auth.revoke("customer.Register", access.Agent)()
		_, err := c.Customers.Register(clerk, person())
		return err
	})
	if page := got(c.Customers.List(clerk, customer.Listing{}, kernel.List{}))(t); !errors.Is(err, crm.ErrForbidden) || len(page.Items) != 1 {
		t.Errorf("in a unit of work: %v, and %d customers", err, len(page.Items))
	}
	restore := auth.revoke("customer.Register", access.Agent)
	if again, err := c.Customers.Register(clerk, zhang(), crm.Key("k-1")); !errors.Is(err, crm.ErrForbidden) || again.ID != "" {
		t.Errorf("the key of %s opens %v, %v", done.ID, again.ID, err)
	}
	restore()

	var gone atomic.Bool // the right was taken away before the call began
	var allowed, refused atomic.Int64
	rounds := torture.Rounds(200, 20_000)
	for range torture.Rounds(5, 50) {
		var all sync.WaitGroup
		gone.Store(false)
		for range 4 {
			all.Go(func() {
				for range rounds / 4 {
					late := gone.Load()
					_, err := c.Customers.Verify(clerk, done.ID, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal}, crm.DryRun())
					switch {
					case errors.Is(err, crm.ErrForbidden):
						refused.Add(1)
					case late:
						t.Errorf("after the right was gone: %v", err)
					default:
						allowed.Add(1)
					}
				}
			})
		}
		time.Sleep(time.Millisecond)
		restore := auth.revoke("customer.Verify", access.Agent)
		gone.Store(true)
		all.Wait()
		restore()
	}
	t.Logf("%d calls were allowed before, %d refused after", allowed.Load(), refused.Load())
}

// What was proved holds until a day, and not beyond it: with a requirement for everything,
// everything that staff do is allowed on the last day and refused on the next.
func TestAQualificationThatIsOverForbids(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	store := memory.New()
	c, clock, keys := found(t, store, nil)
	o := openOffice(t, c, "", clock)
	o.work()
	until := kernel.DateOf(clock.Now()).AddDays(1)
	var needs []member.Requirement
	d := readDuties(t)
	for _, action := range sortedKeys(o.methods) {
		needs = append(needs, member.Requirement{Action: action, Qualification: "licence"})
	}
	for _, role := range access.Staff {
		hired := kernel.ID("")
		for _, s := range look[kernel.Page[member.Staff]](o, access.Manager, "staff.List", member.StaffFilter{}, kernel.List{}).Items {
			if string(s.Actor) == string(role)+"-1" {
				hired = s.ID
			}
		}
		if hired == "" {
			hired = o.do(access.Manager, "staff.Hire", member.Hiring{Actor: kernel.Ref(role + "-1"), Name: "某人", Role: role})
		}
		o.do(access.Manager, "staff.Qualify", hired, member.Proof{Code: "licence", Until: until})
	}
	strict := got(crm.Open(owner, store, crm.Config{Keys: keys, Clock: clock, Authority: everybody{}, Requirements: needs, RestDays: 1}))(t)
	f := newForms(o, clock.Now())
	court := &court{office: o, duties: d, records: o.seen()}
	cells, refused := 0, 0
	for _, over := range []bool{false, true} {
		if over {
			clock.Advance(48 * time.Hour)
		}
		for action, m := range byAction(t, strict) {
			if strings.HasSuffix(action, ".Import") {
				continue // of nothing, which needs nothing
			}
			in := court.input(f, o.methods[action])
			for _, role := range access.Staff {
				who := o.actor(role)
				if d.judge(action, who, "", "") != allowed {
					continue
				}
				cells++
				_, err := m.say(crm.WithActor(context.Background(), who), m.dry(in))
				var missing *member.MissingError
				switch {
				case !over && errors.As(err, &missing):
					t.Errorf("%s may %s with a licence: %v", role, action, err)
				case over && !errors.As(err, &missing) && !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrState) && !errors.Is(err, crm.ErrConflict):
					t.Errorf("%s may %s without a licence: %v", role, action, err)
				case over && errors.As(err, &missing):
					refused++
				}
			}
		}
	}
	// What was done with a licence is not told again without one.
	in := zhang()
	in.Branch = o.branch
	clerk := crm.WithActor(owner, o.actor(access.Agent))
	if again, err := strict.Customers.Register(clerk, in, crm.Key("register-1")); !errors.Is(err, crm.ErrForbidden) || again.ID != "" {
		t.Errorf("the key of an earlier command opens %v, %v", again.ID, err)
	}
	t.Logf("%d cells, %d of them refused for want of a licence", cells, refused)
}
