package customer_test

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

// A customer is registered with what they bring; the identity number tells the rest.
func ExampleService_Register() {
	archive, ctx := newMemory(), as(access.Agent)
	c, err := archive.Register(ctx, customer.Registration{
		Party: customer.Individual, Name: "张三",
		Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New("110199199001019015")},
		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("138 0013 8000")}},
	})
	fmt.Println(c.Number, c.Name, c.State, err)
	fmt.Println("birth", c.Birth, "complete to", c.Completeness, "per cent")
	// Output:
	// C-2026-00000001 张三 active <nil>
	// birth ••• complete to 50 per cent
}

// A form comes back with everything that is wrong with it.
func ExampleService_Register_faults() {
	archive, ctx := newMemory(), as(access.Agent)
	_, err := archive.Register(ctx, customer.Registration{
		Party:    customer.Individual,
		Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New("110199199001019011")},
		Birth:    kernel.NewDate(2030, 1, 1),
	})
	var faults *kernel.FieldErrors
	if errors.As(err, &faults) {
		for _, f := range faults.Faults {
			fmt.Printf("%s: %s\n", f.Path, f.Message)
		}
	}
	// Output:
	// name: must not be empty
	// document.number: the check character does not agree with the other digits
	// birth: lies in the future
}

// A likely repetition is refused until somebody has looked.
func ExampleService_Register_duplicate() {
	archive, ctx := newMemory(), as(access.Agent)
	husband := customer.Registration{
		Party: customer.Individual, Name: "张三",
		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("13800138000")}},
	}
	_, _ = archive.Register(ctx, husband)

	wife := husband
	wife.Name = "李芳"
	_, err := archive.Register(ctx, wife)
	var dup *kernel.DuplicateError
	fmt.Println(errors.As(err, &dup), dup)

	wife.AcceptDuplicate, wife.Reason = true, privacy.New("the couple share a phone")
	c, err := archive.Register(ctx, wife)
	fmt.Println(c.Number, c.Name, err)
	// Output:
	// true customer exists already: 1 likely candidate(s)
	// C-2026-00000002 李芳 <nil>
}

// Who calls is found by the number that they call from, however it is written.
func ExampleService_Find() {
	archive, ctx := newMemory(), as(access.Agent)
	for i, name := range []string{"张三", "张三丰", "李四"} {
		_, _ = archive.Register(ctx, customer.Registration{
			Party: customer.Individual, Name: name,
			Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New(fmt.Sprintf("1380013800%d", i))}},
		})
	}
	page, err := archive.Find(ctx, customer.Search{Phone: privacy.New("+86 138-0013-8002")}, kernel.List{})
	fmt.Println(page.Items[0].Name, err)
	page, err = archive.Find(ctx, customer.Search{NamePrefix: "张"}, kernel.List{})
	for _, c := range page.Items {
		fmt.Println(c.Number, c.Name, err)
	}
	page, err = archive.Find(as(access.ProductManager), customer.Search{Number: "C-2026-00000002"}, kernel.List{})
	fmt.Println(page.Items[0].Name, err)
	// Output:
	// 李四 <nil>
	// C-2026-00000001 张三 <nil>
	// C-2026-00000002 张三丰 <nil>
	// 张** <nil>
}

// Sealed data is opened for a purpose, and the look is on record.
func ExampleService_Reveal() {
	archive := newMemory()
	c, _ := archive.Register(as(access.Agent), customer.Registration{
		Party: customer.Individual, Name: "张三",
		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("13800138000")}},
	})
	p, err := archive.Reveal(as(access.Adjuster), c.ID, customer.Look{
		Fields: []customer.Field{customer.FieldPhones}, Purpose: privacy.New("to call about a claim"),
	})
	phone := p.Contacts[0]
	fmt.Println(phone.Value, phone.Short(), string(phone.Value), err)

	looks, err := archive.Accesses(as(access.Auditor), c.ID, kernel.List{})
	for _, look := range looks.Items {
		fmt.Println(look.Role, "looked at", look.Parts, err)
	}
	// Output:
	// ••• +86138****8000 +8613800138000 <nil>
	// adjuster looked at [phones] <nil>
}

// Two archives of one person become one; what leads to the old one leads on.
func ExampleService_Merge() {
	archive, ctx := newMemory(), as(access.Archivist)
	old, _ := archive.Register(ctx, customer.Registration{
		Party: customer.Individual, Name: "张三", Document: customer.Document{Kind: customer.Passport, Number: privacy.New("E12345678")},
	})
	now, _ := archive.Register(ctx, customer.Registration{
		Party: customer.Individual, Name: "张三", Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New("110199199001019015")},
	})
	old, err := archive.Merge(ctx, old.ID, customer.Merger{Into: now.ID, Reason: privacy.New("passport and card seen")})
	fmt.Println(old.State, old.MergedInto == now.ID, err)
	_, err = archive.Amend(ctx, old.ID, customer.Amendment{Name: new(string)})
	fmt.Println(err)
	// Output:
	// merged true <nil>
	// customer: Amend refused in merged: it is possible only in active, dormant, deceased
}
