package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// Option is a setting of [Open].
type Option func(*settings)

type settings struct {
	conns   int
	timeout time.Duration
}

// MaxConns bounds the connections that are open at the same time; 20 unless told.
// All processes together must stay below the server's max_connections.
func MaxConns(n int) Option { return func(s *settings) { s.conns = max(n, 1) } }

// Timeout bounds how long Open waits for the first connection; ten seconds unless told.
func Timeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// Open connects to the database that the data source name describes, as URL or as
// keywords. It creates no tables: see Migrate. The session's time zone is UTC.
//
// The error is a [storage.ErrUnavailable] when the server cannot be reached, does not
// know the database or refuses the login. No error repeats the data source name,
// because it may hold a password.
func Open(dsn string, opts ...Option) (*gormstore.Store, error) {
	set := settings{conns: 20, timeout: 10 * time.Second}
	for _, o := range opts {
		o(&set)
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("postgres: the data source name cannot be read; it has the form " +
			"postgres://user@host:5432/database or host=… user=… dbname=…")
	}
	config.RuntimeParams["timezone"] = "UTC"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "crm"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(set.conns)
	pool.SetMaxIdleConns(set.conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	store, err := open(pool, set.timeout, config.DefaultQueryExecMode)
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return store, nil
}

// Join returns a store whose units of work take place inside the host's transaction;
// see gormstore.Join.
func Join(tx *sql.Tx) storage.Store { return gormstore.JoinSQL("postgres", tx) }

func open(pool *sql.DB, timeout time.Duration, mode pgx.QueryExecMode) (*gormstore.Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		return nil, refusal(err)
	}
	db, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: pool}), &gorm.Config{
		Logger: logger.Discard, SkipDefaultTransaction: true, DisableAutomaticPing: true,
	})
	if err != nil {
		return nil, fmt.Errorf("GORM: %w", storage.ErrUnavailable)
	}
	settings := []gormstore.Option{gormstore.Closing(pool.Close)}
	if mode == pgx.QueryExecModeCacheStatement { // in the other modes a pooler may stand between, or answers come as text
		settings = append(settings, gormstore.Pipelined(pipeline), gormstore.Copying(copyRows))
	}
	return gormstore.New(db, settings...)
}

// refusal says why there is no connection, without what the driver's text repeats.
func refusal(err error) error {
	why := "the server cannot be reached"
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		switch state := e.SQLState(); {
		case state == "3D000":
			why = "there is no such database"
		case len(state) == 5 && state[:2] == "28":
			why = "the login is refused"
		default:
			why = "the server gives no connection (SQLSTATE " + state + ")"
		}
	}
	return fmt.Errorf("%s: %w", why, storage.ErrUnavailable)
}
