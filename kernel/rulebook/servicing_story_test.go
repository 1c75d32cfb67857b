package rulebook_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel/rulebook"
)

func TestAnApplicationOfAPerson(t *testing.T) {
	t.Parallel()
	const defects, medical, issue, after = "cn.uw.defects", "cn.uw.medical-notice", "cn.uw.issue-no-exam", "cn.uw.decision-after-exam"
	d := newDesk(t, rulebook.Default(), "application", own)
	d.do("Submit", "2026-09-21", "submitted", nil)
	d.wantTasks(defects, medical, issue)
	d.wantDue(defects, "2026-09-29") // the Moon festival and no Sunday
	d.do("RequestDocuments", "2026-09-22", "documents_pending", nil)
	d.wantTasks(medical, issue)
	d.do("SupplyDocuments", "2026-09-24", "submitted", nil)
	d.wantDue(medical, "2026-10-09")
	d.do("PassReview", "2026-09-24", "underwriting", nil)
	d.do("RequestEvidence", "2026-09-28", "", nil)
	d.wantTasks() // the customer's turn
	d.do("SupplyEvidence", "2026-10-12", "", nil)
	d.wantTasks(after)
	d.wantDue(after, "2026-11-02")
	d.do("SupplyEvidence", "2026-10-14", "", nil)
	d.wantDue(after, "2026-11-04")
	d.do("Approve", "2026-10-15", "approved", nil)
	d.do("Sign", "2026-10-15", "awaiting_premium", nil)
	d.wantTasks(after)
	d.do("Issue", "2026-10-16", "issued", nil)
	d.wantTasks()
}

func TestAMotorPolicyIsIssuedPromptly(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "application", motor)
	d.do("Submit", "2026-03-02", "submitted", nil)
	d.wantTasks()
	d.do("Sign", "2026-03-03", "awaiting_premium", nil)
	d.wantDue("cn.contract.formation", "2026-03-17")
	d.do("Issue", "2026-03-03", "issued", nil)
	d.wantTasks()
}

func TestTheCallBackIsMadeByAVisit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		facts rulebook.Facts
		clock string
		on    string // "" when none is due
	}{
		{"inside the days that the product gives", with(own, "product_days", 20), "cn.callback.cooling-off", "2026-03-22"},
		{"else inside the company's ten", own, "cn.callback.cooling-off", "2026-03-12"},
		{"health has fifteen", rulebook.Facts{"line": "health", "long_term": true}, "cn.callback.health", "2026-03-17"},
		{"a policy of one year needs none", with(own, "long_term", false), "", ""},
		{"nor a group policy", with(own, "group", true), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, rulebook.Default(), "policy", tt.facts)
			d.do("AcknowledgeReceipt", "2026-03-02", "in_force", nil)
			if tt.on == "" {
				d.wantTasks()
				return
			}
			d.wantTasks(tt.clock)
			d.wantDue(tt.clock, tt.on)
			d.from("visit", "Complete", "2026-03-05", "completed", nil, rulebook.Facts{"kind": "birthday"})
			d.wantTasks(tt.clock)
			d.from("visit", "Complete", "2026-03-06", "completed", nil, rulebook.Facts{"kind": "new_policy"})
			d.wantTasks()
		})
	}
}

func TestWhatACallBackFoundIsSolved(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "visit", with(own, "kind", "new_policy"))
	d.do("RaiseProblem", "2026-03-02", "problem_raised", rulebook.Facts{"problem": "service"})
	d.wantTasks()
	d.do("RaiseProblem", "2026-03-02", "problem_raised", rulebook.Facts{"problem": "misselling"})
	d.wantDue("cn.callback.fix-misselling", "2026-03-23")
	d.do("Complete", "2026-03-04", "completed", nil)
	d.wantTasks()
}

func TestMoneyGoesBackAfterTermination(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "policy", own)
	d.do("Cancel", "2026-03-02", "cancelled", rulebook.Facts{"refund": decimal.NewFromInt(120).String()})
	d.wantDue("cn.surrender.pay", "2026-04-01")
	if c, _ := d.book.Clock("cn.surrender.pay"); !c.Survives {
		t.Error("the policy is over, the duty to pay is not")
	}
	d.from("payment", "Clear", "2026-03-10", "cleared", nil, nil)
	d.wantTasks()
	d.do("Cancel", "2026-03-02", "cancelled", rulebook.Facts{"refund": "0"})
	d.wantTasks()
}
