package access

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/coverkit/crm/kernel"
)

// Grant allows an action to roles. Every exported command and query has one.
type Grant struct {
	Action string        // "claim.Approve"
	Roles  []kernel.Role // the owner may everything and is never listed
}

// Fields lists who sees a field of a kind in full. The owner and the system always
// do; others see it masked.
type Fields struct {
	Kind, Field string
	Roles       []kernel.Role
}

// Roles is the built-in authorizer: a table of grants. Its zero value allows nobody
// anything but the owner.
type Roles struct {
	grants map[string][]kernel.Role
	fields []Fields
}

// NewRoles makes an authorizer of grants. Two grants of the same action add up, and
// so do two lists of the same field.
func NewRoles(grants []Grant, fields ...Fields) *Roles {
	r := &Roles{grants: map[string][]kernel.Role{}}
	for _, g := range grants {
		r.grants[g.Action] = append(r.grants[g.Action], g.Roles...)
	}
	for _, f := range fields {
		same := func(o Fields) bool { return o.Kind == f.Kind && o.Field == f.Field }
		if i := slices.IndexFunc(r.fields, same); i >= 0 {
			r.fields[i].Roles = append(r.fields[i].Roles, f.Roles...)
		} else {
			r.fields = append(r.fields, Fields{f.Kind, f.Field, slices.Clone(f.Roles)})
		}
	}
	return r
}

// Granted returns the roles that may do the action, and whether it is known at all.
func (r *Roles) Granted(action string) ([]kernel.Role, bool) {
	roles, ok := r.grants[action]
	return slices.Clone(roles), ok
}

// Actions lists every action that has a grant, sorted by name.
func (r *Roles) Actions() []string { return slices.Sorted(maps.Keys(r.grants)) }

// Authorize implements [Authorizer]: the actor needs one of the action's roles, and
// must see the row's branch. So must an owner who has branches. The first of the
// actor's roles that will do is returned.
func (r *Roles) Authorize(_ context.Context, a kernel.Actor, action string, res Resource) (kernel.Role, error) {
	if !a.Sees(res.Branch) {
		return "", kernel.ErrNotFound
	}
	if a.Has(kernel.RoleOwner) {
		return kernel.RoleOwner, nil
	}
	for _, role := range a.Roles {
		if role != "" && slices.Contains(r.grants[action], role) {
			return role, nil
		}
	}
	return "", fmt.Errorf("%s: %w to this actor's roles", action, kernel.ErrForbidden)
}

// Masked implements [Authorizer].
func (r *Roles) Masked(_ context.Context, a kernel.Actor, kind string) []string {
	var masked []string
	for _, f := range r.fields {
		if f.Kind == kind && !a.Has(kernel.RoleOwner, System) && !a.Has(f.Roles...) {
			masked = append(masked, f.Field)
		}
	}
	return masked
}
