package identity_test

import (
	"fmt"
	"testing"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
	"pgregory.net/rapid"
)

// check18 computes ISO 7064 MOD 11-2 by its recursive method, so that the
// tests do not lean on the table of weights that they test.
func check18(body string) string {
	p := 0
	for _, c := range body {
		p = (p + int(c-'0')) * 2 % 11
	}
	return string("0123456789X"[(12-p)%11])
}

// residents draws valid numbers together with what they say.
var residents = rapid.Custom(func(t *rapid.T) identity.Resident {
	province := rapid.SampledFrom([]string{"11", "15", "31", "44", "46", "50", "54", "65", "71", "81", "82", "83"}).Draw(t, "province")
	region := province + fmt.Sprintf("%04d", rapid.IntRange(0, 9999).Draw(t, "county"))
	birth := kernel.FirstDate.AddDays(rapid.IntRange(0, today.Sub(kernel.FirstDate)).Draw(t, "birth"))
	seq := rapid.IntRange(0, 999).Draw(t, "sequence")
	body := region + birth.Time().Format("20060102") + fmt.Sprintf("%03d", seq)
	gender := identity.Female
	if seq%2 == 1 {
		gender = identity.Male
	}
	return identity.Resident{Number: body + check18(body), Birth: birth, Gender: gender, Region: region}
})

func TestResidentReadsEveryValidNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := residents.Draw(t, "resident")
		got, err := identity.ResidentID(want.Number, today)
		if err != nil || got != want {
			t.Fatalf("got %+v, %v, want %+v", got, err, want)
		}
		if want.Birth < kernel.NewDate(2000, 1, 1) { // the form of before 1999 says the same
			old := want.Number[:6] + want.Number[8:17]
			if got, err := identity.ResidentID(old, today); err != nil || got != want {
				t.Fatalf("legacy: got %+v, %v, want %+v", got, err, want)
			}
		}
	})
}

func TestResidentFindsAnyWrongDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := []byte(residents.Draw(t, "resident").Number)
		i := rapid.IntRange(0, 17).Draw(t, "position")
		alphabet := "0123456789"
		if i == 17 {
			alphabet += "X"
		}
		was := n[i]
		n[i] = rapid.SampledFrom([]byte(alphabet)).Filter(func(c byte) bool { return c != was }).Draw(t, "digit")
		_, err := identity.ResidentID(string(n), today)
		wantFault(t, err, identity.CodeChecksum, string(n))
	})
}

// MOD 11-2 doubles the weight from place to place, and 11 is prime: unlike the
// check digits of bank cards it finds every swap of unequal neighbours.
func TestResidentFindsAnySwapOfNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := []byte(residents.Draw(t, "resident").Number)
		i := rapid.IntRange(0, 16).Filter(func(i int) bool { return n[i] != n[i+1] }).Draw(t, "position")
		n[i], n[i+1] = n[i+1], n[i]
		code := identity.CodeChecksum
		if n[16] == 'X' {
			code = identity.CodeFormat
		}
		_, err := identity.ResidentID(string(n), today)
		wantFault(t, err, code, string(n))
	})
}

func TestResidentEdges(t *testing.T) {
	t.Parallel()
	number := func(region, birth string) string { b := region + birth + "901"; return b + check18(b) }
	tests := []struct{ name, in, code string }{
		{"born today", number("110199", "20261122"), ""},
		{"born tomorrow", number("110199", "20261123"), identity.CodeFutureBirth},
		{"born on the last day of 1899", number("110199", "18991231"), identity.CodeDate},
		{"year zero", number("110199", "00000101"), identity.CodeDate},
		{"day zero", number("110199", "19900100"), identity.CodeDate},
		{"province between two that exist", number("470199", "19900101"), identity.CodeRegion},
		{"full-width digits", "１１０１９９１９９００１０１９０９０", ""},
		{"blanks around", " \t110199199001019090\u3000", ""},
		{"blank inside", "110199 19900101909", identity.CodeFormat},
		{"hyphen", "110199-19900101909", identity.CodeFormat},
		{"Chinese numerals", "一一〇一九九一九九〇〇一〇一九〇九〇", identity.CodeFormat},
		{"legacy with a letter", "11019990010190X", identity.CodeFormat},
		{"legacy, date that does not exist", "110199900230901", identity.CodeDate},
		{"legacy, unknown province", "990199900101901", identity.CodeRegion},
		{"nothing", "", identity.CodeRequired},
		{"blanks only", " \u3000 ", identity.CodeRequired},
		{"broken text", "1101991990010190\xff0", identity.CodeFormat},
		{"line break behind", "110199199001019090\n", identity.CodeLength},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := identity.ResidentID(tt.in, today)
			if tt.code != "" {
				wantFault(t, err, tt.code, tt.in)
				if r != (identity.Resident{}) {
					t.Errorf("got %+v beside the error", r)
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	if p := (identity.Resident{}).Province(); p != "" {
		t.Errorf("nobody's province: got %q", p)
	}
	if _, err := identity.ResidentID(number("110199", "19900101"), 0); err == nil {
		t.Error("no today: want every birth date refused, for nobody could be told from the unborn")
	}
}

func TestForeignPermanentResident(t *testing.T) {
	t.Parallel()
	number := func(body string) string { return body + check18(body) }
	born := kernel.NewDate(1990, 12, 31)
	tests := []struct {
		name, in, code string
		want           identity.Resident
	}{
		{"2023 form", number("91139819901231101"), "", identity.Resident{Birth: born, Gender: identity.Male, Region: "110000"}},
		{"2023 form, woman", number("93184019901231102"), "", identity.Resident{Birth: born, Gender: identity.Female, Region: "310000"}},
		{"old form", "xaa110090123105", "", identity.Resident{Number: "XAA110090123105", Region: "110000"}},
		{"old form, leap day of 2000 only", "XAA440300022905", "", identity.Resident{Region: "440300"}},
		{"old form, a digit short", "XAA44030002290", identity.CodeLength, identity.Resident{}},
		{"wrong check character", "911398199012311010", identity.CodeChecksum, identity.Resident{}},
		{"a resident's number", number("11019919900101909"), identity.CodeFormat, identity.Resident{}},
		{"unknown province", number("99939819901231101"), identity.CodeRegion, identity.Resident{}},
		{"unborn", number("91139820991231101"), identity.CodeFutureBirth, identity.Resident{}},
		{"30 February", number("91139819900230101"), identity.CodeDate, identity.Resident{}},
		{"old form, 31 April", "XAA110090043105", identity.CodeDate, identity.Resident{}},
		{"old form, unknown province", "XAA990090123105", identity.CodeRegion, identity.Resident{}},
		{"old form, digits first", "123110090123105", identity.CodeFormat, identity.Resident{}},
		{"nothing", "", identity.CodeRequired, identity.Resident{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := identity.ForeignPermanentResident(tt.in, today)
			if tt.code != "" {
				wantFault(t, err, tt.code, tt.in)
				return
			}
			if tt.want.Number == "" {
				tt.want.Number = tt.in
			}
			if err != nil || r != tt.want {
				t.Errorf("got %+v, %v, want %+v", r, err, tt.want)
			}
		})
	}
}
