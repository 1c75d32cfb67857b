package main

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// insurer is what the story works with and what has come of it so far.
type insurer struct {
	*show.Printer
	crm   *crm.CRM
	from  kernel.Date
	clock *kernel.ManualClock
	facts facts

	customer crm.ID
	policy   policy.Policy
	claim    claim.Claim
}

// authority says who decides how much. Above it a case is referred to somebody else.
var authority = access.Table{
	{Role: access.Agent, What: policy.AuthorityUnderwriting, UpTo: decimal.NewFromInt(50_000)},
	{Role: access.Adjuster, What: "claim.approve", UpTo: decimal.NewFromInt(10_000)},
	{Role: access.Manager, What: "claim.approve", Unlimited: true},
	{Role: access.Manager, What: "claim.refuse", Unlimited: true},
}

// open is how every program begins: a store, keys, the library, its tables.
func (s *insurer) open(ctx context.Context, flags show.Flags) error {
	var (
		db  *gormstore.Store
		err error
	)
	if flags.Postgres != "" {
		db, err = postgres.Open(flags.Postgres)
	} else {
		db, err = sqlite.Open(flags.DB)
	}
	if err != nil {
		return err
	}
	keys, err := privacy.OpenKeyFile(flags.Keys)
	if err == nil {
		s.crm, err = crm.Open(ctx, db, crm.Config{Keys: keys, Clock: s.clock, Authority: authority})
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.Say("database  %s", flags.Store())
	s.Say("keys      %s", flags.Keys)
	return s.crm.Migrate(ctx)
}

// as returns a context in which a member of staff acts. In a service that is the user of
// the request.
func as(ctx context.Context, role kernel.Role) context.Context {
	return crm.WithActor(ctx, crm.Actor{ID: string(role) + "-1", Roles: []kernel.Role{role}})
}

// on moves the clock to an hour of a day of the story.
func (s *insurer) on(day, hour int) {
	s.clock.Set(s.from.AddDays(day).In(beijing).Add(time.Duration(hour) * time.Hour))
}

func (s *insurer) now() string { return s.clock.Now().In(beijing).Format(minute) }

// facts is what a run comes to, without anything that differs from run to run.
type facts struct {
	Customer   string     `json:"customer"`
	Registered bool       `json:"registered"` // in this run
	Product    string     `json:"product"`
	Published  bool       `json:"published"` // in this run
	Policy     string     `json:"policy"`
	Premium    string     `json:"premium"`
	Steps      []stepped  `json:"steps"`
	History    []string   `json:"history"`
	Deadlines  []deadline `json:"deadlines"`
	Trace      []traced   `json:"trace"`
	Approved   string     `json:"approved"`
	Paid       string     `json:"paid"`
	Currency   string     `json:"currency"`
	State      string     `json:"state"`
	Verified   bool       `json:"verified"`
}

type stepped struct {
	Event string `json:"event"`
	By    string `json:"by"`
	State string `json:"state"` // of the claim, afterwards
}

type deadline struct {
	What  string `json:"what"`
	State string `json:"state"`
}

type traced struct {
	Step    string `json:"step"`
	Clause  string `json:"clause"`
	Input   string `json:"input"`
	Formula string `json:"formula"`
	Result  string `json:"result"`
}
