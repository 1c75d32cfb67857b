package crm_test

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// grid is what tables hold, as the database says: the columns of each, and its rows, sorted.
type grid map[string]struct {
	Columns []string
	Rows    []string
}

// cells reads every table of ours, or the tables and columns of like.
func (w *world) cells(t testing.TB, like grid) grid {
	t.Helper()
	query := "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE 'crm\\_%' ESCAPE '\\' ORDER BY 1, 2"
	if w.dialect == "postgres" {
		query = `SELECT relname::text, attname::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
			WHERE relkind = 'r' AND relname LIKE 'crm\_%' AND relnamespace = current_schema()::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2`
	}
	columns := map[string][]string{}
	for _, row := range w.query(t, query) {
		if table := row[0]; table != "crm_schema" && (like == nil || slices.Contains(like[table].Columns, row[1])) {
			columns[table] = append(columns[table], row[1])
		}
	}
	out := grid{}
	for table, names := range columns {
		have := out[table]
		have.Columns = names
		for _, row := range w.query(t, "SELECT "+strings.Join(names, ", ")+" FROM "+table) {
			have.Rows = append(have.Rows, strings.Join(row, " | "))
		}
		slices.Sort(have.Rows)
		out[table] = have
	}
	return out
}

// query returns rows as text.
func (w *world) query(t testing.TB, query string) (out [][]string) {
	t.Helper()
	rows, err := w.db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names := got(rows.Columns())(t)
	for rows.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(cells))
		for i, c := range cells {
			switch x := c.(type) {
			case []byte:
				line[i] = hex.EncodeToString(x)
			case time.Time:
				line[i] = x.UTC().Format(time.RFC3339Nano)
			default:
				line[i] = fmt.Sprint(x)
			}
		}
		out = append(out, line)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return out
}

// holds reads all rows as the library understands them, secrets opened, with keys replaced
// by the order in which the journal speaks of them.
func (w *world) holds(t testing.TB) *holding {
	t.Helper()
	names := map[string]string{}
	name := func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("#%d", len(names)+1)
		}
		return names[id]
	}
	h := &holding{Rows: map[string][]map[string]string{}}
	err := w.guarded().View(owner, func(tx *storage.GuardTx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{Order: []storage.Order{journal.ColSeq.Asc()}})
		if err != nil {
			return err
		}
		order := map[string]string{}
		for i, e := range entries { // numbers may have gaps: what counts is the order
			order[fmt.Sprint(e.Seq)] = fmt.Sprint(i + 1)
			name(string(e.SubjectID))
			for _, d := range e.Rows {
				name(d.ID)
			}
		}
		for _, rec := range records() {
			if _, seen := h.Rows[rec.TableName()]; seen { // tasks are part of every kind of case
				continue
			}
			h.Rows[rec.TableName()] = []map[string]string{}
			rows := reflect.New(reflect.SliceOf(reflect.TypeOf(rec).Elem()))
			if err := tx.Load(storage.Read{Dst: rows.Interface(), Query: &storage.Query{}}); err != nil {
				return err
			}
			for i := range rows.Elem().Len() {
				row, err := fields(tx, rows.Elem().Index(i).Addr().Interface().(storage.Record))
				if err != nil {
					return err
				}
				if seq, ok := row["seq"]; ok {
					row["seq"] = order[seq]
				}
				h.Rows[rec.TableName()] = append(h.Rows[rec.TableName()], row)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range h.Rows {
		for _, row := range rows {
			for column, text := range row {
				row[column] = uuid.ReplaceAllStringFunc(text, func(id string) string {
					if n, ok := names[id]; ok {
						return n
					}
					return "#" // of a unit of work, a data key or a counter
				})
			}
		}
		slices.SortFunc(rows, func(a, b map[string]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return h
}

// fields returns a record's columns as text. What is random has its length only.
func fields(tx *storage.GuardTx, rec storage.Record) (map[string]string, error) {
	sc, err := storage.SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return nil, err
	}
	plain, err := tx.Open(rec)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range sc.Fields {
		v := reflect.ValueOf(rec).Elem().FieldByIndex(f.Index).Interface()
		switch x := v.(type) {
		case privacy.Secret:
			out[f.Column] = plain[f.Column]
		case decimal.Decimal:
			out[f.Column] = x.String()
		case time.Time:
			out[f.Column] = x.UTC().Format(time.RFC3339Nano)
		case []byte:
			out[f.Column] = fmt.Sprint(len(x), " bytes")
		case kernel.Date:
			out[f.Column] = x.String()
		case []journal.RowDigest:
			for _, d := range x {
				out[f.Column] += fmt.Sprintf("%s/%s/%d ", d.Table, d.ID, d.Version)
			}
		default:
			out[f.Column] = fmt.Sprint(x)
			if f.Kind == storage.JSON {
				doc, err := storage.MarshalJSON(x)
				if err != nil {
					return nil, err
				}
				out[f.Column] = string(doc)
			}
		}
	}
	return out, nil
}
