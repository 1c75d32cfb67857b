package main

import (
	"context"
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// figures are what the database holds when the years are over. What was opened, of tasks,
// is what was met in time, cancelled, breached - once late is late, whatever came of it -
// and open.
type figures struct {
	Customers      int         `json:"customers"`
	Policies       int         `json:"policies"`
	Claims         int         `json:"claims"`
	Complaints     int         `json:"complaints"` // reviews of level 2 included
	Members        int         `json:"members"`
	Responses      int64       `json:"responses"` // to surveys
	Commands       int64       `json:"commands"`  // entries of the journal
	TasksOpened    int         `json:"tasks_opened"`
	TasksMet       int         `json:"tasks_met"`
	TasksCancelled int         `json:"tasks_cancelled"`
	TasksBreached  int         `json:"tasks_breached"`
	TasksOpen      int         `json:"tasks_open"`
	PaidTotal      json.Number `json:"paid_total"`    // on claims, in yuan
	PremiumTotal   json.Number `json:"premium_total"` // received, in yuan
	Verified       bool        `json:"verified"`      // every row is as the journal says
	Seconds        float64     `json:"seconds"`

	from, to kernel.Date
	products []*result
	clocks   map[string]*kept
	analysis complaint.Analysis
	trend    survey.Trend
	benefits member.Supervision
	services member.ServiceEvaluation
	visits   map[customer.VisitKind]map[customer.VisitState]int
	improved improve.Counts
}

// result is how a product went.
type result struct {
	name                                         string
	policies, inForce, cancelled, claims, closed int
	premium, refunded, paid                      decimal.Decimal
}

// kept says how the deadlines of a clock were kept.
type kept struct{ opened, met, cancelled, breached, open int }

// count reads the figures from the database.
func (w *insurer) count() (*figures, error) {
	f := &figures{
		from: kernel.NewDate(lastYear-w.years+1, 1, 1), to: w.end.AddDays(-1), clocks: map[string]*kept{},
		visits: map[customer.VisitKind]map[customer.VisitState]int{},
	}
	ctx := w.as(crm.Owner)
	for _, read := range []func(context.Context, *crm.CRM) error{f.people, f.contracts, f.tasks, f.surveys, f.members, f.calls, f.complaints, f.verify} {
		if err := read(ctx, w.crm); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *figures) people(ctx context.Context, c *crm.CRM) error {
	return each(func(page kernel.List) (kernel.Page[customer.Customer], error) {
		return c.Customers.List(ctx, customer.Listing{}, page)
	}, func(*customer.Customer) error { f.Customers++; return nil })
}

// contracts adds up policies, claims and payments by product.
func (f *figures) contracts(ctx context.Context, c *crm.CRM) error {
	byCode, ofClaim, ofPolicy := map[string]*result{}, map[crm.ID]*result{}, map[crm.ID]*result{}
	err := each(func(page kernel.List) (kernel.Page[policy.Product], error) {
		return c.Products.List(ctx, policy.ProductFilter{}, page)
	}, func(p *policy.Product) error {
		r := &result{name: p.Design.Name.EN + " " + p.Design.Name.ZH}
		f.products, byCode[p.Code] = append(f.products, r), r
		return nil
	})
	if err != nil {
		return err
	}
	total := decimal.Zero
	err = each(func(page kernel.List) (kernel.Page[policy.Policy], error) {
		return c.Policies.List(ctx, policy.PolicyFilter{}, page)
	}, func(p *policy.Policy) error {
		f.Policies++
		r := byCode[p.ProductCode]
		ofPolicy[p.ID] = r
		r.policies++
		switch p.State {
		case policy.PolicyIssued, policy.InForce:
			r.inForce++
		case policy.PolicyCancelled:
			r.cancelled++
			r.refunded = r.refunded.Add(p.Refunded)
		}
		due, err := c.Policies.Instalments(ctx, p.ID)
		for i := range due {
			r.premium, total = r.premium.Add(due[i].Paid), total.Add(due[i].Paid)
		}
		return err
	})
	if err != nil {
		return err
	}
	f.PremiumTotal = json.Number(total.StringFixed(2))
	err = each(func(page kernel.List) (kernel.Page[claim.Claim], error) {
		return c.Claims.List(ctx, claim.Filter{}, page)
	}, func(cl *claim.Claim) error {
		f.Claims++
		r := ofPolicy[crm.ID(cl.Policy)]
		ofClaim[cl.ID] = r
		if r.claims++; cl.State == claim.Closed {
			r.closed++
		}
		return nil
	})
	if err != nil {
		return err
	}
	paid := decimal.Zero
	err = each(func(page kernel.List) (kernel.Page[payment.Payment], error) {
		return c.Payments.List(ctx, payment.Cleared, page)
	}, func(p *payment.Payment) error {
		if r := ofClaim[p.OwnerID]; r != nil {
			r.paid, paid = r.paid.Add(p.Amount), paid.Add(p.Amount)
		}
		return nil
	})
	f.PaidTotal = json.Number(paid.StringFixed(2))
	return err
}

// tasks counts how deadlines were kept, by clock.
func (f *figures) tasks(ctx context.Context, c *crm.CRM) error {
	return each(func(page kernel.List) (kernel.Page[task.Task], error) {
		return c.Tasks.List(ctx, task.Filter{}, page)
	}, func(t *task.Task) error {
		k := f.clocks[t.Clock]
		if k == nil {
			k = &kept{}
			f.clocks[t.Clock] = k
		}
		k.opened++
		f.TasksOpened++
		switch {
		case !t.BreachedAt.IsZero():
			k.breached++
			f.TasksBreached++
		case t.State == task.Met:
			k.met++
			f.TasksMet++
		case t.State == task.Cancelled:
			k.cancelled++
			f.TasksCancelled++
		default:
			k.open++
			f.TasksOpen++
		}
		return nil
	})
}

func (f *figures) surveys(ctx context.Context, c *crm.CRM) error {
	err := each(func(page kernel.List) (kernel.Page[survey.Campaign], error) {
		return c.Surveys.Campaigns.List(ctx, survey.CampaignFilter{}, page)
	}, func(s *survey.Campaign) error {
		progress, err := c.Surveys.Campaigns.Progress(ctx, s.ID)
		f.Responses += progress[survey.Completed]
		return err
	})
	if err == nil {
		f.trend, err = c.Surveys.Analysis.Trend(ctx, survey.Query{Kind: survey.NPS})
	}
	return err
}

func (f *figures) members(ctx context.Context, c *crm.CRM) error {
	err := each(func(page kernel.List) (kernel.Page[member.Member], error) {
		return c.Membership.Members.List(ctx, member.Filter{}, page)
	}, func(*member.Member) error { f.Members++; return nil })
	if err != nil {
		return err
	}
	period := member.ReportPeriod{From: f.from, To: f.to}
	if f.benefits, err = c.Membership.Benefits.SuperviseBenefits(ctx, member.Supervising{Period: period}); err != nil {
		return err
	}
	f.services, err = c.Membership.Benefits.EvaluateServices(ctx, period, member.Benchmark{})
	return err
}

// calls counts visits and improvements.
func (f *figures) calls(ctx context.Context, c *crm.CRM) error {
	err := each(func(page kernel.List) (kernel.Page[customer.Visit], error) {
		return c.Visits.List(ctx, customer.VisitFilter{}, page)
	}, func(v *customer.Visit) error {
		if f.visits[v.Kind] == nil {
			f.visits[v.Kind] = map[customer.VisitState]int{}
		}
		f.visits[v.Kind][v.State]++
		return nil
	})
	if err == nil {
		f.improved, err = c.Improvements.Counts(ctx, improve.Filter{})
	}
	return err
}

func (f *figures) complaints(ctx context.Context, c *crm.CRM) (err error) {
	err = each(func(page kernel.List) (kernel.Page[complaint.Complaint], error) {
		return c.Complaints.List(ctx, complaint.Filter{}, page)
	}, func(*complaint.Complaint) error { f.Complaints++; return nil })
	if err == nil {
		f.analysis, err = c.Complaints.Analyse(ctx, complaint.Period{From: f.from, To: f.to, By: []complaint.Dimension{complaint.ByCause, complaint.ByMonth}})
	}
	return err
}

func (f *figures) verify(ctx context.Context, c *crm.CRM) error {
	r, err := c.Verify(ctx)
	if err == nil {
		f.Commands, f.Verified = r.Entries, r.OK()
	}
	return err
}
