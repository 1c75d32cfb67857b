package customer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// few people, so that files repeat them.
var anyCustomer = rapid.Custom(func(t *rapid.T) customer.Registration {
	one := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "of") }
	in := customer.Registration{
		Party: customer.Individual, Name: one("张三", "李四", "王五", ""), Birth: kernel.NewDate(1990, 1, rapid.IntRange(1, 2).Draw(t, "day")),
		Employer: secret(one("", "保险公司")), Branch: one("", "north"),
	}
	if no := rapid.IntRange(0, 4).Draw(t, "passport"); no > 0 {
		in.Document = customer.Document{Kind: customer.Passport, Number: secret(fmt.Sprintf("E%08d", no))}
	}
	for range rapid.IntRange(0, 2).Draw(t, "contacts") {
		in.Contacts = append(in.Contacts, rapid.SampledFrom([]customer.ContactDetail{
			{Kind: customer.Phone, Value: secret("13800138000")}, {Kind: customer.Phone, Value: secret("13900139000"), Main: true},
			{Kind: customer.Address, Value: secret("中关村大街1号"), Use: customer.ForMail}, {Kind: customer.Phone, Value: secret("1")},
		}).Draw(t, "contact"))
	}
	if rapid.Bool().Draw(t, "accepted") {
		in.AcceptDuplicate, in.Reason = true, secret("looked at")
	}
	return in
})

// A file of one row a unit leads to the same archives as registering one after the other,
// and refuses the same rows; in larger units it stores the same as far as it stores them.
func TestImportIsRegistering(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyCustomer, 1, 12).Draw(t, "rows")
		alone, many, whole := newWorld(memory.New()), newWorld(memory.New()), newWorld(memory.New())
		var refused []int
		for i, in := range rows {
			_, err := alone.Register(archivist, in)
			switch {
			case errors.Is(err, kernel.ErrInvalid), errors.Is(err, kernel.ErrDuplicate):
				refused = append(refused, i)
			case err != nil:
				t.Fatal(err)
			}
		}
		file := func(yield func(customer.Adoption) bool) {
			for i, in := range rows {
				if !yield(customer.Adoption{Key: fmt.Sprint(i), Registration: in}) {
					return
				}
			}
		}
		report, err := many.Import(archivist, file, kernel.Intake{Unit: 1})
		if err != nil && !errors.Is(err, kernel.ErrInvalid) || report.Read != len(rows) || report.Stored+report.Refused != len(rows) || report.Refused != len(refused) {
			t.Fatalf("%+v, %v; registering refuses %v", report, err, refused)
		}
		for _, f := range report.Faults {
			var row int
			if _, err := fmt.Sscanf(f.Path, "rows[%d]", &row); err != nil || !slices.Contains(refused, row) {
				t.Fatalf("%s is refused: %s", f.Path, f.Message)
			}
		}
		want := alone.people(t)
		if d := cmp.Diff(want, many.people(t)); d != "" {
			t.Fatal(d)
		}
		report, err = whole.Import(archivist, file, kernel.Intake{Whole: true})
		if len(refused) > 0 != (err != nil) || len(refused) > 0 && report.Refused != len(rows) {
			t.Fatalf("whole: %+v, %v; registering refuses %v", report, err, refused)
		}
		if len(refused) == 0 {
			if d := cmp.Diff(want, whole.people(t)); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// people returns what is known of everybody, in the order of registration.
func (w *world) people(t *rapid.T) (all []map[string]string) {
	owner := kernel.WithActor(t.Context(), kernel.Owner)
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		list, err := storage.Find[customer.Customer](tx, storage.Query{})
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b customer.Customer) int { return strings.Compare(a.Number, b.Number) })
		for i := range list {
			c := &list[i]
			known, err := tx.Personal(c)
			if err != nil {
				return err
			}
			known["plain"] = fmt.Sprint(c.Number, c.Party, c.State, c.Branch, c.DocumentKind, c.DocumentCountry, c.Source, c.Completeness, c.Version)
			contacts, err := storage.Find[customer.Contact](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.ID]("customer_id").Eq(c.ID)}})
			if err != nil {
				return err
			}
			for n := range contacts {
				x := &contacts[n]
				plain, err := tx.Personal(x)
				if err != nil {
					return err
				}
				known[fmt.Sprint("contact ", n)] = fmt.Sprint(x.Kind, plain["value"], x.Use, x.Main, x.Version)
			}
			all = append(all, known)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
