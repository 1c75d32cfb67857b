package gormstore

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"gorm.io/gorm/schema"

	"github.com/coverkit/crm/storage"
)

// plan is what a dialect needs to know of a record type, made once.
type plan struct {
	*storage.Schema
	d       *dialect
	quoted  map[string]string // column → name as it is written
	columns string            // all, quoted and separated by commas, in the order of Fields

	get, lock, insert, update, remove *stmt
	still                             *stmt // finds the row if it is as it was; nil when a row does not tell

	inserted []*storage.Field // arguments of insert
	changed  []*storage.Field // arguments of update, before those of identity
	identity []*storage.Field // which row it is: key, version and tenant, as far as there are

	column  []int          // of each field of changed, its place in Fields
	version *storage.Field // nil when there is none
	partial sync.Map       // set of changed fields → *stmt, updates of these only
	finds   sync.Map       // text from WHERE on → *stmt, of queries for rows
	shapes  sync.Map       // text → *stmt, of other queries
	known   atomic.Int32

	mu     sync.RWMutex
	common map[string]*stmt // by shape
}

// planOf returns the plan of a struct type.
func (d *dialect) planOf(t reflect.Type) (*plan, error) {
	if t == nil {
		return nil, fmt.Errorf("storage: nil is no record")
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	d.mu.RLock()
	p := d.plans[t]
	d.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	sc, err := storage.SchemaOf(t)
	if err != nil {
		return nil, err
	}
	if err := sameAsGORM(sc); err != nil {
		return nil, err
	}
	p = newPlan(d, sc)
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.plans[t]; known != nil {
		return known, nil
	}
	d.plans[t] = p
	return p, nil
}

// sameAsGORM makes sure that a host's GORM sees the table as we do.
func sameAsGORM(sc *storage.Schema) error {
	theirs, err := schema.Parse(reflect.New(sc.Type).Interface(), &sync.Map{}, schema.NamingStrategy{})
	if err != nil {
		return fmt.Errorf("gormstore: GORM cannot read %s: %w", sc.Type, err)
	}
	if theirs.Table != sc.Table {
		return fmt.Errorf("gormstore: the table of %s is %s to GORM and %s to us", sc.Type, theirs.Table, sc.Table)
	}
	for _, name := range theirs.DBNames {
		if sc.Column(name) == nil {
			return fmt.Errorf("gormstore: %s.%s is a column to GORM only", sc.Table, name)
		}
	}
	for _, f := range sc.Fields {
		field := theirs.LookUpField(f.Column)
		if field == nil || field.DBName != f.Column {
			return fmt.Errorf("gormstore: %s.%s is no column to GORM", sc.Table, f.Column)
		}
		if field.PrimaryKey != (f == sc.Key()) {
			return fmt.Errorf("gormstore: %s.%s is not the same key to GORM", sc.Table, f.Column)
		}
	}
	return nil
}

func newPlan(d *dialect, sc *storage.Schema) *plan {
	p := &plan{Schema: sc, d: d, version: sc.Column("version"), quoted: map[string]string{}, common: map[string]*stmt{}}
	names := make([]string, len(sc.Fields))
	for i, f := range sc.Fields {
		names[i] = quote(f.Column)
		p.quoted[f.Column] = names[i]
		if !f.Auto {
			p.inserted = append(p.inserted, f)
		}
		if f != sc.Key() && f.Column != string(storage.ColTenant) {
			p.changed, p.column = append(p.changed, f), append(p.column, i)
		}
	}
	p.columns = strings.Join(names, ", ")
	p.identity = []*storage.Field{sc.Key()}
	for _, c := range []string{"version", string(storage.ColTenant)} {
		if f := sc.Column(c); f != nil {
			p.identity = append(p.identity, f)
		}
	}
	table := quote(sc.Table)
	w := &sqlText{d: d}
	get := w.add("SELECT ", p.columns, " FROM ", table, " WHERE ", quote(sc.Key().Column), " = ", w.arg(nil)).String()
	p.get = &stmt{sql: get, table: sc.Table}
	p.lock = &stmt{sql: get + d.forUpdate, table: sc.Table}

	w = &sqlText{d: d}
	w.add("INSERT INTO ", table, " (")
	for i, f := range p.inserted {
		w.add(comma(i), quote(f.Column))
	}
	w.add(") VALUES (")
	for i := range p.inserted {
		w.add(comma(i), w.arg(nil))
	}
	w.add(")")
	if sc.Key().Auto {
		w.add(" RETURNING ", quote(sc.Key().Column))
	}
	p.insert = &stmt{sql: w.String(), table: sc.Table, write: true}

	p.update = p.updating(1<<len(p.changed) - 1)
	if p.version != nil && sc.Key().Type.Kind() == reflect.String {
		p.still = &stmt{sql: p.only((&sqlText{d: d}).add("SELECT 1 FROM ", table)).String(), table: sc.Table, one: true}
	}
	p.remove = p.swap((&sqlText{d: d}).add("DELETE FROM ", table))
	return p
}

// updating writes the update of a set of fields of changed.
func (p *plan) updating(set uint64) *stmt {
	w := (&sqlText{d: p.d}).add("UPDATE ", quote(p.Table), " SET ")
	n := 0
	for i, f := range p.changed {
		if set&(1<<i) != 0 || len(p.changed) > maxSet {
			w.add(comma(n), quote(f.Column), " = ", w.arg(nil))
			n++
		}
	}
	return p.swap(w)
}

// swap makes a statement that is to meet the one row with a version.
func (p *plan) swap(w *sqlText) *stmt {
	st := &stmt{sql: p.only(w).String(), table: p.Table, write: true}
	if p.d.postgres() {
		st.strict = "WITH met AS (" + st.sql + " RETURNING 1) SELECT 1 / count(*) FROM met"
	}
	return st
}

// only adds the condition that names one row.
func (p *plan) only(w *sqlText) *sqlText {
	for i, f := range p.identity {
		switch {
		case i == 0:
			w.add(" WHERE ", quote(f.Column))
		case f.Kind == storage.String:
			w.add(" AND ", p.d.unindexed(f.Column))
		default:
			w.add(" AND ", quote(f.Column))
		}
		w.add(" = ", w.arg(nil))
	}
	return w
}

// maxShapes bounds what is remembered of a record type's queries: hosts choose
// page sizes, so their number is open.
const maxShapes = 512

// stmt returns the one statement with this text.
func (p *plan) stmt(sql string) *stmt {
	if st, ok := p.shapes.Load(sql); ok {
		return st.(*stmt)
	}
	return p.keep(&p.shapes, sql, &stmt{sql: sql, table: p.Table})
}

// selecting returns the one statement that reads whole rows, by what comes after the name
// of the table.
func (p *plan) selecting(tail string, one bool) *stmt {
	if st, ok := p.finds.Load(tail); ok {
		return st.(*stmt)
	}
	return p.keep(&p.finds, tail, &stmt{sql: "SELECT " + p.columns + " FROM " + quote(p.Table) + tail, table: p.Table, one: one})
}

// keep remembers a statement, as far as there is room.
func (p *plan) keep(in *sync.Map, key any, st *stmt) *stmt {
	if p.known.Load() >= maxShapes {
		return st
	}
	known, met := in.LoadOrStore(key, st)
	if !met {
		p.known.Add(1)
	}
	return known.(*stmt)
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}
