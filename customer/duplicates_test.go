package customer_test

import (
	"slices"
	"testing"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

func TestDuplicates(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		known := w.register(t, zhang())

		sameNumber := person("张叁", kernel.NewDate(1990, 1, 1), 901) // whatever the name
		sameNumber.AcceptDuplicate, sameNumber.Reason = true, secret("another person")
		legacy := zhang()
		legacy.Document.Number = secret("110199900101901") // as printed before 1999
		for name, in := range map[string]customer.Registration{"accepted": sameNumber, "legacy form": legacy} {
			d := duplicate(t, second(w.Register(agent, in)))
			if !d.Certain || !slices.Equal(d.Candidates, []kernel.ID{known.ID}) {
				t.Errorf("%s: %+v", name, d)
			}
		}

		byPhone := person("张芳", kernel.NewDate(1992, 3, 4), 2)
		byPhone.Contacts = []customer.ContactDetail{{Kind: customer.Phone, Value: secret("+86 138-0013-8000")}}
		byName := person("张 三", kernel.NewDate(1990, 1, 1), 903) // a twin in name and birth date
		for name, in := range map[string]customer.Registration{"phone": byPhone, "name and birth date": byName} {
			d := duplicate(t, second(w.Register(agent, in)))
			if d.Certain || !slices.Equal(d.Candidates, []kernel.ID{known.ID}) {
				t.Errorf("%s: %+v", name, d)
			}
			in.AcceptDuplicate, in.Reason = true, secret("married to each other")
			if c := w.register(t, in); c.ID == known.ID {
				t.Errorf("%s: no archive of its own", name)
			}
		}
		alone := person("张三", kernel.NewDate(1991, 1, 1), 901) // the same name alone is nothing
		alone.Reason = secret("came in with her own card")
		if h := w.reveal(t, w.register(t, alone).ID, customer.FieldHistory).History; string(h[0].Values["reason"]) != "came in with her own card" {
			t.Errorf("%+v", h)
		}
	})
}

// Who looks for a merged archive means the one that goes on.
func TestDuplicateOfAMergedArchive(t *testing.T) {
	t.Parallel()
	w := newMemory()
	first := w.register(t, zhang())
	second1 := w.register(t, person("张三丰", kernel.NewDate(1990, 1, 1), 905))
	if _, err := w.Merge(archivist, first.ID, customer.Merger{Into: second1.ID, Reason: secret("one person")}); err != nil {
		t.Fatal(err)
	}
	d := duplicate(t, second(w.Register(agent, zhang())))
	if !d.Certain || !slices.Equal(d.Candidates, []kernel.ID{second1.ID}) {
		t.Errorf("%+v does not name %s", d, second1.ID)
	}
}

// A phone that was given up reaches nobody, so it makes nobody alike.
func TestEndedPhonesAreNoLikeness(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	have, err := w.Contacts(agent, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Amend(agent, c.ID, customer.Amendment{EndContacts: []kernel.ID{have[0].ID}}); err != nil {
		t.Fatal(err)
	}
	in := person("李四", kernel.NewDate(1980, 2, 2), 1)
	in.Contacts = []customer.ContactDetail{{Kind: customer.Phone, Value: secret("13800138000")}}
	w.register(t, in)
}

// Passports of different states may carry one number, as may different documents.
func TestNumbersOfDifferentDocuments(t *testing.T) {
	t.Parallel()
	w := newMemory()
	passport := func(country, name string) customer.Registration {
		return customer.Registration{Party: customer.Individual, Name: name, Document: customer.Document{Kind: customer.Passport, Country: country, Number: secret("12345678")}}
	}
	w.register(t, passport("FR", "Jeanne"))
	w.register(t, passport("DE", "Johanna"))
	permit := passport("", "Joan")
	permit.Document.Kind = customer.TaiwanPermit
	w.register(t, permit)
	if d := duplicate(t, second(w.Register(agent, passport("FR", "Jean")))); !d.Certain {
		t.Errorf("%+v", d)
	}
}
