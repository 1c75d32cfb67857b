package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

const colReference = storage.Col[string]("reference")

// Refund gives back what was spent.
type Refund struct {
	Reference kernel.Ref // of the spending; of several with one reference, all
	Grounds   Grounds
}

// Return gives back, to the lots that they came from, the points that were spent on a
// reference and not returned yet. Those of lots that are over meanwhile expire at once.
// When there are none it is a [kernel.FieldErrors] of code "unknown".
func (s *Members) Return(ctx context.Context, id kernel.ID, in Refund, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventReturn, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkRef(f, "reference", in.Reference, true)
			in.Grounds.check(f.At("grounds"), true)
		},
		Apply: func(u *command.Unit, m *Member) error {
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			spent, order, err := spentOn(u, m.ID, in.Reference)
			if err != nil {
				return err
			}
			var sum int64
			for _, lot := range order {
				if n := spent[lot]; n > 0 {
					sum += n
					if err := b.giveBack(lot, n, string(in.Reference)); err != nil {
						return err
					}
				}
			}
			if sum == 0 {
				return kernel.Invalid("reference", "unknown", "nothing that was spent on it is left to return")
			}
			b.expire(b.today)
			u.Fact("points", sum)
			u.Fact("reference", string(in.Reference))
			in.Grounds.note(u)
			return b.close()
		},
	}, opts...)
}

// spentOn returns what was spent on a reference and not returned, by lot, and the lots in
// the order in which they were first spent from.
func spentOn(tx storage.Tx, member kernel.ID, ref kernel.Ref) (spent map[kernel.ID]int64, order []kernel.ID, err error) {
	moves, err := storage.Find[PointMove](tx, storage.Query{Where: []storage.Cond{
		colMember.Eq(member), colReference.Eq(string(ref)), colMove.In(MoveSpent, MoveReturned),
	}})
	spent = map[kernel.ID]int64{}
	for _, x := range moves {
		if _, known := spent[x.LotID]; !known {
			order = append(order, x.LotID)
		}
		if x.Kind == MoveSpent {
			spent[x.LotID] += x.Points
		} else {
			spent[x.LotID] -= x.Points
		}
	}
	return spent, order, err
}

// giveBack puts spent points back into their lot, which may have been empty.
func (b *book) giveBack(lot kernel.ID, n int64, reference string) error {
	i := 0
	for i < len(b.lots) && b.lots[i].ID != lot {
		i++
	}
	if i == len(b.lots) {
		l, err := storage.Get[Lot](b.u, lot)
		if err != nil {
			return err
		}
		b.lots = append(b.lots, *l)
	}
	l := &b.lots[i]
	l.Spent -= n
	l.Remaining += n
	b.m.Points += n
	b.changed[l.ID] = true
	b.line(l, MoveReturned, n, reference)
	return nil
}
