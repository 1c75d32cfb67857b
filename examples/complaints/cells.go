package main

import (
	"strings"
	"time"

	"github.com/coverkit/crm/kernel"
)

// cells are the values of one line by column; what is wrong with them goes into faults.
type cells struct {
	faults *kernel.FieldErrors
	values map[string]string
}

// code reads a word that has to be there.
func (c cells) code(column string, most int) string {
	v := c.values[column]
	if v == "" || len(v) > most {
		c.faults.Add(column, "required", "1 to %d letters are needed", most)
		return ""
	}
	kernel.CheckText(c.faults, column, v, most, false)
	return v
}

// short reads a word that may be missing.
func (c cells) short(column string) string {
	if c.values[column] == "" {
		return ""
	}
	return c.code(column, kernel.MaxRef)
}

// date reads a day as month, day and year, and moves it by so many years.
func (c cells) date(column string, shift int) kernel.Date {
	t, err := time.Parse("1/2/2006", c.values[column])
	if err != nil {
		c.faults.Add(column, "format", "is not a date of the form month/day/year")
		return 0
	}
	d := kernel.DateOf(t).AddYears(shift)
	kernel.CheckDate(c.faults, column, d)
	return d
}

// yes reads whether something was confirmed. Nothing was where nothing is said.
func (c cells) yes(column string) bool {
	v := c.values[column]
	if v != "Yes" && v != "No" && v != "" {
		c.faults.Add(column, "unknown", "is neither Yes nor No")
	}
	return v == "Yes"
}

// list reads words that semicolons part.
func (c cells) list(column string) []string {
	var all []string
	for v := range strings.SplitSeq(c.values[column], ";") {
		if v = strings.TrimSpace(v); v != "" {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		c.faults.Add(column, "required", "at least one is needed")
	}
	return all
}
