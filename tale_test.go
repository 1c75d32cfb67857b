package crm_test

import (
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
)

// canaries are the personal data of the tale: none of it may ever be seen.
var canaries = map[string]string{
	"identity number":    "110199199001019015",
	"phone":              "13800138000",
	"phone in E.164":     "+8613800138000",
	"e-mail":             "zhang.san@example.com",
	"address":            "北京市海淀区中关村大街1号",
	"employer":           "中关村电子有限公司",
	"account":            "6222021234567890123",
	"income":             "7654321.09",
	"conditions":         "原发性高血压三级",
	"reason of change":   "客户本人来电说明变更原因",
	"purpose of a look":  "核实理赔报案人的身份信息",
	"disclosure":         "曾于去年住院治疗肺炎两周",
	"special agreement":  "本保单不承保滑雪运动的意外",
	"document's name":    "张三身份证正反面扫描件.pdf",
	"place":              "朝阳区建国门外大街路口北侧",
	"description":        "骑车时被右转的货车撞倒在地",
	"claim account":      "6217000010001234567",
	"grounds of check":   "发票号码与医院系统核对无误",
	"talk":               "家属表示希望尽快收到赔款",
	"reserve's reason":   "医生预计还需要二次手术费用",
	"refusal's remark":   "诊断证明经医院核实系伪造的",
	"corrected account":  "6228480402564890018",
	"reason of a bounce": "收款账户户名与证件不一致的",
}

// tale is what the whole story leaves.
type tale struct {
	customer  customer.Customer
	product   policy.Product
	policy    policy.Policy
	claim     claim.Claim // closed after payment
	declined  claim.Claim // closed
	inputs    []any       // what was given to the library
	answers   []any       // what it gave back
	registers customer.Registration
}

func zhang() customer.Registration {
	return customer.Registration{
		Party: customer.Individual, Name: "张三", Employer: secret(canaries["employer"]),
		Document: customer.Document{Kind: customer.ResidentID, Number: secret(canaries["identity number"])},
		Contacts: []customer.ContactDetail{
			{Kind: customer.Phone, Value: secret(canaries["phone"])},
			{Kind: customer.Email, Value: secret(canaries["e-mail"])},
			{Kind: customer.Address, Value: secret(canaries["address"])},
		},
	}
}

// accident is a product for a year with a medical limit that all claims share.
func accident() policy.Design {
	label := func(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }
	return policy.Design{
		Code: "ACC", Name: label("Accident", "意外险"), Line: kernel.Accident, Questions: []string{"hospital"},
		Coverages: []policy.Coverage{
			{Code: "DEATH", Name: label("Death", "身故"), Calculator: "fixed_sum", Basis: policy.SumInsured, MaxSum: yuan("3000000"), Death: true},
			{Code: "MED", Name: label("Medical", "医疗"), Calculator: "reimbursement", Basis: policy.Fixed, Limit: yuan("20000"),
				LimitPer: policy.PerPeriod, Deductible: yuan("100"), Copay: yuan("0.2")},
		},
		Terms: []policy.Term{{Years: 1}}, PayModes: []policy.PayMode{policy.Single},
		IssueAges: policy.Ages{From: 0, Below: 66},
		Rates:     []policy.Rate{{Coverage: "DEATH", PerMille: yuan("1.2")}, {Coverage: "MED", Flat: yuan("80.5")}},
		Documents: policy.Documents{Application: []string{"identity"}, Claims: map[string][]string{"": {"claim_form"}}},
		Description: policy.Description{
			Basics: "One year.", Liability: "Accidents.", Exclusions: "War.", Sums: "As chosen.", ClaimProcedure: "Report at once.",
			Rights: "To cancel.", ServicePromise: "Five days.", Conditions: "Up to 65 years.", Payment: "At once.", Surrender: "Pro rata.",
		},
	}
}

// wish is an application of the holder for 500 000 on death: 680.50.
func wish(holder kernel.Ref) policy.Direct {
	return policy.Direct{
		Form: policy.Form{
			Product: "ACC", Holder: holder, PayMode: policy.Single, Agreement: secret(canaries["special agreement"]),
			Insured:     []policy.InsuredForm{{Party: holder, Relation: policy.Self, Birth: kernel.NewDate(1990, 1, 1)}},
			Items:       []policy.Item{{Coverage: "DEATH", SumInsured: yuan("500000")}},
			Disclosures: []policy.DisclosureForm{{Question: "hospital", Answer: secret(canaries["disclosure"])}},
			Documents:   []policy.DocumentForm{{Kind: "identity", FileName: secret(canaries["document's name"])}},
		},
		Receipts: []policy.ReceiptForm{{Reference: "bank-1/" + holder, Amount: yuan("680.50"), Method: "transfer"}},
	}
}

func loss(p *policy.Policy, cause string, at time.Time) claim.Notice {
	return claim.Notice{
		Policy: p.ID.Ref(), OccurredAt: at, Cause: cause, Account: secret(canaries["claim account"]),
		Place: secret(canaries["place"]), Description: secret(canaries["description"]),
	}
}

// give hands an input to a call and keeps both for those who look for leaks.
func give[In, Out any](t testing.TB, s *tale, in In, call func(In) (Out, error)) Out {
	t.Helper()
	out := got(call(in))(t)
	s.inputs, s.answers = append(s.inputs, in), append(s.answers, out)
	return out
}

// insured registers the customer and issues a policy.
func (w *world) insured(t testing.TB) *tale {
	t.Helper()
	s := &tale{registers: zhang()}
	s.product = got(w.Products.Publish(manager, accident()))(t)
	s.customer = give(t, s, s.registers, func(in customer.Registration) (customer.Customer, error) {
		return w.Customers.Register(agent, in)
	})
	s.policy = give(t, s, wish(s.customer.ID.Ref()), func(in policy.Direct) (policy.Policy, error) {
		return w.Applications.IssueDirect(agent, in)
	})
	w.clock.Advance(48 * time.Hour)
	return s
}

// play tells the whole story, from the register to a paid and to a declined claim.
func (w *world) play(t testing.TB) *tale {
	t.Helper()
	s := w.insured(t)
	change := customer.Amendment{
		Reason: secret(canaries["reason of change"]),
		Health: &customer.HealthChange{Conditions: ptr(secret(canaries["conditions"]))},
		Finance: &customer.FinanceChange{
			Income: ptr(secret(canaries["income"])), Account: ptr(secret(canaries["account"])),
		},
	}
	s.customer = give(t, s, change, func(in customer.Amendment) (customer.Customer, error) {
		return w.Customers.Amend(agent, s.customer.ID, in)
	})
	look := customer.Look{
		Fields:  []customer.Field{customer.FieldIdentity, customer.FieldPhones, customer.FieldFinance, customer.FieldHealth},
		Purpose: secret(canaries["purpose of a look"]),
	}
	give(t, s, look, func(in customer.Look) (customer.Personal, error) {
		return w.Customers.Reveal(archivist, s.customer.ID, in)
	})
	w.pay(t, s)
	w.decline(t, s)
	return s
}

// pay takes a claim from its notice to the archive.
func (w *world) pay(t testing.TB, s *tale) {
	t.Helper()
	c := w.Claims
	s.claim = give(t, s, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour)), func(in claim.Notice) (claim.Claim, error) {
		return c.Report(adjuster, in)
	})
	id := s.claim.ID
	step := func(cl claim.Claim, err error) {
		t.Helper()
		s.claim = got(cl, err)(t)
		s.answers = append(s.answers, cl)
	}
	step(c.File(adjuster, id, claim.Filing{Claimed: yuan("1100"), Documents: []claim.Paper{{Kind: "claim_form", Name: secret(canaries["document's name"])}}}))
	step(c.Check(adjuster, id, claim.Review{Kind: claim.CheckCompleteness}))
	step(c.Accept(adjuster, id, claim.Acceptance{}))
	w.clock.Advance(time.Hour)
	step(c.Contact(adjuster, id, claim.Conversation{Channel: "phone", Text: secret(canaries["talk"])}))
	step(c.Check(adjuster, id, claim.Review{Kind: claim.CheckAuthenticity, Grounds: secret(canaries["grounds of check"])}))
	step(c.Check(adjuster, id, claim.Review{Kind: claim.CheckCoverage}))
	step(c.Reserve(adjuster, id, claim.Reserving{Loss: yuan("2000"), Reason: secret(canaries["reserve's reason"])}))
	step(c.Assess(adjuster, id, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan("1100")}}}))
	step(c.Approve(manager, id, claim.Approval{}))
	step(c.Notify(adjuster, id, claim.Message{Kind: claim.NoticeAmount}))
	step(c.Agree(adjuster, id, claim.Agreement{How: "signed"}))
	step(c.RequestPayment(adjuster, id, claim.PaymentOrder{}))
	p := got(c.Payments(adjuster, id))(t)[0]
	due := func(got payment.Payment, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		s.answers = append(s.answers, got)
	}
	due(w.Payments.Request(cashier, p.ID, payment.Handover{Reference: "order-1"}))
	due(w.Payments.Issue(cashier, p.ID, payment.Receipt{}))
	due(w.Payments.Fail(cashier, p.ID, payment.Cause{Code: "name", Reason: secret(canaries["reason of a bounce"])}))
	due(w.Payments.Request(cashier, p.ID, payment.Handover{Reference: "order-2", Account: secret(canaries["corrected account"])}))
	due(w.Payments.Issue(cashier, p.ID, payment.Receipt{}))
	due(w.Payments.Clear(cashier, p.ID, payment.Receipt{Voucher: "V-1"}))
	step(c.Notify(adjuster, id, claim.Message{Kind: claim.NoticeVoucher}))
	step(c.Close(adjuster, id))
}

// decline refuses a second claim.
func (w *world) decline(t testing.TB, s *tale) {
	t.Helper()
	c := w.Claims
	w.clock.Advance(24 * time.Hour)
	s.declined = got(c.Report(adjuster, loss(&s.policy, "illness", w.clock.Now().Add(-time.Hour))))(t)
	id := s.declined.ID
	got(c.File(adjuster, id, claim.Filing{Claimed: yuan("5000"), Documents: []claim.Paper{{Kind: "claim_form"}}}))(t)
	got(c.Check(adjuster, id, claim.Review{Kind: claim.CheckCompleteness}))(t)
	got(c.Accept(adjuster, id, claim.Acceptance{}))(t)
	got(c.Check(adjuster, id, claim.Review{Kind: claim.CheckAuthenticity}))(t)
	got(c.Check(adjuster, id, claim.Review{Kind: claim.CheckCoverage}))(t)
	got(c.Assess(adjuster, id, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan("5000")}}}))(t)
	got(c.Check(adjuster, id, claim.Review{Kind: claim.CheckAuthenticity, Result: claim.Failed, Grounds: secret(canaries["grounds of check"])}))(t)
	refusal := claim.Refusal{Reason: "forged", Clause: "2.7", Remark: secret(canaries["refusal's remark"])}
	s.declined = give(t, s, refusal, func(in claim.Refusal) (claim.Claim, error) { return c.Decline(manager, id, in) })
	got(c.Notify(adjuster, id, claim.Message{Kind: claim.NoticeRefusal}))(t)
	s.declined = got(c.Close(adjuster, id))(t)
}
