package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file of two lines, as unlike the usual form as is still right: only the columns that
// are needed, in the order of [needed].
const plain = "policy_number,policy_bind_date,policy_csl,policy_deductable,policy_annual_premium,umbrella_limit," +
	"incident_date,incident_hour_of_the_day,incident_type,incident_severity,incident_state,incident_city," +
	"incident_location,total_claim_amount,injury_claim,property_claim,vehicle_claim,fraud_reported\n" +
	"P1,2020-02-29,100/300,500,900.5,0,2024-05-06,7,Hail,Minor Damage,ZZ,Exampleton,1 Example Street,5000,1000,1500,2500,N\n"

func TestForms(t *testing.T) {
	t.Parallel()
	want := parsed(t, []byte(plain), 0)
	if len(want.rows) != 1 || len(want.rejected) != 0 || want.rows[0].line != 2 || want.rows[0].term().Years != 5 {
		t.Fatalf("read %+v", want)
	}
	for name, text := range map[string]string{
		"byte order mark":    "\ufeff" + plain,
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last line break": strings.TrimSuffix(plain, "\n"),
		"quoted":             strings.ReplaceAll(`"`+strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), ",", `","`)+`"`, "\n", "\"\n\""),
	} {
		t.Run(name, func(t *testing.T) {
			got := parsed(t, []byte(text), 0)
			if got.lines != 1 || len(got.rows) != 1 || got.rows[0].policy != "P1" || !got.rows[0].loss.Equal(want.rows[0].loss) {
				t.Errorf("read %+v", got)
			}
		})
	}
}

// Dates move by years; a leap day becomes the last of February.
func TestShift(t *testing.T) {
	t.Parallel()
	r := parsed(t, []byte(plain), 11).rows[0]
	if r.bind.String() != "2031-02-28" || r.loss.Format("2006-01-02 15h MST") != "2035-05-06 07h EDT" {
		t.Errorf("%s, %s", r.bind, r.loss)
	}
	if far := parsed(t, []byte(plain), 2000); len(far.rejected) != 2 {
		t.Errorf("dates that no record can carry: %+v", far.rejected)
	}
}

func TestRejections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ was, is, column, reason string }{
		{"P1,", ",", "policy_number", "1 to 40 letters are needed"},
		{"P1,", "?,", "policy_number", "1 to 40 letters are needed"},
		{"P1,", "P\x001,", "policy_number", "control characters are not allowed"},
		{"P1,", "P\xff1,", "policy_number", "not valid UTF-8"},
		{"Exampleton", "Ex\u202eton", "incident_city", "control characters are not allowed"},
		{"2020-02-29", "2021-02-29", "policy_bind_date", "is not a date of the form 2006-01-02"},
		{"2020-02-29", "29.02.2020", "policy_bind_date", "is not a date of the form 2006-01-02"},
		{"2020-02-29", "3000-01-01", "policy_bind_date", "dates from 1900-01-01 to 2999-12-31"},
		{"2020-02-29", "1920-02-29", "policy_bind_date", "the longest term is 100 years"},
		{"100/300", "100", "policy_csl", "two limits in thousands are needed, as in 250/500"},
		{"100/300", "100/0", "policy_csl", "more than zero"},
		{"100/300", "100/999999999999999", "policy_csl", "not below 900000000000000"},
		{",500,", ",-500,", "policy_deductable", "an amount is not negative"},
		{"900.5", "900.555", "policy_annual_premium", "USD has 2 decimals"},
		{"900.5", "9e2", "policy_annual_premium", "is not an amount"},
		{"900.5", "", "policy_annual_premium", "is not an amount"},
		{"900.5", "0", "policy_annual_premium", "more than zero"},
		{"900.5", "999999999999999", "policy_annual_premium", "not below 900000000000000"},
		{",0,2024", ",-1,2024", "umbrella_limit", "an amount is not negative"},
		{",7,", ",24,", "incident_hour_of_the_day", "is not a whole number from 0 to 23"},
		{",5000,", ",5000.01,", "total_claim_amount", "injury, property and vehicle add up to 5000"},
		{",N\n", ",n\n", "fraud_reported", "is neither Y nor N"},
		{",N\n", "\n", "", "has 17 columns instead of 18"},
		{",N\n", ",\"N\n", "", `extraneous or missing " in quoted-field`},
	} {
		t.Run(c.column+" "+c.reason, func(t *testing.T) {
			t.Parallel()
			got := parsed(t, []byte(plain), 0, c.was, c.is)
			want := []rejection{{2, c.column, c.reason}}
			if d := cmp.Diff(want, got.rejected); d != "" || len(got.rows) > 0 {
				t.Errorf("%d rows and:\n%s", len(got.rows), d)
			}
		})
	}
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "no header",
		"a,b\n1,2\n":                          "no column policy_number, policy_bind_date",
		strings.Replace(plain, "inc", "p", 1): "no column incident_date",
		strings.Replace(plain, "policy_number", "policy_number,policy_number", 1): "policy_number twice",
	} {
		if _, err := read(strings.NewReader(text), 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q instead of %q", err, want)
		}
	}
}

// Whatever a file holds: every line is either used or rejected with a reason.
func FuzzRead(f *testing.F) {
	f.Add([]byte(plain), 0)
	if text, err := os.ReadFile(small); err == nil {
		f.Add(text, 11)
	}
	head, _, _ := strings.Cut(plain, "\n")
	f.Fuzz(func(t *testing.T, text []byte, shift int) {
		for _, text := range [][]byte{text, append([]byte(head+"\n"), text...)} {
			file, err := read(bytes.NewReader(text), shift)
			if err != nil {
				continue
			}
			lines := map[int]bool{}
			for _, r := range file.rejected {
				if lines[r.Line] = true; r.Reason == "" || r.Line < 2 {
					t.Errorf("rejected %+v", r)
				}
			}
			for _, r := range file.rows {
				lines[r.line] = true
				if r.net().IsNegative() || r.net().GreaterThan(r.limit) || !r.term().End(r.bind).Time().After(r.loss.AddDate(0, 0, -1)) {
					t.Errorf("%+v: net %s, term %+v", r, r.net(), r.term())
				}
			}
			if len(lines) != file.lines {
				t.Errorf("%d lines, of which %d are accounted for", file.lines, len(lines))
			}
		}
	})
}
