package main

import (
	"slices"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel/workflow"
)

// meaning is what a reason of the file is in the words of the library.
type meaning struct {
	category complaint.Category
	cause    string // of the tree
	reasons  []string
}

// other is the branch that the default tree lacks: a reason of which the table does not know.
const other = "other"

// causes returns the library's tree of root causes with that branch.
func causes() []complaint.Cause {
	return append(complaint.DefaultCauses(), complaint.Cause{Code: other, Label: workflow.Label{EN: "Anything else", ZH: "其他"}})
}

// meanings is read from above: of several reasons the first that is found here counts. So a
// claim that was denied after a long time and without a kind word is about the denial.
var meanings = []meaning{
	{complaint.CategoryClaims, "claims.refusal", []string{
		"Denial Of Claim", "Liability Dispute", "Post-Claim Underwriting", "Policy Exclusion", "Pre-Existing Condition", "Medical Necessity",
		"Unfair Discrim-Clms Handling",
	}},
	{complaint.CategoryClaims, "claims.amount", []string{
		"Unsatisfactory Settle/Offer", "Usual And Customary", "Assignment of Benefits", "Coordination of Benefits", "Claim Recoding/Bundling",
		"Recoupment Of Claims Payment", "Balance Billing", "Cash Value",
	}},
	{complaint.CategoryClaims, "claims.delay", []string{"Delays (Claims Handling)", "Delays In Authorization"}},
	{complaint.CategoryClaims, "service.attitude", []string{"Cust Service Claim Handling"}},
	{complaint.CategorySales, "sales.misleading", []string{
		"Misrepresentation", "Misleading Advertising", "Improper Inducements", "Unauthorized Acts", "Insurer Fraud", "Agent Handling",
	}},
	{complaint.CategorySales, "sales.disclosure", []string{"Non-Disclosure Of Coverage", "Disclosure Of Benefits", "Summary of Benefits"}},
	{complaint.CategoryOther, "privacy", []string{"Health Privacy", "Prohibited PHI Disclosure"}},
	{complaint.CategoryService, "service.delay", []string{"Delays (Policyholder Service)", "Delays (Underwriting)"}},
	{complaint.CategoryService, "service.mistake", []string{
		"Refund Of Premium", "Cancellation", "Premium Notice", "Notice Requirements", "Endorsement / Rider", "Identification Card Issue",
		"Deficient Claim Notice", "Declination Of Verification",
	}},
	{complaint.CategoryService, "service.attitude", []string{"Cust Srvc Policy Holder Srvcs", "Language Access"}},
	{complaint.CategoryProduct, "product.terms", []string{"Material Change To Contract", "Duplication of Coverage", "Increased Dwelling Coverage"}},
	{complaint.CategoryProduct, "product.design", []string{
		"Premium and Rating", "Excessive Rates", "Use Of Clue Reports", "Use of Credit Reports", "Non-Renewal", "Refusal to Insure",
		"Unfair Discrimination", "Dependent Coverage", "Essential Health Benefit", "Access to Care", "PPACA-Premium Rate Increase",
	}},
	{complaint.CategoryOther, "outside", []string{
		"Not Within TDI Jurisdiction", "Claimant Fraud", "Disaster", "Closed-Lack Of Info Cmplainant", "Premium Subsidy",
	}},
}

// classify returns what the reasons mean.
func classify(reasons []string) meaning {
	for _, m := range meanings {
		if slices.ContainsFunc(reasons, func(r string) bool { return slices.Contains(m.reasons, r) }) {
			return m
		}
	}
	return meaning{category: complaint.CategoryOther, cause: other}
}
