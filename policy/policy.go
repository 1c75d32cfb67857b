package policy

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/rulebook"
)

// Config is what the room needs of its neighbours and of the host. Its zero value works.
type Config struct {
	Customers Customers       // who customers are; nil: nobody is asked
	Claims    Claims          // whether a policy has claims; nil: nobody is asked
	Rater     Rater           // nil: [TableRater]
	Book      *rulebook.Book  // the least cooling-off period; nil: rulebook.Default
	Numbers   number.Numberer // of policies ("policy") and applications ("application"); nil: counters
}

// Services are the room's doors.
type Services struct {
	Products     *Products
	Applications *Applications
	Policies     *Policies
}

// New makes the services whose commands r carries out.
func New(r command.Runner, cfg Config) Services {
	if cfg.Rater == nil {
		cfg.Rater = TableRater{}
	}
	if cfg.Book == nil {
		cfg.Book = rulebook.Default()
	}
	return Services{newProducts(r, cfg), newApplications(r, cfg), newPolicies(r, cfg)}
}

var readers = append([]kernel.Role{access.System}, access.Staff...)

// revealers sell, underwrite, service and keep what was written down.
var revealers = []kernel.Role{access.Agent, access.Underwriter, access.Archivist, access.Manager, access.PrivacyOfficer}

// Grants returns who may do what in this room.
func Grants() []access.Grant {
	grants := command.Grants(productLife(true), readers)
	grants = append(grants, command.Grants(applicationLife, readers)...)
	grants = append(grants, command.Grants(policyLife, readers)...)
	for _, query := range []string{
		"product.List", "product.OnSale", "application.Folder", "application.List",
		"policy.ByNumber", "policy.List", "policy.ForCustomer", "policy.CoverAt", "policy.CoversAt",
		"policy.TermsAt", "policy.Terms", "policy.Instalments", "policy.Receipts",
	} {
		grants = append(grants, access.Grant{Action: query, Roles: readers})
	}
	return append(grants,
		access.Grant{Action: "product.Publish", Roles: managers},
		access.Grant{Action: "application.IssueDirect", Roles: sellers},
		access.Grant{Action: "product.Reveal", Roles: designers},
		access.Grant{Action: "application.Reveal", Roles: revealers},
		access.Grant{Action: "policy.Reveal", Roles: revealers},
	)
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind {
	return []command.Kind{command.KindOf(productLife(false)), command.KindOf(applicationLife), command.KindOf(policyLife)}
}

// Subjects returns which tables hold what, for verifying the journal.
func Subjects() []journal.Subjects {
	return []journal.Subjects{
		{Kind: "product", Root: &Product{}},
		{Kind: "application", Root: &Application{}, Parts: []journal.Part{
			{Record: &Insured{}, Owner: "application_id"}, {Record: &Disclosure{}, Owner: "application_id"},
			{Record: &Document{}, Owner: "application_id"}, {Record: &Objection{}, Owner: "application_id"},
			{Record: &Receipt{}, Owner: "application_id"}, {Record: &Layer{}, Owner: "application_id"},
		}},
		{Kind: "policy", Root: &Policy{}, Parts: []journal.Part{
			{Record: &Terms{}, Owner: "policy_id"}, {Record: &Instalment{}, Owner: "policy_id"},
			{Record: &Party{}, Owner: "policy_id"}, {Record: &PolicyReceipt{}, Owner: "policy_id"},
		}},
	}
}
