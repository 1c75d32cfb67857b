package crm_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/gormstore"
)

// Each release leaves a database of its own making here, on SQLite and PostgreSQL, with
// the keys to it and what it held. Every later program must be able to go on with it.
const (
	releases = "testdata/releases"
	next     = "v0.1.0" // the release to come
)

var update = flag.Bool("update", false, "make the databases of the release to come anew, in "+releases+"/"+next)

// TestMakeRelease makes the databases of the release to come, with -update. What is
// released is never made again.
func TestMakeRelease(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	if log := got(os.ReadFile("CHANGELOG.md"))(t); bytes.Contains(log, []byte("## ["+next[1:]+"]")) {
		t.Fatalf("%s is released: its databases stay as they are. Name the next release", next)
	}
	dir := filepath.Join(releases, next)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	held := map[string]*holding{}
	keys := got(privacy.NewKeys())(t)
	for _, dialect := range []string{"sqlite", "postgres"} {
		w := &world{dialect: dialect, where: place(t, dialect), keys: keys, clock: kernel.NewManualClock(noon)}
		w.store, w.db = connect(t, dialect, w.where), raw(t, dialect, w.where)
		w.CRM = got(crm.Open(owner, w.store, releaseConfig(w)))(t)
		if err := w.Migrate(owner); err != nil {
			t.Fatal(err)
		}
		p := openOffice(t, w.CRM, "", w.clock).work()
		got(w.Customers.Amend(agent, p.li, customer.Amendment{
			Reason: secret("new work"),
			Health: &customer.HealthChange{Conditions: ptr(secret("asthma"))}, Finance: &customer.FinanceChange{Income: ptr(secret("90000"))},
		}))(t)
		for _, c := range got(w.Complaints.List(owner, complaint.Filter{State: complaint.Received}, everything))(t).Items {
			got(w.Complaints.Suspend(clerk, c.ID, complaint.Pause{Kind: complaint.Mediation}))(t)
		}
		w.sound(t)
		held[dialect] = w.holds(t)
		if err := w.store.(*gormstore.Store).Close(); err != nil {
			t.Fatal(err)
		}
		store(t, filepath.Join(dir, dialect+".gz"), w.image(t))
	}
	if diff := cmp.Diff(held["sqlite"], held["postgres"]); diff != "" {
		t.Fatalf("the databases differ (-sqlite +postgres):\n%s", diff)
	}
	store(t, filepath.Join(dir, "rows.json.gz"), got(json.Marshal(held["sqlite"].Rows))(t))
	for name, text := range map[string][]byte{"keys.json": got(keys.Export())(t), "contents.txt": []byte(held["sqlite"].summary())} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func releaseConfig(w *world) crm.Config {
	return crm.Config{Keys: w.keys, Clock: w.clock, Authority: everybody{}, RestDays: 1}
}

// image is the whole database, as a file of SQLite or as SQL for PostgreSQL.
func (w *world) image(t *testing.T) []byte {
	t.Helper()
	if w.dialect == "sqlite" {
		copied := filepath.Join(t.TempDir(), "copy.db")
		w.exec(t, "VACUUM INTO $1", copied)
		return got(os.ReadFile(copied))(t)
	}
	out, err := exec.Command("pg_dump", "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100", "--dbname="+w.where).Output() //nolint:gosec // on our own database
	if err != nil {
		t.Fatal("pg_dump: ", err)
	}
	var lines []string
	for l := range strings.Lines(string(out)) {
		// What is left out is for psql, or a setting of one version of the server only.
		if !strings.HasPrefix(l, `\`) && !strings.HasPrefix(l, "SET ") && !strings.Contains(l, "set_config('search_path'") && !strings.HasPrefix(l, "--") && strings.TrimSpace(l) != "" {
			lines = append(lines, l)
		}
	}
	return []byte(strings.Join(lines, ""))
}

func store(t *testing.T, path string, data []byte) {
	t.Helper()
	var b bytes.Buffer
	z := got(gzip.NewWriterLevel(&b, gzip.BestCompression))(t)
	_ = got(z.Write(data))(t)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, path string) []byte {
	t.Helper()
	z := got(gzip.NewReader(bytes.NewReader(got(os.ReadFile(path))(t))))(t)
	return got(io.ReadAll(z))(t)
}

// restore puts the database of a release in a place of its own, and stands there a day later.
func restore(t *testing.T, dir, dialect string) *world {
	t.Helper()
	w := &world{dialect: dialect, where: place(t, dialect)}
	image := unpack(t, filepath.Join(dir, dialect+".gz"))
	if dialect == "sqlite" {
		if err := os.WriteFile(w.where, image, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.db = raw(t, dialect, w.where)
	if dialect == "postgres" {
		w.exec(t, string(image))
	}
	w.keys = got(privacy.ParseKeys(got(os.ReadFile(filepath.Join(dir, "keys.json")))(t)))(t)
	w.clock = kernel.NewManualClock(noon.AddDate(0, 0, 60))
	w.store = connect(t, dialect, w.where)
	w.CRM = got(crm.Open(owner, w.store, releaseConfig(w)))(t)
	return w
}

// eachRelease opens every release's database on SQLite and PostgreSQL.
func eachRelease(t *testing.T, test func(t *testing.T, dir string, w *world)) {
	t.Helper()
	dirs := got(filepath.Glob(filepath.Join(releases, "v*")))(t)
	if len(dirs) == 0 {
		t.Fatal("no release left a database")
	}
	for _, dir := range dirs {
		for _, dialect := range []string{"sqlite", "postgres"} {
			t.Run(filepath.Base(dir)+"/"+dialect, func(t *testing.T) { t.Parallel(); test(t, dir, restore(t, dir, dialect)) })
		}
	}
}

// This program goes on with the databases of all releases: what they held is there to the
// last byte, the journal agrees, and the cases that were running are carried to their end.
func TestReleases(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	eachRelease(t, func(t *testing.T, dir string, w *world) {
		before := w.cells(t, nil)
		if len(before["crm_journal"].Rows) == 0 {
			t.Fatal("there are no rows to keep")
		}
		for range 2 { // the second time does nothing
			if err := w.Migrate(owner); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(before, w.cells(t, before)); diff != "" {
			t.Errorf("the migration changed what there was:\n%s", diff)
		}
		s := w.store.(*gormstore.Store)
		if err := s.CheckSchema(owner); err != nil {
			t.Error(err)
		}
		for _, d := range got(s.Differences(owner, records()...))(t) {
			t.Error(d)
		}
		w.sound(t)

		var then holding
		if err := json.Unmarshal(unpack(t, filepath.Join(dir, "rows.json.gz")), &then.Rows); err != nil {
			t.Fatal(err)
		}
		now := w.holds(t)
		now.only(then)
		if diff := cmp.Diff(then.Rows, now.Rows); diff != "" {
			t.Errorf("the release wrote other rows (-release +now):\n%s", diff)
		}
		if diff := cmp.Diff(string(got(os.ReadFile(filepath.Join(dir, "contents.txt")))(t)), now.summary()); diff != "" {
			t.Errorf("the release told other stories (-release +now):\n%s", diff)
		}
		w.finish(t)
		w.sound(t)
	})
}

// holding is what a database holds, in words that are the same on every database.
type holding struct {
	Rows map[string][]map[string]string // by table, sorted
}

// only leaves the tables and columns that the other has.
func (h *holding) only(other holding) {
	for table, rows := range h.Rows {
		then, ok := other.Rows[table]
		if !ok {
			delete(h.Rows, table)
		}
		for _, row := range rows {
			if len(then) == 0 {
				break
			}
			for column := range row {
				if _, ok := then[0][column]; !ok {
					delete(row, column)
				}
			}
		}
	}
}

// summary is for readers: how many rows each table has, their digest, and the story of
// every subject.
func (h *holding) summary() string {
	var b strings.Builder
	stories := map[string][]string{}
	for _, table := range sortedKeys(h.Rows) {
		rows := h.Rows[table]
		doc, _ := json.Marshal(rows) // of strings
		fmt.Fprintf(&b, "%s: %d rows, %x\n", table, len(rows), sha256.Sum256(doc))
	}
	entries := slices.Clone(h.Rows["crm_journal"])
	slices.SortFunc(entries, func(a, b map[string]string) int { return atoi(a["seq"]) - atoi(b["seq"]) })
	for _, e := range entries {
		who := e["kind"] + " " + e["subject_id"]
		stories[who] = append(stories[who], e["event"])
	}
	for _, who := range sortedKeys(stories) {
		fmt.Fprintf(&b, "%s: %s\n", who, strings.Join(stories[who], ", "))
	}
	return b.String()
}

func atoi(s string) (n int) {
	_, _ = fmt.Sscan(s, &n)
	return n
}
