package crm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Whatever a form holds, the answer is an error that says so, and nothing is written.
func TestBadInputWritesNothing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		cl := got(w.Claims.Report(adjuster, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour))))(t)
		got(w.Claims.File(adjuster, cl.ID, claim.Filing{Claimed: yuan("10")}))(t)
		long, id := strings.Repeat("长", 1<<20/3), kernel.NewID()
		before := w.rows(t)
		register := func(change func(*customer.Registration)) func() error {
			return func() error {
				in := customer.Registration{Party: customer.Individual, Name: "李四", Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: secret("13900139000")}}}
				change(&in)
				_, err := w.Customers.Register(agent, in)
				return err
			}
		}
		report := func(change func(*claim.Notice)) func() error {
			return func() error {
				in := loss(&s.policy, "theft", w.clock.Now().Add(-time.Hour))
				change(&in)
				_, err := w.Claims.Report(adjuster, in)
				return err
			}
		}
		issue := func(change func(*policy.Direct)) func() error {
			return func() error {
				in := wish(s.customer.ID.Ref())
				in.Receipts[0].Reference = "bank-2"
				change(&in)
				_, err := w.Applications.IssueDirect(manager, in)
				return err
			}
		}
		year := func(y int) kernel.Date { return kernel.NewDate(y, 1, 1) }
		for name, x := range map[string]struct {
			do   func() error
			want error
		}{
			"NUL in a name":          {register(func(in *customer.Registration) { in.Name = "李\x00四" }), crm.ErrInvalid},
			"bytes that are no text": {register(func(in *customer.Registration) { in.Name = "李\xff四" }), crm.ErrInvalid},
			"a name of a megabyte":   {register(func(in *customer.Registration) { in.Name = long }), crm.ErrInvalid},
			"an employer likewise":   {register(func(in *customer.Registration) { in.Employer = secret(long) }), crm.ErrInvalid},
			"born in the year 0":     {register(func(in *customer.Registration) { in.Birth = year(0) }), crm.ErrInvalid},
			"born in the year 9999":  {register(func(in *customer.Registration) { in.Birth = year(9999) }), crm.ErrInvalid},
			"a branch of a megabyte": {register(func(in *customer.Registration) { in.Branch = long }), crm.ErrInvalid},
			"a key of 500 characters": {func() error {
				_, err := w.Customers.Register(agent, customer.Registration{}, crm.Key(strings.Repeat("k", 500)))
				return err
			}, crm.ErrInvalid},
			"no version":               {func() error { _, err := w.Claims.Close(adjuster, cl.ID, crm.IfVersion(-3)); return err }, crm.ErrInvalid},
			"NUL in a description":     {report(func(in *claim.Notice) { in.Description = secret("a\x00b") }), crm.ErrInvalid},
			"a loss in the year 0":     {report(func(in *claim.Notice) { in.OccurredAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }), crm.ErrInvalid},
			"a loss in the year 9999":  {report(func(in *claim.Notice) { in.OccurredAt = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }), crm.ErrInvalid},
			"a loss in the year 30000": {report(func(in *claim.Notice) { in.OccurredAt = time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC) }), crm.ErrInvalid},
			"another currency":         {report(func(in *claim.Notice) { in.Currency, in.Claimed = "USD", yuan("5") }), crm.ErrInvalid},
			"a negative claim":         {report(func(in *claim.Notice) { in.Claimed = yuan("-5") }), crm.ErrInvalid},
			"half a fen":               {report(func(in *claim.Notice) { in.Claimed = yuan("5.005") }), crm.ErrInvalid},
			"a policy of a megabyte":   {report(func(in *claim.Notice) { in.Policy = kernel.Ref(long) }), crm.ErrInvalid},
			"a cause of a megabyte":    {report(func(in *claim.Notice) { in.Cause = long }), crm.ErrInvalid},
			"an unknown policy":        {report(func(in *claim.Notice) { in.Policy = id.Ref() }), crm.ErrNotFound},
			"a policy that is no key":  {report(func(in *claim.Notice) { in.Policy = "' OR 1=1 --" }), crm.ErrNotFound},
			"a premium in dollars":     {issue(func(in *policy.Direct) { in.Receipts[0].Currency = "USD" }), crm.ErrInvalid},
			"a negative premium":       {issue(func(in *policy.Direct) { in.Receipts[0].Amount = yuan("-680.50") }), crm.ErrInvalid},
			"an unknown product":       {issue(func(in *policy.Direct) { in.Product = "NONE" }), crm.ErrInvalid},
			"inception in year 9999":   {issue(func(in *policy.Direct) { in.Inception = year(9999) }), crm.ErrInvalid},
			"inception in year 0":      {issue(func(in *policy.Direct) { in.Inception = year(0) }), crm.ErrInvalid},
			"a sum beyond all bounds":  {issue(func(in *policy.Direct) { in.Items[0].SumInsured = yuan("1e40") }), crm.ErrInvalid},
			"a negative sum":           {issue(func(in *policy.Direct) { in.Items[0].SumInsured = yuan("-1") }), crm.ErrInvalid},
			"a zone of no country":     {issue(func(in *policy.Direct) { in.Zone = "Nowhere/Land" }), crm.ErrInvalid},
			"an unknown claim":         {func() error { _, err := w.Claims.Close(adjuster, id); return err }, crm.ErrNotFound},
			"a claim that is no key":   {func() error { _, err := w.Claims.Close(adjuster, "42"); return err }, crm.ErrNotFound},
			"an unknown payment":       {func() error { _, err := w.Payments.Issue(cashier, id, payment.Receipt{}); return err }, crm.ErrNotFound},
			"a reserve below nothing": {func() error {
				_, err := w.Claims.Reserve(adjuster, cl.ID, claim.Reserving{Loss: yuan("-1"), Reason: secret("x")})
				return err
			}, crm.ErrInvalid},
		} {
			if err := x.do(); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			} else if len(err.Error()) > 500 {
				t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
			}
		}
		if after := w.rows(t); after != before {
			t.Errorf("rows were written:\n%s\n%s", before, after)
		}
		w.sound(t)
	})
}

// Every fault of a form is told at once, each with its path.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	before := w.rows(t)
	paths := func(_ any, err error) []string {
		t.Helper()
		var fe *crm.FieldErrors
		if !errors.As(err, &fe) {
			t.Fatalf("%v", err)
		}
		var out []string
		for _, f := range fe.Faults {
			out = append(out, f.Path)
		}
		return out
	}
	for name, x := range map[string]struct{ have, want []string }{
		"registration": {paths(w.Customers.Register(agent, customer.Registration{
			Party: "riddle", Name: "\x00", Occupation: 9, Gender: "riddle", Marital: "riddle", Source: "riddle", Branch: "\x00",
			Document: customer.Document{Kind: "riddle"}, Contacts: []customer.ContactDetail{{Kind: "riddle"}, {Kind: customer.Phone, Value: secret("1")}},
		})), []string{"party", "name", "branch", "source"}},
		"notice": {paths(w.Claims.Report(adjuster, claim.Notice{
			Claimed: yuan("-1"), Currency: "riddle", Channel: "\x00", Place: secret("\x00"), AcceptDuplicate: true,
		})), []string{"policy", "occurred_at", "cause", "claimed", "currency", "channel", "place", "reason"}},
		"design": {paths(w.Products.Publish(manager, policy.Design{Line: "riddle", Coverages: []policy.Coverage{{Copay: yuan("2")}}})),
			[]string{"code", "line", "coverages[0].copay"}},
	} {
		have := fmt.Sprint(x.have)
		for _, path := range x.want {
			if !strings.Contains(have, path) {
				t.Errorf("%s: no word of %s in %v", name, path, x.have)
			}
		}
	}
	if after := w.rows(t); after != before {
		t.Errorf("rows were written:\n%s\n%s", before, after)
	}
}
