package pgtest

import (
	"errors"
	"os"
	"sync"
	"testing"
)

// source hands out databases of one server, which it opens at the first
// request. Another source with other settings may stand beside the shared one.
type source struct {
	open func() (*server, error)

	mu     sync.Mutex
	opened bool
	server *server
	err    error
}

func (s *source) get() (*server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened {
		s.opened = true
		s.server, s.err = s.open()
	}
	return s.server, s.err
}

// dsn is DSN for this source.
func (s *source) dsn(tb testing.TB) string {
	tb.Helper()
	srv, err := s.get()
	switch {
	case errors.Is(err, errMissing) && os.Getenv("CI") == "":
		tb.Skip("pgtest: " + err.Error())
	case err != nil:
		tb.Fatal("pgtest: " + err.Error())
	}
	name, err := srv.create()
	if err != nil {
		tb.Fatal("pgtest: create a database: " + err.Error())
	}
	tb.Cleanup(func() {
		if err := srv.drop(name); err != nil {
			tb.Error("pgtest: drop database " + name + ": " + err.Error())
		}
	})
	return withDatabase(srv.dsn, name)
}

// close ends the server, if one was opened. Later requests fail.
func (s *source) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv := s.server
	s.opened, s.server, s.err = true, nil, errors.New("the server was stopped at the end of the tests")
	if srv == nil {
		return nil
	}
	return srv.close()
}
