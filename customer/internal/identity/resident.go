package identity

import (
	"unicode/utf8"

	"github.com/coverkit/crm/kernel"
)

// Gender is what a document number says about its holder (GB 11643: the last
// digit of the sequence is odd for men, even for women).
type Gender string

// The genders that document numbers know.
const (
	Male   Gender = "male"   // 男
	Female Gender = "female" // 女
)

// Resident is what a resident's number says.
type Resident struct {
	Number string      // normal form: 18 characters, the last one a digit or X
	Birth  kernel.Date // no date where the number does not tell the century
	Gender Gender
	Region string // six digits of GB/T 2260: where the number was first given
}

// Province returns the Chinese name of the region's province, "" for none.
func (r Resident) Province() string {
	if len(r.Region) < 2 {
		return ""
	}
	return provinces[r.Region[:2]]
}

// ResidentID checks a resident identity number (公民身份号码) by GB 11643-1999,
// also that of a residence permit of Hong Kong, Macau and Taiwan residents. The
// last character may be a lower-case x. The 15-digit form of before 1999, which
// has no check digit, is upgraded: the century 19 and a check character are put in.
// The county is not looked up, for codes are retired while numbers live on.
//
// Birth dates count from 1900-01-01 to today, which must be given. The faults
// are looked for in this order: required, length, format, checksum, region,
// date, future_birth.
func ResidentID(s string, today kernel.Date) (Resident, error) {
	n, err := foldUpper(s)
	if err != nil {
		return Resident{}, err
	}
	switch utf8.RuneCountInString(n) {
	case 15:
		if !digits(n) {
			return Resident{}, fault(CodeFormat, "the 15-character form has digits only")
		}
		n = n[:6] + "19" + n[6:]
		n += string(mod11(n))
	case 18:
		if err := checked18(n); err != nil {
			return Resident{}, err
		}
	default:
		return Resident{}, fault(CodeLength, "must have 18 characters, or 15 in the form of before 1999")
	}
	return resident(n, n[:6], today)
}

// checked18 checks form and check character of 18 characters as GB 11643 has them.
func checked18(n string) error {
	if len(n) != 18 || !digits(n[:17]) || (n[17] != 'X' && !digits(n[17:])) {
		return fault(CodeFormat, "must have 17 digits and then a digit or X")
	}
	if n[17] != mod11(n[:17]) {
		return fault(CodeChecksum, "the check character does not agree with the other digits")
	}
	return nil
}

// resident reads a number of 18 whose form and check character are right.
func resident(n, region string, today kernel.Date) (Resident, error) {
	if !knownProvince(region[:2]) {
		return Resident{}, fault(CodeRegion, "the province code is not in GB/T 2260")
	}
	birth, err := kernel.ParseDate(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
	if err != nil || birth < kernel.FirstDate { // err quotes the date: drop it
		return Resident{}, fault(CodeDate, "the birth date inside does not exist or is before 1900")
	}
	if birth > today {
		return Resident{}, fault(CodeFutureBirth, "the birth date inside lies in the future")
	}
	return Resident{Number: n, Birth: birth, Gender: genderOf(n[16]), Region: region}, nil
}

func genderOf(digit byte) Gender {
	if (digit-'0')%2 == 1 {
		return Male
	}
	return Female
}

// mod11 returns the check character of ISO 7064 MOD 11-2 for 17 digits. Each
// weight is twice the next one modulo 11, so any single wrong digit and any two
// neighbours swapped change the result.
func mod11(n string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(n[i]-'0')
	}
	return "10X98765432"[sum%11]
}
