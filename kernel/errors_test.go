package kernel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
)

// paths lists where the faults of err are, in order.
func paths(err error) []string {
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		return nil
	}
	var all []string
	for _, f := range fe.Faults {
		all = append(all, f.Path)
	}
	return all
}

// codes lists what is wrong, in order.
func codes(f *kernel.FieldErrors) string {
	var all []string
	for _, f := range f.Faults {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func TestFieldErrorsNameEveryFaultByItsPath(t *testing.T) {
	t.Parallel()
	var f kernel.FieldErrors
	f.Add("", "conflict", "the whole form")
	f.Add("incident", "required", "when did it happen?")
	f.At("holder").Add("name", "required", "a name")
	f.At("holder").Add("", "conflict", "the holder as such")
	line := f.Index("lines", 2)
	line.Add("amount", "range", "not below %d", 7)
	line.Index("shares", 0).At("party").Add("id", "required", "an id")
	line.At("cause").Index("codes", 1).Add("", "unknown", "no such code")
	f.At("").Add("note", "length", "at most 9")
	f.At("").Index("", 3).Add("x", "range", "an element of a bare list")
	f.At("rows").Index("", 4).Add("y", "range", "an element of the list that is looked at")

	want := []string{
		"", "incident", "holder.name", "holder", "lines[2].amount", "lines[2].shares[0].party.id",
		"lines[2].cause.codes[1]", "note", "[3].x", "rows[4].y",
	}
	if diff := cmp.Diff(want, paths(f.Err())); diff != "" {
		t.Error(diff)
	}
	if got := f.Faults[4]; got != (kernel.Fault{Path: "lines[2].amount", Code: "range", Message: "not below 7"}) {
		t.Errorf("fault = %+v", got)
	}
}

func TestFieldErrorsWithoutFaultAreNoError(t *testing.T) {
	t.Parallel()
	var f kernel.FieldErrors
	if err := f.Err(); err != nil {
		t.Errorf("Err = %v", err)
	}
	if err := f.At("a").Err(); err != nil {
		t.Errorf("Err of a view = %v", err)
	}
}

func TestViewsShareTheirList(t *testing.T) {
	t.Parallel()
	var f kernel.FieldErrors
	view := f.At("a").Index("b", 1)
	view.Add("c", "required", "needed")
	// A helper that was handed a view may answer with its error.
	for name, err := range map[string]error{"list": f.Err(), "view": view.Err()} {
		if diff := cmp.Diff([]string{"a.b[1].c"}, paths(err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if view.Error() != f.Error() {
		t.Errorf("%q, but %q", view.Error(), f.Error())
	}
}

func TestFieldErrorsAreInvalid(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("claim.Report: %w", kernel.Invalid("lines[0].amount", "range", "not below %d", 5))
	if !errors.Is(err, kernel.ErrInvalid) {
		t.Error("not ErrInvalid")
	}
	for _, other := range []error{kernel.ErrNotFound, kernel.ErrConflict, kernel.ErrDuplicate, kernel.ErrForbidden, kernel.ErrState, io.EOF} {
		if errors.Is(err, other) {
			t.Errorf("is %v", other)
		}
	}
	if diff := cmp.Diff([]string{"lines[0].amount"}, paths(err)); diff != "" {
		t.Error(diff)
	}
}

func TestFieldErrorsText(t *testing.T) {
	t.Parallel()
	var f kernel.FieldErrors
	f.Add("name", "required", "a name is needed")
	f.Add("", "conflict", "nobody is insured")
	f.Add("phones[1]", "format", "%s", "100%")
	if got, want := f.Error(), "invalid input: name: a name is needed; nobody is insured; phones[1]: 100%"; got != want {
		t.Errorf("Error = %q", got)
	}
	b, err := json.Marshal(f.Err())
	if err != nil {
		t.Fatal(err)
	}
	var back kernel.FieldErrors
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f.Faults, back.Faults); diff != "" {
		t.Errorf("after JSON %s: %s", b, diff)
	}
}

func TestMergeTakesFaultsOver(t *testing.T) {
	t.Parallel()
	var inner kernel.FieldErrors
	inner.Add("number", "checksum", "50%% of them end in x")
	inner.Add("", "required", "a document is needed")
	inner.Add("[2].pages", "range", "1 to 9")

	var f kernel.FieldErrors
	f.Merge("document", inner.Err())
	f.Index("parties", 1).Merge("document", fmt.Errorf("wrapped: %w", inner.Err()))
	f.At("top").Merge("", inner.At("elsewhere")) // a view stands for its list
	want := []string{
		"document.number", "document", "document[2].pages",
		"parties[1].document.number", "parties[1].document", "parties[1].document[2].pages",
		"top.number", "top", "top[2].pages",
	}
	if diff := cmp.Diff(want, paths(f.Err())); diff != "" {
		t.Error(diff)
	}
	if got := f.Faults[3]; got.Code != "checksum" || got.Message != "50% of them end in x" {
		t.Errorf("taken over as %+v", got)
	}
}

func TestMergeOfOtherErrors(t *testing.T) {
	t.Parallel()
	const secret = "110101199003070011x"
	_, foreign := strconv.Atoi(secret)
	var nothing *kernel.FieldErrors
	for _, c := range []struct {
		name string
		err  error
		want []kernel.Fault
	}{
		{"nil", nil, nil},
		{"a nil list", nothing, nil},
		{"a list without faults", &kernel.FieldErrors{}, nil},
		{"ours", fmt.Errorf("too small: %w", kernel.ErrInvalid), []kernel.Fault{{Path: "p", Code: "invalid", Message: "too small: invalid input"}}},
		{"a parser's, which repeats the input", foreign, []kernel.Fault{{Path: "p", Code: "invalid", Message: "not usable"}}},
	} {
		var f kernel.FieldErrors
		f.Merge("p", c.err)
		if diff := cmp.Diff(c.want, f.Faults); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestErrorsRepeatNoInput(t *testing.T) {
	t.Parallel()
	const secret = "110101199003070011"
	var f kernel.FieldErrors
	kernel.CheckRef(&f, "ref", kernel.Ref(secret+"\x00"))
	kernel.CheckText(&f, "text", secret, 3, false)
	kernel.CheckText(&f, "text", secret+"\xff", 30, false)
	kernel.CheckCurrency(&f, "currency", secret)
	if len(f.Faults) != 4 {
		t.Fatalf("%d faults", len(f.Faults))
	}
	_, id := kernel.ParseID(secret)
	_, date := kernel.ParseDate(secret)
	_, actor := kernel.ActorFrom(kernel.WithActor(t.Context(), kernel.Actor{ID: secret + "\n"}))
	for name, err := range map[string]error{"fields": f.Err(), "id": id, "date": date, "actor": actor} {
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDuplicateErrorNamesCandidates(t *testing.T) {
	t.Parallel()
	ids := []kernel.ID{kernel.NewID(), kernel.NewID()}
	for _, c := range []struct {
		err  *kernel.DuplicateError
		want string
	}{
		{&kernel.DuplicateError{Kind: "claim", Candidates: ids}, "claim exists already: 2 likely candidate(s)"},
		{&kernel.DuplicateError{Kind: "customer", Candidates: ids[:1], Certain: true}, "customer exists already: 1 candidate(s)"},
	} {
		err := fmt.Errorf("create: %w", c.err)
		if !errors.Is(err, kernel.ErrDuplicate) || errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%v is not just ErrDuplicate", err)
		}
		var got *kernel.DuplicateError
		if !errors.As(err, &got) || got != c.err {
			t.Errorf("As gives %v", got)
		}
		if c.err.Error() != c.want {
			t.Errorf("Error = %q", c.err.Error())
		}
	}
}

func TestSentinelsDiffer(t *testing.T) {
	t.Parallel()
	all := []error{
		kernel.ErrNotFound, kernel.ErrConflict, kernel.ErrDuplicate, kernel.ErrInvalid,
		kernel.ErrForbidden, kernel.ErrState, kernel.ErrKeyReused, kernel.ErrReplayed,
	}
	for i, a := range all {
		for j, b := range all {
			if errors.Is(a, b) != (i == j) || (a.Error() == b.Error()) != (i == j) {
				t.Errorf("%v and %v", a, b)
			}
		}
	}
}
