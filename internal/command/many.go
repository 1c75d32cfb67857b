package command

import (
	"context"
	"errors"
	"iter"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Many is the first command of many new subjects of one kind, in one unit of work: all of
// them begin, or none. Each has a journal entry, an idempotency key and a chain of its
// own. What the rows need to know is asked for all of them together. Rows are numbered
// from 0 within the unit. [Import] makes it.
//
// No reaction follows: what came of a case that is brought in, came of it elsewhere. For the
// same reason no task is opened for one that is over.
type Many struct {
	Kind    string
	Event   string
	Key     func(i int) string                                        // of the row
	Input   func(i int) any                                           // points to what is digested for the key
	Check   func(i int, f *kernel.FieldErrors)                        // faults of the row, before anything is read
	Prepare func(ctx context.Context, rows *Rows) error               // asks neighbours and hosts, before the transaction; may be nil
	Look    func(u *Unit, rows *Rows) error                           // what the new rows need to know; may be nil
	Build   func(u *Unit, i int) (Root, error)                        // the record; a fault of the row, or an error that ends the unit
	Move    func(ctx context.Context, u *Unit, i int) (string, error) // sets the first state
	Over    func(state string) bool                                   // nothing more is to be done there; may be nil
	Apply   func(u *Unit, i int) error                                // writes that need the record's key; may be nil
}

// Action is the command's name for access and journal: "claim.Import".
func (m *Many) Action() string { return m.Kind + "." + m.Event }

// Rows are the rows of a unit and what becomes of them.
type Rows struct {
	first   int // place of the first in the file
	trusted bool
	rows    []outcome
	refused *kernel.FieldErrors
}

type outcome struct {
	form, ahead, found kernel.FieldErrors // of the row, by Check, by Prepare, and in the unit of work
	again              bool
	id                 kernel.ID
}

// NewRows returns n rows, the first of which has that place in the file.
func NewRows(first, n int) *Rows { return &Rows{first: first, rows: make([]outcome, n)} }

// Len returns how many rows there are.
func (r *Rows) Len() int { return len(r.rows) }

// Form, Ahead and Fault take what is wrong with a row: with its form, by what neighbours
// said beforehand, and by what is found in the unit of work.
func (r *Rows) Form(i int) *kernel.FieldErrors  { return &r.rows[i].form }
func (r *Rows) Ahead(i int) *kernel.FieldErrors { return &r.rows[i].ahead }
func (r *Rows) Fault(i int) *kernel.FieldErrors { return &r.rows[i].found }

// New yields the rows that are to be stored: nothing is wrong with them so far, and no
// earlier run has stored them.
func (r *Rows) New() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range r.rows {
			if o := &r.rows[i]; !o.again && !o.bad() && !yield(i) {
				return
			}
		}
	}
}

func (o *outcome) bad() bool {
	return len(o.form.Faults)+len(o.found.Faults) > 0 || !o.again && len(o.ahead.Faults) > 0
}

// Trusted reports that the rows are taken to be new. What a unique index refuses need not be
// looked up then: the unit is run again, and does look, when it cannot be stored.
func (r *Rows) Trusted() bool { return r.trusted }

// Restart forgets what was found in a unit of work that is run anew.
func (r *Rows) Restart(trusted bool) {
	r.trusted = trusted
	for i := range r.rows {
		o := &r.rows[i]
		o.found, o.again, o.id = kernel.FieldErrors{}, false, ""
	}
}

// Stored notes the record of a row; again says that an earlier run had stored it.
func (r *Rows) Stored(i int, id kernel.ID, again bool) {
	r.rows[i].id, r.rows[i].again = id, again
}

// Outcome returns the record of a row, and whether an earlier run had stored it.
func (r *Rows) Outcome(i int) (id kernel.ID, again bool) { return r.rows[i].id, r.rows[i].again }

// Err returns every fault of every row, or nil.
func (r *Rows) Err() error {
	var all kernel.FieldErrors
	for i := range r.rows {
		o := &r.rows[i]
		if !o.bad() {
			continue
		}
		at := all.Index("rows", r.first+i)
		for _, f := range []*kernel.FieldErrors{&o.form, &o.ahead, &o.found} {
			at.Merge("", f.Err())
		}
	}
	if all.Err() == nil {
		return nil
	}
	r.refused = &all
	return r.refused
}

// Refused reports whether the error says that rows were refused, and returns their faults.
func (r *Rows) Refused(err error) (*kernel.FieldErrors, bool) {
	return r.refused, r.refused != nil && errors.Is(err, r.refused)
}

// Refuse makes an error a fault of the row, where it is one: the others end the unit.
func (r *Rows) Refuse(i int, err error) error {
	f := r.Fault(i)
	var (
		row *storage.DuplicateRow
		dup *kernel.DuplicateError
	)
	switch {
	case err == nil, errors.As(err, &row), errors.Is(err, storage.ErrRetry):
		return err
	case errors.As(err, &dup) && len(dup.Candidates) > 0:
		code := "likely"
		if dup.Certain {
			code = "duplicate"
		}
		f.Add("", code, "%s: %v", dup, dup.Candidates)
	case errors.Is(err, kernel.ErrInvalid):
		f.Merge("", err)
	case errors.Is(err, kernel.ErrDuplicate):
		f.Add("", "duplicate", "%s", err)
	case errors.Is(err, kernel.ErrForbidden):
		f.Add("", "forbidden", "%s", kernel.ErrForbidden)
	case errors.Is(err, kernel.ErrNotFound):
		f.Add("", "not_found", "%s", err)
	case errors.Is(err, kernel.ErrState):
		f.Add("", "state", "%s", err)
	case errors.Is(err, storage.ErrErased):
		f.Add("", "erased", "%s", storage.ErrErased)
	default:
		return err
	}
	return nil
}
