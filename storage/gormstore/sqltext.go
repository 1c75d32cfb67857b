package gormstore

import (
	"strconv"
	"strings"
)

// sqlText is a statement that is being written, with its arguments.
type sqlText struct {
	d    *dialect
	b    strings.Builder
	args []any
	skim bool // see [plan.inOrder]
}

func (w *sqlText) add(parts ...string) *sqlText {
	for _, p := range parts {
		w.b.WriteString(p)
	}
	return w
}

// arg takes an argument and returns its placeholder.
func (w *sqlText) arg(v any) string {
	w.args = append(w.args, v)
	if w.d.numbered {
		return "$" + strconv.Itoa(len(w.args))
	}
	return "?"
}

func (w *sqlText) String() string { return w.b.String() }
