package main

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// contract is a policy and what becomes of it.
type contract struct {
	*person
	chance
	*product
	number int // of the customer's policies, from 1
	sum    decimal.Decimal
	id     crm.ID
	ends   kernel.Date
	over   bool // cancelled or expired
}

// chooses begins a contract on a product.
func (p *person) chooses(of *product) *contract {
	p.bought++
	return &contract{person: p, chance: p.lane.chance(), product: of, number: p.bought}
}

// buy goes from the form to the policy in one command: automatic underwriting. A first
// policy chooses its sum, a renewal keeps it.
func (k *contract) buy() error {
	if k.sum.IsZero() && k.sums[1] > 0 {
		k.sum = yuan(int64(k.between(k.sums[0], k.sums[1])) * 10_000)
	}
	form := policy.Form{Product: k.Code, Holder: k.ref(), Producer: crm.Ref(agent.ID), Channel: k.channel(), Interest: "owner"}
	for _, c := range k.Coverages {
		if c.Basis == policy.SumInsured {
			form.Items = append(form.Items, policy.Item{Coverage: c.Code, SumInsured: k.sum})
		}
	}
	p, err := k.crm.Applications.IssueDirect(k.as(agent), policy.Direct{Form: form, Receipts: []policy.ReceiptForm{k.receipt("first")}})
	if err != nil {
		return fmt.Errorf("%s: %w", k.Code, err)
	}
	k.id, k.ends = p.ID, p.Ends
	k.plan()
	return k.earns("first")
}

func (k *contract) channel() string { return pick(k.chance, "agent", "app", "bank") }

// receipt is an instalment that came in.
func (k *contract) receipt(what string) policy.ReceiptForm {
	return policy.ReceiptForm{Reference: crm.Ref(fmt.Sprintf("bank-%d-%d-%s", k.person.number, k.number, what)), Method: "transfer", Amount: k.premium(k.sum)}
}

// plan decides what will happen to the policy: receipt, cancellation, losses, expiry.
func (k *contract) plan() {
	if k.one(96) {
		k.in(k.between(0, 9), k.acknowledge)
	}
	if k.one(3) {
		k.in(k.between(30, 300), k.cancel)
	}
	for year := range max(1, k.Terms[0].Years) {
		for lot := k.losses; lot > 0; lot -= 30 {
			if k.one(min(lot, 30)) {
				k.in(365*year+k.between(1, 360), (&loss{contract: k, chance: k.lane.chance()}).report)
			}
		}
		if year > 0 {
			k.in(365*year+k.between(-20, 10), k.pay)
		}
	}
	k.on(k.ends, k.expire)
}

// acknowledge records that the policyholder signed for the policy. A life policy is then
// in its cooling-off period, in which the customer is called on and may step back.
func (k *contract) acknowledge() error {
	if k.over {
		return nil
	}
	if err := done(k.crm.Policies.AcknowledgeReceipt(k.as(agent), k.id, k.today)); err != nil {
		return err
	}
	if k.CoolingOffDays == 0 {
		return nil
	}
	if k.one(8) {
		k.in(k.between(1, k.CoolingOffDays-1), k.stepBack)
	}
	return k.visited("policy", k.id, k.between(0, 4))
}

func (k *contract) stepBack() error {
	if k.over {
		return nil
	}
	if p, err := k.crm.Policies.Get(k.as(agent), k.id); err != nil || !p.InCoolingOff(k.today) {
		return err
	}
	k.over = true
	if err := done(k.crm.Policies.CancelCoolingOff(k.as(agent), k.id, policy.CoolingOff{Account: said("6217000010001234567")})); err != nil {
		return err
	}
	return k.refund()
}

func (k *contract) cancel() error {
	if k.over {
		return nil
	}
	k.over = true
	in := policy.Cancellation{Refund: policy.ProRata, Account: said("6217000010001234567"), Grounds: policy.Grounds{Code: "moved"}}
	if err := done(k.crm.Policies.Cancel(k.as(agent), k.id, in)); err != nil {
		return err
	}
	return k.refund()
}

// refund has the premium that goes back paid.
func (k *contract) refund() error {
	k.in(k.wait(3), (&money{lane: k.lane, chance: k.chance, owner: payment.Owner{Kind: "policy", ID: k.id}}).pay)
	return nil
}

// pay receives the next instalment.
func (k *contract) pay() error {
	if k.over {
		return nil
	}
	what := "yearly-" + k.today.String()
	if err := done(k.crm.Policies.ReceivePremium(k.as(cashier), k.id, k.receipt(what))); err != nil {
		return err
	}
	return k.earns(what)
}

// expire ends the policy; most customers renew.
func (k *contract) expire() error {
	if k.over {
		return nil
	}
	k.over = true
	if err := done(k.crm.Policies.Expire(k.as(machine), k.id)); err != nil {
		return err
	}
	if !k.one(82) {
		return nil
	}
	next := k.chooses(k.product)
	next.sum = k.sum
	return next.buy()
}
