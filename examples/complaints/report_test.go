package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
)

// A month in which nothing came is a point of the chart too.
func TestUnbroken(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, g := range unbroken([]complaint.Group{{Key: "2023-11", Count: 1}, {Key: "2024-02", Count: 2}, {Key: "2024-03"}}) {
		keys = append(keys, g.Key)
	}
	if d := cmp.Diff([]string{"2023-11", "2023-12", "2024-01", "2024-02", "2024-03"}, keys); d != "" {
		t.Error(d)
	}
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	f := figures{days: map[int]int{0: 1, 9: 2, 10: 4, 239: 8, 240: 16, 5000: 32}}
	labels, counts := f.histogram()
	if labels[0] != "0" || labels[1] != "10" || labels[maxBins-1] != "240+" || len(labels) != len(counts) {
		t.Errorf("%v", labels)
	}
	if counts[0] != 3 || counts[1] != 4 || counts[23] != 8 || counts[24] != 48 || slices.Max(counts[2:23]) != 0 {
		t.Errorf("%v", counts)
	}
}

// What a file says is shown as it is and does not become part of the page.
func TestPageEscapes(t *testing.T) {
	t.Parallel()
	f := figures{Rejected: []rejection{{2, "<b>", "<script>"}}}
	path := filepath.Join(t.TempDir(), "page.html")
	if err := report(&f, "<i>.csv", path); err != nil {
		t.Fatal(err)
	}
	page := string(content(t, path))
	if strings.Contains(page, "<script>") || strings.Contains(page, "<i>") || !strings.Contains(page, "&lt;script&gt;") || strings.Contains(page, "<svg") {
		t.Error(page)
	}
}
