package gormstore

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// dialect is what differs between the databases. There are two, shared by all
// stores, so that plans are made once in a process.
type dialect struct {
	name       string // as GORM's dialectors say it, and the folder of the migrations
	begin      string // an Update
	beginView  string
	forUpdate  string // after a locking read
	classify   func(err error) (code string, kind error)
	numbered   bool // placeholders are $1, $2 … instead of ?
	patient    bool // BEGIN may find the database busy and is tried again
	direct     bool // statements may go to the driver's connection
	unbreaking bool // an interrupted write loses the whole transaction, so it is not interrupted

	mu    sync.RWMutex
	plans map[reflect.Type]*plan
}

var (
	sqliteDialect = &dialect{
		name: "sqlite", begin: "BEGIN IMMEDIATE", beginView: "BEGIN DEFERRED",
		classify: classifySQLite, patient: true, direct: true, unbreaking: true,
		plans: map[reflect.Type]*plan{},
	}
	postgresDialect = &dialect{
		name: "postgres", begin: "BEGIN ISOLATION LEVEL READ COMMITTED",
		beginView: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		forUpdate: " FOR UPDATE", classify: classifyPostgres, numbered: true,
		plans: map[reflect.Type]*plan{},
	}
)

// dialectOf refuses handles that no store can work with.
func dialectOf(db *gorm.DB) (*dialect, error) {
	switch {
	case db == nil || db.Config == nil || db.Dialector == nil || db.Statement == nil:
		return nil, fmt.Errorf("gormstore: no GORM handle")
	case db.Error != nil:
		return nil, fmt.Errorf("gormstore: the GORM handle carries an error of the host's")
	case db.DryRun:
		return nil, fmt.Errorf("gormstore: the GORM handle is set to DryRun, and the store would write")
	}
	return dialectNamed(db.Name())
}

func dialectNamed(name string) (*dialect, error) {
	for _, d := range []*dialect{sqliteDialect, postgresDialect} {
		if d.name == name {
			return d, nil
		}
	}
	return nil, fmt.Errorf("gormstore: no store for %q: the databases are sqlite and postgres", name)
}

func (d *dialect) postgres() bool { return d == postgresDialect }

// quote quotes a name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// unindexed writes a column so that the planner does not look for an index: next to
// the key, an index that merely starts with the tenant would only be a trap.
func (d *dialect) unindexed(column string) string {
	if d.postgres() {
		return quote(column) + " || ''"
	}
	return "+" + quote(column)
}

// equals writes that a column has the value. SQLite looks at the value of a bare
// parameter when it could matter to the plan, and then compiles the statement anew
// each time; likelihood keeps it from looking.
func (d *dialect) equals(w *sqlText, column string, arg any) {
	if d.postgres() {
		w.add(column, " = ", w.arg(arg))
		return
	}
	w.add("likelihood(", column, " = ", w.arg(arg), ", 0.01)")
}
