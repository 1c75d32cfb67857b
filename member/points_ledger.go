package member

import (
	"cmp"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
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
