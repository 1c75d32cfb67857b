package claim

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Occasion is a policy and an instant to ask for its cover.
type Occasion struct {
	Policy kernel.Ref
	At     time.Time
}

// ManyPolicies is for [Policies] that can answer for many claims at once; [Service.Import]
// asks it once for a unit of rows, and otherwise each policy and instant once.
type ManyPolicies interface {
	Policies
	// CoversAt returns the covers in the order asked for, each as CoverAt does; nil where
	// there is no such policy. Answers may share what they point to.
	CoversAt(ctx context.Context, asked []Occasion) ([]*Cover, error)
}

// adopting is what is worked out about one row.
type adopting struct {
	cover Cover
	claim *Claim
	twins []kernel.ID
}

type adoptions = command.Batch[Adoption, adopting]

// covers asks for the covers of all rows.
func (s *Service) covers(ctx context.Context, b *adoptions) error {
	if s.cfg.Policies == nil {
		return errors.New("claim: no policies are configured")
	}
	var asked []Occasion
	place, of := map[Occasion]int{}, make([]int, b.Len())
	for i := range b.New() {
		o := Occasion{b.In[i].Policy, kernel.Instant(b.In[i].OccurredAt)}
		n, met := place[o]
		if !met {
			n = len(asked)
			asked, place[o] = append(asked, o), n
		}
		of[i] = n
	}
	answers, err := s.coversAt(ctx, asked)
	if err != nil {
		return err
	}
	faults := make([]kernel.FieldErrors, len(asked))
	for n, c := range answers {
		if c == nil {
			faults[n].Add("policy", "not_found", "there is no such policy")
			continue
		}
		c.settle(asked[n].Policy)
		c.check(faults[n].At("cover"), s.cfg.Calculators)
	}
	for i := range b.New() {
		if n := of[i]; faults[n].Err() == nil {
			b.Work[i].cover = *answers[n]
		} else {
			b.Ahead(i).Merge("", faults[n].Err())
		}
	}
	return nil
}

func (s *Service) coversAt(ctx context.Context, asked []Occasion) ([]*Cover, error) {
	if many, ok := s.cfg.Policies.(ManyPolicies); ok {
		answers, err := many.CoversAt(ctx, asked)
		if err == nil && len(answers) != len(asked) {
			err = errors.New("claim: the policies did not answer for all")
		}
		return answers, err
	}
	answers := make([]*Cover, len(asked))
	for n, o := range asked {
		c, err := s.cfg.Policies.CoverAt(ctx, o.Policy, o.At)
		if errors.Is(err, kernel.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		answers[n] = &c
	}
	return answers, nil
}

// adopt makes the claims of the rows and asks, for all at once, what stands against them.
func (s *Service) adopt(u *command.Unit, b *adoptions) error {
	var persons []kernel.Ref
	var numbers []string
	for i := range b.New() {
		in, w := &b.In[i], &b.Work[i]
		c, err := draft(u, in.Notice, w.cover)
		if err != nil {
			if err = b.Refuse(i, err); err != nil {
				return err
			}
			continue
		}
		w.claim, w.twins = c, nil
		in.put(u, b.Fault(i), c)
		persons = append(persons, c.Person())
		if c.Number != "" && !b.Trusted() {
			numbers = append(numbers, c.Number)
		}
	}
	if err := u.Meet(persons...); err != nil {
		return err
	}
	losses, err := s.losses(u, b)
	if err != nil {
		return err
	}
	have, err := command.Ask[Claim](u, colNumber, numbers)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for i := range have {
		taken[have[i].Number] = true
	}
	var without []*Claim
	for i := range b.New() {
		w, f := &b.Work[i], b.Fault(i)
		key := lossOf(w.claim)
		if w.twins = w.claim.beside(losses[key]); len(w.twins) > 0 && !b.In[i].AcceptDuplicate {
			f.Add("", "likely", "the same loss as %v", w.twins)
		}
		switch no := w.claim.Number; {
		case no == "":
			without = append(without, w.claim)
		case taken[no]:
			f.Add("number", "duplicate", "another claim has this number")
		default:
			taken[no] = true
		}
		if f.Err() == nil {
			w.claim.ID = kernel.NewID()
			here := Claim{Twin: w.claim.Twin, State: b.In[i].State}
			here.ID = w.claim.ID
			losses[key] = append(losses[key], here)
		}
	}
	list, err := number.Many(u, s.cfg.Numbers, kind, "CLM", len(without))
	for n, c := range without {
		c.Number = list[n]
	}
	return err
}

// loss is what two claims must have in common to be likely the same.
type loss struct {
	policy kernel.Ref
	day    kernel.Date
	cause  string
}

func lossOf(c *Claim) loss { return loss{c.Policy, c.LossOn, c.Cause} }

// losses returns the claims that there are of the same losses. It asks by policies and the
// span of some days: by each policy with each day a database would look for all of them.
func (s *Service) losses(u *command.Unit, b *adoptions) (map[loss][]Claim, error) {
	var rows []*Claim
	for i := range b.New() {
		rows = append(rows, b.Work[i].claim)
	}
	slices.SortStableFunc(rows, func(x, y *Claim) int { return cmp.Compare(x.LossOn, y.LossOn) })
	var (
		reads []storage.Read
		found []*[]Claim
	)
	for part := range slices.Chunk(rows, span) {
		policies := make([]kernel.Ref, len(part))
		for i, c := range part {
			policies[i] = c.Policy
		}
		into := new([]Claim)
		found = append(found, into)
		reads = append(reads, storage.Where(into, storage.Query{
			Where: []storage.Cond{colPolicy.In(policies...), colLossOn.Ge(part[0].LossOn), colLossOn.Le(part[len(part)-1].LossOn)},
			Order: []storage.Order{colPolicy.Desc()},
		}))
	}
	if len(reads) == 0 {
		return map[loss][]Claim{}, nil
	}
	if err := u.Load(reads...); err != nil {
		return nil, err
	}
	of := map[loss][]Claim{}
	seen := map[kernel.ID]bool{} // days may be in two parts
	for _, list := range found {
		for _, c := range *list {
			if !seen[c.ID] {
				seen[c.ID] = true
				of[lossOf(&c)] = append(of[lossOf(&c)], c)
			}
		}
	}
	return of, nil
}

const span = 64
