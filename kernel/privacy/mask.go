package privacy

import (
	"strings"
	"unicode"
)

// star stands for one hidden character; hidden for any number of them.
const (
	star   = "*"
	hidden = "***"
)

// MaskName keeps the first character of each word that has at least two:
// "张三" → "张*", "欧阳修" → "欧**", "Jane Doe" → "J*** D**". Words end at spaces
// and at the middle dot of names like "阿卜杜拉·买买提". It shows how long the
// name is.
func MaskName(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		first := i == 0 || divides(runes[i-1])
		single := i+1 == len(runes) || divides(runes[i+1])
		switch {
		case divides(r):
			b.WriteRune(r)
		case first && !single && unicode.IsLetter(r):
			b.WriteRune(r)
		default:
			b.WriteString(star)
		}
	}
	return b.String()
}

func divides(r rune) bool { return r == ' ' || r == '·' || r == '•' || r == '・' }

// MaskIdentity keeps the first three and the last four characters of a number of
// at least 15, which of a resident identity card hides the day of birth:
// "110101199003079090" → "110***********9090". Of 8 to 14 characters, as of a
// passport, it keeps the first and the last two, of fewer none. It shows how
// long the number is.
func MaskIdentity(number string) string {
	n := len([]rune(number))
	switch {
	case n >= 15:
		return keepEnds(number, 3, 4)
	case n >= 8:
		return keepEnds(number, 1, 2)
	}
	return keepEnds(number, 0, 0)
}

// MaskPhone hides the four digits before the last four: "13800138000" →
// "138****8000", "+86 138 0013 8000" → "+86 138 **** 8000", "010-12345678" →
// "010-****5678". It shows at most the first five digits, of a number of less
// than eight only the last two, of less than five none. Spaces, "+", "-" and
// brackets stay; everything else is hidden.
func MaskPhone(phone string) string {
	digits := 0
	for _, r := range phone {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	head, tail := min(max(digits-8, 0), 5), 4
	switch {
	case digits < 5:
		tail = 0
	case digits < 8:
		tail = 2
	}
	var b strings.Builder
	i := 0
	for _, r := range phone {
		switch {
		case strings.ContainsRune(" +-()", r):
			b.WriteRune(r)
		case !unicode.IsDigit(r):
			b.WriteString(star)
		default:
			if i < head || i >= digits-tail {
				b.WriteRune(r)
			} else {
				b.WriteString(star)
			}
			i++
		}
	}
	return b.String()
}

// MaskEmail keeps the domain and, of a local part of at least two characters,
// the first: "zhangsan@example.com" → "z***@example.com". What is no address is
// hidden: "***".
func MaskEmail(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 1 || !isDomain(email[at+1:]) {
		return blank(email)
	}
	local := []rune(email[:at])
	if len(local) < 2 || !isAlnum(local[0]) {
		return hidden + email[at:]
	}
	return string(local[0]) + hidden + email[at:]
}

func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return !isAlnum(r) && r != '-' }) {
			return false
		}
	}
	// The last label of a number is digits, that of a domain never.
	last := labels[len(labels)-1]
	return len(labels) > 1 && strings.ContainsFunc(last, unicode.IsLetter)
}

// MaskAccount keeps the last four characters of a number of at least eight:
// "6222021234567890123" → "****0123"; of a shorter one none. Spaces do not
// count. It hides how long the number is.
func MaskAccount(number string) string {
	const stars = "****"
	digits := []rune(strings.ReplaceAll(number, " ", ""))
	if len(digits) < 8 {
		return blank(number)
	}
	var b strings.Builder
	b.WriteString(stars)
	for _, r := range digits[len(digits)-4:] {
		b.WriteString(shown(r))
	}
	return b.String()
}

// MaskAddress keeps the first six characters of an address in Chinese, and never
// more than half: "北京市海淀区中关村大街1号" → "北京市海淀区***". It stops at
// the first character that is not Chinese, so that of an address that begins
// with the house, as in the West, nothing is shown: "***".
func MaskAddress(address string) string {
	runes := []rune(address)
	n := 0
	for n < min(6, len(runes)/2) && unicode.Is(unicode.Han, runes[n]) {
		n++
	}
	if n == 0 {
		return blank(address)
	}
	return string(runes[:n]) + hidden
}

// blank hides a text altogether, but shows that there is one.
func blank(s string) string {
	if s == "" {
		return ""
	}
	return hidden
}

func keepEnds(s string, head, tail int) string {
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		if i < head || i >= len(runes)-tail {
			b.WriteString(shown(r))
		} else {
			b.WriteString(star)
		}
	}
	return b.String()
}

// shown returns a letter or digit as it is and anything else, which could disturb
// the line that it is shown in, as a star.
func shown(r rune) string {
	if isAlnum(r) {
		return string(r)
	}
	return star
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
