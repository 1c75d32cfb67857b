package storage

import (
	"cmp"
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
// A write that the guard refuses fails the unit as one that the store refuses
// does. A context without actor is refused with [kernel.ErrForbidden].
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

// Repeat is Update for an fn that may be run several times, of which the last one counts;
// see [Repeater].
func (g *Guarded) Repeat(ctx context.Context, fn func(*GuardTx) error) error {
	if r, ok := g.store.(Repeater); ok {
		return g.run(ctx, r.Repeat, fn)
	}
	return g.Update(ctx, fn)
}

func (g *Guarded) run(ctx context.Context, unit func(context.Context, func(Tx) error) error, fn func(*GuardTx) error) error {
	actor, err := kernel.ActorFrom(ctx)
	if err != nil {
		return err
	}
	t := &GuardTx{}
	err = unit(ctx, func(tx Tx) error {
		*t = GuardTx{g: g, tx: tx, tenant: actor.Tenant, mine: ColTenant.Eq(actor.Tenant)}
		if err := fn(t); err != nil {
			return err
		}
		return t.failed
	})
	t.kept, t.made = nil, nil
	if err != nil {
		return gaveWay(err)
	}
	if g.joined {
		g.keys.drop(t.tenant, t.fresh)
	} else {
		g.keys.put(t.tenant, t.fresh)
	}
	return nil
}

// GuardTx is the [Tx] of a guarded store.
type GuardTx struct {
	g       *Guarded
	tx      Tx
	tenant  string
	mine    Cond                           // what is the tenant's
	fresh   map[kernel.Ref]privacy.DataKey // met in this unit, nil for erased; remembered once it is committed
	strange map[kernel.Ref]bool            // known to have no data key yet; see [GuardTx.Meet]
	kept    []Read                         // answered before; see [Read.Kept]
	made    documents                      // for digests of records that are still to be written
	failed  error                          // of the first write that was refused
}

// Tenant returns whose rows the unit sees.
func (t *GuardTx) Tenant() string { return t.tenant }

// Load reads as [Tx] does, and only what the tenant owns. What a unit keeps is not read
// again; see [Read.Kept].
func (t *GuardTx) Load(reads ...Read) error {
	own := make([]Read, 0, len(reads))
	for i := range reads {
		r := reads[i]
		if r.Query != nil {
			if t.recall(r) {
				continue
			}
			r.Query = t.own(*r.Query)
		} else { // what turns out to be another tenant's must not be seen even in passing
			sc, err := into(r.Dst)
			if err != nil {
				return err
			}
			spare := sc.Borrow()
			defer sc.Return(spare)
			r.Dst = spare
		}
		own = append(own, r)
	}
	if len(own) == 0 {
		return nil
	}
	if err := t.tx.Load(own...); err != nil {
		return gaveWay(err)
	}
	n := 0
	for _, r := range reads {
		switch {
		case n == len(own) || r.Query != nil && own[n].Dst != r.Dst: // recalled
			continue
		case r.Query == nil:
			if err := t.hand(r, own[n].Dst.(Record)); err != nil {
				return err
			}
		case r.Keep:
			t.keep(r)
		}
		n++
	}
	return nil
}

// into returns the schema of what a record is loaded into.
func into(dst any) (*Schema, error) {
	v := reflect.ValueOf(dst)
	if _, ok := dst.(Record); !ok || v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, fmt.Errorf("storage: cannot load into %T", dst)
	}
	return SchemaOf(v.Type())
}

// hand gives a record that was read by its key to who asked for it.
func (t *GuardTx) hand(r Read, rec Record) error {
	key, tenant, err := identity(rec)
	switch {
	case err != nil:
		return err
	case !key.IsZero() && tenant == t.tenant:
		reflect.ValueOf(r.Dst).Elem().Set(reflect.ValueOf(rec).Elem())
	case !r.Optional:
		return kernel.ErrNotFound
	}
	return nil
}

// identity returns the record's key and whose it is.
func identity(rec Record) (key reflect.Value, tenant string, err error) {
	sc, err := SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return key, "", err
	}
	f := sc.Column(string(ColTenant))
	if f == nil {
		return key, "", fmt.Errorf("storage: %s has no tenant", sc.Table)
	}
	v := reflect.ValueOf(rec).Elem()
	return v.FieldByIndex(sc.Key().Index), v.FieldByIndex(f.Index).String(), nil
}

// own puts the tenant first, so that every query can use an index that starts with it.
func (t *GuardTx) own(q Query) *Query {
	q.Where = append(append(make([]Cond, 0, len(q.Where)+1), t.mine), q.Where...)
	return &q
}

// Insert seals and adds rows; they become the tenant's.
func (t *GuardTx) Insert(recs ...Record) error {
	for _, rec := range recs {
		if err := t.claim(rec); err != nil {
			return t.refuse(err)
		}
		if err := t.Seal(rec); err != nil {
			return t.refuse(err)
		}
		t.forget(rec)
	}
	t.tell()
	err := t.tx.Insert(recs...)
	for _, rec := range recs {
		t.made.drop(rec, true)
	}
	return t.refuse(err)
}

// refuse remembers why a write failed, so that the unit does too.
func (t *GuardTx) refuse(err error) error {
	err = gaveWay(err)
	t.failed = cmp.Or(t.failed, err)
	return err
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
			return t.refuse(err)
		}
		if err := t.Seal(rec); err != nil {
			return t.refuse(err)
		}
		t.forget(rec)
	}
	t.tell()
	err := t.tx.Save(recs...)
	for _, rec := range recs {
		t.made.drop(rec, true)
	}
	if err != nil {
		return t.refuse(err)
	}
	for _, rec := range recs {
		if key, ok := rec.(*DataKey); ok && !key.DestroyedAt.IsZero() {
			t.met(key.PersonRef, nil)
		}
	}
	return nil
}

// Delete removes rows of the tenant.
func (t *GuardTx) Delete(recs ...Record) error {
	for _, rec := range recs {
		if err := t.mayChange(rec); err != nil {
			return t.refuse(err)
		}
		t.forget(rec)
	}
	return t.refuse(t.tx.Delete(recs...))
}

func (t *GuardTx) mayChange(rec Record) error {
	if _, ok := rec.(Frozen); ok {
		return fmt.Errorf("%s is written once: %w", rec.TableName(), kernel.ErrState)
	}
	if _, tenant, err := identity(rec); err != nil || tenant != t.tenant {
		return cmp.Or(err, kernel.ErrNotFound)
	}
	return nil
}

// Tally counts and sums rows of the tenant.
func (t *GuardTx) Tally(of Record, q Query, by []string, m ...Measure) ([]Row, error) {
	rows, err := t.tx.Tally(of, *t.own(q), by, m...)
	return rows, gaveWay(err)
}

// Digest seals the record and digests the row as it will be stored with the version. The
// documents in it are then made; so write the record before changing them, or digest it
// again.
func (t *GuardTx) Digest(rec Record, version int64) ([32]byte, error) {
	if err := t.Seal(rec); err != nil {
		return [32]byte{}, err
	}
	t.made.drop(rec, false)
	return digestRow(rec, version, &t.made)
}

// Index returns the keyed blind index of a normalised value, by which a sealed
// column can be searched for equality. It differs by tenant and column.
func (t *GuardTx) Index(column, value string) ([]byte, error) {
	return t.g.cipher.Index(t.tenant+"/"+column, value)
}
