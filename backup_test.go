package crm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

func openFile(path string) (storage.Store, error) { return sqlite.Open(path) }

// writers register customers in two tenants until they are stopped, and know who was
// acknowledged.
type writers struct {
	*world
	rest sync.RWMutex // held by whoever wants them to pause
	mu   sync.Mutex
	done map[crm.ID]string // e-mail of each customer, of the tenant of its first letter
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func tenantOf(email string) string { return map[byte]string{'a': "", 'b': "other"}[email[0]] }

func start(t *testing.T, w *world, n int) *writers {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ws := &writers{world: w, done: map[crm.ID]string{}, stop: stop}
	for i := range n {
		ws.wg.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				email := fmt.Sprintf("%c%d-%d@example.com", "ab"[i%2], i, k)
				by := crm.WithActor(ctx, crm.Actor{ID: "owner", Tenant: tenantOf(email), Roles: crm.Owner.Roles})
				in := customer.Registration{
					Party: customer.Organisation, Name: email,
					Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: secret(email)}},
				}
				ws.rest.RLock()
				c, err := w.Customers.Register(by, in)
				ws.rest.RUnlock()
				switch {
				case err == nil:
					ws.mu.Lock()
					ws.done[c.ID] = email
					ws.mu.Unlock()
				case ctx.Err() == nil:
					t.Errorf("a writer: %v", err)
					return
				}
			}
		})
	}
	t.Cleanup(ws.end)
	return ws
}

func (ws *writers) end() { ws.stop(); ws.wg.Wait() }

// sofar returns who was acknowledged up to now.
func (ws *writers) sofar() map[crm.ID]string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return maps.Clone(ws.done)
}

// restored holds a backup against who was acknowledged before it. The writers rest
// meanwhile, or there would be more to check each time.
func (ws *writers) restored(t *testing.T, backup string, m crm.Manifest, before map[crm.ID]string) {
	t.Helper()
	ws.rest.Lock()
	defer ws.rest.Unlock()
	path := backup + ".db"
	checked := got(crm.Restore(context.Background(), backup, path, openFile, ws.config()))(t)
	if !checked.OK() || checked.LastSeq() < int64(len(before)) || checked.SHA256 != m.SHA256 || checked.DataKeys != int(m.Rows["crm_data_keys"]) {
		t.Fatalf("%s: %+v", backup, checked)
	}
	s := got(sqlite.Open(path))(t)
	c := got(crm.Open(owner, s, ws.config()))(t)
	some := 20
	for id, email := range before {
		ctx := crm.WithActor(owner, crm.Actor{ID: "owner", Tenant: tenantOf(email), Roles: crm.Owner.Roles})
		if have := got(c.Customers.Get(ctx, id))(t); have.Name != email {
			t.Errorf("%s: %s is %s", backup, email, have.Name)
		}
		if some--; some > 0 {
			p := got(c.Customers.Reveal(ctx, id, customer.Look{Fields: []customer.Field{customer.FieldEmails}, Purpose: secret("drill")}))(t)
			if len(p.Contacts) != 1 || string(p.Contacts[0].Value) != email {
				t.Errorf("%s: %s has %v", backup, email, p.Contacts)
			}
		}
	}
	if err := errors.Join(s.Close(), os.RemoveAll(backup), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
}

// A backup taken while sixteen callers write holds everything that was acknowledged before
// it, whole, and opens with the keys alone.
func TestABackupUnderWriters(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	ws := start(t, w, 16)
	rounds, customers, dir := torture.Rounds(3, 50), 0, t.TempDir()
	for i := range rounds {
		before := ws.sofar()
		for ; len(before) < 40*(i+1) && !t.Failed(); before = ws.sofar() {
			time.Sleep(time.Millisecond)
		}
		backup := filepath.Join(dir, fmt.Sprintf("backup-%d", i))
		ws.restored(t, backup, got(w.Backup(owner, backup))(t), before)
		customers = len(before)
	}
	ws.end()
	t.Logf("%d backups under 16 writers, %d customers acknowledged before the last", rounds, customers)
}

// Each bit of a backup counts.
func TestAFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	w.insured(t)
	dir := filepath.Join(t.TempDir(), "backup")
	got(w.Backup(owner, dir))(t)
	r, flips := torture.Rand(t), torture.Rounds(200, 2000)
	for _, name := range []string{"crm.db", "manifest.json"} {
		path := filepath.Join(dir, name)
		doc := got(os.ReadFile(path))(t)
		for range flips {
			at, bit := r.IntN(len(doc)), byte(1)<<r.IntN(8)
			bad := bytes.Clone(doc)
			bad[at] ^= bit
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := crm.CheckBackup(context.Background(), dir, openFile, w.config())
			inSeal := name == "manifest.json" && errors.Is(err, privacy.ErrCannotOpen) // a bit of the seal itself
			if !errors.Is(err, crm.ErrDamaged) && !inSeal {
				t.Errorf("%s: bit %08b of byte %d: %v", name, bit, at, err)
			}
		}
		if err := os.WriteFile(path, doc, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if ch, err := crm.CheckBackup(context.Background(), dir, openFile, w.config()); err != nil || !ch.OK() || ch.Entries == 0 {
		t.Errorf("put right: %+v, %v", ch, err)
	}
	t.Logf("%d flipped bits, all found", 2*flips)
}

// What is wrong with a backup, or with where it is to go, is said, and nothing is left.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	w.insured(t)
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup")
	got(w.Backup(owner, backup))(t)
	if _, err := w.Backup(owner, backup); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second backup in the same place: %v", err)
	}
	if _, err := w.Backup(agent, filepath.Join(dir, "other")); !errors.Is(err, crm.ErrForbidden) {
		t.Errorf("by an agent: %v", err)
	}
	for _, name := range []string{"", "crm.db", "manifest.json"} {
		if info := got(os.Stat(filepath.Join(backup, name)))(t); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read %q: %s", name, info.Mode())
		}
	}
	others := w.config()
	others.Keys = got(privacy.NewKeys())(t)
	plain := w.config()
	plain.Keys = privacy.Plaintext
	unused := filepath.Join(dir, "unused")
	for name, c := range map[string]struct {
		config crm.Config
		change func(dir string) error
		path   string
		want   error
	}{
		"other keys": {config: others, want: privacy.ErrCannotOpen},
		"no sealing": {config: plain, want: privacy.ErrCannotOpen},
		"no keys":    {config: crm.Config{}},
		"no copy": {config: w.config(), want: fs.ErrNotExist, change: func(dir string) error {
			return os.Remove(filepath.Join(dir, "crm.db"))
		}},
		"broken off": {config: w.config(), want: fs.ErrNotExist, change: func(dir string) error {
			return os.Remove(filepath.Join(dir, "manifest.json"))
		}},
		"cut short": {config: w.config(), want: crm.ErrDamaged, change: func(dir string) error {
			return os.Truncate(filepath.Join(dir, "crm.db"), 8192)
		}},
		"a count put right by somebody": {config: w.config(), want: crm.ErrDamaged, change: func(dir string) error {
			return edit(filepath.Join(dir, "manifest.json"), func(m map[string]any) { m["size"] = 1 })
		}},
		"the file in use": {config: w.config(), path: w.where, want: fs.ErrExist},
		"a log of another": {config: w.config(), path: unused, want: fs.ErrExist, change: func(string) error {
			return os.WriteFile(unused+"-wal", []byte("old"), 0o600)
		}},
		"no folder": {config: w.config(), path: filepath.Join(dir, "nowhere", "crm.db"), want: fs.ErrNotExist},
	} {
		copied := filepath.Join(t.TempDir(), "backup")
		if err := os.CopyFS(copied, os.DirFS(backup)); err != nil {
			t.Fatal(err)
		}
		if c.change != nil {
			if err := c.change(copied); err != nil {
				t.Fatal(err)
			}
		}
		path := c.path
		if path == "" {
			path = filepath.Join(t.TempDir(), "crm.db")
		}
		_, err := crm.Restore(context.Background(), copied, path, openFile, c.config)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		left := got(filepath.Glob(path + "*"))(t)
		if c.path == "" && len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	w.sound(t)
}

// edit changes a JSON document.
func edit(path string, change func(map[string]any)) error {
	doc, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var m map[string]any
	if err := json.Unmarshal(doc, &m); err != nil {
		return err
	}
	change(m)
	if doc, err = json.MarshalIndent(m, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(path, append(doc, '\n'), 0o600)
}

// A backup is as sound as the database was: what was wrong there is named when it is
// restored, which is possible all the same.
func TestABackupOfAForgedDatabase(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	s := w.insured(t)
	w.exec(t, "UPDATE crm_policies SET number = 'X' WHERE id = $1", string(s.policy.ID))
	dir := filepath.Join(t.TempDir(), "backup")
	got(w.Backup(owner, dir))(t)
	ch := got(crm.CheckBackup(context.Background(), dir, openFile, w.config()))(t)
	if ch.OK() || len(ch.Faults) != 1 || ch.Faults[0].Row != string(s.policy.ID) {
		t.Errorf("faults %v", ch.Faults)
	}
}

// Where other tools make the backups, the library says so.
func TestNoBackup(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		if w.dialect == "sqlite" {
			return
		}
		dir := filepath.Join(t.TempDir(), "backup")
		_, err := w.Backup(owner, dir)
		if !errors.Is(err, errors.ErrUnsupported) || w.dialect == "postgres" && !strings.Contains(err.Error(), "pg_dump") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a folder was left: %v", err)
		}
	})
	w := over(t, "sqlite")
	w.insured(t)
	dir := filepath.Join(t.TempDir(), "backup")
	got(w.Backup(owner, dir))(t)
	into := func(string) (storage.Store, error) { return memory.New(), nil }
	if _, err := crm.CheckBackup(context.Background(), dir, into, w.config()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("into memory: %v", err)
	}
}
