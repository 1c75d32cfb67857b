package privacy_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/coverkit/crm/kernel/privacy"
)

func TestMasks(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]struct {
		mask  func(string) string
		cases map[string]string
	}{
		"name": {privacy.MaskName, map[string]string{
			"": "", "张": "*", "张三": "张*", "欧阳修": "欧**", "司马相如": "司***", "𠮷田": "𠮷*",
			"Jane Doe": "J*** D**", "J Doe": "* D**", "Jane  Doe": "J***  D**", " Jane": " J***",
			"阿卜杜拉·买买提": "阿***·买**", "Anne-Marie": "A*********", "(Jane": "*****", "\u202eab": "***", "\xff\xffa": "***",
			"·": "·", "é": "*",
		}},
		"identity": {privacy.MaskIdentity, map[string]string{
			"": "", "110101199003079090": "110***********9090", "11010119900307123X": "110***********123X",
			"110101900307123": "110********7123", "E12345678": "E******78", "12345678": "1*****78", "12345678901234": "1***********34",
			"123456789012345": "123********2345",
			"1234567":         "*******", "1": "*", "\n1234567": "******67",
		}},
		"phone": {privacy.MaskPhone, map[string]string{
			"": "", "13800138000": "138****8000", "138 0013 8000": "138 **** 8000", "+86 138 0013 8000": "+86 138 **** 8000",
			"010-12345678": "010-****5678", "(020) 8765 4321": "(020) **** 4321", "12345678": "****5678",
			"1234567": "*****67", "12345": "***45", "1234": "****", "1": "*", "+1 202 555 0147": "+1 20* *** 0147",
			"123456789012345678": "12345*********5678", "Bob 13800138000": "*** 138****8000", "٣٣٣٣": "****",
			"138\n00138000": "138*****8000",
		}},
		"email": {privacy.MaskEmail, map[string]string{
			"": "", "zhangsan@example.com": "z***@example.com", "z@example.com": "***@example.com",
			"a@b@example.com": "a***@example.com", ".a@example.com": "***@example.com", "zhangsan": "***", "@example.com": "***",
			"zhangsan@": "***", "zhangsan@localhost": "***", "a b@13800138000": "***", "ab@1.2": "***", "ab@a..b": "***",
			"ab@exa mple.com": "***", "李雷@例子.中国": "李***@例子.中国", "ab@x.com\n": "***",
		}},
		"account": {privacy.MaskAccount, map[string]string{
			"": "", "6222021234567890123": "****0123", "6222 0212 3456 7890 123": "****0123", "12345678": "****5678",
			"1234567": "***", "1 2 3 4": "***", " ": "***", "GB82WEST12345698765432": "****5432", "12345678\n": "****678*",
		}},
		"address": {privacy.MaskAddress, map[string]string{
			"": "", "北京市海淀区中关村大街1号": "北京市海淀区***", "北京市海淀区": "北京市***", "北京": "北***", "京": "***",
			"221B Baker Street": "***", "三里屯1号院2号楼": "三里屯***", " 北京市": "***",
		}},
	} {
		for in, want := range kind.cases {
			if got := kind.mask(in); got != want {
				t.Errorf("%s %q: %q, want %q", name, in, got, want)
			}
		}
	}
}

// FuzzMasks states what each mask may show at the very most, whatever comes in.
func FuzzMasks(f *testing.F) {
	for _, s := range []string{"", "张三", "Jane Doe", "110101199003079090", "+86 138 0013 8000",
		"zhangsan@example.com", "北京市海淀区中关村大街1号", "\xff\x00\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		n := utf8.RuneCountInString(in)
		for name, m := range map[string]struct {
			mask func(string) string
			most int // letters and digits shown
		}{
			"identity": {privacy.MaskIdentity, min(7, n/2)},
			"phone":    {privacy.MaskPhone, min(9, n*7/11+1)},
			"account":  {privacy.MaskAccount, min(4, n/2)},
			"address":  {privacy.MaskAddress, min(6, n/2)},
			"name":     {privacy.MaskName, (n + 1) / 2},
			"email":    {privacy.MaskEmail, n},
		} {
			out, shown := m.mask(in), 0
			for _, r := range out {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					shown++
				}
				if unicode.IsControl(r) || r == '\u202e' {
					t.Errorf("%s of %q lets %q through", name, in, r)
				}
			}
			if shown > m.most {
				t.Errorf("%s of %q shows %d of %d: %q", name, in, shown, n, out)
			}
			if !utf8.ValidString(out) || (out == "") != (in == "") {
				t.Errorf("%s of %q: %q", name, in, out)
			}
			if n > 1 && out == in && shown > 0 {
				t.Errorf("%s of %q hides nothing", name, in)
			}
		}
	})
}
