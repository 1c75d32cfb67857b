package survey

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Response is that a customer answered: when, by which method, and who took it down. The
// answers themselves are its replies.
type Response struct {
	kernel.Meta     `gorm:"embedded"` // CreatedAt is when
	InvitationID    kernel.ID         `gorm:"column:invitation_id;uniqueIndex:survey_responses_invitation" json:"invitation_id"`
	CampaignID      kernel.ID         `gorm:"column:campaign_id" json:"campaign_id"`
	QuestionnaireID kernel.ID         `gorm:"column:questionnaire_id" json:"questionnaire_id"`
	Method          Method            `gorm:"column:method" json:"method"`
	EnteredBy       string            `gorm:"column:entered_by" json:"entered_by,omitempty"` // of the staff; empty on line
	Recording       kernel.Ref        `gorm:"column:recording" json:"recording,omitempty"`   // the host's reference of call, tape or paper
	Digest          []byte            `gorm:"column:digest" json:"-"`                        // keyed, of all answers: tells a retry from other answers
	Replayed        bool              `gorm:"-" json:"replayed,omitempty"`                   // it was given before
}

// TableName is crm_survey_responses.
func (*Response) TableName() string { return "crm_survey_responses" }

// Reply is the answer to one question; to several options of one question there are as
// many. It repeats of the invitation what analysis goes by.
type Reply struct {
	kernel.Meta  `gorm:"embedded"`
	InvitationID kernel.ID      `gorm:"column:invitation_id;uniqueIndex:survey_replies_answer" json:"invitation_id"`
	CampaignID   kernel.ID      `gorm:"column:campaign_id" json:"campaign_id"`
	Question     string         `gorm:"column:question;uniqueIndex:survey_replies_answer" json:"question"`
	Choice       string         `gorm:"column:choice;uniqueIndex:survey_replies_answer" json:"choice,omitempty"` // code of an option
	Kind         Kind           `gorm:"column:kind" json:"kind"`
	Score        int64          `gorm:"column:score" json:"score"`        // of a scored question, else 0
	Text         privacy.Secret `gorm:"column:text" json:"text,omitzero"` // free text, or a day as "2006-01-02"
	Customer     kernel.Ref     `gorm:"column:customer" json:"customer"`
	Branch       string         `gorm:"column:branch" json:"branch,omitempty"`
	Product      string         `gorm:"column:product" json:"product,omitempty"`
	Handler      kernel.Ref     `gorm:"column:handler" json:"handler,omitempty"`
	Channel      string         `gorm:"column:channel" json:"channel,omitempty"`
	Month        string         `gorm:"column:month" json:"month"` // of the answer: "2006-01"
}

// TableName is crm_survey_replies.
func (*Reply) TableName() string { return "crm_survey_replies" }

// Person returns whose data key seals the reply: the customer's.
func (r *Reply) Person() kernel.Ref { return r.Customer }

// LowScore tells of an answer under the campaign's thresholds.
type LowScore struct {
	Campaign   kernel.ID
	Invitation kernel.ID
	Contact    Contact // who answered, about what
	Marks      []LowMark
}

// Low returns the low scores of a happening: for the reaction that opens a return visit,
// and what follows when the visit confirms them. It is false for everything but an
// invitation that was just answered, with a score under a threshold.
func Low(h command.Happening) (LowScore, bool) {
	i, ok := h.Subject.(*Invitation)
	if !ok || h.Event != string(invitationSubmit) || len(i.Low) == 0 {
		return LowScore{}, false
	}
	return LowScore{
		Campaign: i.CampaignID, Invitation: i.ID, Marks: i.Low,
		Contact: Contact{Customer: i.Customer, Branch: i.Branch, About: i.About},
	}, true
}

// response returns what was answered to an invitation, or nil.
func response(u *command.Unit, invitation kernel.ID) (*Response, error) {
	return storage.One[Response](u, storage.Query{Where: []storage.Cond{colInvitation.Eq(invitation)}})
}

// replies returns the answers to an invitation, as they were stored.
func replies(u *command.Unit, invitation kernel.ID) ([]Reply, error) {
	return storage.Find[Reply](u, storage.Query{
		Where: []storage.Cond{colInvitation.Eq(invitation)}, Order: []storage.Order{colQuestion.Asc(), colChoice.Asc()},
	})
}

// digest stands for answers without showing them.
func digest(u *command.Unit, answers []Answer) ([]byte, error) {
	text, err := canon(answers)
	if err != nil {
		return nil, err
	}
	return u.Index("crm_survey_responses.digest", text)
}

// store holds the answers against the questionnaire and writes them down as the
// invitation's.
func (i *Invitation) store(u *command.Unit, x *examination, q *Content, low Thresholds, month string) error {
	i.CompletedAt, i.Low = u.Now(), nil
	for n, a := range x.answer {
		if a == nil {
			continue
		}
		question := &q.Questions[n]
		r := Reply{
			InvitationID: i.ID, CampaignID: i.CampaignID, Question: question.Code, Kind: question.Kind, Customer: i.Customer,
			Branch: i.Branch, Product: i.About.Product, Handler: i.About.Handler, Channel: i.About.Channel, Month: month,
		}
		choices := []string{""}
		switch {
		case a.Score != nil:
			r.Score = int64(*a.Score)
			if below := low.of(question.Kind); *a.Score < below {
				i.Low = append(i.Low, LowMark{question.Code, question.Kind, *a.Score, below})
			}
		case len(a.Choices) > 0:
			choices = a.Choices
		case a.Day != 0:
			r.Text = privacy.New(a.Day.String())
		default:
			r.Text = a.Text
		}
		for _, choice := range choices {
			one := r
			one.Choice = choice
			if err := u.Insert(&one); err != nil {
				return err
			}
		}
	}
	if len(i.Low) > 0 {
		u.Fact("low", true)
	}
	return nil
}

// Columns of replies.
const (
	colQuestion = storage.Col[string]("question")
	colChoice   = storage.Col[string]("choice")
	colKind     = storage.Col[Kind]("kind")
)
