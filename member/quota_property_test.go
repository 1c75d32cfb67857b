package member_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

func TestPeriods(t *testing.T) {
	t.Parallel()
	d := func(y int, m time.Month, day int) kernel.Date { return kernel.NewDate(y, m, day) }
	for _, tt := range []struct {
		per       member.Per
		on, since kernel.Date
		want      member.Span
	}{
		{member.PerMonth, d(2026, 2, 28), 0, member.Span{Key: "2026-02", From: d(2026, 2, 1), To: d(2026, 3, 1)}},
		{member.PerMonth, d(2026, 12, 31), 0, member.Span{Key: "2026-12", From: d(2026, 12, 1), To: d(2027, 1, 1)}},
		{member.PerQuarter, d(2026, 3, 31), 0, member.Span{Key: "2026-Q1", From: d(2026, 1, 1), To: d(2026, 4, 1)}},
		{member.PerQuarter, d(2026, 11, 22), 0, member.Span{Key: "2026-Q4", From: d(2026, 10, 1), To: d(2027, 1, 1)}},
		{member.PerYear, d(2026, 1, 1), 0, member.Span{Key: "2026", From: d(2026, 1, 1), To: d(2027, 1, 1)}},
		{"", d(2026, 6, 1), d(2020, 3, 15), member.Span{Key: "2026", From: d(2026, 1, 1), To: d(2027, 1, 1)}},
		{member.PerMembershipYear, d(2026, 3, 14), d(2024, 3, 15), member.Span{Key: "2025-03-15/1y", From: d(2025, 3, 15), To: d(2026, 3, 15)}},
		{member.PerMembershipYear, d(2026, 3, 15), d(2024, 3, 15), member.Span{Key: "2026-03-15/1y", From: d(2026, 3, 15), To: d(2027, 3, 15)}},
		{member.PerMembershipYear, d(2024, 3, 15), d(2024, 3, 15), member.Span{Key: "2024-03-15/1y", From: d(2024, 3, 15), To: d(2025, 3, 15)}},
		{member.PerMembershipYear, d(2026, 2, 28), d(2024, 2, 29), member.Span{Key: "2026-02-28/1y", From: d(2026, 2, 28), To: d(2027, 2, 28)}},
		{member.PerMembershipYear, d(2028, 2, 28), d(2024, 2, 29), member.Span{Key: "2027-02-28/1y", From: d(2027, 2, 28), To: d(2028, 2, 29)}},
		{member.PerMembershipYear, d(2026, 3, 15), 0, member.Span{Key: "2026", From: d(2026, 1, 1), To: d(2027, 1, 1)}},
	} {
		if diff := cmp.Diff(tt.want, tt.per.Around(tt.on, tt.since)); diff != "" {
			t.Errorf("%s around %s: %s", tt.per, tt.on, diff)
		}
	}
}

// Every day lies in exactly one period; the day after a period is the first of the next.
func TestPeriodsCoverEveryDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		per := rapid.SampledFrom([]member.Per{"", member.PerMonth, member.PerQuarter, member.PerYear, member.PerMembershipYear}).Draw(t, "per")
		since := kernel.NewDate(1990, 1, 1).AddDays(rapid.IntRange(0, 20_000).Draw(t, "since"))
		on := since.AddDays(rapid.IntRange(0, 20_000).Draw(t, "days"))
		s := per.Around(on, since)
		if on < s.From || on >= s.To {
			t.Fatalf("%s is not in %+v", on, s)
		}
		if last := per.Around(s.To.AddDays(-1), since); last != s {
			t.Fatalf("%+v ends in %+v", s, last)
		}
		if next := per.Around(s.To, since); next.From != s.To || next.Key == s.Key {
			t.Fatalf("%+v is followed by %+v", s, next)
		}
	})
}

// Whatever people do with a quota, in whatever order: it is never overdrawn, and what was
// granted is always what was reserved, used, has expired, or is left.
func TestAQuotaIsNeverOverdrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := inMemory()
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "gold")
		d := checkup(p)
		d.Quota, d.Per = rapid.Int64Range(1, 4).Draw(t, "quota"), member.PerMonth
		w.effective(t, d)
		clinic := w.clinic(t)
		var open []kernel.ID
		pick := func(t *rapid.T) kernel.ID {
			if len(open) == 0 {
				t.Skip("no orders")
			}
			return rapid.SampledFrom(open).Draw(t, "order")
		}
		may := func(t *rapid.T, err error) {
			if err != nil && !beaten(err) {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"order": func(t *rapid.T) {
				o, err := w.Orders.Order(desk, member.ServiceRequest{Customer: "c-1", Service: member.HealthService})
				if may(t, err); err == nil {
					open = append(open, o.ID)
				}
			},
			"redeem": func(t *rapid.T) {
				_, err := w.Quotas.Redeem(desk, member.Redemption{Customer: "c-1", Benefit: "checkup"})
				may(t, err)
			},
			"reserve": func(t *rapid.T) {
				_, err := w.Orders.Reserve(desk, pick(t), member.Hold{})
				may(t, err)
			},
			"schedule": func(t *rapid.T) {
				_, err := w.Orders.Schedule(desk, pick(t), w.appointment(clinic))
				may(t, err)
			},
			"start":   func(t *rapid.T) { _, err := w.Orders.Start(desk, pick(t)); may(t, err) },
			"deliver": func(t *rapid.T) { _, err := w.Orders.Deliver(desk, pick(t), member.Delivery{}); may(t, err) },
			"cancel": func(t *rapid.T) {
				_, err := w.Orders.Cancel(desk, pick(t), member.Grounds{Code: "wish"})
				may(t, err)
			},
			"miss":      func(t *rapid.T) { _, err := w.Orders.NoShow(desk, pick(t), member.Grounds{}); may(t, err) },
			"time goes": func(t *rapid.T) { w.clock.Advance(time.Duration(rapid.IntRange(1, 20).Draw(t, "days")) * days) },
			"sweep": func(t *rapid.T) {
				_, err1 := w.Orders.ExpireAll(system)
				_, err2 := w.Quotas.ExpireAll(system)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
			},
			"": func(t *rapid.T) {
				reserved := map[kernel.ID]int64{}
				for _, s := range []member.OrderState{member.OrderReserved, member.OrderScheduled, member.OrderInService} {
					for _, o := range got(w.Orders.List(auditor, member.OrderFilter{State: s}, kernel.List{Limit: 500}))(t).Items {
						reserved[o.GrantID]++
					}
				}
				for _, g := range got(w.Quotas.List(auditor, "c-1", kernel.List{Limit: 500}))(t).Items {
					if g.Reserved < 0 || g.Used < 0 || g.Expired < 0 || g.Granted != g.Reserved+g.Used+g.Expired+g.Left() || g.Reserved != reserved[g.ID] {
						t.Fatalf("%d orders hold a reservation: %+v", reserved[g.ID], g)
					}
					if g.State == member.GrantExpired && g.Left() != 0 {
						t.Fatalf("an expired quota has something left: %+v", g)
					}
				}
			},
		})
		w.sound(t)
	})
}

// The line is a line: whoever signs up, leaves, or brings more seats, seats go to those
// who came first among those who did not leave. A model of three lines says who sits.
func TestTheLineIsALine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := inMemory()
		seats := rapid.Int64Range(1, 3).Draw(t, "seats")
		a := w.invites(t, w.lecture(seats))
		var line []member.SignUp // who came and did not leave, in order
		n := 0
		t.Repeat(map[string]func(*rapid.T){
			"sign up": func(t *rapid.T) {
				n++
				line = append(line, got(w.Activities.SignUp(adviser, a.ID, kernel.Ref(fmt.Sprint("c-", n))))(t))
			},
			"leave": func(t *rapid.T) {
				if len(line) == 0 {
					t.Skip("nobody there")
				}
				i := rapid.IntRange(0, len(line)-1).Draw(t, "who")
				got(w.SignUps.Cancel(adviser, line[i].ID, member.Grounds{}))(t)
				line = slices.Delete(line, i, i+1)
			},
			"more seats": func(t *rapid.T) {
				if seats < 8 {
					seats++
					got(w.Activities.Extend(adviser, a.ID, seats))(t)
				}
			},
			"": func(t *rapid.T) {
				for i, s := range line {
					want := member.SignUpWaiting
					if int64(i) < seats {
						want = member.SignedUp
					}
					if now := got(w.SignUps.Get(auditor, s.ID))(t); now.State != want {
						t.Fatalf("number %d of %d seats: %s", i+1, seats, now.State)
					}
				}
				now := got(w.Activities.Get(auditor, a.ID))(t)
				if sit := min(int64(len(line)), seats); now.Taken != sit || now.Waiting != int64(len(line))-sit {
					t.Fatalf("%d sit, %d wait of %d", now.Taken, now.Waiting, len(line))
				}
			},
		})
		w.sound(t)
	})
}
