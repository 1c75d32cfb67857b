package crm_test

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// The whole story leaves the same on every store, and the journal answers for all of it.
func TestTheWholeStoryIsTheSameOnEveryStore(t *testing.T) {
	t.Parallel()
	told := map[string][]string{}
	t.Run("told", func(t *testing.T) {
		lines := make(chan struct {
			dialect string
			rows    []string
		}, 3)
		t.Run("on", func(t *testing.T) {
			onAll(t, func(t *testing.T, w *world) {
				s := w.play(t)
				w.sound(t)
				w.overview(t, s)
				lines <- struct {
					dialect string
					rows    []string
				}{w.dialect, w.dump(t)}
			})
		})
		close(lines)
		for l := range lines {
			told[l.dialect] = l.rows
		}
	})
	if n := len(told["memory"]); n < 90 {
		t.Fatalf("the story left %d rows and entries", n)
	}
	for _, dialect := range []string{"sqlite", "postgres"} {
		if rows, ok := told[dialect]; ok { // a machine may have no PostgreSQL
			if diff := cmp.Diff(told["memory"], rows); diff != "" {
				t.Errorf("memory and %s differ (-memory +%s):\n%s", dialect, dialect, diff)
			}
		}
	}
}

// overview reads back what the story left.
func (w *world) overview(t *testing.T, s *tale) {
	t.Helper()
	if s.claim.State != claim.Closed || s.declined.State != claim.Closed || !s.claim.Approved.Equal(yuan("800")) {
		t.Errorf("claims %s %s and %s", s.claim.State, s.claim.Approved, s.declined.State)
	}
	o := got(w.Overview(agent, s.customer.ID))(t)
	if o.Customer.Number != s.customer.Number || len(o.Contacts) != 3 || len(o.Policies) != 1 || len(o.Claims) != 2 || o.More {
		t.Fatalf("overview: %s, %d contacts, %d policies, %d claims", o.Customer.Number, len(o.Contacts), len(o.Policies), len(o.Claims))
	}
	if o.Policies[0].State != policy.InForce || o.Claims[0].ID != s.declined.ID || o.Claims[1].ID != s.claim.ID {
		t.Errorf("overview: policy %s, claims %s %s", o.Policies[0].State, o.Claims[0].Number, o.Claims[1].Number)
	}
	if len(o.Visits) != 2 || o.Visits[0].AboutID != s.declined.ID { // both claims are followed by a call
		t.Errorf("%d visits", len(o.Visits))
	}
	acc := got(w.Claims.Accumulators(adjuster, s.policy.ID.Ref()))(t)
	if len(acc) != 1 || !acc[0].Used.Equal(yuan("800")) || !acc[0].Left().Equal(yuan("19200")) {
		t.Errorf("accumulators %+v", acc)
	}
}

// records lists every kind of record that the library stores.
func records() []storage.Record {
	recs := []storage.Record{&journal.Entry{}, &storage.DataKey{}, &number.Counter{}, &journal.Cursor{}, &journal.Seal{}}
	for _, s := range crm.Subjects() {
		recs = append(recs, s.Root)
		for _, p := range s.Parts {
			recs = append(recs, p.Record)
		}
	}
	return recs
}

func TestTablesAreWhatTheRecordsSay(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		for _, d := range got(w.store.(*gormstore.Store).Differences(owner, records()...))(t) {
			t.Error(d)
		}
	})
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// dump writes out every row with secrets opened, sorted, and with keys replaced by the
// order in which the journal speaks of them.
func (w *world) dump(t *testing.T) []string {
	t.Helper()
	return w.dumpOf(t, owner)
}

// dumpOf is dump of the actor's tenant.
func (w *world) dumpOf(t testing.TB, ctx context.Context) []string {
	t.Helper()
	names := map[string]string{}
	name := func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("#%d", len(names)+1)
		}
		return names[id]
	}
	var lines []string
	err := w.guarded().View(ctx, func(tx *storage.GuardTx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{Order: []storage.Order{journal.ColSeq.Asc()}})
		if err != nil {
			return err
		}
		for _, e := range entries { // every row has its first entry: that is when it gets its name
			name(string(e.SubjectID))
			for _, d := range e.Rows {
				name(d.ID)
			}
		}
		for _, rec := range records() {
			rows := reflect.New(reflect.SliceOf(reflect.TypeOf(rec).Elem()))
			if err := tx.Load(storage.Read{Dst: rows.Interface(), Query: &storage.Query{}}); err != nil {
				return err
			}
			for i := range rows.Elem().Len() {
				line, err := write(tx, rows.Elem().Index(i).Addr().Interface().(storage.Record))
				if err != nil {
					return err
				}
				lines = append(lines, line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i] = uuid.ReplaceAllStringFunc(lines[i], func(id string) string {
			if n, ok := names[id]; ok {
				return n
			}
			return "#" // of a unit of work, a data key or a counter
		})
	}
	slices.Sort(lines)
	return lines
}

func write(tx *storage.GuardTx, rec storage.Record) (string, error) {
	sc, err := storage.SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return "", err
	}
	plain, err := tx.Open(rec)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(sc.Table)
	for _, f := range sc.Fields {
		v := reflect.ValueOf(rec).Elem().FieldByIndex(f.Index)
		fmt.Fprintf(&b, " %s=", f.Column)
		switch x := v.Interface().(type) {
		case privacy.Secret:
			fmt.Fprintf(&b, "%q", plain[f.Column])
		case decimal.Decimal:
			b.WriteString(x.String())
		case time.Time:
			b.WriteString(x.UTC().Format(time.RFC3339Nano))
		case []byte:
			fmt.Fprint(&b, len(x), " bytes")
		case kernel.Date:
			b.WriteString(x.String())
		case []journal.RowDigest:
			for _, d := range x {
				fmt.Fprintf(&b, "%s/%s/%d ", d.Table, d.ID, d.Version)
			}
		default:
			if f.Kind == storage.JSON {
				doc, err := storage.MarshalJSON(x)
				if err != nil {
					return "", err
				}
				b.Write(doc)
			} else {
				fmt.Fprint(&b, x)
			}
		}
	}
	return b.String(), nil
}
