package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// floor writes the very rows that the library writes, into tables of the same form, with
// prepared statements of database/sql. It takes them ready-made from a way that the
// library has gone: nothing is checked, sealed, digested or put into JSON. What is
// between it and the library is all that the library does itself.
type floor struct {
	db *sql.DB
	prepared
	claim   row
	entries []row
	parts   [][]row // by transition
	sql     struct{ read, swap string }
}

// row is a row of a table, with its columns.
type row struct {
	table   string
	columns []string
	values  []any
	insert  string
}

func openFloor(ctx context.Context, p *place, name string, db *sql.DB) (*floor, error) {
	l, err := openLibrary(ctx, p, name)
	if err != nil {
		return nil, err
	}
	err = errors.Join(l.way(ctx, 0), l.way(ctx, 1), l.close())
	if err != nil {
		return nil, err
	}
	f := &floor{db: db}
	claims, err := f.rows(ctx, "crm_claims", "WHERE id = (SELECT max(id::text)::uuid FROM crm_claims)", p)
	if err != nil {
		return nil, err
	}
	f.claim = claims[0]
	if f.entries, err = f.rows(ctx, "crm_journal", "WHERE subject_id = '"+f.claim.text("id")+"' ORDER BY subject_version", p); err != nil {
		return nil, err
	}
	var parts []row
	for _, t := range [][2]string{
		{"crm_claim_documents", "claim_id"}, {"crm_claim_checks", "claim_id"}, {"crm_claim_reserves", "claim_id"}, {"crm_notices", "case_id"},
	} {
		more, err := f.rows(ctx, t[0], "WHERE "+t[1]+" = '"+f.claim.text("id")+"'", p)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	for _, e := range f.entries {
		var mine []row
		for _, part := range parts {
			if fmt.Sprint(part.get("created_at")) == fmt.Sprint(e.get("at")) {
				mine = append(mine, part)
			}
		}
		f.parts = append(f.parts, mine)
	}
	for _, r := range append([]row{f.claim, f.entries[0]}, parts...) {
		if err := f.prepare(ctx, db, r.insert); err != nil {
			return nil, err
		}
	}
	f.sql.read, f.sql.swap = f.reading(p), f.swapping()
	return f, f.prepare(ctx, db, floorNumber, floorKey, f.sql.read, f.sql.swap)
}

const (
	floorNumber = "UPDATE crm_counters SET last = last + 1, version = version + 1"
	floorKey    = "SELECT seq FROM crm_journal WHERE tenant = $1 AND idem = $2 LIMIT 1"
)

func (f *floor) close() error { return f.db.Close() }

func (f *floor) rows(ctx context.Context, table, where string, p *place) ([]row, error) {
	if !p.postgres() {
		where = strings.Replace(where, "max(id::text)::uuid", "max(id)", 1)
	}
	rows, err := f.db.QueryContext(ctx, "SELECT * FROM "+table+" "+where)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var list []row
	for rows.Next() {
		r := row{table, columns, make([]any, len(columns)), inserting(table, columns)}
		if err := rows.Scan(pointers(r.values)...); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func pointers(values []any) []any {
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	return into
}

func (r row) get(column string) any { return r.values[slices.Index(r.columns, column)] }

func (r row) text(column string) string { return fmt.Sprintf("%s", r.get(column)) }

// with returns the row's values with others in some columns.
func (r row) with(other map[string]any) []any {
	values := slices.Clone(r.values)
	for c, v := range other {
		if i := slices.Index(r.columns, c); i >= 0 {
			values[i] = v
		}
	}
	if i := slices.Index(r.columns, "seq"); i >= 0 {
		values = slices.Delete(values, i, i+1)
	}
	return values
}

func inserting(table string, columns []string) string {
	var names, places []string
	for _, c := range columns {
		if c != "seq" {
			names = append(names, c)
			places = append(places, "$"+strconv.Itoa(len(names)))
		}
	}
	return "INSERT INTO " + table + " (" + strings.Join(names, ",") + ") VALUES (" + strings.Join(places, ",") + ")"
}

func (f *floor) reading(p *place) string {
	q := "SELECT " + strings.Join(f.claim.columns, ",") + " FROM crm_claims WHERE id = $1"
	if p.postgres() {
		q += " FOR UPDATE"
	}
	return q
}

func (f *floor) swapping() string {
	var set []string
	for i, c := range f.claim.columns {
		set = append(set, c+" = $"+strconv.Itoa(i+1))
	}
	n := len(f.claim.columns)
	return "UPDATE crm_claims SET " + strings.Join(set, ",") + fmt.Sprintf(" WHERE id = $%d AND version = $%d", n+1, n+2)
}

func (f *floor) way(ctx context.Context, n int) error {
	id := uuid.Must(uuid.NewV7()).String()
	h := byHand{db: f.db}
	for i := range steps {
		if err := h.transaction(ctx, func(tx *sql.Tx) error { return f.step(ctx, tx, id, n, i) }); err != nil {
			return fmt.Errorf("%s: %w", steps[i].event, err)
		}
	}
	return nil
}

func (f *floor) step(ctx context.Context, tx *sql.Tx, id string, n, i int) error {
	key := sha256.Sum256([]byte(id + steps[i].event))
	var seq int64
	if err := f.on(ctx, tx, floorKey).QueryRowContext(ctx, "", key[:]).Scan(&seq); !errors.Is(err, sql.ErrNoRows) {
		return errors.Join(err, errors.New("done before"))
	}
	claim := f.claim.with(map[string]any{"id": id, "number": strconv.Itoa(n), "twin": int64(n + 10), "version": int64(i + 1), "state": steps[i].to})
	if i == 0 {
		if _, err := f.on(ctx, tx, floorNumber).ExecContext(ctx); err != nil {
			return err
		}
		if _, err := f.on(ctx, tx, f.claim.insert).ExecContext(ctx, claim...); err != nil {
			return err
		}
	} else {
		have := make([]any, len(claim))
		if err := f.on(ctx, tx, f.sql.read).QueryRowContext(ctx, id).Scan(pointers(have)...); err != nil {
			return err
		}
		if _, err := f.on(ctx, tx, f.sql.swap).ExecContext(ctx, append(claim, id, int64(i))...); err != nil {
			return err
		}
	}
	for _, p := range f.parts[i] {
		part := uuid.Must(uuid.NewV7()).String()
		if _, err := f.on(ctx, tx, p.insert).ExecContext(ctx, p.with(map[string]any{"id": part, "claim_id": id, "case_id": id})...); err != nil {
			return err
		}
	}
	e := f.entries[i]
	_, err := f.on(ctx, tx, e.insert).ExecContext(ctx, e.with(map[string]any{"subject_id": id, "idem": key[:]})...)
	return err
}
