package kernel

import (
	"errors"
	"fmt"
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
	Faults []Fault `json:"faults"`
	prefix string
	parent *FieldErrors
}

// Add notes a fault. path is relative to the list that [FieldErrors.At] gave.
func (e *FieldErrors) Add(path, code, format string, args ...any) {
	p := e.prefix + path
	if path == "" {
		p = strings.TrimSuffix(e.prefix, ".")
	}
	for e.parent != nil {
		e = e.parent
	}
	e.Faults = append(e.Faults, Fault{Path: p, Code: code, Message: fmt.Sprintf(format, args...)})
}

// At returns a view of e that puts "path." before every path added through it.
func (e *FieldErrors) At(path string) *FieldErrors {
	return &FieldErrors{prefix: e.prefix + path + ".", parent: e}
}

// Index returns a view of e for element i of the list at path.
func (e *FieldErrors) Index(path string, i int) *FieldErrors {
	return e.At(fmt.Sprintf("%s[%d]", path, i))
}

// Merge takes over the faults of err under path; any other error becomes one
// fault of code "invalid". A nil err adds nothing.
func (e *FieldErrors) Merge(path string, err error) {
	if err == nil {
		return
	}
	var fe *FieldErrors
	if !errors.As(err, &fe) {
		e.Add(path, "invalid", "%s", err)
		return
	}
	for _, f := range fe.Faults {
		switch {
		case path == "":
		case f.Path == "":
			f.Path = path
		default:
			f.Path = path + "." + f.Path
		}
		e.Add(f.Path, f.Code, "%s", f.Message)
	}
}

// Err returns e if it holds a fault, else nil.
func (e *FieldErrors) Err() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return e
}

// Error lists all faults, one after the other.
func (e *FieldErrors) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	for i, f := range e.Faults {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + f.Path + ": " + f.Message)
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
