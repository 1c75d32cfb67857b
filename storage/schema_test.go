package storage_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// policy is the record of these tests: one column of every kind.
type policy struct {
	kernel.Root `gorm:"embedded"`
	Number      string          `gorm:"column:number;uniqueIndex:number"`
	Holder      kernel.Ref      `gorm:"column:holder;uniqueIndex:renewal,priority:1"`
	Renews      kernel.ID       `gorm:"column:renews;uniqueIndex:renewal,priority:2;uniqueIndex:once"`
	Lives       int32           `gorm:"column:lives"`
	Group       bool            `gorm:"column:is_group"`
	SignedOn    kernel.Date     `gorm:"column:signed_on"`
	IssuedAt    time.Time       `gorm:"column:issued_at"`
	Premium     decimal.Decimal `gorm:"column:premium"`
	Rate        decimal.Decimal `gorm:"column:rate;scale:8"`
	Terms       []byte          `gorm:"column:terms"`
	Phone       privacy.Secret  `gorm:"column:phone"`
	Riders      []string        `gorm:"column:riders;serializer:json"`
	Cached      float64         `gorm:"-"`
}

func (*policy) TableName() string    { return "policies" }
func (p *policy) Person() kernel.Ref { return p.Holder }

func TestSchemaSaysWhatTheTagsSay(t *testing.T) {
	t.Parallel()
	sc, err := storage.SchemaOf(reflect.TypeFor[*policy]())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]storage.Kind{
		"id": storage.UUID, "tenant": storage.String, "version": storage.Int, "created_at": storage.Time, "updated_at": storage.Time,
		"branch": storage.String, "head": storage.Bytes, "number": storage.String, "holder": storage.String, "renews": storage.UUID,
		"lives": storage.Int, "is_group": storage.Bool, "signed_on": storage.Day, "issued_at": storage.Time, "premium": storage.Amount,
		"rate": storage.Amount, "terms": storage.Bytes, "phone": storage.Sealed, "riders": storage.JSON,
	}
	for _, f := range sc.Fields {
		if f.Kind != want[f.Column] || sc.Column(f.Column) != f {
			t.Errorf("%s is of kind %d, want %d", f.Column, f.Kind, want[f.Column])
		}
		delete(want, f.Column)
	}
	if len(want) != 0 {
		t.Errorf("no column for %v", want)
	}
	if sc.Table != "policies" || sc.Key().Column != "id" || sc.Key().Auto || !sc.Column("head").Chain || sc.Column("nope") != nil {
		t.Errorf("table %s, key %+v", sc.Table, sc.Key())
	}
	if a, r := sc.Column("premium").Scale, sc.Column("rate").Scale; a != kernel.AmountScale || r != kernel.RateScale {
		t.Errorf("scales %d and %d", a, r)
	}
	var unique []string
	for _, fields := range sc.Unique {
		var names []string
		for _, f := range fields {
			names = append(names, f.Column)
		}
		unique = append(unique, strings.Join(names, "+"))
	}
	if got := strings.Join(unique, " "); got != "number holder+renews renews" {
		t.Errorf("unique: %s", got)
	}
	again, err := storage.SchemaOf(reflect.TypeFor[policy]())
	if err != nil || again != sc {
		t.Errorf("the schema of the struct is another than that of its pointer: %v", err)
	}
}

type (
	noKey struct {
		N string `gorm:"column:n"`
	}
	noColumn struct {
		ID kernel.ID `gorm:"column:id;primaryKey"`
		N  string
	}
	twoOfAName struct {
		ID kernel.ID `gorm:"column:id;primaryKey"`
		N  string    `gorm:"column:id"`
	}
	floating struct {
		ID kernel.ID `gorm:"column:id;primaryKey"`
		N  float64   `gorm:"column:n"`
	}
	pointing struct {
		ID kernel.ID  `gorm:"column:id;primaryKey"`
		N  *time.Time `gorm:"column:n"`
	}
	scaled struct {
		ID kernel.ID       `gorm:"column:id;primaryKey"`
		N  decimal.Decimal `gorm:"column:n;scale:2"`
	}
)

func (*noKey) TableName() string      { return "t" }
func (*noColumn) TableName() string   { return "t" }
func (*twoOfAName) TableName() string { return "t" }
func (*floating) TableName() string   { return "t" }
func (*pointing) TableName() string   { return "t" }
func (*scaled) TableName() string     { return "t" }

func TestSchemaRefusesWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	for _, rec := range []any{
		kernel.Meta{}, noKey{}, noColumn{}, twoOfAName{}, floating{}, pointing{}, scaled{},
	} {
		if sc, err := storage.SchemaOf(reflect.TypeOf(rec)); err == nil {
			t.Errorf("%T has schema %+v", rec, sc)
		}
	}
}

func TestErrorsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	var err error = &storage.DuplicateRow{Table: "policies"}
	if !errors.Is(err, kernel.ErrDuplicate) || errors.Is(err, kernel.ErrConflict) || err.Error() != "policies: exists already" {
		t.Errorf("a duplicate is %v", err)
	}
	err = &storage.SchemaError{Have: 1, Want: 2, Reason: "run Migrate"}
	if !errors.Is(err, storage.ErrSchema) || !strings.HasSuffix(err.Error(), ": run Migrate") {
		t.Errorf("a schema error is %v", err)
	}
}
