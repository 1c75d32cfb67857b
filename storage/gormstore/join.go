package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"sync/atomic"

	"gorm.io/gorm"

	"github.com/coverkit/crm/storage"
)

// Join returns a store whose units of work take place inside the host's open
// transaction. Each is a savepoint of its own: when it fails, what it wrote is taken
// back and the host's transaction goes on; when it succeeds, the host's commit
// decides. A View sees what the host's transaction sees.
//
// Two things end the host's transaction too, and the error says so: on PostgreSQL a
// context that is over in the middle of a statement, because the driver then gives
// the connection up; on SQLite a full disk and the like.
//
// tx is what GORM gave to the host's Transaction function or what Begin returned,
// whatever else it is set to. A handle without a transaction is reported by the
// first View or Update, and so is a transaction that is over
// ([storage.ErrClosed]).
func Join(tx *gorm.DB) storage.Store {
	d, err := dialectOf(tx)
	if err != nil {
		return &joined{refused: err}
	}
	pool := tx.Statement.ConnPool
	if p, ok := pool.(*gorm.PreparedStmtTX); ok && p.Tx != nil {
		pool = p.Tx // statements of ours are not the host's to prepare
	}
	if v := reflect.ValueOf(pool); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return &joined{refused: errNoTx}
	}
	if _, ok := pool.(gorm.TxCommitter); !ok {
		return &joined{refused: errNoTx}
	}
	return &joined{d: d, session: pool}
}

// JoinSQL is [Join] for a transaction of database/sql; packages sqlite and postgres
// offer it for their databases. dialect is "sqlite" or "postgres".
func JoinSQL(dialect string, tx *sql.Tx) storage.Store {
	d, err := dialectNamed(dialect)
	if err == nil && tx == nil {
		err = errNoTx
	}
	if err != nil {
		return &joined{refused: err}
	}
	return &joined{d: d, session: tx}
}

var errNoTx = errors.New("gormstore: only an open transaction can be joined: use what Begin or Transaction gave")

type joined struct {
	d       *dialect
	session session
	refused error
	units   atomic.Int64
}

func (j *joined) View(ctx context.Context, fn func(storage.Tx) error) error {
	return j.unit(ctx, true, fn)
}

func (j *joined) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return j.unit(ctx, false, fn)
}

// unit runs fn under a savepoint. Reads have one too: on PostgreSQL a read that
// fails spoils everything back to the last savepoint.
func (j *joined) unit(ctx context.Context, readOnly bool, fn func(storage.Tx) error) (err error) {
	if j.refused != nil {
		return j.refused
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	exec := &sqlExecutor{d: j.d, session: j.session}
	savepoint := "crm_unit_" + strconv.FormatInt(j.units.Add(1), 10)
	if err := control(ctx, exec, &stmt{sql: "SAVEPOINT " + savepoint}); err != nil {
		return fmt.Errorf("joining a transaction: %w", err)
	}
	t := j.d.tx(ctx, exec, readOnly)
	ended := false
	defer func() {
		t.end()
		if !ended && !takeBack(ctx, exec, savepoint) && err != nil {
			err = fmt.Errorf("%w; the surrounding transaction is lost with it", err)
		}
	}()
	if err := t.run(fn); err != nil {
		return err
	}
	c, cancel := j.d.outlive(ctx)
	defer cancel()
	err = control(c, exec, &stmt{sql: "RELEASE SAVEPOINT " + savepoint})
	ended = err == nil
	return err
}

// takeBack undoes everything since the savepoint and reports whether that worked.
func takeBack(ctx context.Context, exec *sqlExecutor, savepoint string) bool {
	c, cancel := exec.d.outlive(ctx)
	defer cancel()
	return control(c, exec, &stmt{sql: "ROLLBACK TO SAVEPOINT " + savepoint}, &stmt{sql: "RELEASE SAVEPOINT " + savepoint}) == nil
}
