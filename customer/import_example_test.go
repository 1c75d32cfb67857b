package customer_test

import (
	"fmt"
	"slices"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

// The customers of an older system come in. One row has a fault, so nothing of its unit is
// stored; mended, the whole file is given once more.
func ExampleService_Import() {
	archive, ctx := newMemory(), as(access.Archivist)
	row := func(key, name, phone string) customer.Adoption {
		return customer.Adoption{Key: key, Registration: customer.Registration{
			Party: customer.Individual, Name: name,
			Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New(phone)}},
		}}
	}
	file := []customer.Adoption{row("KH-1", "张三", "13800138000"), row("KH-2", "李芳", "13900139000"), row("KH-3", "王五", "137")}

	report, _ := archive.Import(ctx, slices.Values(file), kernel.Intake{Unit: 2})
	fmt.Println(report.Stored, "stored,", report.Refused, "refused")
	for _, f := range report.Faults {
		fmt.Println(f.Path, f.Code)
	}

	file[2] = row("KH-3", "王五", "13700137000")
	report, err := archive.Import(ctx, slices.Values(file), kernel.Intake{Unit: 2})
	fmt.Println(report.Stored, "stored,", report.Again, "were there,", err)
	// Output:
	// 2 stored, 1 refused
	// rows[2].contacts[0].value unassigned
	// 1 stored, 2 were there, <nil>
}
