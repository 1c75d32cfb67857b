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

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
)

// The columns that a header must have, by the names of the file.
const (
	colNumber    = "Complaint number"
	colReasons   = "Reason complaint filed"
	colConfirmed = "Confirmed complaint"
	colResolved  = "How resolved"
	colReceived  = "Received date"
	colClosed    = "Closed date"
	colType      = "Complaint type"
	colCoverage  = "Coverage type"
	colLevel     = "Coverage level"
	colParty     = "Respondent ID"
	colRole      = "Respondent Role"
	colKeywords  = "Keywords"
)

var needed = []string{
	colNumber, colReasons, colConfirmed, colResolved, colReceived, colClosed, colType, colCoverage, colLevel, colParty, colRole, colKeywords,
}

// maxCell bounds the text in a cell, in characters; maxNumber the number of a complaint.
const (
	maxCell   = 1000
	maxNumber = 40
)

// complaints is what a file holds.
type complaints struct {
	lines    int // without the header
	matters  []*matter
	rejected []rejection
}

// read reads a file of complaints and moves its dates by so many years. A row that cannot
// be used is rejected with all its faults; the error is for a file that cannot be used.
func read(in io.Reader, shift int) (*complaints, error) {
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
	file, known := &complaints{}, map[string]*matter{}
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
		m, err := parse(columns, values, shift, line)
		if err == nil && known[m.number] != nil {
			err = known[m.number].join(m)
		} else if err == nil {
			known[m.number] = m
			file.matters = append(file.matters, m)
		}
		if err != nil {
			file.reject(line, err)
		}
	}
}

func (c *complaints) reject(line int, err error) {
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

// parse makes a complaint against one respondent of the values and returns every fault at
// once.
func parse(columns, values []string, shift, line int) (*matter, error) {
	var f kernel.FieldErrors
	if len(values) != len(columns) {
		f.Add("", "columns", "has %d columns instead of %d", len(values), len(columns))
		return nil, &f
	}
	c := cells{&f, map[string]string{}}
	for i, name := range columns {
		if slices.Contains(needed, name) {
			kernel.CheckText(&f, name, values[i], maxCell, true)
			c.values[name] = values[i]
		}
	}
	if f.Err() != nil {
		return nil, &f
	}
	m := &matter{
		line: line, number: c.code(colNumber, maxNumber), received: c.date(colReceived, shift),
		channel: c.short(colType), product: c.short(colCoverage), reasons: c.list(colReasons),
		about: strings.Join([]string{c.values[colLevel], c.values[colKeywords]}, "; "),
		against: []party{{
			line: line, id: c.code(colParty, kernel.MaxRef), kind: role(c.values[colRole]),
			right: c.yes(colConfirmed), resolved: c.values[colResolved],
		}},
	}
	if c.values[colClosed] != "" {
		m.closed = c.date(colClosed, shift)
	}
	if f.Err() == nil && !m.closed.IsZero() && m.closed < m.received {
		f.Add(colClosed, "order", "is before the day on which it was received")
	}
	return m, f.Err()
}

// role tells insurers, which are branches of the house here, from everybody else.
func role(words string) complaint.RespondentKind {
	if strings.Contains(words, "Ins Co") || strings.Contains(words, "Insurer") {
		return complaint.Branch
	}
	return complaint.Partner
}

// join adds a further row of the complaint.
func (m *matter) join(row *matter) error {
	var f kernel.FieldErrors
	if row.received != m.received {
		f.Add(colReceived, "conflict", "is another than on line %d of the same complaint", m.line)
	}
	if row.closed != m.closed {
		f.Add(colClosed, "conflict", "is another than on line %d of the same complaint", m.line)
	}
	for _, p := range m.against {
		if p.id == row.against[0].id {
			f.Add(colParty, "duplicate", "is on line %d of the same complaint already", p.line)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	m.against = append(m.against, row.against...)
	for _, reason := range row.reasons {
		if !slices.Contains(m.reasons, reason) {
			m.reasons = append(m.reasons, reason)
		}
	}
	return nil
}
