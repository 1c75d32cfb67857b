package matrix_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

type (
	state string
	event string
)

// visit is a follow-up visit after a claim: planned, made, and filed away.
func visit() *workflow.Machine[state, event] {
	type row = workflow.Row[state, event]
	label := workflow.Label{EN: "x", ZH: "某"}
	who := []kernel.Role{"agent"}
	return workflow.Must(workflow.New(workflow.Table[state, event]{
		Name: "visit", Label: label,
		States: []workflow.State[state]{
			{Name: "planned", Class: workflow.Waiting, Label: label},
			{Name: "made", Class: workflow.Open, Label: label},
			{Name: "filed", Class: workflow.Ended, Label: label},
		},
		Rows: []row{
			{Event: "Plan", Create: true, To: "planned", Who: who, Label: label, Note: "n"},
			{Event: "Adopt", Create: true, AnyState: true, Who: who, Label: label, Note: "n"},
			{Event: "Make", From: []state{"planned", "made"}, To: "made", Who: who, Guards: []string{"called first"}, Label: label, Note: "n"},
			{Event: "Note", AnyOpen: true, Who: who, Label: label, Note: "n"},
			{Event: "File", From: []state{"made"}, To: "filed", Who: who, Label: label, Note: "n"},
		},
	}))
}

const faithful = `# a visit
-:
  Plan -> planned
  Adopt -> *       # from the old system
planned:
  Make -> made
  Note =
made:
	Make =
	Note=
	File->filed
filed:             # the end
`

func TestCompareFindsEveryDifference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string
		want     []string
	}{
		{name: "a faithful matrix"},
		{"a wrong destination", "Make -> made", "Make -> filed",
			[]string{"planned: Make leads to made, the matrix says -> filed"}},
		{"a row that the matrix forgets", "File->filed", "",
			[]string{"made: File leads to filed, the matrix does not list it"}},
		{"a row that the table forgets", "filed:", "filed:\n  File =",
			[]string{"filed: File is refused, the matrix says -> filed"}},
		{"a state that the matrix forgets", "filed:", "#filed:",
			[]string{"filed: the matrix does not list it"}},
		{"creation that the matrix forgets", "-:\n  Plan -> planned\n  Adopt -> *", "",
			[]string{"-: Adopt leads to *, the matrix does not list it",
				"-: Plan leads to planned, the matrix does not list it", "-: the matrix does not list it"}},
		{"a note that moves on paper", "Note =", "Note -> made",
			[]string{"planned: Note leads to planned, the matrix says -> made"}},
		{"a move that is a note on paper", "Make -> made", "Make =",
			[]string{"planned: Make leads to made, the matrix says -> planned"}},
		{"an adoption into one state only", "Adopt -> *", "Adopt -> made",
			[]string{"-: Adopt leads to *, the matrix says -> made"}},
		{"a creation in any state on paper", "Plan -> planned", "Plan -> *",
			[]string{"-: Plan leads to planned, the matrix says -> *"}},
		{"a state that nobody knows", "filed:", "filed:\nshelved:\n  Note =",
			[]string{"shelved: the table has no such state (line 13)"}},
		{"an event that nobody knows", "filed:", "filed:\n  Shred =",
			[]string{"filed: Shred: the table has no such event (line 13)"}},
		{"a destination that nobody knows", "File->filed", "File->shelved",
			[]string{"made: File leads to filed, the matrix says -> shelved",
				"made: File: the table has no state shelved to lead to (line 11)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(faithful, tt.old) {
				t.Fatalf("the matrix has no %q to spoil", tt.old)
			}
			got, err := matrix.Compare(visit(), strings.NewReader(strings.Replace(faithful, tt.old, tt.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("differences (-want +got):\n%s", d)
			}
		})
	}
}

func TestParseNamesEveryMalformedLine(t *testing.T) {
	t.Parallel()
	const bad = `File -> filed
  File -> filed
-:
  Plan =
made:
  Make -> *
  Note = filed
  Note ->
  Stay -> made
  File -> filed
  File =
  Two Words -> made
 made:
made:
ma de:
Note =
  => x
`
	_, err := matrix.Parse(strings.NewReader(bad))
	var faults *kernel.FieldErrors
	if !errors.As(err, &faults) || !errors.Is(err, kernel.ErrInvalid) {
		t.Fatalf("error = %v, want field errors", err)
	}
	var got []string
	for _, f := range faults.Faults {
		got = append(got, f.Path+" "+f.Code)
	}
	want := []string{"line 1 format", "line 2 format", "line 4 format", "line 6 format", "line 7 format", "line 8 format",
		"line 9 format", "line 11 duplicate", "line 12 format", "line 13 format", "line 14 duplicate", "line 15 format",
		"line 16 format", "line 17 format"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("faults (-want +got):\n%s", d)
	}
}

func TestParseReportsTheReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := matrix.Parse(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error = %v, want the reader's", err)
	}
	if _, err := matrix.Compare(visit(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error = %v, want the reader's", err)
	}
	if _, err := matrix.Parse(strings.NewReader(strings.Repeat("x", 1<<20))); err == nil {
		t.Error("a line of a megabyte was taken")
	}
}

// write is the inverse of Parse.
func write(m matrix.Matrix) string {
	var b strings.Builder
	for _, h := range m {
		fmt.Fprintf(&b, "%s:\n", h.State)
		for _, e := range h.Events {
			to := "-> " + e.To
			if e.To == h.State {
				to = "="
			}
			fmt.Fprintf(&b, "  %s %s\n", e.Name, to)
		}
	}
	return b.String()
}

// What Parse takes, it takes again after it was written out, with the same
// meaning; and no input makes it or Compare fail otherwise than by an error.
func FuzzParse(f *testing.F) {
	f.Add(faithful)
	f.Add("-:\n  A -> *\r\nb:\n\tA=\n")
	f.Add("a:\n A -> a\n")
	f.Add(" : \n-> \x00\n# \xff")
	machine := visit()
	f.Fuzz(func(t *testing.T, text string) {
		m, err := matrix.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := matrix.Parse(strings.NewReader(write(m)))
		if err != nil {
			t.Fatalf("the written matrix is refused: %v\n%s", err, write(m))
		}
		if got, want := write(again), write(m); got != want {
			t.Fatalf("written twice:\n%s\nand\n%s", got, want)
		}
		if _, err := matrix.Compare(machine, strings.NewReader(text)); err != nil {
			t.Fatalf("Parse takes what Compare refuses: %v", err)
		}
	})
}
