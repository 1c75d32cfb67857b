package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/coverkit/crm/examples/internal/page"
)

// chart draws what runs with -json have printed, a group of bars for each database and
// number of callers, into an SVG file.
func chart(into string, runs []string) error {
	if len(runs) == 0 {
		return errors.New("name the files that runs with -json were written to")
	}
	var labels []string
	series := []page.Series{{Name: "library"}, {Name: "by hand"}, {Name: "floor"}}
	for _, name := range runs {
		f, err := figuresOf(name)
		if err != nil {
			return err
		}
		labels = append(labels, f.Database+", 1 caller", fmt.Sprintf("%s, %d callers", f.Database, many))
		for i := range series {
			series[i].Values = append(series[i].Values, f.Micros1[i], f.Micros16[i])
		}
	}
	svg, err := page.BarsSVG("µs a transition", labels, series...)
	if err != nil {
		return err
	}
	return os.WriteFile(into, []byte(svg), 0o644) //nolint:gosec // a picture for everybody
}

// figuresOf reads the last line of a run's output.
func figuresOf(name string) (*figures, error) {
	out, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out = bytes.TrimSpace(out)
	var f figures
	if json.Unmarshal(out[bytes.LastIndexByte(out, '\n')+1:], &f) != nil || len(f.Micros1) != 3 || len(f.Micros16) != 3 {
		return nil, fmt.Errorf("%s: the last line is not that of a run with -json", name)
	}
	return &f, nil
}
