package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// TestImport: what the library brings in is written ready-made too, and both are timed.
func TestImport(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	for name, args := range map[string][]string{"SQLite": nil, "PostgreSQL": {"-postgres", ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if args != nil {
				args[1] = pgtest.DSN(t)
			}
			var out bytes.Buffer
			if err := run(t.Context(), append([]string{"-json", "-rounds", "1", "-import", "70"}, args...), &out); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			var b bulk
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &b); err != nil {
				t.Fatal(err)
			}
			for _, thing := range []string{"customers", "claims"} {
				if b.Database != name || b.Rows != 70 || b.PerSec[thing] <= 0 || b.Records[thing] <= 0 || b.All[thing] <= 0 {
					t.Errorf("%+v", b)
				}
			}
		})
	}
}
