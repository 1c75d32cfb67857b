package kernel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Errors that every command and query may return, to be tested with
// [errors.Is]. Their texts, and the texts of what wraps them, are safe to show:
// they hold no personal data and nothing of a driver.
var (
	// ErrNotFound says that the record does not exist, or belongs to another
	// tenant: the two cannot be told apart from outside.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that somebody else changed the record first. Load it
	// again and decide anew.
	ErrConflict = errors.New("changed by somebody else")
	// ErrDuplicate says that a record with this number or key exists already;
	// see [DuplicateError].
	ErrDuplicate = errors.New("exists already")
	// ErrInvalid says that the input is faulty; see [FieldErrors].
	ErrInvalid = errors.New("invalid input")
	// ErrForbidden says that there is no actor, or that the actor may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrState says that the record's state does not allow the event; see
	// workflow.TransitionError.
	ErrState = errors.New("not allowed in this state")
	// ErrKeyReused says that an idempotency key was used before with other input.
	ErrKeyReused = errors.New("key was used with other input")
	// ErrReplayed says that a unit of work with this key was done before and
	// that nothing was done now.
	ErrReplayed = errors.New("done before under this key")
)

// Fault is one thing wrong with one field.
type Fault struct {
	Path    string `json:"path"`    // where: "lines[2].amount"
	Code    string `json:"code"`    // what, for programs: "required", "range", "format" …
	Message string `json:"message"` // what, for people; holds no personal data
}

// FieldErrors names every fault of an input at once. Its zero value is an empty
// list, ready for [FieldErrors.Add]. It is an [ErrInvalid].
type FieldErrors struct {
	Faults []Fault      `json:"faults"` // of a view: empty, for all are kept in the list that it looks at
	whole  *FieldErrors // of a view: the list that it looks at
	from   *FieldErrors // of a view: what it was taken from
	path   string       // of a view: its path there
	place  int          // of a view of an element: its place there, counted from 1
}

// Add notes a fault. path is relative to the view that [FieldErrors.At] gave;
// empty means the view's own path.
func (e *FieldErrors) Add(path, code, format string, args ...any) {
	all := e.all()
	all.Faults = append(all.Faults, Fault{Path: join(e.prefix(), path), Code: code, Message: fmt.Sprintf(format, args...)})
}

// all returns the list that e looks at: itself when it is no view.
func (e *FieldErrors) all() *FieldErrors {
	if e.whole != nil {
		return e.whole
	}
	return e
}

// join puts a path after the one that leads to it: "lines" and "[2]" make
// "lines[2]", and that and "amount" make "lines[2].amount".
func join(before, path string) string {
	if before == "" || path == "" || path[0] == '[' {
		return before + path
	}
	return before + "." + path
}

// At returns a view of e that puts path before every path added through it. What
// is added to the view is in e; [FieldErrors.Err] of the view is that of e.
func (e *FieldErrors) At(path string) *FieldErrors {
	return &FieldErrors{whole: e.all(), from: e, path: path}
}

// Index returns a view of e for element i of the list at path.
func (e *FieldErrors) Index(path string, i int) *FieldErrors {
	return &FieldErrors{whole: e.all(), from: e, path: path, place: i + 1}
}

// prefix is the path that a view looks from. It is put together for a fault only, of which
// most inputs have none.
func (e *FieldErrors) prefix() string {
	if e.from == nil {
		return ""
	}
	p := join(e.from.prefix(), e.path)
	if e.place > 0 {
		p += "[" + strconv.Itoa(e.place-1) + "]"
	}
	return p
}

// Merge takes over the faults of err under path; any other error becomes one
// fault of code "invalid". Its text is kept if it is an [ErrInvalid], which is safe
// to show; other texts often repeat the input. A nil err adds nothing.
func (e *FieldErrors) Merge(path string, err error) {
	var fe *FieldErrors
	switch {
	case err == nil:
	case errors.As(err, &fe):
		if fe != nil {
			for _, f := range fe.all().Faults {
				e.Add(join(path, f.Path), f.Code, "%s", f.Message)
			}
		}
	case errors.Is(err, ErrInvalid):
		e.Add(path, "invalid", "%s", err)
	default:
		e.Add(path, "invalid", "not usable")
	}
}

// Err returns the list if it holds a fault, else nil.
func (e *FieldErrors) Err() error {
	if all := e.all(); len(all.Faults) > 0 {
		return all
	}
	return nil
}

// Error lists all faults, one after the other.
func (e *FieldErrors) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	sep := ": "
	for _, f := range e.all().Faults {
		b.WriteString(sep)
		if f.Path != "" {
			b.WriteString(f.Path + ": ")
		}
		b.WriteString(f.Message)
		sep = "; "
	}
	return b.String()
}

// Is reports that field errors are an [ErrInvalid].
func (e *FieldErrors) Is(target error) bool { return target == ErrInvalid }

// Invalid returns [FieldErrors] with a single fault.
func Invalid(path, code, format string, args ...any) error {
	var e FieldErrors
	e.Add(path, code, format, args...)
	return &e
}

// DuplicateError is an [ErrDuplicate] that names the records that the new one
// would repeat, most likely first. A command that offers AcceptDuplicate can be
// called again with it when a person has looked.
type DuplicateError struct {
	Kind       string // "customer", "claim" …
	Candidates []ID
	Certain    bool // the same by law or number, so that AcceptDuplicate does not help
}

func (e *DuplicateError) Error() string {
	likely := "likely "
	if e.Certain {
		likely = ""
	}
	return fmt.Sprintf("%s %s: %d %scandidate(s)", e.Kind, ErrDuplicate, len(e.Candidates), likely)
}

// Is reports that a duplicate error is an [ErrDuplicate].
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }
