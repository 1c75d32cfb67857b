package page_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/examples/internal/page"
)

func report(t *testing.T, fill func(*page.Page)) string {
	t.Helper()
	p := &page.Page{Title: "Complaints <2026>", Lead: "投诉总结 & more"}
	fill(p)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := p.Write(file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The page stands for itself: nothing is fetched, and what it says is escaped.
func TestPageNeedsNoNetwork(t *testing.T) {
	t.Parallel()
	html := report(t, func(p *page.Page) {
		p.Section("By <cause>")
		p.Figures(page.Figure{Name: "median", Value: "72 days"})
		p.Table(1, []string{"cause", "count"}, [][]string{{"delay & <script>", "12"}})
		p.Bars("count by <cause>", "complaints", []string{"delay", "<i>"}, page.Series{Name: "all", Values: []float64{3, 4}}, page.Series{Name: "justified", Values: []float64{1, 2}})
		p.Lines("by month", "days", []string{"2026-01", "2026-02", "2026-03"}, page.Series{Values: []float64{1, 3, 2}})
		p.Say("%d rows", 7)
	})
	for _, bad := range []string{"<script", "src=", "<2026>", "<i>", "@import"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"Complaints &lt;2026&gt;", "投诉总结", "72 days", "7 rows", `<td class="n">12</td>`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(html, "<svg"); n != 2 {
		t.Errorf("%d charts, want 2", n)
	}
	for _, svg := range strings.SplitAfter(html, "</svg>") {
		if i := strings.Index(svg, "<svg"); i >= 0 {
			if err := xml.Unmarshal([]byte(svg[i:]), new(struct{})); err != nil {
				t.Errorf("a chart is not well formed: %v", err)
			}
		}
	}
}

// A chart that cannot be drawn fails the page instead of leaving a hole in it.
func TestEmptyChart(t *testing.T) {
	t.Parallel()
	p := &page.Page{Title: "nothing"}
	p.Bars("nothing", "", nil, page.Series{})
	if err := p.Write(filepath.Join(t.TempDir(), "x.html")); err == nil {
		t.Error("an empty chart was drawn")
	}
	if err := (&page.Page{}).Write(filepath.Join(t.TempDir(), "no", "x.html")); err == nil {
		t.Error("written into a folder that is not there")
	}
}
