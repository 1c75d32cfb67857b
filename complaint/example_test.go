package complaint_test

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

// From the receipt to a satisfied complainant. In a program of yours, w is
// crm.CRM.Complaints, and the context says who acts.
func Example() {
	w, ctx := newWorld(memory.New()), manager
	c, _ := w.Receive(ctx, complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: "c-1"}}, Channel: "phone",
		Against: []complaint.Accused{{Kind: complaint.Branch, Party: "north"}},
		Content: privacy.New("three weeks without an answer"),
	})
	c, _ = w.Accept(ctx, c.ID, complaint.Acceptance{Notice: complaint.Message{Channel: "sms"}})
	fmt.Println(c.Number, c.State, "promised by", c.PromisedBy)
	_, _ = w.Classify(ctx, c.ID, complaint.Classification{Category: complaint.CategoryClaims})
	_, _ = w.Assign(ctx, c.ID, complaint.Assignment{Handler: "li"})
	who, _ := w.Respondents(ctx, c.ID)
	_, _ = w.Conclude(ctx, c.ID, complaint.Conclusion{Findings: []complaint.Found{
		{Respondent: who[0].ID, Justified: true, Facts: privacy.New("the file was lost")},
	}})
	_, _ = w.Resolve(ctx, c.ID, complaint.Decision{Measures: privacy.New("paid at once"), Apology: true})
	_, _ = w.Reply(ctx, c.ID, complaint.Answer{Notice: complaint.Message{Channel: "letter", Text: privacy.New("we are sorry")}})
	c, err := w.Close(ctx, c.ID, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "claims.delay"}})
	fmt.Println(c.State, c.Verdict, c.Cause, err)
	// Output:
	// CMP-2026-00000001 accepted promised by 2026-11-17
	// closed justified claims.delay <nil>
}

// What can be put right at once.
func ExampleService_ResolveOnTheSpot() {
	w := newWorld(memory.New())
	c := w.receive(fatal{}, letter("c-1"))
	_, _ = w.Accept(handler, c.ID, complaint.Acceptance{})
	c, err := w.ResolveOnTheSpot(handler, c.ID, complaint.SpotDecision{
		Classification: complaint.Classification{Category: complaint.CategoryService},
		Decision:       complaint.Decision{Measures: privacy.New("called back while she waited")},
	})
	fmt.Println(c.State, "by", c.Handler, err)
	// Output: resolved by li <nil>
}

// A respondent is never the handler, and may not even record a withdrawal.
func ExampleService_Assign() {
	w := newWorld(memory.New())
	c := w.classified(fatal{}, letter("c-1"), service) // complains of zhou
	_, err := w.Assign(manager, c.ID, complaint.Assignment{Handler: "zhou"})
	fmt.Println(err)
	_, err = w.Withdraw(agent, c.ID, complaint.Remark{Text: privacy.New("all is well")})
	fmt.Println(errors.Is(err, kernel.ErrForbidden))
	// Output:
	// invalid input: handler: a respondent never handles the complaint
	// true
}

// A second complaint is a linked one, for somebody else and with its own period.
func ExampleService_ComplainAgain() {
	w := newWorld(memory.New())
	c := w.replied(fatal{}, letter("c-1"))
	c, _ = w.ComplainAgain(agent, c.ID, complaint.Again{Content: privacy.New("still nobody calls")})
	second, _ := w.Get(handler, c.Second)
	fmt.Println(c.State, "→", second.State, "at level", second.Level, "by", second.PromisedBy)
	_, _ = w.Classify(handler, second.ID, service)
	_, err := w.Assign(manager, second.ID, complaint.Assignment{Handler: "li"})
	fmt.Println(err)
	// Output:
	// escalated → accepted at level 2 by 2026-12-02
	// invalid input: handler: somebody else than who handled the first complaint
}

// The figures of a month, held against the policies in force.
func ExampleService_Analyse() {
	w := newWorld(memory.New())
	w.replied(fatal{}, letter("c-1"))
	w.receive(fatal{}, letter("c-2"))
	a, _ := w.Analyse(auditor, complaint.Period{
		From: kernel.NewDate(2026, 11, 1), To: kernel.NewDate(2026, 11, 30), By: []complaint.Dimension{complaint.ByCategory},
		Exposure: complaint.Exposure{Policies: 8_000},
	})
	fmt.Println(a.Whole.Count, "complaints,", a.Whole.PerPolicies.Decimal, "for 10 000 policies, on time", a.Whole.OnTime.Rate())
	for _, g := range a.By {
		fmt.Printf("%q %d\n", g.Key, g.Count)
	}
	// Output:
	// 2 complaints, 2.5 for 10 000 policies, on time 1
	// "" 1
	// "service" 1
}

// fatal ends an example on an error.
type fatal struct{}

func (fatal) Helper()                      {}
func (fatal) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (fatal) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
