package crm_test

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// ears hear every statement that reaches the database, and for whom.
type ears struct {
	mu    sync.Mutex
	who   string // asks now
	heard map[string]*overheard
}

// overheard is a statement with the arguments it had first.
type overheard struct {
	args   []any
	askers []string
}

func (e *ears) listen(c torture.Call, do func() error) error {
	if strings.Contains(c.SQL, "crm_") && !strings.HasPrefix(c.SQL, "INSERT") {
		e.note(c.SQL, c.Args)
	}
	return do()
}

func (e *ears) note(query string, args []driver.NamedValue) {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.heard[query]
	if o == nil {
		o = &overheard{}
		for _, a := range args {
			o.args = append(o.args, a.Value)
		}
		e.heard[query] = o
	}
	if !slices.Contains(o.askers, e.who) {
		o.askers = append(o.askers, e.who)
	}
}

// during lets ask ask, and returns how many statements there were.
func (e *ears) during(who string, ask func()) (n int) {
	e.who = who
	before := e.asked()
	ask()
	return e.asked() - before
}

func (e *ears) asked() (n int) {
	for _, o := range e.heard {
		n += len(o.askers)
	}
	return n
}

// overhear opens a store on a database that has its tables already, with ears in between.
func overhear(t *testing.T, dialect, where string) (*gormstore.Store, *ears) {
	t.Helper()
	e := &ears{heard: map[string]*overheard{}}
	name, dsn := "pgx", where
	if dialect == "sqlite" {
		name, dsn = sqlite.DriverName, "file:"+where+"?_journal_mode=WAL&_busy_timeout=20000&_synchronous=OFF"
	}
	g := handle(t, dialect, torture.Tapped(t, name, dsn, e.listen), logger.Discard)
	return got(gormstore.New(g, gormstore.Wait(20*time.Second)))(t), e
}

// handle is a host's GORM handle on a database that is open.
func handle(t testing.TB, dialect string, db *sql.DB, log logger.Interface) *gorm.DB {
	t.Helper()
	d := gormsqlite.New(gormsqlite.Config{Conn: db})
	if dialect == "postgres" {
		d = gormpostgres.New(gormpostgres.Config{Conn: db})
	}
	return got(gorm.Open(d, &gorm.Config{Logger: log}))(t)
}
