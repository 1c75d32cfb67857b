package engine

import (
	"encoding"
	"encoding/json"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Where an entry keeps its facts, and the digests of the rows.
var (
	factsColumn = columnOf("facts")
	rowsColumn  = columnOf("row_digests")
)

func columnOf(name string) *storage.Field {
	sc, err := storage.SchemaOf(reflect.TypeFor[journal.Entry]())
	if err != nil {
		panic(err) // a fault of the record's own tags
	}
	return sc.Column(name)
}

// recount puts the facts into the entry, in a form that has the same document when it is
// read back, so that the entry's hash is the same then too.
func recount(tx *storage.GuardTx, entry *journal.Entry, facts journal.Facts) error {
	if len(facts) == 0 {
		return nil
	}
	doc, err := storage.MarshalJSON(facts)
	if err != nil {
		return err
	}
	if !lasting(map[string]any(facts)) {
		facts = nil
		if err := json.Unmarshal(doc, &facts); err != nil {
			return err
		}
		if doc, err = storage.MarshalJSON(facts); err != nil {
			return err
		}
	}
	entry.Facts = facts
	tx.Document(entry, factsColumn, doc)
	return nil
}

// lasting reports whether a fact is known to have the same document after it was read
// back: texts, and what is written as one, lists and tables of such. A struct may not:
// it comes back with its fields sorted.
func lasting(fact any) bool {
	switch x := fact.(type) {
	case nil, string, bool, float64, time.Time, kernel.Date, []string:
		return true
	case decimal.Decimal:
		return !decimal.MarshalJSONWithoutQuotes // which a host may have set
	case int:
		return x == int(float64(x)) && int64(x) < 1<<53 && int64(x) > -1<<53 // an int may have 32 bits
	case map[string]any:
		for _, v := range x {
			if !lasting(v) {
				return false
			}
		}
		return true
	case []any:
		for _, v := range x {
			if !lasting(v) {
				return false
			}
		}
		return true
	case json.Marshaler, encoding.TextMarshaler, json.Number:
		return false
	}
	return reflect.TypeOf(fact).Kind() == reflect.String
}
