package crm_test

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
)

// walk gives every command once at least, in the order in which a life brings them.
func (s *sweep) walk() {
	holder := s.customers()
	s.products()
	s.applications(holder)
	p := s.policies(holder)
	s.claims(holder, p)
	s.complaints(holder)
	s.visits(holder)
	s.improvements()
	s.tasks()
	s.staff()
	s.members(holder, p)
	s.surveys(holder)
	s.days(366)
	do[policy.Policy](s, "policy.Expire", p.ID)
	do[journal.Seal](s, "journal.Seal")
	s.looks(holder)
	s.dispatch()
}

// days moves the clock.
func (s *sweep) days(n int) { s.clock.Advance(time.Duration(n) * 24 * time.Hour) }

// today is the day in Beijing.
func (s *sweep) today() kernel.Date { return kernel.DateOf(s.clock.Now()) }

// person registers somebody with everything that the archive knows.
func (s *sweep) person() customer.Customer {
	return do[customer.Customer](s, "customer.Register", s.registration())
}

func (s *sweep) registration() customer.Registration {
	return customer.Registration{
		Party: customer.Individual, Name: s.name(), Document: customer.Document{Kind: customer.ResidentID, Number: s.identity()},
		Contacts: []customer.ContactDetail{
			{Kind: customer.Phone, Value: s.phone()}, {Kind: customer.Email, Value: s.mail()}, {Kind: customer.Address, Use: customer.ForMail},
		},
		Occupation: 1, Marital: customer.Married, Source: customer.FromCustomer,
	}
}

func (s *sweep) customers() customer.Customer {
	c, other, third := s.person(), s.person(), s.person()
	do[customer.Customer](s, "customer.Register", customer.Registration{
		Party: customer.Organisation, Name: s.name(), Document: customer.Document{Kind: customer.CreditCode, Number: secret("91110000600037341L")},
		LegalRepresentative: s.canary("a legal representative"), Employer: none,
	})
	do[kernel.IntakeReport](s, "customer.Import", []customer.Adoption{
		{Key: "old-1", Registration: s.registration()}, {Key: "old-2", State: customer.Deceased, Registration: s.registration()},
	}, kernel.Intake{})
	do[customer.Customer](s, "customer.Verify", c.ID, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal})
	do[customer.Customer](s, "customer.Amend", c.ID, customer.Amendment{
		Name: ptr(s.name()), Employer: ptr(s.canary("an employer")), AddContacts: []customer.ContactDetail{{Kind: customer.Phone, Value: s.phone()}},
		Health: &customer.HealthChange{Disclosures: ptr(privacy.Secret{}), Conditions: ptr(privacy.Secret{})},
		Finance: &customer.FinanceChange{
			Income: s.money(), Assets: s.money(), Liabilities: s.money(), Capacity: s.money(), Funds: ptr(privacy.Secret{}), Account: ptr(s.account()),
		},
	})
	do[customer.Customer](s, "customer.Rest", c.ID, privacy.Secret{})
	do[customer.Customer](s, "customer.Wake", c.ID, privacy.Secret{})
	do[customer.Customer](s, "customer.Archive", other.ID, privacy.Secret{})
	do[customer.Customer](s, "customer.Restore", other.ID, privacy.Secret{})
	do[customer.Customer](s, "customer.Merge", other.ID, customer.Merger{Into: third.ID})
	do[customer.Customer](s, "customer.Unmerge", other.ID, privacy.Secret{})
	do[customer.Customer](s, "customer.RecordDeath", third.ID, customer.Death{On: s.today().AddDays(-1)})
	return c
}

func (s *sweep) products() {
	design := func(code string, change func(*policy.Design)) policy.Design {
		d := accident()
		d.Code, d.PayModes = code, []policy.PayMode{policy.Single, policy.Quarterly}
		if change != nil {
			change(&d)
		}
		return d
	}
	d := design("ACC", nil)
	p := do[policy.Product](s, "product.Draft", d)
	d.GraceDays = 30
	do[policy.Product](s, "product.Edit", p.ID, d)
	do[policy.Product](s, "product.Submit", p.ID)
	do[policy.Product](s, "product.Return", p.ID, policy.Grounds{Code: "unclear"})
	do[policy.Product](s, "product.Submit", p.ID)
	do[policy.Product](s, "product.Approve", p.ID)
	do[policy.Product](s, "product.Launch", p.ID)
	do[policy.Product](s, "product.Suspend", p.ID, policy.Grounds{Code: "wording"})
	do[policy.Product](s, "product.Resume", p.ID)
	old := do[policy.Product](s, "product.Publish", design("OLD", nil))
	do[policy.Product](s, "product.Withdraw", old.ID, policy.Grounds{Code: "replaced"})
	bad := do[policy.Product](s, "product.Draft", design("BAD", nil))
	do[policy.Product](s, "product.Discard", bad.ID, policy.Grounds{Code: "mistake"})
	do[policy.Product](s, "product.Publish", design("LIFE", func(d *policy.Design) {
		d.Line, d.Terms, d.CoolingOffDays = kernel.Life, []policy.Term{{Years: 10}}, 15
	}))
}

// applies is the form of somebody who insures themselves.
func (s *sweep) applies(holder customer.Customer) policy.Form {
	in := wish(holder.ID.Ref()).Form
	in.Agreement = privacy.Secret{}
	in.Insured[0].Birth = born
	in.Disclosures = []policy.DisclosureForm{{Question: "hospital"}}
	in.Documents = []policy.DocumentForm{{Kind: "identity"}}
	return in
}

func (s *sweep) receipt(amount string) policy.ReceiptForm {
	return policy.ReceiptForm{Reference: kernel.NewID().Ref(), Amount: yuan(amount), Method: "transfer"}
}

// underwritten brings an application to underwriting.
func (s *sweep) underwritten(holder customer.Customer) policy.Application {
	a := do[policy.Application](s, "application.Draft", s.applies(holder))
	do[policy.Application](s, "application.ReceivePremium", a.ID, s.receipt("680.50"))
	do[policy.Application](s, "application.Submit", a.ID)
	return do[policy.Application](s, "application.PassReview", a.ID, policy.Review{
		Complete: policy.Verdict{Passed: true}, Genuine: policy.Verdict{Passed: true}, ByLine: policy.Verdict{Passed: true}, Compliance: policy.Verdict{Passed: true},
	})
}

func (s *sweep) applications(holder customer.Customer) {
	why := policy.Grounds{Code: "why"}
	form := s.applies(holder)
	form.Documents = nil
	a := do[policy.Application](s, "application.Draft", form)
	do[policy.Application](s, "application.Edit", a.ID, form)
	do[policy.Application](s, "application.Submit", a.ID)
	do[policy.Application](s, "application.RequestDocuments", a.ID, policy.DocumentRequest{Kinds: []string{"photo"}})
	do[policy.Application](s, "application.AddDocument", a.ID, policy.DocumentForm{Kind: "photo"})
	do[policy.Application](s, "application.SupplyDocuments", a.ID, []policy.DocumentForm{{Kind: "identity"}})
	a = s.underwritten(holder)
	do[policy.Application](s, "application.RequestEvidence", a.ID, policy.EvidenceRequest{Kinds: []string{"medical"}})
	do[policy.Application](s, "application.SupplyEvidence", a.ID, []policy.DocumentForm{{Kind: "medical"}})
	objection := func(event string) policy.Settlement {
		all := got(s.Applications.Folder(owner, a.ID))(s).Objections
		for i := range all {
			if event == "application.ReopenObjection" || all[i].State == policy.ObjectionOpen {
				return policy.Settlement{Objection: all[i].ID}
			}
		}
		s.Fatal("there is no objection")
		return policy.Settlement{}
	}
	do[policy.Application](s, "application.Object", a.ID, policy.ObjectionForm{Rule: "own.1", Blocks: policy.Sign})
	for _, action := range []string{"application.Clear", "application.ReopenObjection", "application.Clear"} {
		do[policy.Application](s, action, a.ID, objection(action))
	}
	do[policy.Application](s, "application.Refer", a.ID, why)
	do[policy.Application](s, "application.Postpone", a.ID, policy.Postponement{Grounds: why})
	do[policy.Application](s, "application.Resume", a.ID)
	do[policy.Application](s, "application.Counteroffer", a.ID, policy.Conditions{Loading: yuan("0.25"), Grounds: why})
	do[policy.Application](s, "application.AcceptOffer", a.ID)
	do[policy.Application](s, "application.ReceivePremium", a.ID, s.receipt("680.50"))
	do[policy.Application](s, "application.Sign", a.ID)
	do[policy.Application](s, "application.Issue", a.ID)
	a = s.underwritten(holder)
	do[policy.Application](s, "application.Object", a.ID, policy.ObjectionForm{Rule: "own.2", Blocks: policy.Sign})
	do[policy.Application](s, "application.Uphold", a.ID, objection(""))
	do[policy.Application](s, "application.Decline", a.ID, why)
	a = s.underwritten(holder)
	do[policy.Application](s, "application.Counteroffer", a.ID, policy.Conditions{Loading: yuan("1"), Grounds: why})
	do[policy.Application](s, "application.RejectOffer", a.ID, why)
	a = s.underwritten(holder)
	do[policy.Application](s, "application.Approve", a.ID)
	do[policy.Application](s, "application.Withdraw", a.ID, why)
	do[policy.Application](s, "application.Expire", s.underwritten(holder).ID, why)
}

// insures issues a policy; a change may be made to the form.
func (s *sweep) insures(holder customer.Customer, change func(*policy.Direct)) policy.Policy {
	in := policy.Direct{Form: s.applies(holder), Receipts: []policy.ReceiptForm{s.receipt("680.50")}}
	if change != nil {
		change(&in)
	}
	return do[policy.Policy](s, "application.IssueDirect", in)
}

func (s *sweep) policies(holder customer.Customer) policy.Policy {
	p := s.insures(holder, func(in *policy.Direct) { in.Form.Inception = s.today().AddDays(2) })
	s.days(2)
	do[policy.Policy](s, "policy.Activate", p.ID)
	do[policy.Policy](s, "policy.Cancel", p.ID, policy.Cancellation{Refund: policy.ProRata, Account: s.account(), Grounds: policy.Grounds{Code: "moved"}})
	life := s.insures(holder, func(in *policy.Direct) { in.Form.Product, in.Form.Term = "LIFE", policy.Term{Years: 10} })
	s.days(1)
	do[policy.Policy](s, "policy.AcknowledgeReceipt", life.ID, s.today())
	do[policy.Policy](s, "policy.CancelCoolingOff", life.ID, policy.CoolingOff{Account: s.account(), Grounds: policy.Grounds{Code: "thought_better"}})
	quarterly := s.insures(holder, func(in *policy.Direct) { in.Form.PayMode, in.Receipts[0].Amount = policy.Quarterly, yuan("170.13") })
	do[policy.Policy](s, "policy.ReceivePremium", quarterly.ID, s.receipt("170.12"))
	return s.insures(holder, nil)
}

func (s *sweep) improvements() {
	propose := func() improve.Improvement {
		return do[improve.Improvement](s, "improvement.Propose", improve.Proposal{
			Source: improve.Source{Kind: improve.FromVisit, ID: kernel.NewID().Ref()}, CauseCode: "service.delay", Unit: "service",
		})
	}
	i := propose()
	do[improve.Improvement](s, "improvement.Approve", i.ID, improve.Plan{
		Responsible: "zhao", DueOn: s.today().AddDays(45), Figures: []improve.Figure{{Name: "repeated", Unit: "a month", Better: improve.Lower, Before: yuan("9")}},
	})
	s.who = "zhao"
	do[improve.Improvement](s, "improvement.Start", i.ID)
	do[improve.Improvement](s, "improvement.Finish", i.ID, improve.Completion{})
	s.who = "boss"
	do[improve.Improvement](s, "improvement.Reopen", i.ID, improve.Return{DueOn: s.today().AddDays(60)})
	s.who = "zhao"
	do[improve.Improvement](s, "improvement.Finish", i.ID, improve.Completion{})
	s.who = "boss"
	do[improve.Improvement](s, "improvement.Verify", i.ID, improve.Verification{After: map[string]decimal.Decimal{"repeated": yuan("4")}})
	do[improve.Improvement](s, "improvement.Reject", propose().ID, improve.Remark{})
}

func (s *sweep) tasks() {
	open := func() task.Task {
		return do[task.Task](s, "task.Open", task.Assignment{Kind: "claim", Case: s.met["claim"][0], Code: "call", Owner: "li", DueAt: s.clock.Now().Add(48 * time.Hour)})
	}
	t := open()
	do[task.Task](s, "task.Assign", t.ID, "chen")
	do[task.Task](s, "task.Remind", t.ID, s.clock.Now().Add(time.Hour))
	do[task.Task](s, "task.Complete", t.ID, privacy.Secret{})
	do[task.Task](s, "task.Cancel", open().ID, privacy.Secret{})
}
