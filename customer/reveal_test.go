package customer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

func TestRevealOpensWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		for field, want := range map[customer.Field]customer.Personal{
			customer.FieldName:     {Name: "张三"},
			customer.FieldIdentity: {Identity: privacy.Plain(resident(kernel.NewDate(1990, 1, 1), 901))},
			customer.FieldVital:    {Birth: "1990-01-01", Gender: "male", Marital: "married"},
			customer.FieldWork:     {Occupation: "1", Employer: "中关村电子有限公司"},
			customer.FieldHealth:   {},
			customer.FieldFinance:  {},
		} {
			if diff := cmp.Diff(want, w.reveal(t, c.ID, field)); diff != "" {
				t.Errorf("%s: %s", field, diff)
			}
		}
		for field, want := range map[customer.Field]string{
			customer.FieldPhones: "+86138****8000", customer.FieldEmails: "z***@example.com", customer.FieldAddresses: "北京市海淀区***",
		} {
			p := w.reveal(t, c.ID, field, field)
			if len(p.Contacts) != 1 || p.Contacts[0].Short() != want || p.Identity != "" {
				t.Errorf("%s: %v %s", field, p.Contacts, p.Contacts[0].Short())
			}
		}
		if short := w.reveal(t, c.ID, customer.FieldIdentity).ShortIdentity(); short != "110***********9015" {
			t.Error(short)
		}
	})
}

// A look leaves its record, and the archive as it was: a look never collides with
// work.
func TestALookIsRecorded(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		adjuster := as(access.Adjuster)
		fields := []customer.Field{customer.FieldPhones, customer.FieldIdentity}
		if _, err := w.Reveal(adjuster, c.ID, customer.Look{Fields: fields, Purpose: secret("to call about claim CL-1")}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		w.reveal(t, c.ID, customer.FieldHealth)
		if got, err := w.Get(agent, c.ID); err != nil || got.Version != c.Version {
			t.Errorf("the look changed the archive: version %d, %v", got.Version, err)
		}
		page, err := w.Accesses(auditor, c.ID, kernel.List{})
		if err != nil || len(page.Items) != 2 {
			t.Fatalf("%d looks, %v", len(page.Items), err)
		}
		latest, first := page.Items[0], page.Items[1]
		if !slices.Equal(latest.Parts, []reveal.Part{"health"}) || latest.Role != access.Archivist {
			t.Errorf("the latest: %+v", latest)
		}
		if !slices.Equal(first.Parts, []reveal.Part{"identity", "phones"}) || first.Role != access.Adjuster ||
			first.Actor != "u-[adjuster]" || first.CaseKind != customer.Kind || first.CaseID != c.ID || first.PersonRef != c.ID.Ref() || !first.CreatedAt.Equal(noon) {
			t.Errorf("the first: %+v", first)
		}
		if got := opened(t, w, &first)["purpose"]; got != "to call about claim CL-1" {
			t.Errorf("purpose: %q", got)
		}
		var entries []journal.Entry
		err = w.store.View(kernel.WithActor(t.Context(), kernel.Owner), func(tx *storage.GuardTx) (err error) {
			entries, err = journal.History(tx, reveal.Kind, first.ID)
			return err
		})
		if err != nil || len(entries) != 1 || entries[0].Event != "Look" || entries[0].Facts["case"] != string(c.ID) {
			t.Errorf("journal: %+v, %v", entries, err)
		}
	})
}

func TestRevealRefusals(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	for name, x := range map[string]struct {
		in   customer.Look
		want []string
	}{
		"nothing":  {customer.Look{}, []string{"purpose required", "fields required"}},
		"strange":  {customer.Look{Fields: []customer.Field{"soul"}, Purpose: secret(strings.Repeat("x", 2001))}, []string{"purpose length", "fields[0] unknown"}},
		"too many": {customer.Look{Fields: slices.Repeat([]customer.Field{customer.FieldName}, 11), Purpose: secret("x")}, []string{"fields length"}},
	} {
		if diff := cmp.Diff(x.want, faults(t, second(w.Reveal(archivist, c.ID, x.in)))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	look := customer.Look{Fields: []customer.Field{customer.FieldIdentity}, Purpose: secret("curious")}
	for _, ctx := range []kernel.Role{access.Auditor, access.ProductManager, access.Cashier} {
		if p, err := w.Reveal(as(ctx), c.ID, look); !errors.Is(err, kernel.ErrForbidden) || p.Identity != "" {
			t.Errorf("%s: %v", ctx, err)
		}
	}
	for _, id := range []kernel.ID{kernel.NewID(), "", "x"} {
		if _, err := w.Reveal(archivist, id, look); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := w.Accesses(agent, c.ID, kernel.List{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("an agent sees who looked: %v", err)
	}
	page, err := w.Accesses(auditor, c.ID, kernel.List{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("refused looks are recorded as looks: %v, %v", page.Items, err)
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	got, err := w.directory.Basics(as(access.Underwriter), c.ID.Ref())
	want := customer.Basics{ID: c.ID, Number: c.Number, Party: customer.Individual, State: customer.Active, Birth: kernel.NewDate(1990, 1, 1), Gender: customer.Male}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, ref := range []kernel.Ref{"", "HOST-17", kernel.NewID().Ref()} {
		if _, err := w.directory.Basics(agent, ref); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if _, err := w.directory.Basics(as("passer-by"), c.ID.Ref()); !errors.Is(err, kernel.ErrForbidden) {
		t.Error(err)
	}
}
