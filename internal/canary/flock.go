package canary

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Flock looks for many texts at once, in time that hardly depends on how many they are:
// a test may give every field of every command a text of its own. Its zero value is
// empty and ready for use; it must not be changed while it is used.
type Flock struct {
	forms  map[uint64][]part // by their first bytes
	known  map[string]bool
	first  [1 << 12]uint64 // which first bytes there are, roughly: most places are passed by at a glance
	length int
}

// Song is a text that was heard.
type Song struct {
	What string // as it was said to [Flock.Add]
	Form string // such as "raw" or "hex"
	At   int    // where it begins in the haystack
}

// String says what was heard in which form.
func (s Song) String() string { return fmt.Sprintf("%s, %s, at %d", s.What, s.Form, s.At) }

type part struct {
	what, form string
	bytes      []byte
}

// window is how long a form has to be: shorter ones are found by chance.
const window = 8

// Add adds a text and says what it is, for [Song.What]. It returns how many of its forms
// will be heard; none of a text that is known already, and none of one that is too short
// in all its forms. Forms of less than eight bytes are left out.
func (f *Flock) Add(what, text string) int {
	if f.known[text] {
		return 0
	}
	if f.forms == nil {
		f.forms, f.known = map[uint64][]part{}, map[string]bool{}
	}
	f.known[text] = true
	n := 0
	for _, form := range forms(text) {
		if len(form.bytes) < window {
			continue
		}
		key := binary.LittleEndian.Uint64(form.bytes)
		f.forms[key] = append(f.forms[key], part{what, form.name, form.bytes})
		i, bit := place(key)
		f.first[i] |= bit
		n++
	}
	f.length += min(n, 1)
	return n
}

// Len returns how many texts are listened for.
func (f *Flock) Len() int { return f.length }

// Hear returns what is there of the flock, each form of each text once.
func (f *Flock) Hear(haystack []byte) []Song {
	if f.length == 0 {
		return nil
	}
	var heard []Song
	seen := map[string]bool{}
	for at := 0; at+window <= len(haystack); at++ {
		key := binary.LittleEndian.Uint64(haystack[at:])
		if i, bit := place(key); f.first[i]&bit == 0 {
			continue
		}
		for _, p := range f.forms[key] {
			if bytes.HasPrefix(haystack[at:], p.bytes) && !seen[p.what+"\x00"+string(p.bytes)] {
				seen[p.what+"\x00"+string(p.bytes)] = true
				heard = append(heard, Song{p.what, p.form, at})
			}
		}
	}
	return heard
}

// place returns the bit that stands for the first bytes of a form.
func place(key uint64) (i int, bit uint64) {
	h := key * 0x9E3779B97F4A7C15 >> 46 // 18 bits
	return int(h >> 6), 1 << (h & 63)   //nolint:gosec // 12 bits
}
