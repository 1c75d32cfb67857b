package kernel

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
)

// ErrPanic says that a function panicked while a command was carried out or a question
// answered: one that the host brought, or one of the library's own. Nothing of it was
// done. See [PanicError].
var ErrPanic = errors.New("a function panicked")

// PanicError is an [ErrPanic] that says where, for whoever has to mend it. What the
// function panicked with may hold personal data and is left out, unless it is an error
// of Go's own, which names indexes and types only.
type PanicError struct {
	Action string // the command or question: "claim.Approve"
	At     string // the function that panicked, with file and line
	Cause  string // the text of a runtime.Error, else the type of what it panicked with
	Stack  []byte // of the goroutine, as debug.Stack tells it; it holds no values
}

// Error tells action, place and cause.
func (e *PanicError) Error() string {
	return fmt.Sprintf("%s: %s in %s: %s", e.Action, ErrPanic, e.At, e.Cause)
}

// Is reports that a panic error is an [ErrPanic].
func (e *PanicError) Is(target error) bool { return target == ErrPanic }

// Survive calls fn and turns a panic of it into a [PanicError]. A call of runtime.Goexit,
// such as the end of a test that fails inside fn, is no panic and goes on.
func Survive(action string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Panicked(action, p)
		}
	}()
	return fn()
}

// Panicked returns the [PanicError] of a value that was recovered, for deferred functions
// that recover themselves.
func Panicked(action string, p any) error {
	e := &PanicError{Action: action, At: "an unknown place", Cause: fmt.Sprintf("%T", p), Stack: debug.Stack()}
	if own, ok := p.(runtime.Error); ok && ofGo(p) {
		e.Cause = own.Error()
	}
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for after := false; ; {
		f, more := frames.Next()
		if after && !strings.HasPrefix(f.Function, "runtime.") {
			e.At = fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line)
			return e
		}
		after = after || f.Function == "runtime.gopanic"
		if !more {
			return e
		}
	}
}

// ofGo reports whether a value is of a type of package runtime: others may call themselves
// a [runtime.Error] too.
func ofGo(v any) bool {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "runtime"
}
