package crm_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel/privacy"
)

// lines is what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// Every command of the library is given with a text of its own in every personal field,
// and made to fail in every way; the texts are nowhere: in no error, no log, no record
// that is printed, no table, no file, no backup, nothing that other systems are told.
func TestNoCommandTells(t *testing.T) { //nolint:paralleltest // it listens to what the whole program logs, and writes
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	for _, dialect := range []string{"memory", "sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			t.Setenv("SQLITE_TMPDIR", os.TempDir())
			var w *world
			if dialect == "memory" {
				w = inMemory(t)
			} else {
				w = over(t, dialect)
			}
			s := newSweep(t, w)
			switch {
			case torture.Soak():
			case dialect == "memory":
				s.every = 3
			case dialect == "sqlite":
				s.every = 29
			default: // what it answers is looked at in TestViolations
				s.hasty = true
			}
			var log lines
			s.loudly(&log)
			if err := w.Migrate(owner); err != nil {
				t.Fatal(err)
			}
			s.walk()
			s.ask()
			s.relayed()
			s.kept()
			if dialect == "sqlite" {
				s.backups()
			}
			s.files(filepath.Join(os.TempDir(), "*"), filepath.Join(os.TempDir(), "*", "*"))
			s.quiet("the log", log.text.String())
			if s.talking != nil {
				s.quiet("GORM's log", s.talking.heard.String())
			}
			commands := 0
			for action, m := range s.methods {
				if !m.command {
					continue
				}
				if commands++; s.given[action] == 0 {
					t.Errorf("%s was not given: it needs a step in the walk", action)
				}
			}
			failures := 0
			for _, n := range s.expected {
				failures += n
			}
			t.Logf("%d commands, %d canaries; %d variants, %d of which failed; %d places of %d MB in all were listened to",
				commands, s.said, s.variants, failures, s.places, s.bytes>>20)
			t.Log(s.expected)
		})
	}
}

// quiet fails for whatever the library logs: it has no business to.
func (s *sweep) quiet(where, log string) {
	s.Helper()
	s.hear(where, []byte(log), false)
	if log != "" {
		s.Errorf("%s: %.300s", where, log)
	}
}

// What goes through the commands is heard where nothing is sealed: each text that was given
// is in a row. What somebody has said is never dropped.
func TestWhatIsGivenIsHeardWhereNothingIsSealed(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	w.keys = privacy.Plaintext
	w.CRM = got(crm.Open(owner, w.store, w.config()))(t)
	s := newSweep(deaf{t}, w)
	s.hasty = true
	s.walk()
	heard := map[string]bool{}
	s.cells(func(column string, cell []byte) {
		for _, song := range append(s.secrets.Hear(cell), s.names.Hear(cell)...) {
			heard[song.What] = true
		}
	})
	for _, what := range s.songs {
		if !heard[what] {
			t.Errorf("%s: not heard", what)
		}
	}
	t.Logf("%d texts were heard", len(heard))
}

// deaf is a test that takes no offence at what is heard.
type deaf struct{ *testing.T }

func (deaf) Errorf(string, ...any) {}
