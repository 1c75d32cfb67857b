package crm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
)

// silent fails for every canary that sings in the haystack.
func silent(t *testing.T, where string, haystack []byte) {
	t.Helper()
	for what, text := range canaries {
		for _, form := range canary.FindIn(haystack, text) {
			t.Errorf("%s: the %s is there: %s", where, what, form)
		}
	}
}

// contents returns all that the database keeps: SQLite's files as they are, PostgreSQL's
// tables column by column.
func (w *world) contents(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if w.dialect == "sqlite" {
		for _, file := range got(filepath.Glob(w.where + "*"))(t) {
			out[filepath.Base(file)] = got(os.ReadFile(file))(t)
		}
		return out
	}
	var tables []string
	rows := got(w.db.Query("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"))(t)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	for _, table := range tables {
		rows := got(w.db.Query("SELECT * FROM " + table))(t)
		names := got(rows.Columns())(t)
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		var b bytes.Buffer
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for _, c := range cells {
				if raw, ok := c.([]byte); ok {
					b.Write(raw)
				} else {
					fmt.Fprint(&b, c)
				}
				b.WriteByte('\n')
			}
		}
		out[table] = b.Bytes()
	}
	return out
}

// misfortunes are commands that fail with personal data in hand.
func (w *world) misfortunes(t *testing.T, s *tale) []error {
	t.Helper()
	var errs []error
	fails := func(_ any, err error) {
		t.Helper()
		if err == nil {
			t.Error("a command that was to fail did not")
		}
		errs = append(errs, err)
	}
	again, wrong, strange := zhang(), zhang(), zhang()
	wrong.Document.Number, wrong.Contacts[0].Value = secret(canaries["identity number"]+"7"), secret(canaries["phone"]+"x")
	wrong.Contacts[1].Value = secret("no blanks in " + canaries["e-mail"])
	wrong.Contacts[2].Kind, wrong.Employer = "riddle", secret(canaries["employer"]+"\x00")
	strange.Contacts = append(strange.Contacts, strange.Contacts...)
	fails(w.Customers.Register(agent, again))
	fails(w.Customers.Register(agent, wrong))
	fails(w.Customers.Register(agent, strange))
	fails(w.Customers.Register(auditor, again))
	fails(w.Customers.RecordDeath(agent, s.customer.ID, customer.Death{On: 99999, Reason: secret(canaries["reason of change"])}))
	fails(w.Customers.Reveal(agent, s.customer.ID, customer.Look{Fields: []customer.Field{"riddle"}, Purpose: secret(canaries["purpose of a look"])}))
	fails(w.Customers.Find(owner, customer.Search{Phone: secret(canaries["phone"] + "x")}, kernel.List{}))
	fails(w.Customers.Amend(agent, s.customer.ID, customer.Amendment{Finance: &customer.FinanceChange{Account: ptr(secret("!" + canaries["account"])), Income: ptr(secret(canaries["income"] + "x"))}}))
	fails(w.Applications.IssueDirect(agent, wish(s.customer.ID.Ref()), crm.DryRun(), crm.Key("\x00")))
	form := wish(s.customer.ID.Ref())
	form.Disclosures[0].Question = "riddle"
	fails(w.Applications.IssueDirect(agent, form))
	fails(w.Applications.IssueDirect(cashier, form))
	notice := loss(&s.policy, "injury", noon.AddDate(0, 0, 2).Add(-time.Hour))
	fails(w.Claims.Report(adjuster, notice)) // reported already
	notice.Policy = "unknown"
	fails(w.Claims.Report(adjuster, notice))
	notice.Description = secret(canaries["description"] + "\x00")
	fails(w.Claims.Report(adjuster, notice))
	fails(w.Claims.Report(cashier, notice))
	fails(w.Claims.Contact(adjuster, s.claim.ID, claim.Conversation{Text: secret(canaries["talk"])}))
	fails(w.Claims.Decline(manager, s.claim.ID, claim.Refusal{Reason: "x", Clause: "y", Remark: secret(canaries["refusal's remark"])}))
	pay := got(w.Claims.Payments(adjuster, s.claim.ID))(t)[0].ID
	fails(w.Payments.Request(cashier, pay, payment.Handover{Account: secret(canaries["corrected account"])}))
	fails(w.Payments.Bounce(cashier, pay, payment.Cause{Code: string(make([]byte, 80)), Reason: secret(canaries["reason of a bounce"])}))
	s.inputs = append(s.inputs, again, wrong, strange, form, notice)
	return errs
}

// Personal data is nowhere but where it is revealed: not in the database, in no error,
// in nothing that is returned, printed or logged.
func TestNoCanarySings(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.play(t)
		for _, err := range w.misfortunes(t, s) {
			silent(t, "an error", fmt.Appendf(nil, "%s\n%+v\n%#v\n%q", err, err, err, err))
			var fe *crm.FieldErrors
			if errors.As(err, &fe) {
				silent(t, "field errors", got(json.Marshal(fe))(t))
			}
		}
		ctx := owner
		values := slices.Concat(s.inputs, s.answers)
		values = append(values,
			got(w.Overview(ctx, s.customer.ID))(t), got(w.Customers.History(ctx, s.customer.ID))(t), got(w.Customers.Contacts(ctx, s.customer.ID))(t),
			got(w.Customers.Accesses(ctx, s.customer.ID, kernel.List{}))(t), got(w.Policies.Terms(ctx, s.policy.ID))(t),
			got(w.Policies.History(ctx, s.policy.ID))(t), got(w.Applications.List(ctx, policy.ApplicationFilter{}, kernel.List{}))(t),
			got(w.Claims.History(ctx, s.claim.ID))(t), got(w.Claims.History(ctx, s.declined.ID))(t), got(w.Claims.Documents(ctx, s.claim.ID))(t),
			got(w.Claims.Checks(ctx, s.claim.ID))(t), got(w.Claims.Reserves(ctx, s.claim.ID))(t), got(w.Claims.Lines(ctx, s.claim.ID))(t),
			got(w.Claims.Payments(ctx, s.claim.ID))(t), got(w.Claims.Progress(ctx, s.claim.ID))(t), got(w.Verify(ctx))(t),
		)
		for _, v := range values {
			var out bytes.Buffer
			fmt.Fprintf(&out, "%v\n%+v\n%#v\n%s\n%q\n%x\n", v, v, v, v, v, v)
			out.Write(got(json.Marshal(v))(t))
			slog.New(slog.NewTextHandler(&out, nil)).Info("given", "value", v)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("given", "value", v)
			silent(t, fmt.Sprintf("%T", v), out.Bytes())
		}
		if w.db != nil {
			for where, data := range w.contents(t) {
				silent(t, where, data)
			}
		}
	})
}

// The search is not deaf: where nothing is sealed, every canary sings.
func TestEveryCanarySingsWhereNothingIsSealed(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		cfg := w.config()
		cfg.Keys = privacy.Plaintext
		w.CRM = got(crm.Open(owner, w.store, cfg))(t)
		w.play(t)
		var all []byte
		for _, data := range w.contents(t) {
			all = append(all, data...)
		}
		for what, text := range canaries {
			if canary.FindIn(all, text) == nil {
				t.Errorf("the %s is not found", what)
			}
		}
	})
}
