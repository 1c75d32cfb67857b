package customer_test

import (
	"errors"
	"testing"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

// Whatever is answered to whatever point, a visit is completed with answers that its
// script knows, or stays as it was.
func FuzzReply(f *testing.F) {
	f.Add("identity", "confirmed", "是")
	f.Add("wishes", "told", "")
	f.Add("weather", "maybe", "\x00")
	f.Fuzz(func(t *testing.T, point, result, words string) {
		w := newMemory()
		s := w.visits()
		v := ok(s.Plan(zhao, customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-1"}))(t)
		ok(s.Reach(wang, v.ID, customer.Call{}))(t)
		_, err := s.RaiseProblem(wang, v.ID, customer.Issue{
			Problem: customer.ProblemOther, Text: secret("x"),
			Answers: []customer.Reply{{Point: point, Result: customer.Result(result), Words: secret(words)}},
		})
		kept := ok(s.Answers(auditor, v.ID))(t)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) || len(kept) != 0 {
				t.Fatal(len(kept), err)
			}
			return
		}
		if a := kept[0]; len(kept) != 1 || a.Point != point || (a.Result == customer.Told) != (point == "wishes") {
			t.Errorf("%+v", kept)
		}
	})
}
