package rulebook

import "strings"

// chinese reports whether the tag names Chinese.
func chinese(lang string) bool {
	base, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	return strings.EqualFold(base, "zh")
}

// Explain says in a sentence when the timer is due and why.
func (b *Book) Explain(t Timer, lang string) string { return "" }
