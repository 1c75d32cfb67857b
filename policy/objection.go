package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Objection is a question that has to be settled before a step (核保问题). A rule raises
// it, or a person; an open or an upheld one blocks its step and every later one.
type Objection struct {
	kernel.Meta   `gorm:"embedded"`
	ApplicationID kernel.ID        `gorm:"column:application_id" json:"application_id"`
	PersonRef     kernel.Ref       `gorm:"column:person" json:"-"`
	State         ObjectionState   `gorm:"column:state" json:"state"`
	Rule          string           `gorm:"column:rule" json:"rule"`                 // code of the rule, or of the person's own
	Article       string           `gorm:"column:article" json:"article,omitempty"` // of the law behind it
	Path          string           `gorm:"column:path" json:"path,omitempty"`       // what of the form it is about: "insured[0]"
	Blocks        ApplicationEvent `gorm:"column:blocks" json:"blocks"`
	Detail        privacy.Secret   `gorm:"column:detail" json:"detail,omitzero"` // in words
	RaisedBy      string           `gorm:"column:raised_by" json:"raised_by"`    // staff, or "rules"
	SettledBy     string           `gorm:"column:settled_by" json:"settled_by,omitempty"`
	Answer        privacy.Secret   `gorm:"column:answer" json:"answer,omitzero"` // why it was cleared or upheld
}

// TableName is crm_objections.
func (*Objection) TableName() string { return "crm_objections" }

// Person returns the policyholder.
func (o *Objection) Person() kernel.Ref { return o.PersonRef }

// Standing reports whether the objection blocks its step.
func (o *Objection) Standing() bool { return o.State != ObjectionCleared }

// ObjectionState is where an objection stands.
type ObjectionState string

// The states of an objection.
const (
	ObjectionOpen    ObjectionState = "open"
	ObjectionCleared ObjectionState = "cleared"
	ObjectionUpheld  ObjectionState = "upheld"
)

// ObjectionEvent is what may happen to an objection, always by a note of its application.
type ObjectionEvent string

// ObjectionLife is the life of an objection.
var ObjectionLife = workflow.Must(workflow.New(workflow.Table[ObjectionState, ObjectionEvent]{
	Name: "objection", Label: label("Objection", "核保问题"),
	States: []workflow.State[ObjectionState]{
		{Name: ObjectionOpen, Class: workflow.Open, Label: label("Open", "待处理")},
		{Name: ObjectionCleared, Class: workflow.Ended, Label: label("Cleared", "已解除")},
		{Name: ObjectionUpheld, Class: workflow.Ended, Label: label("Upheld", "已维持")},
	},
	Rows: []workflow.Row[ObjectionState, ObjectionEvent]{
		{Event: "Raise", Create: true, To: ObjectionOpen, Who: []kernel.Role{access.Underwriter, access.System},
			Label: label("Raise", "提出"), Note: "A rule or a person objects."},
		{Event: "Clear", From: []ObjectionState{ObjectionOpen}, To: ObjectionCleared, Who: underwriters,
			Label: label("Clear", "解除"), Note: "It is settled."},
		{Event: "Uphold", From: []ObjectionState{ObjectionOpen}, To: ObjectionUpheld, Who: underwriters,
			Label: label("Uphold", "维持"), Note: "It stands."},
		{Event: "Reopen", From: []ObjectionState{ObjectionCleared}, To: ObjectionOpen, Reopens: true, Who: underwriters,
			Label: label("Reopen", "重提"), Note: "It was cleared too early."},
	},
}))

// steps that an objection may block, in their order.
var steps = []ApplicationEvent{PassReview, Approve, Sign, Issue}

// ObjectionError says which objections stand in the way of a step. It is a
// [kernel.ErrState].
type ObjectionError struct {
	Step       ApplicationEvent
	Objections []Objection // open or upheld; without their free texts
}

func (e *ObjectionError) Error() string {
	var names []string
	for _, o := range e.Objections {
		name := o.Rule
		if o.Path != "" {
			name += " (" + o.Path + ")"
		}
		names = append(names, name)
	}
	return fmt.Sprintf("%s: %d objection(s): %s", e.Step, len(names), strings.Join(names, ", "))
}

// Is reports that it is a [kernel.ErrState].
func (e *ObjectionError) Is(target error) bool { return target == kernel.ErrState }

// unblocked makes the guard of a step: no objection to it or to an earlier one stands.
func unblocked(step ApplicationEvent) func(*command.Unit, *Application) error {
	return func(u *command.Unit, a *Application) error {
		found, err := storage.Find[Objection](u, ofApplication(a.ID))
		if err != nil {
			return err
		}
		var standing []Objection
		for _, o := range found {
			if o.Standing() && slices.Index(steps, o.Blocks) <= slices.Index(steps, step) {
				o.Detail, o.Answer = privacy.Secret{}, privacy.Secret{}
				standing = append(standing, o)
			}
		}
		if len(standing) > 0 {
			return &ObjectionError{step, standing}
		}
		return nil
	}
}

const colApplication = storage.Col[kernel.ID]("application_id")

// ofApplication finds the parts of an application in the order in which they came.
func ofApplication(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colApplication.Eq(id)}}
}
