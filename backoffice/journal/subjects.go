package journal

import "github.com/coverkit/crm/storage"

// Subjects tells [Verify] which tables hold a kind of subject and what belongs to it.
type Subjects struct {
	Kind  string            // "claim"
	Root  storage.Versioned // an empty record of the subject's own table
	Parts []Part
}

// Part is a table of rows that belong to a subject: lines, documents, terms. They are
// written only by the subject's commands and digested in its entries. Several kinds of
// subject may keep rows in one table.
type Part struct {
	Record storage.Versioned // an empty record
	Owner  string            // the column that holds the subject's key
}

// tables returns the subject's own table and those of its parts.
func (s Subjects) tables() []Part {
	return append([]Part{{Record: s.Root, Owner: string(storage.ColID)}}, s.Parts...)
}
