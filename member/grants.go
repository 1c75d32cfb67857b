package member

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// Who does what in this room.
var (
	readers   = append([]kernel.Role{access.System}, access.Staff...)
	managers  = []kernel.Role{access.Manager}
	designers = []kernel.Role{access.ProductManager, access.Manager}
	servants  = []kernel.Role{access.Agent, access.Adviser, access.Manager} // who serve members
	machines  = []kernel.Role{access.System, access.Manager}                // what programs do by the day
)

// grant allows several actions of a kind to the same roles.
func grant(kind string, roles []kernel.Role, actions ...string) []access.Grant {
	var out []access.Grant
	for _, a := range actions {
		out = append(out, access.Grant{Action: kind + "." + a, Roles: roles})
	}
	return out
}
