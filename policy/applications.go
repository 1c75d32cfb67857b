package policy

import (
	"context"
	"slices"
	"strings"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Applications gives commands to applications and answers questions about them.
type Applications struct {
	run      command.Runner
	cfg      Config
	policies *Policies
}

func newApplications(r command.Runner, cfg Config) *Applications {
	return &Applications{r, cfg, newPolicies(r, cfg)}
}

var applicationLife = &command.Life[Application, ApplicationState, ApplicationEvent]{
	Kind: "application", Machine: ApplicationLife,
	Guards: map[string]func(*command.Unit, *Application) error{
		"complete":           formComplete,
		"documents_complete": documentsComplete,
		"evidence_asked":     evidenceAsked,
		"evidence_complete":  evidenceComplete,
		"within_authority":   withinAuthority,
		"premium_covered":    premiumCovered,
		"unblocked_review":   unblocked(PassReview),
		"unblocked_approval": unblocked(Approve),
		"unblocked_signing":  unblocked(Sign),
		"unblocked_issue":    unblocked(Issue),
	},
}

// Draft begins an application for a product on sale. It may be incomplete, but not
// wrong: every fault of the form, against the product and against the customers' archive
// comes back at once as [kernel.FieldErrors].
func (s *Applications) Draft(ctx context.Context, in Form, opts ...kernel.Option) (Application, error) {
	in = in.withDefaults()
	var who known
	var form Form
	return command.Create(ctx, s.run, applicationLife, command.Creation[Application, ApplicationEvent]{
		Event: applicationDraft, Input: in, Check: in.dangers,
		Prepare: func(ctx context.Context) (err error) { who, err = ask(ctx, s.cfg.Customers, &in); return err },
		Build: func(u *command.Unit) (*Application, error) {
			form = in
			p, err := form.fit(u, who)
			if err != nil {
				return nil, err
			}
			a := &Application{Revision: 1}
			a.Branch = form.Branch
			a.take(&form, p)
			u.Fact("product", a.ProductCode)
			u.Fact("edition", a.Edition)
			u.Fact("channel", a.Channel)
			a.Number, err = number.Next(u, s.cfg.Numbers, "application", "A")
			u.Fact("number", a.Number)
			return a, err
		},
		Then: func(u *command.Unit, a *Application) error {
			if err := a.parts(u, &form); err != nil {
				return err
			}
			return a.insertDocuments(u, form.Documents)
		},
	}, opts...)
}

// Edit replaces the form of a draft. Documents on the form are added to those that have
// come in; what the earlier form said stays for the record.
func (s *Applications) Edit(ctx context.Context, id kernel.ID, in Form, opts ...kernel.Option) (Application, error) {
	in = in.withDefaults()
	var who known
	var form Form
	var product *Product
	return command.Fire(ctx, s.run, applicationLife, id, command.Call[Application, ApplicationEvent]{
		Event: editForm, Input: in, Check: in.dangers,
		Prepare: func(ctx context.Context) (err error) { who, err = ask(ctx, s.cfg.Customers, &in); return err },
		Guard: func(u *command.Unit, a *Application) (err error) {
			form = in
			if form.Branch != a.Branch {
				return kernel.Invalid("branch", "fixed", "the branch of an application does not change")
			}
			product, err = form.fit(u, who)
			return err
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Revision++
			a.take(&form, product)
			u.Fact("revision", a.Revision)
			if err := a.parts(u, &form); err != nil {
				return err
			}
			return a.insertDocuments(u, form.Documents)
		},
	}, opts...)
}

// fit loads the product and returns every fault of the form at once.
func (in *Form) fit(u *command.Unit, who known) (*Product, error) {
	var f kernel.FieldErrors
	in.check(&f)
	p, err := sold(u, in.Product, in.Edition)
	if err != nil {
		return nil, err
	}
	if p == nil && in.Product != "" {
		f.Add("product", "unknown", "no such product is on sale")
	}
	who.fill(&f, in)
	if p != nil {
		in.against(&f, p)
		if in.Inception != 0 && in.Inception < today(u.Now(), in.Zone).AddDays(-p.Design.BackdateDays) {
			f.Add("inception", "range", "lies too far back")
		}
	}
	if _, ok := sumInsured(in.Items, max(1, len(in.Insured))); !ok {
		f.Add("items", "range", "too much in all")
	}
	return p, f.Err()
}

// take copies what a checked form says.
func (a *Application) take(in *Form, p *Product) {
	a.ProductID, a.ProductCode, a.Edition = p.ID, p.Code, p.Edition
	a.Line, a.Group, a.Currency, a.OnCredit = p.Line, p.Design.Group, p.Currency, p.Design.OnCredit
	a.Holder, a.Channel, a.Producer, a.Interest = in.Holder, in.Channel, in.Producer, in.Interest
	a.Term, a.PayMode, a.Inception, a.Zone = in.Term, in.PayMode, in.Inception, in.Zone
	a.Items, a.Beneficiaries, a.Agreement = in.Items, slices.Clone(in.Beneficiaries), in.Agreement
	a.SumInsured, _ = sumInsured(in.Items, len(in.Insured))
}

// parts adds the insured and the answers of this revision.
func (a *Application) parts(u *command.Unit, in *Form) error {
	var recs []storage.Record
	for i, p := range in.Insured {
		recs = append(recs, &Insured{
			ApplicationID: a.ID, Revision: a.Revision, Position: int64(i), Party: p.Party, Relation: p.Relation,
			Class: p.Class, Consent: p.Consent, BeneficiaryConsent: p.BeneficiaryConsent,
			Birth: privacy.New(p.Birth.String()), Gender: privacy.New(string(p.Gender)),
		})
	}
	for _, d := range in.Disclosures {
		recs = append(recs, &Disclosure{
			ApplicationID: a.ID, Revision: a.Revision, Party: d.Insured, Question: d.Question, Answer: d.Answer,
		})
	}
	return u.Insert(recs...)
}

func (a *Application) insertDocuments(u *command.Unit, docs []DocumentForm) error {
	var recs []storage.Record
	var kinds []string
	for _, d := range docs {
		kinds = append(kinds, d.Kind)
		recs = append(recs, &Document{
			ApplicationID: a.ID, PersonRef: a.Holder, Kind: d.Kind, At: a.Version, FileName: d.FileName, MediaType: d.MediaType,
			Size: d.Size, SHA256: strings.ToLower(d.SHA256), URI: d.URI, ReceivedAt: u.Now(),
		})
	}
	if len(kinds) > 0 {
		u.Fact("documents", kinds)
	}
	return u.Insert(recs...)
}
