package member

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Basis says what a tier rests on.
type Basis string

// What a tier may rest on.
const (
	ByDay     Basis = "day"     // the figures at the beginning of the day
	ByReview  Basis = "review"  // those of the last review: a tier is kept until the next
	ByAdopted Basis = "adopted" // what the system before said
)

// Evaluation is a member's tier on a day, and why. It is written once for a day.
type Evaluation struct {
	kernel.Meta `gorm:"embedded"`
	MemberID    kernel.ID      `gorm:"column:member_id;uniqueIndex:member_tiers_day" json:"member_id"`
	On          kernel.Date    `gorm:"column:on_day;uniqueIndex:member_tiers_day" json:"on"`
	Tier        string         `gorm:"column:tier" json:"tier"`
	Name        workflow.Label `gorm:"column:name;serializer:json" json:"name"`
	Basis       Basis          `gorm:"column:basis" json:"basis"`
	RulesFrom   kernel.Date    `gorm:"column:rules_from" json:"rules_from"` // the version of the rules
	Figures     Figures        `gorm:"column:figures;serializer:json" json:"figures"`
	Review      Figures        `gorm:"column:review;serializer:json" json:"review,omitzero"` // where the tier is kept from a review: its figures
	NextReview  kernel.Date    `gorm:"column:next_review" json:"next_review"`
	Why         workflow.Label `gorm:"column:why;serializer:json" json:"why"`
	Next        workflow.Label `gorm:"column:next;serializer:json" json:"next,omitzero"` // what the next tier asks; zero at the top
}

// TableName is crm_member_tiers.
func (*Evaluation) TableName() string { return "crm_member_tiers" }

// Frozen says that an evaluation is never changed.
func (*Evaluation) Frozen() {}

const colOn = storage.Col[kernel.Date]("on_day")
