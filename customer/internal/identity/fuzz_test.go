package identity_test

import (
	"testing"

	"github.com/coverkit/crm/customer/internal/identity"
)

// fuzzNormal checks what holds for every function: no panic, an error or a
// normal form but not both, errors that keep the value to themselves, and
// normal forms that come back unchanged.
func fuzzNormal(f *testing.F, check func(string) (string, error), seeds ...string) {
	v := loadVectors(f)
	for _, list := range [][]sample{v.ResidentID.Valid, v.USCC.Valid, v.Phone.Valid, v.Phone.Invalid} {
		for _, s := range list {
			seeds = append(seeds, s.Value)
		}
	}
	for _, s := range append(seeds, "", " ", "\xff", "０", "\u3000x\u3000") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := check(s)
		if err != nil {
			wantFault(t, err, "", "")
			if n != "" {
				t.Errorf("%q: %q beside an error", s, n)
			}
			return
		}
		if again, err := check(n); err != nil || again != n {
			t.Errorf("%q: normal form %q became %q, %v", s, n, again, err)
		}
	})
}

func fuzzKind(f *testing.F, k identity.Kind, seeds ...string) {
	fuzzNormal(f, func(s string) (string, error) { return identity.Check(k, s, today) }, seeds...)
}

func FuzzResidentID(f *testing.F) { fuzzKind(f, identity.KindResident, "110199900101901") }
func FuzzPassport(f *testing.F)   { fuzzKind(f, identity.KindPassport, "e00000000", "ſ0000") }
func FuzzHKMacauPermit(f *testing.F) {
	fuzzKind(f, identity.KindHKMacau, "h00000000", "HA0000000", "M0000000001")
}
func FuzzTaiwanPermit(f *testing.F) {
	fuzzKind(f, identity.KindTaiwan, "00000001", "0000000001（b）")
}
func FuzzForeignPermanentResident(f *testing.F) {
	fuzzKind(f, identity.KindForeignPermanent, "xaa110090123105", "91139819901231101"+check18("91139819901231101"))
}
func FuzzMilitaryID(f *testing.F) {
	fuzzKind(f, identity.KindMilitary, "军字第0000001号", "字字0000001", "军字第字0000001")
}
func FuzzUSCC(f *testing.F)  { fuzzKind(f, identity.KindUSCC, "91110199text00017j") }
func FuzzOther(f *testing.F) { fuzzKind(f, identity.KindOther, "出生证 a000000001", "ı1ſ") }
func FuzzEmail(f *testing.F) {
	fuzzNormal(f, identity.Email, "Wang@Example.COM", `"a b"@c.de`, "a@[1.2.3.4]", "=?utf-8?q?a?= <a@b.cd>")
}
func FuzzPhone(f *testing.F) {
	check := func(s string) (string, error) {
		n, err := identity.Phone(s)
		return n.Normal, err
	}
	fuzzNormal(f, check, "+39 06 6982 0000", "+54 9 11 2345 6789", "+800 1234 5678", "(+86)", "17911 13800138000")
}
