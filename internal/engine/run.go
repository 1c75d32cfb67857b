package engine

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Run implements [command.Runner]. A panic, of the host's functions too, undoes the unit of
// work and is a [kernel.PanicError].
func (e *Engine) Run(ctx context.Context, s *command.Spec, opts ...kernel.Option) error {
	return e.fail(kernel.Survive(s.Action(), func() error { return e.command(ctx, s, opts) }))
}

func (e *Engine) command(ctx context.Context, s *command.Spec, opts []kernel.Option) error {
	o, actor, err := e.begin(ctx, opts)
	if err != nil {
		return err
	}
	role, err := e.authorize(ctx, actor, s.Action(), access.Resource{Kind: s.Kind})
	if err != nil {
		return err
	}
	if err := check(s); err != nil {
		return err
	}
	// A neighbour that cannot answer does not keep a retry from its first result.
	var unready error
	if s.Prepare != nil {
		if unready = s.Prepare(ctx); unready != nil && o.Key == "" {
			return unready
		}
	}
	one := func(u *unit) error {
		c := &running{Engine: e.bind(u), spec: s, o: o, role: role, unready: unready}
		return c.run(ctx)
	}
	if e.unit == nil {
		return e.update(ctx, actor, o, true, one)
	}
	if err := e.inside(o); err != nil {
		return err
	}
	return one(e.unit)
}

func check(s *command.Spec) error {
	if s.Creates() == (s.ID != "") {
		return kernel.ErrNotFound
	}
	if s.ID != "" {
		id, err := kernel.ParseID(string(s.ID))
		if err != nil {
			return err
		}
		s.ID = id
	}
	if s.Check == nil {
		return nil
	}
	var faults kernel.FieldErrors
	s.Check(&faults)
	return faults.Err()
}

// running is one command on its way.
type running struct {
	*Engine
	spec    *command.Spec
	o       kernel.Options
	role    kernel.Role
	unready error
	tasks   []task.Task // of the subject, before the event
	idem    []byte      // the command's own key
	input   []byte
}

func (c *running) run(ctx context.Context) error {
	s, open := c.spec, c.unit
	nested := *open
	nested.role = c.role
	bound := c.bind(&nested)
	u := command.NewUnit(bound.carry(ctx), open.tx, open.world, bound, c.role)

	root, done, err := c.load(u)
	if err != nil || done {
		return err
	}
	var before *snapshot
	if s.Creates() {
		if root, err = s.Build(u); err != nil {
			return err
		}
		u.Stamp(root.Base())
	} else {
		if _, err := c.authorize(ctx, open.world.Actor, s.Action(), resource(s.Kind, root)); err != nil {
			return err
		}
		if err := c.unchanged(root); err != nil {
			return err
		}
		if before, err = personal(root); err != nil {
			return err
		}
	}
	from := s.Status()
	if s.Creates() {
		from = ""
	}
	to, err := s.Move(ctx, u)
	if err != nil {
		return err
	}
	if s.Creates() {
		if _, err := c.authorize(ctx, open.world.Actor, s.Action(), resource(s.Kind, root)); err != nil {
			return err
		}
	}
	if err := s.Apply(u); err != nil {
		return err
	}
	h := command.Happening{Kind: s.Kind, ID: root.Base().ID, Event: s.Event, From: from, To: to, Subject: root}
	if err := c.Engine.tasks.Follow(u, h, c.tasks); err != nil {
		return err
	}
	if err := c.record(u, root, before, from, to); err != nil {
		return err
	}
	m := root.Base()
	open.shared.latest[m.ID] = m.Version
	if err := c.Engine.tasks.Elsewhere(ctx, u.Runner(), open.world.Time, h, rulebook.Facts(u.Facts())); err != nil {
		return err
	}
	if err := c.react(ctx, h); err != nil {
		return err
	}
	if open.shared.latest[m.ID] == m.Version {
		return nil
	}
	return open.tx.Load(storage.ByID(root, m.ID)) // a reaction moved it on
}

func resource(kind string, root command.Root) access.Resource {
	return access.Resource{Kind: kind, ID: root.Base().ID, Branch: root.Subject().Branch}
}

// load reads, in one go, the subject under lock, what was done before under the key,
// and what the command needs besides. done says that the key was used for the same.
//
// Nearly every key is new. So at first it is taken to be, and not looked up: were it not,
// its entry could not be written, and the unit is run again.
func (c *running) load(u *command.Unit) (root command.Root, done bool, err error) {
	s, tx := c.spec, c.unit.tx
	var reads []storage.Read
	if s.ID != "" {
		root = s.New()
		reads = append(reads, storage.ByID(root, s.ID).Locked())
		reads = append(reads, c.Engine.tasks.Reads(s.Kind, s.Event, s.ID, &c.tasks)...)
	}
	var earlier []journal.Entry
	trusting := c.o.Key != "" && !c.unit.shared.look && c.unready == nil
	c.unit.shared.trusted = trusting
	if c.o.Key != "" && !trusting {
		reads = append(reads, storage.Where(&earlier, byKey(s.Action(), c.o.Key)))
	}
	if len(reads)+len(s.Reads) > 0 {
		if err := tx.Load(append(reads, s.Reads...)...); err != nil {
			return nil, false, err
		}
	}
	if c.o.Key == "" {
		return root, false, nil
	}
	input, err := digestInput(tx, s.ID, s.Input)
	if err != nil {
		return nil, false, err
	}
	if len(earlier) == 0 {
		c.idem, c.input = journal.IdemOf(s.Action(), c.o.Key), input
		return root, false, c.unready
	}
	if subtle.ConstantTimeCompare(earlier[0].Input, input) != 1 {
		return nil, false, kernel.ErrKeyReused
	}
	root = s.New()
	if err := tx.Load(storage.ByID(root, earlier[0].SubjectID)); err != nil {
		return nil, false, err
	}
	if _, err := c.authorize(u.Context(), c.unit.world.Actor, s.Action(), resource(s.Kind, root)); err != nil {
		return nil, false, err
	}
	root.Subject().Replayed = true
	return root, true, nil
}

// unchanged holds the version that the caller saw against the record's. What only the
// clock did to the case since, such as a warning, changed nothing that anybody saw.
func (c *running) unchanged(root command.Root) error {
	seen, m := c.o.IfVersion, root.Base()
	if seen == 0 || seen == m.Version {
		return nil
	}
	conflict := fmt.Errorf("%s is at version %d: %w", c.spec.Kind, m.Version, kernel.ErrConflict)
	if seen > m.Version {
		return conflict
	}
	since, err := storage.Find[journal.Entry](c.unit.tx, storage.Query{
		Where: []storage.Cond{journal.ColSubject.Eq(m.ID), journal.ColVersion.Gt(seen)}, Limit: kernel.MaxLimit,
	})
	if err != nil {
		return err
	}
	if len(since) == kernel.MaxLimit || slices.ContainsFunc(since, func(e journal.Entry) bool { return !strings.HasPrefix(e.Command, "task.") }) {
		return conflict
	}
	return nil
}

func byKey(action, key string) storage.Query {
	return storage.Query{Where: []storage.Cond{journal.ColIdem.Eq(journal.IdemOf(action, key))}, Limit: 1}
}

// replayed returns a [command.Replay] when a unit was done before under the key.
func (e *Engine) replayed(u *unit, g command.Group, key string) error {
	earlier, err := storage.Find[journal.Entry](u.tx, byKey(g.Action, key))
	if err != nil {
		return err
	}
	input, err := digestInput(u.tx, "", g.Input)
	if err != nil {
		return err
	}
	if len(earlier) == 0 {
		u.shared.idem, u.shared.input = journal.IdemOf(g.Action, key), input
		return nil
	}
	if subtle.ConstantTimeCompare(earlier[0].Input, input) != 1 {
		return kernel.ErrKeyReused
	}
	return &command.Replay{Kind: earlier[0].Kind, ID: earlier[0].SubjectID}
}

// record writes the subject and its journal entry, each holding the other's digest.
func (c *running) record(u *command.Unit, root command.Root, before *snapshot, from, to string) error {
	s, tx, w := c.spec, c.unit.tx, c.unit.world
	m, sub := root.Base(), root.Subject()
	m.UpdatedAt = w.Time
	version := m.Version + 1
	if err := u.Wrote(root, m.ID, version); err != nil {
		return err
	}
	changes, err := before.changes(tx, root)
	if err != nil {
		return err
	}
	before.done()
	entry := &journal.Entry{
		Tenant: tx.Tenant(), Kind: s.Kind, SubjectID: m.ID, SubjectVersion: version, Branch: sub.Branch,
		Unit: w.ID, Command: s.Action(), Event: s.Event, From: from, To: to,
		Actor: w.Actor.ID, Role: string(c.role), OnBehalf: w.Actor.OnBehalf, At: w.Time,
		Reason: privacy.New(u.Reason()), Changes: privacy.New(changes), Rows: u.Rows(),
	}
	if owned, ok := root.(storage.Owned); ok {
		entry.PersonRef = owned.Person()
	}
	if err := recount(tx, entry, u.Facts()); err != nil {
		return err
	}
	if doc, ok := journal.AppendRows(make([]byte, 0, 160*len(entry.Rows)), entry.Rows); ok {
		tx.Document(entry, rowsColumn, doc)
	}
	// A command's own key belongs to its own entry, though those of commands within it
	// were written before; the key of a group belongs to the group's first.
	if entry.Idem, entry.Input = c.idem, c.input; c.idem == nil {
		entry.Idem, entry.Input = c.unit.shared.idem, c.unit.shared.input
		c.unit.shared.idem, c.unit.shared.input = nil, nil
	}
	if err := entry.Link(tx, sub.Head); err != nil {
		return err
	}
	sub.Head = entry.Hash
	if s.Creates() {
		err = tx.Insert(root, entry)
	} else if err = tx.Save(root); err == nil {
		err = tx.Insert(entry)
	}
	return err
}
