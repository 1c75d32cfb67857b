package member

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

// ReportPeriod is the time that a report is about, of whole days.
type ReportPeriod struct {
	From kernel.Date // first day; needed
	To   kernel.Date // last day, not before the first; needed
}

func (p ReportPeriod) check(f *kernel.FieldErrors) {
	checkDay(f, "from", p.From, true)
	checkDay(f, "to", p.To, true)
	if p.To != 0 && p.To < p.From {
		f.Add("to", "order", "not before the first day")
	}
}

// before returns the period of as many days that ends where this one begins.
func (p ReportPeriod) before() ReportPeriod {
	return ReportPeriod{From: p.From.AddDays(p.From.Sub(p.To) - 1), To: p.From.AddDays(-1)}
}

// instants returns the first instant of the period and the first after it.
func (p ReportPeriod) instants(zone *time.Location) (from, to time.Time) {
	return kernel.Instant(p.From.In(zone)), kernel.Instant(p.To.AddDays(1).In(zone))
}

// Supervising narrows a report on benefits; empty parts do not.
type Supervising struct {
	Period  ReportPeriod
	Benefit string    // code
	Partner kernel.ID // only its services; quotas are of no partner and stay
}

// Supervision is how benefits were carried out in a period (MR 七(三)2): what was granted
// against what was delivered.
type Supervision struct {
	Period   ReportPeriod
	Quotas   []QuotaLine   // by benefit
	Services []ServiceLine // by benefit and partner
}

// QuotaLine is what became of the quotas of a benefit whose periods lie in, or reach
// into, the report's.
type QuotaLine struct {
	Benefit  string
	Members  int64 // who had one
	Granted  int64 // in all; nothing of those without a limit
	Reserved int64 // at the time of asking
	Used     int64
	Released int64
	Expired  int64
}

// ServiceLine is what became of the services that were asked for in the period.
type ServiceLine struct {
	Benefit   string
	Partner   kernel.ID // empty: of none, or of none yet
	Requested int64     // all
	Open      int64     // neither delivered nor ended, at the time of asking
	Delivered int64
	Late      int64 // delivered after the time that was agreed
	Overdue   int64 // that time is over, and it is not delivered
	Refused   int64
	Cancelled int64
	NoShow    int64
	Expired   int64
}

// SuperviseBenefits tells how benefits are carried out (MR 七(三)2). Services are those
// asked for in the period, as they stand now.
func (s *Benefits) SuperviseBenefits(ctx context.Context, in Supervising) (Supervision, error) {
	out := Supervision{Period: in.Period}
	err := s.run.Look(ctx, "benefit.SuperviseBenefits", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		in.Period.check(f.At("period"))
		checkCode(&f, "benefit", in.Benefit, false)
		if in.Partner != "" {
			in.Partner = keyOf(&f, "partner", in.Partner)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if out.Quotas, err = quotaLines(u, in); err == nil {
			out.Services, err = serviceLines(u, s.cfg, in)
		}
		return err
	})
	return out, err
}

func quotaLines(u *command.Unit, in Supervising) ([]QuotaLine, error) {
	where := append(u.Branches(), colGrantFrom.Le(in.Period.To), colGrantTo.Gt(in.Period.From))
	if in.Benefit != "" {
		where = append(where, colGrantBenefit.Eq(in.Benefit))
	}
	rows, err := u.Tally(&Grant{}, storage.Query{Where: where}, []string{string(colGrantBenefit)},
		storage.Sum("granted"), storage.Sum("reserved"), storage.Sum("used"), storage.Sum("released"), storage.Sum("expired"))
	var out []QuotaLine
	for _, r := range rows {
		n := func(i int) int64 { return r.Sums[i].IntPart() }
		out = append(out, QuotaLine{
			Benefit: r.Group[0].(string), Members: r.Count,
			Granted: n(0), Reserved: n(1), Used: n(2), Released: n(3), Expired: n(4),
		})
	}
	return out, err
}

// serviceLines counts by benefit and partner: all by state, then the late and the overdue
// ones among them.
func serviceLines(u *command.Unit, cfg Config, in Supervising) ([]ServiceLine, error) {
	from, to := in.Period.instants(cfg.Zone)
	where := append(u.Branches(), colOrderRequested.Ge(from), colOrderRequested.Lt(to))
	if in.Benefit != "" {
		where = append(where, colGrantBenefit.Eq(in.Benefit))
	}
	if in.Partner != "" {
		where = append(where, colPartnerID.Eq(in.Partner))
	}
	var out []ServiceLine
	line := func(r storage.Row) *ServiceLine {
		benefit, partner := r.Group[0].(string), r.Group[1].(kernel.ID)
		i := slices.IndexFunc(out, func(l ServiceLine) bool { return l.Benefit == benefit && l.Partner == partner })
		if i < 0 {
			out, i = append(out, ServiceLine{Benefit: benefit, Partner: partner}), len(out)
		}
		return &out[i]
	}
	tally := func(by []string, put func(*ServiceLine, storage.Row), more ...storage.Cond) error {
		rows, err := u.Tally(&ServiceOrder{}, storage.Query{Where: slices.Concat(where, more)}, by)
		for _, r := range rows {
			put(line(r), r)
		}
		return err
	}
	groups := []string{string(colGrantBenefit), string(colPartnerID)}
	err := tally(append(slices.Clone(groups), string(colOrderState)), func(l *ServiceLine, r storage.Row) {
		l.count(r.Group[2].(OrderState), r.Count)
	})
	if err == nil {
		err = tally(groups, func(l *ServiceLine, r storage.Row) { l.Late = r.Count }, colLate.Eq(true))
	}
	if err == nil {
		err = tally(groups, func(l *ServiceLine, r storage.Row) { l.Overdue = r.Count },
			colOrderState.In(OrderScheduled, OrderInService), colSlotTo.Lt(u.Now()))
	}
	slices.SortFunc(out, func(a, b ServiceLine) int {
		return cmp.Or(cmp.Compare(a.Benefit, b.Benefit), cmp.Compare(a.Partner, b.Partner))
	})
	return out, err
}

func (l *ServiceLine) count(s OrderState, n int64) {
	l.Requested += n
	switch s {
	case OrderDelivered, OrderEvaluated:
		l.Delivered += n
	case OrderRefused:
		l.Refused += n
	case OrderCancelled:
		l.Cancelled += n
	case OrderNoShow:
		l.NoShow += n
	case OrderExpired:
		l.Expired += n
	default:
		l.Open += n
	}
}

// superviseGrants: whoever answers for benefits and services, and those who audit them.
func superviseGrants() []access.Grant {
	return grant("benefit", []kernel.Role{access.ProductManager, access.Manager, access.Auditor, access.System},
		"SuperviseBenefits", "EvaluateServices")
}
