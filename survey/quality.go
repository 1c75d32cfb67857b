package survey

import (
	"context"
	"math"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Inputs are what the service quality of a unit is judged by. A source of nothing (N is
// 0) does not count.
type Inputs struct {
	Surveys     Count `json:"surveys"`     // satisfied answers, of those given
	Visits      Count `json:"visits"`      // return visits that ended well, of those due
	Inspections Count `json:"inspections"` // inspections passed, of those scored
	Deadlines   Count `json:"deadlines"`   // deadlines kept, of those that fell due
}

// Weights say how much each source counts against the others. Weights below zero are
// zero; the zero value is [DefaultWeights].
type Weights struct{ Surveys, Visits, Inspections, Deadlines float64 }

// DefaultWeights count surveys and deadlines twice.
var DefaultWeights = Weights{Surveys: 2, Visits: 1, Inspections: 1, Deadlines: 2}

// Quality is the service quality of a unit in a period.
type Quality struct {
	Inputs Inputs   `json:"inputs"`
	Score  Estimate `json:"score"` // 0 to 100, with its interval; N is all that was counted
}

// Judge returns the score of inputs: the weighted mean of their shares, in per cent. Its
// interval follows from those of the shares, so that it stays within 0 and 100.
func Judge(in Inputs, w Weights) Quality {
	if w == (Weights{}) {
		w = DefaultWeights
	}
	out := Quality{Inputs: in, Score: Estimate{High: 100}}
	var total, value, low, high float64
	var n int64
	for _, x := range [...]struct {
		c Count
		w float64
	}{{in.Surveys, w.Surveys}, {in.Visits, w.Visits}, {in.Inspections, w.Inspections}, {in.Deadlines, w.Deadlines}} {
		e := Share(x.c)
		if !e.Known() || !(x.w > 0) || math.IsInf(x.w, 1) {
			continue
		}
		n += e.N
		total += x.w
		value += x.w * e.Value
		low = math.Hypot(low, x.w*(e.Value-e.Low))
		high = math.Hypot(high, x.w*(e.High-e.Value))
	}
	if total > 0 {
		v := within(100*value/total, 0, 100)
		out.Score = Estimate{N: n, Value: v, Low: within(v-100*low/total, 0, v), High: within(v+100*high/total, v, 100)}
	}
	return out
}

// QualityQuery names a unit and a period. Empty parts leave nothing out.
type QualityQuery struct {
	Branch   string
	Handler  kernel.Ref
	From, To kernel.Date // both included
}

// Quality judges a unit in a period by the satisfied answers of its surveys (of csat and
// ces questions), its inspections, and what [Figures] tell of visits and deadlines; with
// the Config's weights.
func (s *Analysis) Quality(ctx context.Context, q QualityQuery) (Quality, error) {
	var in Inputs
	err := s.run.Look(ctx, "survey.Quality", func(u *command.Unit) error {
		for _, k := range [...]Kind{CSAT, CES} {
			groups, err := s.scores(u, &Query{Kind: k, Branch: q.Branch, Handler: q.Handler, From: q.From, To: q.To})
			if err != nil {
				return err
			}
			for _, g := range groups {
				for score, n := range g.Histogram {
					if in.Surveys.N += n; score >= k.topBox() {
						in.Surveys.Good += n
					}
				}
			}
		}
		var f kernel.FieldErrors
		where := append(u.Branches(), colInspection.Eq(Scored))
		where = append(where, days(&f, colScoredAt, q.From, q.To, s.cfg.Zone)...)
		if q.Branch != "" {
			where = append(where, storage.ColBranch.Eq(q.Branch))
		}
		if q.Handler != "" {
			where = append(where, colHandler.Eq(q.Handler))
		}
		rows, err := u.Tally(new(Inspection), storage.Query{Where: where}, []string{"passed"})
		for _, r := range rows {
			if in.Inspections.N += r.Count; r.Group[0].(bool) {
				in.Inspections.Good += r.Count
			}
		}
		return err
	})
	if err == nil && s.cfg.Figures != nil {
		if in.Visits, err = s.cfg.Figures.Visits(ctx, q); err == nil {
			in.Deadlines, err = s.cfg.Figures.Deadlines(ctx, q)
		}
	}
	if err != nil {
		return Quality{}, err
	}
	return Judge(in, s.cfg.Weights), nil
}
