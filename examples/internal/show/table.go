package show

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Width returns how many columns of a terminal s takes: a Chinese character takes two.
func Width(s string) int { return uniseg.StringWidth(s) }

// Table prints rows under a head. Columns are as wide as their widest cell, and those
// that hold nothing but numbers are set to the right. Short rows are filled up.
func (p *Printer) Table(head []string, rows ...[]string) {
	p.begun = true
	widths, right := make([]int, len(head)), make([]bool, len(head))
	for col := range head {
		widths[col], right[col] = Width(head[col]), len(rows) > 0
		for _, row := range rows {
			cell := at(row, col)
			widths[col] = max(widths[col], Width(cell))
			right[col] = right[col] && number(cell)
		}
	}
	line := func(row []string) string {
		var b strings.Builder
		for col := range head {
			cell := at(row, col)
			gap := strings.Repeat(" ", widths[col]-Width(cell))
			if right[col] {
				b.WriteString(gap + cell)
			} else {
				b.WriteString(cell + gap)
			}
			b.WriteString("  ")
		}
		return strings.TrimRight(b.String(), " ")
	}
	p.print("  %s\n", p.styled("4", line(head)))
	for _, row := range rows {
		p.print("  %s\n", line(row))
	}
}

func at(row []string, col int) string {
	if col < len(row) {
		return strings.Join(strings.Fields(row[col]), " ")
	}
	return ""
}

// number reports whether the cell is a number, or empty.
func number(s string) bool { return strings.Trim(strings.TrimLeft(s, "+-"), "0123456789.,") == "" }
