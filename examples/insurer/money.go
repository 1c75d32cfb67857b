package main

import (
	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
)

// money is what goes out for a claim or a policy. In a service the bank answers; here
// chance does.
type money struct {
	*lane
	chance
	owner  payment.Owner
	failed func()       // told when it did not arrive at first; nil: nobody is
	then   func() error // what follows when all has arrived; nil: nothing
}

// pay hands what is pending to the bank, which says later what became of it.
func (m *money) pay() error {
	return m.ahead(payment.Pending, func(c *crm.CRM, id crm.ID) []step {
		return []step{with(c.Payments.Request, id, payment.Handover{Reference: "order"}), with(c.Payments.Issue, id, payment.Receipt{})}
	}, func() { m.in(m.wait(2), m.arrive) })
}

func (m *money) arrive() error {
	if m.one(3) {
		return m.ahead(payment.Issued, func(c *crm.CRM, id crm.ID) []step {
			return []step{with(c.Payments.Fail, id, payment.Cause{Code: "account"})}
		}, func() { m.again(payment.Failed) })
	}
	return m.ahead(payment.Issued, func(c *crm.CRM, id crm.ID) []step {
		return []step{with(c.Payments.Clear, id, payment.Receipt{Voucher: "voucher"})}
	}, func() {
		switch {
		case m.one(2):
			m.in(m.between(1, 3), m.bounce)
		case m.then != nil:
			m.in(m.wait(1), m.then)
		}
	})
}

// bounce brings money back that had arrived.
func (m *money) bounce() error {
	return m.ahead(payment.Cleared, func(c *crm.CRM, id crm.ID) []step {
		return []step{with(c.Payments.Bounce, id, payment.Cause{Code: "closed_account"})}
	}, func() { m.again(payment.Bounced) })
}

// again asks for another account and pays there.
func (m *money) again(from payment.State) {
	if m.failed != nil {
		m.failed()
	}
	m.in(m.wait(3), func() error {
		return m.ahead(from, func(c *crm.CRM, id crm.ID) []step {
			return []step{
				with(c.Payments.Request, id, payment.Handover{Reference: "order", Account: said("6228480402564890018")}),
				with(c.Payments.Issue, id, payment.Receipt{}),
			}
		}, func() { m.in(m.wait(2), m.arrive) })
	})
}

// ahead takes all payments of the owner that are in a state on, in one unit of work.
func (m *money) ahead(from payment.State, commands func(*crm.CRM, crm.ID) []step, next func()) error {
	all, err := m.crm.Payments.ByOwner(m.as(cashier), m.owner)
	if err != nil {
		return err
	}
	var moved bool
	for i := range all {
		if all[i].State != from {
			continue
		}
		moved = true
		if err := m.together(cashier, func(c *crm.CRM) []step { return commands(c, all[i].ID) }); err != nil {
			return err
		}
	}
	if moved {
		next()
	}
	return nil
}
