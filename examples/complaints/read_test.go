package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
)

// A file of two lines, as unlike the usual form as is still right: only the columns that
// are needed, in the order of [needed].
const plain = "Complaint number,Reason complaint filed,Confirmed complaint,How resolved,Received date,Closed date," +
	"Complaint type,Coverage type,Coverage level,Respondent ID,Respondent Role,Keywords\n" +
	"N1,Denial Of Claim; Other,Yes,Claim Settled,2/29/2024,04/29/2024,Portal,Automobile,Individual,77,Agent,HAIL\n"

func TestForms(t *testing.T) {
	t.Parallel()
	want := &matter{
		line: 2, number: "N1", received: kernel.NewDate(2024, 2, 29), closed: kernel.NewDate(2024, 4, 29), channel: "Portal", product: "Automobile",
		reasons: []string{"Denial Of Claim", "Other"}, about: "Individual; HAIL",
		against: []party{{2, "77", complaint.Partner, true, "Claim Settled"}},
	}
	for name, text := range map[string]string{
		"plain":              plain,
		"byte order mark":    "\ufeff" + plain,
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last line break": strings.TrimSuffix(plain, "\n"),
		"quoted":             strings.ReplaceAll(`"`+strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), ",", `","`)+`"`, "\n", "\"\n\""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := parsed(t, []byte(text), 0)
			if d := cmp.Diff([]*matter{want}, got.matters, cmp.AllowUnexported(matter{}, party{})); d != "" || got.lines != 1 || len(got.rejected) != 0 {
				t.Errorf("%d lines, rejected %v:\n%s", got.lines, got.rejected, d)
			}
		})
	}
}

// Dates move by years; a leap day becomes the last of February.
func TestShift(t *testing.T) {
	t.Parallel()
	m := parsed(t, []byte(plain), 11).matters[0]
	if m.received.String() != "2035-02-28" || m.closed.String() != "2035-04-29" {
		t.Errorf("%s, %s", m.received, m.closed)
	}
	if far := parsed(t, []byte(plain), 2000); len(far.rejected) != 2 {
		t.Errorf("dates that no record can carry: %+v", far.rejected)
	}
}

// Rows of one number are one complaint, wherever they stand.
func TestSeveralRespondents(t *testing.T) {
	t.Parallel()
	file := parsed(t, content(t, small), 0)
	for _, m := range file.matters {
		if m.number != "C-04" {
			continue
		}
		want := []party{{5, "9001", complaint.Branch, false, "Company Position Upheld"}, {8, "9101", complaint.Partner, true, "Corrective Action Taken"}}
		if d := cmp.Diff(want, m.against, cmp.AllowUnexported(party{})); d != "" || m.line != 5 || len(m.reasons) != 2 {
			t.Errorf("line %d, reasons %v:\n%s", m.line, m.reasons, d)
		}
		return
	}
	t.Error("no such complaint")
}

func TestRejections(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65)
	for _, c := range []struct{ was, is, column, reason string }{
		{"N1,", ",", colNumber, "1 to 40 letters are needed"},
		{"N1,", long + ",", colNumber, "1 to 40 letters are needed"},
		{"N1,", "N\x001,", colNumber, "control characters are not allowed"},
		{"N1,", "N\t1,", colNumber, "control characters are not allowed"},
		{"N1,", "N\xff1,", colNumber, "not valid UTF-8"},
		{"HAIL", "HA\u202eIL", colKeywords, "control characters are not allowed"},
		{"HAIL", strings.Repeat("x", 1001), colKeywords, "at most 1000 characters"},
		{"Denial Of Claim; Other", " ; ", colReasons, "at least one is needed"},
		{"Yes", "yes", colConfirmed, "is neither Yes nor No"},
		{"2/29/2024", "", colReceived, "is not a date of the form month/day/year"},
		{"2/29/2024", "2/29/2023", colReceived, "is not a date of the form month/day/year"},
		{"2/29/2024", "2024-02-29", colReceived, "is not a date of the form month/day/year"},
		{"2/29/2024", "2/29/24", colReceived, "is not a date of the form month/day/year"},
		{"2/29/2024", "1/1/1800", colReceived, "dates from 1900-01-01 to 2999-12-31"},
		{"04/29/2024", "29/04/2024", colClosed, "is not a date of the form month/day/year"},
		{"04/29/2024", "2/28/2024", colClosed, "is before the day on which it was received"},
		{"Portal", long, colType, "1 to 64 letters are needed"},
		{"Automobile", long, colCoverage, "1 to 64 letters are needed"},
		{",77,", ",,", colParty, "1 to 64 letters are needed"},
		{",HAIL\n", "\n", "", "has 11 columns instead of 12"},
		{",HAIL\n", ",HAIL,more\n", "", "has 13 columns instead of 12"},
		{",HAIL\n", ",\"HAIL\n", "", `extraneous or missing " in quoted-field`},
	} {
		t.Run(c.column+" "+c.reason, func(t *testing.T) {
			t.Parallel()
			got := parsed(t, []byte(plain), 0, c.was, c.is)
			want := []rejection{{2, c.column, c.reason}}
			if d := cmp.Diff(want, got.rejected); d != "" || len(got.matters) > 0 {
				t.Errorf("%d complaints and:\n%s", len(got.matters), d)
			}
		})
	}
}

// A further row that does not agree with the first is rejected, and the complaint stands.
func TestRowsThatDisagree(t *testing.T) {
	t.Parallel()
	head, first, _ := strings.Cut(strings.TrimSuffix(plain, "\n"), "\n")
	for _, c := range []struct {
		about  string
		edit   []string
		faults []rejection
	}{
		{"another respondent", []string{",77,", ",78,"}, nil},
		{"the same respondent", nil, []rejection{{3, colParty, "is on line 2 of the same complaint already"}}},
		{"received on another day", []string{",77,", ",78,", "2/29/2024", "3/1/2024"}, []rejection{{3, colReceived, "is another than on line 2 of the same complaint"}}},
		{"still open", []string{",77,", ",78,", "04/29/2024", ""}, []rejection{{3, colClosed, "is another than on line 2 of the same complaint"}}},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			got := parsed(t, []byte(head+"\n"+first+"\n"+strings.NewReplacer(c.edit...).Replace(first)+"\n"), 0)
			if d := cmp.Diff(c.faults, got.rejected); d != "" {
				t.Error(d)
			}
			if len(got.matters) != 1 || len(got.matters[0].against)+len(got.rejected) != 2 {
				t.Errorf("%+v", got.matters)
			}
		})
	}
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                      "no header",
		"a,b\n1,2\n":                            "no column Complaint number, Reason complaint filed",
		strings.Replace(plain, "Closed", "", 1): "no column Closed date",
		strings.Replace(plain, "Keywords", "Keywords,Keywords", 1): "Keywords twice",
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
			for _, m := range file.matters {
				if m.number == "" || m.received.IsZero() || len(m.reasons) == 0 || !m.closed.IsZero() && m.closed < m.received {
					t.Errorf("%+v", m)
				}
				for _, p := range m.against {
					lines[p.line] = true
				}
			}
			if len(lines) != file.lines {
				t.Errorf("%d lines, of which %d are accounted for", file.lines, len(lines))
			}
		}
	})
}
