package house_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sound is a small module that keeps all rules.
var sound = graph{
	module:                             {module + "/claim", module + "/policy", module + "/internal/engine", module + "/storage", module + "/kernel"},
	module + "/claim":                  {module + "/claim/form", module + "/internal/engine", module + "/backoffice/payment", module + "/kernel", "github.com/shopspring/decimal"},
	module + "/claim/form":             {module + "/kernel"},
	module + "/policy":                 {module + "/backoffice/task", module + "/storage", module + "/kernel/workflow"},
	module + "/internal/engine":        {module + "/backoffice/journal", module + "/internal/command", module + "/storage"},
	module + "/backoffice/payment":     {module + "/internal/command", module + "/backoffice/task"},
	module + "/backoffice/task":        {module + "/internal/command", module + "/backoffice/journal"},
	module + "/backoffice/journal":     {module + "/storage", module + "/kernel"},
	module + "/internal/command":       {module + "/backoffice/journal", module + "/storage", module + "/kernel/access"},
	module + "/storage":                {module + "/kernel"},
	module + "/storage/gormstore":      {module + "/storage", "gorm.io/gorm", "gorm.io/gorm/schema"},
	module + "/storage/sqlite":         {module + "/storage/gormstore", "gorm.io/driver/sqlite", "gorm.io/gorm"},
	module + "/storage/postgres":       {module + "/storage/gormstore", "gorm.io/driver/postgres", "github.com/jackc/pgx/v5"},
	module + "/storage/memory":         {module + "/storage"},
	module + "/storage/storagetest":    {module + "/storage", "testing"},
	module + "/kernel":                 {"github.com/shopspring/decimal", "time"},
	module + "/kernel/access":          {module + "/kernel"},
	module + "/kernel/workflow":        {module + "/kernel", "github.com/looplab/fsm"},
	module + "/crmtest":                {module, module + "/storage/memory", "testing"},
	module + "/examples/hosttx":        {module, module + "/storage/postgres", "gorm.io/gorm"},
	module + "/internal/house":         nil,
	"gorm.io/driver/postgres":          {"gorm.io/gorm", "github.com/jackc/pgx/v5"},
	"github.com/outsider/with-testing": {"testing"},
	"github.com/outsider/with-gorm":    {"gorm.io/gorm"},
}

func TestTheSoundHouse(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string(nil), check(sound)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string(nil), check(graph{module + "/kernel": nil})); diff != "" {
		t.Error("a house that is only begun:", diff)
	}
}

// One wrong import is added to the sound house; the checker must name the
// package that has it and give the reason.
func TestBrokenRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, pkg, imports string
		want               string
	}{
		{"a room knows its neighbour", "claim", module + "/policy", "claim imports policy: rooms never import each other"},
		{"a part of a room knows the neighbour", "claim/form", module + "/policy", "claim/form imports policy: rooms never import each other"},
		{"a room knows the roof", "survey", module, `survey imports crm: floor "rooms" may not use floor "roof"`},
		{"a room opens a store", "claim", module + "/storage/memory", `floor "rooms" may not use floor "stores"`},
		{"a room uses GORM", "claim", "gorm.io/gorm", "claim (floor \"rooms\") must not reach gorm.io/gorm"},
		{"a room reaches GORM through another", "member", "github.com/outsider/with-gorm", "member (floor \"rooms\") must not reach github.com/outsider/with-gorm → gorm.io/gorm"},
		{"the root brings a driver", "", "github.com/mattn/go-sqlite3", "crm (floor \"roof\") must not reach github.com/mattn/go-sqlite3"},
		{"the root opens a store", "", module + "/storage/sqlite", `crm imports storage/sqlite: floor "roof" may not use floor "stores"`},
		{"the root uses test helpers", "", module + "/crmtest", `floor "roof" may not use floor "workshop"`},
		{"the engine knows a room", "internal/engine", module + "/claim", `floor "engine" may not use floor "rooms"`},
		{"the engine knows payments", "internal/engine", module + "/backoffice/payment", `floor "engine" may not use floor "backoffice"`},
		{"the back office knows the engine", "backoffice/payment", module + "/internal/engine", `floor "backoffice" may not use floor "engine"`},
		{"the back office knows a room", "backoffice/payment", module + "/customer", `floor "backoffice" may not use floor "rooms"`},
		{"the journal knows commands", "backoffice/journal", module + "/internal/command", `floor "journal" may not use floor "command"`},
		{"the journal knows payments", "backoffice/journal", module + "/backoffice/payment", `floor "journal" may not use floor "backoffice"`},
		{"commands know the back office", "internal/command", module + "/backoffice/payment", `floor "command" may not use floor "backoffice"`},
		{"commands know the engine", "internal/command", module + "/internal/engine", `floor "command" may not use floor "engine"`},
		{"the seam knows a store", "storage", module + "/storage/gormstore", `floor "seam" may not use floor "stores"`},
		{"a store knows the journal", "storage/gormstore", module + "/backoffice/journal", `floor "stores" may not use floor "journal"`},
		{"a store knows a room", "storage/memory", module + "/claim", `floor "stores" may not use floor "rooms"`},
		{"the suite knows the roof", "storage/storagetest", module, `floor "test support" may not use floor "roof"`},
		{"the kernel knows storage", "kernel", module + "/storage", `floor "kernel" may not use floor "seam"`},
		{"the kernel knows SQL", "kernel/access", "database/sql", `kernel/access (floor "kernel") must not reach database/sql`},
		{"the kernel knows a tool", "kernel", module + "/internal/house", `floor "kernel" may not use floor "workshop"`},
		{"another state machine", "policy", "github.com/looplab/fsm", "policy imports github.com/looplab/fsm, reserved for kernel/workflow"},
		{"a driver in the GORM store", "storage/gormstore", "github.com/jackc/pgx/v5/pgconn", "reserved for storage/sqlite/..."},
		{"GORM in the memory store", "storage/memory", "gorm.io/gorm/clause", "reserved for storage/gormstore/..."},
		{"GORM in the suite", "storage/storagetest", "gorm.io/gorm", "reserved for storage/gormstore/..."},
		{"testing in production", "storage/memory", "testing", "storage/memory imports testing, reserved for crmtest/..."},
		{"testing by way of another", "kernel", "github.com/outsider/with-testing", "kernel (floor \"kernel\") must not reach github.com/outsider/with-testing → testing"},
		{"a test library in production", "storage/memory", "pgregory.net/rapid", "reserved for crmtest/..."},
		{"a package off the plan", "agency", module + "/kernel", "agency stands on no floor"},
		{"a room that uses a package off the plan", "claim", module + "/agency", "claim imports agency: it stands on no floor"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := maps.Clone(sound)
			pkg := strings.TrimSuffix(module+"/"+tt.pkg, "/")
			g[pkg] = append([]string{tt.imports}, g[pkg]...)
			broken := check(g)
			if len(broken) > 2 {
				t.Errorf("one fault gave %d sentences: %q", len(broken), broken)
			}
			if !strings.Contains(strings.Join(broken, "\n"), tt.want) {
				t.Errorf("found %q, want %q", broken, tt.want)
			}
		})
	}
}

func TestEveryRuleHasItsReason(t *testing.T) {
	t.Parallel()
	byName := map[string]floor{}
	for _, f := range floors {
		if _, twice := byName[f.name]; twice || f.reason == "" {
			t.Errorf("floor %q: no reason, or twice", f.name)
		}
		byName[f.name] = f
	}
	for _, f := range floors {
		for _, name := range f.below {
			below, ok := byName[name]
			if !ok {
				t.Errorf("floor %q stands on %q, which does not exist", f.name, name)
			}
			for _, a := range f.away { // or f could reach it by way of below
				if !slices.Contains(below.away, a) {
					t.Errorf("floor %q keeps %s away, and %q under it does not", f.name, a, name)
				}
			}
		}
	}
	for _, r := range reserves {
		if r.reason == "" {
			t.Errorf("%v: no reason", r.imports)
		}
	}
}

func TestReadsClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		src  string
		want []string
	}{
		{"package p\nimport \"time\"\nvar t = time.Now()", []string{"p.go:3: time.Now"}},
		{"package p\nimport \"time\"\nvar now = time.Now", []string{"p.go:3: time.Now"}},
		{"package p\nimport clock \"time\"\nfunc f(t clock.Time) bool {\nreturn clock.Since(t) > clock.Until(t)\n}", []string{"p.go:4: time.Since", "p.go:4: time.Until"}},
		{"package p\nimport \"time\"\nfunc f() { time.Sleep(time.Second) }", nil},
		{"package p\n// time.Now is not called here\nvar s = \"time.Now()\"", nil},
		{"package p\nvar time struct{ Now int }\nvar n = time.Now", nil},
	} {
		got, err := readsClock("p.go", tt.src)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s\n%s", tt.src, diff)
		}
	}
}
