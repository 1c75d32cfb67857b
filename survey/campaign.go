package survey

import (
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Campaign is one survey: who is asked what, how and when.
type Campaign struct {
	kernel.Root     `gorm:"embedded"`
	State           CampaignState `gorm:"column:state" json:"state"`
	Code            string        `gorm:"column:code;uniqueIndex:survey_campaigns_code" json:"code"`
	QuestionnaireID kernel.ID     `gorm:"column:questionnaire_id" json:"questionnaire_id"`
	Trigger         string        `gorm:"column:on_event" json:"trigger,omitempty"`
	Method          Method        `gorm:"column:method" json:"method"`
	OpensAt         time.Time     `gorm:"column:opens_at" json:"opens_at,omitzero"` // zero: no first day
	EndsAt          time.Time     `gorm:"column:ends_at" json:"ends_at,omitzero"`   // the first instant after the last day; zero: none
	Listed          int64         `gorm:"column:listed" json:"listed,omitempty"`    // customers handed in
	Plan            Plan          `gorm:"column:plan;serializer:json" json:"plan"`

	Results  []Result       `gorm:"column:results;serializer:json" json:"results,omitzero"` // once it is analysed
	Summary  privacy.Secret `gorm:"column:summary" json:"summary,omitzero"`                 // what the analysis found
	Proposal Proposal       `gorm:"embedded" json:"proposal,omitzero"`                      // what should be done about it
}

// TableName is crm_survey_campaigns.
func (*Campaign) TableName() string { return "crm_survey_campaigns" }

// Status returns where the state is, for the engine.
func (c *Campaign) Status() *CampaignState { return &c.State }

// Roster is the list of customers that was handed in with a campaign.
type Roster struct {
	kernel.Meta `gorm:"embedded"`
	CampaignID  kernel.ID `gorm:"column:campaign_id;uniqueIndex:survey_rosters_campaign" json:"campaign_id"`
	Contacts    []Contact `gorm:"column:contacts;serializer:json" json:"contacts"`
}

// TableName is crm_survey_rosters.
func (*Roster) TableName() string { return "crm_survey_rosters" }

// Result is one scored question of a campaign as it was analysed.
type Result struct {
	Question  string    `json:"question"`
	Kind      Kind      `json:"kind"`
	Estimate  Estimate  `json:"estimate"`
	Histogram Histogram `json:"histogram"`
}

// within reports whether an instant lies in the campaign's window.
func (c *Campaign) within(t time.Time) bool {
	return !t.Before(c.OpensAt) && (c.EndsAt.IsZero() || t.Before(c.EndsAt))
}

// over reports whether nothing can be answered any more.
func (c *Campaign) over() bool { return c.State == Closed || c.State == Analysed }

// CampaignState is where a campaign stands.
type CampaignState string

// The states of a campaign.
const (
	Draft     CampaignState = "draft"
	Scheduled CampaignState = "scheduled"
	Running   CampaignState = "running"
	Paused    CampaignState = "paused"
	Closed    CampaignState = "closed"
	Analysed  CampaignState = "analysed"
)

// CampaignEvent is what may happen to a campaign.
type CampaignEvent string

// The events of a campaign.
const (
	campaignDraft    CampaignEvent = "Draft"
	campaignEdit     CampaignEvent = "Edit"
	campaignSchedule CampaignEvent = "Schedule"
	campaignStart    CampaignEvent = "Start"
	campaignPause    CampaignEvent = "Pause"
	campaignResume   CampaignEvent = "Resume"
	campaignClose    CampaignEvent = "Close"
	campaignAnalyse  CampaignEvent = "Analyse"
)

// runners start and stop campaigns: planners, and a host's timer.
var runners = append([]kernel.Role{access.System}, planners...)

// CampaignLife is the life of a campaign.
var CampaignLife = workflow.Must(workflow.New(workflow.Table[CampaignState, CampaignEvent]{
	Name: "campaign", Label: label("Survey campaign", "调查方案"),
	States: []workflow.State[CampaignState]{
		{Name: Draft, Class: workflow.Open, Label: label("Draft", "草稿")},
		{Name: Scheduled, Class: workflow.Open, Label: label("Scheduled", "已排期")},
		{Name: Running, Class: workflow.Waiting, Label: label("Running", "进行中")},
		{Name: Paused, Class: workflow.Open, Label: label("Paused", "已暂停")},
		{Name: Closed, Class: workflow.Open, Label: label("Closed", "已结束")},
		{Name: Analysed, Class: workflow.Ended, Label: label("Analysed", "已分析")},
	},
	Rows: []workflow.Row[CampaignState, CampaignEvent]{
		{Event: campaignDraft, Create: true, To: Draft, Who: planners,
			Label: label("Draft", "制定方案"), Note: "Purpose, audience, method, window and sample are planned."},
		{Event: campaignEdit, From: []CampaignState{Draft}, Who: planners,
			Label: label("Edit", "修改"), Note: "The plan of a draft is replaced."},
		{Event: campaignSchedule, From: []CampaignState{Draft}, To: Scheduled, Who: planners, Guards: []string{"published", "time_left"},
			Label: label("Schedule", "排期"), Note: "The plan is fixed: its questionnaire is published, and there is somebody to ask."},
		{Event: campaignStart, From: []CampaignState{Scheduled}, To: Running, Who: runners, Guards: []string{"published", "in_window"},
			Label: label("Start", "启动"), Note: "Invitations may be made."},
		{Event: campaignPause, From: []CampaignState{Running}, To: Paused, Who: runners,
			Label: label("Pause", "暂停"), Note: "Nobody else is invited; who has an invitation may answer."},
		{Event: campaignResume, From: []CampaignState{Paused}, To: Running, Who: runners, Guards: []string{"in_window"},
			Label: label("Resume", "恢复"), Note: "Invitations may be made again."},
		{Event: campaignClose, From: []CampaignState{Running, Paused}, To: Closed, Who: runners,
			Label: label("Close", "结束"), Note: "No more answers are taken."},
		{Event: campaignAnalyse, From: []CampaignState{Closed}, To: Analysed, Who: planners,
			Label: label("Analyse", "分析"), Note: "The results are worked out and summed up; an improvement may be proposed."},
	},
}))

var campaignLife = &command.Life[Campaign, CampaignState, CampaignEvent]{
	Kind: "campaign", Machine: CampaignLife,
	Guards: map[string]func(*command.Unit, *Campaign) error{
		"published": func(u *command.Unit, c *Campaign) error {
			q, err := storage.Get[Questionnaire](u, c.QuestionnaireID)
			if err != nil {
				return err
			}
			if q.State != QuestionnairePublished {
				return kernel.Invalid("questionnaire", "state", "the questionnaire is %s", q.State)
			}
			return nil
		},
		"time_left": func(u *command.Unit, c *Campaign) error {
			if !c.EndsAt.IsZero() && !u.Now().Before(c.EndsAt) {
				return kernel.Invalid("to", "range", "the last day is over")
			}
			return nil
		},
		"in_window": func(u *command.Unit, c *Campaign) error {
			if !c.within(u.Now()) {
				return kernel.Invalid("window", "range", "today is not in the campaign's window")
			}
			return nil
		},
	},
}

// Columns of campaigns and what belongs to them.
const (
	colCampaignState = storage.Col[CampaignState]("state")
	colTrigger       = storage.Col[string]("on_event")
	colCampaign      = storage.Col[kernel.ID]("campaign_id")
)
