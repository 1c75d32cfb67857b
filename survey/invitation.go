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

// Invitation asks one customer to answer a campaign's questionnaire, about one thing.
type Invitation struct {
	kernel.Root     `gorm:"embedded"`
	State           InvitationState `gorm:"column:state" json:"state"`
	CampaignID      kernel.ID       `gorm:"column:campaign_id;uniqueIndex:survey_invitations_once" json:"campaign_id"`
	QuestionnaireID kernel.ID       `gorm:"column:questionnaire_id" json:"questionnaire_id"`
	Customer        kernel.Ref      `gorm:"column:customer;uniqueIndex:survey_invitations_once" json:"customer"`
	Once            string          `gorm:"column:once;uniqueIndex:survey_invitations_once" json:"-"` // the case, so that nobody is asked about it twice
	About           About           `gorm:"embedded" json:"about,omitzero"`
	Method          Method          `gorm:"column:method" json:"method"`

	SentAt      time.Time `gorm:"column:sent_at" json:"sent_at,omitzero"`
	ExpiresAt   time.Time `gorm:"column:expires_at" json:"expires_at,omitzero"` // the first instant that is too late; zero: none yet
	OpenedAt    time.Time `gorm:"column:opened_at" json:"opened_at,omitzero"`
	Reminders   int64     `gorm:"column:reminders" json:"reminders,omitempty"`
	RemindedAt  time.Time `gorm:"column:reminded_at" json:"reminded_at,omitzero"`
	CompletedAt time.Time `gorm:"column:completed_at" json:"completed_at,omitzero"`
	EndedAt     time.Time `gorm:"column:ended_at" json:"ended_at,omitzero"` // without answers

	Low []LowMark `gorm:"column:low;serializer:json" json:"low,omitzero"` // scores under the campaign's thresholds

	KeyDigest []byte         `gorm:"column:key_digest;uniqueIndex:survey_invitations_key" json:"-"` // all that is kept of the key
	Key       privacy.Secret `gorm:"-" json:"-"`                                                    // only in the answer of Send, or of Remind with a new key; read it by Plain
}

// TableName is crm_survey_invitations.
func (*Invitation) TableName() string { return "crm_survey_invitations" }

// Status returns where the state is, for the engine.
func (i *Invitation) Status() *InvitationState { return &i.State }

// Person returns whose data key seals what is said of the invitation: the customer's.
func (i *Invitation) Person() kernel.Ref { return i.Customer }

// LowMark is a score under the campaign's threshold.
type LowMark struct {
	Question string `json:"question"`
	Kind     Kind   `json:"kind"`
	Score    int    `json:"score"`
	Below    int    `json:"below"` // the threshold
}

// InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	Created     InvitationState = "created"
	Sent        InvitationState = "sent"
	Opened      InvitationState = "opened"
	Completed   InvitationState = "completed"
	Declined    InvitationState = "declined"
	Expired     InvitationState = "expired"
	Unreachable InvitationState = "unreachable"
)

// InvitationEvent is what may happen to an invitation.
type InvitationEvent string

// The events of an invitation.
const (
	invitationCreate  InvitationEvent = "Create"
	invitationSend    InvitationEvent = "Send"
	invitationOpen    InvitationEvent = "Open"
	invitationSubmit  InvitationEvent = "Submit"
	invitationDecline InvitationEvent = "Decline"
	invitationExpire  InvitationEvent = "Expire"
	invitationGiveUp  InvitationEvent = "GiveUp"
	invitationRemind  InvitationEvent = "Remind"
)

// Respondent is the role of the host's endpoint that customers answer through. It may do
// nothing but what the key of an invitation allows, so it is safe to give to a program
// that faces the public.
const Respondent kernel.Role = "respondent"

// Who deals with invitations.
var (
	askers    = []kernel.Role{access.System, access.Manager, access.ComplaintHandler, access.Agent, access.Adviser, access.ProductManager}
	customers = []kernel.Role{Respondent}
	revealers = []kernel.Role{access.Manager, access.ComplaintHandler, access.PrivacyOfficer}
	asked     = []InvitationState{Created, Sent, Opened}
)

// InvitationLife is the life of an invitation.
var InvitationLife = workflow.Must(workflow.New(workflow.Table[InvitationState, InvitationEvent]{
	Name: "invitation", Label: label("Survey invitation", "调查邀请"),
	States: []workflow.State[InvitationState]{
		{Name: Created, Class: workflow.Open, Label: label("Created", "已生成")},
		{Name: Sent, Class: workflow.Waiting, Label: label("Sent", "已发送")},
		{Name: Opened, Class: workflow.Waiting, Label: label("Opened", "已打开")},
		{Name: Completed, Class: workflow.Ended, Label: label("Completed", "已完成")},
		{Name: Declined, Class: workflow.Ended, Label: label("Declined", "已拒绝")},
		{Name: Expired, Class: workflow.Ended, Label: label("Expired", "已过期")},
		{Name: Unreachable, Class: workflow.Ended, Label: label("Unreachable", "无法联系")},
	},
	Rows: []workflow.Row[InvitationState, InvitationEvent]{
		{Event: invitationCreate, Create: true, To: Created, Who: askers,
			Label: label("Create", "生成"), Note: "A customer is picked to be asked."},
		{Event: invitationSend, From: []InvitationState{Created}, To: Sent, Who: askers, Guards: []string{"running", "in_time"},
			Label: label("Send", "发送"), Note: "The invitation goes out; on line with a key that is made now and told once."},
		{Event: invitationOpen, From: []InvitationState{Sent}, To: Opened, Who: customers, Guards: []string{"answerable", "in_time"},
			Label: label("Open", "打开"), Note: "The customer looks at the questionnaire, or picks up the telephone."},
		{Event: invitationSubmit, From: []InvitationState{Opened}, To: Completed, Who: customers, Guards: []string{"answerable", "in_time"},
			Label: label("Submit", "提交"), Note: "The answers are in."},
		{Event: invitationDecline, From: asked, To: Declined, Who: askers,
			Label: label("Decline", "拒绝"), Note: "The customer does not want to answer."},
		{Event: invitationExpire, From: asked, To: Expired, Who: askers, Guards: []string{"overdue"},
			Label: label("Expire", "过期"), Note: "The time to answer is over, or the campaign closed."},
		{Event: invitationGiveUp, From: asked, To: Unreachable, Who: askers,
			Label: label("Give up", "无法联系"), Note: "The customer cannot be reached."},
		{Event: invitationRemind, From: []InvitationState{Sent, Opened}, Who: askers, Guards: []string{"running", "in_time", "reminders_left"},
			Label: label("Remind", "提醒"), Note: "The customer is reminded, within the plan's number of reminders."},
	},
}))

var invitationLife = &command.Life[Invitation, InvitationState, InvitationEvent]{
	Kind: "invitation", Machine: InvitationLife,
	Guards: map[string]func(*command.Unit, *Invitation) error{
		"running": func(u *command.Unit, i *Invitation) error {
			c, err := storage.Get[Campaign](u, i.CampaignID)
			if err != nil {
				return err
			}
			return c.invites()
		},
		"answerable": func(u *command.Unit, i *Invitation) error {
			c, err := storage.Get[Campaign](u, i.CampaignID)
			if err == nil && c.over() {
				return ErrOver
			}
			return err
		},
		"in_time": func(u *command.Unit, i *Invitation) error {
			if i.late(u.Now()) {
				return ErrOver
			}
			return nil
		},
		"overdue": func(u *command.Unit, i *Invitation) error {
			if i.late(u.Now()) {
				return nil
			}
			c, err := storage.Get[Campaign](u, i.CampaignID)
			if err == nil && !c.over() {
				return kernel.Invalid("expires_at", "range", "there is still time to answer")
			}
			return err
		},
		"reminders_left": func(u *command.Unit, i *Invitation) error {
			c, err := storage.Get[Campaign](u, i.CampaignID)
			if err == nil && i.Reminders >= int64(c.Plan.Reminders) {
				return kernel.Invalid("reminders", "range", "at most %d reminders", c.Plan.Reminders)
			}
			return err
		},
	},
}

// late reports whether the time to answer is over.
func (i *Invitation) late(now time.Time) bool {
	return !i.ExpiresAt.IsZero() && !now.Before(i.ExpiresAt)
}

// Columns of invitations and what belongs to them.
const (
	colInvitationState = storage.Col[InvitationState]("state")
	colInvitation      = storage.Col[kernel.ID]("invitation_id")
	colCustomer        = storage.Col[kernel.Ref]("customer")
	colOnce            = storage.Col[string]("once")
	colKey             = storage.Col[[]byte]("key_digest")
	colExpires         = storage.Col[time.Time]("expires_at")
)
