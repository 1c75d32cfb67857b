package customer_test

import (
	"context"
	"slices"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// The people of the stories: li sold the policy, wang calls, zhao leads.
var (
	li   = staff("li", access.Agent)
	wang = staff("wang", access.Adviser)
	zhao = staff("zhao", access.Manager)
)

func staff(id string, role kernel.Role, branches ...string) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: []kernel.Role{role}, Branches: branches})
}

func (w *world) visits() *customer.Visits {
	return customer.NewVisits(w.engine, customer.VisitConfig{})
}

// today is the day of noon in Beijing.
var today = kernel.NewDate(2026, 11, 22)

// callback is the visit that follows when a customer has signed for a policy.
func callback(who kernel.Ref) customer.VisitPlan {
	return customer.VisitPlan{
		Kind: customer.VisitNewPolicy, Customer: who, About: customer.About{Kind: "delivery", ID: kernel.NewID()},
		Line: kernel.Life, Seller: "li", DueOn: today.AddDays(15),
	}
}

// sevenPoints answers the script of new policies; the codes in denied are denied.
func sevenPoints(denied ...string) (replies []customer.Reply) {
	for _, code := range []string{"identity", "signature", "materials", "cover", "surrender", "cooling_off", "premium"} {
		r := customer.Reply{Point: code, Result: customer.Confirmed}
		if slices.Contains(denied, code) {
			r.Result = customer.Denied
		}
		replies = append(replies, r)
	}
	return replies
}

func ok[T any](v T, err error) func(tb) T {
	return func(t tb) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

type tb interface {
	Helper()
	Fatal(...any)
}

// reached is a callback with the customer on the line.
func (w *world) reached(t tb, in customer.VisitPlan) customer.Visit {
	t.Helper()
	v := ok(w.visits().Plan(zhao, in))(t)
	return ok(w.visits().Reach(wang, v.ID, customer.Call{Channel: "phone", Recording: "REC-1"}))(t)
}
