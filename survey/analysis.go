package survey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Analysis answers questions about all answers together (SP 1.1.39(4), MR 八(二)).
type Analysis struct {
	run command.Runner
	cfg Config
}

// Dimension is what answers are grouped by.
type Dimension string

// The dimensions. Empty: all answers together.
const (
	ByProduct  Dimension = "product"
	ByBranch   Dimension = "branch"
	ByHandler  Dimension = "handler"
	ByChannel  Dimension = "channel"
	ByMonth    Dimension = "month" // of the answer, as "2006-01"
	ByQuestion Dimension = "question"
	ByCampaign Dimension = "campaign_id"
)

// Known reports whether the dimension is one of the library's.
func (d Dimension) Known() bool {
	switch d {
	case "", ByProduct, ByBranch, ByHandler, ByChannel, ByMonth, ByQuestion, ByCampaign:
		return true
	}
	return false
}

// Query says which answers count. Empty parts leave nothing out.
type Query struct {
	Kind     Kind // needed: csat, nps or ces; for [Analysis.Choices] single or multiple
	By       Dimension
	Campaign kernel.ID
	Question string // its code
	Product  string
	Branch   string
	Handler  kernel.Ref
	Channel  string
	From, To kernel.Date // days of the answer in the Config's zone, both included
}

func (q *Query) where(u *command.Unit, zone *time.Location, kinds ...Kind) ([]storage.Cond, error) {
	var f kernel.FieldErrors
	if !slices.Contains(kinds, q.Kind) {
		f.Add("kind", "unknown", "one of %v", kinds)
	}
	if !q.By.Known() {
		f.Add("by", "unknown", "not a dimension of answers")
	}
	where := append(u.Branches(), colKind.Eq(q.Kind))
	if q.Campaign != "" {
		id, err := kernel.ParseID(string(q.Campaign))
		if err != nil {
			f.Add("campaign", "format", "not the key of a campaign")
		}
		where = append(where, colCampaign.Eq(id))
	}
	for _, x := range [...]struct {
		column storage.Col[string]
		value  string
	}{{colQuestion, q.Question}, {"product", q.Product}, {"branch", q.Branch}, {"channel", q.Channel}} {
		if checkOptional(&f, string(x.column), x.value); x.value != "" {
			where = append(where, x.column.Eq(x.value))
		}
	}
	if checkOptional(&f, "handler", string(q.Handler)); q.Handler != "" {
		where = append(where, colHandler.Eq(q.Handler))
	}
	where = append(where, days(&f, storage.ColCreated, q.From, q.To, zone)...)
	return where, f.Err()
}

// days keeps a query to a period, both days included.
func days(f *kernel.FieldErrors, col storage.Col[time.Time], from, to kernel.Date, zone *time.Location) []storage.Cond {
	var where []storage.Cond
	kernel.CheckDate(f, "from", from)
	kernel.CheckDate(f, "to", to)
	if from != 0 {
		where = append(where, col.Ge(from.In(zone).UTC()))
	}
	if to != 0 {
		where = append(where, col.Lt(to.AddDays(1).In(zone).UTC()))
		if to < from {
			f.Add("to", "range", "before the first day")
		}
	}
	return where
}

// Group is the answers that have one value of the dimension.
type Group struct {
	Value     string    `json:"value"` // of the dimension; empty also where it was not known
	Estimate  Estimate  `json:"estimate"`
	Histogram Histogram `json:"histogram"`
}

// Scores returns the figure of a scale with number of answers and interval, for each
// value of the dimension, sorted by it. Groups without answers are left out.
func (s *Analysis) Scores(ctx context.Context, q Query) ([]Group, error) {
	var out []Group
	err := s.run.Look(ctx, "survey.Scores", func(u *command.Unit) (err error) {
		out, err = s.scores(u, &q)
		return err
	})
	return out, err
}

func (s *Analysis) scores(u *command.Unit, q *Query) ([]Group, error) {
	where, err := q.where(u, s.cfg.Zone, CSAT, NPS, CES)
	if err != nil {
		return nil, err
	}
	by := []string{"score"}
	if q.By != "" {
		by = []string{string(q.By), "score"}
	}
	rows, err := u.Tally(new(Reply), storage.Query{Where: where}, by)
	if err != nil {
		return nil, err
	}
	var out []Group
	for _, r := range rows {
		value := ""
		if q.By != "" {
			value = fmt.Sprint(r.Group[0])
		}
		n := slices.IndexFunc(out, func(g Group) bool { return g.Value == value })
		if n < 0 {
			n, out = len(out), append(out, Group{Value: value, Histogram: Histogram{}})
		}
		out[n].Histogram[int(r.Group[len(by)-1].(int64))] += r.Count
	}
	for i := range out {
		out[i].Estimate = out[i].Histogram.Estimate(q.Kind)
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Compare(a.Value, b.Value) })
	return out, nil
}

// Trend is how a figure went from month to month.
type Trend struct {
	Months []Group  `json:"months"` // with answers, the earliest first
	Change Estimate `json:"change"` // from the month before to the last; unknown with less than two
}

// Trend returns the figure of a scale by month. The query's dimension is not used.
func (s *Analysis) Trend(ctx context.Context, q Query) (Trend, error) {
	var out Trend
	q.By = ByMonth
	err := s.run.Look(ctx, "survey.Trend", func(u *command.Unit) (err error) {
		out.Months, err = s.scores(u, &q)
		return err
	})
	if n := len(out.Months); n > 1 {
		out.Change = Change(out.Months[n-2].Estimate, out.Months[n-1].Estimate)
	}
	return out, err
}

// Choices returns how often each option of a question was chosen, by its code. Question
// and Campaign are needed; the query's dimension is not used.
func (s *Analysis) Choices(ctx context.Context, q Query) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.run.Look(ctx, "survey.Choices", func(u *command.Unit) error {
		where, err := q.where(u, s.cfg.Zone, Single, Multiple)
		if err != nil {
			return err
		}
		var f kernel.FieldErrors
		if q.Question == "" {
			f.Add("question", "required", "name the question")
		}
		if q.Campaign == "" {
			f.Add("campaign", "required", "name the campaign")
		}
		if err := f.Err(); err != nil {
			return err
		}
		rows, err := u.Tally(new(Reply), storage.Query{Where: where}, []string{string(colChoice)})
		for _, r := range rows {
			out[r.Group[0].(string)] = r.Count
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// results works out every scored question of a campaign, whoever of its answers the
// actor sees.
func results(u *command.Unit, campaign kernel.ID) ([]Result, error) {
	rows, err := u.Tally(new(Reply), storage.Query{Where: []storage.Cond{colCampaign.Eq(campaign), colKind.In(CSAT, NPS, CES)}},
		[]string{string(colQuestion), string(colKind), "score"})
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, r := range rows {
		question, kind := r.Group[0].(string), r.Group[1].(Kind)
		if n := len(out); n == 0 || out[n-1].Question != question {
			out = append(out, Result{Question: question, Kind: kind, Histogram: Histogram{}})
		}
		out[len(out)-1].Histogram[int(r.Group[2].(int64))] += r.Count
	}
	for i := range out {
		out[i].Estimate = out[i].Histogram.Estimate(out[i].Kind)
	}
	return out, nil
}
