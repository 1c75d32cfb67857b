package complaint

import (
	"fmt"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// maxLine and maxText bound short texts and free texts, in characters; maxParts bounds
// lists in an input.
const (
	maxLine  = 200
	maxText  = 10_000
	maxParts = 200
	maxHeads = 1_000_000
)

// checkCode notes a fault unless s is a code: 1 to [kernel.MaxRef] bytes.
func checkCode(f *kernel.FieldErrors, path, s string) { kernel.CheckRef(f, path, kernel.Ref(s)) }

func checkOptional(f *kernel.FieldErrors, path, s string) {
	if s != "" {
		checkCode(f, path, s)
	}
}

func checkRefIf(f *kernel.FieldErrors, path string, r kernel.Ref) { checkOptional(f, path, string(r)) }

func checkWord[T ~string](f *kernel.FieldErrors, path string, v T, words []T) {
	if !oneOf(v, words) {
		f.Add(path, "unknown", "one of %v", words)
	}
}

func checkWordIf[T ~string](f *kernel.FieldErrors, path string, v T, words []T) {
	if v != "" {
		checkWord(f, path, v, words)
	}
}

// checkFree notes a fault unless s is a free text that is not sealed yet.
func checkFree(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	if !ok {
		f.Add(path, "sealed", "give the text, not what is stored of another record")
		return
	}
	kernel.CheckText(f, path, plain, maxText, true)
}

func checkReason(f *kernel.FieldErrors, path string, s privacy.Secret) {
	if s.IsZero() {
		f.Add(path, "required", "say why")
		return
	}
	checkFree(f, path, s)
}

func checkList(f *kernel.FieldErrors, path string, n int) bool {
	if n > maxParts {
		f.Add(path, "length", "at most %d at once", maxParts)
	}
	return n <= maxParts
}

func checkRefs(f *kernel.FieldErrors, path string, refs []kernel.Ref) {
	if !checkList(f, path, len(refs)) {
		return
	}
	for i, r := range refs {
		kernel.CheckRef(f.Index(path, i), "", r)
	}
}

// instant returns at as it is stored, or now where it is zero. A time that has not come,
// or lies before after, is a fault.
func instant(f *kernel.FieldErrors, u *command.Unit, path string, at, after time.Time) time.Time {
	if at.IsZero() {
		return u.Now()
	}
	at = kernel.Instant(at)
	switch {
	case at.After(u.Now()):
		f.Add(path, "future", "this has not happened yet")
	case at.Before(after):
		f.Add(path, "order", "earlier than what it follows")
	}
	return at
}

// asState makes an objection a [kernel.ErrState].
func asState(why string) error { return fmt.Errorf("%s: %w", why, kernel.ErrState) }

// asForbidden makes an objection a [kernel.ErrForbidden].
func asForbidden(why string) error { return fmt.Errorf("%s: %w", why, kernel.ErrForbidden) }
