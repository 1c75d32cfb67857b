package kernel_test

import (
	"math"
	"strings"
	"testing"

	"github.com/coverkit/crm/kernel"
)

func TestCheckRef(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		ref  kernel.Ref
		want string // codes
	}{
		{"empty", "", "required"},
		{"one byte", "7", ""},
		{"the host's own words", "P/2026 000017#Ä", ""},
		{"Chinese", "客户十七", ""},
		{"64 bytes", kernel.Ref(strings.Repeat("x", 64)), ""},
		{"65 bytes", kernel.Ref(strings.Repeat("x", 65)), "length"},
		{"22 characters of 3 bytes", kernel.Ref(strings.Repeat("险", 22)), "length"},
		{"NUL", "a\x00b", "control"},
		{"line break", "a\nb", "control"},
		{"tab", "a\tb", "control"},
		{"line separator", "a\u2028b", "control"},
		{"C1 control", "a\u0085b", "control"},
		{"turned direction", "a\u202eb", "control"},
		{"invalid UTF-8", "a\xc3", "encoding"},
		{"surrogate", "\xed\xa0\x80", "encoding"},
		{"1 MB", kernel.Ref(strings.Repeat("\x00", 1<<20)), "length"},
	} {
		var f kernel.FieldErrors
		kernel.CheckRef(&f, "holder", c.ref)
		if got := codes(&f); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if len(f.Faults) > 0 && f.Faults[0].Path != "holder" {
			t.Errorf("%s: at %q", c.name, f.Faults[0].Path)
		}
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		s           string
		max         int
		line, lines string // codes when one line is allowed, and several
	}{
		{"empty", "", 10, "", ""},
		{"nothing allowed", "", 0, "", ""},
		{"nothing allowed, one there", "x", 0, "length", "length"},
		{"characters are counted, not bytes", strings.Repeat("险", 10), 10, "", ""},
		{"one too many", strings.Repeat("险", 11), 10, "length", "length"},
		{"four bytes each", strings.Repeat("𠮷", 10), 10, "", ""},
		{"more bytes than so many characters have", strings.Repeat("𠮷", 11), 10, "length", "length"},
		{"NUL", "a\x00", 10, "control", "control"},
		{"escape", "\x1b[2J", 10, "control", "control"},
		{"delete", "\x7f", 10, "control", "control"},
		{"next line", "a\u0085b", 10, "control", "control"},
		{"line feed", "a\nb", 10, "control", ""},
		{"carriage return", "a\r\nb", 10, "control", ""},
		{"tab", "a\tb", 10, "control", ""},
		{"paragraph separator", "a\u2029b", 10, "control", ""},
		{"override", "100\u202e001", 10, "control", "control"},
		{"embedding", "\u202aabc\u202c", 10, "control", "control"},
		{"isolate", "\u2066abc", 10, "control", "control"},
		{"the isolate's end", "abc\u2069", 10, "control", "control"},
		{"right-to-left script", "שלום\u200f!", 10, "", ""},
		{"joined emoji", "👩\u200d👧", 10, "", ""},
		{"next to the overrides", "\u202f\u2065\u206a", 10, "", ""},
		{"cut in a character", "保险\xe9", 10, "encoding", "encoding"},
		{"1 MB", strings.Repeat("险", 1<<20/3), 2000, "length", "length"},
		{"1 MB, allowed", strings.Repeat("险", 1<<20/3), 1 << 20, "", ""},
		{"no limit", "保险", math.MaxInt, "", ""},
	} {
		for lines, want := range map[bool]string{false: c.line, true: c.lines} {
			var f kernel.FieldErrors
			kernel.CheckText(&f, "note", c.s, c.max, lines)
			if got := codes(&f); got != want {
				t.Errorf("%s, lines %v: %q, want %q", c.name, lines, got, want)
			}
		}
	}
}
