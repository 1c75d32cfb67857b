package storage

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// DataKey is the wrapped key of one person. Destroying it makes everything sealed
// under it unreadable, in backups and journal too.
type DataKey struct {
	kernel.Meta `gorm:"embedded"`
	PersonRef   kernel.Ref `gorm:"column:person;uniqueIndex:data_keys_person"`
	Wrapped     []byte     `gorm:"column:wrapped"`
	DestroyedAt time.Time  `gorm:"column:destroyed_at"`
}

// TableName is crm_data_keys.
func (*DataKey) TableName() string { return tableDataKeys }

const tableDataKeys = "crm_data_keys"

const colPerson = Col[kernel.Ref]("person")

// ErrErased says that the person's data key was destroyed: what was sealed under it
// cannot be read by anybody, and nothing new can be sealed.
var ErrErased = errors.New("the person's data was erased")

// RowKeyed is a record whose key is not known before the insert: RowKey names the
// row for the binding of sealed columns instead.
type RowKeyed interface {
	Record
	RowKey() string
}

// Seal seals every plain secret of the record. Sealed ones are left as they are, so
// unchanged secrets cost nothing.
func (t *GuardTx) Seal(rec Record) error {
	sc, err := SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return err
	}
	for _, f := range sc.Fields {
		if f.Kind != Sealed {
			continue
		}
		s := secretOf(rec, f)
		if s.IsZero() || s.IsSealed() {
			continue
		}
		key, err := t.key(personOf(rec), true)
		if err != nil {
			return err
		}
		if err := s.Seal(key, binding(sc, f, rec)); err != nil {
			return fmt.Errorf("%s.%s: %w", sc.Table, f.Column, err)
		}
	}
	return nil
}

// Open returns the plain text of the record's sealed columns by column name. The
// caller answers for authorization and journal.
func (t *GuardTx) Open(rec Record) (map[string]string, error) {
	sc, err := SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return nil, err
	}
	plain := map[string]string{}
	for _, f := range sc.Fields {
		if f.Kind != Sealed {
			continue
		}
		s := *secretOf(rec, f)
		if s.IsZero() {
			continue
		}
		if p, ok := s.Plain(); ok {
			plain[f.Column] = p
			continue
		}
		key, err := t.key(personOf(rec), false)
		if err != nil {
			return nil, err
		}
		if plain[f.Column], err = s.Open(key, binding(sc, f, rec)); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", sc.Table, f.Column, err)
		}
	}
	return plain, nil
}

// Personal returns the plain text of all personal columns by name: sealed ones as
// [GuardTx.Open] does, and those that stay plain for search.
func (t *GuardTx) Personal(rec Record) (map[string]string, error) {
	plain, err := t.Open(rec)
	if err != nil {
		return nil, err
	}
	sc, err := SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return nil, err
	}
	v := reflect.ValueOf(rec).Elem()
	for _, f := range sc.Fields {
		if f.Personal && f.Kind != Sealed && !v.FieldByIndex(f.Index).IsZero() {
			plain[f.Column] = fmt.Sprint(v.FieldByIndex(f.Index).Interface())
		}
	}
	return plain, nil
}

func secretOf(rec Record, f *Field) *privacy.Secret {
	return reflect.ValueOf(rec).Elem().FieldByIndex(f.Index).Addr().Interface().(*privacy.Secret)
}

func personOf(rec Record) kernel.Ref {
	if o, ok := rec.(Owned); ok {
		return o.Person()
	}
	return ""
}

// binding ties a sealed value to its table, column and row.
func binding(sc *Schema, f *Field, rec Record) string {
	row := ""
	switch r := rec.(type) {
	case RowKeyed:
		row = r.RowKey()
	case Versioned:
		row = string(r.Base().ID)
	}
	return privacy.Place(sc.Table, f.Column, row)
}

// key returns the person's data key, making one where there is none yet and make is set.
func (t *GuardTx) key(person kernel.Ref, make bool) (privacy.DataKey, error) {
	k, known := t.fresh[person]
	if !known {
		k, known = t.g.keys.get(t.tenant, person)
	}
	if known && k == nil {
		return nil, ErrErased
	}
	if known {
		return k, nil
	}
	var row *DataKey
	if !t.strange[person] {
		found, err := One[DataKey](t, Query{Where: []Cond{colPerson.Eq(person)}})
		if err != nil {
			return nil, err
		}
		row = found
	}
	return t.keyOf(person, row, make)
}

// keyOf returns the data key that the row holds, making one where there is no row and
// make is set.
func (t *GuardTx) keyOf(person kernel.Ref, row *DataKey, make bool) (k privacy.DataKey, err error) {
	bind := t.tenant + "/" + string(person)
	switch {
	case row == nil && !make:
		return nil, fmt.Errorf("no data key: %w", kernel.ErrNotFound)
	case row == nil:
		row = &DataKey{PersonRef: person}
		row.ID = kernel.NewID()
		if row.Wrapped, k, err = t.g.cipher.NewDataKey(bind); err != nil {
			return nil, err
		}
		err = t.Insert(row)
	case !row.DestroyedAt.IsZero():
		return nil, ErrErased
	default:
		k, err = t.g.cipher.OpenDataKey(row.Wrapped, bind)
	}
	if err != nil {
		return nil, err
	}
	t.met(person, k)
	return k, nil
}

func (t *GuardTx) met(person kernel.Ref, k privacy.DataKey) {
	if t.fresh == nil {
		t.fresh = map[kernel.Ref]privacy.DataKey{}
	}
	t.fresh[person] = k
}

// gaveWay turns the error of a second data key for one person into [ErrRetry]:
// another unit met the person at the same moment, and the next run will find its
// key. As stores may hold writes back, it may come out of any later call.
func gaveWay(err error) error {
	var dup *DuplicateRow
	if errors.As(err, &dup) && dup.Table == tableDataKeys {
		return fmt.Errorf("data key: %w", ErrRetry)
	}
	return err
}

// keyCache remembers opened data keys, so that a command on a known person needs
// no further read; nil for an erased person, so that a unit which read the key
// before cannot bring it back. It is bounded: when full it starts anew.
type keyCache struct {
	mu   sync.RWMutex
	keys map[keyOf]privacy.DataKey
}

type keyOf struct {
	tenant string
	person kernel.Ref
}

const maxKeys = 10_000

func newKeyCache() *keyCache { return &keyCache{keys: map[keyOf]privacy.DataKey{}} }

func (c *keyCache) get(tenant string, person kernel.Ref) (privacy.DataKey, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.keys[keyOf{tenant, person}]
	return k, ok
}

func (c *keyCache) put(tenant string, fresh map[kernel.Ref]privacy.DataKey) {
	if len(fresh) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.keys)+len(fresh) > maxKeys {
		clear(c.keys)
	}
	for person, k := range fresh {
		of := keyOf{tenant, person}
		if old, ok := c.keys[of]; !ok || old != nil {
			c.keys[of] = k
		}
	}
}

// drop forgets keys that a transaction may yet bring back or take away.
func (c *keyCache) drop(tenant string, keys map[kernel.Ref]privacy.DataKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for person := range keys {
		delete(c.keys, keyOf{tenant, person})
	}
}
