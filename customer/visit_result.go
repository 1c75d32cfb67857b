package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Outcome ends a visit. After the talk it has an answer to every point of the script,
// after a problem the remedy.
type Outcome struct {
	Answers   []Reply
	Recording string         // the host's reference, unless it was told before; a visit about a new policy needs one
	Remedy    privacy.Secret // what was done about the problem; up to [MaxText] characters
}

// Complete ends a visit. When nothing was wrong, every point of the script has its
// answer; one that the customer denies has to be raised as a problem. A problem that was
// raised needs its remedy, and somebody other than the seller to complete the visit.
func (s *Visits) Complete(ctx context.Context, id kernel.ID, in Outcome, opts ...kernel.Option) (Visit, error) {
	var fixes bool
	return s.fire(ctx, id, command.Call[Visit, VisitEvent]{
		Event: EventComplete, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.Answers = checkReplies(f, in.Answers)
			refIf(f, "recording", kernel.Ref(in.Recording))
			in.Remedy = text(f, "remedy", in.Remedy, MaxText)
		},
		Guard: func(_ *command.Unit, v *Visit) error {
			fixes = v.State == VisitProblemRaised
			if fixes {
				return in.fixes()
			}
			return in.tells(v)
		},
		Apply: func(u *command.Unit, v *Visit) error {
			v.EndedAt = u.Now()
			if fixes {
				v.Remedy, v.FixedBy = in.Remedy, kernel.Ref(u.Actor.ID)
				u.Fact("fixed_by", string(v.FixedBy))
			}
			u.Fact("kind", string(v.Kind))
			v.record(u, in.Recording)
			return v.keep(u, in.Answers)
		},
	}, opts)
}

func (in Outcome) fixes() error {
	var f kernel.FieldErrors
	if in.Remedy.IsZero() {
		f.Add("remedy", "required", "say what was done about the problem")
	}
	if len(in.Answers) > 0 {
		f.Add("answers", "order", "belong to the talk, which is over")
	}
	return f.Err()
}

func (in Outcome) tells(v *Visit) error {
	var f kernel.FieldErrors
	if denied := v.holds(&f, in.Answers, true); len(denied) > 0 {
		f.Add("answers", "conflict", "denied are %v: raise the problem", denied)
	}
	if !in.Remedy.IsZero() {
		f.Add("remedy", "order", "no problem was raised")
	}
	v.recorded(&f, in.Recording)
	return f.Err()
}

// recorded notes a fault when a visit about a new policy has no recording: what was
// asked and answered has to be kept (保监会令2010年第4号 art. 15).
func (v *Visit) recorded(f *kernel.FieldErrors, recording string) {
	if v.Kind == VisitNewPolicy && v.Recording == "" && recording == "" {
		f.Add("recording", "required", "a visit about a new policy is recorded")
	}
}

func (v *Visit) record(u *command.Unit, recording string) {
	if recording != "" {
		v.Recording = recording
		u.Fact("recording", recording)
	}
}

// Issue is a problem that the customer raised at a visit.
type Issue struct {
	Problem   Problem
	Text      privacy.Secret // in the customer's words; up to [MaxText] characters, needed
	Answers   []Reply        // as far as there are any
	Recording string         // as for [Outcome]
	Fixer     kernel.Ref     // who is to put it right; never the seller; empty: whoever comes to it
}

// RaiseProblem records that the customer denied a point of the script, or complained. A
// problem of a sale is put right by somebody other than the seller (保监会令2010年第4号
// art. 18).
func (s *Visits) RaiseProblem(ctx context.Context, id kernel.ID, in Issue, opts ...kernel.Option) (Visit, error) {
	var denied []string
	return s.fire(ctx, id, command.Call[Visit, VisitEvent]{
		Event: EventRaiseProblem, Input: in,
		Check: func(f *kernel.FieldErrors) {
			oneOf(f, "problem", in.Problem, false, ProblemMisselling, ProblemService, ProblemClaim, ProblemOther)
			if in.Text.IsZero() {
				f.Add("text", "required", "say what is wrong")
			}
			in.Text = text(f, "text", in.Text, MaxText)
			in.Answers = checkReplies(f, in.Answers)
			refIf(f, "recording", kernel.Ref(in.Recording))
			refIf(f, "fixer", in.Fixer)
		},
		Guard: func(_ *command.Unit, v *Visit) error {
			var f kernel.FieldErrors
			denied = v.holds(&f, in.Answers, false)
			v.recorded(&f, in.Recording)
			if in.Fixer != "" && in.Fixer == v.Seller {
				f.Add("fixer", "conflict", "somebody else than the seller puts it right")
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, v *Visit) error {
			v.Problem, v.ProblemText, v.Handler = in.Problem, in.Text, in.Fixer
			u.Fact("kind", string(v.Kind))
			u.Fact("problem", string(v.Problem))
			u.Fact("handler", string(v.Handler))
			if len(denied) > 0 {
				u.Fact("denied", denied)
			}
			v.record(u, in.Recording)
			return v.keep(u, in.Answers)
		},
	}, opts)
}
