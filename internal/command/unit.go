package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Unit is one command at work inside its unit of work: what guards and changes use.
// It reads through the guard, notes every row that it writes for the journal entry,
// and shows one frozen time.
type Unit struct {
	World
	*storage.GuardTx
	ctx     context.Context
	runner  Runner
	role    kernel.Role
	reasons []string
	facts   journal.Facts
	rows    []journal.RowDigest
}

// World is what is the same for all commands of one unit of work.
type World struct {
	ID         kernel.ID // of the unit
	Actor      kernel.Actor
	Time       time.Time
	Authorizer access.Authorizer
	Authority  access.Authority
}

// NewUnit is for the engine. runner gives commands inside the same unit of work.
func NewUnit(ctx context.Context, tx *storage.GuardTx, w World, runner Runner, role kernel.Role) *Unit {
	return &Unit{World: w, GuardTx: tx, ctx: ctx, runner: runner, role: role}
}

// Context returns the context of the command, with the actor.
func (u *Unit) Context() context.Context { return u.ctx }

// Runner returns the runner for further commands inside this unit of work. They act
// on the authority of this one.
func (u *Unit) Runner() Runner { return u.runner }

// Now returns the unit's one reading of the clock.
func (u *Unit) Now() time.Time { return u.Time }

// Role returns the role that allowed the command.
func (u *Unit) Role() kernel.Role { return u.role }

// Fact adds something to the journal entry that a reader of the history wants to
// know. It must not be personal data. A zero value is left out.
func (u *Unit) Fact(name string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case decimal.Decimal:
		value = v.String()
	case interface{ IsZero() bool }: // no time, no day
		if v.IsZero() {
			return
		}
	case nil:
		return
	}
	if u.facts == nil {
		u.facts = journal.Facts{}
	}
	u.facts[name] = value
}

// Because gives the reason in free text; the journal keeps it sealed under the
// subject's person. Of several none is lost: each begins a line.
func (u *Unit) Because(reasons ...privacy.Secret) {
	for _, r := range reasons {
		if plain, _ := r.Plain(); plain != "" {
			u.reasons = append(u.reasons, plain)
		}
	}
}

// Insert adds rows that belong to the subject: lines, documents, terms. A missing key
// and the times are filled in.
func (u *Unit) Insert(recs ...storage.Record) error {
	for _, rec := range recs {
		v, ok := rec.(storage.Versioned)
		if !ok {
			return errors.New("command: rows of a subject have a version")
		}
		u.Stamp(v.Base())
		if err := u.Wrote(rec, v.Base().ID, 1); err != nil {
			return err
		}
	}
	return u.GuardTx.Insert(recs...)
}

// Stamp gives a new row its key, where it has none, its tenant and its times.
func (u *Unit) Stamp(m *kernel.Meta) {
	if m.ID == "" {
		m.ID = kernel.NewID()
	}
	m.Tenant, m.CreatedAt, m.UpdatedAt = u.Tenant(), u.Time, u.Time
}

// Save changes rows that belong to the subject. Records with a life of their own are
// changed by commands only.
func (u *Unit) Save(recs ...storage.Versioned) error {
	for _, rec := range recs {
		if _, root := rec.(Root); root {
			return errors.New("command: a subject is changed by its own commands")
		}
		m := rec.Base()
		m.UpdatedAt = u.Time
		if err := u.Wrote(rec, m.ID, m.Version+1); err != nil {
			return err
		}
	}
	return u.GuardTx.Save(recs...)
}

// Wrote notes the digest of a row that is about to be stored with the version. Of two
// writes to one row the later counts.
func (u *Unit) Wrote(rec storage.Record, id kernel.ID, version int64) error {
	d, err := journal.NewRowDigest(u.GuardTx, rec, string(id), version)
	if err != nil {
		return err
	}
	for i := range u.rows {
		if u.rows[i].Table == d.Table && u.rows[i].ID == d.ID {
			u.rows[i] = d
			return nil
		}
	}
	u.rows = append(u.rows, d)
	return nil
}

// Within asks whether the decision lies within the actor's authority.
func (u *Unit) Within(d access.Decision) error {
	return u.Authority.Within(u.ctx, u.Actor, d)
}

// MaySee returns nil when the actor may do the action to the row; for questions.
func (u *Unit) MaySee(action string, kind string, root *kernel.Root) error {
	_, err := u.Authorizer.Authorize(u.ctx, u.Actor, action, access.Resource{Kind: kind, ID: root.ID, Branch: root.Branch})
	return err
}

// Branches returns the condition that keeps a list to what the actor sees.
func (u *Unit) Branches() []storage.Cond {
	if len(u.Actor.Branches) == 0 {
		return nil
	}
	return []storage.Cond{storage.ColBranch.In(append([]string{""}, u.Actor.Branches...)...)}
}

// Facts, Reason and Rows are what the engine writes into the entry.
func (u *Unit) Facts() journal.Facts      { return u.facts }
func (u *Unit) Reason() string            { return strings.Join(u.reasons, "\n") }
func (u *Unit) Rows() []journal.RowDigest { return u.rows }
