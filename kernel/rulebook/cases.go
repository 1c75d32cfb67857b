package rulebook

import "slices"

// Cases returns the kinds of cases whose clocks [Book.Answer] could move when the event
// happens to a subject of the kind, or the state is entered.
func (b *Book) Cases(kind, event, to string) []string {
	var kinds []string
	for _, hooks := range [][]hook{b.hooks[key{kind, event, false}], b.hooks[key{kind, to, true}]} {
		for i := range hooks {
			if c := hooks[i].clock.Case; !slices.Contains(kinds, c) {
				kinds = append(kinds, c)
			}
		}
	}
	return kinds
}
