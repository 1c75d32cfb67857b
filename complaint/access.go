package complaint

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

var (
	readers = []kernel.Role{
		access.Agent, access.Adviser, access.Adjuster, access.Underwriter, access.ProductManager, access.ComplaintHandler,
		access.Archivist, access.Manager, access.Auditor, access.PrivacyOfficer, access.System,
	}
	inner    = []kernel.Role{access.ComplaintHandler, access.Archivist, access.Manager, access.Auditor, access.PrivacyOfficer, access.System}
	analysts = []kernel.Role{access.ComplaintHandler, access.ProductManager, access.Manager, access.Auditor, access.System}
)

// Grants returns who may do what with complaints. Up to which amount somebody compensates,
// says an access.Authority, for [AuthorityCompensate].
func Grants() []access.Grant {
	grants := command.Grants(lifeOf(), readers)
	for _, query := range []string{"ByNumber", "List", "Inquiries", "Workflow", "Causes"} {
		grants = append(grants, access.Grant{Action: kind + "." + query, Roles: readers})
	}
	for _, query := range []string{"Complainants", "Respondents", "Findings", "Resolutions", "Notices", "Suspensions"} {
		grants = append(grants, access.Grant{Action: kind + "." + query, Roles: inner})
	}
	return append(grants,
		access.Grant{Action: kind + ".Analyse", Roles: analysts},
		access.Grant{Action: kind + ".Reveal", Roles: []kernel.Role{access.ComplaintHandler, access.Archivist, access.Manager, access.PrivacyOfficer}},
	)
}

// Subjects tells which tables hold complaints and what belongs to them, for
// journal.Verify.
func Subjects() []journal.Subjects {
	of := string(colComplaint)
	return []journal.Subjects{{Kind: kind, Root: new(Complaint), Parts: []journal.Part{
		{Record: new(Complainant), Owner: of}, {Record: new(Respondent), Owner: of}, {Record: new(Inquiry), Owner: of},
		{Record: new(Finding), Owner: of}, {Record: new(Resolution), Owner: of}, {Record: new(Suspension), Owner: of},
		notice.Part(),
	}}}
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind { return []command.Kind{command.KindOf(lifeOf())} }
