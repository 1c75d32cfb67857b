package storage_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

func TestOnlyWhatIsUnknownIsNull(t *testing.T) {
	t.Parallel()
	sc, err := storage.SchemaOf(reflect.TypeFor[policy]())
	if err != nil {
		t.Fatal(err)
	}
	nulls := func(p *policy) (names []string) {
		for _, f := range sc.Fields {
			if f.IsNull(reflect.ValueOf(p).Elem().FieldByIndex(f.Index)) {
				names = append(names, f.Column)
			}
		}
		return names
	}
	zero := []string{"id", "created_at", "updated_at", "head", "renews", "signed_on", "issued_at", "terms", "phone", "riders"}
	if got := nulls(&policy{}); !reflect.DeepEqual(got, zero) {
		t.Errorf("NULL in a zero record: %v, want %v", got, zero)
	}
	p := whole()
	p.UpdatedAt, p.Riders = time.Unix(0, 0), []string{}
	if got := nulls(p); len(got) != 0 {
		t.Errorf("NULL in a full record: %v", got)
	}
	p.Terms, p.IssuedAt = []byte{}, time.Time{}.In(time.FixedZone("CST", 8*3600))
	if got := nulls(p); !reflect.DeepEqual(got, []string{"issued_at", "terms"}) {
		t.Errorf("no bytes and no time are not NULL: %v", got)
	}
}

func TestAmountsFitByTheirPlaces(t *testing.T) {
	t.Parallel()
	sc, err := storage.SchemaOf(reflect.TypeFor[policy]())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		column, value string
		fits          bool
	}{
		{"premium", "899999999999999.9999", true}, {"premium", "900000000000000", false}, {"premium", "0.00001", false},
		{"rate", "0.00000001", true}, {"rate", "0.000000001", false}, {"rate", "90000000000", false}, {"premium", "90000000000", true},
	} {
		err := sc.Column(c.column).Fits(decimal.RequireFromString(c.value))
		if (err == nil) != c.fits || err != nil && !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s as %s: %v", c.value, c.column, err)
		}
	}
}

func TestDocumentsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	for _, v := range []any{func() {}, math.Inf(1), []string{"\x00"}, map[string]int{"\xff": 1}, []any{"\\\x00"}} {
		if doc, err := storage.MarshalJSON(v); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%T gave %s, %v", v, doc, err)
		}
	}
}

// A text can be stored in a document just when it can be stored in a column.
func FuzzDocumentsTakeTheTextsThatColumnsTake(f *testing.F) {
	for _, s := range []string{"", "a", "\x00", `\u0000`, `\\u0000`, "\\\x00", "\xff", "\ufffd", `\ufffd`, "\\\xff", "保\u2028<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		column := storage.CheckText(s)
		doc, err := storage.MarshalJSON([]string{s})
		if (column == nil) != (err == nil) {
			t.Fatalf("%q: as text %v, in a document %v", s, column, err)
		}
		var back []string
		if err == nil && (json.Unmarshal(doc, &back) != nil || back[0] != s) {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}
