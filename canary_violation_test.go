package crm_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

// offence keeps what a test complains of, and lets it go on.
type offence struct {
	testing.TB
	heard []string
}

func (e *offence) Errorf(format string, args ...any) {
	e.heard = append(e.heard, fmt.Sprintf(format, args...))
}

// leak is an error that knows too much and does not say it.
type leak struct{ Account string }

func (*leak) Error() string { return "cannot pay" }

// A leak that is planted is heard, wherever it is: the sweep is not deaf.
func TestAPlantedLeakIsHeard(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	s := newSweep(t, w)
	person := s.person()
	e := &offence{TB: t}
	s.TB = e
	var log lines
	out := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	column := func(form string) {
		w.exec(t, "UPDATE crm_customers SET branch = $1", form)
		s.kept()
		w.exec(t, "UPDATE crm_customers SET branch = ''")
	}
	file := func(text string) {
		path := w.where + "-journal"
		if err := os.WriteFile(path, []byte("x"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.files(path)
		_ = os.Remove(path)
	}
	for where, plant := range map[string]func(text, name string){
		"an error":           func(text, _ string) { s.error("x", fmt.Errorf("cannot pay to %s", text)) },
		"a name in an error": func(_, name string) { s.error("x", kernel.Invalid("name", "format", "%s is no name", name)) },
		"a wrapped error":    func(text, _ string) { s.error("x", fmt.Errorf("y: %w", errors.Join(errors.New("z"), &leak{text}))) },
		"a stack":            func(text, _ string) { s.error("x", &kernel.PanicError{Action: "x", Stack: []byte("panic: " + text)}) },
		"a record":           func(text, _ string) { s.print("x", claim.Claim{Cause: text}) },
		"a name in a record": func(_, name string) { s.print("x", claim.Claim{Cause: name}) },
		"an input":           func(text, _ string) { s.print("x", &customer.Look{Fields: []customer.Field{customer.Field(text)}}) },
		"a log": func(text, _ string) {
			out.Debug("x", "value", text)
			s.hear("the log", []byte(log.text.String()), false)
		},
		"a column":            func(text, _ string) { column(text) },
		"a column, encoded":   func(text, _ string) { column(fmt.Sprintf("%x", text)) },
		"a name in a column":  func(_, name string) { column(name) },
		"what is not deleted": func(text, _ string) { file(text) },
	} {
		text, _ := s.canary("a diagnosis").Plain()
		e.heard = nil
		plant(text, s.name())
		if len(e.heard) == 0 || !strings.Contains(e.heard[0], fmt.Sprint("number ", s.said)) && !strings.Contains(e.heard[0], fmt.Sprint("number ", s.said-1)) {
			t.Errorf("%s: heard %q", where, e.heard)
		}
	}
	e.heard = nil
	s.print("a customer, whose name may be seen", person)
	s.print("a secret", s.canary("a diagnosis"))
	s.cells(func(column string, cell []byte) { s.hear(column, cell, readable[column]) })
	if e.heard != nil {
		t.Errorf("nothing was planted: %q", e.heard)
	}
}

// violation is what a database may have against a customer.
type violation struct{ name, do, undo string }

var violations = map[string][]violation{
	"sqlite": {
		{"a unique index", "CREATE UNIQUE INDEX once ON crm_customers (name)", "DROP INDEX once"},
		{"a trigger", "CREATE TRIGGER never BEFORE INSERT ON crm_contacts BEGIN SELECT RAISE(ABORT, 'no'); END", "DROP TRIGGER never"},
		{"no table", "ALTER TABLE crm_contacts RENAME TO crm_contracts", "ALTER TABLE crm_contracts RENAME TO crm_contacts"},
	},
	"postgres": {
		{"a unique index", "CREATE UNIQUE INDEX once ON crm_customers (name)", "DROP INDEX once"},
		{"a check", "ALTER TABLE crm_customers ADD CONSTRAINT few CHECK (length(name) < 3) NOT VALID", "ALTER TABLE crm_customers DROP CONSTRAINT few"},
		{"an overflow", "ALTER TABLE crm_customers ADD CONSTRAINT few CHECK ((length(name) * 10000)::smallint > 0) NOT VALID", "ALTER TABLE crm_customers DROP CONSTRAINT few"},
		{"null", "ALTER TABLE crm_customers ADD extra text, ADD CONSTRAINT few CHECK (extra IS NOT NULL) NOT VALID", "ALTER TABLE crm_customers DROP extra"},
		{"a trigger", `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no %', NEW.name USING DETAIL = NEW::text; END $$;
			CREATE TRIGGER never BEFORE INSERT ON crm_customers FOR EACH ROW EXECUTE FUNCTION tell()`, "DROP FUNCTION tell CASCADE"},
		{"a commit", `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'late %', NEW.name USING ERRCODE = '23505'; END $$;
			CREATE CONSTRAINT TRIGGER never AFTER INSERT ON crm_customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell()`, "DROP FUNCTION tell CASCADE"},
		{"no table", "ALTER TABLE crm_contacts RENAME TO crm_contracts", "ALTER TABLE crm_contracts RENAME TO crm_contacts"},
		{"a number", "ALTER TABLE crm_contacts ALTER value TYPE bigint USING 7", "ALTER TABLE crm_contacts ALTER value TYPE bytea USING NULL"},
		{"the length", "ALTER TABLE crm_customers ALTER name TYPE varchar(2) USING left(name, 2)", "ALTER TABLE crm_customers ALTER name TYPE text"},
	},
}

// What a database has against a row it says with the row's values. None of it comes out,
// neither in the error nor in GORM's log, whichever way the database was opened; and what
// the server itself writes to its log holds names, which it was given, and nothing sealed.
func TestViolationsTellNothing(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		s := newSweep(t, w)
		in := customer.Registration{
			Party: customer.Individual, Name: s.name(), Document: customer.Document{Kind: customer.ResidentID, Number: s.identity()},
			Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: s.phone(), Name: s.canary("a contact")}}, Employer: s.canary("an employer"),
		}
		namesake := customer.Registration{
			Party: customer.Organisation, Name: in.Name, Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: s.mail()}},
		}
		got(w.Customers.Register(owner, namesake))(t)
		for _, v := range violations[w.dialect] {
			w.exec(t, v.do)
			for _, c := range []*crm.CRM{w.CRM, s.talking.CRM} {
				register := func(c *crm.CRM) error { _, err := c.Customers.Register(owner, in); return err }
				for _, err := range []error{register(c), c.InTx(owner, register)} {
					if err == nil {
						t.Fatalf("%s: the database takes it", v.name)
					}
					s.error(v.name, err)
					for _, theirs := range []string{"constraint", "violates", "Key (", "DETAIL", "RAISE", "relation", "no such"} {
						if strings.Contains(err.Error(), theirs) {
							t.Errorf("%s: the database speaks: %v", v.name, err)
						}
					}
				}
			}
			if n := w.people(t); n != "1" {
				t.Errorf("%s: %s customers", v.name, n)
			}
			w.exec(t, v.undo)
		}
		s.hear("GORM's log", []byte(s.talking.heard.String()), false)
		if w.dialect == "postgres" {
			s.serverLog()
		}
	})
}

// people counts the customers, whatever else may be missing.
func (w *world) people(t testing.TB) string {
	t.Helper()
	var n string
	if err := w.db.QueryRow("SELECT count(*) FROM crm_customers").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// serverLog listens to the log of PostgreSQL, where the server is the tests' own.
func (s *sweep) serverLog() {
	s.Helper()
	var data, log string
	if err := s.db.QueryRow("SHOW data_directory").Scan(&data); err != nil {
		s.Logf("the server's log cannot be read: %v", err)
		return
	}
	if err := s.db.QueryRow("SELECT pg_read_file($1)", filepath.Join(filepath.Dir(data), "log")).Scan(&log); err != nil {
		s.Logf("the server's log cannot be read: %v", err)
		return
	}
	if !strings.Contains(log, "ERROR") {
		s.Errorf("the server's log, of %d bytes, tells no error: it is not the log", len(log))
	}
	s.hear("the server's log", []byte(log), true)
}
