// Package canary looks for a text where it must not be: personal data in a database
// file, an error, a log line.
//
// Whoever only looks for the text itself misses most leaks: a JSON encoder, a URL, a
// dump in hex or a UTF-16 column write it otherwise. [Encodings] lists the forms in
// which a text usually gets about, and [FindIn] says which of them are there:
//
//	for _, form := range canary.FindIn(file, "110199199001019015") {
//		t.Errorf("the identity number is in the file: %s", form)
//	}
//
// It knows no test framework, so examples and tools may use it too.
package canary
