package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encodings returns the forms in which a text may get about: as it is, in upper case,
// escaped for URLs and as JSON in \u escapes, in base64 of both alphabets and at each
// of the three offsets, in hex of both cases, in UTF-16 of both byte orders, in GBK,
// as Go prints bytes, with blanks or hyphens between its characters or groups, and
// backwards. No form is empty, and none comes twice. The empty text has none.
//
// Look for texts of at least eight bytes: shorter ones are found by chance.
func Encodings(s string) [][]byte {
	var out [][]byte
	for _, f := range forms(s) {
		out = append(out, f.bytes)
	}
	return out
}

// FindIn returns the names of the forms of s that are in the haystack, such as "raw" or
// "base64 at offset 1"; none means that s is not there.
func FindIn(haystack []byte, s string) []string {
	var found []string
	for _, f := range forms(s) {
		if bytes.Contains(haystack, f.bytes) {
			found = append(found, f.name)
		}
	}
	return found
}

type form struct {
	name  string
	bytes []byte
}

func forms(s string) []form {
	if s == "" {
		return nil
	}
	var out []form
	add := func(name, text string) {
		same := func(f form) bool { return string(f.bytes) == text }
		if text != "" && !slices.ContainsFunc(out, same) {
			out = append(out, form{name, []byte(text)})
		}
	}
	add("raw", s)
	add("upper case", strings.ToUpper(s))
	add("lower case", strings.ToLower(s))
	add("URL query", url.QueryEscape(s))
	add("URL path", url.PathEscape(s))
	add("URL, every byte", everyByteAs("%%%02X", "", s))
	add(`JSON \u of other than ASCII`, escaped(s, false))
	add(`JSON \u`, escaped(s, true))
	for offset := range 3 {
		add(fmt.Sprintf("base64 at offset %d", offset), base64At(base64.RawStdEncoding, s, offset))
		add(fmt.Sprintf("base64 for URLs at offset %d", offset), base64At(base64.RawURLEncoding, s, offset))
	}
	add("hex", hex.EncodeToString([]byte(s)))
	add("hex, upper case", strings.ToUpper(hex.EncodeToString([]byte(s))))
	add("UTF-16LE", wide(s, 0))
	add("UTF-16BE", wide(s, 1))
	add("digits with blanks", groups(s, 1, " "))
	add("groups of four", groups(s, 4, " "))
	add("groups of four with hyphens", groups(s, 4, "-"))
	add("backwards", backwards(s))
	add("GBK", gbk(s))
	add("bytes", strings.Trim(fmt.Sprint([]byte(s)), "[]"))
	add("bytes as Go writes them", everyByteAs("0x%02x", ", ", s))
	add("hex with blanks", fmt.Sprintf("% x", s))
	return out
}

func everyByteAs(format, between, s string) string {
	var parts []string
	for i := range len(s) {
		parts = append(parts, fmt.Sprintf(format, s[i]))
	}
	return strings.Join(parts, between)
}

// gbk returns what older Chinese systems make of a text; "" for what they cannot write.
func gbk(s string) string {
	text, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		return ""
	}
	return text
}

func escaped(s string, all bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if u < unicode.MaxASCII && !all {
			b.WriteByte(byte(u))
		} else {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
	}
	return b.String()
}

// base64At returns the characters that the text alone decides when it stands at an
// offset of a longer one: those that it shares with its neighbours are left out.
func base64At(e *base64.Encoding, s string, offset int) string {
	text := e.EncodeToString(append(make([]byte, offset), s...))
	bits := 8 * (offset + len(s))
	first, last := (8*offset+5)/6, bits/6
	if first >= last {
		return ""
	}
	return text[first:last]
}

func wide(s string, high int) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b = append(b, pair[high], pair[1-high])
	}
	return string(b)
}

func groups(s string, size int, between string) string {
	var parts []string
	for chunk := range slices.Chunk([]rune(s), size) {
		parts = append(parts, string(chunk))
	}
	return strings.Join(parts, between)
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}
