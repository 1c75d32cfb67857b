package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/coverkit/crm/storage/gormstore"
)

// pipeline is the store's [gormstore.Pipeline] by a batch of pgx.
func pipeline(ctx context.Context, conn *sql.Conn, list []gormstore.Statement) (failed int, lost bool, err error) {
	failed = -1
	raw := conn.Raw(func(c any) error {
		pc := c.(*stdlib.Conn).Conn()
		failed, err = batch(ctx, pc, list)
		lost = pc.IsClosed()
		return nil
	})
	if raw != nil && err == nil {
		return 0, true, raw
	}
	return failed, lost, err
}

func batch(ctx context.Context, pc *pgx.Conn, list []gormstore.Statement) (failed int, err error) {
	if failed, err, ok := direct(ctx, pc, list); ok {
		return failed, err
	}
	if len(list) == 1 && list[0].Row != nil { // a batch would only be in the way
		rows, err := pc.Query(ctx, list[0].SQL, list[0].Args...)
		if err == nil {
			err = read(rows, &list[0])
		}
		if err != nil {
			return 0, err
		}
		return -1, nil
	}
	b := pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, len(list))}
	for i := range list {
		b.Queue(list[i].SQL, list[i].Args...)
	}
	results := pc.SendBatch(ctx, &b)
	for i := range list {
		if err := answer(results, &list[i]); err != nil {
			_ = results.Close()
			return i, err
		}
	}
	if err := results.Close(); err != nil {
		return len(list) - 1, err
	}
	return -1, nil
}

func answer(results pgx.BatchResults, s *gormstore.Statement) error {
	if s.Row == nil {
		tag, err := results.Exec()
		switch {
		case err != nil:
		case s.SQL == "COMMIT" && tag.String() != "COMMIT":
			err = errors.New("the transaction was rolled back")
		case s.One && tag.RowsAffected() != 1:
			err = errors.New("a locked row is gone")
		}
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	return read(rows, s)
}

func read(rows pgx.Rows, s *gormstore.Statement) error {
	defer rows.Close()
	var formats []int16
	for rows.Next() {
		if formats == nil {
			for _, f := range rows.FieldDescriptions() {
				formats = append(formats, f.Format)
			}
		}
		if err := s.Row(rows.RawValues(), formats); err != nil {
			return err
		}
	}
	rows.Close()
	return rows.Err()
}
