package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Staffs gives commands to staff and answers questions about them.
type Staffs struct {
	run command.Runner
	cfg Config
}

// Hiring says who begins to serve customers.
type Hiring struct {
	Actor  kernel.Ref  // under which the person acts; unique within the tenant, for ever
	Name   string      // 1 to [MaxName] characters
	Role   kernel.Role // what the person does: access.Agent, access.Adviser …
	Team   string      // by code; may be empty
	Branch string
}

func (in *Hiring) check(f *kernel.FieldErrors) {
	checkRef(f, "actor", in.Actor, true)
	if in.Name == "" {
		f.Add("name", "required", "a name is needed")
	}
	kernel.CheckText(f, "name", in.Name, MaxName, false)
	checkPost(f, in.Role, in.Team, in.Branch)
}

func checkPost(f *kernel.FieldErrors, role kernel.Role, team, branch string) {
	checkCode(f, "role", string(role), true)
	checkCode(f, "team", team, false)
	checkCode(f, "branch", branch, false)
}

// Hire begins somebody's work. An actor who is known already, or was, is a
// [kernel.DuplicateError].
func (s *Staffs) Hire(ctx context.Context, in Hiring, opts ...kernel.Option) (Staff, error) {
	return command.Create(ctx, s.run, staffLife, command.Creation[Staff, StaffEvent]{
		Event: StaffHire, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Staff, error) {
			taken, err := staffOf(u, in.Actor)
			if err != nil {
				return nil, err
			}
			if taken != nil {
				return nil, &kernel.DuplicateError{Kind: "staff", Candidates: []kernel.ID{taken.ID}, Certain: true}
			}
			p := &Staff{Actor: in.Actor, Name: in.Name, Role: in.Role, Team: in.Team}
			p.Branch = in.Branch
			u.Fact("actor", string(p.Actor))
			u.Fact("role", string(p.Role))
			return p, nil
		},
	}, opts...)
}

// Post is where somebody works.
type Post struct {
	Role   kernel.Role
	Team   string
	Branch string
}

// Transfer gives somebody another role, team or branch; what is left empty is empty then.
func (s *Staffs) Transfer(ctx context.Context, id kernel.ID, in Post, opts ...kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: StaffTransfer, Input: in,
		Check: func(f *kernel.FieldErrors) { checkPost(f, in.Role, in.Team, in.Branch) },
		Apply: func(u *command.Unit, p *Staff) error {
			p.Role, p.Team, p.Branch = in.Role, in.Team, in.Branch
			u.Fact("role", string(in.Role))
			u.Fact("team", in.Team)
			u.Fact("branch", in.Branch)
			return nil
		},
	}, opts...)
}

// Suspend keeps somebody from serving customers for the time being.
func (s *Staffs) Suspend(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Staff, error) {
	return s.move(ctx, id, StaffSuspend, why, opts)
}

// Resume lets somebody serve customers again.
func (s *Staffs) Resume(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Staff, error) {
	return s.move(ctx, id, StaffResume, why, opts)
}

func (s *Staffs) move(ctx context.Context, id kernel.ID, e StaffEvent, why Grounds, opts []kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: e, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, true) },
		Apply: func(u *command.Unit, _ *Staff) error { why.note(u); return nil },
	}, opts...)
}
