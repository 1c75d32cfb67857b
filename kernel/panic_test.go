package kernel_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/coverkit/crm/kernel"
)

// rates is a function of a host's with a fault.
func rates(age int) int { return []int{12, 15, 19}[age/30] }

func ExampleSurvive() {
	err := kernel.Survive("application.Submit", func() error {
		fmt.Println(rates(28))
		fmt.Println(rates(95))
		return nil
	})
	var pe *kernel.PanicError
	fmt.Println(errors.Is(err, kernel.ErrPanic), errors.As(err, &pe), pe.Cause)
	// Output:
	// 12
	// true true runtime error: index out of range [3] with length 3
}

type payee struct{ name, account string }

func (p payee) Error() string { return p.name + " " + p.account }

// pretender calls itself an error of Go's own.
type pretender struct{ payee }

func (pretender) RuntimeError() {}

// TestSurvive: whatever a function panics with, the error names the place and nothing of
// what it was about.
func TestSurvive(t *testing.T) {
	t.Parallel()
	who := payee{"张三", "6228480402564890018"}
	var none *payee
	var nothing any
	for name, c := range map[string]struct {
		fn    func()
		cause string
	}{
		"text":        {func() { panic("cannot pay " + who.name) }, "string"},
		"an error":    {func() { panic(who) }, "kernel_test.payee"},
		"a pointer":   {func() { panic(&who) }, "*kernel_test.payee"},
		"pretender":   {func() { panic(pretender{who}) }, "kernel_test.pretender"},
		"no value":    {func() { panic(nothing) }, "panic called with nil argument"},
		"nil pointer": {func() { _ = none.account }, "nil pointer dereference"},
		"a type":      {func() { _ = any(who).(fmt.Stringer) }, "interface conversion"},
	} {
		err := kernel.Survive("claim.Pay", func() error { c.fn(); return nil })
		var pe *kernel.PanicError
		if !errors.Is(err, kernel.ErrPanic) || !errors.As(err, &pe) {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(pe.Cause, c.cause) || !strings.Contains(pe.At, "TestSurvive") || !strings.Contains(pe.At, "panic_test.go:") {
			t.Errorf("%s: at %s: %s, want %s", name, pe.At, pe.Cause, c.cause)
		}
		for _, said := range []string{err.Error(), fmt.Sprintf("%+v %#v %s %s", err, pe, pe, pe.Stack)} {
			if strings.Contains(said, who.name) || strings.Contains(said, who.account) {
				t.Errorf("%s: personal data is told: %s", name, said)
			}
		}
	}
	no := errors.New("no")
	if err := kernel.Survive("claim.Pay", func() error { return no }); !errors.Is(err, no) {
		t.Errorf("an error: %v", err)
	}
	if err := kernel.Survive("claim.Pay", func() error { return nil }); err != nil {
		t.Errorf("no error: %v", err)
	}
}

// TestSurviveGoexit: the end of a goroutine is none of ours.
func TestSurviveGoexit(t *testing.T) {
	t.Parallel()
	done := make(chan error)
	go func() {
		defer close(done)
		done <- kernel.Survive("claim.Pay", func() error { runtime.Goexit(); return nil })
	}()
	if err, returned := <-done; returned {
		t.Errorf("Survive returned: %v", err)
	}
}
