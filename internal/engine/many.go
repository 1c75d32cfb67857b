package engine

import (
	"context"
	"crypto/subtle"
	"reflect"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// Many implements [command.Runner]. It is what Run does, for many new subjects at once:
// it asks the database for all of them together and holds every row back until the end.
func (e *Engine) Many(ctx context.Context, m *command.Many, rows *command.Rows, opts ...kernel.Option) error {
	return e.fail(kernel.Survive(m.Action(), func() error { return e.many(ctx, m, rows, opts) }))
}

func (e *Engine) many(ctx context.Context, m *command.Many, rows *command.Rows, opts []kernel.Option) error {
	o, actor, err := e.begin(ctx, opts)
	if err != nil {
		return err
	}
	if o.Key != "" || o.IfVersion != 0 {
		return kernel.Invalid("options", "unit", "each row has a key of its own, and none has a version yet")
	}
	role, err := e.authorize(ctx, actor, m.Action(), access.Resource{Kind: m.Kind})
	if err != nil || rows.Len() == 0 {
		return err
	}
	for i := range rows.Len() {
		if m.Check != nil {
			m.Check(i, rows.Form(i))
		}
	}
	// A neighbour that cannot answer does not keep a retry from its first result.
	var unready error
	if m.Prepare != nil {
		unready = m.Prepare(ctx, rows)
	}
	all := func(u *unit) error {
		trusted := !u.shared.look && unready == nil
		rows.Restart(trusted)
		u.shared.trusted = u.shared.trusted || trusted
		c := &crowd{Engine: e.bind(u), m: m, rows: rows, role: role, unready: unready, same: map[int]int{}, branches: map[string]error{}}
		return c.run(ctx)
	}
	if e.unit == nil {
		return e.update(ctx, actor, o, true, all)
	}
	if err := e.inside(o); err != nil {
		return err
	}
	return all(e.unit)
}

// crowd are many new subjects on their way.
type crowd struct {
	*Engine
	m        *command.Many
	rows     *command.Rows
	role     kernel.Role
	unready  error
	idem     [][]byte
	input    [][]byte
	same     map[int]int      // rows that repeat an earlier one of the unit
	branches map[string]error // whether the actor may do it there
}

func (c *crowd) run(ctx context.Context) error {
	if err := c.replay(); err != nil {
		return err
	}
	fresh := 0
	for range c.rows.New() {
		fresh++
	}
	if fresh > 0 && c.unready != nil {
		return c.unready
	}
	open := c.unit
	open.tx.Expect(fresh)
	nested := *open
	nested.role = c.role
	bound := c.bind(&nested)
	ctx = bound.carry(ctx)
	unit := func() *command.Unit { return command.NewUnit(ctx, open.tx, open.world, bound, c.role) }
	if fresh > 0 && c.m.Look != nil {
		if err := c.m.Look(unit(), c.rows); err != nil {
			return err
		}
	}
	for i := range c.rows.Len() { // last of all, so that it hides no other fault
		kernel.CheckRef(c.rows.Fault(i), "key", kernel.Ref(c.m.Key(i)))
	}
	for i := range c.rows.New() {
		if err := c.rows.Refuse(i, c.one(ctx, unit(), i)); err != nil {
			return err
		}
	}
	for i, of := range c.same {
		id, _ := c.rows.Outcome(of)
		c.rows.Stored(i, id, true)
	}
	return c.rows.Err()
}

// replay finds the rows that an earlier run has stored. As nearly all are new, they are at
// first taken to be; see [running.load].
func (c *crowd) replay() error {
	tx, n := c.unit.tx, c.rows.Len()
	c.idem, c.input = make([][]byte, n), make([][]byte, n)
	for i := range n {
		c.idem[i] = journal.IdemOf(c.m.Action(), c.m.Key(i))
	}
	type entry struct {
		input []byte
		id    kernel.ID
	}
	done, first := make(map[string]entry, n), make(map[string]int, n)
	if !c.rows.Trusted() {
		earlier, err := command.Ask[journal.Entry](tx, journal.ColIdem, c.idem, journal.ColIdem.NotNull())
		if err != nil {
			return err
		}
		for _, e := range earlier {
			done[string(e.Idem)] = entry{e.Input, e.SubjectID}
		}
	}
	for i := range c.rows.New() {
		if c.m.Key(i) == "" { // which is refused later
			continue
		}
		input, err := digestValue(tx, "", reflect.ValueOf(c.m.Input(i)).Elem())
		if err != nil {
			return err
		}
		c.input[i] = input
		key := string(c.idem[i])
		e, met := done[key]
		of, here := first[key]
		switch {
		case !met:
			done[key], first[key] = entry{input: input}, i
		case subtle.ConstantTimeCompare(e.input, input) != 1:
			c.rows.Fault(i).Add("key", "key_reused", "%s", kernel.ErrKeyReused)
		case here:
			c.same[i] = of
			fallthrough
		default:
			c.rows.Stored(i, e.id, true)
		}
	}
	return nil
}

func (c *crowd) one(ctx context.Context, u *command.Unit, i int) error {
	root, err := c.m.Build(u, i)
	if err != nil {
		return err
	}
	u.Stamp(root.Base())
	to, err := c.m.Move(ctx, u, i)
	if err != nil {
		return err
	}
	branch := root.Subject().Branch
	may, asked := c.branches[branch]
	if !asked {
		_, may = c.authorize(ctx, u.Actor, c.m.Action(), access.Resource{Kind: c.m.Kind, Branch: branch})
		c.branches[branch] = may
	}
	if may != nil {
		return may
	}
	if c.m.Apply != nil {
		if err := c.m.Apply(u, i); err != nil {
			return err
		}
	}
	h := command.Happening{Kind: c.m.Kind, ID: root.Base().ID, Event: c.m.Event, To: to, Subject: root}
	if c.m.Over == nil || !c.m.Over(to) {
		if err := c.tasks.Follow(u, h, nil); err != nil {
			return err
		}
	}
	one := running{Engine: c.Engine, spec: &command.Spec{Kind: c.m.Kind, Event: c.m.Event, Build: made}, role: c.role, idem: c.idem[i], input: c.input[i]}
	if err := one.record(u, root, nil, "", to); err != nil {
		return err
	}
	c.rows.Stored(i, root.Base().ID, false)
	return nil
}

// made marks a creation whose record is there already.
func made(*command.Unit) (command.Root, error) { return nil, nil }
