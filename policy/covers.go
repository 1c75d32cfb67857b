package policy

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Occasion is a policy, by its key or its number, and an instant.
type Occasion struct {
	Policy kernel.Ref
	At     time.Time
}

// CoversAt returns what policies covered, for each occasion what [Policies.CoverAt] does;
// nil where there is no such policy, or none that the actor sees. It takes as many
// questions to the database for a thousand occasions as for one. Covers of one policy
// share what they point to.
func (s *Policies) CoversAt(ctx context.Context, asked []Occasion) ([]*Cover, error) {
	out := make([]*Cover, len(asked))
	err := s.run.Look(ctx, "policy.CoversAt", func(u *command.Unit) error {
		f, err := findMany(u, asked)
		if err != nil {
			return err
		}
		for i, o := range asked {
			p := f.policies[o.Policy]
			if p == nil || f.products[p.ProductID] == nil {
				continue
			}
			c, err := p.coverOf(f.terms[p.ID], f.products[p.ProductID], f.due[p.ID], o.At, u.Now())
			if errors.Is(err, kernel.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out[i] = &c
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// found is what covers of many policies are made of.
type found struct {
	policies map[kernel.Ref]*Policy // by what they were asked for
	products map[kernel.ID]*Product
	terms    map[kernel.ID][]Terms
	due      map[kernel.ID][]Instalment
}

func findMany(u *command.Unit, asked []Occasion) (*found, error) {
	f := &found{map[kernel.Ref]*Policy{}, map[kernel.ID]*Product{}, map[kernel.ID][]Terms{}, map[kernel.ID][]Instalment{}}
	keys, numbers := map[kernel.Ref]kernel.ID{}, []string{}
	var ids, products []kernel.ID
	for _, o := range asked {
		if id, err := kernel.ParseID(string(o.Policy)); err == nil {
			keys[o.Policy], ids = id, append(ids, id)
		}
		if o.Policy != "" && storage.CheckText(string(o.Policy)) == nil {
			numbers = append(numbers, string(o.Policy))
		}
	}
	byID, err1 := command.Ask[Policy](u, storage.ColID, ids)
	byNumber, err2 := command.Ask[Policy](u, colNumber, numbers)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	see := func(ref kernel.Ref, p *Policy) error {
		err := u.MaySee("policy.CoversAt", "policy", p.Subject())
		switch {
		case errors.Is(err, kernel.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		f.policies[ref] = p
		return nil
	}
	for i := range byNumber {
		if err := see(kernel.Ref(byNumber[i].Number), &byNumber[i]); err != nil {
			return nil, err
		}
	}
	at := map[kernel.ID]*Policy{}
	for i := range byID {
		at[byID[i].ID] = &byID[i]
	}
	for ref, id := range keys {
		if p := at[id]; p != nil {
			if err := see(ref, p); err != nil {
				return nil, err
			}
		}
	}
	ids = ids[:0]
	for _, p := range f.policies {
		ids, products = append(ids, p.ID), append(products, p.ProductID)
	}
	return f, f.load(u, ids, products)
}

func (f *found) load(u *command.Unit, ids, products []kernel.ID) error {
	terms, err1 := command.Ask[Terms](u, colPolicy, ids)
	due, err2 := command.Ask[Instalment](u, colPolicy, ids)
	list, err3 := command.Ask[Product](u, storage.ColID, products)
	for i := range terms {
		f.terms[terms[i].PolicyID] = append(f.terms[terms[i].PolicyID], terms[i])
	}
	for i := range due {
		f.due[due[i].PolicyID] = append(f.due[due[i].PolicyID], due[i])
	}
	for i := range list {
		f.products[list[i].ID] = &list[i]
	}
	return errors.Join(err1, err2, err3)
}
