package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// grants writes what each role may do and see.
func grants() string {
	var b strings.Builder
	roles, last := crm.Roles(), ""
	for _, action := range roles.Actions() {
		kind, name, _ := strings.Cut(action, ".")
		if kind != last {
			fmt.Fprintf(&b, "\n## %s\n\n| action | who |\n|---|---|\n", kind)
			last = kind
		}
		who, _ := roles.Granted(action)
		row(&b, code(name), people(who))
	}
	b.WriteString("\n## Masked fields\n\n| field | seen in full by |\n|---|---|\n")
	for _, kind := range kinds(roles) {
		for _, field := range roles.Masked(context.Background(), kernel.Actor{}, kind) {
			var who []kernel.Role
			for _, r := range access.Staff {
				if !slices.Contains(roles.Masked(context.Background(), kernel.Actor{Roles: []kernel.Role{r}}, kind), field) {
					who = append(who, r)
				}
			}
			row(&b, code(kind+"."+field), people(append(who, access.System)))
		}
	}
	return b.String()
}

// kinds lists what actions are done to.
func kinds(r *access.Roles) []string {
	var out []string
	for _, action := range r.Actions() {
		kind, _, _ := strings.Cut(action, ".")
		out = append(out, kind)
	}
	return slices.Compact(out)
}

// people lists roles in the library's order, all staff in two words.
func people(roles []kernel.Role) string {
	var out []string
	staff := true
	for _, r := range access.Staff {
		staff = staff && slices.Contains(roles, r)
	}
	if staff {
		out = append(out, "all staff")
	}
	known := append(slices.Clone(access.Staff), access.System)
	for _, r := range known {
		if slices.Contains(roles, r) && (!staff || r == access.System) {
			out = append(out, code(string(r)))
		}
	}
	for _, r := range roles {
		if !slices.Contains(known, r) {
			out = append(out, code(string(r)))
		}
	}
	if len(out) == 0 {
		return "the owner alone"
	}
	return strings.Join(out, ", ")
}
