package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Program is a loyalty program (会员计划). What it asks of its members is in its [Rules].
type Program struct {
	kernel.Root `gorm:"embedded"`
	State       ProgramState   `gorm:"column:state" json:"state"`
	Code        string         `gorm:"column:code;uniqueIndex:programs_code" json:"code"`
	Name        workflow.Label `gorm:"column:name;serializer:json" json:"name"`
}

// TableName is crm_programs.
func (*Program) TableName() string { return "crm_programs" }

// Status returns where the state is, for the engine.
func (p *Program) Status() *ProgramState { return &p.State }

// ProgramState is where a program stands.
type ProgramState string

// The states of a program.
const (
	ProgramOpen   ProgramState = "open"
	ProgramClosed ProgramState = "closed"
)

// ProgramEvent is what may happen to a program. Each is a command of [Programs].
type ProgramEvent string

// The events of a program.
const (
	ProgramFound  ProgramEvent = "Found"
	ProgramRevise ProgramEvent = "Revise"
	ProgramClose  ProgramEvent = "Close"
)

// ProgramLife is the life of a program.
var ProgramLife = workflow.Must(workflow.New(workflow.Table[ProgramState, ProgramEvent]{
	Name: "program", Label: label("Program", "会员计划"),
	States: []workflow.State[ProgramState]{
		{Name: ProgramOpen, Class: workflow.Open, Label: label("Open", "开放")},
		{Name: ProgramClosed, Class: workflow.Ended, Label: label("Closed", "已关闭")},
	},
	Rows: []workflow.Row[ProgramState, ProgramEvent]{
		{Event: ProgramFound, Create: true, To: ProgramOpen, Who: designers,
			Label: label("Found", "设立"), Note: "A program begins with its tiers and rules."},
		{Event: ProgramRevise, From: []ProgramState{ProgramOpen, ProgramClosed}, Who: designers,
			Label: label("Revise", "修订规则"), Note: "Other rules hold from a day to come."},
		{Event: ProgramClose, From: []ProgramState{ProgramOpen}, To: ProgramClosed, Who: managers,
			Label: label("Close", "关闭"), Note: "Nobody joins any more; those who are members stay."},
	},
}))

var programLife = &command.Life[Program, ProgramState, ProgramEvent]{Kind: "program", Machine: ProgramLife}

// ProgramRules is a version of a program's rules: it holds from a day on, until the next.
type ProgramRules struct {
	kernel.Meta `gorm:"embedded"`
	ProgramID   kernel.ID   `gorm:"column:program_id;uniqueIndex:program_rules_from" json:"program_id"`
	From        kernel.Date `gorm:"column:from_day;uniqueIndex:program_rules_from" json:"from"` // first day
	Rules       Rules       `gorm:"column:rules;serializer:json" json:"rules"`
}

// TableName is crm_program_rules.
func (*ProgramRules) TableName() string { return "crm_program_rules" }

// Frozen says that rules are never changed; others follow them.
func (*ProgramRules) Frozen() {}

const (
	colProgram = storage.Col[kernel.ID]("program_id")
	colFrom    = storage.Col[kernel.Date]("from_day")
	colCode    = storage.Col[string]("code")
)

// rulesOn returns the rules that hold on the day; nil when there were none yet.
func rulesOn(tx storage.Tx, program kernel.ID, on kernel.Date) (*ProgramRules, error) {
	return storage.One[ProgramRules](tx, storage.Query{
		Where: []storage.Cond{colProgram.Eq(program), colFrom.Le(on)}, Order: []storage.Order{colFrom.Desc()},
	})
}

func programGrants() []access.Grant {
	return append(command.Grants(programLife, readers), grant("program", readers, "ByCode", "List", "Rules")...)
}

var programSubjects = []journal.Subjects{{
	Kind: "program", Root: &Program{}, Parts: []journal.Part{{Record: &ProgramRules{}, Owner: string(colProgram)}},
}}
