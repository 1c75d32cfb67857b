package canary_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/internal/canary"
)

// What other programs make of a text is found, whatever stands around it.
func TestEveryFormIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9A-Za-z@.+北京市海淀区]{4,30}`).Draw(t, "text")
		before := rapid.SliceOfN(rapid.Byte(), 0, 7).Draw(t, "before")
		after := rapid.SliceOfN(rapid.Byte(), 0, 7).Draw(t, "after")
		inside := append(append(bytes.Clone(before), s...), after...)
		doc, _ := json.Marshal(map[string]string{"a": s})
		utf := utf16.Encode([]rune(s))
		var le, be []byte
		for _, u := range utf {
			le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
		}
		for form, leak := range map[string][]byte{
			"raw":         inside,
			"JSON":        doc,
			"quoted":      fmt.Appendf(nil, "%+q", s),
			"URL":         []byte(url.Values{"a": {s}}.Encode()),
			"base64":      []byte(base64.StdEncoding.EncodeToString(inside)),
			"base64url":   []byte(base64.RawURLEncoding.EncodeToString(inside)),
			"hex":         []byte(hex.EncodeToString(inside)),
			"%X":          fmt.Appendf(nil, "%X", inside),
			"UTF-16LE":    le,
			"UTF-16BE":    be,
			"upper":       []byte(strings.ToUpper(s)),
			"digit blank": []byte(strings.TrimSpace(strings.Join(strings.Split(s, ""), " "))),
		} {
			if len(canary.FindIn(leak, s)) == 0 {
				t.Errorf("%s: %q is not found in %q", form, s, leak)
			}
		}
	})
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	t.Parallel()
	for _, haystack := range []string{"", "110199", "a quite different text", "MTEwMTk5"} {
		if found := canary.FindIn([]byte(haystack), "110199199001019015"); found != nil {
			t.Errorf("%q: found %v", haystack, found)
		}
	}
	if canary.Encodings("") != nil {
		t.Error("the empty text has forms: it would be found everywhere")
	}
}

func TestFormsAreDistinctAndMany(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"110199199001019015", "北京市海淀区中关村大街1号", "wang.fang@example.com"} {
		seen := map[string]bool{}
		for _, e := range canary.Encodings(s) {
			if len(e) == 0 || seen[string(e)] {
				t.Errorf("%s: the form %q is empty or comes twice", s, e)
			}
			seen[string(e)] = true
		}
		if len(seen) < 10 {
			t.Errorf("%s has only %d forms", s, len(seen))
		}
	}
}

func ExampleFindIn() {
	line := `level=error msg="GET /find?phone=%2B8613800138000"`
	fmt.Println(canary.FindIn([]byte(line), "+8613800138000"))
	// Output: [URL query]
}

func ExampleFindIn_base64() {
	cursor := base64.RawURLEncoding.EncodeToString([]byte(`["wang.fang@example.com",7]`))
	fmt.Println(canary.FindIn([]byte(cursor), "wang.fang@example.com"))
	// Output: [base64 at offset 2]
}

func ExampleEncodings() {
	for _, form := range canary.Encodings("张三")[:4] {
		fmt.Printf("%s\n", form)
	}
	// Output:
	// 张三
	// %E5%BC%A0%E4%B8%89
	// \u5f20\u4e09
	// 5byg5LiJ
}
