package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// copied writes the rows of tables from one database into another, and returns how long
// the writing took: reading is not counted.
func (p *place) copied(ctx context.Context, from, to *sql.DB, tables []string) (took time.Duration, err error) {
	way := insertedMany
	if p.postgres() {
		way = copiedIn
	}
	for _, t := range tables {
		d, err := way(ctx, from, to, t)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", t, err)
		}
		took += d
	}
	return took, nil
}

// copiedIn is COPY of rows in the binary form of PostgreSQL itself.
func copiedIn(ctx context.Context, from, to *sql.DB, query string) (time.Duration, error) {
	var rows bytes.Buffer
	table, _, _ := strings.Cut(query, " ")
	err := onPgx(ctx, from, func(c *stdlib.Conn) error {
		_, err := c.Conn().PgConn().CopyTo(ctx, &rows, "COPY (SELECT * FROM "+query+") TO STDOUT (FORMAT binary)")
		return err
	})
	if err != nil {
		return 0, err
	}
	var took time.Duration
	err = onPgx(ctx, to, func(c *stdlib.Conn) error {
		start := time.Now()
		_, err := c.Conn().PgConn().CopyFrom(ctx, &rows, "COPY "+table+" FROM STDIN (FORMAT binary)")
		took = time.Since(start)
		return err
	})
	return took, err
}

func onPgx(ctx context.Context, db *sql.DB, do func(*stdlib.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(c any) error { return do(c.(*stdlib.Conn)) })
}

// Rows of a statement, and of a transaction.
const (
	manyRows = 64
	unitRows = 5_000 / manyRows * manyRows
)

// insertedMany are prepared inserts of many rows, many of them in a transaction.
func insertedMany(ctx context.Context, from, to *sql.DB, query string) (took time.Duration, err error) {
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	table, _, _ := strings.Cut(query, " ")
	one := "(" + strings.Repeat("?,", len(columns)-1) + "?)"
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ",") + ") VALUES "
	full, err := to.PrepareContext(ctx, head+strings.Repeat(one+",", manyRows-1)+one)
	if err != nil {
		return 0, err
	}
	defer func() { _ = full.Close() }()
	var values []any
	flush := func() error {
		start := time.Now()
		defer func() { took += time.Since(start) }()
		tx, err := to.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		st := tx.StmtContext(ctx, full)
		for n := manyRows * len(columns); len(values) >= n; values = values[n:] {
			if _, err := st.ExecContext(ctx, values[:n]...); err != nil {
				return err
			}
		}
		if len(values) > 0 {
			n := len(values) / len(columns)
			if _, err := tx.ExecContext(ctx, head+strings.Repeat(one+",", n-1)+one, values...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	for rows.Next() {
		row := make([]any, len(columns))
		if err := rows.Scan(pointers(row)...); err != nil {
			return 0, err
		}
		if values = append(values, row...); len(values) >= unitRows*len(columns) {
			if err := flush(); err != nil {
				return 0, err
			}
			values = values[:0]
		}
	}
	return took, errors.Join(rows.Err(), flush())
}

// drop takes a database away.
func (p *place) drop(ctx context.Context, name string) error {
	if p.postgres() {
		_, err := p.admin.ExecContext(ctx, "DROP SCHEMA IF EXISTS "+p.mark+name+" CASCADE")
		return err
	}
	var errs []error
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(p.file(name) + end); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
