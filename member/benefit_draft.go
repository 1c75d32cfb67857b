package member

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Benefits gives commands to benefits and answers what members enjoy.
type Benefits struct {
	run  command.Runner
	cfg  Config
	life *command.Life[Benefit, BenefitState, BenefitEvent]
}

func newBenefits(r command.Runner, cfg Config) *Benefits {
	return &Benefits{r, cfg, benefitLife(cfg)}
}

type benefitCall = command.Call[Benefit, BenefitEvent]

func (s *Benefits) fire(ctx context.Context, id kernel.ID, c benefitCall, opts []kernel.Option) (Benefit, error) {
	return command.Fire(ctx, s.run, s.life, id, c, opts...)
}

// Draft begins a benefit, or the next edition of the benefit with the design's code. A
// change of what members have is always the next edition: it is approved and announced
// like the first one, and takes its place (MR 七(四)). Faults of the design are
// [kernel.FieldErrors].
func (s *Benefits) Draft(ctx context.Context, d BenefitDesign, opts ...kernel.Option) (Benefit, error) {
	return command.Create(ctx, s.run, s.life, command.Creation[Benefit, BenefitEvent]{
		Event: BenefitDraw, Input: d, Check: d.check,
		Build: func(u *command.Unit) (*Benefit, error) {
			last, err := storage.One[Benefit](u, storage.Query{
				Where: []storage.Cond{colCode.Eq(d.Code)}, Order: []storage.Order{colEdition.Desc()},
			})
			if err != nil {
				return nil, err
			}
			b := &Benefit{Edition: 1}
			if last != nil {
				b.Edition = last.Edition + 1
			}
			if err := b.redesign(u, s.cfg, d, last); err != nil {
				return nil, err
			}
			u.Fact("edition", b.Edition)
			return b, nil
		},
	}, opts...)
}

// OldBenefit is a benefit that members have already, by another system.
type OldBenefit struct {
	Design BenefitDesign
	Since  kernel.Date // from which day on; needed, not after today
}

// Adopt takes a benefit over that members have already: it goes on, and every change or
// end of it is announced as that of any other. A code of which the library knows an
// edition is a [kernel.DuplicateError].
func (s *Benefits) Adopt(ctx context.Context, in OldBenefit, opts ...kernel.Option) (Benefit, error) {
	return command.Create(ctx, s.run, s.life, command.Creation[Benefit, BenefitEvent]{
		Event: BenefitAdopt, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.Design.check(f.At("design"))
			checkDay(f, "since", in.Since, true)
		},
		Build: func(u *command.Unit) (*Benefit, error) {
			if in.Since > s.cfg.today(u) {
				return nil, kernel.Invalid("since", "future", "members do not have it yet: draft and announce it")
			}
			known, err := storage.One[Benefit](u, storage.Query{Where: []storage.Cond{colCode.Eq(in.Design.Code)}})
			if err != nil {
				return nil, err
			}
			if known != nil {
				return nil, &kernel.DuplicateError{Kind: "benefit", Candidates: []kernel.ID{known.ID}, Certain: true}
			}
			b := &Benefit{Edition: 1, StartsFrom: in.Since, StartedAt: kernel.Instant(in.Since.In(s.cfg.Zone))}
			u.Fact("since", in.Since)
			return b, at("design", b.redesign(u, s.cfg, in.Design, nil))
		},
	}, opts...)
}

// redesign gives the benefit its design. A later edition is of the same program and kind.
func (b *Benefit) redesign(u *command.Unit, cfg Config, d BenefitDesign, before *Benefit) error {
	var f kernel.FieldErrors
	branch, err := d.fits(u, cfg, &f)
	if err != nil {
		return err
	}
	d.ProgramID, d.PartnerID = usual(d.ProgramID), usual(d.PartnerID)
	// Whose benefit it is, is for those who see the program.
	unseen := slices.ContainsFunc(f.Faults, func(x kernel.Fault) bool { return x.Path == "program_id" })
	if before != nil && before.ProgramID != d.ProgramID && !unseen {
		f.Add("program_id", "conflict", "another program has a benefit with this code")
	}
	if before != nil && before.Kind != d.Kind {
		f.Add("kind", "conflict", "the editions of a code are of one kind")
	}
	b.Code, b.ProgramID, b.Kind, b.PartnerID, b.Design, b.Branch = d.Code, d.ProgramID, d.Kind, d.PartnerID, d, branch
	u.Fact("code", b.Code)
	return f.Err()
}

// usual returns a key that was looked up already in its usual form.
func usual(id kernel.ID) kernel.ID {
	if parsed, err := kernel.ParseID(string(id)); err == nil {
		return parsed
	}
	return id
}

// Edit replaces the design of a draft. Code, program and kind stay.
func (s *Benefits) Edit(ctx context.Context, id kernel.ID, d BenefitDesign, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitEdit, Input: d, Check: d.check,
		Guard: func(_ *command.Unit, b *Benefit) error {
			if b.Code != d.Code {
				return kernel.Invalid("code", "conflict", "the code of a benefit stays")
			}
			return nil
		},
		Apply: func(u *command.Unit, b *Benefit) error {
			before := *b
			return b.redesign(u, s.cfg, d, &before)
		},
	}, opts)
}

// Approve releases a draft. Program, tiers and partner are looked at once more.
func (s *Benefits) Approve(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitApprove,
		Guard: func(u *command.Unit, b *Benefit) error {
			var f kernel.FieldErrors
			if _, err := b.Design.fits(u, s.cfg, &f); err != nil {
				return err
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, b *Benefit) error { b.ApprovedAt = u.Now(); return nil },
	}, opts)
}

// Discard drops a benefit that was not announced.
func (s *Benefits) Discard(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitDiscard, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, false) },
		Apply: func(u *command.Unit, _ *Benefit) error { why.note(u); return nil },
	}, opts)
}
