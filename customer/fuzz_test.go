package customer_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// Whatever comes in, a registration is either refused with the places of its faults
// and nothing is written, or stands and is found again by what it came with.
func FuzzRegister(f *testing.F) {
	f.Add("individual", "张三", "resident_id", "", "110199199001019015", int32(0), "phone", "138 0013 8000", "male", 1, "甲公司", "north")
	f.Add("organisation", "甲公司", "uscc", "CN", "91110199TEXT00018M", int32(0), "email", "a@example.com", "", 0, "", "")
	f.Add("individual", "Jane Doe", "passport", "GB", "123456789", int32(kernel.NewDate(2000, 2, 29)), "address", "1 High Street", "female", 6, "", "")
	f.Add("individual", "x\x00", "other", "fr", "\xff", int32(-1), "", strings.Repeat("9", 300), "?", -1, "\n", strings.Repeat("b", 65))
	f.Add("\xec", "0", "uscc", "0", "0", int32(-15), "0", "0", "0", 0, "0", "") // a message must not repeat what it refuses
	f.Fuzz(func(t *testing.T, party, name, docKind, country, number string, birth int32, kind, value, gender string, occupation int, employer, branch string) {
		w := newWorld(memory.New())
		in := customer.Registration{
			Party: customer.Party(party), Name: name,
			Document: customer.Document{Kind: customer.DocumentKind(docKind), Country: country, Number: secret(number)},
			Birth:    kernel.Date(birth), Gender: customer.Gender(gender), Occupation: occupation,
			Employer: secret(employer), Branch: branch,
		}
		if kind != "" {
			in.Contacts = []customer.ContactDetail{{Kind: customer.ContactKind(kind), Value: secret(value)}}
		}
		c, err := w.Register(agent, in)
		list, listErr := w.List(agent, customer.Listing{}, kernel.List{})
		if listErr != nil {
			t.Fatal(listErr)
		}
		if err != nil {
			var faults *kernel.FieldErrors
			if !errors.As(err, &faults) || len(faults.Faults) == 0 || !utf8.ValidString(err.Error()) {
				t.Fatalf("refused without saying where: %v", err)
			}
			if len(list.Items) != 0 {
				t.Fatal("refused, and written all the same")
			}
			return
		}
		if len(list.Items) != 1 || list.Items[0].ID != c.ID || c.Completeness < 0 || c.Completeness > 100 {
			t.Fatalf("registered %+v, listed %+v", c, list.Items)
		}
		if number != "" {
			page, err := w.Find(agent, customer.Search{Document: in.Document}, kernel.List{})
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("not found by its document: %v", err)
			}
			if d := (*kernel.DuplicateError)(nil); !errors.As(second(w.Register(agent, in)), &d) || !d.Certain {
				t.Fatal("registered twice")
			}
		}
		if _, err := w.Reveal(archivist, c.ID, customer.Look{Fields: []customer.Field{customer.FieldVital, customer.FieldPhones}, Purpose: secret("fuzz")}); err != nil {
			t.Fatalf("what was registered cannot be opened: %v", err)
		}
	})
}
