package claim

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Adoption is a claim of an older system, running or closed, as it stands there. What its
// state says must be there: who is told "accepted" was accepted some day.
type Adoption struct {
	Key    string // what the older system knows the claim by, 1 to [kernel.MaxRef] bytes; no two rows share one
	Number string // of the older system; empty: a new one
	State  State  // reported, filed, accepted, investigating, assessing, closed or withdrawn
	Notice

	ReportedAt  time.Time // needed
	FiledAt     time.Time // of what was filed
	AcceptedAt  time.Time // of what was accepted for handling
	ContactedAt time.Time // zero: nobody has spoken with the claimant
	ClosedAt    time.Time // of what is closed or withdrawn

	Handler      kernel.Ref // staff; of what is accepted for handling
	Investigator kernel.Ref
	FastTrack    bool
	Complex      bool            // the longer statutory period applies
	Documents    []Paper         // that are there
	Passed       []CheckKind     // checks that were passed, in their order; whoever handles the claim has passed completeness
	Reserve      decimal.Decimal // set aside for the loss of a running claim

	// Of a closed claim.
	DecidedAt time.Time
	Approved  decimal.Decimal // and paid; zero: nothing
	PaidAt    time.Time       // needed where something was paid
	Refusal   string          // code, where it was refused
	Clause    string          // that the refusal rests on
}

// adoptable are the states in which a claim can come in. From a decision to its payment
// the older system finishes what it began; what waits for documents is asked for again.
var adoptable = []State{Reported, Filed, Accepted, Investigating, Assessing, Closed, Withdrawn}

// What an adopted claim must know in its state.
var (
	pastFiled    = []State{Filed, Accepted, Investigating, Assessing}
	pastAccepted = []State{Accepted, Investigating, Assessing}
	atAnEnd      = []State{Closed, Withdrawn}
)

// Import brings the claims of an older system in (批量接管), by the hundred thousand, each
// in its state, with its own times and a history of its own, which begins with this. The
// cover of each is asked for as it was when the loss occurred. Of a running claim the
// periods run on from its own days, and the tasks for them are opened; a closed one has
// none. What older claims have used of a limit that counts over a period is not known here.
//
// Rows are read one after the other and stored in units, each of them wholly or not at
// all. A row that was stored before under its Key, by this or an earlier run, is not stored
// again: to go on after an interruption, or after the faults have been mended, give the
// whole file once more. The same Key with another row is a fault.
//
// The error is [kernel.FieldErrors] with every fault of every refused row when there are
// any; the report says the same. Any other error ended the import: what the report says
// of rows stored until then holds.
//
// PostgreSQL stores rows while those behind them are prepared: a goroutine sends them, and
// ends before Import does.
func (s *Service) Import(ctx context.Context, rows iter.Seq[Adoption], how kernel.Intake, opts ...kernel.Option) (kernel.IntakeReport, error) {
	return command.Import(ctx, s.run, s.life, command.Inflow[Claim, Adoption, adopting, Event]{
		Event:   EventImport,
		Key:     func(in *Adoption) string { return in.Key },
		In:      func(in *Adoption) string { return string(in.State) },
		Check:   func(f *kernel.FieldErrors, in *Adoption) { in.check(f) },
		Prepare: s.covers,
		Look:    s.adopt,
		Build: func(u *command.Unit, in *Adoption, w *adopting) (*Claim, error) {
			w.claim.tell(u)
			u.Because(in.Reason)
			if len(w.twins) > 0 {
				u.Fact("accepted_duplicate_of", w.twins)
			}
			u.Fact("number", w.claim.Number)
			u.Fact("adopted", true)
			return w.claim, nil
		},
		Then: func(u *command.Unit, in *Adoption, _ *adopting, c *Claim) error { return in.fill(u, c) },
	}, rows, how, opts...)
}

func (in *Adoption) check(f *kernel.FieldErrors) {
	in.Notice.check(f)
	checkOptional(f, "number", in.Number)
	if !slices.Contains(adoptable, in.State) {
		f.Add("state", "unknown", "a claim comes in as one of %v", adoptable)
	}
	needs := func(states []State, path string, missing bool) {
		if missing && slices.Contains(states, in.State) {
			f.Add(path, "required", "a claim that is %s has it", in.State)
		}
	}
	needs(adoptable, "reported_at", in.ReportedAt.IsZero())
	needs(pastFiled, "filed_at", in.FiledAt.IsZero())
	needs(pastAccepted, "accepted_at", in.AcceptedAt.IsZero())
	needs(pastAccepted, "handler", in.Handler == "")
	needs([]State{Investigating}, "investigator", in.Investigator == "")
	needs(atAnEnd, "closed_at", in.ClosedAt.IsZero())
	needs([]State{Closed}, "decided_at", in.DecidedAt.IsZero())
	checkRefIf(f, "handler", in.Handler)
	checkRefIf(f, "investigator", in.Investigator)
	checkPapers(f, in.Documents)
	if len(in.Passed) > len(checkKinds) || !slices.Equal(in.Passed, checkKinds[:len(in.Passed)]) {
		f.Add("passed", "order", "%v, in this order", checkKinds)
	} else if len(in.Passed) > 0 && !slices.Contains(pastFiled, in.State) {
		f.Add("passed", "conflict", "only what is filed and not decided is checked")
	}
	checkOptional(f, "refusal", in.Refusal)
	checkOptional(f, "clause", in.Clause)
	cur := in.Currency.Or(kernel.CNY)
	kernel.CheckAmount(f, "reserve", in.Reserve, cur)
	kernel.CheckAmount(f, "approved", in.Approved, cur)
	ended := slices.Contains(atAnEnd, in.State)
	if ended && !in.Reserve.IsZero() {
		f.Add("reserve", "conflict", "nothing is set aside for a claim that is over")
	}
	if in.State != Closed && (!in.Approved.IsZero() || !in.DecidedAt.IsZero() || !in.PaidAt.IsZero() || in.Refusal != "" || in.Clause != "") {
		f.Add("decided_at", "conflict", "a decision comes in with closed claims only")
	}
	if in.Refusal != "" && !in.Approved.IsZero() {
		f.Add("refusal", "conflict", "what was refused was not paid")
	}
	if in.Approved.IsPositive() == in.PaidAt.IsZero() {
		f.Add("paid_at", "conflict", "what was approved of a closed claim was paid some day, and nothing else")
	}
	in.checkTimes(f)
}

// checkTimes holds the times against each other, as far as they are told.
func (in *Adoption) checkTimes(f *kernel.FieldErrors) {
	last, name := in.OccurredAt, "occurred_at"
	for _, x := range []struct {
		path string
		at   time.Time
		note bool // it may come at any time after the report
	}{
		{"reported_at", in.ReportedAt, false},
		{"contacted_at", in.ContactedAt, true},
		{"filed_at", in.FiledAt, false},
		{"accepted_at", in.AcceptedAt, false},
		{"decided_at", in.DecidedAt, false},
		{"paid_at", in.PaidAt, true}, // an advance comes before the decision
		{"closed_at", in.ClosedAt, false},
	} {
		kernel.CheckTime(f, x.path, x.at)
		if x.at.IsZero() {
			continue
		}
		if !last.IsZero() && x.at.Before(last) && !x.note || x.note && x.at.Before(in.ReportedAt) {
			f.Add(x.path, "order", "comes before %s", name)
		}
		if !x.note {
			last, name = x.at, x.path
		}
	}
}

// ours objects to deciding anew what an older system has decided: what it paid, and to
// whom, is not known here.
func ours(u *command.Unit, c *Claim) error {
	if c.State != Closed {
		return nil
	}
	first, err := storage.One[journal.Entry](u, storage.Query{Where: []storage.Cond{
		journal.ColSubject.Eq(c.ID), journal.ColVersion.Eq(1),
	}})
	if err == nil && first != nil && first.To == string(Closed) {
		err = errors.New("an older system has decided and paid: report the claim anew")
	}
	return err
}
