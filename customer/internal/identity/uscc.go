package identity

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The characters of GB 32100 in the order of their values: no I, O, S, V, Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccForm = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$`)

// USCC checks a unified social credit code (统一社会信用代码) by GB 32100-2015 and
// the organisation code inside it by GB 11714, and returns it in upper case. The
// registering authority and the category, positions 1 and 2, may be letters.
// Regions are not looked up: bodies of the state carry codes such as 100000.
//
// The codes, in this order: required, length, format, checksum, org_check.
func USCC(s string) (string, error) {
	n, err := foldUpper(s)
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(n) != 18 {
		return "", fault(CodeLength, "must have 18 characters")
	}
	if !usccForm.MatchString(n) {
		return "", fault(CodeFormat, "must have digits and capital letters other than I, O, S, V, Z, and a region of six digits from the third on")
	}
	if n[17] != usccCheck(n) {
		return "", fault(CodeChecksum, "the check character does not agree with the other characters")
	}
	if n[16] != orgCheck(n[8:16]) {
		return "", fault(CodeOrgCheck, "the check character of the organisation code, position 17, does not agree with positions 9 to 16")
	}
	return n, nil
}

// usccCheck returns the check character for the first 17 of n.
func usccCheck(n string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += weight * strings.IndexByte(usccAlphabet, n[i])
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// orgCheck returns the check character of an organisation code. Letters count
// from 10 on through the whole alphabet here, unlike in GB 32100.
func orgCheck(body string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += w * v
	}
	return "0X987654321"[sum%11]
}
