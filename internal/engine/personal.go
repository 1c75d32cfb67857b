package engine

import (
	"encoding/json"
	"reflect"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// snapshot is a subject as it was loaded, kept to tell which personal fields a
// command changed.
type snapshot struct {
	root   command.Root
	schema *storage.Schema
}

func personal(root command.Root) (*snapshot, error) {
	sc, err := storage.SchemaOf(reflect.TypeOf(root))
	if err != nil || !sc.Personal() {
		return nil, err
	}
	before := sc.Borrow().(command.Root)
	reflect.ValueOf(before).Elem().Set(reflect.ValueOf(root).Elem())
	return &snapshot{before, sc}, nil
}

// done gives back what the snapshot borrowed.
func (s *snapshot) done() {
	if s != nil {
		s.schema.Return(s.root)
	}
}

// same reports that no personal column was touched. Most commands touch none, and so
// open nothing: the person's data may even have been erased.
func (s *snapshot) same(root command.Root) bool {
	was, is := reflect.ValueOf(s.root).Elem(), reflect.ValueOf(root).Elem()
	for _, f := range s.schema.Fields {
		if f.Personal && !equal(f, was.FieldByIndex(f.Index), is.FieldByIndex(f.Index)) {
			return false
		}
	}
	return true
}

func equal(f *storage.Field, a, b reflect.Value) bool {
	switch {
	case f.Kind == storage.Sealed:
		return *a.Addr().Interface().(*privacy.Secret) == *b.Addr().Interface().(*privacy.Secret)
	case f.Type.Comparable():
		return a.Equal(b)
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

type change struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// changes returns, as JSON to be sealed, the personal fields that differ from the
// snapshot with both values; "" when none does.
func (s *snapshot) changes(tx *storage.GuardTx, root command.Root) (string, error) {
	if s == nil || s.same(root) {
		return "", nil
	}
	was, err := tx.Personal(s.root)
	if err != nil {
		return "", err
	}
	is, err := tx.Personal(root)
	if err != nil {
		return "", err
	}
	diff := map[string]change{}
	for col, v := range is {
		if was[col] != v {
			diff[col] = change{was[col], v}
		}
	}
	for col, v := range was {
		if _, ok := is[col]; !ok {
			diff[col] = change{Before: v}
		}
	}
	if len(diff) == 0 {
		return "", nil
	}
	doc, err := json.Marshal(diff)
	return string(doc), err
}
