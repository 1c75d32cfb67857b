package customer_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

// Whatever is added, ended and preferred in whatever order: each kind in use has
// exactly one main contact, what was added and not ended is there, and the journal
// agrees with the rows.
func TestOneMainContactOfEachKind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newMemory()
		c := w.register(t, person("张三", kernel.NewDate(1990, 1, 1), 901))
		var want []string
		n := 0
		for range rapid.IntRange(1, 8).Draw(rt, "amendments") {
			have, err := w.Contacts(agent, c.ID)
			if err != nil {
				rt.Fatal(err)
			}
			var in customer.Amendment
			for i, x := range have {
				switch rapid.IntRange(0, 5).Draw(rt, "do") {
				case 0:
					in.EndContacts = append(in.EndContacts, x.ID)
					want[i] = ""
				case 1:
					in.MainContacts = append(in.MainContacts, x.ID)
				}
			}
			want = slices.DeleteFunc(want, func(s string) bool { return s == "" })
			main := map[customer.ContactKind]bool{}
			for range rapid.IntRange(0, 3).Draw(rt, "added") {
				n++
				d := customer.ContactDetail{Kind: customer.Phone, Value: secret(fmt.Sprintf("+86138%08d", n))}
				if rapid.Bool().Draw(rt, "email") {
					d = customer.ContactDetail{Kind: customer.Email, Value: secret(fmt.Sprintf("a%d@example.com", n))}
				}
				d.Main = !main[d.Kind] && rapid.Bool().Draw(rt, "main")
				main[d.Kind] = main[d.Kind] || d.Main
				value, _ := d.Value.Plain()
				in.AddContacts, want = append(in.AddContacts, d), append(want, value)
			}
			if _, err := w.Amend(agent, c.ID, in); err != nil && !errors.Is(err, kernel.ErrInvalid) {
				rt.Fatal(err)
			}
			mains, kinds := map[customer.ContactKind]int{}, map[customer.ContactKind]bool{}
			var got []string
			for _, x := range w.reveal(t, c.ID, customer.FieldPhones, customer.FieldEmails).Contacts {
				got = append(got, string(x.Value))
				kinds[x.Kind] = true
				if x.Main {
					mains[x.Kind]++
				}
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("in use %q, want %q", got, want)
			}
			for k := range kinds {
				if mains[k] != 1 {
					rt.Fatalf("%d main contacts of kind %s", mains[k], k)
				}
			}
		}
		if report, err := verifyJournal(t, w); err != nil || !report.OK() {
			rt.Fatalf("%+v, %v", report, err)
		}
	})
}
