package identity_test

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
)

func ExampleResidentID() {
	today := kernel.NewDate(2026, 11, 22)
	r, err := identity.ResidentID("31019919851231959x", today)
	fmt.Println(r.Number, r.Birth, r.Gender, r.Province(), err)
	// Output: 31019919851231959X 1985-12-31 male 上海市 <nil>
}

func ExampleResidentID_legacy() {
	today := kernel.NewDate(2026, 11, 22)
	r, err := identity.ResidentID("110199900101901", today) // printed before 1999
	fmt.Println(r.Number, r.Birth.YearsAt(today), err)
	// Output: 110199199001019015 36 <nil>
}

func ExampleError() {
	_, err := identity.USCC("91110199TEXT00018M")
	var fault *identity.Error
	fmt.Println(errors.As(err, &fault), fault.Code, errors.Is(err, kernel.ErrInvalid))
	// Output: true org_check true
}

func ExamplePhone() {
	for _, s := range []string{"139-0000-0000", "（010）60000000", "+86 95500", "+852 6123 4567"} {
		n, err := identity.Phone(s)
		fmt.Println(n.Normal, n.Kind, n.Country, err)
	}
	// Output:
	// +8613900000000 mobile CN <nil>
	// +861060000000 landline CN <nil>
	// 95500 service CN <nil>
	// +85261234567 mobile HK <nil>
}

func ExampleEmail() {
	fmt.Println(identity.Email("Wang.Fang@Example.COM"))
	// Output: Wang.Fang@example.com <nil>
}

func ExampleCheck() {
	normal, err := identity.Check(identity.KindTaiwan, "0000000001（b）", kernel.NewDate(2026, 11, 22))
	fmt.Println(normal, err)
	// Output: 0000000001B <nil>
}

func ExampleKind_Labels() {
	en, zh := identity.KindHKMacau.Labels()
	fmt.Println(en, zh)
	// Output: mainland travel permit for Hong Kong and Macau residents 港澳居民来往内地通行证
}
