package kernel

import (
	"unicode"
	"unicode/utf8"
)

// CheckText notes a fault unless s is at most max characters of UTF-8 without
// control characters other than, where lines is set, line breaks and tabs. The
// signs that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069)
// count as control characters: with them a text or a number reads as another.
// Whether an empty text will do is the caller's to say.
func CheckText(f *FieldErrors, path, s string, max int, lines bool) {
	if len(s)/utf8.UTFMax > max || utf8.RuneCountInString(s) > max {
		f.Add(path, "length", "at most %d characters", max)
		return
	}
	checkRunes(f, path, s, lines)
}

func checkRunes(f *FieldErrors, path, s string, lines bool) {
	if !utf8.ValidString(s) {
		f.Add(path, "encoding", "not valid UTF-8")
		return
	}
	for _, r := range s {
		if isControl(r) || breaks(r) && !lines {
			f.Add(path, "control", "control characters are not allowed")
			return
		}
	}
}

// breaks reports whether r ends a line or moves to a column: tab, line feed,
// carriage return, and the separators of lines and paragraphs.
func breaks(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && !breaks(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}
