package gormstore

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/coverkit/crm/storage"
)

// Differences compares the tables in the database with what the records say, and
// returns a sentence for each difference: a table or column that is missing or more
// than there should be, a column of another type, one that takes NULL and should
// not, a unique index that is missing. None means that they agree. A table may be
// stricter than its record, with NOT NULL for what the domain always fills, checks,
// triggers and further indexes.
func (s *Store) Differences(ctx context.Context, recs ...storage.Record) ([]string, error) {
	var out []string
	for _, rec := range recs {
		p, err := s.d.planOf(reflect.TypeOf(rec))
		if err != nil {
			return nil, err
		}
		inspect := s.inspectSQLite
		if s.d.postgres() {
			inspect = s.inspectPostgres
		}
		have, err := inspect(ctx, p.Table)
		if err != nil {
			return nil, err
		}
		for _, d := range p.differences(have) {
			out = append(out, p.Table+": "+d)
		}
	}
	return out, nil
}

// table is what a database says of a table.
type table struct {
	columns []column
	unique  [][]string // columns of each unique index, in any order
	strict  bool
}

type column struct {
	name, typ string // typ as in migrations/README.md
	nullable  bool
}

func (p *plan) differences(have *table) []string {
	if len(have.columns) == 0 {
		return []string{"there is no such table"}
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if !have.strict {
		say("the table is not STRICT")
	}
	seen := map[string]bool{}
	for _, c := range have.columns {
		seen[c.name] = true
		f := p.Column(c.name)
		if f == nil {
			say("column %s belongs to no field", c.name)
			continue
		}
		if want := p.d.columnType(f); c.typ != want {
			say("column %s is %s, not %s", c.name, c.typ, want)
		}
		if c.nullable && (f == p.Key() || !nullable(f)) {
			say("column %s takes NULL", c.name)
		}
	}
	for _, f := range p.Fields {
		if !seen[f.Column] {
			say("column %s is missing", f.Column)
		}
	}
	for _, want := range p.uniques() {
		if !slices.ContainsFunc(have.unique, func(u []string) bool { return slices.Equal(u, want) }) {
			say("a unique index over %s is missing", strings.Join(want, ", "))
		}
	}
	return out
}

// uniques returns the columns of every unique index that there should be, sorted.
func (p *plan) uniques() [][]string {
	list := [][]string{{p.Key().Column}}
	for _, fields := range p.Unique {
		var names []string
		if p.Column(string(storage.ColTenant)) != nil {
			names = append(names, string(storage.ColTenant))
		}
		for _, f := range fields {
			names = append(names, f.Column)
		}
		slices.Sort(names)
		list = append(list, slices.Compact(names))
	}
	return list
}

// columnType is the type that the column of a field has.
func (d *dialect) columnType(f *storage.Field) string {
	types := [...][2]string{
		storage.String: {"TEXT", `text COLLATE "C"`}, storage.UUID: {"TEXT", "uuid"},
		storage.Int: {"INTEGER", "bigint"}, storage.Bool: {"INTEGER", "boolean"},
		storage.Time: {"INTEGER", "timestamp with time zone"}, storage.Day: {"INTEGER", "date"},
		storage.Amount: {"INTEGER", fmt.Sprintf("numeric(20,%d)", f.Scale)},
		storage.Bytes:  {"BLOB", "bytea"}, storage.Sealed: {"BLOB", "bytea"}, storage.JSON: {"TEXT", "json"},
	}
	if d.postgres() {
		return types[f.Kind][1]
	}
	return types[f.Kind][0]
}

func (s *Store) inspectSQLite(ctx context.Context, name string) (*table, error) {
	t := &table{}
	err := s.each(ctx, "SELECT strict FROM pragma_table_list WHERE name = ? AND schema = 'main'", []any{name}, func(c []any) {
		t.strict = c[0] == int64(1)
	})
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, `SELECT name, type, "notnull" FROM pragma_table_xinfo(?) ORDER BY cid`, []any{name}, func(c []any) {
		t.columns = append(t.columns, column{text(c[0]), strings.ToUpper(text(c[1])), c[2] == int64(0)})
	})
	if err != nil {
		return nil, err
	}
	const indexes = `SELECT l.name, i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE l."unique" = 1 ORDER BY l.name, i.name`
	if t.unique, err = s.groups(ctx, indexes, name); err != nil {
		return nil, err
	}
	// The key of a rowid table that is an integer has no index of its own.
	return t, s.each(ctx, "SELECT name FROM pragma_table_info(?) WHERE pk = 1 AND type = 'INTEGER'", []any{name}, func(c []any) {
		t.unique = append(t.unique, []string{text(c[0])})
	})
}

func (s *Store) inspectPostgres(ctx context.Context, name string) (*table, error) {
	const columns = `SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(l.collname, ''), a.attnotnull
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
		WHERE c.relname = $1 AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`
	t := &table{strict: true}
	err := s.each(ctx, columns, []any{name}, func(c []any) {
		typ := text(c[1])
		if collation := text(c[2]); collation != "" {
			typ += fmt.Sprintf(" COLLATE %q", collation)
		}
		t.columns = append(t.columns, column{text(c[0]), typ, c[3] == false})
	})
	if err != nil {
		return nil, err
	}
	const indexes = `SELECT x.indexrelid::text, a.attname FROM pg_index x
		JOIN pg_class c ON c.oid = x.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (x.indkey)
		WHERE c.relname = $1 AND c.relnamespace = current_schema()::regnamespace AND x.indisunique AND x.indisvalid
		ORDER BY 1, a.attname COLLATE "C"`
	t.unique, err = s.groups(ctx, indexes, name)
	return t, err
}

// groups collects the second column of a query by its first.
func (s *Store) groups(ctx context.Context, query string, args ...any) (list [][]string, err error) {
	last := ""
	err = s.each(ctx, query, args, func(c []any) {
		if g := text(c[0]); len(list) == 0 || g != last {
			list, last = append(list, nil), g
		}
		list[len(list)-1] = append(list[len(list)-1], text(c[1]))
	})
	return list, err
}

// each runs a query of the catalogue.
func (s *Store) each(ctx context.Context, query string, args []any, each func([]any)) error {
	exec := &sqlExecutor{d: s.d, session: s.readers}
	_, err := exec.run(ctx, []op{{stmt: &stmt{sql: query}, args: args, row: func(r row) error { each(r.cells); return nil }}})
	return err
}

func text(cell any) string {
	switch x := cell.(type) {
	case string:
		return x
	case []byte:
		return string(x)
	}
	return ""
}
