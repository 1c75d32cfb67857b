package claim

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Settlement is all that a small and simple claim needs at once. All of it may be empty.
type Settlement struct {
	Filing  Filing
	Handler kernel.Ref      // default: whoever settles
	Grounds privacy.Secret  // of the three checks
	Lines   []Item          // as in [Assessment]
	Amount  decimal.Decimal // what the lines are expected to come to; zero: whatever they do
	Channel string          // by which the claimant is told the amount
	Agreed  string          // how the claimant agreed, as in [Agreement]; needed when less is approved than claimed
	Payment PaymentOrder
}

func (in Settlement) check(f *kernel.FieldErrors) {
	in.Filing.check(f.At("filing"))
	checkRefIf(f, "handler", in.Handler)
	checkFree(f, "grounds", in.Grounds)
	checkItems(f, in.Lines)
	kernel.CheckAmount(f, "amount", in.Amount, "")
	checkOptional(f, "channel", in.Channel)
	checkOptional(f, "agreed", in.Agreed)
	in.Payment.check(f.At("payment"))
}

// SettleDirect takes a reported claim through all rows from File to RequestPayment in
// one unit of work; the journal has each of them. It is refused as a whole, and nothing
// is written, as soon as any guard objects: something missing, a limit, the actor's
// authority, nothing to pay (then take the steps, to CloseNil). The money goes its way as
// with any claim.
func (s *Service) SettleDirect(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Claim, error) {
	o, err := kernel.OptionsOf(opts)
	if err != nil {
		return Claim{}, err
	}
	group := command.Group{Action: "claim.SettleDirect", Check: in.check, Input: struct {
		ID kernel.ID
		In Settlement
	}{id, in}}
	var out Claim
	err = s.run.Together(ctx, group, func(ctx context.Context, r command.Runner) (err error) {
		out, err = s.within(r).settleDirect(ctx, id, in, o.IfVersion)
		return err
	}, opts...)
	return command.Redone(out, err, func(kernel.ID) (Claim, error) {
		c, err := s.Get(ctx, id)
		c.Replayed = true
		return c, err
	})
}

func (s *Service) settleDirect(ctx context.Context, id kernel.ID, in Settlement, version int64) (c Claim, err error) {
	in.Filing.FastTrack = true
	var same []kernel.Option
	if version != 0 {
		same = append(same, kernel.IfVersion(version))
	}
	steps := []func() (Claim, error){
		func() (Claim, error) { return s.File(ctx, id, in.Filing, same...) },
		func() (Claim, error) { return s.Check(ctx, id, Review{Kind: CheckCompleteness, Grounds: in.Grounds}) },
		func() (Claim, error) { return s.Accept(ctx, id, Acceptance{Handler: in.Handler}) },
		func() (Claim, error) { return s.Check(ctx, id, Review{Kind: CheckAuthenticity, Grounds: in.Grounds}) },
		func() (Claim, error) { return s.Check(ctx, id, Review{Kind: CheckCoverage, Grounds: in.Grounds}) },
		func() (Claim, error) { return s.Assess(ctx, id, Assessment{Lines: in.Lines}) },
		func() (Claim, error) { return s.Approve(ctx, id, Approval{Amount: in.Amount}) },
		func() (Claim, error) { return s.Notify(ctx, id, Message{Kind: NoticeAmount, Channel: in.Channel}) },
		func() (Claim, error) { return s.Agree(ctx, id, Agreement{How: in.Agreed}) },
		func() (Claim, error) { return s.RequestPayment(ctx, id, in.Payment) },
	}
	for _, step := range steps {
		if c, err = step(); err != nil {
			return Claim{}, err
		}
	}
	return c, nil
}
