package member

import (
	"slices"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// Config is what the room needs of its neighbours and of the host. Its zero value works.
type Config struct {
	Customers Customers       // who customers are; nil: nobody is asked
	Policies  Policies        // what cover customers have; nil: none
	Purchases Purchases       // what cover customers bought, for [Benefits.EvaluateServices]; nil: nobody tells
	Numbers   number.Numberer // of members ("member"); nil: counters
	Zone      *time.Location  // in which "today" is told; nil: UTC+8
	Appraisal Scheme          // how staff are appraised; its zero value is [DefaultScheme]
}

// Room is the room's doors.
type Room struct {
	Programs   *Programs
	Members    *Members
	Staff      *Staffs
	Courses    *Courses
	Trainings  *Trainings
	Appraisals *Appraisals

	Benefits   *Benefits
	Quotas     *Quotas
	Orders     *Orders
	Partners   *Partners
	Activities *Activities
	SignUps    *SignUps
}

// New makes the services whose commands r carries out. Only the package that wires the
// rooms has a runner.
func New(r command.Runner, cfg Config) *Room {
	cfg = cfg.filled()
	return &Room{
		Programs:   &Programs{r, cfg},
		Members:    &Members{r, cfg},
		Staff:      &Staffs{r, cfg},
		Courses:    &Courses{r, cfg},
		Trainings:  &Trainings{r, cfg},
		Appraisals: &Appraisals{r, cfg},
		Benefits:   newBenefits(r, cfg),
		Quotas:     &Quotas{r, cfg},
		Orders:     &Orders{r, cfg},
		Partners:   &Partners{r, cfg},
		Activities: &Activities{r, cfg},
		SignUps:    &SignUps{r, cfg},
	}
}

var beijing = time.FixedZone("UTC+8", 8*60*60)

// filled returns the configuration with what was left out.
func (c Config) filled() Config {
	if c.Zone == nil {
		c.Zone = beijing
	}
	if c.Policies == nil {
		c.Policies = noPolicies{}
	}
	if c.Appraisal.isZero() {
		c.Appraisal = DefaultScheme()
	}
	return c
}

// today is the civil day of the unit's time in the room's zone.
func (c Config) today(u *command.Unit) kernel.Date { return kernel.DateOf(u.Now().In(c.Zone)) }

// Grants returns who may do what in this room.
func Grants() []access.Grant {
	return slices.Concat(
		programGrants(),
		memberGrants(),
		staffGrants(),
		courseGrants(),
		trainingGrants(),
		appraisalGrants(),
		benefitGrants(),
		quotaGrants(),
		toldGrants(),
		orderGrants(),
		partnerGrants(),
		activityGrants(),
		superviseGrants(),
		revealGrants(),
	)
}

// Subjects returns which tables hold what, for verifying the journal.
func Subjects() []journal.Subjects {
	return slices.Concat(
		programSubjects,
		memberSubjects,
		staffSubjects,
		courseSubjects,
		trainingSubjects,
		appraisalSubjects,
		benefitSubjects,
		quotaSubjects,
		toldSubjects,
		orderSubjects,
		partnerSubjects,
		activitySubjects,
	)
}

// Kinds returns the kinds of subjects that this room keeps, with their workflows.
func Kinds() []command.Kind {
	return []command.Kind{
		command.KindOf(programLife), command.KindOf(life), command.KindOf(staffLife),
		command.KindOf(courseLife), command.KindOf(trainingLife), command.KindOf(appraisalLife),
		command.KindOf(benefitLife(Config{}.filled())), command.KindOf(grantLife), command.KindOf(toldLife), command.KindOf(orderLife),
		command.KindOf(partnerLife), command.KindOf(activityLife), command.KindOf(signUpLife),
	}
}
