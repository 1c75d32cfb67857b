package member_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// Whatever happens in whatever order: no column of a lot is negative, the balance is the
// sum of what is left, and every figure is that of a ledger kept by hand.
func TestBalanceIsTheSumOfLots(t *testing.T) {
	t.Parallel()
	type byHand struct {
		points, left, spent int64
		until               kernel.Date
		earned              kernel.Date
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newInsurer()
		rules := ladder()
		forever := rapid.Bool().Draw(rt, "forever")
		if forever {
			rules.PointMonths = 0
		}
		m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: w.founded(rt, "club", rules).ID, Customer: "c-1"}))(rt)
		today := day
		var names, spendings []string
		lots := map[string]*byHand{}
		spent := map[string]map[*byHand]int64{} // by reference
		usable := func() (sum int64) {
			for _, l := range lots {
				if l.until > today {
					sum += l.left
				}
			}
			return sum
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"earn", "earn", "spend", "spend", "reverse", "return", "expire", "wait", "freeze"}).Draw(rt, "step") {
			case "earn":
				source := fmt.Sprint("s-", rapid.IntRange(0, 8).Draw(rt, "source"))
				in := earning(rapid.Int64Range(-1, 100).Draw(rt, "points"), source)
				if n := rapid.IntRange(0, 40).Draw(rt, "days"); n > 0 {
					in.Expires = today.AddDays(n)
				}
				_, err := w.Members.Earn(agent, m.ID, in)
				before := lots[source]
				switch {
				case in.Points < 1, before != nil && before.points != in.Points:
					refused(0, err)(rt, kernel.ErrInvalid)
				case err != nil:
					rt.Fatal(err)
				case before == nil:
					switch {
					case in.Expires == 0 && forever:
						in.Expires = kernel.LastDate
					case in.Expires == 0:
						in.Expires = today.AddMonths(24)
					}
					lots[source] = &byHand{points: in.Points, left: in.Points, until: in.Expires, earned: today}
					names = append(names, source)
				}
			case "spend":
				in := spending(rapid.Int64Range(0, 150).Draw(rt, "points"))
				in.Reference = kernel.Ref(fmt.Sprint("gift-", rapid.IntRange(0, 3).Draw(rt, "reference")))
				_, err := w.Members.Spend(agent, m.ID, in)
				n, ref := in.Points, string(in.Reference)
				if n < 1 || n > usable() {
					refused(0, err)(rt, kernel.ErrInvalid)
					continue
				}
				if err != nil {
					rt.Fatal(err)
				}
				if spent[ref] == nil {
					spent[ref], spendings = map[*byHand]int64{}, append(spendings, ref)
				}
				for n > 0 { // always from the lot that goes first
					var next *byHand
					for _, name := range names {
						l := lots[name]
						if l.left > 0 && l.until > today && (next == nil || l.until < next.until || l.until == next.until && l.earned < next.earned) {
							next = l
						}
					}
					k := min(n, next.left)
					next.left, next.spent, n = next.left-k, next.spent+k, n-k
					spent[ref][next] += k
				}
			case "return":
				if len(spendings) == 0 {
					continue
				}
				ref := rapid.SampledFrom(spendings).Draw(rt, "reference")
				_, err := w.Members.Return(agent, m.ID, member.Refund{Reference: kernel.Ref(ref), Grounds: why})
				if len(spent[ref]) == 0 {
					refused(0, err)(rt, kernel.ErrInvalid)
				} else if err != nil {
					rt.Fatal(err)
				}
				for l, n := range spent[ref] {
					l.left, l.spent = l.left+n, l.spent-n
				}
				clear(spent[ref])
			case "reverse":
				if len(names) == 0 {
					continue
				}
				source := rapid.SampledFrom(names).Draw(rt, "source")
				_, err := w.Members.Reverse(agent, m.ID, member.Reversal{Source: kernel.Ref(source), Grounds: why})
				switch l := lots[source]; {
				case l.spent > 0 || l.left == 0:
					refused(0, err)(rt, kernel.ErrInvalid)
				case err == nil:
					l.left = 0
				case l.until > today: // when it is over, and that was booked, nothing is left
					rt.Fatal(err)
				}
			case "expire":
				got(w.Members.ExpirePoints(manager, m.ID, today-kernel.Date(rapid.IntRange(0, 3).Draw(rt, "ago"))))(rt)
			case "wait":
				today = today.AddDays(rapid.IntRange(1, 20).Draw(rt, "days"))
				w.on(today)
			case "freeze":
				got(w.Members.Freeze(agent, m.ID, why))(rt)
				refused(w.Members.Spend(agent, m.ID, spending(1)))(rt, kernel.ErrState)
				refused(w.Members.Earn(agent, m.ID, earning(1, "frozen")))(rt, kernel.ErrState)
				got(w.Members.Unfreeze(agent, m.ID, why))(rt)
			}
			balance, _, err := w.Members.Lots(agent, m.ID)
			if err != nil || balance.Points != usable() {
				rt.Fatalf("%d can be spent, by hand %d, %v", balance.Points, usable(), err)
			}
		}
		var sum, booked int64
		for _, l := range allLots(rt, w, m.ID) {
			if min(l.Spent, l.Expired, l.Reversed, l.Merged, l.Remaining) < 0 || l.Earned != l.Spent+l.Expired+l.Reversed+l.Merged+l.Remaining {
				rt.Fatalf("lot %+v", l)
			}
			if hand := lots[string(l.Source)]; hand.spent != l.Spent || hand.points != l.Earned {
				rt.Fatalf("lot %+v, by hand %+v", l, hand)
			}
			sum += l.Remaining
		}
		for _, x := range got(w.Members.Statement(agent, m.ID, kernel.List{Limit: kernel.MaxLimit}))(rt).Items {
			if x.Kind == member.MoveEarned || x.Kind == member.MoveReturned {
				booked += x.Points
			} else {
				booked -= x.Points
			}
		}
		if m = got(w.Members.Get(agent, m.ID))(rt); m.Points != sum || m.Points != booked || m.Points < 0 {
			rt.Fatalf("balance %d, lots %d, statement %d", m.Points, sum, booked)
		}
		w.sound(rt)
	})
}
