package reveal

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// tables is what can be opened of a kind of subject.
type tables struct {
	journal.Subjects
	own   bool // the subject's own table has sealed columns
	parts []Part
}

// tablesOf finds a kind's tables with sealed columns.
func tablesOf(all []journal.Subjects, kind string) (tables, error) {
	i := slices.IndexFunc(all, func(s journal.Subjects) bool { return s.Kind == kind })
	if i < 0 {
		return tables{}, fmt.Errorf("reveal: no tables of %s are known", kind)
	}
	t := tables{Subjects: all[i]}
	var err error
	if t.own, err = sealed(t.Root); t.own {
		t.parts = append(t.parts, PartOf(t.Root))
	}
	for _, part := range t.Parts {
		has, e := sealed(part.Record)
		if has {
			t.parts = append(t.parts, PartOf(part.Record))
		}
		if err == nil {
			err = e
		}
	}
	t.parts = append(t.parts, History)
	return t, err
}

func sealed(rec storage.Record) (bool, error) {
	sc, err := storage.SchemaOf(reflect.TypeOf(rec))
	return err == nil && slices.ContainsFunc(sc.Fields, func(f *storage.Field) bool { return f.Kind == storage.Sealed }), err
}

// Parts returns what can be opened of a kind of subject, its own columns first where they
// hold anything sealed; nil for a kind without tables.
func Parts(all []journal.Subjects, kind string) []Part {
	t, _ := tablesOf(all, kind)
	return t.parts
}

// root loads the subject.
func (t *tables) root(u *command.Unit, id kernel.ID) (command.Root, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	root, ok := reflect.New(reflect.TypeOf(t.Root).Elem()).Interface().(command.Root)
	if !ok {
		return nil, fmt.Errorf("reveal: %s is no subject", t.Kind)
	}
	return root, u.Load(storage.ByID(root, id))
}

// records loads the rows of the parts that are named.
func (t *tables) records(u *command.Unit, root command.Root, parts []Part) ([]storage.Record, error) {
	var out []storage.Record
	if slices.Contains(parts, PartOf(t.Root)) {
		out = append(out, root)
	}
	id := root.Base().ID
	for _, part := range t.Parts {
		if !slices.Contains(parts, PartOf(part.Record)) {
			continue
		}
		rows := reflect.New(reflect.SliceOf(reflect.TypeOf(part.Record).Elem()))
		q := storage.Query{
			Where: []storage.Cond{storage.Col[kernel.ID](part.Owner).Eq(id)}, Order: []storage.Order{storage.ColCreated.Asc()},
		}
		if err := u.Load(storage.Read{Dst: rows.Interface(), Query: &q}); err != nil {
			return nil, err
		}
		for i := range rows.Elem().Len() {
			out = append(out, rows.Elem().Index(i).Addr().Interface().(storage.Record))
		}
	}
	if slices.Contains(parts, History) {
		entries, err := journal.History(u, t.Kind, id)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			out = append(out, &entries[i])
		}
	}
	return out, nil
}
