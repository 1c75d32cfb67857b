package identity

import (
	"net/mail"
	"regexp"
	"strings"
)

var (
	printable = regexp.MustCompile(`^[!-~]+$`)
	label     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	letter    = regexp.MustCompile(`[A-Za-z]`)
)

// Email checks an email address and returns it with the domain in lower case;
// what stands before the @ belongs to the receiving host, so its case stays.
//
// It accepts plain addresses in ASCII of at most 254 characters, 64 of them
// before the @, at a domain of two labels or more. Refused are display names,
// comments, quoted names, addresses at an IP number, control characters, and
// internationalised addresses; a domain in Chinese can be given as "xn--…".
//
// The codes: required, length, format.
func Email(s string) (string, error) {
	n, err := fold(s)
	if err != nil {
		return "", err
	}
	if !printable.MatchString(n) {
		return "", fault(CodeFormat, "must have printable ASCII characters without blanks only")
	}
	a, err := mail.ParseAddress(n)
	if err != nil || a.Address != n { // err quotes the address: drop it
		return "", fault(CodeFormat, "must be a plain address: a name, @ and a domain")
	}
	at := strings.LastIndexByte(n, '@')
	name, domain := n[:at], strings.ToLower(n[at+1:])
	if len(name) > 64 {
		return "", fault(CodeLength, "must have at most 64 characters before the @")
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if !label.MatchString(l) {
			return "", fault(CodeFormat, "the domain is not well formed")
		}
	}
	if len(labels) < 2 || !letter.MatchString(labels[len(labels)-1]) {
		return "", fault(CodeFormat, "the domain must end in a top-level domain")
	}
	return name + "@" + domain, nil
}
