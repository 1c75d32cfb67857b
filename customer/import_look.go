package customer

import (
	"bytes"
	"slices"
	"strings"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// arrivals are the rows of one unit of work.
type arrivals struct {
	*command.Unit
	*command.Batch[Adoption, arrival]
}

// check checks the form of a row and works out by what it would be found.
func (l *arrivals) check(i int, today kernel.Date) error {
	in, w, f := &l.In[i], &l.Work[i], l.Fault(i)
	*w = arrival{id: kernel.NewID()}
	in.check(f, today)
	w.checked, w.facts = in.Registration.check(f, today)
	if f.Err() != nil {
		return nil
	}
	l.Stranger(w.id.Ref())
	var c Customer
	err := index(l.Unit, &c, w.facts)
	w.identity, w.twin = c.IdentityIndex, c.TwinIndex
	if err == nil {
		w.contacts = newContactSet(nil)
		err = w.contacts.add(l.Unit, &c, w.checked.Contacts)
	}
	return err
}

// look asks for all rows at once whether they are customers already, and then takes their
// numbers. What a row has in common with one further up in the file counts as much.
func (l *arrivals) look(numbers number.Numberer) error {
	docs, twins, phones := found{}, found{}, reached{}
	var ids, alike, lines [][]byte
	for i := range l.New() {
		w := &l.Work[i]
		if w.identity != nil && !l.Trusted() {
			ids = append(ids, w.identity)
		}
		if w.twin != nil {
			alike = append(alike, w.twin)
		}
		lines = append(lines, w.phones()...)
	}
	if err := docs.holders(l.Unit, colIdentity, ids, func(c *Customer) []byte { return c.IdentityIndex }); err != nil {
		return err
	}
	if err := twins.holders(l.Unit, colTwin, alike, func(c *Customer) []byte { return c.TwinIndex }); err != nil {
		return err
	}
	if err := phones.ask(l.Unit, lines); err != nil {
		return err
	}
	taken, err := l.taken()
	if err != nil {
		return err
	}
	for i := range l.New() {
		w, f := &l.Work[i], l.Fault(i)
		w.likely = l.alike(w, twins, phones)
		if have := docs[string(w.identity)]; w.identity != nil && len(have) > 0 {
			f.Add("document.number", "duplicate", "this document has an archive: %v", few(have))
		} else if len(w.likely) > 0 && !l.In[i].AcceptDuplicate {
			f.Add("", "likely", "likely the same customer as %v", w.likely)
		}
		if no := l.In[i].Number; no != "" && taken[no] {
			f.Add("number", "duplicate", "another archive has this number")
		} else if no != "" {
			taken[no] = true
		}
		if f.Err() != nil {
			continue
		}
		docs.add(w.identity, w.id)
		twins.add(w.twin, w.id)
		for _, idx := range w.phones() {
			phones.add(idx, w.id)
		}
	}
	return l.numbered(numbers)
}

// alike returns what [likely] does.
func (l *arrivals) alike(w *arrival, twins found, phones reached) []kernel.ID {
	ids := few(twins[string(w.twin)])
	if w.twin == nil {
		ids = nil
	}
	var more []kernel.ID
	for _, id := range phones.owners(w.phones()) {
		if !slices.Contains(ids, id) && !slices.Contains(more, id) {
			more = append(more, id)
		}
	}
	return few(append(slices.Clone(ids), more...))
}

// phones returns the indexes of the row's phone numbers.
func (w *arrival) phones() [][]byte {
	var list [][]byte
	for i := range w.contacts.rows {
		if x := &w.contacts.rows[i]; x.Kind == Phone {
			list = append(list, x.ValueIndex)
		}
	}
	return list
}

// taken returns the numbers of the file that archives have.
func (l *arrivals) taken() (map[string]bool, error) {
	var given []string
	for i := range l.New() {
		if no := l.In[i].Number; no != "" && !l.Trusted() {
			given = append(given, no)
		}
	}
	have, err := command.Ask[Customer](l.Unit, colNumber, given)
	taken := make(map[string]bool, len(given))
	for i := range have {
		taken[have[i].Number] = true
	}
	return taken, err
}

// found are archives by what they were looked for.
type found map[string][]kernel.ID

func (m found) add(key []byte, id kernel.ID) {
	if key != nil && !slices.Contains(m[string(key)], id) {
		m[string(key)] = append(m[string(key)], id)
	}
}

// holders finds archives by an index, each merged one as the one that goes on in its place.
func (m found) holders(u *command.Unit, by storage.Col[[]byte], keys [][]byte, key func(*Customer) []byte) error {
	have, err := command.Ask[Customer](u, by, keys)
	if err != nil {
		return err
	}
	for i := range have {
		c, err := survivor(u, &have[i])
		if err != nil {
			return err
		}
		m.add(key(&have[i]), c.ID)
	}
	return nil
}

// reached are the contacts in use by their index, the oldest first.
type reached map[string][]line

type line struct {
	contact kernel.ID
	owner   kernel.ID
}

func (m reached) add(idx []byte, owner kernel.ID) {
	m[string(idx)] = append(m[string(idx)], line{kernel.NewID(), owner})
}

func (m reached) ask(u *command.Unit, keys [][]byte) error {
	have, err := command.Ask[Contact](u, colValueIndex, keys, colEnded.Null())
	if err != nil || len(have) == 0 {
		return err
	}
	owners := make([]kernel.ID, 0, len(have))
	for i := range have {
		owners = append(owners, have[i].CustomerID)
	}
	archives, err := command.Ask[Customer](u, storage.ColID, owners)
	if err != nil {
		return err
	}
	goes := make(map[kernel.ID]kernel.ID, len(archives))
	for i := range archives {
		c, err := survivor(u, &archives[i])
		if err != nil {
			return err
		}
		goes[archives[i].ID] = c.ID
	}
	for i := range have {
		x := &have[i]
		m[string(x.ValueIndex)] = append(m[string(x.ValueIndex)], line{x.ID, goes[x.CustomerID]})
	}
	return nil
}

// owners returns whose one of the numbers is, as [reachedBy] does.
func (m reached) owners(keys [][]byte) []kernel.ID {
	var lines []line
	for i, k := range keys {
		if !slices.ContainsFunc(keys[:i], func(x []byte) bool { return bytes.Equal(x, k) }) {
			lines = append(lines, m[string(k)]...)
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(string(a.contact), string(b.contact)) })
	ids := make([]kernel.ID, 0, len(lines))
	for _, x := range lines[:min(len(lines), maxCandidates)] {
		ids = append(ids, x.owner)
	}
	return ids
}
