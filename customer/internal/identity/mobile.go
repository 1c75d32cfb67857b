package identity

import "sync/atomic"

// ranges remembers which ranges of eleven digits hold mobile numbers (号段), by the four
// digits after the 1: a carrier is given ranges, and the rest is the customer's. A file of
// a hundred thousand customers would otherwise ask as often.
var ranges [10_000]atomic.Bool

// rangeOf returns the place of the number's range, or -1 when it cannot be a mobile number.
func rangeOf(n string) int {
	if len(n) != 11 || n[0] != '1' || !digits(n) {
		return -1
	}
	at := 0
	for _, c := range []byte(n[1:5]) {
		at = 10*at + int(c-'0')
	}
	return at
}
