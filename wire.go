package crm

import (
	"slices"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/survey"
)

// on wires the rooms over an engine: neighbours answer each other where the host brings
// nothing of its own.
func (c *CRM) on(e *engine.Engine) *CRM {
	w := &CRM{cfg: c.cfg, tasks: c.tasks, gate: c.gate, run: e, part: c.part}
	var r command.Runner = e
	if len(c.cfg.Requirements) > 0 {
		r = c.gate.Over(e)
	}
	if w.cfg.Policies == nil {
		w.cfg.Policies = policiesForClaims{w}
	}
	if w.cfg.Customers == nil {
		w.cfg.Customers = customersForPolicies{customer.NewDirectory(e)}
	}
	w.Customers = customer.New(r, customer.Config{Numbers: c.cfg.Numbers})
	room := policy.New(r, policy.Config{
		Customers: w.cfg.Customers, Claims: claimsForPolicies{w}, Rater: c.cfg.Rater, Book: c.cfg.Rulebook, Numbers: c.cfg.Numbers,
	})
	w.Products, w.Applications, w.Policies = room.Products, room.Applications, room.Policies
	w.Claims = claim.New(r, claim.Config{
		Policies: w.cfg.Policies, Numbers: c.cfg.Numbers, Calculators: c.cfg.Calculators, Book: c.cfg.Rulebook,
		Heard: func(cl *claim.Claim) []storage.Read { return member.Ahead(cl.Claimant) }, // see serve
	})
	w.Complaints = complaint.New(r, c.complaints(e))
	w.Visits = customer.NewVisits(r, c.cfg.Visits)
	w.Membership = member.New(r, member.Config{
		Customers: membersAreCustomers{c.cfg.Customers == nil, e}, Policies: policiesForMembers{w}, Purchases: policiesForMembers{w},
		Numbers: c.cfg.Numbers, Appraisal: c.cfg.Appraisal,
	})
	w.Surveys = survey.New(r, survey.Config{
		Customers: customersForSurveys{c.cfg.Customers == nil, e}, Audience: c.cfg.Audience, Figures: figuresForSurveys{e}, RestDays: c.cfg.RestDays,
	})
	w.Payments = payment.New(r)
	w.Improvements = improve.New(r)
	w.Tasks = task.New(r, c.tasks)
	w.Accesses = reveal.New(r)
	w.cfg = c.cfg
	return w
}

// complaints says what the room of complaints works with.
func (c *CRM) complaints(r command.Runner) complaint.Config {
	return complaint.Config{
		Numbers: c.cfg.Numbers, Book: c.cfg.Rulebook, Causes: c.cfg.Causes, Improvements: improvementsForComplaints{r},
	}
}

// Roles returns the built-in authorizer: what each role may do and see, as the workflow
// tables and the rooms say. Config.Authorizer replaces it.
func Roles() *access.Roles {
	grants := []access.Grant{
		{Action: "journal.Verify", Roles: []kernel.Role{access.Auditor, access.Manager, access.System}},
		{Action: "journal.Seal", Roles: []kernel.Role{access.Manager, access.System}},
		{Action: "journal.Relay", Roles: []kernel.Role{access.System}},
		{Action: "database.Backup", Roles: []kernel.Role{access.System}},
		{Action: "customer.Overview", Roles: access.Staff},
	}
	return access.NewRoles(slices.Concat(grants,
		customer.Grants(), policy.Grants(), claim.Grants(), complaint.Grants(), member.Grants(), survey.Grants(),
		payment.Grants(), improve.Grants(), task.Grants(), reveal.Grants()), customer.Fields()...)
}

// Subjects lists every table that the journal covers, by kind of subject.
func Subjects() []journal.Subjects {
	all := slices.Concat(
		customer.Subjects(), policy.Subjects(), claim.Subjects(), complaint.Subjects(), member.Subjects(), survey.Subjects(),
		payment.Subjects(), improve.Subjects(), reveal.Subjects())
	for i := range all {
		all[i].Parts = slices.Concat(all[i].Parts, []journal.Part{task.Part()})
	}
	return all
}

// kinds lists every kind of subject, for the rulebook to speak of.
func kinds() []command.Kind {
	return slices.Concat(
		customer.Kinds(), policy.Kinds(), claim.Kinds(), complaint.Kinds(), member.Kinds(), survey.Kinds(),
		payment.Kinds(), improve.Kinds(), reveal.Kinds())
}
