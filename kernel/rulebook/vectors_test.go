package rulebook_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// TestVectors counts the published examples.
func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/deadlines.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Rule    string
			Event   kernel.Date
			Amount  int
			Unit    rulebook.Unit
			Roll    string
			Due     kernel.Date
			Weekday string
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Cases {
		t.Run(v.Rule, func(t *testing.T) {
			t.Parallel()
			roll := rulebook.NoRoll
			if v.Roll == "next_business_day" {
				roll = rulebook.RollNext
			}
			for _, clock := range []time.Duration{0, 9 * time.Hour, 24*time.Hour - time.Microsecond} {
				base := v.Event.In(shanghai).Add(clock)
				due, err := rulebook.Default().Due(rulebook.Timer{Begun: []rulebook.Term{{Amount: v.Amount, Unit: v.Unit, Roll: roll, Base: base}}})
				if err != nil || due.On != v.Due || due.Provisional {
					t.Errorf("from %s: due on %s, want %s (%v)", base, due.On, v.Due, err)
				}
				if at := v.Due.AddDays(1).In(shanghai); !due.At.Equal(at) {
					t.Errorf("too late from %s, want %s", due.At, at)
				}
				if wd := due.On.Time().Weekday().String()[:3]; wd != v.Weekday {
					t.Errorf("a %s, want %s", wd, v.Weekday)
				}
			}
		})
	}
}
