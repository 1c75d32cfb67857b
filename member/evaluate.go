package member

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Purchases is what the room needs to know of what customers buy.
type Purchases interface {
	// BoughtMore returns how many of the customers bought more cover in a time: a new
	// policy, or more cover in one that they have. From and to are its first and last
	// day. It is asked outside the transaction, for at most [kernel.MaxLimit] customers
	// at a time.
	BoughtMore(ctx context.Context, customers []kernel.Ref, from, to kernel.Date) (int, error)
}

// ServiceFigures measure the services of a period. A figure is missing, which its count
// tells, where nothing was there to be measured.
type ServiceFigures struct {
	Evaluations  int64           // of services and activities
	Satisfaction decimal.Decimal // mean of their scores, 1 to 5, half-even to two decimals

	Served  int64           // customers to whom a service was delivered, or who attended an activity
	Loyal   int64           // of them those who bought more cover in the period
	Loyalty decimal.Decimal // their part, 0 to 1, half-even to four decimals

	Ended   int64           // services that were delivered, refused by us, or expired with us
	Good    int64           // of them those that were delivered in time
	Quality decimal.Decimal // their part, 0 to 1, half-even to four decimals
}

// Benchmark is what others reach, or what the insurer set out to; zero: not known.
type Benchmark struct {
	Satisfaction decimal.Decimal // 1 to 5
	Loyalty      decimal.Decimal // 0 to 1
	Quality      decimal.Decimal // 0 to 1
}

func (b Benchmark) check(f *kernel.FieldErrors) {
	one := decimal.NewFromInt(1)
	for _, x := range [...]struct {
		path string
		d    decimal.Decimal
		most decimal.Decimal
	}{{"satisfaction", b.Satisfaction, decimal.NewFromInt(5)}, {"loyalty", b.Loyalty, one}, {"quality", b.Quality, one}} {
		switch err := kernel.FitsAmount(x.d); {
		case err != nil:
			f.Add(x.path, "range", "%s", err)
		case x.d.IsNegative() || x.d.GreaterThan(x.most):
			f.Add(x.path, "range", "from 0 to %s", x.most)
		}
	}
}

// ServiceEvaluation is how good the services to members were in a period, against the
// period of the same length before it and against what others reach (MR 八(二)2).
type ServiceEvaluation struct {
	Period         ReportPeriod
	Before         ReportPeriod
	Figures        ServiceFigures
	FiguresBefore  ServiceFigures
	AgainstBefore  Benchmark // figures less those of the period before; zero where one of the two is missing
	AgainstOthers  Benchmark // figures less the benchmark; zero where one of the two is missing
	LoyaltyUnknown bool      // nobody tells what customers bought; see Config.Purchases
}

// EvaluateServices measures satisfaction, loyalty and quality of the services of a period
// (MR 八(二)2; SP ch. 8): satisfaction by what members say of services and activities,
// loyalty by who of those served bought more cover, quality by how much was delivered in
// time.
func (s *Benefits) EvaluateServices(ctx context.Context, in ReportPeriod, others Benchmark) (ServiceEvaluation, error) {
	out := ServiceEvaluation{Period: in, Before: in.before(), LoyaltyUnknown: s.cfg.Purchases == nil}
	var served, servedBefore []kernel.Ref
	err := s.run.Look(ctx, "benefit.EvaluateServices", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		in.check(f.At("period"))
		others.check(f.At("benchmark"))
		if err := f.Err(); err != nil {
			return err
		}
		if out.Figures, served, err = measure(u, s.cfg, out.Period); err == nil {
			out.FiguresBefore, servedBefore, err = measure(u, s.cfg, out.Before)
		}
		return err
	})
	if err != nil {
		return ServiceEvaluation{}, err
	}
	if err := s.loyalty(ctx, &out.Figures, served, out.Period); err != nil {
		return ServiceEvaluation{}, err
	}
	if err := s.loyalty(ctx, &out.FiguresBefore, servedBefore, out.Before); err != nil {
		return ServiceEvaluation{}, err
	}
	out.AgainstBefore, out.AgainstOthers = out.Figures.since(&out.FiguresBefore), out.Figures.against(others)
	if out.LoyaltyUnknown {
		out.AgainstBefore.Loyalty, out.AgainstOthers.Loyalty = decimal.Zero, decimal.Zero
	}
	return out, nil
}

// loyalty asks who of those served bought more cover.
func (s *Benefits) loyalty(ctx context.Context, fig *ServiceFigures, served []kernel.Ref, in ReportPeriod) error {
	if s.cfg.Purchases == nil {
		return nil
	}
	for some := range slices.Chunk(served, kernel.MaxLimit) {
		n, err := s.cfg.Purchases.BoughtMore(ctx, some, in.From, in.To)
		if err != nil {
			return err
		}
		if n < 0 || n > len(some) {
			return fmt.Errorf("member: %d of %d customers bought more", n, len(some))
		}
		fig.Loyal += int64(n)
	}
	fig.Loyalty = part(fig.Loyal, fig.Served)
	return nil
}

// measure counts what a period's services came to, and who was served.
func measure(u *command.Unit, cfg Config, in ReportPeriod) (fig ServiceFigures, served []kernel.Ref, err error) {
	from, to := in.instants(cfg.Zone)
	during := func(c storage.Col[time.Time], more ...storage.Cond) storage.Query {
		return storage.Query{Where: slices.Concat(u.Branches(), []storage.Cond{c.Ge(from), c.Lt(to)}, more)}
	}
	total := decimal.Zero
	for _, x := range [...]struct {
		of storage.Record
		q  storage.Query
	}{{&ServiceOrder{}, during(colOrderEvaluated)}, {&SignUp{}, during(colFeedbackAt)}} {
		rows, err := u.Tally(x.of, x.q, nil, storage.Sum("score"))
		if err != nil {
			return fig, nil, err
		}
		fig.Evaluations, total = fig.Evaluations+rows[0].Count, total.Add(rows[0].Sums[0])
	}
	fig.Satisfaction = rating(fig.Evaluations, total).Mean

	delivered := colOrderState.In(OrderDelivered, OrderEvaluated)
	for _, x := range [...]struct {
		of storage.Record
		q  storage.Query
	}{{&ServiceOrder{}, during(colOrderDelivered, delivered)}, {&SignUp{}, during(colAttendedAt)}} {
		rows, err := u.Tally(x.of, x.q, []string{"customer"})
		if err != nil {
			return fig, nil, err
		}
		for _, r := range rows {
			served = append(served, r.Group[0].(kernel.Ref))
		}
	}
	slices.Sort(served)
	served = slices.Compact(served)
	fig.Served = int64(len(served))

	rows, err := u.Tally(&ServiceOrder{}, during(colOrderDelivered, delivered), []string{string(colLate)})
	if err != nil {
		return fig, nil, err
	}
	for _, r := range rows {
		if fig.Ended += r.Count; !r.Group[0].(bool) {
			fig.Good += r.Count
		}
	}
	rows, err = u.Tally(&ServiceOrder{}, during(colOrderClosed, colOrderState.In(OrderRefused, OrderExpired)), nil)
	if err != nil {
		return fig, nil, err
	}
	fig.Ended += rows[0].Count
	fig.Quality = part(fig.Good, fig.Ended)
	return fig, served, nil
}

// part returns n of all, half-even to four decimals; of nothing zero.
func part(n, all int64) decimal.Decimal {
	if all == 0 {
		return decimal.Zero
	}
	return decimal.NewFromInt(n).DivRound(decimal.NewFromInt(all), 12).RoundBank(4)
}

// since compares with the period before; where one of the two was not measured nothing
// can be said.
func (f *ServiceFigures) since(b *ServiceFigures) (diff Benchmark) {
	if f.Evaluations > 0 && b.Evaluations > 0 {
		diff.Satisfaction = f.Satisfaction.Sub(b.Satisfaction)
	}
	if f.Served > 0 && b.Served > 0 {
		diff.Loyalty = f.Loyalty.Sub(b.Loyalty)
	}
	if f.Ended > 0 && b.Ended > 0 {
		diff.Quality = f.Quality.Sub(b.Quality)
	}
	return diff
}

// against compares with what others reach; a figure that is not known is not compared.
func (f *ServiceFigures) against(b Benchmark) (diff Benchmark) {
	if f.Evaluations > 0 && !b.Satisfaction.IsZero() {
		diff.Satisfaction = f.Satisfaction.Sub(b.Satisfaction)
	}
	if f.Served > 0 && !b.Loyalty.IsZero() {
		diff.Loyalty = f.Loyalty.Sub(b.Loyalty)
	}
	if f.Ended > 0 && !b.Quality.IsZero() {
		diff.Quality = f.Quality.Sub(b.Quality)
	}
	return diff
}
