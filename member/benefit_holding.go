package member

import (
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// holding is what benefits see of an active membership.
type holding struct {
	member   kernel.ID
	customer kernel.Ref
	program  kernel.ID
	tier     string
	since    kernel.Date
	branch   string
}

func (m *Member) holding() holding {
	return holding{m.ID, m.Customer, m.ProgramID, m.Tier, m.JoinedOn, m.Branch}
}

// gives reports whether the membership gives benefits on a day: it is active and has not
// run out.
func (m *Member) gives(on kernel.Date) bool {
	return m.State == Active && (m.ExpiresOn == 0 || on < m.ExpiresOn)
}

// holdings returns a customer's memberships that give benefits on a day, the oldest first.
func holdings(u *command.Unit, on kernel.Date, customer kernel.Ref) ([]holding, error) {
	q := activeOf(customer)
	q.Where = append(u.Branches(), q.Where...)
	found, err := storage.Find[Member](u, q)
	found = slices.DeleteFunc(found, func(m Member) bool { return !m.gives(on) })
	out := make([]holding, len(found))
	for i := range found {
		out[i] = found[i].holding()
	}
	return out, err
}

// Ahead is what the library looks at first to tell a customer of benefits, for a command
// that is about to lead to that: then it comes along with what the command itself reads.
func Ahead(customer kernel.Ref) []storage.Read {
	return []storage.Read{storage.Where(new([]Member), activeOf(customer)).Kept()}
}

func activeOf(customer kernel.Ref) storage.Query {
	return storage.Query{Where: []storage.Cond{colCustomer.Eq(customer), colState.Eq(Active)}}
}
