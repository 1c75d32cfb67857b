package kernel_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
)

func TestNobodyMayDoAnything(t *testing.T) {
	t.Parallel()
	if _, err := kernel.ActorFrom(t.Context()); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("no actor: %v", err)
	}
	long := strings.Repeat("x", kernel.MaxRef)
	for name, a := range map[string]kernel.Actor{
		"no name":                 {Roles: []kernel.Role{kernel.RoleOwner}},
		"name too long":           {ID: long + "x"},
		"tenant too long":         {ID: "u-1", Tenant: long + "x"},
		"behalf too long":         {ID: "u-1", OnBehalf: long + "x"},
		"NUL in the name":         {ID: "u\x00"},
		"tenant not UTF-8":        {ID: "u-1", Tenant: "\xff"},
		"line break in the name":  {ID: "u-1\nu-2"},
		"name that reads as mine": {ID: "\u202e71-u"},
	} {
		got, err := kernel.ActorFrom(kernel.WithActor(t.Context(), a))
		if !errors.Is(err, kernel.ErrForbidden) || got.ID != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestActorRidesInTheContext(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", kernel.MaxRef)
	for _, a := range []kernel.Actor{
		kernel.Owner,
		{ID: "张三", Tenant: "华东", Branches: []string{"sh"}, Roles: []kernel.Role{"adjuster"}},
		{ID: long, Tenant: long, OnBehalf: long},
	} {
		outer := kernel.WithActor(t.Context(), kernel.Actor{ID: "before"})
		got, err := kernel.ActorFrom(kernel.WithActor(outer, a))
		if diff := cmp.Diff(a, got); diff != "" || err != nil {
			t.Errorf("%v: %s", err, diff)
		}
	}
}

func TestHas(t *testing.T) {
	t.Parallel()
	a := kernel.Actor{ID: "u-1", Roles: []kernel.Role{"adjuster", "manager"}}
	for _, c := range []struct {
		roles []kernel.Role
		want  bool
	}{
		{nil, false},
		{[]kernel.Role{"adjuster"}, true},
		{[]kernel.Role{"agent", "manager"}, true},
		{[]kernel.Role{"agent", "Manager", ""}, false},
		{[]kernel.Role{kernel.RoleOwner, kernel.RoleSystem}, false},
	} {
		if got := a.Has(c.roles...); got != c.want {
			t.Errorf("Has(%v) = %v", c.roles, got)
		}
	}
	if (kernel.Actor{}).Has("agent") || !kernel.Owner.Has(kernel.RoleOwner) {
		t.Error("roles that were not given")
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		branches []string
		branch   string
		want     bool
	}{
		{nil, "", true},
		{nil, "sh", true},
		{[]string{"sh", "nj"}, "", true},
		{[]string{"sh", "nj"}, "nj", true},
		{[]string{"sh", "nj"}, "bj", false},
		{[]string{""}, "bj", false},
	} {
		if got := (kernel.Actor{Branches: c.branches}).Sees(c.branch); got != c.want {
			t.Errorf("with %q, Sees(%q) = %v", c.branches, c.branch, got)
		}
	}
}

func TestSystemActsOnBehalf(t *testing.T) {
	t.Parallel()
	a := kernel.Actor{ID: "u-1", Tenant: "t", Branches: []string{"sh"}, Roles: []kernel.Role{"adjuster"}}
	first := a.System()
	want := kernel.Actor{ID: "system", Tenant: "t", Roles: []kernel.Role{kernel.RoleSystem}, OnBehalf: "u-1"}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	if !first.Sees("bj") {
		t.Error("a reaction must reach what the actor does not see")
	}
	// A reaction to a reaction still names who began.
	if diff := cmp.Diff(first, first.System()); diff != "" {
		t.Error(diff)
	}
}
