package storage

import "slices"

// Document is a field of kind [JSON] of a record as it will be stored.
type Document struct {
	Record Record
	Field  *Field
	JSON   []byte
	given  bool // by who writes the record
}

// Documented is a [Tx] that need not make documents anew which the guard had to make
// for a digest.
type Documented interface {
	// Made tells the documents of the records that are written next.
	Made(docs []Document)
}

// documents are those that were made in a unit and not written yet.
type documents []Document

func (d *documents) find(rec Record, f *Field) ([]byte, bool) {
	if d != nil {
		for i := range *d {
			if x := &(*d)[i]; x.Record == rec && x.Field == f {
				return x.JSON, true
			}
		}
	}
	return nil, false
}

func (d *documents) add(rec Record, f *Field, doc []byte) {
	if d != nil {
		*d = append(*d, Document{Record: rec, Field: f, JSON: doc})
	}
}

// drop forgets the documents of a record: all of them, or those that were made for a
// digest.
func (d *documents) drop(rec Record, all bool) {
	if len(*d) > 0 {
		*d = slices.DeleteFunc(*d, func(x Document) bool { return x.Record == rec && (all || !x.given) })
	}
}

// Document says what a JSON column of the record will be stored as, for who has made it
// already. It holds until the record is written; a digest and the write take it as it is.
func (t *GuardTx) Document(rec Record, f *Field, doc []byte) {
	t.made = append(t.made, Document{rec, f, doc, true})
}

// tell hands the documents of the records to the store.
func (t *GuardTx) tell() {
	if d, ok := t.tx.(Documented); ok && len(t.made) > 0 {
		d.Made(t.made)
	}
}
