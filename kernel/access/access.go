package access

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// The roles that come with the library. A host may add its own.
const (
	Agent            kernel.Role = "agent"             // 代理人: sells and serves
	Underwriter      kernel.Role = "underwriter"       // 核保人
	Adjuster         kernel.Role = "adjuster"          // 理赔员
	ComplaintHandler kernel.Role = "complaint_handler" // 投诉处理员
	Adviser          kernel.Role = "adviser"           // 保险顾问
	ProductManager   kernel.Role = "product_manager"   // 产品经理
	Cashier          kernel.Role = "cashier"           // 出纳
	Archivist        kernel.Role = "archivist"         // 档案管理员
	Manager          kernel.Role = "manager"           // 主管
	Auditor          kernel.Role = "auditor"           // 审计员: only reads
	PrivacyOfficer   kernel.Role = "privacy_officer"   // 个人信息保护负责人
	System           kernel.Role = kernel.RoleSystem   // the library itself
)

// Staff is every role that a person may have.
var Staff = []kernel.Role{Agent, Underwriter, Adjuster, ComplaintHandler, Adviser, ProductManager, Cashier, Archivist, Manager, Auditor, PrivacyOfficer}

// Resource is what an action is done to. Kind alone is set for questions that
// concern no single record.
type Resource struct {
	Kind   string
	ID     kernel.ID
	Branch string
}

// Authorizer decides whether an actor may do an action to a resource. Implement it
// to plug in a host's own system.
type Authorizer interface {
	// Authorize returns the role that allows the action, for the journal, or an error
	// that is [kernel.ErrForbidden]. A row of a branch that the actor does not see is
	// [kernel.ErrNotFound].
	Authorize(ctx context.Context, a kernel.Actor, action string, r Resource) (kernel.Role, error)
	// Masked returns the fields of the kind that the actor sees masked.
	Masked(ctx context.Context, a kernel.Actor, kind string) []string
}

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
		if slices.Contains(r.grants[action], role) {
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

// Decision is something that may be decided up to an amount.
type Decision struct {
	What     string // "claim.approve", "claim.refuse", "underwriting"
	Line     kernel.Line
	Currency kernel.Currency // empty: CNY
	Amount   decimal.Decimal // its sign does not count: to take back is to decide as much
}

// Authority says up to which amount an actor decides. Implement it to ask a host's
// own system.
type Authority interface {
	// Within returns nil when the decision lies within the actor's authority, else an
	// error that is [kernel.ErrForbidden] and says the limit.
	Within(ctx context.Context, a kernel.Actor, d Decision) error
}

// Limit is a line of an authority table: what a role decides.
type Limit struct {
	Role      kernel.Role
	What      string
	Line      kernel.Line     // empty: every line
	Currency  kernel.Currency // empty: CNY
	UpTo      decimal.Decimal // inclusive
	Unlimited bool
}

// Table is the built-in [Authority]: the highest limit of the actor's roles counts,
// also where another line of the table is nearer to the decision. The owner and the
// system are unlimited; who has no line decides nothing.
type Table []Limit

// Within implements [Authority].
func (t Table) Within(_ context.Context, a kernel.Actor, d Decision) error {
	if a.Has(kernel.RoleOwner, System) {
		return nil
	}
	if kernel.FitsAmount(d.Amount) != nil {
		return fmt.Errorf("%s: not an amount: %w", d.What, kernel.ErrForbidden)
	}
	best, found := decimal.Zero, false
	for _, l := range t {
		if !a.Has(l.Role) || !l.covers(d) {
			continue
		}
		if l.Unlimited {
			return nil
		}
		if !found || l.UpTo.GreaterThan(best) {
			best, found = l.UpTo, true
		}
	}
	switch {
	case !found:
		return fmt.Errorf("%s: no authority: %w", d.What, kernel.ErrForbidden)
	case d.Amount.Abs().GreaterThan(best):
		return fmt.Errorf("%s: above the authority of %s %s: %w", d.What, best, d.Currency.Or(kernel.CNY), kernel.ErrForbidden)
	}
	return nil
}

func (l Limit) covers(d Decision) bool {
	return l.What == d.What && (l.Line == "" || l.Line == d.Line) && l.Currency.Or(kernel.CNY) == d.Currency.Or(kernel.CNY)
}
