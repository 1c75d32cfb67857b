package customer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

// Every command and question of Visits has a grant, and no grant is for nothing.
func TestEveryMethodOfVisitsHasAGrant(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(customer.Grants())
	methods := map[string]bool{}
	typ := reflect.TypeFor[*customer.Visits]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		methods["visit."+name] = true
		if who, granted := roles.Granted("visit." + name); name != "Workflow" && (!granted || len(who) == 0) {
			t.Errorf("%s is granted to nobody", name)
		}
	}
	for _, action := range roles.Actions() {
		if strings.HasPrefix(action, "visit.") && !methods[action] {
			t.Errorf("%s is granted, but there is no such method", action)
		}
	}
	for _, row := range customer.VisitLife.Rows() {
		if !methods["visit."+string(row.Event)] || slices.Contains(row.Who, access.Auditor) || slices.Contains(row.Who, kernel.RoleOwner) {
			t.Errorf("%s: %v", row.Event, row.Who)
		}
	}
}

// What customers say shows nowhere: not in records, histories, inputs or errors; and it is
// sealed under their own keys, so that it can be erased with them.
func TestWhatCustomersSayIsSealed(t *testing.T) {
	t.Parallel()
	const words = "我有高血压住院三次的记录"
	w := newMemory()
	s := w.visits()
	c := w.register(t, zhang())
	in := callback(c.ID.Ref())
	v := w.reached(t, in)
	answers := sevenPoints("cover")
	answers[3].Words = secret(words)
	issue := customer.Issue{Problem: customer.ProblemMisselling, Text: secret(words), Answers: answers}
	v = ok(s.RaiseProblem(wang, v.ID, issue))(t)
	_, err := s.Complete(wang, v.ID, customer.Outcome{Answers: answers})
	kept, attempts, history := ok(s.Answers(auditor, v.ID))(t), ok(s.Attempts(auditor, v.ID))(t), ok(s.History(auditor, v.ID))(t)
	for name, x := range map[string]any{"visit": v, "answers": kept, "attempts": attempts, "history": history, "issue": issue, "error": err} {
		doc, _ := json.Marshal(x)
		for _, shown := range []string{string(doc), fmt.Sprintf("%v %+v %#v %s", x, x, x, x)} {
			if found := canary.FindIn([]byte(shown), words); len(found) > 0 {
				t.Errorf("%s: %v", name, found)
			}
		}
	}
	err = w.store.View(auditor, func(tx *storage.GuardTx) error {
		for _, owned := range []storage.Owned{&v, &kept[0], &attempts[0]} {
			if owned.Person() != c.ID.Ref() {
				t.Errorf("%T is %s's", owned, owned.Person())
			}
		}
		i := slices.IndexFunc(kept, func(a customer.Answer) bool { return a.Point == "cover" })
		plain, err := tx.Open(&kept[i])
		if plain["words"] != words {
			t.Error("the words are lost")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is tried in whatever order by whomever: a callback is completed with its seven
// points answered or by somebody other than the seller, given up only after three
// attempts, and the journal agrees.
func TestVisitsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newMemory()
		s := w.visits()
		id := ok(s.Plan(zhao, callback("c-1")))(t).ID
		t.Repeat(map[string]func(*rapid.T){
			"act": func(t *rapid.T) {
				who := rapid.SampledFrom([]context.Context{li, wang, zhao, auditor}).Draw(t, "who")
				denied := rapid.SampledFrom([][]string{nil, {"cover"}}).Draw(t, "denied")
				answers := sevenPoints(denied...)[:rapid.SampledFrom([]int{0, 6, 7, 7, 7}).Draw(t, "answers")]
				var err error
				switch rapid.SampledFrom([]string{"Attempt", "Reach", "GiveUp", "Complete", "Fix", "RaiseProblem"}).Draw(t, "event") {
				case "Attempt":
					_, err = s.Attempt(who, id, customer.Try{Outcome: customer.NoAnswer})
				case "Reach":
					_, err = s.Reach(who, id, customer.Call{Recording: "R"})
				case "GiveUp":
					_, err = s.GiveUp(who, id, secret(""))
				case "Complete":
					_, err = s.Complete(who, id, customer.Outcome{Answers: answers})
				case "Fix":
					_, err = s.Complete(who, id, customer.Outcome{Remedy: secret("done")})
				case "RaiseProblem":
					_, err = s.RaiseProblem(who, id, customer.Issue{Problem: customer.ProblemMisselling, Text: secret("x"), Answers: answers})
				}
				for _, expected := range []error{nil, kernel.ErrForbidden, kernel.ErrInvalid, kernel.ErrState} {
					if errors.Is(err, expected) {
						return
					}
				}
				t.Fatal(err)
			},
			"": func(t *rapid.T) {
				v, kept, tries := ok(s.Get(auditor, id))(t), ok(s.Answers(auditor, id))(t), ok(s.Attempts(auditor, id))(t)
				denies := slices.ContainsFunc(kept, func(a customer.Answer) bool { return a.Result == customer.Denied })
				switch {
				case int64(len(tries)) != v.Attempts:
					t.Fatalf("%d of %d attempts", len(tries), v.Attempts)
				case v.State == customer.VisitUnreached && v.Attempts < 3:
					t.Fatal("given up too early")
				case v.State == customer.VisitCompleted && v.Problem == "" && (len(kept) != 7 || denies):
					t.Fatalf("completed with %d answers, denied %v", len(kept), denies)
				case v.State == customer.VisitCompleted && v.Problem != "" && (v.FixedBy == "" || v.FixedBy == "li"):
					t.Fatalf("fixed by %q", v.FixedBy)
				case v.Handler == "li":
					t.Fatal("the seller called")
				}
			},
		})
	})
}
