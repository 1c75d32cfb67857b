package main

import (
	"time"
	_ "time/tzdata" // days are meant in a zone that a machine may not know

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
)

// Days begin and end in Texas, where the complaints of the file were made.
const zone = "America/Chicago"

var texas = func() *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}()

// Everything happens between eight and nine in the morning of Texas. That is late in the
// evening of the same day in Beijing, summer or winter.
const (
	opening = 8 * time.Hour
	closing = 9 * time.Hour
)

func morning(d kernel.Date, hour time.Duration) time.Time { return d.In(texas).Add(hour) }

// matter is one complaint of the file: the rows that share its number.
type matter struct {
	line     int // of its first row
	number   string
	received kernel.Date
	closed   kernel.Date // none: it still waits

	channel, product string
	reasons          []string // of all rows, each once
	about            string   // what else is said about it
	against          []party
}

// party is a respondent of a complaint.
type party struct {
	line     int
	id       string
	kind     complaint.RespondentKind
	right    bool   // the complaint about it was confirmed
	resolved string // how, in the words of the file
}

// rejection says why a line cannot be used.
type rejection struct {
	Line   int    `json:"line"`   // in the file; the header is line 1
	Column string `json:"column"` // empty: the line as a whole
	Reason string `json:"reason"`
}
