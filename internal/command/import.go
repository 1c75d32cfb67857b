package command

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Inflow says how rows from outside become subjects of one life. I is what a row is given
// as, W what is worked out about it on the way.
type Inflow[T, I, W any, E ~string] struct {
	Event   E
	Key     func(in *I) string
	In      func(in *I) string                              // the state to begin in, for an event that may begin in any; nil: that of the table
	Check   func(f *kernel.FieldErrors, in *I)              // faults of the row's form; may be nil
	Prepare func(ctx context.Context, b *Batch[I, W]) error // as in [Many]
	Look    func(u *Unit, b *Batch[I, W]) error             // as in [Many]
	Build   func(u *Unit, in *I, w *W) (*T, error)
	Then    func(u *Unit, in *I, w *W, rec *T) error
}

// Batch are the rows of one unit of work.
type Batch[I, W any] struct {
	*Rows
	In   []I
	Work []W // at zero when Look begins; what Prepare left there stays
}

// Import brings rows in, unit by unit, and says what became of them. Rows of a refused
// unit do not keep later units from being stored. The error is [kernel.FieldErrors] when
// rows were refused; any other error ends the import, and the report says how far it came.
func Import[T any, S, E ~string, I, W any, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], flow Inflow[T, I, W, E], rows iter.Seq[I], how kernel.Intake, opts ...kernel.Option) (kernel.IntakeReport, error) {
	x := &intake[T, S, E, I, W, P]{r: r, life: l, flow: flow, how: how, opts: opts}
	err := kernel.Survive(l.Action(flow.Event), func() error { return x.run(ctx, rows) })
	if err == nil {
		err = x.report.Err()
	}
	return x.report, err
}

type intake[T any, S, E ~string, I, W any, P Subject[T, S]] struct {
	r      Runner
	life   *Life[T, S, E]
	flow   Inflow[T, I, W, E]
	how    kernel.Intake
	opts   []kernel.Option
	report kernel.IntakeReport
	dry    bool
}

func (x *intake[T, S, E, I, W, P]) run(ctx context.Context, rows iter.Seq[I]) error {
	o, err := kernel.OptionsOf(x.opts)
	if err != nil {
		return err
	}
	x.dry = o.DryRun
	if err := x.unit(ctx, nil); err != nil { // who may not do it is told before the file is read
		return err
	}
	var f kernel.FieldErrors
	if x.how.Check(&f); f.Err() != nil || rows == nil {
		return f.Err()
	}
	size := x.how.Unit
	switch {
	case x.how.Whole:
		size = kernel.MaxUnit
	case size == 0:
		size = kernel.DefaultUnit
	}
	batch := make([]I, 0, min(size, kernel.DefaultUnit))
	for in := range rows {
		if len(batch) == size {
			if x.how.Whole {
				return kernel.Invalid("rows", "length", "at most %d rows are stored all or none", size)
			}
			if err := x.unit(ctx, batch); err != nil {
				return err
			}
			clear(batch)
			batch = batch[:0]
		}
		batch = append(batch, in)
	}
	if len(batch) == 0 {
		return nil
	}
	return x.unit(ctx, batch)
}

// unit stores rows, or refuses them.
func (x *intake[T, S, E, I, W, P]) unit(ctx context.Context, in []I) error {
	b := &Batch[I, W]{Rows: NewRows(x.report.Read, len(in)), In: in, Work: make([]W, len(in))}
	recs := make([]*T, len(in))
	kind := x.life
	m := &Many{
		Kind: kind.Kind, Event: string(x.flow.Event),
		Key:   func(i int) string { return x.flow.Key(&in[i]) },
		Input: func(i int) any { return &in[i] },
		Build: func(u *Unit, i int) (Root, error) {
			rec, err := x.flow.Build(u, &in[i], &b.Work[i])
			recs[i] = rec
			return P(rec), err
		},
		Over: func(state string) bool { return !kind.Machine.Class(S(state)).Live() },
		Move: func(ctx context.Context, u *Unit, i int) (string, error) {
			c := Creation[T, E]{Event: x.flow.Event}
			if x.flow.In != nil {
				c.In = x.flow.In(&in[i])
			}
			to, err := begin(ctx, kind, c, kind.guards(u, recs[i]))
			if err == nil {
				*P(recs[i]).Status() = to
			}
			return string(to), err
		},
	}
	if x.flow.Check != nil {
		m.Check = func(i int, f *kernel.FieldErrors) { x.flow.Check(f, &in[i]) }
	}
	if x.flow.Prepare != nil {
		m.Prepare = func(ctx context.Context, _ *Rows) error { return x.flow.Prepare(ctx, b) }
	}
	if x.flow.Look != nil {
		m.Look = func(u *Unit, _ *Rows) error { return x.flow.Look(u, b) }
	}
	if x.flow.Then != nil {
		m.Apply = func(u *Unit, i int) error { return x.flow.Then(u, &in[i], &b.Work[i], recs[i]) }
	}
	err := x.r.Many(ctx, m, b.Rows, x.opts...)
	if f, refused := b.Refused(err); refused {
		x.refused(len(in), f)
		return nil
	}
	if err == nil {
		x.stored(b.Rows)
	}
	return err
}

func (x *intake[T, S, E, I, W, P]) stored(rows *Rows) {
	for i := range rows.Len() {
		id, again := rows.Outcome(i)
		if again {
			x.report.Again++
		} else {
			x.report.Stored++
		}
		if x.how.Done != nil && !x.dry {
			x.how.Done(x.report.Read+i, id, again)
		}
	}
	x.report.Read += rows.Len()
}

func (x *intake[T, S, E, I, W, P]) refused(n int, f *kernel.FieldErrors) {
	x.report.Read += n
	x.report.Refused += n
	room := min(kernel.MaxFaults-len(x.report.Faults), len(f.Faults))
	x.report.Faults = append(x.report.Faults, f.Faults[:room]...)
	x.report.More += len(f.Faults) - room
}

// Ask asks for the rows that have one of the values in the column, in one trip. They come by
// column and key within each query of a thousand values: to be asked for by the key alone, a
// database may go through all that there is.
func Ask[T, V any](tx storage.Tx, col storage.Col[V], values []V, more ...storage.Cond) ([]T, error) {
	var reads []storage.Read
	var found []*[]T
	for part := range slices.Chunk(distinct(values), maxAsk) {
		into := new([]T)
		found = append(found, into)
		reads = append(reads, storage.Where(into, storage.Query{
			Where: append([]storage.Cond{col.In(part...)}, more...), Order: []storage.Order{col.Asc()},
		}))
	}
	if len(reads) == 0 {
		return nil, nil
	}
	err := tx.Load(reads...)
	var all []T
	for _, list := range found {
		all = append(all, *list...)
	}
	return all, err
}

const maxAsk = 1024

func distinct[V any](values []V) []V {
	seen := make(map[string]bool, len(values))
	once := make([]V, 0, len(values))
	for _, v := range values {
		key, ok := any(v).([]byte)
		if !ok {
			key = fmt.Append(nil, v)
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			once = append(once, v)
		}
	}
	return once
}
