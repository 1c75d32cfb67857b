package improve

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Filter says which improvements a list holds. Its parts all hold; empty parts do not
// count.
type Filter struct {
	State       State
	Open        bool // only those that are not ended
	Unit        kernel.Ref
	Responsible kernel.Ref
	DueBefore   kernel.Date // due on an earlier day
	Source      Source      // a kind alone: all from such sources
}

func (by Filter) where() ([]storage.Cond, error) {
	var f kernel.FieldErrors
	if by.State != "" && Lifecycle.Class(by.State) == 0 {
		f.Add("state", "unknown", "not a state of an improvement")
	}
	optional(&f, "unit", by.Unit)
	optional(&f, "responsible", by.Responsible)
	kernel.CheckDate(&f, "due_before", by.DueBefore)
	if by.Source != (Source{}) && !slices.Contains(sourceKinds, by.Source.Kind) {
		f.Add("source.kind", "unknown", "one of %v", sourceKinds)
	}
	optional(&f, "source.id", by.Source.ID)
	if err := f.Err(); err != nil {
		return nil, err
	}
	var where []storage.Cond
	if by.Source.Kind != "" {
		where = append(where, colSourceKind.Eq(by.Source.Kind))
	}
	if by.Source.ID != "" {
		where = append(where, colSourceID.Eq(by.Source.ID))
	}
	if by.State != "" {
		where = append(where, colState.Eq(by.State))
	}
	if by.Open {
		where = append(where, colState.In(live()...))
	}
	if by.Unit != "" {
		where = append(where, colUnit.Eq(by.Unit))
	}
	if by.Responsible != "" {
		where = append(where, colResponsible.Eq(by.Responsible))
	}
	if !by.DueBefore.IsZero() {
		where = append(where, colDue.Lt(by.DueBefore))
	}
	return where, nil
}

func live() []State {
	return slices.DeleteFunc(Lifecycle.States(), func(s State) bool { return !Lifecycle.Class(s).Live() })
}

// List returns one page of improvements, the oldest first.
func (s *Service) List(ctx context.Context, by Filter, page kernel.List) (kernel.Page[Improvement], error) {
	var out kernel.Page[Improvement]
	err := s.run.Look(ctx, kind+".List", func(u *command.Unit) error {
		where, err := by.where()
		if err == nil {
			out, err = storage.Page[Improvement](u, storage.Query{Where: append(u.Branches(), where...)}, page)
		}
		return err
	})
	return out, err
}

// Of returns the improvements that come from a source, the oldest first.
func Of(tx storage.Tx, s Source) ([]Improvement, error) {
	return storage.Find[Improvement](tx, storage.Query{Where: []storage.Cond{colSourceKind.Eq(s.Kind), colSourceID.Eq(s.ID)}})
}

// Counts says how far improvements are.
type Counts struct {
	Open      int64 `json:"open"`      // proposed, approved, in progress
	Done      int64 `json:"done"`      // in place, verified or not
	Effective int64 `json:"effective"` // of those done: verified, and better by every figure
	Rejected  int64 `json:"rejected"`
}

// Add adds up.
func (c *Counts) Add(o Counts) {
	c.Open += o.Open
	c.Done += o.Done
	c.Effective += o.Effective
	c.Rejected += o.Rejected
}

func counts(s State, effective bool, n int64) (c Counts) {
	switch s {
	case Rejected:
		c.Rejected = n
	case Done, Verified:
		if c.Done = n; effective {
			c.Effective = n
		}
	default:
		c.Open = n
	}
	return c
}

// Counts tells how far the improvements are that the filter lets through.
func (s *Service) Counts(ctx context.Context, by Filter) (Counts, error) {
	var sum Counts
	err := s.run.Look(ctx, kind+".Counts", func(u *command.Unit) error {
		where, err := by.where()
		if err != nil {
			return err
		}
		rows, err := u.Tally((*Improvement)(nil), storage.Query{Where: append(u.Branches(), where...)}, []string{string(colState), string(colEffective)})
		for _, r := range rows {
			sum.Add(counts(r.Group[0].(State), r.Group[1].(bool), r.Count))
		}
		return err
	})
	return sum, err
}

// BySource tells how far the improvements of each of the sources are, for the periodic
// analysis of complaints and surveys. Sources without improvements are not in the map.
func BySource(tx storage.Tx, kind SourceKind, ids ...kernel.Ref) (map[kernel.Ref]Counts, error) {
	all := map[kernel.Ref]Counts{}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
		q := storage.Query{Where: []storage.Cond{colSourceKind.Eq(kind), colSourceID.In(some...)}}
		rows, err := tx.Tally((*Improvement)(nil), q, []string{string(colSourceID), string(colState), string(colEffective)})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			id := r.Group[0].(kernel.Ref)
			sum := all[id]
			sum.Add(counts(r.Group[1].(State), r.Group[2].(bool), r.Count))
			all[id] = sum
		}
	}
	return all, nil
}
