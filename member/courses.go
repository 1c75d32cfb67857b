package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Courses gives commands to courses and answers questions about them.
type Courses struct {
	run command.Runner
	cfg Config
}

// Offering begins a course.
type Offering struct {
	Code     string // 1 to 64 bytes, unique within the tenant
	Syllabus Syllabus
	Branch   string // whose course it is; empty: everybody's
}

// Offer begins a course. A code that is taken is a [kernel.DuplicateError].
func (s *Courses) Offer(ctx context.Context, in Offering, opts ...kernel.Option) (Course, error) {
	return command.Create(ctx, s.run, courseLife, command.Creation[Course, CourseEvent]{
		Event: CourseOffer, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "code", in.Code, true)
			checkCode(f, "branch", in.Branch, false)
			in.Syllabus.check(f.At("syllabus"))
		},
		Build: func(u *command.Unit) (*Course, error) {
			taken, err := courseWithCode(u, in.Code)
			if err != nil {
				return nil, err
			}
			if taken != nil {
				return nil, &kernel.DuplicateError{Kind: "course", Candidates: []kernel.ID{taken.ID}, Certain: true}
			}
			c := &Course{Code: in.Code, Syllabus: in.Syllabus}
			c.Branch = in.Branch
			u.Fact("course", c.Code)
			return c, nil
		},
	}, opts...)
}

// Revise replaces the syllabus. Trainings that are planned keep what they were planned with.
func (s *Courses) Revise(ctx context.Context, id kernel.ID, in Syllabus, opts ...kernel.Option) (Course, error) {
	return command.Fire(ctx, s.run, courseLife, id, command.Call[Course, CourseEvent]{
		Event: CourseRevise, Input: in, Check: in.check,
		Apply: func(_ *command.Unit, c *Course) error { c.Syllabus = in; return nil },
	}, opts...)
}

// Withdraw keeps a course from being planned.
func (s *Courses) Withdraw(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Course, error) {
	return command.Fire(ctx, s.run, courseLife, id, command.Call[Course, CourseEvent]{
		Event: CourseWithdraw, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, false) },
		Apply: func(u *command.Unit, _ *Course) error { why.note(u); return nil },
	}, opts...)
}

// Get returns a course.
func (s *Courses) Get(ctx context.Context, id kernel.ID) (Course, error) {
	return command.Get(ctx, s.run, courseLife, id)
}

// Allowed returns what the actor may do with a course now, and why not the rest.
func (s *Courses) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[CourseState, CourseEvent], error) {
	return command.Allowed(ctx, s.run, courseLife, id)
}

// History returns what happened to a course, the oldest first.
func (s *Courses) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, courseLife, id)
}

// List returns one page of the courses, in the order in which they were first offered.
func (s *Courses) List(ctx context.Context, page kernel.List) (kernel.Page[Course], error) {
	var out kernel.Page[Course]
	err := s.run.Look(ctx, "course.List", func(u *command.Unit) (err error) {
		out, err = storage.Page[Course](u, storage.Query{Where: u.Branches()}, page)
		return err
	})
	return out, err
}

// Workflow returns the table of a course's life.
func (*Courses) Workflow() *workflow.Machine[CourseState, CourseEvent] { return CourseLife }
