package crm_test

import (
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Whoever signs for a personal policy of more than a year is called back inside the
// cooling-off period, by somebody else than the seller; a settled claim is followed by a
// call too. Nobody has to think of it.
func TestCallsPlanThemselves(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := accident()
		in.Code, in.Line, in.Terms, in.CoolingOffDays = "LIFE", kernel.Life, []policy.Term{{Years: 10}}, 15
		got(w.Products.Publish(manager, in))(t)
		person := got(w.Customers.Register(agent, zhang()))(t)
		form := wish(person.ID.Ref())
		form.Product, form.Term = "LIFE", policy.Term{Years: 10}
		p := got(w.Applications.IssueDirect(agent, form))(t)
		w.clock.Advance(24 * time.Hour)
		signed := kernel.NewDate(2026, 11, 23)
		p = got(w.Policies.AcknowledgeReceipt(agent, p.ID, signed))(t)
		if p.CoolingOffTo != signed.AddDays(15) {
			t.Errorf("cooling off to %s", p.CoolingOffTo)
		}
		visits := got(w.Visits.List(manager, customer.VisitFilter{}, kernel.List{}))(t).Items
		if len(visits) != 1 || visits[0].Kind != customer.VisitNewPolicy || visits[0].DueOn != p.CoolingOffTo || visits[0].About().ID != p.ID {
			t.Fatalf("%+v", visits)
		}
		if tk := w.deadlines(t, p.ID)["cn.callback.cooling-off"]; tk.State != task.Open || tk.DueOn != p.CoolingOffTo {
			t.Errorf("%+v", tk)
		}
		w.sound(t)
	})
}
