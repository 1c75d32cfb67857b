package member

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Trainings gives commands to trainings and answers questions about them.
type Trainings struct {
	run command.Runner
	cfg Config
}

// Run begins the course.
func (s *Trainings) Run(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{Event: TrainingRun}, opts...)
}

// Outcome is how a course went for the trainee.
type Outcome struct {
	Attendance decimal.Decimal // per cent of the hours, 0 to 100
	Score      decimal.Decimal // of the exam, 0 to 100
}

// Finish notes attendance and exam.
func (s *Trainings) Finish(ctx context.Context, id kernel.ID, in Outcome, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{
		Event: TrainingFinish, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkScore(f, "attendance", in.Attendance)
			checkScore(f, "score", in.Score)
		},
		Apply: func(u *command.Unit, t *Training) error {
			t.Attendance, t.Score, t.FinishedOn = in.Attendance, in.Score, s.cfg.today(u)
			u.Fact("attendance", in.Attendance)
			u.Fact("score", in.Score)
			return nil
		},
	}, opts...)
}

// Pass ends a training whose attendance and exam are enough, and gives the trainee the
// course's qualification from today; not to somebody who has left meanwhile.
func (s *Trainings) Pass(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{
		Event: TrainingPass,
		Apply: func(u *command.Unit, t *Training) error {
			if t.Syllabus.Qualification == "" {
				return nil
			}
			trainee, err := storage.Get[Staff](u, t.StaffID)
			if err != nil || trainee.State == StaffLeft {
				return err
			}
			proof := Proof{Code: t.Syllabus.Qualification, From: s.cfg.today(u), training: t.ID}
			if n := t.Syllabus.ValidMonths; n > 0 {
				proof.Until = proof.From.AddMonths(n)
			}
			u.Fact("qualification", proof.Code)
			_, err = (&Staffs{u.Runner(), s.cfg}).Qualify(u.Context(), t.StaffID, proof)
			return err
		},
	}, opts...)
}

// Fail ends a training whose attendance or exam are not enough.
func (s *Trainings) Fail(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{Event: TrainingFail}, opts...)
}

// Rate notes how satisfied the trainee is, from 1 to 5; said again, the last counts.
func (s *Trainings) Rate(ctx context.Context, id kernel.ID, satisfaction int, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{
		Event: TrainingRate, Input: struct{ Satisfaction int }{satisfaction},
		Check: func(f *kernel.FieldErrors) { checkInt(f, "satisfaction", int64(satisfaction), 1, 5) },
		Apply: func(u *command.Unit, t *Training) error {
			t.Satisfaction = satisfaction
			u.Fact("satisfaction", satisfaction)
			return nil
		},
	}, opts...)
}

// RecordEffect notes how the trainee's work has changed since; On zero is today.
func (s *Trainings) RecordEffect(ctx context.Context, id kernel.ID, in Effect, opts ...kernel.Option) (Training, error) {
	return command.Fire(ctx, s.run, trainingLife, id, command.Call[Training, TrainingEvent]{
		Event: TrainingRecordEffect, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "measure", in.Measure, true)
			checkDay(f, "on", in.On, false)
			f.Merge("before", kernel.FitsAmount(in.Before))
			f.Merge("after", kernel.FitsAmount(in.After))
		},
		Guard: func(u *command.Unit, t *Training) error {
			if len(t.Effects) >= MaxList {
				return kernel.Invalid("measure", "length", "at most %d effects", MaxList)
			}
			return s.cfg.past(u, "on", &in.On)
		},
		Apply: func(u *command.Unit, t *Training) error {
			t.Effects = append(t.Effects, in)
			u.Fact("measure", in.Measure)
			u.Fact("effect", in.After.Sub(in.Before))
			return nil
		},
	}, opts...)
}
