package main

import (
	"fmt"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// person is a customer, from the day on which they come.
type person struct {
	*lane
	chance
	id     crm.ID
	member crm.ID // empty: none

	bought, matters int // so many policies and complaints
}

// expect has all customers come: most of them early, the last when two thirds are over.
func (w *insurer) expect() {
	days := w.end.Sub(w.today)
	for n := range w.customers {
		p := &person{lane: w.lane(uint64(n + 1))}
		p.chance = p.lane.chance()
		w.people = append(w.people, p)
		u := p.Float64()
		p.in(int(u*u*float64(days)*2/3), p.comes)
	}
}

// comes registers the customer, who then buys and perhaps joins the club.
func (p *person) comes() error {
	c, err := p.crm.Customers.Register(p.as(agent), p.registration())
	if err != nil {
		return err
	}
	p.id = c.ID
	if p.one(30) {
		p.in(p.wait(10), func() error {
			return p.together(agent, func(c *crm.CRM) []step {
				return []step{with(c.Customers.Verify, p.id, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal})}
			})
		})
	}
	if p.one(45) {
		p.in(p.between(0, 40), p.joins)
	}
	for i, of := range p.products {
		if p.one(of.demand) || i == len(p.products)-1 && p.bought == 0 {
			p.in(p.between(0, 20), p.chooses(of).buy)
		}
	}
	if p.one(7 * float64(p.years)) {
		(&grievance{lane: p.lane, chance: p.lane.chance(), who: p}).service()
	}
	return nil
}

// ref names the customer for the other rooms.
func (p *person) ref() crm.Ref { return p.id.Ref() }

// registration makes a person up. All of it is synthetic: the region of the identity
// number is not in use.
func (p *person) registration() customer.Registration {
	born := kernel.NewDate(lastYear-60+p.IntN(40), 1, 1).AddDays(p.IntN(365))
	return customer.Registration{
		Party: customer.Individual, Name: name(int(p.number)),
		Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New(identity(born, int(p.number)))},
		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New(fmt.Sprintf("139%08d", p.number))}},
		Source:   customer.FromCustomer, Occupation: p.between(customer.MinOccupation, customer.MaxOccupation),
	}
}

// name returns a name that no other number has.
func name(n int) string {
	family, given := []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"), []rune("安宁康泰和平嘉瑞明远志诚文博思源子涵雨桐")
	a := n % len(family)
	b := n / len(family) % len(given)
	c := n / len(family) / len(given) % len(given)
	out := []rune{family[a], given[b], given[c]}
	if more := n / len(family) / len(given) / len(given); more > 0 {
		out = append(out, []rune(fmt.Sprint(more))...)
	}
	return string(out)
}

// identity returns a resident identity number of its own with the right check digit.
func identity(born kernel.Date, n int) string {
	const region = 110199
	body := fmt.Sprintf("%06d%s%03d", region-n/1000, born.Time().Format("20060102"), n%1000)
	total, weights := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weights {
		total += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[total%11])
}
