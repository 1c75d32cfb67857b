package identity_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
	"github.com/google/go-cmp/cmp"
)

func TestCheckByForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind           identity.Kind
		in, want, code string
	}{
		{identity.KindPassport, "e00000000", "E00000000", ""},
		{identity.KindPassport, "EA0000000", "EA0000000", ""},
		{identity.KindPassport, "Ｇ０００００００１", "G00000001", ""},
		{identity.KindPassport, "00000", "00000", ""},
		{identity.KindPassport, "PASSPORT", "", identity.CodeFormat},
		{identity.KindPassport, "E000000000", "", identity.CodeFormat},
		{identity.KindPassport, "E0000 0000", "", identity.CodeFormat},
		{identity.KindPassport, "ſ00000000", "", identity.CodeFormat}, // must not become S
		{identity.KindHKMacau, "h00000000", "H00000000", ""},
		{identity.KindHKMacau, "M0000000001", "M0000000001", ""},
		{identity.KindHKMacau, "HA0000000", "HA0000000", ""},
		{identity.KindHKMacau, "HB0000000", "", identity.CodeFormat},
		{identity.KindHKMacau, "C00000000", "", identity.CodeFormat},
		{identity.KindHKMacau, "H000000000", "", identity.CodeFormat},
		{identity.KindTaiwan, "00000001", "00000001", ""},
		{identity.KindTaiwan, "0000000001（b）", "0000000001B", ""},
		{identity.KindTaiwan, "0000000001 (B)", "0000000001B", ""},
		{identity.KindTaiwan, "0000000001", "0000000001", ""},
		{identity.KindTaiwan, "000000001", "", identity.CodeFormat},
		{identity.KindTaiwan, "00000001(B)", "", identity.CodeFormat},
		{identity.KindMilitary, "军字第0000001号", "军字第0000001号", ""},
		{identity.KindMilitary, " 南字 0000001 ", "南字第0000001号", ""},
		{identity.KindMilitary, "武字第００００００１号", "武字第0000001号", ""},
		{identity.KindMilitary, "0000001", "", identity.CodeFormat},
		{identity.KindMilitary, "军字第001号", "", identity.CodeFormat},
		{identity.KindUSCC, "91110199text00017j", "91110199TEXT00017J", ""},
		{identity.KindUSCC, "9A11A199TEXT00017J", "", identity.CodeFormat},
		{identity.KindOther, "出生证 a000000001", "出生证 A000000001", ""},
		{identity.KindOther, "No. 12/3-(4)", "NO. 12/3-(4)", ""},
		{identity.KindOther, "unknown", "", identity.CodeFormat},
		{identity.KindOther, "12", "", identity.CodeLength},
		{identity.KindOther, strings.Repeat("1", 41), "", identity.CodeLength},
		{identity.KindOther, "1  2", "", identity.CodeFormat},
		{identity.KindOther, "1\n2", "", identity.CodeFormat},
		{identity.KindOther, "=1+2", "", identity.CodeFormat},
		{identity.KindResident, "31019919851231959x", "31019919851231959X", ""},
		{identity.KindForeignPermanent, "XAA110090123105", "XAA110090123105", ""},
		{"library card", "12345", "", identity.CodeKind},
		{"", "12345", "", identity.CodeKind},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+" "+tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := identity.Check(tt.kind, tt.in, today)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.code != "" {
				wantFault(t, err, tt.code, tt.in)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryKindIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range identity.Kinds() {
		en, zh := k.Labels()
		if !k.Known() || en == "" || zh == "" || seen[en] || seen[zh] {
			t.Errorf("%s: labels %q and %q", k, en, zh)
		}
		seen[en], seen[zh] = true, true
		_, err := identity.Check(k, " ", today)
		wantFault(t, err, identity.CodeRequired, "")
		_, err = identity.Check(k, strings.Repeat("1", 2000), today)
		wantFault(t, err, identity.CodeLength, "")
	}
	if identity.Kind("").Known() {
		t.Error("no kind is known")
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct{ name, in, want, code string }{
		{"domain in lower case, name as it is", "Wang.Fang@Example.COM", "Wang.Fang@example.com", ""},
		{"blanks around, full-width", " wang＠example．com ", "wang@example.com", ""},
		{"tag", "a+b_c@mail.example.com.cn", "a+b_c@mail.example.com.cn", ""},
		{"name of 64", long + "@example.com", long + "@example.com", ""},
		{"Chinese domain in its ASCII form", "a@xn--fiqs8s.xn--fiqs8s", "a@xn--fiqs8s.xn--fiqs8s", ""},
		{"name of 65", long + "a@example.com", "", identity.CodeLength},
		{"255 characters", "a@" + strings.Repeat("a.", 125) + "com", "", identity.CodeLength},
		{"display name", "Wang Fang <wang@example.com>", "", identity.CodeFormat},
		{"angle brackets", "<wang@example.com>", "", identity.CodeFormat},
		{"quoted", `"wang"@example.com`, "", identity.CodeFormat},
		{"comment", "wang@example.com(Fang)", "", identity.CodeFormat},
		{"two", "a@example.com,b@example.com", "", identity.CodeFormat},
		{"no name", "@example.com", "", identity.CodeFormat},
		{"no domain", "wang@", "", identity.CodeFormat},
		{"no dot", "wang@localhost", "", identity.CodeFormat},
		{"dots in a row", "wang..fang@example.com", "", identity.CodeFormat},
		{"label begins with a hyphen", "wang@-example.com", "", identity.CodeFormat},
		{"label of 64", "wang@" + long + ".com", "", identity.CodeFormat},
		{"underscore in the domain", "wang@exam_ple.com", "", identity.CodeFormat},
		{"IP number", "wang@192.0.2.1", "", identity.CodeFormat},
		{"IP literal", "wang@[192.0.2.1]", "", identity.CodeFormat},
		{"line break", "wang@example.com\nBcc: all@example.com", "", identity.CodeFormat},
		{"line break behind", "wang@example.com\r\n", "", identity.CodeFormat},
		{"NUL", "wang\x00@example.com", "", identity.CodeFormat},
		{"Chinese name", "王@example.com", "", identity.CodeFormat},
		{"nothing", "", "", identity.CodeRequired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := identity.Email(tt.in)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.code != "" {
				wantFault(t, err, tt.code, tt.in)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// A customer's form has many fields; the faults of all of them arrive together,
// each under its own path and with its code.
func TestFaultsGoIntoFieldErrors(t *testing.T) {
	t.Parallel()
	var f kernel.FieldErrors
	_, err := identity.Check(identity.KindResident, "110199199001019098", today)
	f.At("identity").Merge("number", err)
	_, err = identity.Phone("12800138000")
	f.Index("phones", 1).Merge("number", err)
	_, err = identity.Email("wang@example.com")
	f.Merge("email", err)

	var got [][2]string
	var all *kernel.FieldErrors
	if !errors.As(f.Err(), &all) {
		t.Fatal("no field errors")
	}
	for _, x := range all.Faults {
		got = append(got, [2]string{x.Path, x.Code})
	}
	want := [][2]string{{"identity.number", "checksum"}, {"phones[1].number", "unassigned"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
