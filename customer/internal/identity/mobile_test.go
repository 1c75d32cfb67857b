package identity

import (
	"fmt"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// The numbers of a range are all mobile numbers, or none is: what is remembered of one
// holds for all.
func TestRangesHoldMobileNumbers(t *testing.T) {
	t.Parallel()
	for r := range 10_000 {
		var of [2]bool
		for i, rest := range []string{"000000", "987654"} {
			p, err := phonenumbers.Parse(fmt.Sprintf("+861%04d%s", r, rest), "")
			of[i] = err == nil && phonenumbers.GetNumberType(p) == phonenumbers.MOBILE
		}
		if of[0] != of[1] {
			t.Errorf("range 1%04d holds both", r)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "number")
		p, err := phonenumbers.Parse("+86"+n, "")
		is := err == nil && phonenumbers.GetNumberType(p) == phonenumbers.MOBILE
		for range 2 { // asked, and remembered
			got, err := Phone(n)
			if (err == nil) != is || is && (got != Number{Normal: "+86" + n, Kind: Mobile, Country: "CN"}) {
				t.Fatalf("%v, %v; mobile: %v", got, err, is)
			}
		}
	})
}
