package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coverkit/crm/kernel"
)

// lane is what is to happen to one customer, or to the company itself, day by day. What is
// in different lanes does not meet, so the customers' lanes may go on at the same time
// and still come to the same.
type lane struct {
	*insurer
	number uint64 // 0: of the company
	cases  uint64 // so many chances were handed out
	agenda map[kernel.Date][]func() error
}

func (w *insurer) lane(number uint64) *lane {
	return &lane{insurer: w, number: number, agenda: map[kernel.Date][]func() error{}}
}

// on has something done on a day; what lies behind the end does not happen any more.
func (l *lane) on(day kernel.Date, do func() error) {
	day = max(day, l.today)
	l.agenda[day] = append(l.agenda[day], do)
}

// in has something done after so many days.
func (l *lane) in(days int, do func() error) { l.on(l.today.AddDays(days), do) }

// live does what is to be done today, which may add to it.
func (l *lane) live() error {
	for n := 0; n < len(l.agenda[l.today]); n++ {
		if err := l.agenda[l.today][n](); err != nil {
			return fmt.Errorf("%s, lane %d: %w", l.today, l.number, err)
		}
	}
	delete(l.agenda, l.today)
	return nil
}

// desks is how many people work at the same time. Their commands share commits.
const desks = 8

// run lives through all days. tick is told after each, of how many; nil: nobody is.
func (w *insurer) run(tick func(of int)) error {
	days := w.end.Sub(w.today)
	w.company.on(w.today, w.found)
	for ; w.today < w.end; w.today = w.today.AddDays(1) {
		w.clock.Set(w.today.In(beijing))
		if err := w.morning(); err != nil {
			return fmt.Errorf("%s, morning: %w", w.today, err)
		}
		w.clock.Set(w.today.In(beijing).Add(9 * time.Hour))
		if err := w.company.live(); err != nil {
			return err
		}
		if err := w.serve(); err != nil {
			return err
		}
		if tick != nil {
			tick(days)
		}
	}
	w.clock.Set(w.end.In(beijing))
	return w.morning()
}

// serve does the day's work for all customers, at all desks.
func (w *insurer) serve() error {
	errs := make([]error, len(w.people))
	var next atomic.Int64
	var all sync.WaitGroup
	for range desks {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(w.people)) && w.ctx.Err() == nil; n = next.Add(1) - 1 {
				errs[n] = w.people[n].live()
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return w.ctx.Err()
}
