package crm_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// A database that an operator's own tool has taken to any of the versions, and in which
// there are rows, is brought up to this program's: the rows are as they were.
func TestMigrateFromEveryVersion(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			list := got(gormstore.Migrations(dialect))(t)
			names := got(fs.Glob(list, "*.sql"))(t)
			step, first := 1, 0
			if dialect == "postgres" && !torture.Soak() {
				step = 5
				first = torture.Rand(t).IntN(step)
			}
			for i := first; i < len(names); i += step {
				t.Run(names[i], func(t *testing.T) {
					w := atVersion(t, dialect, list, got(goose.NumericComponent(names[i]))(t))
					before := w.cells(t, nil)
					if len(before["crm_journal"].Rows) == 0 {
						t.Fatal("there are no rows to keep")
					}
					for range 2 {
						if err := w.Migrate(owner); err != nil {
							t.Fatal(err)
						}
						if diff := cmp.Diff(before, w.cells(t, before)); diff != "" {
							t.Fatalf("the migration changed what there was:\n%s", diff)
						}
					}
					if err := w.store.(*gormstore.Store).CheckSchema(owner); err != nil {
						t.Error(err)
					}
					for _, d := range got(w.store.(*gormstore.Store).Differences(owner, records()...))(t) {
						t.Error(d)
					}
					if i == len(names)-1 {
						w.sound(t)
					}
				})
			}
		})
	}
}

// atVersion is a database at a version, with the rows of the newest release in the tables
// and columns that there were.
func atVersion(t *testing.T, dialect string, list fs.FS, version int64) *world {
	t.Helper()
	dirs := got(filepath.Glob(filepath.Join(releases, "v*")))(t)
	dir := dirs[len(dirs)-1]
	w := &world{dialect: dialect, where: place(t, dialect), clock: kernel.NewManualClock(noon.AddDate(0, 0, 60))}
	w.keys = got(privacy.ParseKeys(got(os.ReadFile(filepath.Join(dir, "keys.json")))(t)))(t)
	w.db = raw(t, dialect, w.where)
	w.db.SetMaxOpenConns(1) // what is attached belongs to one connection
	image := unpack(t, filepath.Join(dir, dialect+".gz"))
	kind, home, fill := goose.DialectSQLite3, "main", func() {}
	if dialect == "sqlite" {
		released := filepath.Join(t.TempDir(), "released.db")
		if err := os.WriteFile(released, image, 0o600); err != nil {
			t.Fatal(err)
		}
		defer w.exec(t, "DETACH released")
		fill = func() { w.exec(t, "ATTACH $1 AS released", released) } // not before: its names would be found too
	} else {
		kind, home = goose.DialectPostgres, "public"
		w.exec(t, string(image)+"; ALTER SCHEMA public RENAME TO released; CREATE SCHEMA public; SET search_path TO public")
	}
	p := got(goose.NewProvider(kind, w.db, list, goose.WithTableName("crm_schema"), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())))(t)
	_ = got(p.UpTo(t.Context(), version))(t)
	fill()
	for table, now := range w.cells(t, nil) {
		query := "SELECT name FROM pragma_table_info('" + table + "', 'released')"
		if dialect == "postgres" {
			query = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('released." + table + "') AND attnum > 0 AND NOT attisdropped"
		}
		var both []string
		for _, column := range w.query(t, query) {
			if slices.Contains(now.Columns, column[0]) {
				both = append(both, column[0])
			}
		}
		if columns := strings.Join(both, ", "); columns != "" {
			w.exec(t, "INSERT INTO "+home+"."+table+" ("+columns+") SELECT "+columns+" FROM released."+table)
		}
	}
	w.store = connect(t, dialect, w.where)
	w.CRM = got(crm.Open(owner, w.store, releaseConfig(w)))(t)
	return w
}

// A program that is older than the tables refuses them, says why, and changes nothing.
func TestAnOlderProgramRefuses(t *testing.T) {
	t.Parallel()
	eachRelease(t, func(t *testing.T, _ string, w *world) {
		if err := w.Migrate(owner); err != nil {
			t.Fatal(err)
		}
		w.exec(t, "INSERT INTO crm_schema (version_id, is_applied) SELECT 900, is_applied FROM crm_schema WHERE version_id = 0")
		before, notes := w.cells(t, nil), w.query(t, "SELECT * FROM crm_schema ORDER BY 1")
		opened, err := crm.Open(owner, connect(t, w.dialect, w.where), releaseConfig(w))
		if opened != nil {
			t.Error("the program opened it")
		}
		for what, err := range map[string]error{"Open": err, "Migrate": w.Migrate(owner)} {
			var se *storage.SchemaError
			if !errors.As(err, &se) || !errors.Is(err, storage.ErrSchema) || se.Have != 900 || se.Want >= 900 || se.Behind() ||
				!strings.Contains(err.Error(), "newer") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if diff := cmp.Diff(notes, w.query(t, "SELECT * FROM crm_schema ORDER BY 1")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, w.cells(t, before)); diff != "" {
			t.Error(diff)
		}
	})
}
