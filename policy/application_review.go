package policy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

type applicationCall = command.Call[Application, ApplicationEvent]

func (s *Applications) fire(ctx context.Context, id kernel.ID, c applicationCall, opts []kernel.Option) (Application, error) {
	return command.Fire(ctx, s.run, applicationLife, id, c, opts...)
}

// AddDocument records a document that came in.
func (s *Applications) AddDocument(ctx context.Context, id kernel.ID, in DocumentForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: addDocument, Input: in, Check: in.check,
		Apply: func(u *command.Unit, a *Application) error { return a.insertDocuments(u, []DocumentForm{in}) },
	}, opts)
}

// DocumentRequest asks for documents.
type DocumentRequest struct {
	Kinds  []string // besides those that the product asks for and that are missing
	Reason privacy.Secret
}

// RequestDocuments asks the customer for all that is missing, in one list: what the
// product asks for, and what the reviewer adds. When nothing is, it is refused.
func (s *Applications) RequestDocuments(ctx context.Context, id kernel.ID, in DocumentRequest, opts ...kernel.Option) (Application, error) {
	var missing []string
	return s.fire(ctx, id, applicationCall{
		Event: requestDocuments, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCodes(f, "kinds", in.Kinds)
			checkSecret(f, "reason", in.Reason)
		},
		Guard: func(u *command.Unit, a *Application) (err error) {
			if missing, err = a.missing(u); err != nil {
				return err
			}
			missing = unite(missing, in.Kinds)
			if len(missing) == 0 {
				return kernel.Invalid("kinds", "required", "nothing is missing")
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Missing, a.AskedAt = missing, a.Version
			u.Fact("missing", missing)
			u.Because(in.Reason)
			return nil
		},
	}, opts)
}

// SupplyDocuments records the documents that complete what was asked for. A part of them
// is [Applications.AddDocument].
func (s *Applications) SupplyDocuments(ctx context.Context, id kernel.ID, in []DocumentForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: supplyDocuments, Input: in,
		Check: func(f *kernel.FieldErrors) { checkDocuments(f, "documents", in) },
		Guard: func(u *command.Unit, a *Application) error {
			still, err := a.lacks(u, a.Missing, a.AskedAt)
			if err != nil {
				return err
			}
			still = slices.DeleteFunc(still, func(kind string) bool {
				return slices.ContainsFunc(in, func(d DocumentForm) bool { return d.Kind == kind })
			})
			if len(still) > 0 {
				return kernel.Invalid("documents", "required", "still missing: %v", still)
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Missing = nil
			return a.insertDocuments(u, in)
		},
	}, opts)
}

// missing returns the kinds of documents that the product asks for and nobody brought.
func (a *Application) missing(u *command.Unit) ([]string, error) {
	p, err := storage.Get[Product](u, a.ProductID)
	if err != nil {
		return nil, err
	}
	return a.lacks(u, p.Design.Documents.Application, -1)
}

// lacks returns those of the kinds that have not come in after a version of the
// application.
func (a *Application) lacks(u *command.Unit, kinds []string, after int64) ([]string, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	docs, err := storage.Find[Document](u, ofApplication(a.ID))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool {
		return slices.ContainsFunc(docs, func(d Document) bool { return d.Kind == kind && d.At > after })
	}), nil
}

func unite(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func documentsComplete(u *command.Unit, a *Application) error {
	missing, err := a.missing(u)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("documents are missing: %v", missing)
	}
	return err
}

// Review is what the reviewer found in the four layers (资料审核, SP 1.1.8).
type Review struct {
	Complete   Verdict // nothing is missing
	Genuine    Verdict // true, lawful and valid
	ByLine     Verdict // right for the line of business
	Compliance Verdict // money laundering, fraud, the company's own rules
}

// Verdict is the finding in one layer.
type Verdict struct {
	Passed  bool
	Grounds privacy.Secret
}

var passed = Review{Verdict{Passed: true}, Verdict{Passed: true}, Verdict{Passed: true}, Verdict{Passed: true}}

type layer struct {
	kind    string
	verdict Verdict
}

func (r *Review) layers() []layer {
	return []layer{{"complete", r.Complete}, {"genuine", r.Genuine}, {"by_line", r.ByLine}, {"compliance", r.Compliance}}
}

// PassReview gives the application to underwriting. The four layers are looked at in
// their order; the first that is not passed is named in the refusal, which is a
// [kernel.ErrState].
func (s *Applications) PassReview(ctx context.Context, id kernel.ID, in Review, opts ...kernel.Option) (Application, error) {
	return s.passReview(ctx, id, in, "", opts)
}

func (s *Applications) passReview(ctx context.Context, id kernel.ID, in Review, by string, opts []kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: PassReview, Input: in,
		Check: func(f *kernel.FieldErrors) {
			for _, l := range in.layers() {
				checkSecret(f, l.kind+".grounds", l.verdict.Grounds)
			}
		},
		Guard: func(_ *command.Unit, _ *Application) error {
			for _, l := range in.layers() {
				if !l.verdict.Passed {
					return fmt.Errorf("layer %s of the review is not passed: %w", l.kind, kernel.ErrState)
				}
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Application) error {
			if by == "" {
				by = u.Actor.ID
			}
			var recs []storage.Record
			for i, l := range in.layers() {
				recs = append(recs, &Layer{
					ApplicationID: a.ID, PersonRef: a.Holder, Position: int64(i + 1), Kind: l.kind, Grounds: l.verdict.Grounds, By: by,
				})
			}
			return u.Insert(recs...)
		},
	}, opts)
}

// ObjectionForm is an objection that a person raises.
type ObjectionForm struct {
	Rule   string           // code; 1 to 64 bytes
	Blocks ApplicationEvent // [PassReview], [Approve], [Sign] or [Issue]
	Detail privacy.Secret   // in words
}

// Object raises an objection, which blocks its step until it is cleared.
func (s *Applications) Object(ctx context.Context, id kernel.ID, in ObjectionForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: object, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "rule", in.Rule, true)
			checkSecret(f, "detail", in.Detail)
			if !slices.Contains(steps, in.Blocks) {
				f.Add("blocks", "unknown", "an objection blocks one of %v", steps)
			}
		},
		Apply: func(u *command.Unit, a *Application) error {
			return a.raise(u, u.Actor.ID, Objection{Rule: in.Rule, Blocks: in.Blocks, Detail: in.Detail})
		},
	}, opts)
}

// Settlement says what becomes of an objection.
type Settlement struct {
	Objection kernel.ID
	Reason    privacy.Secret // required
}

// Clear settles an open objection, so that it blocks no more. It needs the authority to
// underwrite the sum insured.
func (s *Applications) Clear(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, clearObjection, "Clear", in, opts)
}

// Uphold says that an open objection stands: its step is blocked for good.
func (s *Applications) Uphold(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, upholdObjection, "Uphold", in, opts)
}

// ReopenObjection takes back that an objection was cleared.
func (s *Applications) ReopenObjection(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, reopenObjection, "Reopen", in, opts)
}

func (s *Applications) settle(ctx context.Context, id kernel.ID, e ApplicationEvent, oe ObjectionEvent, in Settlement, opts []kernel.Option) (Application, error) {
	var o *Objection
	return s.fire(ctx, id, applicationCall{
		Event: e, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkSecret(f, "reason", in.Reason)
			if in.Reason.IsZero() {
				f.Add("reason", "required", "say why")
			}
		},
		Guard: func(u *command.Unit, a *Application) error {
			key, err := kernel.ParseID(string(in.Objection))
			if err != nil {
				return err
			}
			if o, err = storage.Get[Objection](u, key); err != nil {
				return err
			}
			if o.ApplicationID != a.ID {
				return kernel.ErrNotFound
			}
			to, err := ObjectionLife.Fire(u.Context(), o.State, oe, nil)
			if err != nil {
				return err
			}
			o.State = to
			if e == clearObjection {
				return withinAuthority(u, a)
			}
			return nil
		},
		Apply: func(u *command.Unit, _ *Application) error {
			o.Answer, o.SettledBy = in.Reason, u.Actor.ID
			u.Fact("objection", string(o.ID))
			u.Fact("rule", o.Rule)
			return u.Save(o)
		},
	}, opts)
}

// ReceiptForm is premium that came in.
type ReceiptForm struct {
	Reference  kernel.Ref      // the host's: of the bank's booking, the till's slip …; counts once
	Payer      kernel.Ref      // empty: the policyholder
	Method     string          // the host's word: "transfer", "cash" …
	Amount     decimal.Decimal // more than zero
	Currency   kernel.Currency // empty: that of the application or policy; no other is taken
	ReceivedAt time.Time       // zero: now
}

func (in *ReceiptForm) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "reference", in.Reference)
	checkCode(f, "payer", string(in.Payer), false)
	checkCode(f, "method", in.Method, false)
	kernel.CheckAmount(f, "amount", in.Amount, in.Currency)
	if in.Amount.IsZero() {
		f.Add("amount", "range", "more than zero")
	}
	if in.Currency != "" {
		kernel.CheckCurrency(f, "currency", in.Currency)
	}
	kernel.CheckTime(f, "received_at", in.ReceivedAt)
}

// in notes what only the application or policy tells: its currency.
func (in *ReceiptForm) in(cur kernel.Currency, now time.Time) error {
	var f kernel.FieldErrors
	if in.Currency != "" && in.Currency != cur {
		f.Add("currency", "conflict", "the premium is in %s", cur)
	}
	kernel.CheckAmount(&f, "amount", in.Amount, cur)
	if in.ReceivedAt.After(now) {
		f.Add("received_at", "range", "lies in the future")
	}
	return f.Err()
}

func (in *ReceiptForm) money(holder kernel.Ref, now time.Time) Money {
	m := Money{Payer: in.Payer, Method: in.Method, Amount: in.Amount, ReceivedAt: kernel.Instant(in.ReceivedAt)}
	if m.Payer == "" {
		m.Payer = holder
	}
	if in.ReceivedAt.IsZero() {
		m.ReceivedAt = now
	}
	return m
}

// ReceivePremium records premium that came in before the policy is issued. The same
// reference again is a [kernel.DuplicateError].
func (s *Applications) ReceivePremium(ctx context.Context, id kernel.ID, in ReceiptForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: receivePremium, Input: in, Check: in.check,
		Guard: func(u *command.Unit, a *Application) error {
			if err := in.in(a.Currency, u.Now()); err != nil {
				return err
			}
			q := ofApplication(a.ID)
			q.Where = append(q.Where, storage.Col[kernel.Ref]("reference").Eq(in.Reference))
			r, err := storage.One[Receipt](u, q)
			if err == nil && r != nil {
				err = &kernel.DuplicateError{Kind: "receipt", Candidates: []kernel.ID{r.ID}, Certain: true}
			}
			return err
		},
		Apply: func(u *command.Unit, a *Application) error {
			u.Fact("amount", in.Amount)
			u.Fact("currency", string(a.Currency))
			u.Fact("reference", string(in.Reference))
			return u.Insert(&Receipt{ApplicationID: a.ID, Reference: in.Reference, Money: in.money(a.Holder, u.Now())})
		},
	}, opts)
}
