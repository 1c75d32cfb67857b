package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
)

// growth says how long a question or a command takes while there are few claims, and
// when there are a hundred times as many.
type growth struct {
	Database string             `json:"database"`
	Claims   []int              `json:"claims"`
	Loading  []float64          `json:"claims_per_second"` // with customers, policies, tasks and journal
	Micros   map[string][]int64 `json:"p50_micros"`
	Ratio    map[string]float64 `json:"p50_ratio"`
}

// grow loads two databases, and asks both the same in turns.
func grow(ctx context.Context, p *place, claims int) (out *growth, err error) {
	out = &growth{Database: p.name(), Micros: map[string][]int64{}, Ratio: map[string]float64{}}
	var both []map[string]question
	for _, size := range []int{max(claims/100, 1), claims} {
		name := "growth_" + strconv.Itoa(size)
		db, err := p.database(ctx, name)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		store, err := p.store(name)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		began := time.Now()
		w, err := settle(ctx, store, size)
		if err != nil {
			return nil, err
		}
		out.Loading = append(out.Loading, float64(w.claims)/time.Since(began).Seconds())
		out.Claims = append(out.Claims, w.claims)
		if err := p.rest(ctx, db); err != nil {
			return nil, err
		}
		both = append(both, w.questions())
	}
	for _, name := range slices.Sorted(maps.Keys(both[0])) {
		few, many, err := turns(both[0][name], both[1][name], claims >= enough)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.Micros[name] = []int64{few.Microseconds(), many.Microseconds()}
		out.Ratio[name] = float64(many) / float64(few)
	}
	return out, nil
}

// busy is how many customers and claims a day is about: as many as ever, from all the years.
// Their pages stay in memory, and what is left of growth is what the library does. Whoever
// was not asked about for long has to be fetched from wherever the database keeps it.
const busy = 200

// ofTheDay returns one of those whom a day is about.
func ofTheDay(list []kernel.ID) kernel.ID { return list[today(len(list))] }

func today(of int) int {
	n := min(busy, of)
	return rand.IntN(n) * (of / n) //nolint:gosec // no secret
}

// questions are what is measured, each about somebody at random.
func (w *crowd) questions() map[string]question {
	as := func(actor crm.Actor) context.Context {
		actor.Roles = []kernel.Role{kernel.RoleOwner}
		return crm.WithActor(w.ctx, actor)
	}
	return map[string]question{
		"transition": func() (int, error) {
			w.used++
			_, err := w.crm.Claims.Contact(w.ctx, ofTheDay(w.open), claim.Conversation{Channel: "phone"}, crm.Key(strconv.Itoa(w.used)))
			return 1, err
		},
		"overview":            func() (int, error) { return w.overview(ofTheDay(w.usual)) },
		"overview of anybody": func() (int, error) { return w.overview(one(w.usual)) },
		"identity": func() (int, error) {
			doc := customer.Document{Kind: customer.Passport, Number: passport(today(w.families))}
			return some(w.crm.Customers.Find(w.ctx, customer.Search{Document: doc}, screen))
		},
		"due":             func() (int, error) { return some(w.crm.Tasks.Due(w.ctx, w.clock.Now().Add(3*day), screen)) },
		"overdue":         func() (int, error) { return some(w.crm.Tasks.Overdue(w.ctx, screen)) },
		"mine":            func() (int, error) { return some(w.crm.Tasks.Mine(as(crm.Actor{ID: someHandler}), screen)) },
		"list":            func() (int, error) { return some(w.crm.Claims.List(w.ctx, claim.Filter{}, screen)) },
		"list, deep":      w.deep(),
		"list by state":   func() (int, error) { return some(w.crm.Claims.List(w.ctx, claim.Filter{State: claim.Closed}, screen)) },
		"list by handler": func() (int, error) { return some(w.crm.Claims.List(w.ctx, claim.Filter{Handler: someHandler}, screen)) },
		"list by both": func() (int, error) {
			return some(w.crm.Claims.List(w.ctx, claim.Filter{Handler: someHandler, State: claim.Reported}, screen))
		},
		"list of a branch": func() (int, error) {
			return some(w.crm.Claims.List(as(crm.Actor{ID: someHandler, Branches: []string{someBranch}}), claim.Filter{}, screen))
		},
	}
}

func (w *crowd) overview(id kernel.ID) (int, error) {
	o, err := w.crm.Overview(w.ctx, id)
	if err == nil && (len(o.Claims) != perCustomer || len(o.Policies) != 1 || len(o.Contacts) != 1) {
		err = fmt.Errorf("%d claims and %d policies of a customer", len(o.Claims), len(o.Policies))
	}
	return len(o.Policies), err
}

// screen is a page as people see it.
var screen = kernel.List{Limit: 20}

// question returns how many it found.
type question func() (int, error)

func some[T any](page kernel.Page[T], err error) (int, error) { return len(page.Items), err }

func one(list []kernel.ID) kernel.ID { return list[rand.IntN(len(list))] } //nolint:gosec // no secret

// deep asks for a page from the middle of the list.
func (w *crowd) deep() func() (int, error) {
	at := kernel.List{Limit: kernel.MaxLimit}
	return func() (int, error) {
		for n := 0; at.Limit != screen.Limit; n += at.Limit {
			if n >= w.claims/2 {
				at.Limit = screen.Limit
				break
			}
			before, err := w.crm.Claims.List(w.ctx, claim.Filter{}, at)
			if err != nil {
				return 0, err
			}
			at.After = before.Next
		}
		return some(w.crm.Claims.List(w.ctx, claim.Filter{}, at))
	}
}

// rest lets a database come to rest after the load, as one that has grown for years is.
func (p *place) rest(ctx context.Context, db *sql.DB) error {
	clean := "PRAGMA wal_checkpoint(TRUNCATE)"
	if p.postgres() {
		clean = "VACUUM ANALYZE"
	}
	_, err := db.ExecContext(ctx, clean)
	return err
}

// enough claims are so many that every question has an answer.
const enough = 1_000_000

// turns asks two the same in turns, and returns how long half of the tries take at most.
func turns(few, many question, strict bool) (a, b time.Duration, err error) {
	var took [2][]time.Duration
	const warm = 2 * busy // statements and caches are there by then
	for i := range warm + 400 {
		for n, ask := range []question{few, many} {
			start := time.Now()
			switch found, err := ask(); {
			case err != nil:
				return 0, 0, err
			case found == 0 && strict:
				return 0, 0, errors.New("nothing was found")
			}
			if i >= warm {
				took[n] = append(took[n], time.Since(start))
			}
		}
	}
	for n := range took {
		slices.Sort(took[n])
	}
	return took[0][len(took[0])/2], took[1][len(took[1])/2], nil
}

func (g *growth) print(p *show.Printer) {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(g.Ratio)) {
		rows = append(rows, []string{
			name, strconv.FormatInt(g.Micros[name][0], 10), strconv.FormatInt(g.Micros[name][1], 10), fmt.Sprintf("%.2f", g.Ratio[name]),
		})
	}
	p.Section(g.Database + ", µs for half of the tries")
	p.Table([]string{"", strconv.Itoa(g.Claims[0]) + " claims", strconv.Itoa(g.Claims[1]) + " claims", "ratio"}, rows...)
	p.Say("")
	p.Say("loaded at %.0f claims a second, with customers, policies, tasks and journal", g.Loading[1])
}
