package member_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// Whatever a design says: it is refused with fields and nothing is written, or it can go
// all the way and be enjoyed.
func FuzzBenefitDesign(f *testing.F) {
	f.Add("acc-5", "Name", "名称", "product_discount", int64(1), "year", int64(5), int32(-2), "ACC", "", int32(0), int32(0))
	f.Add("check", "Name", "名称", "value_added_service", int64(0), "", int64(0), int32(0), "", "health", int32(739_000), int32(800_000))
	f.Add("a\x00", "", "\u202e", "member_event", int64(-1), "day", int64(1), int32(1<<30), "\xff", "spa", int32(-1), int32(1))
	f.Fuzz(func(t *testing.T, code, en, zh, kind string, quota int64, per string, rate int64, exp int32, product, service string, from, to int32) {
		w := inMemory()
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "gold")
		d := member.BenefitDesign{
			Code: code, Name: both(en, zh), Text: both(en, zh), ProgramID: p.ID, Kind: member.BenefitKind(kind),
			Quota: quota, Per: member.Per(per), Rate: decimal.New(rate, exp), ValidFrom: kernel.Date(from), ValidTo: kernel.Date(to),
		}
		if product != "" {
			d.Products = []string{product}
		}
		if service != "" {
			d.Services = []member.ServiceKind{member.ServiceKind(service)}
		}
		before := w.rows(t)["crm_benefits"]
		b, err := w.Benefits.Draft(designer, d)
		if err != nil {
			if faults(t, err); w.rows(t)["crm_benefits"] != before {
				t.Fatal("a design with faults was kept")
			}
			return
		}
		b = got(w.Benefits.Approve(manager, b.ID))(t)
		b, err = w.Benefits.Announce(designer, b.ID, published)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrState) || d.ValidTo == 0 {
				t.Fatal(err)
			}
			return // valid for a time that is over
		}
		w.clock.Set(b.StartsFrom.Time().Add(time.Hour))
		got(w.Benefits.Start(system, b.ID))(t)
		if have := got(w.Benefits.ForCustomer(auditor, "c-1"))(t); len(have) != 1 || have[0].Left() < 1 {
			t.Fatalf("%+v", have)
		}
		got(w.Quotas.Redeem(desk, member.Redemption{Customer: "c-1", Benefit: code}))(t)
		w.sound(t)
	})
}

// Every day of every member lies in its period, whatever the calendar.
func FuzzPeriod(f *testing.F) {
	f.Add("membership_year", int32(739_942), int32(738_945))
	f.Add("quarter", int32(739_942), int32(0))
	f.Fuzz(func(t *testing.T, per string, on, since int32) {
		day := kernel.Date(on)
		if day < kernel.FirstDate || day > kernel.LastDate || kernel.Date(since) > day || since < 0 {
			t.Skip("no day of a member")
		}
		s := member.Per(per).Around(day, kernel.Date(since))
		if day < s.From || day >= s.To || s.Key == "" || len(s.Key) > kernel.MaxRef || s.To.Sub(s.From) > 366 {
			t.Fatalf("%s since %s: %+v", day, kernel.Date(since), s)
		}
	})
}
