package main

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// cells are the values of one line by column; what is wrong with them goes into faults.
type cells struct {
	faults *kernel.FieldErrors
	values map[string]string
}

// number is how amounts are written: no sign but minus, no exponent, no separators.
var number = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,4})?$`)

// code reads a word of 1 to 40 bytes. The question mark stands for nothing.
func (c cells) code(column string) string {
	v := c.values[column]
	if v == "" || v == "?" || len(v) > 40 {
		c.faults.Add(column, "required", "1 to 40 letters are needed")
		return ""
	}
	return v
}

func (c cells) amount(column string) decimal.Decimal { return c.money(column, c.values[column]) }

func (c cells) money(column, v string) decimal.Decimal {
	if !number.MatchString(v) {
		c.faults.Add(column, "format", "is not an amount")
		return decimal.Zero
	}
	d, err := decimal.NewFromString(v)
	c.faults.Merge(column, err)
	kernel.CheckAmount(c.faults, column, d, currency)
	return d
}

// limit reads the combined single limit: "250/500" is 500,000 for an accident.
func (c cells) limit(column string) decimal.Decimal {
	_, accident, ok := strings.Cut(c.values[column], "/")
	if !ok {
		c.faults.Add(column, "format", "two limits in thousands are needed, as in 250/500")
		return decimal.Zero
	}
	return c.money(column, accident).Mul(decimal.NewFromInt(1000))
}

func (c cells) date(column string) kernel.Date {
	d, err := kernel.ParseDate(c.values[column])
	if err != nil {
		c.faults.Add(column, "format", "is not a date of the form 2006-01-02")
	}
	return d
}

func (c cells) whole(column string, most int) int {
	n, err := strconv.Atoi(c.values[column])
	if err != nil || n < 0 || n > most {
		c.faults.Add(column, "range", "is not a whole number from 0 to %d", most)
	}
	return n
}

func (c cells) yes(column string) bool {
	v := c.values[column]
	if v != "Y" && v != "N" {
		c.faults.Add(column, "unknown", "is neither Y nor N")
	}
	return v == "Y"
}
