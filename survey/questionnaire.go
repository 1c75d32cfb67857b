package survey

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Questionnaire is one edition of a questionnaire (调查问卷).
type Questionnaire struct {
	kernel.Root `gorm:"embedded"`
	State       QuestionnaireState `gorm:"column:state" json:"state"`
	Code        string             `gorm:"column:code;uniqueIndex:survey_questionnaires_code" json:"code"`
	Edition     int64              `gorm:"column:edition;uniqueIndex:survey_questionnaires_code" json:"edition"` // 1, 2, … of the code
	Content     Content            `gorm:"column:content;serializer:json" json:"content"`
}

// TableName is crm_survey_questionnaires.
func (*Questionnaire) TableName() string { return "crm_survey_questionnaires" }

// Status returns where the state is, for the engine.
func (q *Questionnaire) Status() *QuestionnaireState { return &q.State }

// QuestionnaireState is where a questionnaire stands.
type QuestionnaireState string

// The states of a questionnaire.
const (
	QuestionnaireDraft     QuestionnaireState = "draft"
	QuestionnairePublished QuestionnaireState = "published"
	QuestionnaireRetired   QuestionnaireState = "retired"
)

// QuestionnaireEvent is what may happen to a questionnaire.
type QuestionnaireEvent string

// The events of a questionnaire.
const (
	questionnaireDraft   QuestionnaireEvent = "Draft"
	questionnaireEdit    QuestionnaireEvent = "Edit"
	questionnairePublish QuestionnaireEvent = "Publish"
	questionnaireRetire  QuestionnaireEvent = "Retire"
)

// planners design what is asked, and of whom.
var planners = []kernel.Role{access.Manager, access.ProductManager, access.ComplaintHandler}

// QuestionnaireLife is the life of a questionnaire.
var QuestionnaireLife = workflow.Must(workflow.New(workflow.Table[QuestionnaireState, QuestionnaireEvent]{
	Name: "questionnaire", Label: label("Questionnaire", "调查问卷"),
	States: []workflow.State[QuestionnaireState]{
		{Name: QuestionnaireDraft, Class: workflow.Open, Label: label("Draft", "草稿")},
		{Name: QuestionnairePublished, Class: workflow.Open, Label: label("Published", "已发布")},
		{Name: QuestionnaireRetired, Class: workflow.Ended, Label: label("Retired", "已停用")},
	},
	Rows: []workflow.Row[QuestionnaireState, QuestionnaireEvent]{
		{Event: questionnaireDraft, Create: true, To: QuestionnaireDraft, Who: planners,
			Label: label("Draft", "起草"), Note: "A new questionnaire, or the next edition of one, is begun."},
		{Event: questionnaireEdit, From: []QuestionnaireState{QuestionnaireDraft}, Who: planners,
			Label: label("Edit", "修改"), Note: "The content of a draft is replaced."},
		{Event: questionnairePublish, From: []QuestionnaireState{QuestionnaireDraft}, To: QuestionnairePublished, Who: planners, Guards: []string{"complete"},
			Label: label("Publish", "发布"), Note: "The content is complete in both languages; it does not change any more."},
		{Event: questionnaireRetire, From: []QuestionnaireState{QuestionnairePublished}, To: QuestionnaireRetired, Who: planners,
			Label: label("Retire", "停用"), Note: "No new campaign uses it; those that have begun run on."},
	},
}))

var questionnaireLife = &command.Life[Questionnaire, QuestionnaireState, QuestionnaireEvent]{
	Kind: "questionnaire", Machine: QuestionnaireLife,
	Guards: map[string]func(*command.Unit, *Questionnaire) error{
		"complete": func(_ *command.Unit, q *Questionnaire) error {
			var f kernel.FieldErrors
			q.Content.complete(&f)
			return f.Err()
		},
	},
}

// Columns of questionnaires and campaigns.
const (
	colCode      = storage.Col[string]("code")
	colEdition   = storage.Col[int64]("edition")
	colQuestions = storage.Col[QuestionnaireState]("state")
)
