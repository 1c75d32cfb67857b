package rulebook_test

import (
	"testing"

	"github.com/coverkit/crm/kernel/rulebook"
)

func TestTheDefaultBookLoads(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	ids := map[string]bool{}
	for _, r := range b.Rules() {
		if !r.Standard {
			ids[r.ID] = true
		}
	}
	if len(ids) != 148 {
		t.Errorf("%d rules of law, want 148", len(ids))
	}
}
