package customer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

func TestFind(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		zs := w.register(t, zhang())
		zf := w.register(t, person("张三丰", kernel.NewDate(1980, 1, 1), 1))
		w.register(t, person("李四", kernel.NewDate(1981, 1, 1), 1))
		w.register(t, person("John%_Smith", kernel.NewDate(1982, 1, 1), 1))
		for name, c := range map[string]struct {
			in   customer.Search
			want []string
		}{
			"identity number":      {customer.Search{Document: zhang().Document}, []string{"张三"}},
			"in lower case":        {customer.Search{Document: customer.Document{Kind: customer.ResidentID, Number: secret("110199900101901")}}, []string{"张三"}},
			"phone":                {customer.Search{Phone: secret("(+86) 138 0013 8000")}, []string{"张三"}},
			"email":                {customer.Search{Email: secret("Zhang.San@example.COM")}, []string{"张三"}},
			"nobody's phone":       {customer.Search{Phone: secret("13900139000")}, nil},
			"name prefix":          {customer.Search{NamePrefix: "张"}, []string{"张三", "张三丰"}},
			"longer prefix":        {customer.Search{NamePrefix: "张三丰"}, []string{"张三丰"}},
			"no pattern":           {customer.Search{NamePrefix: "John_"}, nil},
			"pattern as it is":     {customer.Search{NamePrefix: "John%_"}, []string{"John%_Smith"}},
			"number":               {customer.Search{Number: " " + zf.Number}, []string{"张三丰"}},
			"all have to hold":     {customer.Search{NamePrefix: "李", Number: zf.Number}, nil},
			"all hold":             {customer.Search{NamePrefix: "张", Phone: secret("13800138000"), Number: zs.Number}, []string{"张三"}},
			"another kind of card": {customer.Search{Document: customer.Document{Kind: customer.OtherDocument, Number: zhang().Document.Number}}, nil},
		} {
			page, err := w.Find(agent, c.in, kernel.List{})
			if diff := cmp.Diff(c.want, names(page)); err != nil || diff != "" {
				t.Errorf("%s: %s %v", name, diff, err)
			}
		}
	})
}

func TestFindRefusals(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	for want, in := range map[string]customer.Search{
		" required":                {},
		"phone unassigned":         {Phone: secret("123")},
		"email format":             {Email: secret("@")},
		"phone sealed":             {Phone: c.DocumentNumber},
		"document.number checksum": {Document: customer.Document{Kind: customer.ResidentID, Number: secret("110199199001019011")}},
		"namePrefix control":       {NamePrefix: "\x00"},
		"number length":            {Number: fmt.Sprintf("%065d", 1)},
	} {
		if got := faults(t, second(w.Find(agent, in, kernel.List{}))); !slices.Equal(got, []string{want}) {
			t.Errorf("want %s, got %q", want, got)
		}
	}
	for _, after := range []kernel.Cursor{"x", kernel.Cursor(kernel.NewID()), "W10"} {
		if got := faults(t, second(w.List(agent, customer.Listing{}, kernel.List{After: after}))); !slices.Equal(got, []string{"after cursor"}) {
			t.Errorf("%s: %q", after, got)
		}
	}
	if got := faults(t, second(w.List(agent, customer.Listing{Sort: "fun", Party: "fun", States: []customer.State{"fun"}}, kernel.List{}))); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func TestListInPages(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		var registered []string
		for i, name := range []string{"王五", "张三", "Wang", "李四", "张三", "欧阳修", "Áron"} { // one name twice
			w.clock.Advance(time.Minute)
			registered = append(registered, w.register(t, person(name, kernel.NewDate(1980, 1, 1).AddDays(i), 1)).Name)
		}
		byName := slices.Sorted(slices.Values(registered)) // UTF-8 sorts as code points do
		for _, c := range []struct {
			in   customer.Listing
			want []string
		}{
			{customer.Listing{}, byName},
			{customer.Listing{Sort: customer.SortName, Desc: true}, reversed(byName)},
			{customer.Listing{Sort: customer.SortRegistered}, registered},
			{customer.Listing{Sort: customer.SortRegistered, Desc: true, States: []customer.State{customer.Active}, Party: customer.Individual}, reversed(registered)},
			{customer.Listing{Party: customer.Organisation}, nil},
			{customer.Listing{States: []customer.State{customer.Dormant, customer.Merged}}, nil},
		} {
			for size := 1; size <= 8; size++ {
				if diff := cmp.Diff(c.want, walk(t, w, agent, c.in, size)); diff != "" {
					t.Errorf("%+v by %d: %s", c.in, size, diff)
				}
			}
		}
	})
}

// Who need not know names sees them masked, and cannot find them out by asking.
func TestMaskedNames(t *testing.T) {
	t.Parallel()
	w := newMemory()
	c := w.register(t, zhang())
	w.register(t, person("张三丰满", kernel.NewDate(1980, 1, 1), 1))
	if got, err := w.Get(auditor, c.ID); err != nil || got.Name != "张*" {
		t.Errorf("%q, %v", got.Name, err)
	}
	if got, err := w.Get(agent, c.ID); err != nil || got.Name != "张三" {
		t.Errorf("%q, %v", got.Name, err)
	}
	page, err := w.List(auditor, customer.Listing{}, kernel.List{Limit: 1})
	if got := names(page); err != nil || !slices.Equal(got, []string{"张*"}) {
		t.Errorf("%q, %v", got, err)
	}
	if page.Next == "" || canary.FindIn([]byte(page.Next), "张三") != nil {
		t.Errorf("the cursor tells the name: %s", page.Next)
	}
	if got := walk(t, w, auditor, customer.Listing{}, 1); !slices.Equal(got, []string{"张*", "张***"}) {
		t.Errorf("%q", got)
	}
	if _, err := w.Find(auditor, customer.Search{NamePrefix: "张三"}, kernel.List{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("found by name: %v", err)
	}
	if page, err := w.Find(auditor, customer.Search{Number: c.Number}, kernel.List{}); err != nil || !slices.Equal(names(page), []string{"张*"}) {
		t.Errorf("%q, %v", names(page), err)
	}
	// A command's answer is masked like a question's, also when it is only repeated.
	masked := as("clerk")
	w2 := newWorldGranting("clerk", customer.EventRest)
	c = w2.register(t, zhang())
	for range 2 {
		if got, err := w2.Rest(masked, c.ID, secret(""), kernel.Key("k")); err != nil || got.Name != "张*" {
			t.Errorf("%q, %v", got.Name, err)
		}
	}
}

func TestBranchesAndTenants(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := func(tenant string, branches ...string) context.Context {
			return kernel.WithActor(t.Context(), kernel.Actor{ID: "u-1", Tenant: tenant, Branches: branches, Roles: []kernel.Role{access.Agent, access.Archivist}})
		}
		reg := zhang()
		reg.Branch = "north"
		c, err := w.Register(in("a", "north"), reg)
		if err != nil {
			t.Fatal(err)
		}
		look := customer.Look{Fields: []customer.Field{customer.FieldIdentity}, Purpose: secret("test")}
		if _, err := w.Reveal(in("a", "north"), c.ID, look); err != nil {
			t.Fatal(err)
		}
		err = w.store.View(in("a"), func(tx *storage.GuardTx) error {
			looks, err := storage.Find[reveal.Access](tx, storage.Query{})
			if err == nil && (len(looks) != 1 || looks[0].Branch != "north") {
				t.Errorf("the look is not of the customer's branch: %+v", looks)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]context.Context{"another branch": in("a", "south"), "another tenant": in("b")} {
			_, get := w.Get(ctx, c.ID)
			_, contacts := w.Contacts(ctx, c.ID)
			_, reveal := w.Reveal(ctx, c.ID, look)
			_, basics := w.directory.Basics(ctx, c.ID.Ref())
			_, rest := w.Rest(ctx, c.ID, secret(""))
			_, history := w.History(ctx, c.ID)
			for i, err := range []error{get, contacts, reveal, basics, rest, history} {
				if !errors.Is(err, kernel.ErrNotFound) {
					t.Errorf("%s, question %d: %v", name, i, err)
				}
			}
			list, err := w.List(ctx, customer.Listing{}, kernel.List{})
			found, err2 := w.Find(ctx, customer.Search{Document: reg.Document}, kernel.List{})
			if err != nil || err2 != nil || len(list.Items)+len(found.Items) != 0 {
				t.Errorf("%s: %v %v, %v %v", name, list.Items, found.Items, err, err2)
			}
		}
		if _, err := w.Register(in("a", "south"), reg); !errors.Is(err, kernel.ErrNotFound) && !errors.Is(err, kernel.ErrDuplicate) {
			t.Errorf("registered for another branch: %v", err)
		}
		if other, err := w.Register(in("b"), zhang()); err != nil || other.Number != c.Number {
			t.Errorf("another insurer's customer: %+v, %v", other, err)
		}
		if _, err := w.Register(in("a", "south"), func() customer.Registration { r := zhang(); r.Branch = "south"; return r }()); duplicate(t, err).Candidates[0] != c.ID {
			t.Errorf("registered in two branches: %v", err)
		}
	})
}

func names(page kernel.Page[customer.Customer]) []string {
	var out []string
	for _, c := range page.Items {
		out = append(out, c.Name)
	}
	return out
}

func walk(t *testing.T, w *world, ctx context.Context, in customer.Listing, size int) []string {
	t.Helper()
	var out []string
	list := kernel.List{Limit: size}
	for {
		page, err := w.List(ctx, in, list)
		if err != nil || len(page.Items) > size {
			t.Fatalf("%d items, %v", len(page.Items), err)
		}
		out = append(out, names(page)...)
		if list.After = page.Next; list.After == "" {
			return out
		}
	}
}

func reversed(in []string) []string {
	out := slices.Clone(in)
	slices.Reverse(out)
	return out
}
