package gormstore_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/storagetest"
)

// TestJoin goes through what can happen inside a host's transaction, on hosts with
// settings of all sorts.
func TestJoin(t *testing.T) {
	t.Parallel()
	for name, config := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, config, func(t *testing.T, h host) {
				testJoin(t, h, func(tx *gorm.DB) *gorm.DB { return tx })
			})
		})
	}
	t.Run("conditions hang on the handle", func(t *testing.T) {
		t.Parallel()
		each(t, nil, func(t *testing.T, h host) {
			testJoin(t, h, func(tx *gorm.DB) *gorm.DB {
				return tx.Table("host_notes").Where("note = ?", "of the host").Limit(1).Unscoped()
			})
		})
	})
}

func testJoin(t *testing.T, h host, handle func(*gorm.DB) *gorm.DB) {
	t.Helper()
	ctx := t.Context()
	note := func(tx *gorm.DB) error { return tx.Exec("INSERT INTO host_notes VALUES ('x')").Error }
	kept := policy()
	insert(t, h.store(t), kept)

	for name, end := range map[string]func(store storage.Store) error{
		"error": func(store storage.Store) error {
			return store.Update(ctx, func(tx storage.Tx) error {
				return errors.Join(tx.Insert(policy()), tx.Load(), errNo)
			})
		},
		"duplicate": func(store storage.Store) error {
			return store.Update(ctx, func(tx storage.Tx) error {
				p := policy()
				p.Number = kept.Number
				return tx.Insert(policy(), p)
			})
		},
		"conflict": func(store storage.Store) error {
			return store.Update(ctx, func(tx storage.Tx) error {
				p := *kept
				p.Version = 7
				return errors.Join(tx.Insert(policy()), tx.Save(&p))
			})
		},
		"panic": func(store storage.Store) (err error) {
			defer func() { err, _ = recover().(error) }()
			return store.Update(ctx, func(tx storage.Tx) error {
				_ = tx.Insert(policy())
				_, _ = storage.Count[storagetest.Policy](tx)
				panic(errNo)
			})
		},
		"goexit": func(store storage.Store) error {
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = store.Update(ctx, func(tx storage.Tx) error {
					_ = tx.Insert(policy())
					_, _ = storage.Count[storagetest.Policy](tx)
					runtime.Goexit()
					return nil
				})
			}()
			<-done
			return errNo
		},
		"a read that fails": func(store storage.Store) error {
			return store.View(ctx, func(tx storage.Tx) error {
				_, err := storage.Find[stranger](tx, storage.Query{})
				return err
			})
		},
	} {
		if err := h.db.Transaction(func(tx *gorm.DB) error {
			store := gormstore.Join(handle(tx))
			before := h.countIn(t, tx, "st_policies")
			if err := errors.Join(note(tx), store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(policy()) })); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := end(store); err == nil {
				t.Errorf("%s: the unit succeeded", name)
			}
			if n := h.countIn(t, tx, "st_policies"); n != before+1 {
				t.Errorf("%s: %d policies in the transaction, want %d", name, n, before+1)
			}
			return errors.Join(note(tx), store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(policy()) }))
		}); err != nil {
			t.Errorf("%s: the host's transaction did not go on: %v", name, err)
		}
	}
	if notes, policies := h.count(t, "host_notes"), h.count(t, "st_policies"); notes != 12 || policies != 13 {
		t.Errorf("%d notes and %d policies, want 12 and 13", notes, policies)
	}

	// The host's rollback takes ours back, however well it went.
	_ = h.db.Transaction(func(tx *gorm.DB) error {
		insert(t, gormstore.Join(handle(tx)), policy())
		return errNo
	})
	// Units within units: the inner one fails alone.
	tx := h.db.Begin()
	outer, inner := gormstore.Join(handle(tx)), gormstore.Join(handle(tx))
	if err := outer.Update(ctx, func(o storage.Tx) error {
		if _, err := storage.Count[storagetest.Policy](o); err != nil {
			return err
		}
		for _, s := range []storage.Store{outer, inner} {
			if err := s.Update(ctx, func(i storage.Tx) error { return errors.Join(i.Insert(policy()), errNo) }); !errors.Is(err, errNo) {
				t.Errorf("inner unit: %v", err)
			}
		}
		return o.Insert(policy())
	}); err != nil {
		t.Error(err)
	}
	if err := tx.Commit().Error; err != nil {
		t.Error(err)
	}
	if n := h.count(t, "st_policies"); n != 14 {
		t.Errorf("%d policies, want 14", n)
	}
	if err := outer.Update(ctx, func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("after the host's commit: %v, want ErrClosed", err)
	}
	h.idle(t)
}

// stranger is a record without table.
type stranger struct {
	ID kernel.ID `gorm:"column:id;primaryKey"`
}

func (*stranger) TableName() string { return "st_strangers" }

func (h host) countIn(t *testing.T, tx *gorm.DB, table string) (n int) {
	t.Helper()
	if err := tx.Session(&gorm.Session{NewDB: true}).Raw("SELECT count(*) FROM " + table).Row().Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// idle fails the test when a connection was not given back.
func (h host) idle(t *testing.T) {
	t.Helper()
	if n := h.sql.Stats().InUse; n != 0 {
		t.Errorf("%d connections are still in use", n)
	}
}

func TestJoinSQL(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		tx, err := h.sql.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := policy()
		store := gormstore.JoinSQL(h.db.Name(), tx)
		insert(t, store, p)
		if got := get(t, store, p.ID); got.Number != p.Number {
			t.Errorf("got %q", got.Number)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
		if err := store.View(t.Context(), func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrClosed) {
			t.Errorf("after the rollback: %v", err)
		}
	})
}

func TestJoinRefuses(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	failed := h.db.WithContext(cancelled()).Begin()
	for name, store := range map[string]storage.Store{
		"nil":                gormstore.Join(nil),
		"no transaction":     gormstore.Join(h.db),
		"Begin failed":       gormstore.Join(failed),
		"DryRun":             gormstore.Join(h.db.Session(&gorm.Session{DryRun: true}).Begin()),
		"no SQL transaction": gormstore.JoinSQL("sqlite", nil),
		"another database":   gormstore.JoinSQL("oracle", nil),
	} {
		err := store.Update(t.Context(), func(storage.Tx) error { t.Errorf("%s: fn runs", name); return nil })
		if err == nil || !strings.HasPrefix(err.Error(), "gormstore: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
