package identity

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhoneKind says what is at the other end.
type PhoneKind string

// The kinds of phone numbers.
const (
	Mobile     PhoneKind = "mobile"   // 手机: takes short messages
	Landline   PhoneKind = "landline" // 固定电话
	Service    PhoneKind = "service"  // 服务热线: 400, 800, 95…, 12… and toll-free or shared-cost numbers abroad
	OtherPhone PhoneKind = "other"    // valid, but the number does not tell, as in North America
)

// Number is a phone number that can exist.
type Number struct {
	Normal  string    // E.164 ("+8613800138000"); a Chinese service number as dialled ("95500")
	Kind    PhoneKind // what is at the other end
	Country string    // country or region by ISO 3166-1 ("CN", "HK"); where several share a numbering plan, often the largest; "001" for international services
}

var (
	phoneForm = regexp.MustCompile(`^\(?\+?[0-9][0-9 ().-]*$`)

	divided = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

	// Chinese numbers that can be dialled from everywhere in the country and from
	// nowhere else: shared-cost and free numbers, the 95, 96 and 951 numbers of
	// companies, and the five digits of operators and public services. The three
	// digits of emergency services reach no customer.
	service = regexp.MustCompile(`^([48]00[0-9]{7}|95[0-9]{3,4}|951[0-9]{5}|96[0-9]{3,4}|1[0-2][0-9]{3})$`)

	// Area code and subscriber: eight digits in Beijing and the 2x cities, seven
	// or eight elsewhere, and never one that begins with 0, 1 or 9. The library
	// is laxer here.
	landline = regexp.MustCompile(`^(10[2-8][0-9]{7}|2[0-9][2-8][0-9]{7}|[3-9][0-9]{2}[2-8][0-9]{6,7})$`)
)

// Phone checks a phone number. Blanks, hyphens, dots and parentheses may divide
// it. A number without "+" or "00" is Chinese: a mobile number, a landline with
// its area code and the 0 before it, or a service number. Numbers abroad need
// "+" or "00" and the country code.
//
// A Chinese service number has no E.164 form, for it cannot be reached from
// abroad; its normal form is its digits alone, "95500" or "4000000000", also when
// it came with +86. Extensions are refused: keep them beside the number.
//
// The codes: required, length, format, unassigned.
func Phone(s string) (Number, error) {
	n, err := fold(s)
	if err != nil {
		return Number{}, err
	}
	if len(n) > 40 {
		return Number{}, fault(CodeLength, "too long for a phone number")
	}
	if !digits(n) && !phoneForm.MatchString(n) {
		return Number{}, fault(CodeFormat, "must have digits with an optional + before them, divided by blanks, hyphens, dots or parentheses")
	}
	if !digits(n) {
		n = divided.Replace(n)
	}
	if rest, ok := strings.CutPrefix(n, "00"); ok {
		n = "+" + rest
	}
	switch {
	case strings.HasPrefix(n, "+86"):
		return chinese(n[3:], true)
	case strings.HasPrefix(n, "861") && len(n) == 13: // a mobile number as message gateways write it
		return chinese(n[2:], true)
	case strings.HasPrefix(n, "+"):
		return foreign(n)
	default:
		return chinese(n, false)
	}
}

func chinese(n string, international bool) (Number, error) {
	at := rangeOf(n)
	if at >= 0 && ranges[at].Load() {
		return Number{Normal: "+86" + n, Kind: Mobile, Country: "CN"}, nil
	}
	if service.MatchString(n) {
		return Number{Normal: n, Kind: Service, Country: "CN"}, nil
	}
	nsn, trunk := strings.CutPrefix(n, "0")
	p, err := phonenumbers.Parse("+86"+nsn, "")
	if err == nil && phonenumbers.GetNationalSignificantNumber(p) == nsn { // not when it took a carrier's prefix off
		out := Number{Normal: "+86" + nsn, Country: "CN"}
		switch t := phonenumbers.GetNumberType(p); {
		case t == phonenumbers.MOBILE:
			if out.Kind = Mobile; at >= 0 {
				ranges[at].Store(true)
			}
			return out, nil
		// Without its 0 a landline is too easily a mobile number mistyped.
		case t == phonenumbers.FIXED_LINE && (trunk || international) && landline.MatchString(nsn):
			out.Kind = Landline
			return out, nil
		}
	}
	return Number{}, fault(CodeUnassigned, "no mobile, landline (with 0 and area code) or service number of mainland China looks like this; numbers abroad need + and the country code")
}

func foreign(n string) (Number, error) {
	p, err := phonenumbers.Parse(n, "")
	if err != nil || !phonenumbers.IsValidNumber(p) { // err may quote the number: drop it
		return Number{}, fault(CodeUnassigned, "the country code does not exist or its numbering plan has no such number")
	}
	out := Number{Normal: phonenumbers.Format(p, phonenumbers.E164), Kind: OtherPhone, Country: phonenumbers.GetRegionCodeForNumber(p)}
	switch phonenumbers.GetNumberType(p) {
	case phonenumbers.MOBILE:
		out.Kind = Mobile
	case phonenumbers.FIXED_LINE:
		out.Kind = Landline
	case phonenumbers.TOLL_FREE, phonenumbers.SHARED_COST, phonenumbers.PREMIUM_RATE, phonenumbers.UAN:
		out.Kind = Service
	}
	return out, nil
}
