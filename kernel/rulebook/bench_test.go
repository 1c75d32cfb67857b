package rulebook_test

import (
	"testing"

	"github.com/coverkit/crm/kernel/rulebook"
)

func BenchmarkDue(b *testing.B) {
	d := newDesk(b, rulebook.Default(), "claim", own)
	for _, s := range []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00"), supplied} {
		d.do(s.event, s.at, s.to, s.facts)
	}
	timer := d.tasks[ordinary]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.book.Due(timer); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	book := rulebook.Default()
	at := when(b, "2026-03-02")
	for _, bb := range []struct{ name, event, from, to string }{
		{"opens", "File", "reported", "filed"},
		{"meets", "Approve", "assessing", "approved"},
		{"nothing", "Reserve", "assessing", "assessing"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			h := rulebook.Happening{Kind: "claim", Event: bb.event, From: bb.from, To: bb.to, At: at, Case: own}
			b.ReportAllocs()
			for b.Loop() {
				book.Answer(h)
			}
		})
	}
}

// A due date is worked out inside commands: it may cost no more than the slice of steps.
func TestDueStaysCheap(t *testing.T) { // not parallel: it counts
	d := newDesk(t, rulebook.Default(), "claim", own)
	for _, s := range []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00"), supplied} {
		d.do(s.event, s.at, s.to, s.facts)
	}
	timer := d.tasks[ordinary]
	if n := testing.AllocsPerRun(100, func() {
		if _, err := d.book.Due(timer); err != nil {
			t.Fatal(err)
		}
	}); n > 2 {
		t.Errorf("%.0f allocations", n)
	}
}
