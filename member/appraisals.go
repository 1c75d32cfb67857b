package member

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Appraisals gives commands to appraisals and answers questions about them.
type Appraisals struct {
	run command.Runner
	cfg Config
}

// Appraising says how somebody has worked in a period.
type Appraising struct {
	Staff  kernel.ID
	From   kernel.Date // first day
	To     kernel.Date // last day, not after today
	Marks  Marks
	Remark privacy.Secret // may be empty
}

func (in *Appraising) check(f *kernel.FieldErrors) {
	if in.Staff == "" {
		f.Add("staff", "required", "name who is appraised")
	}
	checkDay(f, "from", in.From, true)
	checkDay(f, "to", in.To, true)
	if in.To < in.From {
		f.Add("to", "range", "before the first day")
	}
	checkScore(f, "marks.quality", in.Marks.Quality)
	checkScore(f, "marks.skill", in.Marks.Skill)
	checkScore(f, "marks.satisfaction", in.Marks.Satisfaction)
	checkSecret(f, "remark", in.Remark)
}

// Appraise grades somebody's work in a period by the room's [Scheme]. Nobody appraises
// themselves: [kernel.ErrForbidden]. A period that overlaps another appraisal of the same
// person is a [kernel.DuplicateError].
func (s *Appraisals) Appraise(ctx context.Context, in Appraising, opts ...kernel.Option) (Appraisal, error) {
	return command.Create(ctx, s.run, appraisalLife, command.Creation[Appraisal, AppraisalEvent]{
		Event: AppraisalAppraise, Input: in,
		Check: func(f *kernel.FieldErrors) { in.check(f); f.Merge("scheme", s.cfg.Appraisal.Check()) },
		Build: func(u *command.Unit) (*Appraisal, error) {
			if err := s.cfg.past(u, "to", &in.To); err != nil {
				return nil, err
			}
			p, err := visible[Staff](u, in.Staff)
			if err != nil {
				return nil, unknown("staff", err)
			}
			if string(p.Actor) == u.Actor.ID {
				return nil, fmt.Errorf("nobody appraises themselves: %w", kernel.ErrForbidden)
			}
			other, err := storage.One[Appraisal](u, storage.Query{Where: []storage.Cond{
				colStaff.Eq(p.ID), colFrom.Le(in.To), colTo.Ge(in.From),
			}})
			if err != nil {
				return nil, err
			}
			if other != nil {
				return nil, &kernel.DuplicateError{Kind: "appraisal", Candidates: []kernel.ID{other.ID}, Certain: true}
			}
			a := &Appraisal{StaffID: p.ID, From: in.From, To: in.To, Marks: in.Marks, Weights: s.cfg.Appraisal.Weights, Remark: in.Remark}
			a.Branch = p.Branch
			score, grade := s.cfg.Appraisal.grade(in.Marks)
			a.Score, a.Grade, a.Then = score, grade.Code, grade.Then
			u.Fact("staff", string(p.Actor))
			u.Fact("score", a.Score)
			u.Fact("grade", a.Grade)
			return a, nil
		},
	}, opts...)
}

// Reward gives the reward that the grade asks for; code says which.
func (s *Appraisals) Reward(ctx context.Context, id kernel.ID, code string, opts ...kernel.Option) (Appraisal, error) {
	return command.Fire(ctx, s.run, appraisalLife, id, command.Call[Appraisal, AppraisalEvent]{
		Event: AppraisalReward, Input: struct{ Code string }{code},
		Check: func(f *kernel.FieldErrors) { checkCode(f, "code", code, true) },
		Apply: func(u *command.Unit, a *Appraisal) error {
			a.Reward = code
			u.Fact("reward", code)
			return nil
		},
	}, opts...)
}

// Settle ends an appraisal whose grade asks for nothing.
func (s *Appraisals) Settle(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Appraisal, error) {
	return command.Fire(ctx, s.run, appraisalLife, id, command.Call[Appraisal, AppraisalEvent]{Event: AppraisalSettle}, opts...)
}

// Coaching is a plan to improve.
type Coaching struct {
	Coach kernel.Ref     // who helps, another than the person
	Plan  privacy.Secret // what is to be reached
	Due   kernel.Date    // until when, after today
}

// Coach begins the coaching that the grade asks for.
func (s *Appraisals) Coach(ctx context.Context, id kernel.ID, in Coaching, opts ...kernel.Option) (Appraisal, error) {
	return command.Fire(ctx, s.run, appraisalLife, id, command.Call[Appraisal, AppraisalEvent]{
		Event: AppraisalCoach, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkRef(f, "coach", in.Coach, true)
			if in.Plan.IsZero() {
				f.Add("plan", "required", "say what is to be reached")
			}
			checkSecret(f, "plan", in.Plan)
			checkDay(f, "due", in.Due, true)
		},
		Guard: func(u *command.Unit, a *Appraisal) error {
			var f kernel.FieldErrors
			if in.Due <= s.cfg.today(u) {
				f.Add("due", "range", "after today")
			}
			p, err := storage.Get[Staff](u, a.StaffID)
			if err != nil {
				return err
			}
			if p.Actor == in.Coach {
				f.Add("coach", "conflict", "nobody coaches themselves")
			}
			coach, err := staffOf(u, in.Coach)
			if err != nil {
				return err
			}
			if coach != nil && coach.State != StaffActive {
				f.Add("coach", "state", "this coach does not work at present")
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, a *Appraisal) error {
			a.Coach, a.Plan, a.Due = in.Coach, in.Plan, in.Due
			u.Fact("coach", string(in.Coach))
			u.Fact("due", in.Due)
			return nil
		},
	}, opts...)
}

// Conclude ends a coaching and notes whether the plan was reached.
func (s *Appraisals) Conclude(ctx context.Context, id kernel.ID, reached bool, opts ...kernel.Option) (Appraisal, error) {
	return command.Fire(ctx, s.run, appraisalLife, id, command.Call[Appraisal, AppraisalEvent]{
		Event: AppraisalConclude, Input: struct{ Reached bool }{reached},
		Apply: func(u *command.Unit, a *Appraisal) error {
			a.Reached = reached
			u.Fact("reached", reached)
			return nil
		},
	}, opts...)
}
