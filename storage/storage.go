package storage

import (
	"context"
	"errors"

	"github.com/coverkit/crm/kernel"
)

// Store runs units of work. An error or a panic of fn undoes the unit; a panic
// goes on to the caller. fn runs once for each call, in the caller's goroutine,
// and must not use its Tx after it has returned, nor open another unit on the
// same store meanwhile. Sort order and prefixes go by code points on every store.
type Store interface {
	// View gives fn one consistent snapshot. Writes are refused with [ErrReadOnly].
	View(ctx context.Context, fn func(Tx) error) error
	// Update does all that fn wrote, or nothing. [ErrRetry] says that the database
	// gave way to another unit and that this one may be run again.
	Update(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work. It sees its own writes. What is written is what the
// record holds when the write is called. A store may hold writes back and send
// them with the next Load or at the end: then [kernel.ErrDuplicate] and
// [kernel.ErrConflict] come from there, so look before you insert. After any error
// of a write the unit fails as a whole, whatever fn returns. A value that no store
// could keep is [kernel.ErrInvalid]: an amount that does not fit, text that is not
// UTF-8 or holds a NUL; a plain secret is [privacy.ErrNotSealed]. Times are cut to
// microseconds.
type Tx interface {
	// Load does several reads, in one round trip where the store can. A missing
	// record is [kernel.ErrNotFound] unless the read is optional.
	Load(reads ...Read) error
	// Insert adds rows. Version becomes 1; an automatic key is filled in. A row that
	// repeats a key or a unique index is a [DuplicateRow].
	Insert(recs ...Record) error
	// Save changes rows that still have the Version and Tenant of the record, and
	// raises the Version: otherwise [kernel.ErrConflict].
	Save(recs ...Versioned) error
	// Delete removes rows by key (and Version and Tenant, where the record has them),
	// for retention and erasure only; a missing row is [kernel.ErrConflict].
	Delete(recs ...Record) error
	// Tally counts and sums the rows of the query by groups of columns, ordered by
	// group. of is a nil or empty record of the table; Order, After and Limit of
	// the query are not used.
	Tally(of Record, q Query, by []string, measures ...Measure) ([]Row, error)
}

// Record is a pointer to a struct with gorm tags.
type Record interface{ TableName() string }

// Versioned is a record that may change: it embeds [kernel.Meta].
type Versioned interface {
	Record
	Base() *kernel.Meta
}

// Read is one read of a Load: the record with a key, or all that a query finds.
type Read struct {
	Dst      any       // a Record when read by ID, else a pointer to a slice of structs
	ID       kernel.ID // key of the record
	Query    *Query    // nil: read by ID
	Lock     bool      // keep others from changing what is read until the unit ends; nothing in a View
	Held     bool      // nobody else changes what is read, since this unit has locked the subject that it belongs to
	Optional bool      // by ID: a missing record leaves Dst as it is, which is no error
	Keep     bool      // of a query: see [Read.Kept]; stores need not look at it
}

// ByID reads the record with the key into dst.
func ByID(dst Record, id kernel.ID) Read { return Read{Dst: dst, ID: id} }

// Where reads what the query finds into dst, which it replaces.
func Where[T any](dst *[]T, q Query) Read { return Read{Dst: dst, Query: &q, Lock: q.Lock} }

// Locked is the same read with Lock.
func (r Read) Locked() Read { r.Lock = true; return r }

// Measure is something to sum; counting comes for free.
type Measure struct{ Column string }

// Sum adds up an amount or integer column. The sum of no rows is zero.
func Sum(column string) Measure { return Measure{column} }

// Row is one group of a Tally: the values of the group's columns as the records
// hold them, how many rows, and the sums in the order asked for. Without groups
// there is exactly one row.
type Row struct {
	Group []any
	Count int64
	Sums  []Decimal
}

// DuplicateRow is a [kernel.ErrDuplicate] that says in which table a key or a
// unique index would have been repeated.
type DuplicateRow struct{ Table string }

func (e *DuplicateRow) Error() string { return e.Table + ": " + kernel.ErrDuplicate.Error() }

// Is reports that a repeated row is a [kernel.ErrDuplicate].
func (e *DuplicateRow) Is(target error) bool { return target == kernel.ErrDuplicate }

// Errors of stores, besides those of package kernel.
var (
	// ErrClosed says that a Tx was used after its unit had ended.
	ErrClosed = errors.New("the unit of work is over")
	// ErrReadOnly says that a View, or the database itself, does not take writes.
	ErrReadOnly = errors.New("read only")
	// ErrRetry says that the database gave way to another unit; nothing was written,
	// and the same unit may succeed when run again.
	ErrRetry = errors.New("gave way to another unit of work")
	// ErrUnavailable says that the database cannot be reached, is full, or failed.
	ErrUnavailable = errors.New("database unavailable")
	// ErrSchema says that the database's tables are not those of this program: they
	// are missing, older, newer, or somebody else's. See [SchemaError].
	ErrSchema = errors.New("the database's tables do not fit this program")
)

// SchemaError is an [ErrSchema] that says what to do.
type SchemaError struct {
	Have, Want int64 // versions; Have is 0 when there are no tables, Want when they are somebody else's
	Reason     string
}

// Behind reports that the tables are only older than the program, or not there yet:
// Migrate mends that.
func (e *SchemaError) Behind() bool { return e.Have < e.Want }

func (e *SchemaError) Error() string { return ErrSchema.Error() + ": " + e.Reason }

// Is reports that a schema error is an [ErrSchema].
func (e *SchemaError) Is(target error) bool { return target == ErrSchema }

// What not every store has. Ask by assertion; a store without it gives
// [errors.ErrUnsupported] through the helpers that need it.
type (
	// Migrator creates and changes its own tables.
	Migrator interface {
		// Migrate brings the tables up to this program's version; several processes
		// may do so at once. It never goes back.
		Migrate(ctx context.Context) error
		// CheckSchema returns a [SchemaError] unless the tables are this program's.
		CheckSchema(ctx context.Context) error
	}
	// Horizon is for stores in which a unit that took its sequence number earlier may
	// commit later. Units numbered below oldest have ended; next is the number that
	// the next unit will get. A gap seen in a sequence is final once oldest has
	// reached the next of a later call.
	Horizon interface {
		Horizon(ctx context.Context) (oldest, next uint64, err error)
	}
	// Repeater is a store that works better on units that may be run again. Repeat is
	// Update for an fn that may be run several times, of which the last one counts.
	// Earlier runs, of which nothing is kept, see what is committed: what they read
	// without lock may be as old as the unit's beginning.
	Repeater interface {
		Repeat(ctx context.Context, fn func(Tx) error) error
	}
	// Closer is a store that opened its own database.
	Closer interface{ Close() error }
)
