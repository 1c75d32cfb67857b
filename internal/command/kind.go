package command

import (
	"maps"
	"slices"

	"github.com/coverkit/crm/kernel"
)

// Case names a subject of any kind.
type Case struct {
	Kind string
	ID   kernel.ID
}

// Concerned is a subject that is about cases of other kinds: a visit about a claim, a
// payment of a policy. What happens to it may meet their deadlines.
type Concerned interface{ Concerns() []Case }

// Kind is what is known of a kind of subject without its types. [KindOf] makes it.
type Kind interface {
	Name() string
	New() Root                   // an empty record
	Status(Root) string          // the state of a record that New made
	Events() []string            //
	HasEvent(name string) bool   //
	HasState(name string) bool   //
	Leads(event string) []string // the states in which an event may leave a subject
	Ends(state string) bool      // nothing more is to be done there
}

type kind[T any, S, E ~string, P Subject[T, S]] struct {
	*Life[T, S, E]
	leads map[string][]string
}

// KindOf returns what is known of the life's subjects.
func KindOf[T any, S, E ~string, P Subject[T, S]](l *Life[T, S, E]) Kind {
	k := kind[T, S, E, P]{l, map[string][]string{}}
	every := l.Machine.States()
	for _, row := range l.Machine.Rows() {
		to := []S{row.To}
		switch {
		case row.AnyState:
			to = every
		case row.IsNote():
			to = row.From
			if row.AnyOpen {
				to = every
			}
		}
		for _, s := range to {
			if !slices.Contains(k.leads[string(row.Event)], string(s)) {
				k.leads[string(row.Event)] = append(k.leads[string(row.Event)], string(s))
			}
		}
	}
	return k
}

func (k kind[T, S, E, P]) Name() string                { return k.Kind }
func (k kind[T, S, E, P]) New() Root                   { return P(new(T)) }
func (k kind[T, S, E, P]) Status(r Root) string        { return string(*r.(P).Status()) }
func (k kind[T, S, E, P]) HasEvent(name string) bool   { return k.leads[name] != nil }
func (k kind[T, S, E, P]) Events() []string            { return slices.Sorted(maps.Keys(k.leads)) }
func (k kind[T, S, E, P]) HasState(name string) bool   { return k.Machine.Class(S(name)) != 0 }
func (k kind[T, S, E, P]) Leads(event string) []string { return k.leads[event] }
func (k kind[T, S, E, P]) Ends(state string) bool {
	return k.HasState(state) && !k.Machine.Class(S(state)).Live()
}
