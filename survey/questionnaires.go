package survey

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Questionnaires gives commands to questionnaires and answers questions about them.
type Questionnaires struct{ run command.Runner }

// Draft begins a questionnaire, or the next edition of the one with the content's code.
// The content may be incomplete, but not wrong: every fault is a [kernel.FieldErrors].
func (s *Questionnaires) Draft(ctx context.Context, in Content, opts ...kernel.Option) (Questionnaire, error) {
	return command.Create(ctx, s.run, questionnaireLife, command.Creation[Questionnaire, QuestionnaireEvent]{
		Event: questionnaireDraft, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Questionnaire, error) {
			last, err := storage.One[Questionnaire](u, storage.Query{
				Where: []storage.Cond{colCode.Eq(in.Code)}, Order: []storage.Order{colEdition.Desc()},
			})
			if err != nil {
				return nil, err
			}
			q := &Questionnaire{Edition: 1, Code: in.Code, Content: in}
			if last != nil {
				q.Edition = last.Edition + 1
			}
			u.Fact("code", q.Code)
			u.Fact("edition", q.Edition)
			return q, nil
		},
	}, opts...)
}

// Edit replaces the content of a draft. The code stays.
func (s *Questionnaires) Edit(ctx context.Context, id kernel.ID, in Content, opts ...kernel.Option) (Questionnaire, error) {
	return command.Fire(ctx, s.run, questionnaireLife, id, command.Call[Questionnaire, QuestionnaireEvent]{
		Event: questionnaireEdit, Input: in, Check: in.check,
		Guard: func(_ *command.Unit, q *Questionnaire) error {
			if q.Code != in.Code {
				return kernel.Invalid("code", "fixed", "the code of a questionnaire does not change")
			}
			return nil
		},
		Apply: func(_ *command.Unit, q *Questionnaire) error { q.Content = in; return nil },
	}, opts...)
}

// Publish freezes the content. What is missing comes back as [kernel.FieldErrors] inside
// the refusal, all at once.
func (s *Questionnaires) Publish(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Questionnaire, error) {
	return command.Fire(ctx, s.run, questionnaireLife, id, command.Call[Questionnaire, QuestionnaireEvent]{Event: questionnairePublish}, opts...)
}

// Retire keeps new campaigns from using the edition.
func (s *Questionnaires) Retire(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Questionnaire, error) {
	return command.Fire(ctx, s.run, questionnaireLife, id, command.Call[Questionnaire, QuestionnaireEvent]{
		Event: questionnaireRetire, Input: why, Check: why.check,
		Apply: func(u *command.Unit, _ *Questionnaire) error { why.note(u); return nil },
	}, opts...)
}

// Get returns a questionnaire.
func (s *Questionnaires) Get(ctx context.Context, id kernel.ID) (Questionnaire, error) {
	return command.Get(ctx, s.run, questionnaireLife, id)
}

// Allowed returns what the actor may do with a questionnaire now, and why not the rest.
func (s *Questionnaires) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[QuestionnaireState, QuestionnaireEvent], error) {
	return command.Allowed(ctx, s.run, questionnaireLife, id)
}

// History returns what happened to a questionnaire, the oldest first.
func (s *Questionnaires) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, questionnaireLife, id)
}

// Published returns the newest published edition of a code, or [kernel.ErrNotFound].
func (s *Questionnaires) Published(ctx context.Context, code string) (Questionnaire, error) {
	var out Questionnaire
	err := s.run.Look(ctx, "questionnaire.Published", func(u *command.Unit) error {
		if storage.CheckText(code) != nil {
			return kernel.ErrNotFound
		}
		q, err := storage.One[Questionnaire](u, storage.Query{
			Where: []storage.Cond{colCode.Eq(code), colQuestions.Eq(QuestionnairePublished)},
			Order: []storage.Order{colEdition.Desc()},
		})
		switch {
		case err != nil:
			return err
		case q == nil:
			return kernel.ErrNotFound
		}
		out = *q
		return nil
	})
	return out, err
}

// QuestionnaireFilter narrows a list of questionnaires; empty parts do not.
type QuestionnaireFilter struct {
	Code  string
	State QuestionnaireState
}

// List returns one page of the questionnaires, in the order in which they were begun.
func (s *Questionnaires) List(ctx context.Context, by QuestionnaireFilter, page kernel.List) (kernel.Page[Questionnaire], error) {
	var out kernel.Page[Questionnaire]
	err := s.run.Look(ctx, "questionnaire.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		var f kernel.FieldErrors
		if checkOptional(&f, "code", by.Code); by.Code != "" {
			where = append(where, colCode.Eq(by.Code))
		}
		if by.State != "" {
			if QuestionnaireLife.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of a questionnaire")
			}
			where = append(where, colQuestions.Eq(by.State))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[Questionnaire](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Workflow returns the table of a questionnaire's life.
func (*Questionnaires) Workflow() *workflow.Machine[QuestionnaireState, QuestionnaireEvent] {
	return QuestionnaireLife
}
