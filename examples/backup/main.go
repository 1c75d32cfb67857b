// Backup takes a backup of a database while it is written to, spoils a copy of it, and
// restores the good one.
//
//	go run ./examples/backup                        a new SQLite file
//	go run ./examples/backup -db crm.db             this one
//	go run ./examples/backup -postgres "dbname=crm" says what to do instead
//	go run ./examples/backup -json                  only the facts
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

func main() { os.Exit(show.Main("backup", run)) }

// facts is what a run comes to.
type facts struct {
	Unsupported bool `json:"unsupported,omitempty"` // this database has tools of its own
	Whole       bool `json:"whole"`                 // all that was acknowledged before is in the copy
	Verified    bool `json:"verified"`              // journal, rows and a kept seal of the restored file agree
	KeysOpen    bool `json:"keys_open"`             // every data key opens
	FlipFound   bool `json:"flip_found"`            // one bit of a copy was changed
	OtherKeys   bool `json:"other_keys_refused"`
}

func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	flags, err := show.Parse("backup", "a backup under writers, checked and restored", args, stdout)
	if err != nil {
		return err
	}
	keys, err := privacy.OpenKeyFile(flags.Keys)
	if err != nil {
		return err
	}
	store, err := openStore(flags)
	if err != nil {
		return err
	}
	ctx = crm.WithActor(ctx, crm.Owner) // in a service: a job that acts as access.System
	c, err := crm.Open(ctx, store, crm.Config{Keys: keys})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Migrate(ctx); err != nil {
		return err
	}
	p := flags.Printer(stdout)
	p.Say("database  %s", flags.Store())
	dir, err := os.MkdirTemp("", "crm-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d := &drill{Printer: p, c: c, keys: keys, dir: dir}
	if err := d.do(ctx); err != nil {
		return err
	}
	return flags.Finish(p, stdout, d.facts)
}

func openStore(flags show.Flags) (storage.Store, error) {
	if flags.Postgres != "" {
		return postgres.Open(flags.Postgres)
	}
	return sqlite.Open(flags.DB)
}

// drill is a backup and what an insurer should try with it now and then.
type drill struct {
	*show.Printer
	c     *crm.CRM
	keys  privacy.Cipher
	dir   string
	facts facts
}

func openFile(path string) (storage.Store, error) { return sqlite.Open(path) }

func (d *drill) do(ctx context.Context) error {
	d.Section("A backup under writers 备份")
	desk := open(ctx, d.c, 8)
	before, err := desk.after(100)
	if err != nil {
		return err
	}
	kept, err := d.c.Seal(ctx) // in a service: written to another system
	if err != nil {
		return err
	}
	backup := filepath.Join(d.dir, "2026-11-22")
	m, err := d.c.Backup(ctx, backup)
	if errors.Is(err, errors.ErrUnsupported) {
		d.facts.Unsupported = true
		d.Say("%v", err)
		return desk.close()
	}
	if err := errors.Join(err, desk.close()); err != nil {
		return err
	}
	d.Table([]string{"table", "rows"}, [][]string{
		{"crm_customers", strconv.FormatInt(m.Rows["crm_customers"], 10)},
		{"crm_contacts", strconv.FormatInt(m.Rows["crm_contacts"], 10)},
		{"crm_journal", strconv.FormatInt(m.Rows["crm_journal"], 10)},
	}...)
	d.Say("\n%d bytes, SHA-256 %s…, up to entry %d", m.Size, m.SHA256[:16], m.LastSeq())
	return errors.Join(d.spoil(ctx, backup, m.Size/2), d.mistakeKeys(ctx, backup), d.restore(ctx, backup, before, kept))
}

// spoil changes one bit of a copy.
func (d *drill) spoil(ctx context.Context, backup string, at int64) error {
	bad := filepath.Join(d.dir, "bad")
	if err := os.CopyFS(bad, os.DirFS(backup)); err != nil {
		return err
	}
	path := filepath.Join(bad, "crm.db")
	doc, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	doc[at] ^= 1
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		return err
	}
	_, err = crm.CheckBackup(ctx, bad, openFile, crm.Config{Keys: d.keys})
	d.facts.FlipFound = errors.Is(err, crm.ErrDamaged)
	d.Section("What is refused 拒绝恢复")
	d.Say("one bit changed: %v", err)
	return nil
}

func (d *drill) mistakeKeys(ctx context.Context, backup string) error {
	others, err := privacy.NewKeys()
	if err != nil {
		return err
	}
	_, err = crm.CheckBackup(ctx, backup, openFile, crm.Config{Keys: others})
	d.facts.OtherKeys = errors.Is(err, privacy.ErrCannotOpen)
	d.Say("other keys:      %v", err)
	return nil
}

// restore brings the database back, holds it against the seal that was kept, and looks for
// everybody who was acknowledged.
func (d *drill) restore(ctx context.Context, backup string, before map[crm.ID]string, kept crm.Seal) error {
	path := filepath.Join(d.dir, "restored.db")
	begun := time.Now()
	ch, err := crm.Restore(ctx, backup, path, openFile, crm.Config{Keys: d.keys}, kept)
	if err != nil {
		return err
	}
	took := time.Since(begun)
	store, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	c, err := crm.Open(ctx, store, crm.Config{Keys: d.keys})
	if err != nil {
		return err
	}
	missing := 0
	for id, name := range before {
		if who, err := c.Customers.Get(ctx, id); err != nil || who.Name != name {
			missing++
		}
	}
	d.facts.Whole, d.facts.Verified = missing == 0, ch.OK()
	d.facts.KeysOpen = int64(ch.DataKeys) == ch.Rows["crm_data_keys"]
	d.Section("Restored 恢复")
	d.Say("%d entries verified, %d data keys open, %d faults, in %s", ch.Entries, ch.DataKeys, len(ch.Faults), took.Round(time.Millisecond))
	d.Say("of %d customers acknowledged before the backup %d are missing", len(before), missing)
	if err := c.Close(); err != nil {
		return err
	}
	if missing > 0 || !ch.OK() || !d.facts.FlipFound || !d.facts.OtherKeys {
		return fmt.Errorf("the drill has failed")
	}
	return nil
}
