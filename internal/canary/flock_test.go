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

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/internal/canary"
)

// leaks are the ways in which a text gets about, made by the packages that do so.
var leaks = map[string]func(s string) []byte{
	"raw":               func(s string) []byte { return []byte(s) },
	"an error":          func(s string) []byte { return []byte(fmt.Errorf("cannot pay %s: %w", s, errTest).Error()) },
	"%#v":               func(s string) []byte { return fmt.Appendf(nil, "%#v", struct{ Text string }{s}) },
	"upper":             func(s string) []byte { return []byte(strings.ToUpper(s)) },
	"URL":               func(s string) []byte { return []byte(url.Values{"q": {s}}.Encode()) },
	`JSON \u`:           func(s string) []byte { return fmt.Appendf(nil, "%+q", s) },
	"JSON":              func(s string) []byte { b, _ := json.Marshal(map[string]string{"text": s}); return b },
	"base64, offset 0":  func(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte(s))) },
	"base64, offset 1":  func(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte("x" + s))) },
	"base64, offset 2":  func(s string) []byte { return []byte(base64.URLEncoding.EncodeToString([]byte("xy" + s + "z"))) },
	"hex":               func(s string) []byte { return []byte(hex.EncodeToString([]byte(s))) },
	"hex with blanks":   func(s string) []byte { return fmt.Appendf(nil, "% x", s) },
	"UTF-16LE":          func(s string) []byte { return utf16le(s) },
	"GBK":               func(s string) []byte { b, _ := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s)); return b },
	"digits and blanks": func(s string) []byte { return []byte(strings.Join(strings.Split(s, ""), " ")) },
	"groups of four":    func(s string) []byte { return grouped(s) },
	"%v of bytes":       func(s string) []byte { return fmt.Appendf(nil, "%v", []byte(s)) },
	"%#v of bytes":      func(s string) []byte { return fmt.Appendf(nil, "%#v", []byte(s)) },
}

var errTest = fmt.Errorf("no such account")

func utf16le(s string) (out []byte) {
	for _, r := range s { // of the basic plane, as all of the tests' are
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func grouped(s string) []byte {
	var b bytes.Buffer
	for i, r := range []rune(s) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

// One leak, planted anywhere in a large haystack in any form, is heard, and named.
func TestAPlantedLeakIsHeard(t *testing.T) {
	t.Parallel()
	flock := &canary.Flock{}
	texts := map[string]string{}
	for i := range 300 {
		texts[fmt.Sprint("text ", i)] = fmt.Sprintf("诊断为%c%c原发性高血压三级", 'a'+i%26, 'a'+i/26)
		texts[fmt.Sprint("number ", i)] = fmt.Sprintf("1101991990%06d15", i)
		texts[fmt.Sprint("mail ", i)] = fmt.Sprintf("wang.%d@example.com", i)
	}
	for what, text := range texts {
		if flock.Add(what, text) < 10 {
			t.Fatalf("%s: %s has too few forms", what, text)
		}
	}
	if flock.Len() != len(texts) || flock.Add("again", texts["text 1"]) != 0 {
		t.Errorf("%d texts, want %d", flock.Len(), len(texts))
	}
	rapid.Check(t, func(t *rapid.T) {
		what := fmt.Sprint(rapid.SampledFrom([]string{"text", "number", "mail"}).Draw(t, "kind"), " ", rapid.IntRange(0, 299).Draw(t, "n"))
		hay := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "before")
		tail := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "after")
		for form, leak := range leaks {
			if heard := flock.Hear(append(append(bytes.Clone(hay), leak(texts[what])...), tail...)); len(heard) == 0 || !strings.HasPrefix(heard[0].String(), what+", ") {
				t.Errorf("%s, %s: heard %v", what, form, heard)
			}
		}
		if heard := flock.Hear(hay); heard != nil {
			t.Errorf("nothing was planted: %v", heard)
		}
	})
}

// What is masked is not heard: the last digits, or half a number.
func TestAMaskedTextIsNotHeard(t *testing.T) {
	t.Parallel()
	var flock canary.Flock
	if flock.Hear([]byte("anything at all")) != nil {
		t.Error("an empty flock hears something")
	}
	flock.Add("number", "110199199001019015")
	for _, s := range []string{"", "110199", "**************9015", "11019919900101901", "10199199001019015"} {
		if heard := flock.Hear([]byte(s)); heard != nil {
			t.Errorf("%s: %v", s, heard)
		}
	}
	if flock.Add("too short", "1234") != 0 && flock.Hear([]byte("1234 12345")) != nil {
		t.Error("four digits are found by chance")
	}
}

func ExampleFlock() {
	var flock canary.Flock
	flock.Add("phone", "13800138000")
	flock.Add("name", "王小明（配偶）")
	for _, song := range flock.Hear([]byte(`GET /find?phone=13800138000 [231 142 139]`)) {
		fmt.Println(song)
	}
	// Output: phone, raw, at 16
}
