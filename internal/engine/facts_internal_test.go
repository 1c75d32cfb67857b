package engine

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
)

type kind string

// What is said to last has the same document when it is read back; what does not is
// told apart.
func TestLasting(t *testing.T) {
	t.Parallel()
	for _, fact := range []any{
		struct{ B, A int }{1, 2}, math.MaxInt, int64(7), map[string]any{"x": struct{ B, A int }{}}, []kernel.Date{1}, json.Number("1.0"),
	} {
		if lasting(fact) {
			t.Errorf("%T is said to last", fact)
		}
	}
	leaf := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int(), func(n int) any { return n }),
		rapid.Map(rapid.Float64(), func(x float64) any { return x }),
		rapid.Map(rapid.Int64(), func(n int64) any { return decimal.New(n, -4) }),
		rapid.Map(rapid.Int64Range(0, 4e9), func(n int64) any { return time.Unix(n, 0).UTC() }),
		rapid.Map(rapid.Int64Range(0, 40_000), func(n int64) any { return kernel.DateFromUnixDays(n) }),
		rapid.Map(rapid.SliceOf(rapid.String()), func(list []string) any { return list }),
		rapid.Map(rapid.String(), func(s string) any { return kind(s) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		facts := map[string]any{
			"one": leaf.Draw(t, "one"), "list": []any{leaf.Draw(t, "listed"), nil},
			"table": map[string]any{rapid.String().Draw(t, "key"): leaf.Draw(t, "value")},
		}
		if !lasting(facts) {
			t.Skip("does not last")
		}
		doc, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(doc, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(doc) {
			t.Errorf("%s became %s, %v", doc, again, err)
		}
	})
}
