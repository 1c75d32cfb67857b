package claim

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Review is what one of the three checks came to.
type Review struct {
	Kind    CheckKind
	Result  Result         // empty: passed
	Grounds privacy.Secret // needed unless passed
}

func (in Review) result() Result { return Result(orCode(string(in.Result), string(Passed))) }

func (in Review) check(f *kernel.FieldErrors) {
	if in.Kind != CheckCompleteness && in.Kind != CheckAuthenticity && in.Kind != CheckCoverage {
		f.Add("kind", "unknown", "completeness, authenticity or coverage")
	}
	in.checkResult(f)
}

func (in Review) checkResult(f *kernel.FieldErrors) {
	switch in.result() {
	case Passed:
		checkFree(f, "grounds", in.Grounds)
	case Unclear, Failed:
		checkReason(f, "grounds", in.Grounds)
	default:
		f.Add("result", "unknown", "passed, doubtful or failed")
	}
}

// Check records one of the three checks: completeness, then authenticity, then coverage
// (SP 1.1.23 to 1.1.25). One can be repeated; the last counts. Completeness is not
// passed while something asked for is missing, authenticity not while a document is
// doubtful or false, coverage not when the policy was not in force at the loss.
func (s *Service) Check(ctx context.Context, id kernel.ID, in Review, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventCheck, Input: in, Check: in.check,
		Guard: func(u *command.Unit, c *Claim) error { return mayCheck(u, c, in) },
		Apply: func(u *command.Unit, c *Claim) error { return addCheck(u, c, in) },
	}, opts)
}

func mayCheck(u *command.Unit, c *Claim, in Review) error {
	for _, k := range checkKinds {
		if k == in.Kind {
			break
		}
		if err := passed(u, c, k); err != nil {
			return fmt.Errorf("%w: %w", err, kernel.ErrState)
		}
	}
	if in.result() != Passed {
		return nil
	}
	if in.Kind == CheckCoverage {
		if c.NotInForce {
			return fmt.Errorf("the policy was not in force at the loss: %w", kernel.ErrState)
		}
		return nil
	}
	list, err := documents(u, c.ID)
	if err != nil {
		return err
	}
	if in.Kind == CheckCompleteness {
		if gaps := missing(list); len(gaps) > 0 {
			return fmt.Errorf("%d documents are missing: %w", len(gaps), kernel.ErrState)
		}
		return nil
	}
	for i := range list {
		if v := list[i].Verdict; v == Doubtful || v == False {
			return fmt.Errorf("a document is %s: %w", v, kernel.ErrState)
		}
	}
	return nil
}

func addCheck(u *command.Unit, c *Claim, in Review) error {
	_, n, err := checks(u, c.ID)
	if err != nil {
		return err
	}
	u.Fact("check", in.Kind)
	u.Fact("result", in.result())
	return u.Insert(&Check{
		ClaimID: c.ID, PersonRef: c.Person(), Kind: in.Kind, Result: in.result(), Grounds: in.Grounds,
		By: kernel.Ref(u.Actor.ID), Sequence: n + 1,
	})
}

// Acceptance names who handles the claim.
type Acceptance struct {
	Handler kernel.Ref // staff; empty: whoever accepts
}

// Accept takes the claim into handling (受理) once completeness is passed. The handler
// is to contact the claimant (SP 1.1.22).
func (s *Service) Accept(ctx context.Context, id kernel.ID, in Acceptance, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventAccept, Input: in,
		Check: func(f *kernel.FieldErrors) { checkRefIf(f, "handler", in.Handler) },
		Apply: func(u *command.Unit, c *Claim) error {
			c.Handler, c.AcceptedAt = first(in.Handler, kernel.Ref(u.Actor.ID)), u.Now()
			u.Fact("handler", string(c.Handler))
			return nil
		},
	}, opts)
}

// MoreRequest asks the claimant for something while the claim is handled.
type MoreRequest struct {
	Documents []string       // kinds
	Question  privacy.Secret // in words
	Channel   string
}

// RequestMore asks the claimant for more. It stops no statutory clock.
func (s *Service) RequestMore(ctx context.Context, id kernel.ID, in MoreRequest, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventRequestMore, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if len(in.Documents) == 0 && in.Question.IsZero() {
				f.Add("documents", "required", "ask for documents or in words")
			}
			checkCodes(f, "documents", in.Documents)
			checkFree(f, "question", in.Question)
			checkOptional(f, "channel", in.Channel)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			list, err := documents(u, c.ID)
			if err != nil {
				return err
			}
			if _, err := askAnew(u, c, list, in.Documents); err != nil {
				return err
			}
			if len(in.Documents) > 0 {
				u.Fact("asked", in.Documents)
			}
			u.Because(in.Question)
			_, err = notice.Send(u, c.letters(), notice.Message{Kind: NoticeProgress, Channel: in.Channel})
			return err
		},
	}, opts)
}

// MoreSupply is the claimant's answer.
type MoreSupply struct {
	Documents []Paper
	Answer    privacy.Secret
}

// SupplyMore takes the claimant's answer, or a part of it.
func (s *Service) SupplyMore(ctx context.Context, id kernel.ID, in MoreSupply, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventSupplyMore, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if len(in.Documents) == 0 && in.Answer.IsZero() {
				f.Add("documents", "required", "bring documents or an answer")
			}
			checkPapers(f, in.Documents)
			checkFree(f, "answer", in.Answer)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			u.Because(in.Answer)
			list, err := documents(u, c.ID)
			if err != nil {
				return err
			}
			return receive(u, c, list, in.Documents)
		},
	}, opts)
}

// Investigation sends somebody to find out.
type Investigation struct {
	Investigator kernel.Ref // staff or expert; needed
	Grounds      privacy.Secret
}

// Investigate opens an investigation.
func (s *Service) Investigate(ctx context.Context, id kernel.ID, in Investigation, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventInvestigate, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckRef(f, "investigator", in.Investigator)
			checkFree(f, "grounds", in.Grounds)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			c.Investigator = in.Investigator
			u.Fact("investigator", string(in.Investigator))
			u.Because(in.Grounds)
			return nil
		},
	}, opts)
}

// Conclusion is what an investigation found.
type Conclusion struct {
	Result   Result         // of the check of authenticity; empty: passed, it is genuine
	Evidence privacy.Secret // needed
	Lines    []Item         // as in [Assessment]; may be empty when the claim was assessed before
}

// Conclude ends an investigation with its verdict on authenticity, which is a check like
// [Service.Check], and brings the claim to assessment.
func (s *Service) Conclude(ctx context.Context, id kernel.ID, in Conclusion, opts ...kernel.Option) (Claim, error) {
	review := Review{Kind: CheckAuthenticity, Result: in.Result, Grounds: in.Evidence}
	var sheet *assessment
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventConclude, Input: in,
		Check: func(f *kernel.FieldErrors) {
			review.checkResult(f)
			if in.Evidence.IsZero() && review.result() == Passed {
				f.Add("evidence", "required", "say what was found")
			}
			checkItems(f, in.Lines)
		},
		Guard: func(u *command.Unit, c *Claim) (err error) {
			if sheet = nil; len(in.Lines) > 0 {
				if sheet, err = s.assess(u, c, in.Lines); err != nil {
					return err
				}
			}
			return mayCheck(u, c, review)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			if err := addCheck(u, c, review); err != nil || sheet == nil {
				return err
			}
			return sheet.save(u, c)
		},
	}, opts)
}
