package kernel

import (
	"context"
	"fmt"
	"slices"
)

// Role names what a person does at the insurer; package access lists the roles
// that come with the library, and a host may add its own.
type Role string

// RoleOwner may do everything. It is for programs, tests and set-up, not for people.
const RoleOwner Role = "owner"

// RoleSystem is the library itself: reactions and sweeps act in it.
const RoleSystem Role = "system"

// Actor is who gives a command or asks a question. It rides in the context;
// without one every command and query is refused with [ErrForbidden].
type Actor struct {
	ID       string   // staff or program; 1 to 64 bytes
	Tenant   string   // the insurer, where one database serves several; empty is a tenant like any other
	Branches []string // whose rows the actor sees; empty means all branches of the tenant
	Roles    []Role
	OnBehalf string // for the system: whose command it reacts to
}

// Owner may do everything in the tenant "". It is what programs and tests act as.
var Owner = Actor{ID: "owner", Roles: []Role{RoleOwner}}

// Has reports whether the actor acts in one of the roles.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// Sees reports whether rows of the branch are the actor's to see. Rows without a
// branch are everybody's.
func (a Actor) Sees(branch string) bool {
	return branch == "" || len(a.Branches) == 0 || slices.Contains(a.Branches, branch)
}

// System returns the library itself, acting on behalf of a: in the same tenant, in
// all its branches. Of a chain of reactions the first actor stays named.
func (a Actor) System() Actor {
	behalf := a.OnBehalf
	if behalf == "" {
		behalf = a.ID
	}
	return Actor{ID: "system", Tenant: a.Tenant, Roles: []Role{RoleSystem}, OnBehalf: behalf}
}

type actorKey struct{}

// WithActor returns a context in which a acts.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns who acts in ctx. It is [ErrForbidden] when nobody does, and when
// a name of the actor could not be written into the journal: longer than [MaxRef]
// bytes, not UTF-8, or with control characters.
func ActorFrom(ctx context.Context) (Actor, error) {
	a, ok := ctx.Value(actorKey{}).(Actor)
	if !ok || a.ID == "" {
		return Actor{}, fmt.Errorf("no actor in the context: %w", ErrForbidden)
	}
	for _, name := range [...]string{a.ID, a.Tenant, a.OnBehalf} {
		if name != "" && !usable(name) {
			return Actor{}, fmt.Errorf("actor or tenant is not 1 to %d bytes of text: %w", MaxRef, ErrForbidden)
		}
	}
	return a, nil
}
