package identity

import (
	"strings"
	"unicode/utf8"
)

// No value that we know is longer than an email address.
const maxBytes = 254

// fold takes off blanks at both ends and turns full-width forms, which Chinese
// input methods produce, into ASCII.
func fold(s string) (string, error) {
	if len(s) > 4*maxBytes { // full-width forms take three bytes; look no further at a hostile input
		return "", fault(CodeLength, "too long")
	}
	if !utf8.ValidString(s) {
		return "", fault(CodeFormat, "not valid UTF-8 text")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
	s = strings.Trim(s, " \t")
	if s == "" {
		return "", fault(CodeRequired, "must not be empty")
	}
	if len(s) > maxBytes {
		return "", fault(CodeLength, "too long")
	}
	return s, nil
}

// foldUpper is fold for numbers whose letters exist in upper case only. Other
// scripts stay: strings.ToUpper would turn ſ and ı into letters nobody wrote.
func foldUpper(s string) (string, error) {
	s, err := fold(s)
	return upper(s), err
}

func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

func digits(s string) bool {
	return strings.TrimLeft(s, "0123456789") == ""
}
