package member

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a training.
func (s *Trainings) Get(ctx context.Context, id kernel.ID) (Training, error) {
	return command.Get(ctx, s.run, trainingLife, id)
}

// Allowed returns what the actor may do with a training now, and why not the rest.
func (s *Trainings) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[TrainingState, TrainingEvent], error) {
	return command.Allowed(ctx, s.run, trainingLife, id)
}

// History returns what happened to a training, the oldest first.
func (s *Trainings) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, trainingLife, id)
}

// Workflow returns the table of a training's life.
func (*Trainings) Workflow() *workflow.Machine[TrainingState, TrainingEvent] { return TrainingLife }

// TrainingFilter narrows a list of trainings; empty parts do not.
type TrainingFilter struct {
	Course  kernel.ID
	Staff   kernel.ID
	Session kernel.Ref
	State   TrainingState
}

// where returns the filter's conditions; ok is false when nothing can match.
func (t *TrainingFilter) where(u *command.Unit) (where []storage.Cond, ok bool, err error) {
	where = u.Branches()
	for _, by := range [...]struct {
		col storage.Col[kernel.ID]
		id  kernel.ID
	}{{colCourse, t.Course}, {colStaff, t.Staff}} {
		if by.id == "" {
			continue
		}
		id, err := kernel.ParseID(string(by.id))
		if err != nil {
			return nil, false, nil
		}
		where = append(where, by.col.Eq(id))
	}
	if t.State != "" {
		if TrainingLife.Class(t.State) == 0 {
			return nil, false, kernel.Invalid("state", "unknown", "not a state of a training")
		}
		where = append(where, colTraining.Eq(t.State))
	}
	if t.Session != "" {
		if storage.CheckText(string(t.Session)) != nil {
			return nil, false, nil
		}
		where = append(where, colSession.Eq(t.Session))
	}
	return where, true, nil
}

// List returns one page of the trainings, in the order in which they were planned.
func (s *Trainings) List(ctx context.Context, filter TrainingFilter, page kernel.List) (kernel.Page[Training], error) {
	var out kernel.Page[Training]
	err := s.run.Look(ctx, "training.List", func(u *command.Unit) error {
		where, ok, err := filter.where(u)
		if err == nil && ok {
			out, err = storage.Page[Training](u, storage.Query{Where: where}, page)
		}
		return err
	})
	return out, err
}

// Results are how trainings went (SP 3.3.15). Averages are rounded half-even to two
// decimals, and zero over nothing.
type Results struct {
	Trainings    map[TrainingState]int64 // how many in each state
	Attendance   decimal.Decimal         // per cent, of those that were examined
	Score        decimal.Decimal         // likewise, 0 to 100
	Satisfaction decimal.Decimal         // 1 to 5, of those who said
	Said         int64                   // how many did
}

// Results sums up the trainings that the filter finds.
func (s *Trainings) Results(ctx context.Context, filter TrainingFilter) (Results, error) {
	out := Results{Trainings: map[TrainingState]int64{}}
	err := s.run.Look(ctx, "training.Results", func(u *command.Unit) error {
		where, ok, err := filter.where(u)
		if err != nil || !ok {
			return err
		}
		rows, err := u.Tally(&Training{}, storage.Query{Where: where}, []string{"state"}, storage.Sum("attendance"), storage.Sum("score"))
		if err != nil {
			return err
		}
		var examined int64
		for _, row := range rows {
			state, _ := row.Group[0].(TrainingState)
			out.Trainings[state] = row.Count
			if state == TrainingExamined || TrainingLife.Class(state) == workflow.Ended {
				examined += row.Count
				out.Attendance, out.Score = out.Attendance.Add(row.Sums[0]), out.Score.Add(row.Sums[1])
			}
		}
		out.Attendance, out.Score = mean(out.Attendance, examined), mean(out.Score, examined)
		said, err := u.Tally(&Training{}, storage.Query{Where: append(where, colSatisfaction.Gt(0))}, nil, storage.Sum("satisfaction"))
		if err == nil {
			out.Said = said[0].Count
			out.Satisfaction = mean(said[0].Sums[0], out.Said)
		}
		return err
	})
	return out, err
}

// mean is a sum over n, rounded half-even to two decimals; 0 over nothing.
func mean(sum decimal.Decimal, n int64) decimal.Decimal {
	if n == 0 {
		return decimal.Zero
	}
	over, cent := decimal.NewFromInt(n), decimal.New(1, -2)
	q, rest := sum.QuoRem(over, 2)
	switch rest.Add(rest).Cmp(over.Mul(cent)) {
	case 1:
		return q.Add(cent)
	case 0: // a tie goes to the even neighbour
		return q.Add(cent.Div(decimal.NewFromInt(2))).RoundBank(2)
	}
	return q
}
