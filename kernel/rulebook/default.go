package rulebook

import (
	"bytes"
	"embed"
	"encoding/json"
	"io"
	"sync"

	"github.com/coverkit/crm/kernel"
)

// The data of mainland China: the rules of law, what they attach to, the company
// standards, and the calendar.
//
//go:embed rules-cn.json attach.json standards.json calendar-cn.json
var data embed.FS

// Default returns the book of mainland China: law, default company standards, calendar.
// Hosts put their own standards and dates in with [Book.With].
func Default() *Book { return mainland() }

var mainland = sync.OnceValue(func() *Book {
	b, err := readDefault()
	if err != nil {
		panic(err) // constant data that the tests load
	}
	return b
})

func readDefault() (*Book, error) {
	var s, standards Source
	for name, into := range map[string]any{
		"rules-cn.json": &s.Rules, "attach.json": &s, "standards.json": &standards, "calendar-cn.json": &s.Calendar,
	} {
		raw, err := data.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := decode(raw, into); err != nil {
			return nil, err
		}
	}
	s.Rules = append(s.Rules, standards.Rules...)
	s.Clocks = append(s.Clocks, standards.Clocks...)
	return New(s)
}

// ReadExtension reads an extension from JSON: an object with any of "rules", "clocks",
// "calendar", "lines" and "unattached". Words that it does not know are refused, so that
// a slip of the pen is no silent default. The error is a [kernel.ErrInvalid].
func ReadExtension(raw []byte) (Extension, error) {
	var e Extension
	err := decode(raw, &e)
	return e, err
}

func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return kernel.Invalid("", "json", "%v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return kernel.Invalid("", "json", "more than one value")
	}
	return nil
}
