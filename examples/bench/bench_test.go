package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// TestOneRound: all three go the whole way, and the last line holds the figures.
func TestOneRound(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-json", "-rounds", "1", "-claims", "1"}, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var f figures
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &f); err != nil {
		t.Fatal(err)
	}
	if f.Ratio1 <= 0 || f.Ratio16 <= 0 || f.Floor1 <= 0 || f.Floor16 <= 0 || len(f.Micros1) != 3 || f.Allocs[0] <= 0 {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(out.String(), "synchronous = 2 (FULL)") {
		t.Errorf("nothing is said of durability:\n%s", out.String())
	}
}

// TestGrowth: all questions are answered with few claims and with more.
func TestGrowth(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-json", "-load", "300"}, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var g growth
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Ratio) != 13 || g.Claims[0] < 3 || g.Claims[1] < 300 || g.Claims[1] <= g.Claims[0] {
		t.Errorf("%+v", g)
	}
	for _, name := range []string{"transition", "overview", "due", "identity", "list"} {
		if g.Ratio[name] <= 0 || g.Micros[name][0] <= 0 {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// TestFamilies: what is loaded is what the library would have written, and goes on like it.
func TestFamilies(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	p := &place{dir: t.TempDir()}
	store, err := p.store("families")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	w, err := settle(t.Context(), store, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range w.questions() {
		if _, err := ask(); err != nil {
			t.Error(err)
		}
	}
	told, err := w.crm.Customers.Reveal(w.ctx, w.usual[3], customer.Look{Fields: []customer.Field{customer.FieldIdentity}, Purpose: privacy.New("a sample")})
	if err != nil || !strings.Contains(string(told.Identity), "E0") {
		t.Errorf("%+v, %v", told, err)
	}
	report, err := w.crm.Verify(w.ctx)
	if err != nil || !report.OK() || report.Entries < 500 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestChart: what runs print is drawn, and what they do not is refused.
func TestChart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run1 := filepath.Join(dir, "run.txt")
	line := `{"database":"SQLite","micros_1":[5,4,3],"micros_16":[2,3,3]}`
	if err := os.WriteFile(run1, []byte("A transition\n"+line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(dir, "out.svg")
	if err := run(t.Context(), []string{"-chart", picture, run1, run1}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(picture)
	if err != nil || !bytes.HasPrefix(svg, []byte("<svg")) || !bytes.Contains(svg, []byte("SQLite, 16 callers")) {
		t.Errorf("%.80s, %v", svg, err)
	}
	for _, args := range [][]string{{"-chart", picture}, {"-chart", picture, filepath.Join(dir, "none")}, {"-chart", picture, picture}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-rounds", "0"}, {"-claims", "0"}, {"-load", "-1"}, {"sqlite"}, {"-x"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestMain(m *testing.M) { pgtest.Main(m) }

// BenchmarkWay is one claim's seven transitions on each database, alone and with sixteen
// callers. A server that pgtest starts does not wait for disks: for figures that mean
// something, name one in CRM_TEST_POSTGRES.
func BenchmarkWay(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { ways(b, "") })
	b.Run("postgres", func(b *testing.B) { ways(b, pgtest.DSN(b)) })
}

func ways(b *testing.B, dsn string) {
	p, err := open(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.close(context.WithoutCancel(b.Context())); err != nil {
			b.Error(err)
		}
	})
	all, err := contend(b.Context(), p)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := all.close(); err != nil {
			b.Error(err)
		}
	})
	for _, c := range all {
		b.Run(c.name+"/1", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.way(b.Context(), int(c.next.Add(1))+100); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/16", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(max(many/runtime.GOMAXPROCS(0), 1))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := c.way(b.Context(), int(c.next.Add(1))+100); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
