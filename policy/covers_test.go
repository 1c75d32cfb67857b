package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Many covers asked for together are those that one by one are answered.
func TestCoversAt(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		p := w.insured(t, zhang(), paid("680.50"))
		w.clock.Set(noon.AddDate(0, 2, 0))
		must(w.Policies.Cancel(agent, p.ID, policy.Cancellation{From: day.AddMonths(1), Refund: policy.NoRefund, Grounds: policy.Grounds{Code: "sold"}}))(t)
		var asked []policy.Occasion
		for _, ref := range []kernel.Ref{p.ID.Ref(), kernel.Ref(p.Number), "", "P-1999-1", "\x00", kernel.NewID().Ref()} {
			for _, at := range []time.Time{{}, p.From, noon, p.To.Add(-time.Microsecond), p.To} {
				asked = append(asked, policy.Occasion{Policy: ref, At: at})
			}
		}
		got := must(w.Policies.CoversAt(agent, asked))(t)
		for i, o := range asked {
			want, err := w.Policies.CoverAt(agent, o.Policy, o.At)
			if (err == nil) != (got[i] != nil) {
				t.Fatalf("%q at %s: %v, %v", o.Policy, o.At, got[i], err)
			}
			if err == nil {
				if d := cmp.Diff(&want, got[i]); d != "" {
					t.Errorf("%q at %s: %s", o.Policy, o.At, d)
				}
			}
		}
		if none := must(w.Policies.CoversAt(agent, nil))(t); len(none) != 0 {
			t.Errorf("covers of nothing: %v", none)
		}
	})
}
