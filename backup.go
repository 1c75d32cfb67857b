package crm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Backup copies the whole database, of all tenants, into a new folder, while commands go
// on. The copy is the database at one moment between the call and its return; beside it
// lies a [Manifest] by which [CheckBackup] and [Restore] know that nothing has changed. Both
// are for the file's owner only. The keys are not in it: keep them elsewhere.
//
// On a store that is backed up by other tools, as PostgreSQL is, or that lives in memory,
// it is [errors.ErrUnsupported]. A folder that exists is [fs.ErrExist].
func (c *CRM) Backup(ctx context.Context, dir string) (m Manifest, err error) {
	if err := c.whole(ctx, "database.Backup", func(*command.Unit) error { return nil }); err != nil {
		return m, err
	}
	b, ok := c.run.Store().Store().(storage.Backuper)
	if !ok {
		return m, fmt.Errorf("crm: this store makes no backups: %w", errors.ErrUnsupported)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	m = Manifest{Format: 1, TakenAt: kernel.Instant(c.cfg.Clock.Now()), File: copyName}
	path := filepath.Join(dir, copyName)
	if m.Contents, err = b.Backup(ctx, path); err != nil {
		return m, err
	}
	if m.Size, m.SHA256, err = digestFile(path, io.Discard); err != nil {
		return m, err
	}
	if err := m.sign(c.cfg.Keys); err != nil {
		return m, err
	}
	doc, err := m.encode()
	if err != nil {
		return m, err
	}
	return m, writeFile(filepath.Join(dir, manifestName), doc)
}

// Opener opens the database file at path, for [CheckBackup] and [Restore], with a store
// that closes it:
//
//	func(path string) (storage.Store, error) { return sqlite.Open(path) }
type Opener func(path string) (storage.Store, error)

// Checked is what a backup turned out to hold.
type Checked struct {
	Manifest
	Tenants  int
	DataKeys int             // that open with the insurer's keys, of all tenants
	Entries  int64           // of the journal
	Faults   []journal.Fault // of the journal against the rows and the seals; they were there when the backup was taken
}

// CheckBackup says whether a backup can be restored: it does so, in a folder for temporary
// files. A single bit that differs is [ErrDamaged]. Keys that are not those of the backup
// are a [privacy.ErrCannotOpen]. A sound copy of a database whose journal does not agree
// with its rows is no error: see Faults.
//
// The journal is also held against the seals that were kept elsewhere, of any tenants; see
// [CRM.Verify]. What no backup can tell by itself is whether it is the newest one; TakenAt
// and LastSeq of the manifest say which it is, and a seal made after it is
// [journal.RolledBack] among the Faults. A kept seal that is damaged or forged is a
// [FieldErrors] on "seals[0]", "seals[1]" …, counted within its tenant.
func CheckBackup(ctx context.Context, dir string, open Opener, cfg Config, kept ...Seal) (*Checked, error) {
	tmp, err := os.MkdirTemp("", "crm-backup-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	return Restore(ctx, dir, filepath.Join(tmp, copyName), open, cfg, kept...)
}

// Restore makes a new database file of a backup, checks it as [CheckBackup] does and brings
// its tables up to this program's version. The file appears at path only when all of that
// went well. One that exists, or the log of one beside it, is never written over:
// [fs.ErrExist].
func Restore(ctx context.Context, dir, path string, open Opener, cfg Config, kept ...Seal) (*Checked, error) {
	if isNil(cfg.Keys) {
		return nil, errors.New("crm: Config.Keys is missing: a backup is checked with the keys that it was made with")
	}
	m, err := readManifest(dir, cfg.Keys)
	if err != nil {
		return nil, err
	}
	for _, ending := range []string{"", "-wal", "-journal"} { // a log of another file would be played into this one
		if _, err := os.Lstat(path + ending); !errors.Is(err, fs.ErrNotExist) {
			return nil, cmp.Or(err, error(&fs.PathError{Op: "restore", Path: path + ending, Err: fs.ErrExist}))
		}
	}
	part := path + ".part"
	if err := m.unpack(dir, part); err != nil {
		return nil, err
	}
	checked, err := m.check(ctx, part, open, cfg, kept)
	if _, left := os.Lstat(part + "-wal"); err == nil && left == nil {
		err = errors.New("crm: the store that was opened for the check does not close its file")
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		for _, ending := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(part + ending)
		}
		return nil, err
	}
	return checked, nil
}

// unpack copies the file of the backup and compares it on the way.
func (m Manifest) unpack(dir, path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	size, sum, err := digestFile(filepath.Join(dir, m.File), f)
	if err == nil && (size != m.Size || sum != m.SHA256) {
		err = fmt.Errorf("%w: %s is not the file that was written", ErrDamaged, m.File)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// check opens the unpacked file and looks whether everything is in it.
func (m Manifest) check(ctx context.Context, path string, open Opener, cfg Config, kept []Seal) (checked *Checked, err error) {
	s, err := open(path)
	if err != nil {
		return nil, err
	}
	if closer, ok := s.(storage.Closer); ok {
		defer func() { err = errors.Join(err, closer.Close()) }()
	}
	b, ok := s.(storage.Backuper)
	if !ok {
		return nil, fmt.Errorf("crm: this store restores no backups: %w", errors.ErrUnsupported)
	}
	have, err := b.Contents(ctx)
	if err != nil {
		return nil, err
	}
	if have.Schema != m.Schema || !maps.Equal(have.Rows, m.Rows) || !maps.Equal(have.Numbers, m.Numbers) {
		return nil, fmt.Errorf("%w: the tables do not hold what the manifest says", ErrDamaged)
	}
	ctx = WithActor(ctx, Owner)
	c, err := Open(ctx, s, cfg)
	if err != nil {
		return nil, err
	}
	if err := c.Migrate(ctx); err != nil {
		return nil, err
	}
	checked = &Checked{Manifest: m}
	return checked, checked.each(ctx, c, kept)
}

// each looks into every tenant: do the data keys open, does the journal agree? A tenant
// with a kept seal had a journal, be it that nothing is there of it now.
func (ch *Checked) each(ctx context.Context, c *CRM, kept []Seal) error {
	var found []storage.Row
	if err := c.run.Store().Store().View(ctx, func(tx storage.Tx) (err error) {
		found, err = tx.Tally(&journal.Entry{}, storage.Query{}, []string{string(storage.ColTenant)})
		return err
	}); err != nil {
		return err
	}
	seals := map[string][]Seal{}
	for _, row := range found {
		tenant, _ := row.Group[0].(string)
		seals[tenant] = nil
	}
	for _, s := range kept {
		seals[s.Tenant] = append(seals[s.Tenant], s)
	}
	ch.Tenants = len(found)
	for _, tenant := range slices.Sorted(maps.Keys(seals)) {
		ctx := WithActor(ctx, Actor{ID: Owner.ID, Tenant: tenant, Roles: Owner.Roles})
		if err := c.run.Store().View(ctx, func(tx *storage.GuardTx) error {
			n, err := tx.TryKeys()
			ch.DataKeys += n
			return err
		}); err != nil {
			return fmt.Errorf("crm: the data keys of tenant %q: %w", tenant, err)
		}
		report, err := c.Verify(ctx, seals[tenant]...)
		if err != nil {
			return fmt.Errorf("crm: the journal of tenant %q: %w", tenant, err)
		}
		ch.Entries += report.Entries
		ch.Faults = append(ch.Faults, report.Faults...)
	}
	return nil
}

// OK reports whether the journal agrees with the rows and the seals of all tenants.
func (ch *Checked) OK() bool { return len(ch.Faults) == 0 }

// writeFile writes a file so that it is there as a whole or not at all.
func writeFile(path string, doc []byte) (err error) {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(doc)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
