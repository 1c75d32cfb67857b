package crm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/coverkit/crm"
)

// A name that is exchanged in the file of a backup leaves a sound database with as many
// rows as before. The hash in the manifest tells all the same.
func TestANameExchangedInABackupIsFound(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	name := w.insured(t).customer.Name
	dir := filepath.Join(t.TempDir(), "backup")
	got(w.Backup(owner, dir))(t)
	path := filepath.Join(dir, "crm.db")
	doc := got(os.ReadFile(path))(t)
	forged := bytes.ReplaceAll(doc, []byte(name), bytes.Repeat([]byte("x"), len(name)))
	if bytes.Equal(doc, forged) {
		t.Fatalf("the name %q is not in the file", name)
	}
	if err := os.WriteFile(path, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := crm.CheckBackup(context.Background(), dir, openFile, w.config()); !errors.Is(err, crm.ErrDamaged) {
		t.Errorf("%v, want ErrDamaged", err)
	}
}
