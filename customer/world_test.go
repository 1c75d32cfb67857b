package customer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// world is an insurer of one archive.
type world struct {
	*customer.Service
	engine    *engine.Engine
	directory *customer.Directory
	clock     *kernel.ManualClock
	store     *storage.Guarded
}

// noon in Beijing on the day on which all stories begin.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func newWorld(store storage.Store) *world { return newWorldWith(store, customer.Grants()) }

// newWorldGranting lets a role of the host's own give one command.
func newWorldGranting(role kernel.Role, e customer.Event) *world {
	return newWorldWith(memory.New(), append(customer.Grants(), access.Grant{Action: "customer." + string(e), Roles: []kernel.Role{role}}))
}

func newWorldWith(store storage.Store, grants []access.Grant) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	return newWorldSealing(store, keys, grants)
}

func newWorldSealing(store storage.Store, c privacy.Cipher, grants []access.Grant) *world {
	w := &world{clock: kernel.NewManualClock(noon), store: storage.Guard(store, c)}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(grants, customer.Fields()...), access.Table{})
	w.Service = customer.New(w.engine, customer.Config{})
	w.directory = customer.NewDirectory(w.engine)
	return w
}

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, newWorld(memory.New())) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(t, newWorld(onSQLite(t, filepath.Join(t.TempDir(), "crm.db"))))
	})
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, newWorld(onPostgres(t))) })
}

func onSQLite(t *testing.T, path string) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(path)
	return ready(t, s, err)
}

func onPostgres(t *testing.T) *gormstore.Store {
	t.Helper()
	s, err := postgres.Open(pgtest.DSN(t))
	return ready(t, s, err)
}

func ready(t *testing.T, s *gormstore.Store, err error) *gormstore.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// as returns a context in which somebody acts in the roles.
func as(roles ...kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: "u-" + fmt.Sprint(roles), Roles: roles})
}

var agent, archivist, auditor = as(access.Agent), as(access.Archivist), as(access.Auditor)

// resident returns a well-formed identity number: sequences of odd numbers are men's.
func resident(birth kernel.Date, seq int) string {
	n := fmt.Sprintf("110199%s%03d", strings.ReplaceAll(birth.String(), "-", ""), seq)
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(n[i]-'0')
	}
	return n + string("10X98765432"[sum%11])
}

func secret(s string) privacy.Secret { return privacy.New(s) }

func ptr[T any](v T) *T { return &v }

// zhang is a registration that has everything.
func zhang() customer.Registration {
	return customer.Registration{
		Party: customer.Individual, Name: "张三",
		Document: customer.Document{Kind: customer.ResidentID, Number: secret(resident(kernel.NewDate(1990, 1, 1), 901)), Expires: kernel.NewDate(2036, 5, 1)},
		Contacts: []customer.ContactDetail{
			{Kind: customer.Phone, Value: secret("138 0013 8000")},
			{Kind: customer.Email, Value: secret("zhang.san@Example.com")},
			{Kind: customer.Address, Value: secret("北京市海淀区中关村大街1号"), Use: customer.ForMail},
		},
		Occupation: 1, Employer: secret("中关村电子有限公司"), Marital: customer.Married,
		Source: customer.FromCustomer,
	}
}

// person is a registration with an identity number and nothing else.
func person(name string, birth kernel.Date, seq int) customer.Registration {
	return customer.Registration{
		Party: customer.Individual, Name: name,
		Document: customer.Document{Kind: customer.ResidentID, Number: secret(resident(birth, seq))},
	}
}

func must[T any](t *testing.T, v T, err error) func(string) T {
	return func(what string) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return v
	}
}

// register registers as the agent and does not accept a refusal.
func (w *world) register(t *testing.T, in customer.Registration) customer.Customer {
	t.Helper()
	c, err := w.Register(agent, in)
	return must(t, c, err)("register")
}

func (w *world) reveal(t *testing.T, id kernel.ID, fields ...customer.Field) customer.Personal {
	t.Helper()
	p, err := w.Reveal(archivist, id, customer.Look{Fields: fields, Purpose: secret("test")})
	return must(t, p, err)("reveal")
}

// faults returns "path code" of every fault.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var f *kernel.FieldErrors
	if !errors.As(err, &f) || !errors.Is(err, kernel.ErrInvalid) {
		t.Fatalf("not field errors: %v", err)
	}
	var out []string
	for _, x := range f.Faults {
		out = append(out, x.Path+" "+x.Code)
	}
	return out
}

// duplicate returns the refusal as a duplicate.
func duplicate(t *testing.T, err error) *kernel.DuplicateError {
	t.Helper()
	var d *kernel.DuplicateError
	if !errors.As(err, &d) || !errors.Is(err, kernel.ErrDuplicate) {
		t.Fatalf("no duplicate: %v", err)
	}
	return d
}
