package policy

import (
	"fmt"
	"slices"

	"github.com/coverkit/crm/kernel"
)

// Rules that raise objections when an application is submitted.
const (
	RuleAge         = "issue_age"   // outside the product's issue ages, or of unknown age
	RuleSum         = "sum_limit"   // outside the sums that the product takes without asking
	RuleConsent     = "consent"     // death cover without the insured's consent to it and its sum
	RuleBeneficiary = "beneficiary" // beneficiaries that the insured did not agree to, or may not be
	RuleInterest    = "interest"    // no insurable interest is stated
	RuleDisclosure  = "disclosure"  // a question of the product is not answered
)

// Articles of the Insurance Law (保险法, 2015) behind the rules.
const (
	lawInterest    = "保险法 31"
	lawProperty    = "保险法 12"
	lawConsent     = "保险法 34"
	lawBeneficiary = "保险法 39"
	lawDisclosure  = "保险法 16"
)

// examined is an application as the rules see it.
type examined struct {
	app      *Application
	design   *Design
	insured  []InsuredForm
	answered map[[2]string]bool // party and question
	on       kernel.Date        // inception, or today
}

// objections returns what the rules have against the application.
func (x *examined) objections() []Objection {
	var out []Objection
	raise := func(rule, article, path string, blocks ApplicationEvent) {
		out = append(out, Objection{Rule: rule, Article: article, Path: path, Blocks: blocks})
	}
	for i, it := range x.app.Items {
		c := x.design.coverage(it.Coverage)
		if c.MinSum.IsPositive() && it.SumInsured.LessThan(c.MinSum) || c.MaxSum.IsPositive() && it.SumInsured.GreaterThan(c.MaxSum) {
			raise(RuleSum, "", fmt.Sprintf("items[%d]", i), Approve)
		}
	}
	if x.design.Line.PropertyFamily() && !x.design.Line.Personal() && x.app.Interest == "" {
		raise(RuleInterest, lawProperty, "interest", Approve)
	}
	death := slices.ContainsFunc(x.app.Items, func(it Item) bool { return x.design.coverage(it.Coverage).Death })
	for i := range x.insured {
		p, path := &x.insured[i], fmt.Sprintf("insured[%d]", i)
		age, aged := 0, p.Birth != 0
		if aged {
			age = p.Birth.YearsAt(x.on)
		}
		if !x.design.IssueAges.Any() && (!aged || !x.design.IssueAges.Holds(age) || p.Birth > x.on) {
			raise(RuleAge, "", path, Approve)
		}
		for _, q := range x.design.Questions {
			if !x.answered[[2]string{string(p.Party), q}] {
				raise(RuleDisclosure, lawDisclosure, path, PassReview)
				break
			}
		}
		if !x.design.Line.Personal() || p.Party == x.app.Holder {
			continue
		}
		if !p.Relation.family() && p.Relation != Employment && !p.Consent {
			raise(RuleInterest, lawInterest, path, Approve)
		}
		minor := p.Relation == Child && aged && age < 18 // for whom the parent agrees
		if death && !minor && !p.Consent {
			raise(RuleConsent, lawConsent, path, Approve)
		}
		if len(x.app.Beneficiaries) > 0 && !minor && !p.BeneficiaryConsent {
			raise(RuleBeneficiary, lawBeneficiary, path, Approve)
		}
		if p.Relation != Employment {
			continue
		}
		// An employer may name nobody but the worker and the worker's family.
		for n, b := range x.app.Beneficiaries {
			if !b.Relation.family() {
				raise(RuleBeneficiary, lawBeneficiary, fmt.Sprintf("beneficiaries[%d]", n), Approve)
			}
		}
	}
	return out
}
