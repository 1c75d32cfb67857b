package storage

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Decimal is shopspring's decimal, for sums.
type Decimal = decimal.Decimal

// Op compares a column with a value.
type Op uint8

// The comparisons. A NULL satisfies none of them but Null, as in SQL; and as a
// zero key, time, date or byte string is NULL, comparing with one holds nowhere.
const (
	Eq Op = iota
	Ne
	Lt
	Le
	Gt
	Ge
	In
	Null
	NotNull
	Prefix
)

// Cond is one condition. Use [Col] to build it, so that the compiler checks the
// value's type.
type Cond struct {
	Column string
	Op     Op
	Value  any  // of the field's type; for In a slice of it; nil for Null and NotNull
	Skim   bool // see [Cond.Skimmed]
}

// Skimmed says that no index leads to the rows of the condition: a page is read in its
// order, and what does not fit is skipped. It is for what many rows have, such as a kind;
// for what few rows have, an index is needed. The rows are the same.
func (c Cond) Skimmed() Cond { c.Skim = true; return c }

// Col is a column of fields of type T.
type Col[T any] string

// Eq holds where the column equals v; likewise the others.
func (c Col[T]) Eq(v T) Cond     { return Cond{Column: string(c), Op: Eq, Value: v} }
func (c Col[T]) Ne(v T) Cond     { return Cond{Column: string(c), Op: Ne, Value: v} }
func (c Col[T]) Lt(v T) Cond     { return Cond{Column: string(c), Op: Lt, Value: v} }
func (c Col[T]) Le(v T) Cond     { return Cond{Column: string(c), Op: Le, Value: v} }
func (c Col[T]) Gt(v T) Cond     { return Cond{Column: string(c), Op: Gt, Value: v} }
func (c Col[T]) Ge(v T) Cond     { return Cond{Column: string(c), Op: Ge, Value: v} }
func (c Col[T]) In(v ...T) Cond  { return Cond{Column: string(c), Op: In, Value: v} } // of nothing: holds nowhere
func (c Col[T]) Null() Cond      { return Cond{Column: string(c), Op: Null} }
func (c Col[T]) NotNull() Cond   { return Cond{Column: string(c), Op: NotNull} }
func (c Col[T]) Prefix(v T) Cond { return Cond{Column: string(c), Op: Prefix, Value: v} } // text only, by code points

// Asc and Desc sort by the column.
func (c Col[T]) Asc() Order  { return Order{string(c), false} }
func (c Col[T]) Desc() Order { return Order{string(c), true} }

// Order is one column to sort by.
type Order struct {
	Column string
	Desc   bool
}

// Query says which rows, in which order. The key is always the last column to
// sort by, in the direction of the one before, so every order is total. NULL
// sorts before every value.
type Query struct {
	Where []Cond  // all hold
	Order []Order // all in one direction when After is used, over columns that are never NULL
	After []any   // values of the Order columns and the key of the last row seen
	Limit int     // 0: all
	Lock  bool    // as in Read
}

// Columns that every versioned record has.
const (
	ColID      = Col[kernel.ID]("id")
	ColTenant  = Col[string]("tenant")
	ColBranch  = Col[string]("branch")
	ColCreated = Col[time.Time]("created_at")
)
