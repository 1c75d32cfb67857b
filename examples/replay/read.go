package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/kernel"
)

// needed are the columns that a header must have, by the names of the file; the word
// "deductable" is its own.
var needed = []string{
	"policy_number", "policy_bind_date", "policy_csl", "policy_deductable", "policy_annual_premium", "umbrella_limit",
	"incident_date", "incident_hour_of_the_day", "incident_type", "incident_severity", "incident_state", "incident_city",
	"incident_location", "total_claim_amount", "injury_claim", "property_claim", "vehicle_claim", "fraud_reported",
}

// claims is what a file holds.
type claims struct {
	lines    int // without the header
	rows     []row
	rejected []rejection
}

// read reads a file of claims and moves its dates by so many years. A row that cannot be
// used is rejected with all its faults; the error is for a file that cannot be used.
func read(in io.Reader, shift int) (*claims, error) {
	b := bufio.NewReader(in)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	r := csv.NewReader(b)
	r.FieldsPerRecord = -1 // counted here, to go on after a line with too few
	columns, err := header(r)
	if err != nil {
		return nil, err
	}
	file := &claims{}
	lines := map[string]int{} // by policy number
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return file, nil
		}
		file.lines++
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			file.reject(bad.StartLine, kernel.Invalid("", "format", "%s", bad.Err))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the file cannot be read to its end: %w", err)
		}
		line, _ := r.FieldPos(0)
		row, err := parse(columns, values, shift, lines, line)
		if err != nil {
			file.reject(line, err)
			continue
		}
		row.line = line
		file.rows = append(file.rows, row)
	}
}

func (c *claims) reject(line int, err error) {
	var f kernel.FieldErrors
	f.Merge("", err)
	for _, fault := range f.Faults {
		c.rejected = append(c.rejected, rejection{line, fault.Path, fault.Message})
	}
}

// header reads the names of the columns.
func header(r *csv.Reader) ([]string, error) {
	columns, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the file has no header: %w", err)
	}
	var missing []string
	for _, name := range needed {
		if !slices.Contains(columns, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the header has no column %s", strings.Join(missing, ", "))
	}
	for i, name := range columns {
		if slices.Index(columns, name) < i && slices.Contains(needed, name) {
			return nil, fmt.Errorf("the header has column %s twice", name)
		}
	}
	return columns, nil
}

// parse makes a row of the values and returns every fault at once.
func parse(columns, values []string, shift int, lines map[string]int, line int) (row, error) {
	var f kernel.FieldErrors
	if len(values) != len(columns) {
		f.Add("", "columns", "has %d columns instead of %d", len(values), len(columns))
		return row{}, &f
	}
	c := cells{&f, map[string]string{}}
	for i, name := range columns {
		kernel.CheckText(&f, name, values[i], 200, false)
		c.values[name] = values[i]
	}
	if f.Err() != nil {
		return row{}, &f
	}
	r := row{
		policy: c.code("policy_number"), bind: c.date("policy_bind_date").AddYears(shift),
		limit: c.limit("policy_csl"), deductible: c.amount("policy_deductable"), premium: c.amount("policy_annual_premium"),
		total: c.amount("total_claim_amount"), fraud: c.yes("fraud_reported"),
		cause: c.code("incident_type"), description: c.code("incident_severity"),
		place: strings.Join([]string{c.values["incident_location"], c.values["incident_city"], c.values["incident_state"]}, ", "),
	}
	c.amount("umbrella_limit")
	day, hour := c.date("incident_date").AddYears(shift), c.whole("incident_hour_of_the_day", 23)
	r.loss = time.Date(day.Time().Year(), day.Time().Month(), day.Time().Day(), hour, 0, 0, 0, eastern)
	parts := c.amount("injury_claim").Add(c.amount("property_claim")).Add(c.amount("vehicle_claim"))
	if f.Err() == nil {
		r.check(&f, day, shift)
		if !parts.Equal(r.total) {
			f.Add("total_claim_amount", "sum", "injury, property and vehicle add up to %s", parts)
		}
	}
	if first, again := lines[r.policy]; again {
		f.Add("policy_number", "duplicate", "is on line %d already", first)
	} else if r.policy != "" {
		lines[r.policy] = line
	}
	return r, f.Err()
}

// check notes what cannot be said of a single column.
func (r *row) check(f *kernel.FieldErrors, day kernel.Date, shift int) {
	kernel.CheckDate(f, "policy_bind_date", r.bind)
	kernel.CheckDate(f, "incident_date", day)
	if r.term().Years > maxYears {
		f.Add("policy_bind_date", "range", "the longest term is %d years", maxYears)
	}
	if !r.premium.IsPositive() {
		f.Add("policy_annual_premium", "range", "more than zero")
	}
	if !r.limit.IsPositive() {
		f.Add("policy_csl", "range", "more than zero")
	}
}
