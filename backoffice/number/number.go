package number

import (
	"context"
	"fmt"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Numberer gives numbers of a host's own. It must never give the same number twice
// for a kind and tenant; gaps do not matter. It is asked inside the command's
// transaction, so it must be quick and must not use that database's only connection.
type Numberer interface {
	// Next returns the next number of the kind ("policy", "claim" …), 1 to
	// [kernel.MaxRef] bytes.
	Next(ctx context.Context, kind string, at time.Time) (string, error)
}

// Counter is the row that counts the numbers of a kind and year. It is no part of any
// subject, so no journal entry covers it: what protects numbers is their unique index.
type Counter struct {
	kernel.Meta `gorm:"embedded"`
	Scope       string `gorm:"column:scope;uniqueIndex:counters_scope"` // "policy/2026"
	Last        int64  `gorm:"column:last"`
}

// TableName is crm_counters.
func (*Counter) TableName() string { return "crm_counters" }

const colScope = storage.Col[string]("scope")

// Ahead returns what [Next] reads, so that a command can load it in one go with what else
// it looks at just before. Nothing when the numbers are the host's.
func Ahead(u *command.Unit, n Numberer, kind string) []storage.Read {
	if n != nil {
		return nil
	}
	return []storage.Read{storage.Where(new([]Counter), counting(u, kind)).Kept()}
}

// counting finds the counter of the kind and year.
func counting(u *command.Unit, kind string) storage.Query {
	return storage.Query{Where: []storage.Cond{colScope.Eq(scope(u, kind))}, Limit: 1, Lock: true}
}

func scope(u *command.Unit, kind string) string { return fmt.Sprintf("%s/%d", kind, u.Now().Year()) }

// Next returns the next number of the kind: from the host's Numberer, or when that is
// nil "<prefix>-2026-00000017". Call it last in a command, because others who need a
// number of the kind wait from here until the commit.
func Next(u *command.Unit, n Numberer, kind, prefix string) (string, error) {
	if n != nil {
		no, err := n.Next(u.Context(), kind, u.Now())
		if err != nil {
			return "", err
		}
		var f kernel.FieldErrors
		kernel.CheckRef(&f, "number", kernel.Ref(no))
		return no, f.Err()
	}
	last, err := count(u, kind, 1)
	return written(u, prefix, last), err
}

// count takes n numbers of the kind and year and returns the last of them.
func count(u *command.Unit, kind string, n int64) (int64, error) {
	c, err := storage.One[Counter](u.GuardTx, counting(u, kind))
	switch {
	case err != nil || n == 0:
		return 0, err
	case c == nil:
		c = &Counter{Scope: scope(u, kind), Last: n}
		u.Stamp(&c.Meta)
		err = u.GuardTx.Insert(c)
	default:
		c.Last += n
		c.UpdatedAt = u.Now()
		err = u.GuardTx.Save(c)
	}
	return c.Last, err
}
