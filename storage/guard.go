package storage

import (
	"context"
	"fmt"
	"reflect"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Guarded is a store behind its guard. What it hands out is safe to work with:
//
//   - rows of other tenants than the actor's do not exist,
//   - personal data is sealed under the key of the person it belongs to before it
//     reaches the store, bound to its table, column and row,
//   - what is [Frozen] cannot be changed.
//
// A context without actor is refused with [kernel.ErrForbidden].
type Guarded struct {
	store  Store
	cipher privacy.Cipher
	keys   *keyCache
	joined bool
}

// Guard puts a store behind the guard.
func Guard(s Store, c privacy.Cipher) *Guarded {
	return &Guarded{store: s, cipher: c, keys: newKeyCache()}
}

// Joined returns the same guard before another store: one that writes into the
// host's own transaction. What that transaction may yet take back, such as the data
// key of a new person, is not remembered beyond the unit.
func (g *Guarded) Joined(s Store) *Guarded {
	return &Guarded{store: s, cipher: g.cipher, keys: g.keys, joined: true}
}

// Store returns the store behind the guard, for its optional abilities.
func (g *Guarded) Store() Store { return g.store }

// Frozen marks records that are written once: Save and Delete refuse them.
type Frozen interface {
	Record
	Frozen()
}

// Owned marks records with personal data: it is sealed under this person's key. A
// record without it, or with an empty person, uses a key of the tenant's.
type Owned interface {
	Record
	Person() kernel.Ref
}

// View runs fn in one consistent snapshot.
func (g *Guarded) View(ctx context.Context, fn func(*GuardTx) error) error {
	return g.run(ctx, g.store.View, fn)
}

// Update runs fn and does all of it or nothing.
func (g *Guarded) Update(ctx context.Context, fn func(*GuardTx) error) error {
	return g.run(ctx, g.store.Update, fn)
}

func (g *Guarded) run(ctx context.Context, unit func(context.Context, func(Tx) error) error, fn func(*GuardTx) error) error {
	actor, err := kernel.ActorFrom(ctx)
	if err != nil {
		return err
	}
	t := &GuardTx{g: g, tenant: actor.Tenant, fresh: map[kernel.Ref]privacy.DataKey{}}
	if err = unit(ctx, func(tx Tx) error { t.tx = tx; return fn(t) }); err != nil {
		return err
	}
	if !g.joined {
		g.keys.put(t.tenant, t.fresh)
	}
	return nil
}

// GuardTx is the [Tx] of a guarded store.
type GuardTx struct {
	g      *Guarded
	tx     Tx
	tenant string
	fresh  map[kernel.Ref]privacy.DataKey // met in this unit; remembered once it is committed
}

// Tenant returns whose rows the unit sees.
func (t *GuardTx) Tenant() string { return t.tenant }

// Load reads as [Tx] does, and only what the tenant owns.
func (t *GuardTx) Load(reads ...Read) error {
	own := make([]Read, len(reads))
	for i, r := range reads {
		if r.Query != nil {
			r.Query = t.own(*r.Query)
		}
		own[i] = r
	}
	if err := t.tx.Load(own...); err != nil {
		return err
	}
	for _, r := range reads {
		if rec, ok := r.Dst.(Versioned); ok && r.Query == nil && rec.Base().ID != "" && rec.Base().Tenant != t.tenant {
			reflect.ValueOf(rec).Elem().SetZero()
			if !r.Optional {
				return kernel.ErrNotFound
			}
		}
	}
	return nil
}

// own puts the tenant first, so that every query can use an index that starts with it.
func (t *GuardTx) own(q Query) *Query {
	q.Where = append([]Cond{ColTenant.Eq(t.tenant)}, q.Where...)
	return &q
}

// Insert seals and adds rows; they become the tenant's.
func (t *GuardTx) Insert(recs ...Record) error {
	for _, rec := range recs {
		if err := t.claim(rec); err != nil {
			return err
		}
		if err := t.Seal(rec); err != nil {
			return err
		}
	}
	return t.tx.Insert(recs...)
}

func (t *GuardTx) claim(rec Record) error {
	sc, err := SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return err
	}
	f := sc.Column(string(ColTenant))
	if f == nil {
		return fmt.Errorf("storage: %s has no tenant", sc.Table)
	}
	reflect.ValueOf(rec).Elem().FieldByIndex(f.Index).SetString(t.tenant)
	return nil
}

// Save seals and changes rows of the tenant.
func (t *GuardTx) Save(recs ...Versioned) error {
	for _, rec := range recs {
		if err := t.mayChange(rec); err != nil {
			return err
		}
		if err := t.Seal(rec); err != nil {
			return err
		}
	}
	return t.tx.Save(recs...)
}

// Delete removes rows of the tenant.
func (t *GuardTx) Delete(recs ...Record) error {
	for _, rec := range recs {
		if err := t.mayChange(rec); err != nil {
			return err
		}
	}
	return t.tx.Delete(recs...)
}

func (t *GuardTx) mayChange(rec Record) error {
	if _, ok := rec.(Frozen); ok {
		return fmt.Errorf("%s is written once: %w", rec.TableName(), kernel.ErrState)
	}
	if v, ok := rec.(Versioned); ok && v.Base().Tenant != t.tenant {
		return kernel.ErrNotFound
	}
	return nil
}

// Tally counts and sums rows of the tenant.
func (t *GuardTx) Tally(of Record, q Query, by []string, m ...Measure) ([]Row, error) {
	return t.tx.Tally(of, *t.own(q), by, m...)
}

// Digest seals the record and digests the row as it will be stored with the version.
func (t *GuardTx) Digest(rec Record, version int64) ([32]byte, error) {
	if err := t.Seal(rec); err != nil {
		return [32]byte{}, err
	}
	return DigestRow(rec, version)
}

// Index returns the keyed blind index of a normalised value, by which a sealed
// column can be searched for equality. It differs by tenant and column.
func (t *GuardTx) Index(column, value string) ([]byte, error) {
	return t.g.cipher.Index(t.tenant+"/"+column, value)
}
