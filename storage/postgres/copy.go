package postgres

import (
	"context"
	"database/sql"
	"io"

	"github.com/jackc/pgx/v5/stdlib"
)

// copyRows is the store's [gormstore.Copier] by pgx.
func copyRows(ctx context.Context, conn *sql.Conn, sql string, rows io.Reader) (lost bool, err error) {
	raw := conn.Raw(func(c any) error {
		pc := c.(*stdlib.Conn).Conn()
		_, err = pc.PgConn().CopyFrom(ctx, rows, sql)
		lost = pc.IsClosed()
		return nil
	})
	if raw != nil && err == nil {
		return true, raw
	}
	return lost, err
}
