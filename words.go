package crm

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
)

// The words that a first program needs, from the packages where they are at home.
type (
	// Actor is who gives a command; see [WithActor].
	Actor = kernel.Actor
	// ID is the key of one of the library's own records.
	ID = kernel.ID
	// Ref names a record that may be the host's: 1 to 64 bytes.
	Ref = kernel.Ref
	// Role names what a person does at the insurer; package access lists them.
	Role = kernel.Role
	// List says which part of a list to return.
	List = kernel.List
	// Date is a day without zone or time of day.
	Date = kernel.Date
	// Option qualifies a command; see [Key], [IfVersion] and [DryRun].
	Option = kernel.Option
	// Entry is one thing that happened to one subject.
	Entry = journal.Entry
	// FieldErrors names every fault of an input at once.
	FieldErrors = kernel.FieldErrors
	// DuplicateError names the records that a new one would repeat.
	DuplicateError = kernel.DuplicateError
)

// Owner may do everything in the tenant "". It is what programs, set-up and tests act as.
var Owner = kernel.Owner

// Errors of commands and queries, for [errors.Is]; package kernel says more of each.
var (
	ErrNotFound  = kernel.ErrNotFound
	ErrConflict  = kernel.ErrConflict
	ErrDuplicate = kernel.ErrDuplicate
	ErrInvalid   = kernel.ErrInvalid
	ErrForbidden = kernel.ErrForbidden
	ErrState     = kernel.ErrState
	ErrKeyReused = kernel.ErrKeyReused
	ErrReplayed  = kernel.ErrReplayed
	ErrPanic     = kernel.ErrPanic
)

// WithActor returns a context in which a acts.
func WithActor(ctx context.Context, a Actor) context.Context { return kernel.WithActor(ctx, a) }

// Key makes a command safe to retry: the same input under the same key changes
// nothing and returns the record, marked Replayed.
func Key(key string) Option { return kernel.Key(key) }

// IfVersion refuses a command with [ErrConflict] unless the record still has this
// version.
func IfVersion(v int64) Option { return kernel.IfVersion(v) }

// DryRun does everything and then takes it back.
func DryRun() Option { return kernel.DryRun() }

// Page is one part of a list.
type Page[T any] = kernel.Page[T]
