// Package access says who may do and see what, and up to which amount.
//
// An [Authorizer] sees the actor, the action and the resource. The built-in one,
// [Roles], grants actions to roles, shows rows by branch, and masks fields by role.
// An [Authority] gives the amounts up to which somebody decides. What nobody grants
// is refused.
package access
