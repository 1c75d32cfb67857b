package identity

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	passport = regexp.MustCompile(`^[A-Z0-9]{5,9}$`)
	anyDigit = regexp.MustCompile(`[0-9]`)
	hkMacau  = regexp.MustCompile(`^([HM][0-9]{8}|[HM][0-9]{10}|[HM]A[0-9]{7})$`)
	taiwan   = regexp.MustCompile(`^([0-9]{8}|[0-9]{10}[A-Z]?)$`)
	taiwan10 = regexp.MustCompile(`^([0-9]{10}) ?\(([A-Z])\)$`)
	military = regexp.MustCompile(`^(\p{Han}{1,4})字第?([0-9]{4,10})号?$`)
)

// Passport checks a passport number (护照), Chinese or foreign, by the one form
// that all share (ICAO Doc 9303): five to nine capital letters and digits, at
// least one of them a digit. It returns upper case. The codes: required, format.
func Passport(s string) (string, error) {
	n, err := foldUpper(s)
	if err != nil {
		return "", err
	}
	if !passport.MatchString(n) || !anyDigit.MatchString(n) {
		return "", fault(CodeFormat, "must have five to nine letters and digits without blanks")
	}
	return n, nil
}

// HKMacauPermit checks the mainland travel permit of Hong Kong and Macau
// residents (港澳居民来往内地通行证): H or M with eight digits that stay for life;
// with ten, as on cards of before 2013, whose last two count the renewals; or HA,
// MA with seven, given to residents of other nationality since July 2024. It
// returns upper case and keeps the renewals as printed. The codes: required, format.
func HKMacauPermit(s string) (string, error) {
	n, err := foldUpper(s)
	if err != nil {
		return "", err
	}
	if !hkMacau.MatchString(n) {
		return "", fault(CodeFormat, "must be H or M with eight or ten digits, or HA or MA with seven")
	}
	return n, nil
}

// TaiwanPermit checks the mainland travel permit of Taiwan residents
// (台湾居民来往大陆通行证): eight digits; or ten, as before 2015, with or without
// the letter that stood in parentheses behind them. It returns upper case
// without parentheses. The codes: required, format.
func TaiwanPermit(s string) (string, error) {
	n, err := foldUpper(s)
	if err != nil {
		return "", err
	}
	n = taiwan10.ReplaceAllString(n, "$1$2")
	if !taiwan.MatchString(n) {
		return "", fault(CodeFormat, "must have eight digits, or ten and perhaps a letter")
	}
	return n, nil
}

// MilitaryID checks the number of an identity card of the armed forces or the
// armed police (军官证, 士兵证, 武警警官证): the issuer in one to four Chinese
// characters, 字第, four to ten digits, 号. Blanks are dropped; 第 and 号 may be
// missing and are put in: "军字第1234567号". The codes: required, format.
func MilitaryID(s string) (string, error) {
	n, err := fold(s)
	if err != nil {
		return "", err
	}
	m := military.FindStringSubmatch(strings.ReplaceAll(n, " ", ""))
	if m == nil {
		return "", fault(CodeFormat, "must be of the form 军字第1234567号")
	}
	return m[1] + "字第" + m[2] + "号", nil
}

// Other checks a document that has no rule of its own, such as a birth
// certificate or a seafarer's book: 3 to 40 letters of any script, digits,
// single blanks and - / . ( ), with at least one digit. It returns upper case
// for Latin letters. The codes: required, length, format.
func Other(s string) (string, error) {
	n, err := foldUpper(s)
	if err != nil {
		return "", err
	}
	if c := utf8.RuneCountInString(n); c < 3 || c > 40 {
		return "", fault(CodeLength, "must have 3 to 40 characters")
	}
	strange := strings.ContainsFunc(n, func(r rune) bool {
		return !unicode.IsLetter(r) && !strings.ContainsRune("0123456789 -/.()", r)
	})
	if strange || strings.Contains(n, "  ") || !anyDigit.MatchString(n) {
		return "", fault(CodeFormat, "must have letters and digits, at least one digit, single blanks and - / . ( ) only")
	}
	return n, nil
}
