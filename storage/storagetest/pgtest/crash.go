package pgtest

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// Server is a server for one test alone. It syncs to disk as one for work does.
type Server struct{ source *source }

// Own starts a server that ends with the test, also where tests otherwise use one that runs
// already. Where there are no programs of PostgreSQL it skips the test, or fails it in a
// pipeline, as [DSN] does.
func Own(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{&source{open: func() (*server, error) {
		srv, err := start(nil)
		if errors.Is(err, errMissing) && os.Getenv(env) != "" {
			tb.Skip("pgtest: a server that may crash has to be our own, and there are no programs to start one")
		}
		return srv, err
	}}}
	tb.Cleanup(func() {
		if err := s.source.close(); err != nil {
			tb.Error("pgtest: stop the server: " + err.Error())
		}
	})
	return s
}

// DSN returns the data source name of a new, empty database on the server.
func (s *Server) DSN(tb testing.TB) string {
	tb.Helper()
	return s.source.dsn(tb)
}

// Crash makes the server end at once, as after "pg_ctl stop -m immediate", start again and
// recover from its log. It returns when the server answers.
func (s *Server) Crash(tb testing.TB) {
	tb.Helper()
	srv, err := s.source.get()
	if err == nil {
		err = srv.recrash()
	}
	if err != nil {
		tb.Fatal("pgtest: crash the server: " + err.Error())
	}
}

// recrash crashes the server and waits for the next one.
func (s *server) recrash() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := func() (at time.Time, err error) {
		return at, s.admin.QueryRowContext(ctx, "SELECT pg_postmaster_start_time()").Scan(&at)
	}
	before, err := began()
	if err != nil {
		return err
	}
	if err := s.crash(); err != nil {
		return err
	}
	for {
		if at, err := began(); err == nil && at.After(before) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
