package crm

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/survey"
)

// Config is what a host brings. Only Keys must be given.
type Config struct {
	// Keys seals personal data: privacy.OpenKeyFile or another privacy.Cipher. To seal
	// nothing, say privacy.Plaintext.
	Keys privacy.Cipher
	// Clock tells the time; nil: the machine's.
	Clock kernel.Clock

	// Rulebook says what is due when: the law, the company's standards and the calendar;
	// nil: rulebook.Default, for mainland China. A host's own is that With what it adds.
	Rulebook *rulebook.Book

	// Policies answers what a policy covers, for claims; nil: the library's own policies.
	Policies claim.Policies
	// Customers answers who customers are, for underwriting; nil: the library's own archive.
	Customers policy.Customers
	// Rater prices what is applied for; nil: the product's own table of rates.
	Rater policy.Rater
	// Calculators work out claim amounts, by name, besides those that come with package claim.
	Calculators map[string]claim.Calculator
	// Causes is the tree of root causes of complaints; nil: complaint.DefaultCauses.
	Causes []complaint.Cause
	// Visits says what customers are asked when they are called on, and how often they are
	// tried; the zero value will do.
	Visits customer.VisitConfig
	// CallOn lists the visits that plan themselves: customer.VisitNewPolicy when the receipt
	// of a personal policy of more than a year is signed, customer.VisitClaim when a claim
	// is closed. Nil: both; empty: none.
	CallOn []customer.VisitKind

	// Requirements say what staff need for an action besides a role: a qualification, or a
	// confidentiality agreement, as for customer.Reveal. The staff of Membership.Staff are
	// meant; who is not known there lacks everything. Nil: roles are enough.
	Requirements []member.Requirement
	// Appraisal says how staff are appraised; the zero value is member.DefaultScheme.
	Appraisal member.Scheme
	// Audience finds customers for survey campaigns whose plan names a query; nil: campaigns
	// list their customers or wait for a trigger.
	Audience survey.Audience
	// RestDays is how long a customer is left in peace between two invitations; 0:
	// survey.DefaultRestDays, or survey.NoRest.
	RestDays int

	// Payer is handed the payments that are due, by [CRM.Dispatch]; nil: the host gives
	// the commands of Payments itself.
	Payer payment.Payer
	// Numbers gives customer, application, policy and claim numbers; nil: counters.
	Numbers number.Numberer

	// Signer signs the seals of the journal and knows its signatures again: [Ed25519], or a
	// service of the host's; nil: seals are not signed. See [CRM.Seal].
	Signer Signer

	// Authorizer says who may do what; nil: [Roles], the built-in table of roles.
	Authorizer access.Authorizer
	// Authority says up to which amount somebody decides; nil: the empty [access.Table],
	// with which only the owner does.
	Authority access.Authority
}

// CRM is the library, wired: the services of all rooms over one store. It may be used
// by many goroutines.
type CRM struct {
	Customers    *customer.Service
	Products     *policy.Products
	Applications *policy.Applications
	Policies     *policy.Policies
	Claims       *claim.Service
	Complaints   *complaint.Service
	Visits       *customer.Visits
	Membership   *member.Room
	Surveys      survey.Services
	Payments     *payment.Service
	Improvements *improve.Service
	Tasks        *task.Service
	Accesses     *reveal.Service

	cfg   Config
	tasks *task.Keeper
	gate  *member.Gate
	run   *engine.Engine
	part  bool // of a unit of work or a transaction of the host's
}

// Open wires the library over a store: sqlite.Open, postgres.Open, gormstore.New,
// memory.New. It starts nothing and creates no tables; see [CRM.Migrate]. A database
// that is newer than this program, or somebody else's, is a [storage.SchemaError]; one
// that only has to be migrated is none yet.
func Open(ctx context.Context, s storage.Store, cfg Config) (*CRM, error) {
	switch {
	case isNil(s):
		return nil, errors.New("crm: Open needs a store")
	case isNil(cfg.Keys):
		return nil, errors.New("crm: Config.Keys is missing; privacy.OpenKeyFile makes a key file, and privacy.Plaintext seals nothing")
	}
	if cfg.Clock == nil {
		cfg.Clock = kernel.SystemClock{}
	}
	if cfg.Authorizer == nil {
		cfg.Authorizer = Roles()
	}
	if cfg.Authority == nil {
		cfg.Authority = access.Table{}
	}
	if m, ok := s.(storage.Migrator); ok {
		var se *storage.SchemaError
		if err := m.CheckSchema(ctx); err != nil && !(errors.As(err, &se) && se.Behind()) {
			return nil, err
		}
	}
	e := engine.New(storage.Guard(s, cfg.Keys), cfg.Clock, cfg.Authorizer, cfg.Authority)
	if cfg.CallOn == nil {
		cfg.CallOn = []customer.VisitKind{customer.VisitNewPolicy, customer.VisitClaim}
	}
	if cfg.Rulebook == nil {
		cfg.Rulebook = rulebook.Default()
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	gate, err := member.NewGate(nil, cfg.Requirements...)
	if err != nil {
		return nil, err
	}
	keeper := task.NewKeeper(cfg.Rulebook, kinds()...)
	e.Keep(keeper)
	c := (&CRM{cfg: cfg, tasks: keeper, gate: gate}).on(e)
	c.react(e)
	return c, nil
}

// check holds what the host brings against what there is: a rulebook speaks only of
// events and states that the workflows have.
func (cfg *Config) check() error {
	var f kernel.FieldErrors
	var lives []rulebook.Life
	for _, k := range kinds() {
		lives = append(lives, k)
	}
	f.Merge("rulebook", cfg.Rulebook.Check(lives...))
	f.Merge("visits", cfg.Visits.Check())
	f.Merge("appraisal", cfg.Appraisal.Check())
	return f.Err()
}

func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return !rv.IsValid() || rv.Kind() == reflect.Pointer && rv.IsNil()
}

// Migrate creates the tables, or brings them up to this program's version. Any number
// of processes may call it at once. A store that has no tables needs none of it.
func (c *CRM) Migrate(ctx context.Context) error {
	if m, ok := c.run.Store().Store().(storage.Migrator); ok {
		return m.Migrate(ctx)
	}
	return nil
}

// InTx does several commands in one unit of work, all or nothing: fn gets a CRM whose
// commands belong to the unit and must use no other. fn runs once; an error of fn, or
// of any command in it, undoes everything. With [Key] the unit as a whole is done once:
// again it is [ErrReplayed] and fn does not run. With [DryRun] all is taken back. A panic
// of fn undoes everything and goes on; one in a command is the command's [ErrPanic]. All of
// it is done by the actor of ctx, whatever actor the contexts of single commands carry.
func (c *CRM) InTx(ctx context.Context, fn func(*CRM) error, opts ...Option) error {
	return c.run.Together(ctx, command.Group{}, func(_ context.Context, r command.Runner) error {
		return fn(c.within(r.(*engine.Engine)))
	}, opts...)
}

// Within returns the library inside the host's own transaction: gormstore.Join,
// sqlite.Join or postgres.Join give the store. Each command is a savepoint there; what
// becomes of them all is for the host to say with its commit. Use it in the
// transaction's own goroutine and not beyond its end.
func (c *CRM) Within(s storage.Store) *CRM { return c.within(c.run.Within(s)) }

// within returns the library as part of a unit of work.
func (c *CRM) within(e *engine.Engine) *CRM {
	in := c.on(e)
	in.part = true
	return in
}

// Verify holds the journal against all rows of the tenant and against its seals: those in
// the database, and those that [CRM.Seal] gave and the host has kept elsewhere, of which
// the newest is enough. It needs an actor who sees all branches. See [journal.Verify] and
// [journal.VerifySeals].
func (c *CRM) Verify(ctx context.Context, kept ...Seal) (report *journal.Report, err error) {
	err = c.whole(ctx, "journal.Verify", func(u *command.Unit) error {
		sealed, err := journal.VerifySeals(u.Context(), u.GuardTx, c.cfg.Signer, kept...)
		if err != nil {
			return err
		}
		if report, err = journal.Verify(u, Subjects()); err == nil {
			report.Join(sealed)
		}
		return err
	})
	return report, err
}

// Relay hands the journal entries that consumer has not seen to deliver, in order, and
// returns how many: the outbox for other systems. It needs an actor who sees all branches.
// See [journal.Relay]. Inside [CRM.InTx] and [CRM.Within] it is an [ErrState]: what may yet
// be taken back is not for others.
func (c *CRM) Relay(ctx context.Context, consumer string, deliver func(context.Context, Entry) error) (int, error) {
	if err := c.whole(ctx, "journal.Relay", func(*command.Unit) error { return nil }); err != nil {
		return 0, err
	}
	if c.part {
		return 0, fmt.Errorf("crm: relaying is no part of a unit of work: %w", ErrState)
	}
	return journal.Relay(ctx, c.run.Store(), consumer, c.cfg.Clock.Now(), deliver)
}

// whole asks what is about all branches: who sees some of them only is refused.
func (c *CRM) whole(ctx context.Context, action string, fn func(*command.Unit) error) error {
	return c.look(ctx, action, func(u *command.Unit) error {
		if len(u.Actor.Branches) > 0 {
			return fmt.Errorf("%s: for an actor who sees all branches: %w", action, ErrForbidden)
		}
		return fn(u)
	})
}

// look asks as the rooms do: Config.Requirements count here too.
func (c *CRM) look(ctx context.Context, action string, fn func(*command.Unit) error) error {
	return c.run.Look(ctx, action, func(u *command.Unit) error {
		if err := c.gate.Pass(u, action); err != nil {
			return err
		}
		return fn(u)
	})
}

// Dispatch hands every payment that is due to Config.Payer and returns how many it
// took; see [payment.Service.Dispatch].
func (c *CRM) Dispatch(ctx context.Context) (int, error) {
	if c.cfg.Payer == nil {
		return 0, errors.New("crm: Config.Payer is missing")
	}
	return c.Payments.Dispatch(ctx, c.cfg.Payer)
}

// Rulebook returns what says what is due when: Config.Rulebook, or the default.
func (c *CRM) Rulebook() *rulebook.Book { return c.tasks.Book() }

// Close closes the store, where the store opened its database itself.
func (c *CRM) Close() error {
	if s, ok := c.run.Store().Store().(storage.Closer); ok {
		return s.Close()
	}
	return nil
}
