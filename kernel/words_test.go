package kernel_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
)

func TestLinesAndTheirFamilies(t *testing.T) {
	t.Parallel()
	for line, c := range map[kernel.Line]struct{ known, personal, property bool }{
		kernel.Motor:     {true, false, true},
		kernel.Property:  {true, false, true},
		kernel.Cargo:     {true, false, true},
		kernel.Liability: {true, false, true},
		kernel.Life:      {true, true, false},
		kernel.Annuity:   {true, true, false},
		kernel.Health:    {true, true, false},
		kernel.Accident:  {true, true, false},
		kernel.Travel:    {true, true, true},
		"":               {},
		"Motor":          {},
		"pet":            {},
	} {
		if line.Known() != c.known || line.Personal() != c.personal || line.PropertyFamily() != c.property {
			t.Errorf("%q: known %v, personal %v, property %v", line, line.Known(), line.Personal(), line.PropertyFamily())
		}
	}
}

// What a host marshals shows neither the tenant nor the journal's hash.
func TestRecordsKeepTheirInsides(t *testing.T) {
	t.Parallel()
	type claim struct {
		kernel.Root
		Number string `json:"number"`
	}
	var c claim
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	c.Base().ID, c.Base().Tenant, c.Base().Version = "0198c0de-7a11-7abc-8def-0123456789ab", "east", 3
	c.Base().CreatedAt, c.Base().UpdatedAt = at, at
	c.Subject().Branch, c.Subject().Head, c.Subject().Replayed = "sh", []byte{1}, true
	c.Number = "C-17"
	got, err := json.Marshal(c)
	want := `{"id":"0198c0de-7a11-7abc-8def-0123456789ab","version":3,"created_at":"2026-11-22T00:00:00Z",` +
		`"updated_at":"2026-11-22T00:00:00Z","branch":"sh","replayed":true,"number":"C-17"}`
	if string(got) != want || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}
