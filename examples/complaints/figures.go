package main

import (
	"context"
	"encoding/json"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
)

// figures are what there is after a replay. Rows and Rejected tell of the file, Verified of
// the whole database, and the rest of the complaints of the replay's branch.
type figures struct {
	Rows        int         `json:"rows"`
	Complaints  int64       `json:"complaints"`
	Respondents int         `json:"respondents"`
	Confirmed   int         `json:"confirmed_respondents"` // about which the complaint was right
	Justified   int64       `json:"justified"`             // wholly or partly
	OnTime      int64       `json:"on_time"`               // answered by the promised day
	OnTimeRate  json.Number `json:"on_time_rate"`          // of those that are answered or late; four digits
	MedianDays  int64       `json:"median_days"`           // from receipt to closing, nearest rank
	P95Days     int64       `json:"p95_days"`
	Breaches    int         `json:"breaches"` // deadlines that were missed
	Open        int64       `json:"open"`     // not answered yet
	Verified    bool        `json:"verified"` // every row is as the journal says
	Seconds     float64     `json:"seconds"`
	Rejected    []rejection `json:"rejected"`

	analysis complaint.Analysis
	days     map[int]int // days from receipt to closing → how many complaints
}

// count reads the figures from the database.
func count(ctx context.Context, c *crm.CRM, branch string, rows int, rejected []rejection) (*figures, error) {
	f := &figures{Rows: rows, OnTimeRate: "0", Rejected: append([]rejection{}, rejected...), days: map[int]int{}}
	var from, to kernel.Date
	err := first(
		func() error {
			return each(func(page kernel.List) (kernel.Page[complaint.Complaint], error) {
				return c.Complaints.List(ctx, complaint.Filter{Branch: branch}, page)
			}, func(x *complaint.Complaint) error {
				day := kernel.DateOf(x.ReceivedAt.In(texas))
				to = max(to, day)
				if from.IsZero() || day < from {
					from = day
				}
				return f.see(ctx, c, x)
			})
		},
		func() error {
			return each(func(page kernel.List) (kernel.Page[task.Task], error) {
				return c.Tasks.List(ctx, task.Filter{Kind: "complaint"}, page)
			}, func(t *task.Task) error {
				if t.Branch == branch && !t.BreachedAt.IsZero() {
					f.Breaches++
				}
				return nil
			})
		},
		func() error {
			if from.IsZero() {
				return nil // nothing to analyse
			}
			return f.analyse(ctx, c, from, to)
		},
		func() error {
			report, err := c.Verify(crm.WithActor(ctx, crm.Owner)) // the journal is that of all branches
			if err == nil {
				f.Verified = report.OK()
			}
			return err
		},
	)
	return f, err
}

// see counts one complaint and its respondents.
func (f *figures) see(ctx context.Context, c *crm.CRM, x *complaint.Complaint) error {
	if !x.ClosedAt.IsZero() {
		f.days[kernel.DateOf(x.ClosedAt.In(texas)).Sub(kernel.DateOf(x.ReceivedAt.In(texas)))]++
	}
	named, err := c.Complaints.Respondents(ctx, x.ID)
	for i := range named {
		if f.Respondents++; named[i].Verdict == complaint.Justified {
			f.Confirmed++
		}
	}
	return err
}

// analyse asks for the analysis of the days on which complaints came in.
func (f *figures) analyse(ctx context.Context, c *crm.CRM, from, to kernel.Date) error {
	a, err := c.Complaints.Analyse(ctx, complaint.Period{From: from, To: to, Zone: zone, By: []complaint.Dimension{
		complaint.ByCategory, complaint.ByCause, complaint.ByProduct, complaint.ByChannel, complaint.ByMonth,
	}})
	f.analysis = a
	f.Complaints, f.Open, f.Justified = a.Whole.Count, a.Whole.Open, a.Whole.Justified.Part
	f.OnTime, f.OnTimeRate = a.Whole.OnTime.Part, json.Number(a.Whole.OnTime.Rate().StringFixed(4))
	f.MedianDays, f.P95Days = a.Whole.MedianDays, a.Whole.P95Days
	return err
}

// first does one after the other until one fails.
func first(do ...func() error) error {
	for _, f := range do {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// each hands all elements of a list, page by page, to see.
func each[T any](list func(kernel.List) (kernel.Page[T], error), see func(*T) error) error {
	for at := (kernel.List{Limit: kernel.MaxLimit}); ; {
		page, err := list(at)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := see(&page.Items[i]); err != nil {
				return err
			}
		}
		if at.After = page.Next; at.After == "" {
			return nil
		}
	}
}
