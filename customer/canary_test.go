package customer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// canaries are what must never be seen outside of a revealed value. Phone numbers are
// looked for without the country code, too.
var canaries = map[string]string{
	"identity number": "110199199001019015",
	"phone":           "13800138000",
	"phone in E.164":  "+8613800138000",
	"email":           "zhang.san@example.com",
	"address":         "北京市海淀区中关村大街1号",
	"birth date":      "1990-01-01",
	"employer":        "中关村电子有限公司",
	"account":         "6222021234567890123",
	"income":          "7654321.09",
	"conditions":      "原发性高血压三级",
	"reason":          "客户本人来电说明变更原因",
	"purpose":         "核实理赔报案人的身份信息",
	"contact's name":  "王小明（配偶）",
}

// story makes use of every canary.
func story(t *testing.T, w *world) (customer.Customer, customer.Registration, customer.Amendment, customer.Look) {
	t.Helper()
	in := zhang()
	in.Contacts[0].Name = secret(canaries["contact's name"])
	c := w.register(t, in)
	change := customer.Amendment{
		Employer: ptr(secret("别的公司")), Reason: secret(canaries["reason"]),
		Health:  &customer.HealthChange{Conditions: ptr(secret(canaries["conditions"]))},
		Finance: &customer.FinanceChange{Income: ptr(secret(canaries["income"])), Account: ptr(secret(canaries["account"]))},
	}
	c, err := w.Amend(agent, c.ID, change, kernel.Key("request-1"))
	if err != nil {
		t.Fatal(err)
	}
	look := customer.Look{
		Fields: []customer.Field{
			customer.FieldIdentity, customer.FieldVital, customer.FieldWork, customer.FieldPhones,
			customer.FieldEmails, customer.FieldAddresses, customer.FieldHealth, customer.FieldFinance,
		},
		Purpose: secret(canaries["purpose"]),
	}
	if _, err := w.Reveal(archivist, c.ID, look); err != nil {
		t.Fatal(err)
	}
	return c, in, change, look
}

func noCanary(t *testing.T, where string, haystack []byte) {
	t.Helper()
	for what, text := range canaries {
		for _, form := range canary.FindIn(haystack, text) {
			t.Errorf("%s: the %s is there: %s", where, what, form)
		}
	}
}

func TestNothingPersonalInTheDatabaseFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	w := newWorld(onSQLite(t, path))
	c, _, _, _ := story(t, w)
	seen := 0
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(c.Name)) && bytes.Contains(data, []byte(c.Number)) {
			seen++
		}
		noCanary(t, filepath.Ext(file), data)
	}
	if seen == 0 {
		t.Error("the name, which stays plain, is in none of the files: they are not the database")
	}
}

// The search finds what is there: where nothing is sealed, every canary sings.
func TestCanariesAreFoundWhereNothingIsSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	w := newWorldSealing(onSQLite(t, path), privacy.Plaintext, customer.Grants())
	story(t, w)
	var all []byte
	files, _ := filepath.Glob(path + "*")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	for what, text := range canaries {
		if canary.FindIn(all, text) == nil {
			t.Errorf("the %s is not found", what)
		}
	}
}

func TestNothingPersonalInOutputs(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c, in, change, look := story(t, w)
	p := w.reveal(t, c.ID, look.Fields...)
	if string(p.Finance.Account) != canaries["account"] || string(p.Health.Conditions) != canaries["conditions"] {
		t.Fatal("the story does not hold what is looked for")
	}
	contacts, err := w.Contacts(agent, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	history, err := w.History(agent, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	page, err := w.Accesses(auditor, c.ID, kernel.List{})
	if err != nil {
		t.Fatal(err)
	}
	in.Birth = 0 // a date that a form gives is plain, as the name is
	search := customer.Search{Document: in.Document, Phone: in.Contacts[0].Value, Email: in.Contacts[1].Value}
	for name, v := range map[string]any{
		"registration": in, "amendment": change, "employer in it": *change.Employer, "health in it": *change.Health.Conditions, "look": look, "search": search,
		"customer": c, "personal": p, "pointer": &p, "contacts in it": p.Contacts, "account": p.Finance.Account,
		"contacts": contacts, "history": history, "accesses": page,
	} {
		var text bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&text, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)
		doc, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text.Write(doc)
		noCanary(t, name, text.Bytes())
	}
}

func TestNothingPersonalInErrors(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c, in, change, _ := story(t, w)
	id := canaries["identity number"]
	bad := in
	bad.Name = id + "\x00"
	bad.Branch = strings.Repeat(canaries["account"], 4)
	bad.Document = customer.Document{Kind: customer.DocumentKind(id), Country: canaries["phone"], Number: secret(id + "1")}
	bad.Contacts = []customer.ContactDetail{
		{Kind: customer.Phone, Value: secret(canaries["email"])}, {Kind: customer.Email, Value: secret(canaries["phone"])},
		{Kind: customer.Address, Value: secret(canaries["address"] + "\x00")}, {Kind: customer.Phone, Value: secret("+99" + canaries["phone"])},
		{Kind: customer.ContactKind(canaries["conditions"])},
	}
	bad.Party, bad.Gender = customer.Party(canaries["address"]), customer.Gender(canaries["employer"])
	change.Finance = &customer.FinanceChange{Income: ptr(secret("-" + canaries["income"])), Assets: ptr(secret(canaries["account"] + ".123")), Account: ptr(secret(canaries["account"] + "_"))}
	change.EndContacts = []kernel.ID{kernel.ID(id)}
	death := customer.Death{On: kernel.NewDate(1989, 1, 1), Reason: secret(canaries["reason"])}
	for what, err := range map[string]error{
		"certain duplicate": second(w.Register(agent, in)),
		"likely duplicate":  second(w.Register(agent, customer.Registration{Party: customer.Individual, Name: "x", Contacts: in.Contacts})),
		"faults":            second(w.Register(agent, bad)),
		"amend":             second(w.Amend(agent, c.ID, change)),
		"death":             second(w.RecordDeath(archivist, c.ID, death)),
		"merge":             second(w.Merge(archivist, c.ID, customer.Merger{Into: kernel.ID(id), Reason: secret(canaries["reason"])})),
		"find by phone":     second(w.Find(agent, customer.Search{Phone: secret(canaries["account"])}, kernel.List{})),
		"find by email":     second(w.Find(agent, customer.Search{Email: secret(canaries["address"])}, kernel.List{})),
		"find by number":    second(w.Find(agent, customer.Search{Document: customer.Document{Kind: customer.ResidentID, Number: secret(id[:17] + "0")}}, kernel.List{})),
		"cursor":            second(w.List(agent, customer.Listing{}, kernel.List{After: kernel.Cursor(id)})),
		"reveal":            second(w.Reveal(archivist, c.ID, customer.Look{Fields: []customer.Field{customer.Field(id)}, Purpose: secret(canaries["purpose"] + "\x00")})),
		"state":             second(w.Restore(archivist, c.ID, secret(canaries["reason"]))),
		"forbidden":         second(w.Archive(agent, c.ID, secret(canaries["reason"]))),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		noCanary(t, what, fmt.Appendf(nil, "%v %+v %#v", err, err, err))
	}
}

// Journal and rows agree after everything that can be done with an archive.
func TestVerifyAfterEverything(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c, _, _, _ := story(t, w)
		other := w.register(t, person("李四", kernel.NewDate(1980, 2, 2), 1))
		have, err := w.Contacts(agent, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []error{
			second(w.Amend(agent, c.ID, customer.Amendment{EndContacts: []kernel.ID{have[0].ID}, AddContacts: []customer.ContactDetail{{Kind: customer.Phone, Value: secret("13900139000")}}})),
			second(w.Verify(agent, c.ID, customer.Verification{Section: customer.SectionFinance, How: customer.ByCopy})),
			second(w.Rest(archivist, c.ID, secret(""))),
			second(w.Merge(archivist, c.ID, customer.Merger{Into: other.ID, Reason: secret("same")})),
			second(w.Unmerge(archivist, c.ID, secret("not the same"))),
			second(w.RecordDeath(archivist, c.ID, customer.Death{On: kernel.NewDate(2026, 1, 1), Reason: secret("told")})),
			second(w.Archive(archivist, c.ID, secret(""))),
		} {
			if step != nil {
				t.Fatal(step)
			}
		}
		report, err := verifyJournal(t, w)
		if err != nil || !report.OK() || report.Subjects != 3 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
