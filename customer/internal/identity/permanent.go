package identity

import (
	"regexp"
	"unicode/utf8"

	"github.com/coverkit/crm/kernel"
)

var oldPermanent = regexp.MustCompile(`^[A-Z]{3}[0-9]{12}$`)

// ForeignPermanentResident checks the number of a foreigner's permanent resident
// identity card (外国人永久居留身份证) in its two forms, cards of both being in use:
//
//   - since December 2023, 18 characters: 9, the province (2), the nationality in
//     digits (3), the birth date (8), a sequence (3, odd for men) and the check
//     character of GB 11643;
//   - before, 15 characters: the nationality in letters (3), the city (4), the
//     birth date without century (6), a sequence digit and a check digit. No
//     standard that could be cited defines the check digit, so it is not judged;
//     Birth and Gender stay empty.
//
// Countries are not looked up. Codes as with [ResidentID].
func ForeignPermanentResident(s string, today kernel.Date) (Resident, error) {
	n, err := foldUpper(s)
	if err != nil {
		return Resident{}, err
	}
	switch utf8.RuneCountInString(n) {
	case 15:
		return oldPermanentResident(n, today)
	case 18:
		if n[0] != '9' {
			return Resident{}, fault(CodeFormat, "the 18-character form begins with 9")
		}
		if err := checked18(n); err != nil {
			return Resident{}, err
		}
		return resident(n, n[1:3]+"0000", today)
	default:
		return Resident{}, fault(CodeLength, "must have 18 characters, or 15 in the form of before December 2023")
	}
}

func oldPermanentResident(n string, today kernel.Date) (Resident, error) {
	if !oldPermanent.MatchString(n) {
		return Resident{}, fault(CodeFormat, "the 15-character form has three letters and then digits")
	}
	if !knownProvince(n[3:5]) {
		return Resident{}, fault(CodeRegion, "the province code is not in GB/T 2260")
	}
	if !pastDay("19", n[7:13], today) && !pastDay("20", n[7:13], today) {
		return Resident{}, fault(CodeDate, "the birth date inside does not exist in either century")
	}
	return Resident{Number: n, Region: n[3:7] + "00"}, nil
}

func pastDay(century, yymmdd string, today kernel.Date) bool {
	d, err := kernel.ParseDate(century + yymmdd[:2] + "-" + yymmdd[2:4] + "-" + yymmdd[4:])
	return err == nil && d <= today
}
