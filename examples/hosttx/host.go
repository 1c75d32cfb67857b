package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/shopspring/decimal"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// ticket is a row of the host's own: a call that its service desk took.
type ticket struct {
	ID      uint `gorm:"primaryKey"`
	Subject string
	Claim   string // number of the claim that came of it
}

// host is a service with a database of its own, opened in its own way.
type host struct {
	gorm   *gorm.DB
	sql    *sql.DB // a pool of its own on the same database
	join   func(*sql.Tx) storage.Store
	crm    *crm.CRM
	policy crm.Ref // a new one for each run, because the same loss is not reported twice
}

// cover is what the host's policy of a run covers. A host that has policies of its own
// implements claim.Policies; see example hostpolicies.
var cover = claim.Cover{
	Line: kernel.Property, InForce: true, Holder: "host-customer-4711", From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	Coverages: []claim.Coverage{{Code: "HAIL", Limit: decimal.NewFromInt(50_000)}},
}

func open(ctx context.Context, flags show.Flags) (*host, error) {
	h, config := &host{policy: "0112/" + crm.Ref(kernel.NewID())}, &gorm.Config{Logger: logger.Discard}
	var err error
	if flags.Postgres != "" {
		h.join = postgres.Join
		if h.gorm, err = gorm.Open(gormpostgres.Open(flags.Postgres), config); err == nil {
			h.sql, err = sql.Open("pgx", flags.Postgres)
		}
	} else {
		h.join = sqlite.Join
		// One writer at a time: a transaction takes its turn when it begins, and waits.
		dsn := "file:" + (&url.URL{Path: filepath.ToSlash(flags.DB)}).EscapedPath() + "?_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate"
		if h.gorm, err = gorm.Open(sqlite.Dialector(dsn), config); err == nil {
			h.sql, err = sql.Open(sqlite.DriverName, dsn)
		}
	}
	if err != nil {
		return nil, errors.New("the host's database does not open") // the driver's text may repeat the password
	}
	if err := h.gorm.WithContext(ctx).AutoMigrate(&ticket{}); err != nil {
		return nil, err
	}
	store, err := gormstore.New(h.gorm) // sqlite.Open or postgres.Open would do as well
	if err != nil {
		return nil, err
	}
	keys, err := privacy.OpenKeyFile(flags.Keys)
	if err != nil {
		return nil, err
	}
	if h.crm, err = crm.Open(ctx, store, crm.Config{Keys: keys, Policies: claim.StaticPolicies{h.policy: cover}}); err != nil {
		return nil, err
	}
	return h, h.crm.Migrate(ctx)
}

// close closes what the host opened; the library closes nothing of it.
func (h *host) close() error {
	pool, err := h.gorm.DB()
	if err != nil {
		return err
	}
	return errors.Join(pool.Close(), h.sql.Close())
}

// try runs a case and counts the rows that it has added.
func (h *host) try(ctx context.Context, number int, c attempt) (counts, error) {
	before, err := h.count(ctx)
	if err != nil {
		return counts{}, err
	}
	loss := claim.Notice{ // an hour ago; each case has a loss of its own
		Policy: h.policy, OccurredAt: kernel.SystemClock{}.Now().Add(-time.Hour), Cause: fmt.Sprintf("hail-%d", number),
	}
	if err := c.do(ctx, h, loss); err != nil {
		return counts{}, err
	}
	after, err := h.count(ctx)
	return counts{after.Tickets - before.Tickets, after.Claims - before.Claims, after.Entries - before.Entries}, err
}

func (h *host) count(ctx context.Context) (n counts, err error) {
	const count = `SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM crm_claims), (SELECT count(*) FROM crm_journal)`
	return n, h.sql.QueryRowContext(ctx, count).Scan(&n.Tickets, &n.Claims, &n.Entries)
}
