package identity_test

import (
	"strings"
	"testing"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestPhoneNormalForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want identity.Number
	}{
		{"+86 139-0000-0000", identity.Number{Normal: "+8613900000000", Kind: identity.Mobile, Country: "CN"}},
		{"8613900000000", identity.Number{Normal: "+8613900000000", Kind: identity.Mobile, Country: "CN"}},
		{"013900000000", identity.Number{Normal: "+8613900000000", Kind: identity.Mobile, Country: "CN"}},
		{"１３９００００００００", identity.Number{Normal: "+8613900000000", Kind: identity.Mobile, Country: "CN"}},
		{"（０１０）60000000", identity.Number{Normal: "+861060000000", Kind: identity.Landline, Country: "CN"}},
		{"(+86) 010 6000.0000", identity.Number{Normal: "+861060000000", Kind: identity.Landline, Country: "CN"}},
		{"+86 (0)755 2000 0000", identity.Number{Normal: "+8675520000000", Kind: identity.Landline, Country: "CN"}},
		{"0991 2000000", identity.Number{Normal: "+869912000000", Kind: identity.Landline, Country: "CN"}},
		{"+86 400 000 0000", identity.Number{Normal: "4000000000", Kind: identity.Service, Country: "CN"}},
		{"800-810-0000", identity.Number{Normal: "8008100000", Kind: identity.Service, Country: "CN"}},
		{"+86 95500", identity.Number{Normal: "95500", Kind: identity.Service, Country: "CN"}},
		{"12345", identity.Number{Normal: "12345", Kind: identity.Service, Country: "CN"}},
		{"951-05105", identity.Number{Normal: "95105105", Kind: identity.Service, Country: "CN"}},
		{"+852 6123 4567", identity.Number{Normal: "+85261234567", Kind: identity.Mobile, Country: "HK"}},
		{"00852 2100 0000", identity.Number{Normal: "+85221000000", Kind: identity.Landline, Country: "HK"}},
		{"+886 2 2100 0000", identity.Number{Normal: "+886221000000", Kind: identity.Landline, Country: "TW"}},
		{"+44 (0)20 7946 0958", identity.Number{Normal: "+442079460958", Kind: identity.Landline, Country: "GB"}},
		{"+39 02 3600 0000", identity.Number{Normal: "+390236000000", Kind: identity.Landline, Country: "IT"}},
		{"+1 212 555 0100", identity.Number{Normal: "+12125550100", Kind: identity.OtherPhone, Country: "US"}},
		{"+1 800 356 9377", identity.Number{Normal: "+18003569377", Kind: identity.Service, Country: "US"}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			if n, err := identity.Phone(tt.in); err != nil || n != tt.want {
				t.Errorf("got %+v, %v, want %+v", n, err, tt.want)
			}
		})
	}
}

func TestPhoneRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, code string }{
		{"nothing", " ", identity.CodeRequired},
		{"letters that spell a number", "+1 800 FLOWERS", identity.CodeFormat},
		{"letter behind eleven digits", "13800138000O", identity.CodeFormat},
		{"two numbers", "13800138000/13900000000", identity.CodeFormat},
		{"plus in the middle", "86+13800138000", identity.CodeFormat},
		{"URI", "tel:+8613800138000", identity.CodeFormat},
		{"extension in words", "010-60000000 ext 5", identity.CodeFormat},
		{"extension in digits", "010-60000000-123", identity.CodeUnassigned},
		{"emergency", "110", identity.CodeUnassigned},
		{"landline without area", "60000000", identity.CodeUnassigned},
		{"landline without its 0", "75520000000", identity.CodeUnassigned},
		{"first digit mistyped", "23800138000", identity.CodeUnassigned},
		{"area that does not exist", "0999920000000", identity.CodeUnassigned},
		{"Shenzhen with six digits", "0755-200000", identity.CodeUnassigned},
		{"short number behind an area code", "010-95588", identity.CodeUnassigned},
		{"carrier's prefix", "17911 13900000000", identity.CodeUnassigned},
		{"carrier's prefix and area", "17911 010 60000000", identity.CodeUnassigned},
		{"two zeros", "+86 00 10 60000000", identity.CodeUnassigned},
		{"machine to machine", "14000000000", identity.CodeUnassigned},
		{"no such country", "+999 123456789", identity.CodeUnassigned},
		{"only a country code", "+86", identity.CodeUnassigned},
		{"a book", "1380013800013800138000138001380001380013800", identity.CodeLength},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := identity.Phone(tt.in)
			wantFault(t, err, tt.code, tt.in)
			if n != (identity.Number{}) {
				t.Errorf("got %+v beside the error", n)
			}
		})
	}
}

// However a clerk divides a Chinese number, it is stored once.
func TestPhoneWrittenInManyWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SampledFrom([]string{"13900000000", "19900000000", "1060000000", "2160000000", "75520000000", "9912000000"}).Draw(t, "number")
		prefix := rapid.SampledFrom([]string{"0", "+86", "+860", "0086", "00860"}).Draw(t, "prefix")
		var in strings.Builder
		for _, c := range prefix + want {
			in.WriteRune(c)
			if c != '+' {
				in.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", ".", "－"}).Draw(t, "gap"))
			}
		}
		n, err := identity.Phone(in.String())
		if err != nil || n.Normal != "+86"+want {
			t.Fatalf("%q: got %+v, %v", in.String(), n, err)
		}
	})
}

// Every country of the library has numbers that pass, and their normal forms
// come back unchanged.
func TestPhoneOfEveryCountry(t *testing.T) {
	t.Parallel()
	kinds := map[phonenumbers.PhoneNumberType]identity.PhoneKind{phonenumbers.MOBILE: identity.Mobile, phonenumbers.FIXED_LINE: identity.Landline}
	for region := range phonenumbers.GetSupportedRegions() {
		for typ, kind := range kinds {
			example := phonenumbers.GetExampleNumberForType(region, typ)
			if example == nil || region == "CN" { // theirs for CN begins with 1
				continue
			}
			in := phonenumbers.Format(example, phonenumbers.INTERNATIONAL)
			n, err := identity.Phone(in)
			main := phonenumbers.GetRegionCodeForCountryCode(int(example.GetCountryCode())) // +47 is Norway's, and Svalbard's too
			if err != nil || (main == region && n.Country != region) || (n.Kind != kind && n.Kind != identity.OtherPhone) {
				t.Errorf("%s %s: got %+v, %v", region, in, n, err)
				continue
			}
			if again, err := identity.Phone(n.Normal); err != nil || again != n {
				t.Errorf("%s: %+v became %+v, %v", region, n, again, err)
			}
		}
	}
}
