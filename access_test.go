package crm_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// ways are the methods of the library that neither command nor ask: all others need a grant.
var ways = map[string]string{
	"crm.Migrate":           "makes tables, before anybody is there to be asked",
	"crm.InTx":              "its commands are authorized one by one",
	"crm.Within":            "wires",
	"crm.Close":             "closes",
	"complaint.Causes":      "a table that is public",
	"benefit.TellBenefits":  "the library's own, for what follows from a transaction",
	"benefit_grant.OpenAll": "the library's own, for what follows from a tier",
	"crm.Rulebook":          "law and standards are public",
	"crm.Verify":            "journal.Verify",
	"crm.Seal":              "journal.Seal",
	"crm.Relay":             "journal.Relay",
	"crm.Backup":            "database.Backup",
	"crm.Overview":          "customer.Overview",
	"crm.Dispatch":          "payment.Dispatch",
}

// method is one exported method of a service, ready to be called with zero inputs.
type method struct {
	action  string
	fn      reflect.Value
	command bool // it changes something
	byID    bool // its first input is the key of a record
}

// call calls the method with an id, where it takes one, and zero values for the rest.
func (m method) call(ctx context.Context, id kernel.ID) error {
	typ := m.fn.Type()
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < typ.NumIn(); i++ {
		if typ.IsVariadic() && i == typ.NumIn()-1 {
			break
		}
		v := reflect.New(typ.In(i)).Elem()
		if m.byID && i == 1 {
			v.SetString(string(id))
		}
		in = append(in, v)
	}
	out := m.fn.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// methods lists the methods of all services that are commands and questions.
func methods(t testing.TB, c *crm.CRM) []method {
	t.Helper()
	var list []method
	typeContext, typeOptions := reflect.TypeFor[context.Context](), reflect.TypeFor[[]kernel.Option]()
	for prefix, service := range map[string]any{
		"crm": c, "customer": c.Customers, "product": c.Products, "application": c.Applications,
		"policy": c.Policies, "claim": c.Claims, "payment": c.Payments,
		"complaint": c.Complaints, "visit": c.Visits, "improvement": c.Improvements, "task": c.Tasks, "access": c.Accesses,
		"program": c.Membership.Programs, "member": c.Membership.Members, "staff": c.Membership.Staff, "course": c.Membership.Courses,
		"training": c.Membership.Trainings, "appraisal": c.Membership.Appraisals, "benefit": c.Membership.Benefits,
		"benefit_grant": c.Membership.Quotas, "service_order": c.Membership.Orders, "partner": c.Membership.Partners,
		"activity": c.Membership.Activities, "sign_up": c.Membership.SignUps,
		"questionnaire": c.Surveys.Questionnaires, "campaign": c.Surveys.Campaigns, "invitation": c.Surveys.Invitations,
		"inspection": c.Surveys.Inspections, "survey": c.Surveys.Analysis,
	} {
		v := reflect.ValueOf(service)
		for i := range v.NumMethod() {
			m := method{action: prefix + "." + v.Type().Method(i).Name, fn: v.Method(i)}
			typ := m.fn.Type()
			if strings.HasSuffix(m.action, ".Workflow") {
				continue // a table that is public
			}
			if as, listed := ways[m.action]; listed && strings.Contains(as, ".") && !strings.Contains(as, " ") {
				m.action = as
			} else if listed && as != "" {
				continue
			}
			if typ.NumIn() == 0 || typ.In(0) != typeContext {
				t.Errorf("%s takes no context, and no reason is given", m.action)
				continue
			}
			m.command = typ.IsVariadic() && typ.In(typ.NumIn()-1) == typeOptions || strings.HasSuffix(m.action, ".Reveal") || m.action == "payment.Dispatch" || m.action == "journal.Seal"
			m.byID = typ.NumIn() > 1 && typ.In(1) == reflect.TypeFor[kernel.ID]()
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b method) int { return strings.Compare(a.action, b.action) })
	return list
}

func TestEveryCommandAndQuestionHasAGrant(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	commands := 0
	for _, m := range methods(t, w.CRM) {
		who, known := crm.Roles().Granted(m.action)
		if !known || len(who) == 0 {
			t.Errorf("%s is granted to nobody", m.action)
		}
		if slices.Contains(who, kernel.RoleOwner) {
			t.Errorf("%s names the owner", m.action)
		}
		if m.command {
			commands++
			if slices.Contains(who, access.Auditor) {
				t.Errorf("the auditor, who only reads, may %s", m.action)
			}
		}
	}
	if commands < 60 {
		t.Errorf("only %d commands were found", commands)
	}
}

// counting counts the units of work that a store is asked for.
type counting struct {
	storage.Store
	units atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(storage.Tx) error) error {
	c.units.Add(1)
	return c.Store.View(ctx, fn)
}

func (c *counting) Update(ctx context.Context, fn func(storage.Tx) error) error {
	c.units.Add(1)
	return c.Store.Update(ctx, fn)
}

// Who has no grant is refused before anything is read, whatever the input.
func TestWithoutAGrantNothingIsRead(t *testing.T) {
	t.Parallel()
	store := &counting{Store: memory.New()}
	w := wire(t, &world{store: store, dialect: "memory"})
	refused := 0
	for _, m := range methods(t, w.CRM) {
		if m.action == "payment.Dispatch" && m.fn.Type().NumIn() == 1 {
			continue // asks for a payer first
		}
		who, _ := crm.Roles().Granted(m.action)
		for _, role := range append([]kernel.Role{"stranger"}, access.Staff...) {
			ctx := as("u-1", role)
			before := store.units.Load()
			err := m.call(ctx, kernel.NewID())
			switch {
			case slices.Contains(who, role):
				if errors.Is(err, crm.ErrForbidden) {
					t.Errorf("%s may %s: %v", role, m.action, err)
				}
			case !errors.Is(err, crm.ErrForbidden):
				t.Errorf("%s may not %s: %v", role, m.action, err)
			case store.units.Load() != before:
				t.Errorf("%s may not %s, but something was read first", role, m.action)
			default:
				refused++
			}
		}
		if err := m.call(context.Background(), kernel.NewID()); !errors.Is(err, crm.ErrForbidden) {
			t.Errorf("%s without an actor: %v", m.action, err)
		}
	}
	// What the claims say of a policy counts, though an underwriter sees none.
	err := w.InTx(as("u-1", access.Underwriter), func(c *crm.CRM) error {
		_, err := c.Policies.CancelCoolingOff(owner, kernel.NewID(), policy.CoolingOff{})
		return err
	})
	if errors.Is(err, crm.ErrForbidden) {
		t.Error(err)
	}
	if refused < 500 {
		t.Errorf("only %d refusals", refused)
	}
}

// Everybody at the insurer may ask for the overview, and sees of it what they may see.
func TestEverybodyHasAnOverview(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	s := w.play(t)
	for _, role := range access.Staff {
		o, err := w.Overview(as("u-1", role), s.customer.ID)
		if err != nil {
			t.Errorf("%s: %v", role, err)
			continue
		}
		if mayList := slices.Contains(granted("claim.List"), role); mayList != (len(o.Claims) == 2) {
			t.Errorf("%s sees %d claims", role, len(o.Claims))
		}
	}
}

func granted(action string) []kernel.Role { who, _ := crm.Roles().Granted(action); return who }
