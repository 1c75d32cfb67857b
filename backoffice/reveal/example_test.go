package reveal_test

import (
	"fmt"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// What is opened prints as a mask; who needs it converts it.
func ExampleOpen() {
	w := newWorld()
	rows, err := reveal.Open(agent, w.Engine, subjects, "diary", w.diary, reveal.Purpose{Text: privacy.New("to remember")})
	for _, row := range rows {
		fmt.Println(row.Part, row.Values, string(row.Values["motto"]), err)
	}
	_, err = reveal.Open(agent, w.Engine, subjects, "diary", w.diary, reveal.Purpose{})
	fmt.Println(err)
	// Output:
	// diaries map[motto:•••] carpe diem <nil>
	// invalid input: text: say what for
}

// A case is opened in parts, so that nobody sees more than the purpose needs.
func ExampleParts() {
	fmt.Println(reveal.Parts(subjects, "diary"))
	// Output: [diaries pages history]
}

// The auditor sees that somebody looked; what for, the privacy officer may read.
func ExampleService_List() {
	w := newWorld()
	if _, err := w.open(agent, "pages"); err != nil {
		panic(err)
	}
	looks := reveal.New(w.Engine)
	page, err := looks.List(auditor, reveal.Filter{Person: "li"}, kernel.List{})
	for _, a := range page.Items {
		fmt.Println(a.Actor, "as", a.Role, "looked at", a.Parts, "of a", a.CaseKind, a.Purpose, err)
	}
	rows, err := looks.Reveal(officer, page.Items[0].ID, reveal.Purpose{Text: privacy.New("Li asks")})
	fmt.Println(string(rows[0].Values["purpose"]), err)
	// Output:
	// u-agent as agent looked at [pages] of a diary ••• <nil>
	// to remember <nil>
}
