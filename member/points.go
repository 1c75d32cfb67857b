package member

import (
	"cmp"
	"slices"

	"github.com/coverkit/crm/internal/command"
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

// A balance never exceeds what a screen and a sum can hold.
const maxBalance = 1000 * maxPoints

// book is a member's points at work inside a command.
type book struct {
	u       *command.Unit
	m       *Member
	today   kernel.Date
	lots    []Lot // with something left, those that expire first before the others
	moves   []storage.Record
	changed map[kernel.ID]bool
}

// book opens the lots that have something left.
func (s *Members) book(u *command.Unit, m *Member) (*book, error) {
	lots, err := storage.Find[Lot](u, storage.Query{Where: []storage.Cond{colMember.Eq(m.ID), colRemaining.Gt(0)}})
	slices.SortFunc(lots, firstOut)
	return &book{u: u, m: m, today: s.cfg.today(u), lots: lots, changed: map[kernel.ID]bool{}}, err
}

// firstOut puts what expires earlier first, then what was earned earlier.
func firstOut(a, b Lot) int {
	end := func(l *Lot) kernel.Date {
		if l.ExpiresOn == 0 {
			return kernel.LastDate + 1
		}
		return l.ExpiresOn
	}
	return cmp.Or(cmp.Compare(end(&a), end(&b)), cmp.Compare(a.EarnedOn, b.EarnedOn), cmp.Compare(a.ID, b.ID))
}

// move takes points from a lot and writes the line of the statement.
func (b *book) move(l *Lot, kind MoveKind, n int64, reference string) {
	switch kind {
	case MoveSpent:
		l.Spent += n
	case MoveExpired:
		l.Expired += n
	case MoveReversed:
		l.Reversed += n
	case MoveMerged:
		l.Merged += n
	}
	l.Remaining -= n
	b.m.Points -= n
	b.changed[l.ID] = true
	b.line(l, kind, n, reference)
}

func (b *book) line(l *Lot, kind MoveKind, n int64, reference string) {
	b.moves = append(b.moves, &PointMove{
		MemberID: b.m.ID, LotID: l.ID, Kind: kind, Points: n, On: b.today, EarnedOn: l.EarnedOn, Reference: reference,
	})
}

// add opens a lot.
func (b *book) add(l Lot, kind MoveKind) error {
	if l.Earned > maxBalance-b.m.Points {
		return kernel.Invalid("points", "range", "a balance has at most %d points", int64(maxBalance))
	}
	l.MemberID, l.Remaining = b.m.ID, l.Earned
	if err := b.u.Insert(&l); err != nil {
		return err
	}
	b.m.Points += l.Earned
	b.line(&l, kind, l.Earned, string(l.Source))
	return nil
}

// expire books what is over by the day.
func (b *book) expire(on kernel.Date) {
	var gone int64
	for i := range b.lots {
		l := &b.lots[i]
		if l.Remaining > 0 && l.ExpiresOn != 0 && l.ExpiresOn <= on {
			gone += l.Remaining
			b.move(l, MoveExpired, l.Remaining, "")
		}
	}
	if gone > 0 {
		b.u.Fact("expired", gone)
	}
}

// close writes what was booked, in the order of the lots.
func (b *book) close() error {
	for i := range b.lots {
		if l := &b.lots[i]; b.changed[l.ID] {
			if err := b.u.Save(l); err != nil {
				return err
			}
		}
	}
	b.u.Fact("balance", b.m.Points)
	return b.u.Insert(b.moves...)
}

// absorb takes over what is left of the lots of another membership.
func (s *Members) absorb(u *command.Unit, to *Member, lots []Lot) error {
	b, err := s.book(u, to)
	if err != nil {
		return err
	}
	for _, l := range lots {
		taken, err := lotOf(u, to.ID, l.Source)
		if err != nil {
			return err
		}
		next := Lot{Source: l.Source, Code: l.Code, EarnedOn: l.EarnedOn, ExpiresOn: l.ExpiresOn, Given: l.Given, Earned: l.Remaining}
		if taken != nil { // both earned from one source
			next.Source = l.ID.Ref()
		}
		if err := b.add(next, MoveAbsorbed); err != nil {
			return err
		}
	}
	return b.close()
}

// lotOf returns what a member earned from the source; nil for nothing.
func lotOf(tx storage.Tx, member kernel.ID, source kernel.Ref) (*Lot, error) {
	return storage.One[Lot](tx, storage.Query{Where: []storage.Cond{colMember.Eq(member), colSource.Eq(source)}})
}
