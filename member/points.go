package member

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Lot is what a member earned from one source, and what became of it (积分批次). Earned is
// the sum of the columns after it, none of which is ever negative.
type Lot struct {
	kernel.Meta `gorm:"embedded"`
	MemberID    kernel.ID   `gorm:"column:member_id;uniqueIndex:point_lots_source" json:"member_id"`
	Source      kernel.Ref  `gorm:"column:source;uniqueIndex:point_lots_source" json:"source"` // what the points are for, once
	Code        string      `gorm:"column:code" json:"code,omitempty"`                         // kind of source, for statistics
	EarnedOn    kernel.Date `gorm:"column:earned_on" json:"earned_on"`
	ExpiresOn   kernel.Date `gorm:"column:expires_on" json:"expires_on,omitzero"` // first day without the points; zero: never
	Given       int64       `gorm:"column:given" json:"given"`                    // by the source; more than Earned when some was spent in a membership that was merged
	Earned      int64       `gorm:"column:earned" json:"earned"`
	Spent       int64       `gorm:"column:spent" json:"spent"`
	Expired     int64       `gorm:"column:expired" json:"expired"`
	Reversed    int64       `gorm:"column:reversed" json:"reversed"`
	Merged      int64       `gorm:"column:merged" json:"merged"` // gone to the membership that goes on
	Remaining   int64       `gorm:"column:remaining" json:"remaining"`
}

// TableName is crm_point_lots.
func (*Lot) TableName() string { return "crm_point_lots" }

// MoveKind says what happened to points.
type MoveKind string

// What may happen to points. Earned, absorbed and returned add, the others take away.
const (
	MoveEarned   MoveKind = "earned"
	MoveAbsorbed MoveKind = "absorbed" // of a membership that was merged into this one
	MoveSpent    MoveKind = "spent"
	MoveReturned MoveKind = "returned" // what had been spent
	MoveExpired  MoveKind = "expired"
	MoveReversed MoveKind = "reversed"
	MoveMerged   MoveKind = "merged" // gone to the membership that goes on
)

// PointMove is one line of a member's statement of points. It is written once.
type PointMove struct {
	kernel.Meta `gorm:"embedded"`
	MemberID    kernel.ID   `gorm:"column:member_id" json:"member_id"`
	LotID       kernel.ID   `gorm:"column:lot_id" json:"lot_id"`
	Kind        MoveKind    `gorm:"column:kind" json:"kind"`
	Points      int64       `gorm:"column:points" json:"points"`       // more than 0
	On          kernel.Date `gorm:"column:on_day" json:"on"`           // day on which it was booked
	EarnedOn    kernel.Date `gorm:"column:earned_on" json:"earned_on"` // of the lot
	Reference   string      `gorm:"column:reference" json:"reference,omitempty"`
}

// TableName is crm_point_moves.
func (*PointMove) TableName() string { return "crm_point_moves" }

// Frozen says that a line is never changed.
func (*PointMove) Frozen() {}

const (
	colSource    = storage.Col[kernel.Ref]("source")
	colRemaining = storage.Col[int64]("remaining")
	colExpires   = storage.Col[kernel.Date]("expires_on")
	colEarned    = storage.Col[kernel.Date]("earned_on")
	colMove      = storage.Col[MoveKind]("kind")
)
