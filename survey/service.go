package survey

import (
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// Config says what the room works with. All of it may be left out.
type Config struct {
	Customers Customers      // who may be asked; nil: everybody
	Audience  Audience       // finds customers by a query; nil: no campaign may name one
	Figures   Figures        // what other rooms counted; nil: quality is judged without
	Weights   Weights        // of the sources of quality; zero: [DefaultWeights]
	RestDays  int            // between two invitations of one customer; 0: [DefaultRestDays], or [NoRest]
	Zone      *time.Location // where days begin; nil: China, eight hours ahead of UTC
}

// Services are the room's doors.
type Services struct {
	Questionnaires *Questionnaires
	Campaigns      *Campaigns
	Invitations    *Invitations
	Inspections    *Inspections
	Analysis       *Analysis
}

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// New makes the services whose commands r carries out.
func New(r command.Runner, cfg Config) Services {
	if cfg.RestDays == 0 {
		cfg.RestDays = DefaultRestDays
	}
	if cfg.Zone == nil {
		cfg.Zone = china
	}
	return Services{
		&Questionnaires{r}, &Campaigns{r, cfg}, &Invitations{r, cfg}, &Inspections{r}, &Analysis{r, cfg},
	}
}

var (
	readers = append([]kernel.Role{access.System}, access.Staff...)
	inner   = []kernel.Role{access.System, access.Manager, access.ComplaintHandler, access.Auditor} // see how colleagues were scored
)

// Grants returns who may do what in this room.
func Grants() []access.Grant {
	grants := command.Grants(questionnaireLife, readers)
	grants = append(grants, command.Grants(campaignLife, readers)...)
	grants = append(grants, command.Grants(invitationLife, readers)...)
	grants = append(grants, command.Grants(inspectionLife, inner)...)
	for _, query := range []string{
		"questionnaire.Published", "questionnaire.List", "campaign.List", "campaign.Progress", "campaign.Roster",
		"invitation.List", "invitation.Response",
		"survey.Scores", "survey.Trend", "survey.Choices", "survey.Quality",
	} {
		grants = append(grants, access.Grant{Action: query, Roles: readers})
	}
	return append(grants,
		access.Grant{Action: "inspection.List", Roles: inner},
		access.Grant{Action: "campaign.Invite", Roles: runners},
		access.Grant{Action: "invitation.Sweep", Roles: askers},
		access.Grant{Action: "invitation.Enter", Roles: askers},
		access.Grant{Action: "invitation.Form", Roles: customers},
		access.Grant{Action: "invitation.Refuse", Roles: customers},
		access.Grant{Action: "questionnaire.Reveal", Roles: planners},
		access.Grant{Action: "campaign.Reveal", Roles: append([]kernel.Role{access.ProductManager}, revealers...)},
		access.Grant{Action: "invitation.Reveal", Roles: revealers},
		access.Grant{Action: "inspection.Reveal", Roles: revealers},
	)
}

// Subjects tells which tables hold what and what belongs to it, for journal.Verify.
func Subjects() []journal.Subjects {
	return []journal.Subjects{
		{Kind: "questionnaire", Root: new(Questionnaire)},
		{Kind: "campaign", Root: new(Campaign), Parts: []journal.Part{{Record: new(Roster), Owner: "campaign_id"}}},
		{Kind: "invitation", Root: new(Invitation), Parts: []journal.Part{
			{Record: new(Response), Owner: "invitation_id"}, {Record: new(Reply), Owner: "invitation_id"},
		}},
		{Kind: "inspection", Root: new(Inspection)},
	}
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind {
	return []command.Kind{
		command.KindOf(questionnaireLife), command.KindOf(campaignLife), command.KindOf(invitationLife), command.KindOf(inspectionLife),
	}
}
