package show

import (
	"strings"

	"github.com/rivo/uniseg"
)

// line returns an error's text in one line.
func line(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// Clip shortens s to so many columns of a terminal.
func Clip(s string, columns int) string {
	if Width(s) <= columns {
		return s
	}
	var b strings.Builder
	left := columns - 1
	for g := uniseg.NewGraphemes(s); g.Next() && g.Width() <= left; left -= g.Width() {
		b.WriteString(g.Str())
	}
	return strings.TrimRight(b.String(), " ") + "…"
}
