package customer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

func TestRegistrationIsKeptInNormalForm(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := zhang()
		in.Name = "  张三\t"
		if _, err := w.Register(agent, in); !slices.Equal(faults(t, err), []string{"name control"}) {
			t.Errorf("a tab in a name: %v", err)
		}
		in.Name = "  张三 "
		c := w.register(t, in)
		if c.State != customer.Active || c.Number != "C-2026-00000001" || c.Name != "张三" || c.Version != 1 || c.Completeness != 100 {
			t.Errorf("registered as %+v", c)
		}
		p := w.reveal(t, c.ID, customer.FieldIdentity, customer.FieldVital, customer.FieldWork, customer.FieldPhones, customer.FieldEmails, customer.FieldAddresses)
		if string(p.Birth) != "1990-01-01" || string(p.Gender) != "male" {
			t.Errorf("birth %q and gender %q are not those of the identity number", string(p.Birth), string(p.Gender))
		}
		if string(p.Occupation) != "1" || string(p.Employer) != "中关村电子有限公司" || string(p.Marital) != "married" {
			t.Errorf("work: %q %q %q", string(p.Occupation), string(p.Employer), string(p.Marital))
		}
		var values []string
		for _, x := range p.Contacts {
			values = append(values, string(x.Value))
			if !x.Main {
				t.Errorf("the only %s is not the main one", x.Kind)
			}
		}
		if diff := cmp.Diff([]string{"+8613800138000", "zhang.san@example.com", "北京市海淀区中关村大街1号"}, values); diff != "" {
			t.Error(diff)
		}
	})
}

// Everything that is wrong with a form comes back at once, with its place.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		_, err := w.Register(agent, customer.Registration{
			Party: "robot", Name: " ", Branch: strings.Repeat("b", 65), Source: "rumour",
			Document: customer.Document{Kind: customer.ResidentID, Country: "cn", Number: secret("110199199001019011"), Expires: kernel.NewDate(9999, 12, 31)},
			Contacts: []customer.ContactDetail{
				{Kind: "pigeon", Value: secret("coo")},
				{Kind: customer.Phone, Value: secret("123"), Use: "fun"},
				{Kind: customer.Email, Value: secret("a@b"), Main: true},
				{Kind: customer.Email, Value: secret("c@example.com"), Main: true},
				{Kind: customer.Address, Value: secret("A\x00B")},
				{Kind: customer.Email, Value: secret("c@example.com")},
				{Kind: customer.Phone},
				{Kind: customer.Address},
			},
			Birth: kernel.NewDate(0, 5, 5), Gender: "other", Occupation: 7, Marital: "complicated",
			Employer: secret(strings.Repeat("厂", 201)), AcceptDuplicate: true,
		})
		want := []string{
			"party unknown", "source unknown", "branch length", "reason required", "name required",
			"document.country format", "document.expires range", "document.number checksum",
			"employer length", "birth range", "gender unknown", "marital unknown", "occupation range",
			"contacts[0].kind unknown", "contacts[1].use unknown", "contacts[1].value unassigned",
			"contacts[2].value format", "contacts[3].main conflict", "contacts[4].value control",
			"contacts[5].value duplicate", "contacts[6].value required", "contacts[7].value required",
		}
		if diff := cmp.Diff(want, faults(t, err)); diff != "" {
			t.Error(diff)
		}
		if page, err := w.List(agent, customer.Listing{}, kernel.List{}); err != nil || len(page.Items) > 0 {
			t.Errorf("something was written: %v, %v", page.Items, err)
		}
	})
}

func TestFaultsOneByOne(t *testing.T) {
	t.Parallel()
	birth := kernel.NewDate(1990, 1, 1)
	for name, c := range map[string]struct {
		edit func(*customer.Registration)
		want string
	}{
		"nothing known": {func(in *customer.Registration) {
			*in = customer.Registration{Party: customer.Individual, Name: "李四"}
		}, "contacts required"},
		"a name of 1 MB":        {func(in *customer.Registration) { in.Name = strings.Repeat("x", 1<<20) }, "name length"},
		"a NUL in the name":     {func(in *customer.Registration) { in.Name = "张\x00三" }, "name control"},
		"broken text":           {func(in *customer.Registration) { in.Name = "张\xff" }, "name encoding"},
		"invisible characters":  {func(in *customer.Registration) { in.Name = "张\u200b三" }, "name format"},
		"a number of 1 MB":      {func(in *customer.Registration) { in.Document.Number = secret(strings.Repeat("1", 1<<20)) }, "document.number length"},
		"a NUL in the employer": {func(in *customer.Registration) { in.Employer = secret("a\x00") }, "employer control"},
		"a phone of 1 MB":       {func(in *customer.Registration) { in.Contacts[0].Value = secret(strings.Repeat("1", 1<<20)) }, "contacts[0].value length"},
		"an address of 1 MB":    {func(in *customer.Registration) { in.Contacts[2].Value = secret(strings.Repeat("街", 1<<20)) }, "contacts[2].value length"},
		"too many contacts":     {func(in *customer.Registration) { in.Contacts = make([]customer.ContactDetail, 51) }, "contacts length"},
		"born tomorrow": {func(in *customer.Registration) {
			in.Document = customer.Document{}
			in.Birth = kernel.NewDate(2026, 11, 23)
		}, "birth future"},
		"born in the year 9999": {func(in *customer.Registration) {
			in.Document = customer.Document{}
			in.Birth = kernel.NewDate(9999, 1, 1)
		}, "birth range"},
		"born in the year 0": {func(in *customer.Registration) { in.Document = customer.Document{}; in.Birth = kernel.NewDate(0, 1, 1) }, "birth range"},
		"another birth date": {func(in *customer.Registration) { in.Birth = birth + 1 }, "birth conflict"},
		"another gender":     {func(in *customer.Registration) { in.Gender = customer.Female }, "gender conflict"},
		"a person's credit code": {func(in *customer.Registration) {
			in.Document = customer.Document{Kind: customer.CreditCode, Number: secret("9111019900000000XX")}
		}, "document.kind conflict"},
		"an unknown document":         {func(in *customer.Registration) { in.Document.Kind = "library card" }, "document.kind kind"},
		"a number without kind":       {func(in *customer.Registration) { in.Document.Kind = "" }, "document.kind kind"},
		"a kind without number":       {func(in *customer.Registration) { in.Document.Number = secret("") }, "document.number required"},
		"a resident of another state": {func(in *customer.Registration) { in.Document.Country = "FR" }, "document.country conflict"},
		"a person's representative":   {func(in *customer.Registration) { in.LegalRepresentative = secret("王五") }, "legalRepresentative conflict"},
		"accepted without a reason":   {func(in *customer.Registration) { in.AcceptDuplicate = true; in.Reason = secret("  ") }, "reason required"},
		"an organisation's birth date": {func(in *customer.Registration) {
			*in = customer.Registration{Party: customer.Organisation, Name: "甲公司", Birth: birth, Contacts: in.Contacts}
		}, "birth conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newMemory()
			in := zhang()
			c.edit(&in)
			_, err := w.Register(agent, in)
			if got := faults(t, err); !slices.Contains(got, c.want) {
				t.Errorf("got %q, want %q among them", got, c.want)
			}
			if len(err.Error()) > 2000 {
				t.Errorf("the error repeats the input: %d bytes", len(err.Error()))
			}
			if page, _ := w.List(agent, customer.Listing{}, kernel.List{}); len(page.Items) > 0 {
				t.Error("something was written")
			}
		})
	}
}

// A sealed value, as records hold it, says nothing to who copies it into a form.
func TestSealedValuesAreNoInput(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	in := zhang()
	in.Document.Number = c.DocumentNumber
	in.Contacts[0].Value, in.Contacts[0].Name = c.DocumentNumber, c.DocumentNumber
	in.Employer = c.Employer
	_, err := w.Register(agent, in)
	want := []string{"document.number sealed", "employer sealed", "contacts[0].name sealed", "contacts[0].value sealed"}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
}

// In Beijing it is the 23rd already, in Greenwich it is not: a child born this morning
// can be registered.
func TestTodayIsTheInsurersToday(t *testing.T) {
	t.Parallel()
	w := newMemory()
	w.clock.Set(noon.Add(13 * 60 * 60 * 1e9)) // 01:00 on the 23rd
	in := person("张小宝", kernel.NewDate(2026, 11, 23), 2)
	c := w.register(t, in)
	if p := w.reveal(t, c.ID, customer.FieldVital); string(p.Birth) != "2026-11-23" || string(p.Gender) != "female" {
		t.Errorf("born %s, %s", string(p.Birth), string(p.Gender))
	}
}

func TestOrganisation(t *testing.T) {
	t.Parallel()
	w := newMemory()
	in := customer.Registration{
		Party: customer.Organisation, Name: "北京甲乙电子有限公司",
		Document:            customer.Document{Kind: customer.CreditCode, Number: secret("91110199test00018m")},
		LegalRepresentative: secret("王五"),
		Contacts:            []customer.ContactDetail{{Kind: customer.Phone, Value: secret("95500"), Name: secret("李四")}},
	}
	if _, err := w.Register(agent, in); !slices.Equal(faults(t, err), []string{"document.number org_check"}) && !errors.Is(err, kernel.ErrInvalid) {
		t.Fatal(err)
	}
	in.Document = customer.Document{Kind: customer.OtherDocument, Country: "FR", Number: secret("RCS 552 081 317")}
	c := w.register(t, in)
	p := w.reveal(t, c.ID, customer.FieldWork, customer.FieldPhones, customer.FieldVital)
	if string(p.LegalRepresentative) != "王五" || p.Birth != "" || string(p.Contacts[0].Name) != "李四" {
		t.Error("not as registered")
	}
	if _, err := w.RecordDeath(archivist, c.ID, customer.Death{On: kernel.NewDate(2026, 1, 1), Reason: secret("wound up")}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("an organisation dies: %v", err)
	}
	again := in
	again.Document, again.Contacts[0].Value = customer.Document{}, secret("95511")
	if d := duplicate(t, second(w.Register(agent, again))); d.Certain || !slices.Equal(d.Candidates, []kernel.ID{c.ID}) {
		t.Errorf("the same name: %+v", d)
	}
}

func TestTheSameRequestTwice(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		first, err := w.Register(agent, zhang(), kernel.Key("req-1"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Register(agent, zhang(), kernel.Key("req-1"))
		if err != nil || again.ID != first.ID || !again.Replayed || again.Name != first.Name {
			t.Errorf("again: %+v, %v", again, err)
		}
		other := zhang()
		other.Name = "张四"
		if _, err := w.Register(agent, other, kernel.Key("req-1")); !errors.Is(err, kernel.ErrKeyReused) {
			t.Errorf("another form under the key: %v", err)
		}
	})
}

func TestADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		if c, err := w.Register(agent, zhang(), kernel.DryRun()); err != nil || c.Number == "" {
			t.Fatalf("%+v, %v", c, err)
		}
		if c := w.register(t, zhang()); c.Number != "C-2026-00000001" {
			t.Errorf("the dry run took a number: %s", c.Number)
		}
	})
}

// Two counters register the same person at the same moment: one archive comes of it,
// and the other counter is told which.
func TestOneDocumentOneArchive(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.register(t, person("李四", kernel.NewDate(1980, 2, 2), 1))
		race(t, w.Service, zhang())
		// Likewise where a command is not run again, as in a host's own transaction.
		once := customer.New(w.engine.Within(w.store.Store()), customer.Config{})
		race(t, once, person("王五", kernel.NewDate(1970, 3, 3), 1))
	})
}

func race(t *testing.T, archive *customer.Service, in customer.Registration) {
	t.Helper()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		ids  []kernel.ID
		errs []error
	)
	for range 6 {
		wg.Go(func() {
			c, err := archive.Register(agent, in)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
			} else {
				ids = append(ids, c.ID)
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Fatalf("%d archives of one person; %v", len(ids), errs)
	}
	for _, err := range errs {
		if d := duplicate(t, err); !d.Certain || !slices.Equal(d.Candidates, ids) || d.Kind != customer.Kind {
			t.Errorf("%+v does not name %v", d, ids)
		}
	}
}

// Several registrations in one unit of work stand or fall together.
func TestAHouseholdInOneUnit(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		household := func(child customer.Registration) error {
			return w.engine.Together(agent, command.Group{}, func(ctx context.Context, r command.Runner) error {
				in := customer.New(r, customer.Config{})
				if _, err := in.Register(ctx, zhang()); err != nil {
					return err
				}
				_, err := in.Register(ctx, child)
				return err
			})
		}
		if d := duplicate(t, household(zhang())); !d.Certain || len(d.Candidates) != 1 {
			t.Errorf("one person twice in a household: %+v", d)
		}
		if page, err := w.List(agent, customer.Listing{}, kernel.List{}); err != nil || len(page.Items) != 0 {
			t.Errorf("half a household: %v, %v", page.Items, err)
		}
		if err := household(person("张小宝", kernel.NewDate(2020, 5, 5), 1)); err != nil {
			t.Fatal(err)
		}
		page, err := w.List(agent, customer.Listing{Sort: customer.SortRegistered}, kernel.List{})
		if err != nil || !slices.Equal(names(page), []string{"张三", "张小宝"}) || page.Items[1].Number != "C-2026-00000002" {
			t.Errorf("%v, %v", names(page), err)
		}
	})
}

func newMemory() *world { return newWorld(memory.New()) }

func second[T any](_ T, err error) error { return err }
