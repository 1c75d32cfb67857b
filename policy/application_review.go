package policy

import (
	"context"
	"fmt"
	"slices"

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
