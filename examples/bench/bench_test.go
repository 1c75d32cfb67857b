package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
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

func TestRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-rounds", "0"}, {"-claims", "0"}, {"sqlite"}, {"-x"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

// BenchmarkWay is one claim's seven transitions on SQLite, alone and with sixteen callers.
func BenchmarkWay(b *testing.B) {
	p, err := open(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.close(b.Context()); err != nil {
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
