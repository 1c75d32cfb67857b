package main

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
)

// registerCustomer opens an archive, or goes on with the one that the person has.
func (s *insurer) registerCustomer(ctx context.Context) error {
	agent := as(ctx, access.Agent)
	c, err := s.crm.Customers.Register(agent, customer.Registration{
		Party: customer.Individual, Name: "张三",
		Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New("110199199001019015")},
		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("138 0013 8000")}},
	})
	s.facts.Registered = err == nil
	var dup *crm.DuplicateError
	if errors.As(err, &dup) && dup.Certain {
		c, err = s.crm.Customers.Get(agent, dup.Candidates[0])
	}
	if err != nil {
		return err
	}
	s.customer = c.ID

	// What is sealed is opened for a purpose, and the look is on record.
	look, err := s.crm.Customers.Reveal(agent, c.ID, customer.Look{
		Fields:  []customer.Field{customer.FieldIdentity, customer.FieldPhones},
		Purpose: privacy.New("to compare with the card that the customer shows"),
	})
	if err != nil {
		return err
	}
	s.facts.Customer = privacy.MaskName(c.Name)
	s.Section("Customer 客户")
	if !s.facts.Registered {
		s.Say("The identity card has an archive already; nothing is registered twice.")
	}
	s.Table([]string{"number", "name", "identity", "phone", "state"},
		[]string{c.Number, s.facts.Customer, look.ShortIdentity(), look.Contacts[0].Short(), string(c.State)})
	return nil
}

// sellProduct puts the product on sale unless it is.
func (s *insurer) sellProduct(ctx context.Context) error {
	manager := as(ctx, access.Manager)
	p, err := s.crm.Products.OnSale(manager, accidentMedical.Code)
	if errors.Is(err, crm.ErrNotFound) {
		p, err = s.crm.Products.Publish(manager, accidentMedical)
		s.facts.Published = err == nil
	}
	if err != nil {
		return err
	}
	s.facts.Product = p.Code
	s.Section("Product 产品")
	if !s.facts.Published {
		s.Say("The product is on sale already.")
	}
	var rows [][]string
	for _, c := range p.Design.Coverages {
		rows = append(rows, []string{
			p.Code, p.Design.Name.ZH, string(p.State), c.Name.ZH, yuan(c.Limit), yuan(c.Deductible), c.Copay.String(), c.Clause,
		})
	}
	s.Table([]string{"code", "name", "state", "coverage", "limit", "deductible", "copay", "clause"}, rows...)
	return nil
}

// issuePolicy goes from the form to the policy in one command. It would be refused as a
// whole if any rule objected.
func (s *insurer) issuePolicy(ctx context.Context) error {
	p, err := s.crm.Applications.IssueDirect(as(ctx, access.Agent), policy.Direct{
		Form:     policy.Form{Product: accidentMedical.Code, Holder: s.customer.Ref()},
		Receipts: []policy.ReceiptForm{{Reference: "till-0001", Method: "card", Amount: premium}},
	})
	if err != nil {
		return err
	}
	s.policy = p
	s.facts.Policy, s.facts.Premium = string(p.State), yuan(p.Premium)
	s.Section("Policy 保单")
	s.Table([]string{"number", "product", "state", "cover from", "until before", "sum insured", "premium"},
		[]string{p.Number, p.ProductCode, string(p.State), p.From.In(beijing).Format(minute), p.To.In(beijing).Format(minute), yuan(p.SumInsured), yuan(p.Premium)})
	return nil
}

var premium = decimal.NewFromInt(388)

// accidentMedical pays doctors' bills after an accident: what social insurance leaves,
// above 100, four fifths of it, up to 20 000 in a year.
var accidentMedical = policy.Design{
	Code: "ACC-MED", Name: workflow.Label{EN: "Accident medical", ZH: "意外医疗保险"}, Line: kernel.Accident,
	Coverages: []policy.Coverage{{
		Code: "MED", Name: workflow.Label{EN: "Medical expenses", ZH: "意外医疗费用"}, Clause: "2.3", Calculator: "reimbursement",
		Basis: policy.Fixed, Limit: decimal.NewFromInt(20_000), LimitPer: policy.PerPeriod,
		Deductible: decimal.NewFromInt(100), Copay: decimal.RequireFromString("0.2"),
	}},
	Terms: []policy.Term{{Years: 1}}, PayModes: []policy.PayMode{policy.Single},
	IssueAges: policy.Ages{From: 18, Below: 66},
	Rates:     []policy.Rate{{Coverage: "MED", Flat: premium}},
	Documents: policy.Documents{Claims: map[string][]string{"": {"claim_form"}, "accident": {"invoice", "medical_record"}}},
	Description: policy.Description{
		Basics: "Accident insurance for one year.", Liability: "Necessary medical expenses after an accident.",
		Exclusions: "Intent, war, racing.", Sums: "20 000 in a year.", ClaimProcedure: "Report within ten days.",
		Rights: "To cancel at any time.", ServicePromise: "A decision within five days.", Conditions: "From 18 to 65 years.",
		Payment: "Once.", Surrender: "In proportion to the time left.",
	},
}

const minute = "2006-01-02 15:04"

func yuan(d decimal.Decimal) string { return d.StringFixed(2) }
