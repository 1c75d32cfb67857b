package crm_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gorm.io/gorm/logger"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// haunt is the library with a function of the host's that panics, and tells everything.
type haunt struct {
	name    string
	methods map[string]method
}

// confession is an error that a function may panic with.
type confession struct{ text string }

func (c *confession) Error() string { return c.text }

// RuntimeError makes it look like one of Go's own.
func (c *confession) RuntimeError() {}

func (s *sweep) haunts() []haunt {
	var out []haunt
	turn := 0
	for name, h := range hosts {
		text := "cannot serve " + s.spoil(1)
		say := []any{text, errors.New(text), &confession{text}, struct{ Name string }{text}}
		config := s.config()
		h.bring(&config, broken{func() { turn++; panic(say[turn%len(say)]) }})
		c, err := crm.Open(owner, s.store, config)
		if err != nil {
			s.Fatal(err)
		}
		out = append(out, haunt{name, actionsOf(s, c)})
	}
	slices.SortFunc(out, func(a, b haunt) int { return strings.Compare(a.name, b.name) })
	return out
}

// talker is the library over a driver whose errors repeat statements and arguments, and a
// row that no statement had, as PostgreSQL's do.
type talker struct {
	*crm.CRM
	methods map[string]method
	says    string
	turn    int
	fails   atomic.Int64 // the call that fails: 1 is the next
	mu      sync.Mutex
	heard   strings.Builder // what GORM and the library log
}

func (s *sweep) talks() *talker {
	talk := &talker{says: s.spoil(2)}
	name, dsn := "pgx", s.where
	if s.dialect == "sqlite" {
		name, dsn = sqlite.DriverName, "file:"+s.where+"?_journal_mode=WAL&_busy_timeout=5000&_synchronous=OFF"
	}
	g := handle(s, s.dialect, torture.Tapped(s, name, dsn, talk.call), logger.New(talk, logger.Config{LogLevel: logger.Info, ParameterizedQueries: false}))
	talk.CRM = got(crm.Open(owner, got(gormstore.New(g))(s), s.config()))(s)
	talk.methods = actionsOf(s, talk.CRM)
	return talk
}

// Printf is what GORM's logger writes to.
func (t *talker) Printf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(&t.heard, format+"\n", args...)
}

// all lets calls of the driver fail: each of them in the long rounds, else one.
func (t *talker) all(s *sweep, m method, in []reflect.Value) {
	s.Helper()
	tm := t.methods[m.action]
	if !tm.fn.Type().IsVariadic() {
		return
	}
	first := 1 + rand.IntN(5)
	if torture.Soak() {
		first = 1
	}
	for k := first; k == first || torture.Soak(); k++ {
		t.fails.Store(int64(k))
		_, err := s.call(tm, s.actor(), in, crm.DryRun())
		if t.fails.Swap(0) > 0 {
			return // there were not so many calls
		}
		s.expect("a driver that talks", m, err, nil)
	}
}

// call fails in place of a statement, if it is its turn.
func (t *talker) call(c torture.Call, do func() error) error {
	if c.SQL == "" || t.fails.Load() == 0 || t.fails.Add(-1) != 0 {
		return do()
	}
	t.turn++
	return driverError{fmt.Sprintf(`ERROR: %s %v: Key (name)=(%s) already exists`, c.SQL, c.Args, t.says), t.turn}
}

// driverError is what PostgreSQL or SQLite may have to say of a statement.
type driverError struct {
	text string
	turn int
}

func (e driverError) Error() string { return e.text }

// SQLState is one of PostgreSQL's codes: a unique violation, a check, a text that is too
// long, a number that is too large, a deadlock, a crash.
func (e driverError) SQLState() string {
	return []string{"23505", "23514", "22001", "22003", "40P01", "57P02", "XX000"}[e.turn%7]
}

// Code is one of SQLite's: a unique violation, a check, too big, a busy file, a full disk.
func (e driverError) Code() int { return []int{2067, 275, 18, 5, 13, 1}[e.turn%6] }

// loudly has everything that is logged, at debug level, written to w.
func (s *sweep) loudly(w io.Writer) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})))
	s.Cleanup(func() { slog.SetDefault(before) })
}
