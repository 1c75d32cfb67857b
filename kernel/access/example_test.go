package access_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// Roles grants actions to roles and shows rows by branch.
func ExampleRoles() {
	ctx := context.Background()
	roles := access.NewRoles([]access.Grant{
		{Action: "claim.Approve", Roles: []kernel.Role{access.Adjuster, access.Manager}},
	})
	li := kernel.Actor{ID: "u-17", Branches: []string{"sh"}, Roles: []kernel.Role{access.Adjuster}}

	role, err := roles.Authorize(ctx, li, "claim.Approve", access.Resource{Kind: "claim", Branch: "sh"})
	fmt.Println(role, err)
	_, err = roles.Authorize(ctx, li, "claim.Pay", access.Resource{Kind: "claim", Branch: "sh"})
	fmt.Println(err)
	_, err = roles.Authorize(ctx, li, "claim.Approve", access.Resource{Kind: "claim", Branch: "bj"})
	fmt.Println(err)
	// Output:
	// adjuster <nil>
	// claim.Pay: forbidden to this actor's roles
	// not found
}

// Fields that not everybody may read in full are masked for the others.
func ExampleRoles_Masked() {
	ctx := context.Background()
	roles := access.NewRoles(nil,
		access.Fields{Kind: "customer", Field: "identity", Roles: []kernel.Role{access.Underwriter}},
		access.Fields{Kind: "customer", Field: "phone", Roles: []kernel.Role{access.Agent, access.Underwriter}},
	)
	for _, r := range []kernel.Role{access.Agent, access.Underwriter, access.Auditor} {
		fmt.Println(r, roles.Masked(ctx, kernel.Actor{ID: "u-1", Roles: []kernel.Role{r}}, "customer"))
	}
	// Output:
	// agent [identity]
	// underwriter []
	// auditor [identity phone]
}

// The highest limit of the actor's roles counts.
func ExampleTable() {
	ctx := context.Background()
	limits := access.Table{
		{Role: access.Adjuster, What: "claim.approve", UpTo: decimal.NewFromInt(50_000)},
		{Role: access.Adjuster, What: "claim.approve", Line: kernel.Cargo, UpTo: decimal.NewFromInt(80_000)},
		{Role: access.Manager, What: "claim.approve", Unlimited: true},
	}
	adjuster := kernel.Actor{ID: "u-17", Roles: []kernel.Role{access.Adjuster}}
	manager := kernel.Actor{ID: "u-2", Roles: []kernel.Role{access.Adjuster, access.Manager}}
	loss := access.Decision{What: "claim.approve", Line: kernel.Motor, Currency: kernel.CNY, Amount: decimal.NewFromInt(60_000)}

	err := limits.Within(ctx, adjuster, loss)
	fmt.Println(errors.Is(err, kernel.ErrForbidden), err)
	fmt.Println(limits.Within(ctx, manager, loss))
	loss.Line = kernel.Cargo
	fmt.Println(limits.Within(ctx, adjuster, loss))
	// Output:
	// true claim.approve: above the authority of 50000 CNY: forbidden
	// <nil>
	// <nil>
}

// A host that asks its own directory wraps the built-in table.
func ExampleAuthorizer() {
	ctx := context.Background()
	var auth access.Authorizer = onCall{access.NewRoles(nil), "u-17"}
	for _, id := range []string{"u-17", "u-18"} {
		role, err := auth.Authorize(ctx, kernel.Actor{ID: id}, "claim.Report", access.Resource{Kind: "claim"})
		fmt.Println(id, role, err)
	}
	// Output:
	// u-17 night_shift <nil>
	// u-18  claim.Report: forbidden to this actor's roles
}

// onCall lets one person report claims whatever the roles say.
type onCall struct {
	access.Authorizer
	person string
}

func (o onCall) Authorize(ctx context.Context, a kernel.Actor, action string, r access.Resource) (kernel.Role, error) {
	if a.ID == o.person && action == "claim.Report" {
		return "night_shift", nil
	}
	return o.Authorizer.Authorize(ctx, a, action, r)
}
