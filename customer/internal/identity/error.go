package identity

import "github.com/coverkit/crm/kernel"

// The codes of an [Error]. They are stable: a program may store and compare them.
const (
	CodeRequired    = "required"     // nothing but blanks
	CodeLength      = "length"       // too few or too many characters
	CodeFormat      = "format"       // a character that does not belong, or not there
	CodeChecksum    = "checksum"     // the check character disagrees with the rest: most likely a slip of the pen
	CodeOrgCheck    = "org_check"    // so does the check character of the organisation code inside (GB 11714)
	CodeRegion      = "region"       // the province is not in GB/T 2260
	CodeDate        = "date"         // the birth date does not exist or is before 1900
	CodeFutureBirth = "future_birth" // the birth date is after today
	CodeUnassigned  = "unassigned"   // the numbering plan has no such phone number
	CodeKind        = "kind"         // the kind of document is unknown
)

// Error says why a value was refused. It is a [kernel.ErrInvalid], and
// [errors.As] also reads it as [*kernel.FieldErrors] with one fault without a
// path, so FieldErrors.Merge("phone", err) keeps the code. It never holds the value.
type Error struct {
	Code    string // one of the Code constants
	Message string // one English sentence, safe to show and to log
}

func (e *Error) Error() string { return e.Message }

// Is reports that an identity error is a [kernel.ErrInvalid].
func (e *Error) Is(target error) bool { return target == kernel.ErrInvalid }

// As fills a [*kernel.FieldErrors] with the one fault.
func (e *Error) As(target any) bool {
	fe, ok := target.(**kernel.FieldErrors)
	if ok {
		*fe = &kernel.FieldErrors{Faults: []kernel.Fault{{Code: e.Code, Message: e.Message}}}
	}
	return ok
}

func fault(code, message string) error { return &Error{Code: code, Message: message} }
