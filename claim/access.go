package claim

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

var readers = []kernel.Role{
	access.Agent, access.Adviser, access.Adjuster, access.ComplaintHandler, access.Cashier,
	access.Archivist, access.Manager, access.Auditor, access.System,
}

// Grants returns who may do what with claims. Up to which amount somebody decides, says
// an access.Authority, for [AuthorityApprove] and [AuthorityRefuse].
func Grants() []access.Grant {
	grants := command.Grants(New(nil, Config{}).life, readers)
	for _, query := range []string{"ByNumber", "List", "Progress", "Lines", "Documents", "Payments", "Workflow"} {
		grants = append(grants, access.Grant{Action: kind + "." + query, Roles: readers})
	}
	inner := []kernel.Role{access.Adjuster, access.Cashier, access.Archivist, access.Manager, access.Auditor, access.System}
	for _, query := range []string{"Checks", "Reserves", "Notices", "Accumulators", "AccumulatorHistory"} {
		grants = append(grants, access.Grant{Action: kind + "." + query, Roles: inner})
	}
	grants = append(grants,
		access.Grant{Action: "claim.SettleDirect", Roles: handlers},
		access.Grant{Action: "claim.Reveal", Roles: []kernel.Role{access.Adjuster, access.Archivist, access.Manager}},
	)
	for _, row := range AccumulatorLifecycle.Rows() { // follow from commands on claims
		grants = append(grants, access.Grant{Action: accumulatorLife.Action(row.Event), Roles: row.Who})
	}
	return grants
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind {
	return []command.Kind{
		command.KindOf(&command.Life[Claim, State, Event]{Kind: kind, Machine: Lifecycle}), command.KindOf(accumulatorLife),
	}
}

// Subjects tells which tables hold claims and accumulators and what belongs to them, for
// journal.Verify.
func Subjects() []journal.Subjects {
	return []journal.Subjects{
		{Kind: kind, Root: new(Claim), Parts: []journal.Part{
			{Record: new(Line), Owner: "claim_id"}, {Record: new(Document), Owner: "claim_id"},
			{Record: new(Check), Owner: "claim_id"}, {Record: new(Reserve), Owner: "claim_id"}, notice.Part(),
		}},
		{Kind: accumulatorLife.Kind, Root: new(Accumulator)},
	}
}

// What an access.Authority is asked for, with the amount in question.
const (
	AuthorityApprove = "claim.approve" // may the actor approve so much?
	AuthorityRefuse  = "claim.refuse"  // may the actor refuse a claim of so much?
)
