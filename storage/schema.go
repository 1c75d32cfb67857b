package storage

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Kind is how a column is stored.
type Kind uint8

// The kinds, and what they are on SQLite / on PostgreSQL.
const (
	String Kind = iota + 1 // text / text, compared by code points
	UUID                   // text / uuid; kernel.ID
	Int                    // integer / bigint
	Bool                   // integer / boolean
	Time                   // microseconds since 1970 / timestamptz
	Day                    // days since 1970 / date
	Amount                 // ten-thousandths / numeric(20,4); with tag scale:8 the same with eight places
	Bytes                  // blob / bytea
	Sealed                 // blob / bytea; privacy.Secret
	JSON                   // text / json; any other type with tag serializer:json
)

// Field is one column of a record.
type Field struct {
	Column string
	Kind   Kind
	Index  []int // for reflect's FieldByIndex
	Type   reflect.Type
	Scale  int32 // places of an Amount
	Auto   bool  // the store numbers the row
	Chain  bool  // belongs to the journal's own chain, so it is not part of a digest

	// Personal says that the column holds personal data: every Sealed one, and those
	// with tag crm:"personal" that stay plain so that they can be searched and sorted.
	Personal bool
	zero     []byte  // document of the zero value, for kind JSON
	parsed   *parsed // nil where documents cannot be copied
}

// Schema is what the tags of a record say.
type Schema struct {
	Table  string
	Type   reflect.Type
	Fields []*Field
	Unique [][]*Field // within a tenant; NULLs differ from each other
	key    *Field
	byName map[string]*Field
	canon  []*Field // sorted by column, for digests
	spare  sync.Pool
}

// Borrow returns an empty record of the type, for somebody who needs it for a moment
// only and then gives it back by [Schema.Return]: records are large.
func (sc *Schema) Borrow() Record {
	if rec, ok := sc.spare.Get().(Record); ok {
		return rec
	}
	return reflect.New(sc.Type).Interface().(Record)
}

// Return empties a record that [Schema.Borrow] gave. Nobody may use it any more.
func (sc *Schema) Return(rec Record) {
	reflect.ValueOf(rec).Elem().SetZero()
	sc.spare.Put(rec)
}

// Column returns the field of the column, or nil.
func (sc *Schema) Column(name string) *Field { return sc.byName[name] }

// Personal reports whether any column holds personal data.
func (sc *Schema) Personal() bool {
	return slices.ContainsFunc(sc.Fields, func(f *Field) bool { return f.Personal })
}

// Key returns the primary key's field.
func (sc *Schema) Key() *Field { return sc.key }

var schemas sync.Map // reflect.Type → *Schema

var (
	typeID      = reflect.TypeFor[kernel.ID]()
	typeTime    = reflect.TypeFor[time.Time]()
	typeDate    = reflect.TypeFor[kernel.Date]()
	typeDecimal = reflect.TypeFor[decimal.Decimal]()
	typeBytes   = reflect.TypeFor[[]byte]()
	typeSecret  = reflect.TypeFor[privacy.Secret]()
)

// SchemaOf reads the tags of a struct type, or of a pointer to one. Read are, in
// tag gorm: column, primaryKey, autoIncrement, embedded, scale, serializer:json,
// uniqueIndex:name and "-"; and in tag crm: chain, personal.
func SchemaOf(t reflect.Type) (*Schema, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if sc, ok := schemas.Load(t); ok {
		return sc.(*Schema), nil
	}
	rec, ok := reflect.New(t).Interface().(Record)
	if !ok {
		return nil, fmt.Errorf("storage: %s is no record", t)
	}
	sc := &Schema{Table: rec.TableName(), Type: t, byName: map[string]*Field{}}
	unique := map[string][]*Field{}
	var order []string
	if err := sc.read(t, nil, unique, &order); err != nil {
		return nil, err
	}
	if sc.key == nil {
		return nil, fmt.Errorf("storage: %s has no primary key", t)
	}
	for _, name := range order {
		sc.Unique = append(sc.Unique, unique[name])
	}
	sc.canon = slices.SortedFunc(slices.Values(sc.Fields), func(a, b *Field) int {
		return strings.Compare(a.Column, b.Column)
	})
	got, _ := schemas.LoadOrStore(t, sc)
	return got.(*Schema), nil
}

func (sc *Schema) read(t reflect.Type, path []int, unique map[string][]*Field, order *[]string) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := parseTag(sf.Tag.Get("gorm"))
		if _, skip := tag["-"]; skip || !sf.IsExported() && !sf.Anonymous {
			continue
		}
		index := append(append([]int(nil), path...), i)
		_, embedded := tag["embedded"]
		if sf.Anonymous || embedded {
			if err := sc.read(sf.Type, index, unique, order); err != nil {
				return err
			}
			continue
		}
		f := &Field{Column: tag["column"], Index: index, Type: sf.Type, Chain: sf.Tag.Get("crm") == "chain", Personal: sf.Tag.Get("crm") == "personal"}
		if f.Column == "" || sc.byName[f.Column] != nil {
			return fmt.Errorf("storage: %s.%s: no column of its own", t, sf.Name)
		}
		_, f.Auto = tag["autoIncrement"]
		if f.Kind = kindOf(sf.Type, tag); f.Kind == 0 {
			return fmt.Errorf("storage: %s.%s: %s cannot be stored", t, sf.Name, sf.Type)
		}
		f.Personal = f.Personal || f.Kind == Sealed
		if f.Kind == Amount {
			f.Scale = kernel.AmountScale
			switch tag["scale"] {
			case "", strconv.Itoa(kernel.AmountScale):
			case strconv.Itoa(kernel.RateScale):
				f.Scale = kernel.RateScale
			default:
				return fmt.Errorf("storage: %s.%s: scale %s", t, sf.Name, tag["scale"])
			}
		}
		if f.Kind == JSON {
			f.zero, _ = json.Marshal(reflect.New(sf.Type).Interface())
			if copyable(sf.Type, map[reflect.Type]bool{}) {
				f.parsed = new(parsed)
			}
		}
		sc.Fields = append(sc.Fields, f)
		sc.byName[f.Column] = f
		if _, ok := tag["primaryKey"]; ok {
			sc.key = f
		}
		for part := range strings.SplitSeq(sf.Tag.Get("gorm"), ";") {
			name, ok := strings.CutPrefix(strings.TrimSpace(part), "uniqueIndex:")
			if !ok {
				continue
			}
			if name, _, _ = strings.Cut(name, ","); unique[name] == nil {
				*order = append(*order, name)
			}
			unique[name] = append(unique[name], f)
		}
	}
	return nil
}

func kindOf(t reflect.Type, tag map[string]string) Kind {
	switch t {
	case typeID:
		return UUID
	case typeTime:
		return Time
	case typeDate:
		return Day
	case typeDecimal:
		return Amount
	case typeBytes:
		return Bytes
	case typeSecret:
		return Sealed
	}
	switch k := t.Kind(); {
	case tag["serializer"] == "json":
		return JSON
	case k == reflect.String:
		return String
	case k == reflect.Bool:
		return Bool
	case k >= reflect.Int && k <= reflect.Int64:
		return Int
	}
	return 0
}

func parseTag(s string) map[string]string {
	tag := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		if k, v, _ := strings.Cut(strings.TrimSpace(part), ":"); k != "" {
			tag[k] = v
		}
	}
	return tag
}
