package complaint

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Improvements tells what became of the improvements that complaints led to.
type Improvements interface {
	// Standing counts the improvements of each complaint; one without any may be left
	// out. It is asked for at most 500 complaints at once, in no transaction.
	Standing(ctx context.Context, complaints []kernel.ID) (map[kernel.ID]Standing, error)
}

// Period is what an analysis is about.
type Period struct {
	From, To kernel.Date // first and last day of receipt
	Zone     string      // whose days; default Asia/Shanghai
	By       []Dimension // empty: all

	Exposure   Exposure                          // of the whole
	ExposureBy map[Dimension]map[string]Exposure // of groups, by their key
}

func (p Period) check() (*time.Location, error) {
	var f kernel.FieldErrors
	kernel.CheckDate(&f, "from", p.From)
	kernel.CheckDate(&f, "to", p.To)
	if p.From.IsZero() {
		f.Add("from", "required", "say from which day")
	}
	if p.To.IsZero() || p.To < p.From {
		f.Add("to", "order", "a day that is not before the first")
	}
	for i, d := range p.By {
		if !slices.Contains(dimensions, d) {
			f.Index("by", i).Add("", "unknown", "one of %v", dimensions)
		} else if slices.Index(p.By, d) != i {
			f.Index("by", i).Add("", "duplicate", "named before")
		}
	}
	loc := beijing
	if p.Zone != "" && p.Zone != beijing.String() {
		var err error
		if loc, err = time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
			f.Add("zone", "unknown", "not a time zone")
		}
	}
	return loc, f.Err()
}

// Analysis is the figures of a period (投诉总结, SP 1.1.43; MR 六(四)).
type Analysis struct {
	From  kernel.Date `json:"from"`
	To    kernel.Date `json:"to"`
	Whole Group       `json:"whole"`
	By    []Group     `json:"by"` // in the order of the dimensions, then by key
}

// Group returns the figures of a group; none for one without complaints.
func (a *Analysis) Group(d Dimension, key string) (Group, bool) {
	for _, g := range a.By {
		if g.By == d && g.Key == key {
			return g, true
		}
	}
	return Group{}, false
}

// Analyse counts the complaints received in the period that the actor may see. Days are
// those of the zone; a reply is on time until the end of the promised day. Complaints are
// read page by page in one snapshot, and nothing but their keys is kept.
func (s *Service) Analyse(ctx context.Context, p Period) (Analysis, error) {
	var a *analyst
	err := s.run.Look(ctx, "complaint.Analyse", func(u *command.Unit) error {
		loc, err := p.check()
		if err != nil {
			return err
		}
		if len(p.By) == 0 {
			p.By = dimensions
		}
		a = newAnalyst(p, loc)
		return each(u, p, loc, func(c *Complaint) { a.add(observed{Complaint: c}, u.Now()) })
	})
	if err == nil && s.cfg.Improvements != nil {
		err = a.ask(ctx, s.cfg.Improvements)
	}
	if err != nil {
		return Analysis{}, err
	}
	return a.finish(), nil
}

// each reads the complaints of level 1 that were received in the period.
func each(u *command.Unit, p Period, loc *time.Location, fn func(*Complaint)) error {
	q := storage.Query{
		Where: append(u.Branches(), colReceived.Ge(p.From.In(loc)), colReceived.Lt(p.To.AddDays(1).In(loc)), colLevel.Eq(1)),
		Order: []storage.Order{colReceived.Asc()},
		Limit: kernel.MaxLimit,
	}
	for {
		page, err := storage.Find[Complaint](u, q)
		if err != nil {
			return err
		}
		for i := range page {
			fn(&page[i])
			q.After = []any{page[i].ReceivedAt, page[i].ID}
		}
		if len(page) < q.Limit {
			return nil
		}
	}
}

// analyst keeps a counter for each group, and of each complaint only its key and groups.
type analyst struct {
	period Period
	loc    *time.Location
	whole  *counter
	groups map[Dimension]map[string]*counter
	seen   []member
}

// member is a complaint, or its review, and the groups that it belongs to.
type member struct {
	id kernel.ID
	of []*counter
}

func newAnalyst(p Period, loc *time.Location) *analyst {
	return &analyst{period: p, loc: loc, whole: newCounter(Whole, ""), groups: map[Dimension]map[string]*counter{}}
}

func newCounter(d Dimension, key string) *counter {
	return &counter{Group: Group{By: d, Key: key}, days: map[int64]int64{}, causes: map[string]int64{}}
}

func (a *analyst) add(o observed, now time.Time) {
	day := func(t time.Time) kernel.Date {
		if t.IsZero() {
			return 0
		}
		return kernel.DateOf(t.In(a.loc))
	}
	o.received, o.replied, o.closed, o.today = day(o.ReceivedAt), day(o.RepliedAt), day(o.ClosedAt), day(now)
	in := []*counter{a.whole}
	for _, d := range a.period.By {
		of := a.groups[d]
		if of == nil {
			of = map[string]*counter{}
			a.groups[d] = of
		}
		key := d.key(o.Complaint, o.received)
		if of[key] == nil {
			of[key] = newCounter(d, key)
		}
		in = append(in, of[key])
	}
	for _, g := range in {
		g.add(o)
	}
	a.seen = append(a.seen, member{o.ID, in})
	if o.Second != "" {
		a.seen = append(a.seen, member{o.Second, in})
	}
}

// ask adds what became of the improvements, after the snapshot of the complaints: whoever
// knows may have a database of their own.
func (a *analyst) ask(ctx context.Context, who Improvements) error {
	a.whole.Improvements = new(Standing)
	for _, of := range a.groups {
		for _, g := range of {
			g.Improvements = new(Standing)
		}
	}
	for some := range slices.Chunk(a.seen, kernel.MaxLimit) {
		ids := make([]kernel.ID, len(some))
		for i := range some {
			ids[i] = some[i].id
		}
		standing, err := who.Standing(ctx, ids)
		if err != nil {
			return err
		}
		for _, m := range some {
			for _, g := range m.of {
				g.Improvements.add(standing[m.id])
			}
		}
	}
	return nil
}

func (a *analyst) finish() Analysis {
	out := Analysis{From: a.period.From, To: a.period.To, Whole: a.whole.finish(a.period.Exposure), By: []Group{}}
	for _, d := range a.period.By {
		keys := make([]string, 0, len(a.groups[d]))
		for key := range a.groups[d] {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			out.By = append(out.By, a.groups[d][key].finish(a.period.ExposureBy[d][key]))
		}
	}
	return out
}
