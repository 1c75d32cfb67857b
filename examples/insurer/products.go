package main

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
)

// product is what is sold and what comes of it.
type product struct {
	policy.Design
	demand float64  // of a hundred customers so many buy it
	losses float64  // of a hundred policies so many have one in a year
	causes []string // of losses; each needs its documents
	pays   string   // coverage under which they are claimed
	sums   [2]int   // insured, from and to, in ten thousand yuan
	claims [2]int   // usual losses in yuan; none: the sum insured
}

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

func yuan(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

func rate(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func sum(code string, name workflow.Label, calculator string) policy.Coverage {
	return policy.Coverage{Code: code, Name: name, Calculator: calculator, Basis: policy.SumInsured, Clause: "2.1"}
}

// catalogue is the range of products: motor, accident, health and, with a cooling-off period, life.
func catalogue() []*product {
	damage := sum("DAMAGE", label("Damage to the vehicle", "车辆损失"), "indemnity")
	damage.Deductible = yuan(500)
	medical := policy.Coverage{
		Code: "MED", Name: label("Medical expenses", "医疗费用"), Clause: "2.3", Calculator: "reimbursement", Basis: policy.Fixed,
		Limit: yuan(20_000), LimitPer: policy.PerPeriod, Deductible: yuan(100), Copay: rate("0.1"),
	}
	hospital := medical
	hospital.Code, hospital.Limit, hospital.Deductible, hospital.Copay = "HOSPITAL", yuan(300_000), yuan(300), rate("0.2")
	death := sum("DEATH", label("Death", "身故"), "fixed_sum")
	death.Death = true
	critical := sum("CRITICAL", label("Critical illness", "重大疾病"), "fixed_sum")

	oneYear, ages := []policy.Term{{Years: 1}}, policy.Ages{From: 18, Below: 76}
	once := []policy.PayMode{policy.Single}
	return []*product{
		{
			Design: policy.Design{
				Code: "MOTOR", Name: label("Motor", "机动车保险"), Line: kernel.Motor, Coverages: []policy.Coverage{damage}, Terms: oneYear, PayModes: once,
				Rates:     []policy.Rate{{Coverage: "DAMAGE", PerMille: yuan(18)}},
				Documents: papers("collision", "accident_report", "repair_invoice"),
			},
			demand: 50, losses: 45, causes: []string{"collision", "hail"}, pays: "DAMAGE", sums: [2]int{8, 30}, claims: [2]int{300, 14_000},
		},
		{
			Design: policy.Design{
				Code: "ACCIDENT", Name: label("Accident", "意外伤害保险"), Line: kernel.Accident, Coverages: []policy.Coverage{death, medical}, Terms: oneYear, PayModes: once,
				IssueAges: ages, Rates: []policy.Rate{{Coverage: "DEATH", PerMille: rate("1.2")}, {Coverage: "MED", Flat: yuan(180)}},
				Documents: papers("injury", "medical_record", "invoice"),
			},
			demand: 35, losses: 18, causes: []string{"injury"}, pays: "MED", sums: [2]int{10, 50}, claims: [2]int{80, 9_000},
		},
		{
			Design: policy.Design{
				Code: "HEALTH", Name: label("Health", "医疗保险"), Line: kernel.Health, Coverages: []policy.Coverage{hospital}, Terms: oneYear, PayModes: once,
				IssueAges: ages, Rates: []policy.Rate{{Coverage: "HOSPITAL", Flat: yuan(1_280)}},
				Documents: papers("illness", "medical_record", "invoice"),
			},
			demand: 40, losses: 60, causes: []string{"illness", "outpatient"}, pays: "HOSPITAL", claims: [2]int{200, 6_000},
		},
		{
			Design: policy.Design{
				Code: "LIFE", Name: label("Life", "终身关爱寿险"), Line: kernel.Life, Coverages: []policy.Coverage{death, critical},
				Terms: []policy.Term{{Years: 10}}, PayModes: []policy.PayMode{policy.Yearly}, IssueAges: ages, CoolingOffDays: 15, CoolingOffFee: yuan(10),
				Rates:     []policy.Rate{{Coverage: "DEATH", PerMille: yuan(3), Yearly: true}, {Coverage: "CRITICAL", PerMille: yuan(7), Yearly: true}},
				Documents: papers("illness", "diagnosis"),
			},
			demand: 20, losses: 2, causes: []string{"illness"}, pays: "CRITICAL", sums: [2]int{5, 30},
		},
	}
}

// papers are the documents that a claim needs: a form always, and more for a cause.
func papers(cause string, kinds ...string) policy.Documents {
	return policy.Documents{Claims: map[string][]string{"": {"claim_form"}, cause: kinds}}
}

// premium returns the first instalment for a sum insured.
func (p *product) premium(sum decimal.Decimal) decimal.Decimal {
	total := decimal.Zero
	for _, r := range p.Rates {
		total = total.Add(r.Flat).Add(sum.Mul(r.PerMille).Shift(-3))
	}
	return total
}

var description = policy.Description{
	Basics: "See the terms.", Liability: "What the coverages name.", Exclusions: "Intent, war, nuclear energy.", Sums: "As chosen.",
	ClaimProcedure: "Report within ten days.", Rights: "To cancel at any time.", ServicePromise: "A decision within five days.",
	Conditions: "From 18 to 75 years.", Payment: "Once, or by the year.", Surrender: "In proportion to the time left.",
}
