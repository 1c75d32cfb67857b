package access_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// What a claims department lets people do.
func claims() *access.Roles {
	return access.NewRoles([]access.Grant{
		{Action: "claim.Report", Roles: []kernel.Role{access.Agent, access.Adjuster}},
		{Action: "claim.Approve", Roles: []kernel.Role{access.Manager}},
		{Action: "claim.Approve", Roles: []kernel.Role{access.Adjuster}}, // adds up with the one before
		{Action: "claim.Lapse", Roles: []kernel.Role{access.System}},
		{Action: "claim.Purge"},                            // the owner's alone
		{Action: "claim.Reopen", Roles: []kernel.Role{""}}, // a slip, which must not open the door to the nameless
		{Action: "claim.Get", Roles: access.Staff},
		{Action: "claim.History", Roles: []kernel.Role{access.Auditor, access.Manager}},
	}, access.Fields{Kind: "customer", Field: "identity", Roles: []kernel.Role{access.Underwriter}},
		access.Fields{Kind: "customer", Field: "phone", Roles: []kernel.Role{access.Agent}},
		access.Fields{Kind: "customer", Field: "phone", Roles: []kernel.Role{access.Adjuster}},
		access.Fields{Kind: "customer", Field: "health"},
		access.Fields{Kind: "claim", Field: "account", Roles: []kernel.Role{access.Cashier}},
		access.Fields{Kind: "claim", Field: "phone", Roles: []kernel.Role{access.Manager}})
}

func actor(roles ...kernel.Role) kernel.Actor { return kernel.Actor{ID: "u-1", Roles: roles} }

func TestOnlyWhatIsGrantedIsAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action string
		actor  kernel.Actor
		want   kernel.Role // empty: forbidden
	}{
		{"claim.Report", actor(access.Agent), access.Agent},
		{"claim.Approve", actor(access.Manager), access.Manager},
		{"claim.Approve", actor(access.Adjuster), access.Adjuster},
		{"claim.Approve", actor(access.Agent), ""},
		{"claim.Approve", actor(access.Agent, access.Adjuster, access.Manager), access.Adjuster}, // the actor's first that will do
		{"claim.Lapse", actor(access.System), access.System},
		{"claim.Lapse", actor(access.Manager), ""},
		{"claim.Approve", actor(access.System), ""}, // the system, too, needs a grant
		{"claim.Purge", actor(access.Staff...), ""},
		{"claim.Purge", kernel.Owner, kernel.RoleOwner},
		{"claim.Unheard", actor(access.Staff...), ""},
		{"claim.Unheard", kernel.Owner, kernel.RoleOwner},
		{"claim.approve", actor(access.Manager), ""},
		{"claim.Approve", actor("MANAGER"), ""},
		{"claim.Approve", actor(""), ""},
		{"claim.Reopen", actor(""), ""},
		{"claim.Approve", actor(), ""},
		{"claim.Approve", kernel.Actor{}, ""},
		{"", actor(access.Manager), ""},
	} {
		got, err := claims().Authorize(t.Context(), c.actor, c.action, access.Resource{Kind: "claim", ID: kernel.NewID()})
		if got != c.want || (err == nil) != (c.want != "") || err != nil && !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("%q by %v: %q, %v", c.action, c.actor.Roles, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "u-1") {
			t.Errorf("%v names the actor", err)
		}
	}
}

// A row of another branch is not even there: before the roles are asked, so that
// nobody learns of it, and for an owner who has branches, too.
func TestRowsOfOtherBranchesAreNotFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what     string
		roles    []kernel.Role
		branches []string
		row      string
		want     error
	}{
		{"own branch", []kernel.Role{access.Manager}, []string{"nj", "sh"}, "sh", nil},
		{"all branches", []kernel.Role{access.Manager}, nil, "sh", nil},
		{"everybody's row", []kernel.Role{access.Manager}, []string{"nj"}, "", nil},
		{"other branch", []kernel.Role{access.Manager}, []string{"nj"}, "sh", kernel.ErrNotFound},
		{"other branch, no role", []kernel.Role{access.Cashier}, []string{"nj"}, "sh", kernel.ErrNotFound},
		{"own branch, no role", []kernel.Role{access.Cashier}, []string{"sh"}, "sh", kernel.ErrForbidden},
		{"owner of one branch", []kernel.Role{kernel.RoleOwner}, []string{"nj"}, "sh", kernel.ErrNotFound},
		{"owner of all", []kernel.Role{kernel.RoleOwner}, nil, "sh", nil},
	} {
		a := kernel.Actor{ID: "u-1", Branches: c.branches, Roles: c.roles}
		role, err := claims().Authorize(t.Context(), a, "claim.Approve", access.Resource{Kind: "claim", Branch: c.row})
		if !errors.Is(err, c.want) || (err == nil) != (role != "") {
			t.Errorf("%s: %q, %v, want %v", c.what, role, err, c.want)
		}
	}
}

func TestAuditorsOnlyRead(t *testing.T) {
	t.Parallel()
	r := claims()
	for action, allowed := range map[string]bool{
		"claim.Get": true, "claim.History": true, "claim.Report": false, "claim.Approve": false, "claim.Purge": false,
	} {
		role, err := r.Authorize(t.Context(), actor(access.Auditor), action, access.Resource{Kind: "claim"})
		if allowed != (role == access.Auditor) || !allowed && !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("%s: %q, %v", action, role, err)
		}
	}
}

func TestStaffArePeople(t *testing.T) {
	t.Parallel()
	for i, r := range access.Staff {
		if r == "" || r == access.System || r == kernel.RoleOwner || slices.Index(access.Staff, r) != i {
			t.Errorf("%q is not one more role of a person", r)
		}
	}
	if len(access.Staff) != 11 {
		t.Errorf("%d roles", len(access.Staff))
	}
}

func TestGranted(t *testing.T) {
	t.Parallel()
	r := claims()
	roles, known := r.Granted("claim.Approve")
	if diff := cmp.Diff([]kernel.Role{access.Manager, access.Adjuster}, roles); diff != "" || !known {
		t.Error(diff)
	}
	roles[0] = access.Agent // a copy
	if _, err := r.Authorize(t.Context(), actor(access.Agent), "claim.Approve", access.Resource{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("changed from outside: %v", err)
	}
	if roles, known := r.Granted("claim.Purge"); len(roles) != 0 || !known {
		t.Errorf("granted to nobody: %v, %v", roles, known)
	}
	if roles, known := r.Granted("claim.Unheard"); len(roles) != 0 || known {
		t.Errorf("not granted: %v, %v", roles, known)
	}
}

func TestActionsAreSortedAndNamedOnce(t *testing.T) {
	t.Parallel()
	want := []string{"claim.Approve", "claim.Get", "claim.History", "claim.Lapse", "claim.Purge", "claim.Reopen", "claim.Report"}
	if diff := cmp.Diff(want, claims().Actions()); diff != "" {
		t.Error(diff)
	}
}

func TestTheTableIsItsOwn(t *testing.T) {
	t.Parallel()
	roles := []kernel.Role{access.Manager}
	seen := []kernel.Role{access.Cashier}
	grants := []access.Grant{{Action: "a", Roles: roles}, {Action: "a", Roles: []kernel.Role{access.Adjuster}}}
	fields := []access.Fields{{Kind: "k", Field: "f", Roles: seen}}
	r := access.NewRoles(grants, fields...)
	roles[0], seen[0], fields[0].Field, grants[0].Action = access.Agent, access.Agent, "g", "b"
	if got, _ := r.Granted("a"); !slices.Equal(got, []kernel.Role{access.Manager, access.Adjuster}) {
		t.Errorf("granted to %v", got)
	}
	if got := r.Masked(t.Context(), actor(access.Agent), "k"); !slices.Equal(got, []string{"f"}) {
		t.Errorf("masked: %v", got)
	}
}

func TestTheZeroTableAllowsTheOwnerAlone(t *testing.T) {
	t.Parallel()
	var r access.Roles
	if _, err := r.Authorize(t.Context(), actor(access.Staff...), "claim.Get", access.Resource{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Error(err)
	}
	if role, err := r.Authorize(t.Context(), kernel.Owner, "claim.Get", access.Resource{}); role != kernel.RoleOwner || err != nil {
		t.Error(role, err)
	}
	if got := r.Masked(t.Context(), actor(access.Agent), "customer"); got != nil {
		t.Errorf("masked: %v", got)
	}
}

func TestFieldsAreMaskedFromOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		actor kernel.Actor
		kind  string
		want  []string
	}{
		{actor(access.Underwriter), "customer", []string{"phone", "health"}},
		{actor(access.Agent), "customer", []string{"identity", "health"}}, // two lists of a field add up
		{actor(access.Adjuster), "customer", []string{"identity", "health"}},
		{actor(access.Agent, access.Underwriter), "customer", []string{"health"}},
		{actor(access.Manager), "customer", []string{"identity", "phone", "health"}},
		{actor(), "customer", []string{"identity", "phone", "health"}},
		{actor(access.Manager), "claim", []string{"account"}},
		{actor(access.Cashier), "claim", []string{"phone"}},
		{actor(access.Agent), "claim", []string{"account", "phone"}}, // another kind's phone
		{actor(access.Manager), "policy", nil},
		{kernel.Owner, "customer", nil},
		{kernel.Owner.System(), "customer", nil},
	} {
		if diff := cmp.Diff(c.want, claims().Masked(t.Context(), c.actor, c.kind)); diff != "" {
			t.Errorf("%s for %v: %s", c.kind, c.actor.Roles, diff)
		}
	}
}
