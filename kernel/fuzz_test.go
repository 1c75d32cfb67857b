package kernel_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// FuzzParseID: a text is the usual form of the key that is read from it, in some
// case, or no key at all.
func FuzzParseID(f *testing.F) {
	for _, s := range []string{"0198c0de-7a11-7abc-8def-0123456789ab", "{0198c0de-7a11-7abc-8def-0123456789ab}", "", "urn:uuid:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := kernel.ParseID(s)
		if err != nil {
			if id != "" || !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%q: %q, %v", s, id, err)
			}
			return
		}
		if len(s) != 36 || string(id) != strings.ToLower(s) {
			t.Errorf("%q is read as %q", s, id)
		}
	})
}

// FuzzParseDate: what is read is written the same, as text and as JSON.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-22", "2024-02-29", "2026-02-30", "0001-01-01", "0000-12-31", "9999-12-31", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := kernel.ParseDate(s)
		if err != nil {
			if d != 0 || !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%q: %v, %v", s, d, err)
			}
			return
		}
		if d.String() != s || d.IsZero() {
			t.Errorf("%q is read as %v", s, d)
		}
		b, err := json.Marshal(d)
		var back kernel.Date
		if err != nil || json.Unmarshal(b, &back) != nil || back != d {
			t.Errorf("%q: %s, %v", s, b, err)
		}
	})
}

// FuzzDateSums: whatever is added, the day moves that way, and stays a date that
// can be shown and checked.
func FuzzDateSums(f *testing.F) {
	f.Add(int32(739942), int64(1))
	f.Add(int32(739942), int64(math.MinInt64))
	f.Add(int32(math.MinInt32), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, day int32, n int64) {
		d := kernel.Date(day)
		for name, e := range map[string]kernel.Date{"days": d.AddDays(int(n)), "months": d.AddMonths(int(n)), "years": d.AddYears(int(n))} {
			if d == 0 && e != 0 || d != 0 && (n >= 0 && e < d || n <= 0 && e > d) {
				t.Errorf("%d and %d %s = %d", d, n, name, e)
			}
			var faults kernel.FieldErrors
			kernel.CheckDate(&faults, "d", e)
			in := e == 0 || e.Time().Year() >= 1900 && e.Time().Year() <= 2999
			if in != (faults.Err() == nil) || e.String() == "" && e != 0 {
				t.Errorf("%v: %v", e, faults.Err())
			}
			if e != 0 && d != 0 && e.YearsAt(d) > 0 != (e < d && e.AddYears(1) <= d) {
				t.Errorf("born %v, on %v: %d", e, d, e.YearsAt(d))
			}
		}
	})
}

// FuzzCheckTime: every instant that passes lies within the years of a record.
func FuzzCheckTime(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(math.MinInt64))
	f.Add(int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, secs int64) {
		at := time.Unix(secs, 0).UTC()
		var faults kernel.FieldErrors
		kernel.CheckTime(&faults, "at", at)
		in := at.IsZero() || !at.Before(kernel.FirstDate.Time()) && at.Before(kernel.LastDate.AddDays(1).Time())
		if in != (faults.Err() == nil) {
			t.Errorf("%v: %v", at, faults.Err())
		}
	})
}

// FuzzCheckText: what passes can be stored, counted and shown.
func FuzzCheckText(f *testing.F) {
	f.Add("保险\n", uint8(3), true)
	f.Add("\x00", uint8(3), false)
	f.Add("\u202e", uint8(1), true)
	f.Add("\xed\xa0\x80", uint8(9), true)
	f.Fuzz(func(t *testing.T, s string, limit uint8, lines bool) {
		var text, ref kernel.FieldErrors
		kernel.CheckText(&text, "t", s, int(limit), lines)
		kernel.CheckRef(&ref, "r", kernel.Ref(s))
		if len(text.Faults) > 1 || len(ref.Faults) > 1 {
			t.Errorf("%q: %v, %v", s, text.Err(), ref.Err())
		}
		plain := utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\x1b\x7f\u0085\u202e\u2066")
		if text.Err() == nil && (!plain || utf8.RuneCountInString(s) > int(limit) || !lines && strings.ContainsAny(s, "\t\r\n")) {
			t.Errorf("%q passes as a text of %d", s, limit)
		}
		if ref.Err() == nil && (!plain || s == "" || len(s) > kernel.MaxRef || strings.ContainsAny(s, "\t\r\n")) {
			t.Errorf("%q passes as a reference", s)
		}
	})
}

// FuzzAmount: an amount that fits is a whole number of ten-thousandths that an
// int64 holds, and whatever can be read can be rounded.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"899999999999999.9999", "-0.00010", "1e300", "1e-300", "0e9999", "1.2345678901234567890123456789"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := decimal.NewFromString(s)
		if err != nil {
			return
		}
		if r := kernel.Round(d, kernel.CNY); d.Exponent() < 64 && r.Sub(d).Abs().GreaterThan(decimal.New(5, -3)) {
			t.Errorf("%q is rounded to %s", s, r)
		}
		if kernel.FitsAmount(d) != nil {
			return
		}
		n := d.Shift(kernel.AmountScale).BigInt()
		if !n.IsInt64() || !decimal.New(n.Int64(), -kernel.AmountScale).Equal(d) {
			t.Errorf("%q fits, but is stored as %v", s, n)
		}
	})
}

// FuzzSplit: any total and weights are split fairly and exactly, or refused.
func FuzzSplit(f *testing.F) {
	f.Add(int64(100), int32(-2), []byte{0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(int64(1), int32(1)<<30, []byte("\x00\x00\x00\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, n int64, exp int32, b []byte) {
		var weights []int64
		for ; len(b) >= 8 && len(weights) < 20; b = b[8:] {
			weights = append(weights, int64(binary.BigEndian.Uint64(b)))
		}
		total := decimal.New(n, exp)
		parts, err := kernel.Split(total, kernel.CNY, weights...)
		if err != nil {
			if parts != nil || !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%v, %v", parts, err)
			}
			return
		}
		checkSplit(t, total, kernel.CNY, weights, parts)
	})
}
