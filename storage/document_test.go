package storage_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// terms has everything that a document may hold.
type terms struct {
	Number string
	Limit  decimal.Decimal
	From   time.Time
	Lives  int `json:",omitempty"`
	Riders []rider
	Limits map[string]decimal.Decimal
	Kinds  map[string][]string
	Holder *rider
	Any    map[string]any
}

type rider struct {
	Code string
	Days []kernel.Date
}

type contract struct {
	kernel.Meta `gorm:"embedded"`
	Terms       terms `gorm:"column:terms;serializer:json"`
}

func (*contract) TableName() string { return "contracts" }

func termsField(t testing.TB) *storage.Field {
	t.Helper()
	sc, err := storage.SchemaOf(reflect.TypeFor[contract]())
	if err != nil {
		t.Fatal(err)
	}
	return sc.Column("terms")
}

// A document that was parsed before comes out as if it were parsed anew, whatever those
// who got it earlier have done to theirs.
func TestParsedAgain(t *testing.T) {
	t.Parallel()
	f := termsField(t)
	days := rapid.SliceOf(rapid.Map(rapid.Int64Range(0, 30_000), kernel.DateFromUnixDays))
	riders := rapid.Custom(func(t *rapid.T) rider { return rider{rapid.String().Draw(t, "code"), days.Draw(t, "days")} })
	rapid.Check(t, func(t *rapid.T) {
		in := terms{
			Number: rapid.String().Draw(t, "number"), Limit: decimal.New(rapid.Int64().Draw(t, "limit"), -2), Lives: rapid.Int().Draw(t, "lives"),
			From:   time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "from")).UTC(),
			Riders: rapid.SliceOf(riders).Draw(t, "riders"),
			Kinds:  rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.String())).Draw(t, "kinds"),
			Limits: map[string]decimal.Decimal{"a": decimal.New(rapid.Int64().Draw(t, "a"), -4)},
			Any:    map[string]any{"list": []any{rapid.String().Draw(t, "any"), 1.5, true, nil, map[string]any{"x": "y"}}},
		}
		if rapid.Bool().Draw(t, "held") {
			r := riders.Draw(t, "holder")
			in.Holder = &r
		}
		doc, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			var got, want terms
			if err := f.Parse(string(doc), reflect.ValueOf(&got).Elem()); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(doc, &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
			spoil(&got)
		}
	})
}

// spoil changes all that could be shared with others.
func spoil(t *terms) {
	for i := range t.Riders {
		t.Riders[i].Code = "spoilt"
		clear(t.Riders[i].Days)
	}
	for k, list := range t.Kinds {
		clear(list)
		t.Kinds[k] = append(list, "spoilt")
	}
	t.Limits["a"] = decimal.NewFromInt(-1)
	if t.Holder != nil {
		t.Holder.Code = "spoilt"
		clear(t.Holder.Days)
	}
	list := t.Any["list"].([]any)
	list[4].(map[string]any)["x"] = "spoilt"
	list[0] = "spoilt"
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	var got terms
	for range 2 {
		if err := termsField(t).Parse(`{"Lives": "three"}`, reflect.ValueOf(&got).Elem()); err == nil {
			t.Error("taken")
		}
	}
}

func BenchmarkParse(b *testing.B) {
	f, doc := termsField(b), `{"Number":"P-1","Limit":"20000","Riders":[{"Code":"a","Days":["2026-01-02","2026-01-03"]}],"Kinds":{"x":["y"]}}`
	b.ReportAllocs()
	for b.Loop() {
		var got terms
		if err := f.Parse(doc, reflect.ValueOf(&got).Elem()); err != nil {
			b.Fatal(err)
		}
	}
}
