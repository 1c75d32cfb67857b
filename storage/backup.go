package storage

import (
	"context"

	"github.com/coverkit/crm/kernel"
)

// Backuper is a store that can copy its whole database while it is in use. Like the other
// abilities that not every store has it is asked for by assertion; a store may also
// refuse with [errors.ErrUnsupported].
type Backuper interface {
	// Backup writes the database as it stands at one moment to a new file that only its
	// owner may read, and returns what is in the copy. The copy has reached the disk when
	// Backup returns; after an error there is none. A file that exists is never written
	// over: [io/fs.ErrExist]. Writers go on meanwhile.
	Backup(ctx context.Context, path string) (Contents, error)
	// Contents counts what the database holds at one moment.
	Contents(ctx context.Context) (Contents, error)
}

// Contents is what a database holds, in figures: those of all tenants, and of tables of the
// host's in the same file too.
type Contents struct {
	Schema  int64            `json:"schema"`  // version of the library's tables
	Rows    map[string]int64 `json:"rows"`    // how many, by table
	Numbers map[string]int64 `json:"numbers"` // the last automatic key given, by table
}

// TryKeys opens every data key of the tenant and returns how many there are. One that does
// not open with the insurer's keys is a [privacy.ErrCannotOpen].
func (t *GuardTx) TryKeys() (n int, err error) {
	q := Query{Limit: 500} // in the order of the keys
	for {
		page, err := Find[DataKey](t, q)
		if err != nil {
			return n, err
		}
		for _, k := range page {
			if !k.DestroyedAt.IsZero() {
				continue
			}
			if _, err := t.g.cipher.OpenDataKey(k.Wrapped, bindingOfKey(t.tenant, k.PersonRef)); err != nil {
				return n, err
			}
			n++
		}
		if len(page) < q.Limit {
			return n, nil
		}
		q.After = []any{page[len(page)-1].ID}
	}
}

func bindingOfKey(tenant string, person kernel.Ref) string { return tenant + "/" + string(person) }
