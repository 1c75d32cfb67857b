package customer_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// old is a customer of the older system: with an identity number and a phone of their own.
func old(n int) customer.Adoption {
	birth := kernel.NewDate(1950+n%50, time.Month(1+n%12), 1+n%28)
	return customer.Adoption{
		Key: fmt.Sprintf("OLD-%d", n), Number: fmt.Sprintf("KH%06d", n),
		Registration: customer.Registration{
			Party: customer.Individual, Name: fmt.Sprintf("客户 %d", n),
			Document: customer.Document{Kind: customer.ResidentID, Number: secret(resident(birth, n%1000))},
			Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: secret(fmt.Sprintf("1380013%04d", n))}},
			Marital:  customer.Married,
		},
	}
}

func file(n int, change ...func(int, *customer.Adoption)) iter.Seq[customer.Adoption] {
	return func(yield func(customer.Adoption) bool) {
		for i := range n {
			row := old(i)
			for _, c := range change {
				c(i, &row)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// sound holds the journal against all rows.
func (w *world) sound(t *testing.T) {
	t.Helper()
	if report, err := verifyJournal(t, w); err != nil || !report.OK() {
		t.Errorf("the journal does not agree with the rows: %v, %v", report.Faults, err)
	}
}

func (w *world) count(t *testing.T) int {
	t.Helper()
	n := 0
	for list := (kernel.List{Limit: kernel.MaxLimit}); ; {
		page, err := w.List(archivist, customer.Listing{}, list)
		n += len(must(t, page, err)("list").Items)
		if list.After = page.Next; list.After == "" {
			return n
		}
	}
}

// An insurer moves in with its customers: a file, brought in unit by unit, and once more
// because somebody was not sure.
func TestImport(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		ids := map[int]kernel.ID{}
		how := kernel.Intake{Unit: 40, Done: func(row int, id kernel.ID, again bool) {
			if was, met := ids[row]; met != again || met && was != id {
				t.Errorf("row %d: %s again=%v, was %s", row, id, again, was)
			}
			ids[row] = id
		}}
		report, err := w.Import(archivist, file(100), how)
		if err != nil || report.Read != 100 || report.Stored != 100 || len(ids) != 100 {
			t.Fatalf("%+v, %v", report, err)
		}
		report, err = w.Import(archivist, file(100), how)
		if err != nil || report.Read != 100 || report.Again != 100 || report.Stored != 0 {
			t.Fatalf("once more: %+v, %v", report, err)
		}
		if n := w.count(t); n != 100 {
			t.Errorf("%d archives", n)
		}
		c, err := w.Get(archivist, ids[17])
		must(t, c, err)("get")
		if c.Number != "KH000017" || c.State != customer.Active || c.Name != "客户 17" || c.Version != 1 || c.Completeness == 0 {
			t.Errorf("%+v", c)
		}
		if p := w.reveal(t, ids[17], customer.FieldPhones, customer.FieldIdentity); len(p.Contacts) != 1 || p.Identity == "" {
			t.Errorf("%+v", p)
		}
		history, err := w.History(auditor, ids[18])
		if err != nil || len(history) != 1 || history[0].Event != "Import" || history[0].Facts["adopted"] != true || history[0].From != "" {
			t.Errorf("%+v, %v", history, err)
		}
		// The archive lives on like any other.
		_, err = w.Amend(archivist, ids[17], customer.Amendment{Marital: ptr(customer.Widowed)})
		must(t, 0, err)("amend")
		w.register(t, person("new", kernel.NewDate(1999, 9, 9), 777))
		w.sound(t)
	})
}

// What is wrong with a file is told at once, row by row; the unit with faults leaves
// nothing, the others are stored; and the mended file goes on where it stopped.
func TestImportFaults(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.register(t, old(31).Registration)
		wrong := func(i int, row *customer.Adoption) {
			switch i {
			case 17:
				row.Document.Number, row.Name = secret("110101199001011234"), ""
			case 18:
				row.Key = ""
			case 19:
				row.Key = "OLD-16"
			case 24:
				row.Document = old(23).Document
			case 25:
				row.State, row.Died = customer.Merged, kernel.NewDate(2020, 1, 1)
			case 26:
				row.Contacts = old(22).Contacts
			case 27:
				row.Number = "KH000021"
			}
		}
		report, err := w.Import(archivist, file(50, wrong), kernel.Intake{Unit: 10})
		want := []string{
			"rows[17].name required", "rows[17].document.number checksum", "rows[18].key required", "rows[19].key key_reused",
			"rows[24].document.number duplicate", "rows[25].state unknown", "rows[25].died conflict", "rows[26] likely", "rows[27].number duplicate",
			"rows[31].document.number duplicate",
		}
		if got := faults(t, err); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if report.Read != 50 || report.Stored != 20 || report.Refused != 30 || len(report.Faults) != len(want) {
			t.Errorf("%+v", report)
		}
		if n := w.count(t); n != 21 {
			t.Errorf("%d archives", n)
		}
		right := func(i int, row *customer.Adoption) {
			if i == 31 {
				*row = old(131)
			}
		}
		report, err = w.Import(archivist, file(50, right), kernel.Intake{Unit: 7})
		if err != nil || report.Again != 20 || report.Stored != 30 {
			t.Errorf("mended: %+v, %v", report, err)
		}
		// Somebody gave a row another face meanwhile.
		other := func(i int, row *customer.Adoption) {
			if right(i, row); i == 3 {
				row.Name = "another"
			}
		}
		report, err = w.Import(archivist, file(50, other), kernel.Intake{Unit: 7})
		if got := faults(t, err); !slices.Equal(got, []string{"rows[3].key key_reused"}) || report.Refused != 7 || report.Again != 43 {
			t.Errorf("%q, %+v", got, report)
		}
		w.sound(t)
	})
}

func TestImportIsForThoseWhoMay(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		asked := false
		read := func(yield func(customer.Adoption) bool) { asked = true; yield(old(1)) }
		if _, err := w.Import(agent, read, kernel.Intake{}); !errors.Is(err, kernel.ErrForbidden) || asked {
			t.Errorf("by an agent: %v, %v", err, asked)
		}
		north := kernel.WithActor(t.Context(), kernel.Actor{ID: "n", Roles: []kernel.Role{access.Archivist}, Branches: []string{"north"}})
		at := func(branch string) func(int, *customer.Adoption) {
			return func(_ int, row *customer.Adoption) { row.Branch = branch }
		}
		if report, err := w.Import(north, file(3, at("south")), kernel.Intake{}); err == nil || report.Stored != 0 || len(report.Faults) != 3 {
			t.Errorf("for another branch: %+v, %v", report, err)
		}
		if report, err := w.Import(north, file(3, at("north")), kernel.Intake{}); err != nil || report.Stored != 3 {
			t.Errorf("for their own: %+v, %v", report, err)
		}
		// Another tenant has the same people, under the same keys.
		b := kernel.WithActor(t.Context(), kernel.Actor{ID: "b", Tenant: "b", Roles: []kernel.Role{access.Archivist}})
		if report, err := w.Import(b, file(5), kernel.Intake{}); err != nil || report.Stored != 5 {
			t.Errorf("of another tenant: %+v, %v", report, err)
		}
		if n := w.count(t); n != 3 {
			t.Errorf("%d archives", n)
		}
		// A file is tried without storing it.
		report, err := w.Import(archivist, file(20), kernel.Intake{Unit: 10, Done: func(int, kernel.ID, bool) { t.Error("told of what is not stored") }}, kernel.DryRun())
		if err == nil || report.Stored != 10 || report.Refused != 10 || w.count(t) != 3 { // three of the first are customers already
			t.Errorf("tried: %+v, %v", report, err)
		}
		w.sound(t)
	})
}
