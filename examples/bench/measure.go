package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coverkit/crm/examples/internal/show"
)

// contender goes the way of a claim.
type contender struct {
	name string
	db   *sql.DB // a connection for questions; the contender's own where it has one
	way  func(ctx context.Context, n int) error
	end  func() error
	next atomic.Int64
}

type contenders []*contender

// contend opens all three: library, by hand, floor.
func contend(ctx context.Context, p *place) (contenders, error) {
	libraryDB, err1 := p.database(ctx, "library")
	handDB, err2 := p.database(ctx, "hand")
	floorDB, err3 := p.database(ctx, "floor")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	l, err1 := openLibrary(ctx, p, "library")
	h, err2 := openByHand(ctx, handDB)
	f, err3 := openFloor(ctx, p, "floor", floorDB)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return contenders{
		{name: "library", db: libraryDB, way: l.way, end: func() error { return errors.Join(l.close(), libraryDB.Close()) }},
		{name: "hand", db: handDB, way: h.way, end: h.close},
		{name: "floor", db: floorDB, way: f.way, end: f.close},
	}, nil
}

func (all contenders) close() error {
	var errs []error
	for _, c := range all {
		errs = append(errs, c.end())
	}
	return errors.Join(errs...)
}

// sample is what one contender took in one round, for each transition.
type sample struct{ micros, allocs float64 }

// go callers at once each take so many claims the way.
func (c *contender) round(ctx context.Context, callers, claims int) (sample, error) {
	var before, after runtime.MemStats
	errs := make([]error, callers)
	var wg sync.WaitGroup
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	for i := range callers {
		wg.Go(func() {
			for range claims {
				if err := c.way(ctx, int(c.next.Add(1))+100); err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	n := float64(callers * claims * len(steps))
	return sample{float64(took.Nanoseconds()) / 1e3 / n, float64(after.Mallocs-before.Mallocs) / n}, errors.Join(errs...)
}

// figures are what came out. A ratio compares the time of a transition, figures by
// contender are library, by hand, floor.
type figures struct {
	Database string  `json:"database"`
	Ratio1   float64 `json:"ratio_1"`
	Ratio16  float64 `json:"ratio_16"`
	Floor1   float64 `json:"floor_1"`
	Floor16  float64 `json:"floor_16"`

	Micros1  []float64 `json:"micros_1"`
	Micros16 []float64 `json:"micros_16"`
	Allocs   []float64 `json:"allocs"`
	Bytes    []float64 `json:"bytes"`
}

const many = 16

func measure(ctx context.Context, p *place, all contenders, set settings) (*figures, error) {
	out := &figures{Database: p.name()}
	for _, c := range all { // statements, caches and data keys are there when it counts
		for _, callers := range []int{1, many} {
			if _, err := c.round(ctx, callers, 1+policies/many/callers*callers); err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for _, c := range all {
		if err := p.settle(ctx, c.db); err != nil {
			return nil, err
		}
	}
	sizes, first := make([]float64, len(all)), make([]int64, len(all))
	for i, c := range all {
		var err error
		if sizes[i], err = p.size(ctx, c.name, c.db); err != nil {
			return nil, err
		}
		first[i] = c.next.Load()
	}
	alone, err := all.rounds(ctx, 1, set.claims, set.rounds)
	if err != nil {
		return nil, err
	}
	together, err := all.rounds(ctx, many, max(set.claims/4, 1), set.rounds)
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		size, err := p.size(ctx, c.name, c.db)
		if err != nil {
			return nil, err
		}
		out.Bytes = append(out.Bytes, (size-sizes[i])/float64(int(c.next.Load()-first[i])*len(steps)))
		out.Micros1 = append(out.Micros1, median(alone, func(r []sample) float64 { return r[i].micros }))
		out.Micros16 = append(out.Micros16, median(together, func(r []sample) float64 { return r[i].micros }))
		out.Allocs = append(out.Allocs, median(alone, func(r []sample) float64 { return r[i].allocs }))
	}
	beside := func(rounds [][]sample, other int) float64 {
		return median(rounds, func(r []sample) float64 { return r[0].micros / r[other].micros })
	}
	out.Ratio1, out.Floor1 = beside(alone, 1), beside(alone, 2)
	out.Ratio16, out.Floor16 = beside(together, 1), beside(together, 2)
	return out, nil
}

// rounds lets the contenders take turns; who begins changes from round to round.
func (all contenders) rounds(ctx context.Context, callers, claims, rounds int) ([][]sample, error) {
	list := make([][]sample, rounds)
	for r := range list {
		list[r] = make([]sample, len(all))
		for k := range all {
			i := (r + k) % len(all)
			s, err := all[i].round(ctx, callers, claims)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", all[i].name, err)
			}
			list[r][i] = s
		}
	}
	return list, nil
}

func median(rounds [][]sample, of func([]sample) float64) float64 {
	list := make([]float64, len(rounds))
	for i, r := range rounds {
		list[i] = of(r)
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}

func (f *figures) print(p *show.Printer) {
	var rows [][]string
	for i, name := range []string{"library", "by hand", "floor"} {
		rows = append(rows, []string{
			name, fmt.Sprintf("%.0f", f.Micros1[i]), fmt.Sprintf("%.0f", f.Micros16[i]), fmt.Sprintf("%.0f", f.Allocs[i]), fmt.Sprintf("%.0f", f.Bytes[i]),
		})
	}
	p.Section("A transition")
	p.Table([]string{"", "µs, 1 caller", "µs, 16 callers", "allocations", "bytes on disk"}, rows...)
	p.Say("")
	p.Say("library / by hand  %.2f alone, %.2f with 16 callers", f.Ratio1, f.Ratio16)
	p.Say("library / floor    %.2f alone, %.2f with 16 callers", f.Floor1, f.Floor16)
}
