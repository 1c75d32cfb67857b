package customer

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// revealers may open sealed facts. The auditor, who only reads, sees who did.
var revealers = []kernel.Role{
	access.Agent, access.Underwriter, access.Adjuster, access.ComplaintHandler,
	access.Adviser, access.Archivist, access.Manager, access.PrivacyOfficer,
}

// named are the roles that see names in full: those who deal with the person.
var named = append([]kernel.Role{access.Cashier}, revealers...)

// Grants returns who may do what with archives and visits.
func Grants() []access.Grant {
	everybody := append([]kernel.Role{access.System}, access.Staff...)
	grants := command.Grants(life, everybody)
	for _, query := range []string{"Contacts", "Find", "List", "Basics"} {
		grants = append(grants, access.Grant{Action: Kind + "." + query, Roles: everybody})
	}
	grants = append(grants, command.Grants(NewVisits(nil, VisitConfig{}).life, everybody)...)
	for _, query := range []string{"List", "Attempts", "Answers"} {
		grants = append(grants, access.Grant{Action: VisitSubject + "." + query, Roles: everybody})
	}
	return append(grants,
		access.Grant{Action: Kind + ".Reveal", Roles: revealers},
		access.Grant{Action: VisitSubject + ".Reveal", Roles: append([]kernel.Role{access.PrivacyOfficer}, visitors...)},
		access.Grant{Action: Kind + ".Accesses", Roles: []kernel.Role{access.PrivacyOfficer, access.Auditor, access.Manager}},
	)
}

// Fields returns who sees which field in full. Sealed fields are not among them: they
// are masked for everybody and opened by [Service.Reveal] alone.
func Fields() []access.Fields {
	return []access.Fields{{Kind: Kind, Field: fieldName, Roles: named}}
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind {
	return []command.Kind{command.KindOf(life), command.KindOf(NewVisits(nil, VisitConfig{}).life)}
}

// Subjects tells the journal's verification which tables hold archives and
// visits.
func Subjects() []journal.Subjects {
	return []journal.Subjects{
		{Kind: Kind, Root: new(Customer), Parts: []journal.Part{
			{Record: new(Contact), Owner: string(colCustomer)},
			{Record: new(Health), Owner: string(colCustomer)},
			{Record: new(Finance), Owner: string(colCustomer)},
		}},
		{Kind: VisitSubject, Root: new(Visit), Parts: []journal.Part{
			{Record: new(Attempt), Owner: string(colVisit)},
			{Record: new(Answer), Owner: string(colVisit)},
		}},
	}
}
