package customer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

func TestAmendChangesWhatIsNamed(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		all := []customer.Field{customer.FieldIdentity, customer.FieldVital, customer.FieldWork, customer.FieldAddresses}
		before := w.reveal(t, c.ID, all...)
		c, err := w.Amend(agent, c.ID, customer.Amendment{
			Employer: ptr(secret("上海外滩贸易有限公司")), Marital: ptr(customer.Divorced), Occupation: ptr(0), Reason: secret("he told us"),
		}, kernel.IfVersion(1))
		if err != nil || c.Version != 2 || c.Completeness != 90 || c.State != customer.Active {
			t.Fatalf("%+v, %v", c, err)
		}
		want := before
		want.Employer, want.Marital, want.Occupation = "上海外滩贸易有限公司", "divorced", ""
		if diff := cmp.Diff(want, w.reveal(t, c.ID, all...)); diff != "" {
			t.Error(diff)
		}
		if _, err := w.Amend(agent, c.ID, customer.Amendment{Name: ptr("x")}, kernel.IfVersion(1)); !errors.Is(err, kernel.ErrConflict) {
			t.Errorf("an old version: %v", err)
		}
		history, err := w.History(agent, c.ID)
		if err != nil || len(history) != 2 {
			t.Fatalf("%d entries, %v", len(history), err)
		}
		last := history[1]
		if last.Event != "Amend" || last.From != "active" || last.To != "active" || last.Changes.IsZero() || last.Reason.IsZero() {
			t.Errorf("%+v", last)
		}
		changes := opened(t, w, &last)["changes"]
		for _, text := range []string{"中关村电子有限公司", "上海外滩贸易有限公司", "married", "divorced"} {
			if !strings.Contains(changes, text) {
				t.Errorf("the journal does not keep %s: %s", text, changes)
			}
		}
		if strings.Contains(changes, "1990-01-01") {
			t.Error("the journal keeps what did not change")
		}
	})
}

func TestAmendedContacts(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		old, err := w.Contacts(agent, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Hour)
		// The second phone is the main one now; then the first one ends.
		if _, err := w.Amend(agent, c.ID, customer.Amendment{AddContacts: []customer.ContactDetail{
			{Kind: customer.Phone, Value: secret("13900139000"), Main: true}, {Kind: customer.Phone, Value: secret("01062510000"), Use: customer.ForWork},
		}}); err != nil {
			t.Fatal(err)
		}
		if got := phones(w.reveal(t, c.ID, customer.FieldPhones)); !slices.Equal(got, []string{"+8613800138000", "+8613900139000 main", "+861062510000"}) {
			t.Errorf("added: %q", got)
		}
		if _, err := w.Amend(agent, c.ID, customer.Amendment{EndContacts: []kernel.ID{old[0].ID}, MainContacts: []kernel.ID{w.contact(t, c.ID, "+861062510000")}}); err != nil {
			t.Fatal(err)
		}
		if got := phones(w.reveal(t, c.ID, customer.FieldPhones)); !slices.Equal(got, []string{"+8613900139000", "+861062510000 main"}) {
			t.Errorf("ended and preferred: %q", got)
		}
		if _, err := w.Amend(agent, c.ID, customer.Amendment{EndContacts: []kernel.ID{w.contact(t, c.ID, "+861062510000")}}); err != nil {
			t.Fatal(err)
		}
		if got := phones(w.reveal(t, c.ID, customer.FieldPhones)); !slices.Equal(got, []string{"+8613900139000 main"}) {
			t.Errorf("the main one ended: %q", got)
		}
		_, err = w.Amend(agent, c.ID, customer.Amendment{EndContacts: []kernel.ID{old[0].ID}, MainContacts: []kernel.ID{kernel.NewID()}})
		if got := faults(t, err); !slices.Equal(got, []string{"endContacts[0] unknown", "mainContacts[0] unknown"}) {
			t.Errorf("strange contacts: %q", got)
		}
	})
}

func TestAmendRefusals(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	other := w.register(t, person("李四", kernel.NewDate(1980, 2, 2), 1))
	for name, x := range map[string]struct {
		in   customer.Amendment
		want []string
	}{
		"nothing":                   {customer.Amendment{Reason: secret("why not")}, []string{" required"}},
		"a name forgotten":          {customer.Amendment{Name: ptr("")}, []string{"name required"}},
		"gender against the number": {customer.Amendment{Gender: ptr(customer.Female)}, []string{"gender conflict"}},
		"number against the birth":  {customer.Amendment{Document: &customer.Document{Kind: customer.ResidentID, Number: secret(resident(kernel.NewDate(1990, 1, 2), 901))}}, []string{"birth conflict"}},
		"everything at once": {customer.Amendment{
			Name: ptr("\x00"), Birth: ptr(kernel.NewDate(2030, 1, 1)), Marital: ptr(customer.Marital("?")), Source: ptr(customer.Source("")),
			AddContacts: []customer.ContactDetail{{Kind: customer.Email, Value: secret("@")}},
			Health:      &customer.HealthChange{Smoker: ptr(customer.Smoker("?")), Conditions: ptr(secret(strings.Repeat("x", 2001))), AssessedOn: ptr(kernel.NewDate(2027, 1, 1)), AssessedBy: ptr(strings.Repeat("x", 65))},
			Finance:     &customer.FinanceChange{Income: ptr(secret("-1")), Assets: ptr(secret("1e9999999")), Liabilities: ptr(secret("0.001")), Capacity: ptr(secret("900000000000000")), Account: ptr(secret("12?")), Source: "?"},
		}, []string{
			"name control", "source required", "birth future", "marital unknown", "birth conflict",
			"health.conditions length", "health.smoker unknown", "health.assessedBy length", "health.assessedOn future",
			"finance.income range", "finance.assets format", "finance.liabilities range", "finance.capacity range", "finance.account format", "finance.source unknown",
			"addContacts[0].value format",
		}},
	} {
		_, err := w.Amend(agent, c.ID, x.in)
		if diff := cmp.Diff(x.want, faults(t, err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	doc := zhang().Document
	if d := duplicate(t, second(w.Amend(agent, other.ID, customer.Amendment{Document: &doc, Birth: ptr(kernel.NewDate(1990, 1, 1))}))); !d.Certain || !slices.Equal(d.Candidates, []kernel.ID{c.ID}) {
		t.Errorf("another's document: %+v", d)
	}
	if _, err := w.Amend(as("auditor"), c.ID, customer.Amendment{Name: ptr("x")}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("an auditor amends: %v", err)
	}
	if _, err := w.Amend(agent, kernel.NewID(), customer.Amendment{Name: ptr("x")}); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if got, _ := w.Get(agent, c.ID); got.Version != 1 {
		t.Errorf("something was written: version %d", got.Version)
	}
}

// A slip of the pen in the number is mended; the birth date that came from it goes
// along, and the document has to be verified again.
func TestMendedDocument(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	if _, err := w.Verify(agent, c.ID, customer.Verification{Section: customer.SectionDocument, How: customer.ByOriginal}); err != nil {
		t.Fatal(err)
	}
	birth := kernel.NewDate(1991, 1, 1)
	doc := customer.Document{Kind: customer.ResidentID, Number: secret(resident(birth, 902))}
	c, err := w.Amend(agent, c.ID, customer.Amendment{Document: &doc, Birth: ptr(kernel.Date(0)), Gender: ptr(customer.Gender(""))})
	if err != nil || c.DocumentChecked != (customer.Verified{}) || c.DocumentExpires != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if p := w.reveal(t, c.ID, customer.FieldVital); string(p.Birth) != "1991-01-01" || string(p.Gender) != "female" {
		t.Errorf("born %s, %s", string(p.Birth), string(p.Gender))
	}
	w.register(t, person("别人", kernel.NewDate(1990, 1, 1), 901)) // the number is free again
}

func TestHealthAndFinance(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.register(t, zhang())
		_, err := w.Verify(agent, c.ID, customer.Verification{Section: customer.SectionHealth, How: customer.ByCopy})
		if got := faults(t, err); !slices.Equal(got, []string{"section missing"}) {
			t.Errorf("verified what is not there: %q", got)
		}
		if _, err := w.Amend(agent, c.ID, customer.Amendment{
			Health:  &customer.HealthChange{Conditions: ptr(secret("高血压\n糖尿病")), Smoker: ptr(customer.Former), RiskClass: ptr(customer.Substandard)},
			Finance: &customer.FinanceChange{Income: ptr(secret("120000")), Account: ptr(secret("6222 0212 3456 7890 123"))},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Amend(agent, c.ID, customer.Amendment{
			Health:  &customer.HealthChange{RiskAppetite: ptr(customer.Steady), Smoker: ptr(customer.Smoker(""))},
			Finance: &customer.FinanceChange{Capacity: ptr(secret("9999.9"))},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Verify(as("underwriter"), c.ID, customer.Verification{Section: customer.SectionHealth, How: customer.ByCopy}); err != nil {
			t.Fatal(err)
		}
		p := w.reveal(t, c.ID, customer.FieldHealth, customer.FieldFinance)
		want := customer.Personal{
			Health:  customer.PersonalHealth{Conditions: "高血压\n糖尿病", RiskClass: "substandard", RiskAppetite: "steady"},
			Finance: customer.PersonalFinance{Currency: "CNY", Income: "120000.00", Capacity: "9999.90", Account: "6222021234567890123"},
		}
		if diff := cmp.Diff(want, p); diff != "" {
			t.Error(diff)
		}
		_, err = w.Amend(agent, c.ID, customer.Amendment{Finance: &customer.FinanceChange{Currency: "USD", Income: ptr(secret("1"))}})
		if got := faults(t, err); !slices.Equal(got, []string{"finance.currency conflict"}) {
			t.Errorf("half in dollars: %q", got)
		}
	})
}

func phones(p customer.Personal) []string {
	var out []string
	for _, x := range p.Contacts {
		s := string(x.Value)
		if x.Main {
			s += " main"
		}
		out = append(out, s)
	}
	return out
}

// contact returns the key of the phone in use with the number.
func (w *world) contact(t *testing.T, id kernel.ID, number string) kernel.ID {
	t.Helper()
	for _, x := range w.reveal(t, id, customer.FieldPhones).Contacts {
		if string(x.Value) == number {
			return x.ID
		}
	}
	t.Fatalf("no phone %s", number)
	return ""
}

// opened reads sealed columns as only a test may.
func opened(t *testing.T, w *world, rec interface{ TableName() string }) map[string]string {
	t.Helper()
	var plain map[string]string
	err := w.engine.Look(kernel.WithActor(t.Context(), kernel.Owner), "test.Open", func(u *command.Unit) (err error) {
		plain, err = u.Open(rec)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
