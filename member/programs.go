package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Programs gives commands to programs and answers questions about them.
type Programs struct {
	run command.Runner
	cfg Config
}

// Founding begins a program.
type Founding struct {
	Code   string         // 1 to 64 bytes, unique within the tenant
	Name   workflow.Label // in English and in Chinese, at most [MaxName] characters each
	From   kernel.Date    // first day of the rules, not after today; zero: today
	Rules  Rules
	Branch string // whose program it is; empty: everybody's
}

func (in *Founding) check(f *kernel.FieldErrors) {
	checkCode(f, "code", in.Code, true)
	checkLabel(f, "name", in.Name)
	checkDay(f, "from", in.From, false)
	checkCode(f, "branch", in.Branch, false)
	in.Rules.check(f.At("rules"))
}

// Found begins a program with its first rules. A code that is taken is a
// [kernel.DuplicateError].
func (s *Programs) Found(ctx context.Context, in Founding, opts ...kernel.Option) (Program, error) {
	var rules *ProgramRules
	return command.Create(ctx, s.run, programLife, command.Creation[Program, ProgramEvent]{
		Event: ProgramFound, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Program, error) {
			taken, err := storage.One[Program](u, storage.Query{Where: []storage.Cond{colCode.Eq(in.Code)}})
			if err != nil {
				return nil, err
			}
			if taken != nil {
				return nil, &kernel.DuplicateError{Kind: "program", Candidates: []kernel.ID{taken.ID}, Certain: true}
			}
			today := s.cfg.today(u)
			rules = &ProgramRules{From: in.From, Rules: in.Rules.filled()}
			switch {
			case rules.From == 0:
				rules.From = today
			case rules.From > today:
				return nil, kernel.Invalid("from", "range", "a program begins today at the latest")
			}
			p := &Program{Code: in.Code, Name: in.Name}
			p.Branch = in.Branch
			u.Fact("program", p.Code)
			u.Fact("from", rules.From)
			return p, nil
		},
		Then: func(u *command.Unit, p *Program) error {
			rules.ProgramID = p.ID
			return u.Insert(rules)
		},
	}, opts...)
}

// Revision changes the rules of a program.
type Revision struct {
	From  kernel.Date // first day, after today
	Rules Rules
}

// Revise adds rules that hold from a day after today. The rules of a day that has begun
// never change, so that what was evaluated stays true. A second revision for one day is
// a [kernel.FieldErrors].
func (s *Programs) Revise(ctx context.Context, id kernel.ID, in Revision, opts ...kernel.Option) (Program, error) {
	return command.Fire(ctx, s.run, programLife, id, command.Call[Program, ProgramEvent]{
		Event: ProgramRevise, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkDay(f, "from", in.From, true)
			in.Rules.check(f.At("rules"))
		},
		Guard: func(u *command.Unit, p *Program) error {
			if in.From <= s.cfg.today(u) {
				return kernel.Invalid("from", "range", "rules change from tomorrow at the earliest")
			}
			last, err := rulesOn(u, p.ID, in.From)
			if err == nil && last != nil && last.From == in.From {
				return kernel.Invalid("from", "duplicate", "there are rules from this day already")
			}
			return err
		},
		Apply: func(u *command.Unit, p *Program) error {
			u.Fact("from", in.From)
			return u.Insert(&ProgramRules{ProgramID: p.ID, From: in.From, Rules: in.Rules.filled()})
		},
	}, opts...)
}

// Close keeps anybody from joining the program; its members stay.
func (s *Programs) Close(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Program, error) {
	return command.Fire(ctx, s.run, programLife, id, command.Call[Program, ProgramEvent]{
		Event: ProgramClose, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, true) },
		Apply: func(u *command.Unit, _ *Program) error { why.note(u); return nil },
	}, opts...)
}

// Get returns a program.
func (s *Programs) Get(ctx context.Context, id kernel.ID) (Program, error) {
	return command.Get(ctx, s.run, programLife, id)
}

// Allowed returns what the actor may do with a program now, and why not the rest.
func (s *Programs) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[ProgramState, ProgramEvent], error) {
	return command.Allowed(ctx, s.run, programLife, id)
}

// History returns what happened to a program, the oldest first.
func (s *Programs) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, programLife, id)
}

// ByCode returns the program with the code, or [kernel.ErrNotFound].
func (s *Programs) ByCode(ctx context.Context, code string) (Program, error) {
	var out Program
	err := s.run.Look(ctx, "program.ByCode", func(u *command.Unit) error {
		if code == "" || storage.CheckText(code) != nil {
			return kernel.ErrNotFound
		}
		p, err := storage.One[Program](u, storage.Query{Where: append(u.Branches(), colCode.Eq(code))})
		if err == nil && p == nil {
			err = kernel.ErrNotFound
		}
		if err == nil {
			out = *p
		}
		return err
	})
	return out, err
}

// List returns one page of the programs, in the order in which they were founded.
func (s *Programs) List(ctx context.Context, page kernel.List) (kernel.Page[Program], error) {
	var out kernel.Page[Program]
	err := s.run.Look(ctx, "program.List", func(u *command.Unit) (err error) {
		out, err = storage.Page[Program](u, storage.Query{Where: u.Branches()}, page)
		return err
	})
	return out, err
}

// Rules returns all versions of a program's rules, those of the earliest day first.
func (s *Programs) Rules(ctx context.Context, id kernel.ID) ([]ProgramRules, error) {
	return command.About(ctx, s.run, programLife, "program.Rules", id, func(u *command.Unit, p *Program) ([]ProgramRules, error) {
		return storage.Find[ProgramRules](u, storage.Query{
			Where: []storage.Cond{colProgram.Eq(p.ID)}, Order: []storage.Order{colFrom.Asc()},
		})
	})
}

// Workflow returns the table of a program's life.
func (*Programs) Workflow() *workflow.Machine[ProgramState, ProgramEvent] { return ProgramLife }
