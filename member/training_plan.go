package member

import (
	"context"
	"errors"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Planning says who is to take which course.
type Planning struct {
	Course  kernel.ID
	Staff   kernel.ID   // the trainee
	Session kernel.Ref  // the class that they sit in; may be empty
	On      kernel.Date // first day
	Trainer Trainer
}

// Trainer says who teaches, and why they may.
type Trainer struct {
	Kind  TrainerKind
	Actor kernel.Ref     // of own staff
	Name  privacy.Secret // of somebody hired
	Firm  string         // that sends somebody hired, by code; name or firm is needed
	Meets []string       // the course's criteria that the trainer was found to meet; all are needed
}

func (in *Planning) check(f *kernel.FieldErrors) {
	if in.Course == "" {
		f.Add("course", "required", "name the course")
	}
	if in.Staff == "" {
		f.Add("staff", "required", "name the trainee")
	}
	checkRef(f, "session", in.Session, false)
	checkDay(f, "on", in.On, true)
	t, at := &in.Trainer, f.At("trainer")
	checkSecret(at, "name", t.Name)
	checkCode(at, "firm", t.Firm, false)
	checkRef(at, "actor", t.Actor, t.Kind == OwnTrainer)
	checkCount(at, "meets", len(t.Meets), MaxList)
	switch {
	case t.Kind != OwnTrainer && t.Kind != HiredTrainer:
		at.Add("kind", "required", "a course has a trainer, own or hired")
	case t.Kind == HiredTrainer && t.Name.IsZero() && t.Firm == "":
		at.Add("name", "required", "say who, or which firm, teaches")
	case t.Kind == HiredTrainer && t.Actor != "":
		at.Add("actor", "conflict", "somebody hired is not of the staff")
	}
}

// Plan plans a training. A trainer who does not work, who is the trainee, or who does not
// meet every criterion of the course is a [kernel.FieldErrors], all faults at once.
func (s *Trainings) Plan(ctx context.Context, in Planning, opts ...kernel.Option) (Training, error) {
	return command.Create(ctx, s.run, trainingLife, command.Creation[Training, TrainingEvent]{
		Event: TrainingPlan, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Training, error) {
			var f kernel.FieldErrors
			course, err := named[Course](u, &f, "course", in.Course)
			if err != nil {
				return nil, err
			}
			trainee, err := named[Staff](u, &f, "staff", in.Staff)
			if err != nil {
				return nil, err
			}
			if course != nil {
				in.judge(&f, course)
			}
			if trainee != nil {
				err = in.people(u, &f, trainee)
			}
			if err == nil {
				err = f.Err()
			}
			if err != nil {
				return nil, err
			}
			t := &Training{
				CourseID: course.ID, StaffID: trainee.ID, Session: in.Session, PlannedOn: in.On, Syllabus: course.Syllabus,
				TrainerKind: in.Trainer.Kind, TrainerActor: in.Trainer.Actor, TrainerName: in.Trainer.Name, TrainerFirm: in.Trainer.Firm,
			}
			t.Branch = trainee.Branch
			u.Fact("course", course.Code)
			u.Fact("staff", string(trainee.Actor))
			return t, nil
		},
	}, opts...)
}

// named loads a record that a form names; nil when there is none that the actor sees, which
// is a fault.
func named[T any, P interface {
	*T
	command.Root
}](u *command.Unit, f *kernel.FieldErrors, path string, id kernel.ID) (*T, error) {
	rec, err := visible[T, P](u, id)
	if errors.Is(err, kernel.ErrNotFound) {
		f.Add(path, "unknown", "there is none that you see")
		return nil, nil
	}
	return rec, err
}

// judge notes what speaks against the course and its trainer.
func (in *Planning) judge(f *kernel.FieldErrors, c *Course) {
	if c.State != CourseOffered {
		f.Add("course", "state", "the course is not offered any more")
	}
	for _, need := range c.Syllabus.Criteria {
		if !slices.Contains(in.Trainer.Meets, need.Code) {
			f.Add("trainer.meets", "criterion", "the trainer does not meet %q", need.Code)
		}
	}
}

// people notes what speaks against trainee and trainer as members of the staff.
func (in *Planning) people(u *command.Unit, f *kernel.FieldErrors, trainee *Staff) error {
	if trainee.State == StaffLeft {
		f.Add("staff", "state", "who has left is not trained")
	}
	if in.Trainer.Kind != OwnTrainer {
		return nil
	}
	own, err := staffOf(u, in.Trainer.Actor)
	switch {
	case err != nil:
		return err
	case own == nil:
		f.Add("trainer.actor", "unknown", "no member of the staff")
	case own.ID == trainee.ID:
		f.Add("trainer.actor", "conflict", "nobody trains themselves")
	case own.State != StaffActive:
		f.Add("trainer.actor", "state", "this trainer does not work at present")
	}
	return nil
}
