package gormstore

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pressly/goose/v3"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/storage"
)

// Up is Migrate without its care for what an error may tell: here the driver's own
// text helps whoever writes a migration.
func (s *Store) Up(t *testing.T) {
	t.Helper()
	if err := s.up(t.Context()); err != nil {
		t.Fatalf("a migration fails: %v", err)
	}
}

// Next runs one migration and returns its version, 0 when there is none left.
func (s *Store) Next(t *testing.T) int64 {
	t.Helper()
	if err := s.prepareVersions(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	done, err := p.UpByOne(t.Context())
	if errors.Is(err, goose.ErrNoNextVersion) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return done.Source.Version
}

// Version returns the version that is noted, 0 for none.
func (s *Store) Version(t *testing.T) int64 {
	t.Helper()
	v, err := s.version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Catalogue returns all that the database says of our tables, indexes and triggers; nothing
// when there is no version but the table of versions itself.
func (s *Store) Catalogue(t *testing.T) (lines []string) {
	t.Helper()
	query := `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master
		WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name <> 'crm_schema' ORDER BY 1`
	if s.d.postgres() {
		query = `SELECT line COLLATE "C" FROM (
			SELECT relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
				WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v') AND attnum > 0
			UNION ALL SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
			UNION ALL SELECT tgrelid::regclass || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
			UNION ALL SELECT proname || ' ' || prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
			UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
		) AS all_of_it (line) WHERE line NOT LIKE 'crm\_schema%' ORDER BY 1`
	}
	if err := s.each(t.Context(), query, nil, func(c []any) { lines = append(lines, text(c[0])) }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestDialectsHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	lite, err := files.ReadDir("migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	post, err := files.ReadDir("migrations/postgres")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^0000[1-9]_[a-z_]+\.sql$|^000[1-9][0-9]_[a-z_]+\.sql$`)
	for i := range max(len(lite), len(post)) {
		if i >= len(lite) || i >= len(post) || lite[i].Name() != post[i].Name() || !name.MatchString(lite[i].Name()) {
			t.Fatalf("migration %d: each dialect needs a file of the same name, as 00001_base.sql: %v, %v", i+1, lite, post)
		}
	}
}

func TestSuccessor(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"a": "b", "az": "a{", "保": "俞", "\U00020BB7": "\U00020BB8", "\ud7ff": "\ue000", "\uffff": "\U00010000",
		"a\U0010FFFF": "b", "\U0010FFFF": "", "": "",
	} {
		if got, ok := successor(prefix); got != want || ok != (want != "") {
			t.Errorf("after everything that begins with %q comes %q, %t; want %q", prefix, got, ok, want)
		}
	}
}

// TestSuccessorProperty: no text with the prefix lies beyond it, and nothing lies
// between them.
func TestSuccessorProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.RuneFrom([]rune{0, 'a', 'b', 0x7f, 0x80, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10000, utf8.MaxRune})
		prefix, other := rapid.StringOf(r).Draw(t, "prefix"), rapid.StringOf(r).Draw(t, "other")
		next, ok := successor(prefix)
		if between := other >= prefix && (!ok || other < next); between != strings.HasPrefix(other, prefix) {
			t.Fatalf("%q begins with %q: range says %t", other, prefix, between)
		}
	})
}

// Explain returns what the database means to do for a query.
func (s *Store) Explain(t *testing.T, rec storage.Record, q storage.Query) string {
	t.Helper()
	p, err := s.d.planOf(reflect.TypeOf(rec))
	if err != nil {
		t.Fatal(err)
	}
	st, args, err := p.find(&q, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	explain := "EXPLAIN QUERY PLAN "
	if s.d.postgres() {
		explain = "EXPLAIN "
	}
	var b strings.Builder
	if err := s.each(t.Context(), explain+st.sql, args, func(c []any) { fmt.Fprintln(&b, text(c[len(c)-1])) }); err != nil {
		t.Fatalf("%s: %v", st.sql, err)
	}
	return b.String()
}

// Describe returns a line for each column and unique index of our tables, in words
// that are the same on both databases; what has no such word shows as it is.
func (s *Store) Describe(t *testing.T) (lines []string) {
	t.Helper()
	word := map[string]string{
		`text COLLATE "C"`: "TEXT", "uuid": "TEXT", "json": "TEXT", "bytea": "BLOB", "bigint": "INTEGER", "boolean": "INTEGER",
		"date": "INTEGER", "timestamp with time zone": "INTEGER", "numeric(20,4)": "INTEGER", "numeric(20,8)": "INTEGER",
	}
	names, err := s.ownTables()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		inspect := s.inspectSQLite
		if s.d.postgres() {
			inspect = s.inspectPostgres
		}
		have, err := inspect(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !have.strict {
			lines = append(lines, name+" is not STRICT")
		}
		for _, c := range have.columns {
			typ := c.typ
			if w := word[typ]; w != "" {
				typ = w
			}
			lines = append(lines, fmt.Sprintf("%s.%s %s null=%t", name, c.name, typ, c.nullable))
		}
		var unique []string
		for _, u := range have.unique {
			unique = append(unique, fmt.Sprintf("%s unique %s", name, strings.Join(u, ",")))
		}
		slices.Sort(unique)
		lines = append(lines, unique...)
	}
	return lines
}

// Indexes returns the name and the first column of each index that is not the key's.
func (s *Store) Indexes(t *testing.T) (list [][2]string) {
	t.Helper()
	query := `SELECT l.name, i.name FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i
		WHERE m.type = 'table' AND l.origin <> 'pk' AND i.seqno = 0 AND m.name LIKE 'crm\_%' ESCAPE '\' AND m.name <> 'crm_schema'`
	if s.d.postgres() {
		query = `SELECT c.relname::text, coalesce(a.attname::text, '') FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
			LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = x.indkey[0]
			WHERE r.relnamespace = current_schema()::regnamespace AND r.relname LIKE 'crm\_%' AND r.relname <> 'crm_schema' AND NOT x.indisprimary`
	}
	if err := s.each(t.Context(), query, nil, func(c []any) { list = append(list, [2]string{text(c[0]), text(c[1])}) }); err != nil {
		t.Fatal(err)
	}
	return list
}
