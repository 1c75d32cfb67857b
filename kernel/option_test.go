package kernel_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
)

func TestOptionsOf(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", kernel.MaxRef)
	for name, c := range map[string]struct {
		opts []kernel.Option
		want kernel.Options
	}{
		"none":                   {nil, kernel.Options{}},
		"nil says nothing":       {[]kernel.Option{nil, kernel.DryRun(), nil}, kernel.Options{DryRun: true}},
		"all":                    {[]kernel.Option{kernel.Key("req-81"), kernel.IfVersion(3), kernel.DryRun()}, kernel.Options{Key: "req-81", IfVersion: 3, DryRun: true}},
		"the later key holds":    {[]kernel.Option{kernel.Key("a"), kernel.Key("b")}, kernel.Options{Key: "b"}},
		"no key after all":       {[]kernel.Option{kernel.Key("a"), kernel.Key("")}, kernel.Options{}},
		"the later version":      {[]kernel.Option{kernel.IfVersion(-7), kernel.IfVersion(2)}, kernel.Options{IfVersion: 2}},
		"the longest key":        {[]kernel.Option{kernel.Key(long)}, kernel.Options{Key: long}},
		"the highest version":    {[]kernel.Option{kernel.IfVersion(math.MaxInt64)}, kernel.Options{IfVersion: math.MaxInt64}},
		"dry twice is still dry": {[]kernel.Option{kernel.DryRun(), kernel.DryRun()}, kernel.Options{DryRun: true}},
	} {
		got, err := kernel.OptionsOf(c.opts)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts []kernel.Option
		want string // paths
	}{
		"key too long":             {[]kernel.Option{kernel.Key(strings.Repeat("k", kernel.MaxRef+1))}, "key"},
		"key with a NUL":           {[]kernel.Option{kernel.Key("a\x00")}, "key"},
		"key that is not UTF-8":    {[]kernel.Option{kernel.Key("\xff")}, "key"},
		"negative version":         {[]kernel.Option{kernel.IfVersion(-1)}, "ifVersion"},
		"version of nothing":       {[]kernel.Option{kernel.IfVersion(0)}, "ifVersion"},
		"the later one is refused": {[]kernel.Option{kernel.IfVersion(2), kernel.IfVersion(0)}, "ifVersion"},
		"both at once":             {[]kernel.Option{kernel.Key("\n"), kernel.IfVersion(math.MinInt64)}, "key ifVersion"},
	} {
		_, err := kernel.OptionsOf(c.opts)
		if got := strings.Join(paths(err), " "); got != c.want || !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestListSize(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{
		0: 50, 1: 1, 50: 50, kernel.MaxLimit: 500, kernel.MaxLimit + 1: 500, math.MaxInt: 500, -1: 50, math.MinInt: 50,
	} {
		if got := (kernel.List{Limit: limit}).Size(); got != want {
			t.Errorf("Limit %d: %d, want %d", limit, got, want)
		}
	}
}
