package policy

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Products gives commands to products and answers questions about them.
type Products struct {
	run  command.Runner
	life *command.Life[Product, ProductState, ProductEvent]
}

func newProducts(r command.Runner, cfg Config) *Products {
	_, tabled := cfg.Rater.(TableRater)
	return &Products{r, productLife(tabled)}
}

func productLife(tabled bool) *command.Life[Product, ProductState, ProductEvent] {
	return &command.Life[Product, ProductState, ProductEvent]{
		Kind: "product", Machine: ProductLife,
		Guards: map[string]func(*command.Unit, *Product) error{
			"complete": func(_ *command.Unit, p *Product) error {
				var f kernel.FieldErrors
				p.Design.complete(&f, tabled)
				return f.Err()
			},
		},
	}
}

// Columns of products.
const (
	colCode         = storage.Col[string]("code")
	colEdition      = storage.Col[int64]("edition")
	colProductState = storage.Col[ProductState]("state")
)

// Draft begins a product, or the next edition of the product with the design's code. The
// design may be incomplete, but not wrong: every fault is a [kernel.FieldErrors].
func (s *Products) Draft(ctx context.Context, d Design, opts ...kernel.Option) (Product, error) {
	return command.Create(ctx, s.run, s.life, command.Creation[Product, ProductEvent]{
		Event: productDraft, Input: d, Check: d.check,
		Build: func(u *command.Unit) (*Product, error) {
			last, err := storage.One[Product](u, storage.Query{
				Where: []storage.Cond{colCode.Eq(d.Code)}, Order: []storage.Order{colEdition.Desc()},
			})
			if err != nil {
				return nil, err
			}
			p := &Product{Edition: 1}
			if last != nil {
				p.Edition = last.Edition + 1
			}
			p.redesign(u, d)
			u.Fact("edition", p.Edition)
			return p, nil
		},
	}, opts...)
}

func (p *Product) redesign(u *command.Unit, d Design) {
	d.Currency = d.Currency.Or(kernel.CNY)
	p.Design, p.Code, p.Line, p.Currency = d, d.Code, d.Line, d.Currency
	u.Fact("code", p.Code)
}

// Edit replaces the design of a draft. The code stays.
func (s *Products) Edit(ctx context.Context, id kernel.ID, d Design, opts ...kernel.Option) (Product, error) {
	return command.Fire(ctx, s.run, s.life, id, command.Call[Product, ProductEvent]{
		Event: productEdit, Input: d, Check: d.check,
		Guard: func(_ *command.Unit, p *Product) error {
			if p.Code != d.Code {
				return kernel.Invalid("code", "fixed", "the code of a product does not change")
			}
			return nil
		},
		Apply: func(u *command.Unit, p *Product) error { p.redesign(u, d); return nil },
	}, opts...)
}

// Submit gives the design to review. What is missing comes back as [kernel.FieldErrors]
// inside the refusal, all at once.
func (s *Products) Submit(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productSubmit, nil, opts)
}

// Return gives the design back to be changed.
func (s *Products) Return(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productReturn, &why, opts)
}

// Approve releases the design. From here on it does not change.
func (s *Products) Approve(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productApprove, nil, opts)
}

// Launch puts the product on sale, within the period that its design says.
func (s *Products) Launch(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productLaunch, nil, opts)
}

// Suspend keeps the product from being applied for until it is resumed.
func (s *Products) Suspend(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productSuspend, &why, opts)
}

// Resume puts a suspended product on sale again.
func (s *Products) Resume(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productResume, nil, opts)
}

// Withdraw ends the sale. Policies of the product run on.
func (s *Products) Withdraw(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productWithdraw, &why, opts)
}

// Discard gives up a product that was never on sale.
func (s *Products) Discard(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Product, error) {
	return s.fire(ctx, id, productDiscard, &why, opts)
}

func (s *Products) fire(ctx context.Context, id kernel.ID, e ProductEvent, why *Grounds, opts []kernel.Option) (Product, error) {
	c := command.Call[Product, ProductEvent]{Event: e}
	if why != nil {
		c.Input = *why
		c.Check = func(f *kernel.FieldErrors) { why.check(f, false) }
		c.Apply = func(u *command.Unit, _ *Product) error { why.note(u); return nil }
	}
	return command.Fire(ctx, s.run, s.life, id, c, opts...)
}

// note tells the journal.
func (g Grounds) note(u *command.Unit) {
	u.Fact("code", g.Code)
	u.Because(g.Reason)
}

// Publish takes a design from the draft to the shelf in one unit of work, for setting up
// a system and for those who may both design and approve. The journal has every step.
func (s *Products) Publish(ctx context.Context, d Design, opts ...kernel.Option) (Product, error) {
	var p Product
	err := s.run.Together(ctx, command.Group{Action: "product.Publish", Input: d, Check: d.check}, func(ctx context.Context, r command.Runner) (err error) {
		in := &Products{r, s.life}
		if p, err = in.Draft(ctx, d); err != nil {
			return err
		}
		for _, step := range []func(context.Context, kernel.ID, ...kernel.Option) (Product, error){in.Submit, in.Approve, in.Launch} {
			if p, err = step(ctx, p.ID); err != nil {
				return err
			}
		}
		return nil
	}, opts...)
	return command.Redone(p, err, func(id kernel.ID) (Product, error) {
		p, err := s.Get(ctx, id)
		p.Replayed = true
		return p, err
	})
}
