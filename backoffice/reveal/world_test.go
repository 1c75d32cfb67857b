package reveal_test

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// A diary of somebody, with pages that may be about others: the smallest case with
// something to hide.
type (
	state string
	event string
)

type diary struct {
	kernel.Root `gorm:"embedded"`
	State       state          `gorm:"column:state"`
	Of          kernel.Ref     `gorm:"column:of"`
	Motto       privacy.Secret `gorm:"column:motto"`
}

func (*diary) TableName() string    { return "crm_diaries" }
func (d *diary) Status() *state     { return &d.State }
func (d *diary) Person() kernel.Ref { return d.Of }

type page struct {
	kernel.Meta `gorm:"embedded"`
	DiaryID     kernel.ID      `gorm:"column:diary_id"`
	About       kernel.Ref     `gorm:"column:about"`
	Text        privacy.Secret `gorm:"column:text"`
}

func (*page) TableName() string    { return "crm_pages" }
func (p *page) Person() kernel.Ref { return p.About }

func both(s string) workflow.Label { return workflow.Label{EN: s, ZH: s} }

var life = &command.Life[diary, state, event]{Kind: "diary", Machine: workflow.Must(workflow.New(workflow.Table[state, event]{
	Name: "diary", Label: both("Diary"),
	States: []workflow.State[state]{{Name: "kept", Class: workflow.Ended, Label: both("kept")}},
	Rows:   []workflow.Row[state, event]{{Event: "Keep", Create: true, To: "kept", Who: []kernel.Role{access.Agent}, Label: both("keep"), Note: "It begins."}},
}))}

var subjects = []journal.Subjects{{Kind: "diary", Root: &diary{}, Parts: []journal.Part{{Record: &page{}, Owner: "diary_id"}}}}

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func as(role kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: "u-" + string(role), Roles: []kernel.Role{role}})
}

var (
	agent   = as(access.Agent)
	officer = as(access.PrivacyOfficer)
	auditor = as(access.Auditor)
)

type world struct {
	*engine.Engine
	diary kernel.ID
}

// newWorld keeps a diary of zhang with a page about zhang and one about li.
func newWorld() *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	grants := append(command.Grants(life, access.Staff), reveal.Grants()...)
	grants = append(grants, access.Grant{Action: "diary.Reveal", Roles: []kernel.Role{access.Agent}})
	w := &world{Engine: engine.New(storage.Guard(memory.New(), keys), kernel.NewManualClock(noon), access.NewRoles(grants), access.Table{})}
	d, err := command.Create(agent, w.Engine, life, command.Creation[diary, event]{
		Event: "Keep",
		Build: func(u *command.Unit) (*diary, error) {
			u.Because(privacy.New("a present"))
			return &diary{Of: "zhang", Motto: privacy.New("carpe diem")}, nil
		},
		Then: func(u *command.Unit, d *diary) error {
			return u.Insert(
				&page{DiaryID: d.ID, About: "zhang", Text: privacy.New("I was ill")},
				&page{DiaryID: d.ID, About: "li", Text: privacy.New("Li was late")},
				&page{DiaryID: d.ID, About: "li"},
			)
		},
	})
	if err != nil {
		panic(err)
	}
	w.diary = d.ID
	return w
}

func (w *world) open(ctx context.Context, parts ...reveal.Part) ([]reveal.Row, error) {
	return reveal.Open(ctx, w.Engine, subjects, "diary", w.diary, reveal.Purpose{Text: privacy.New("to remember"), Parts: parts})
}
