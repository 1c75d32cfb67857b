package rulebook_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// FuzzTrigger: a text is a trigger as it stands, of a known form, or refused.
func FuzzTrigger(f *testing.F) {
	for _, s := range []string{"claim.File", "claim:filed", "claim.Notify[kind=refusal]", "visit:completed[kind=new_policy,level=1]",
		"", ".", ":", "claim.", "claim.file", "claim:Filed", "a.B[", "a.B[]", "a.B[x=]", "a.B[x=y]]", "a.B[x=y", "Claim.File", "a.b:C", "a.B[x=y=z]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := rulebook.ParseTrigger(s)
		if err != nil {
			if got != "" || !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%q: %q, %v", s, got, err)
			}
			return
		}
		if string(got) != s || strings.Count(s, "[") != strings.Count(s, "]") || !strings.ContainsAny(s, ".:") || strings.ContainsAny(s, " \n\"") {
			t.Errorf("%q is read as %q", s, got)
		}
	})
}

// FuzzExtension: what is read and taken into a book answers and counts without harm.
func FuzzExtension(f *testing.F) {
	for _, name := range []string{"attach.json", "standards.json"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, js := range []string{grace + `latest"}]}`, incident, tokyo, `{}`, `{"lines": {"a": ["a"]}}`, `{"calendar": [{"year": 2027}]}`} {
		f.Add([]byte(js))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := rulebook.ReadExtension(raw)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		b, err := rulebook.Default().With(e)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		for _, c := range b.Clocks() {
			for _, trigger := range c.Opens {
				kind, event, _ := strings.Cut(strings.SplitN(string(trigger), "[", 2)[0], ".")
				h := rulebook.Happening{Kind: kind, Event: event, To: "x", At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Case: own}
				for _, r := range b.Answer(h) {
					if r.Act != rulebook.Open {
						continue
					}
					timer, err := b.Begin(r, h)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := b.Due(timer); err != nil {
						t.Fatal(err)
					}
					if b.Explain(timer, "zh") == "" {
						t.Error("no words")
					}
				}
			}
		}
	})
}

// FuzzTimer: what a row holds is counted, or refused; it never runs away.
func FuzzTimer(f *testing.F) {
	f.Add([]byte(`{"clock": "cn.complaint.decide", "begun": [{"rule": "cn.complaint.decide", "amount": 15, "unit": "calendar_day", "base": "2026-09-16T01:00:00Z"}],
		"pauses": [{"from": "2026-09-20T01:00:00Z", "until": "2026-09-21T01:00:00Z"}, {"part": 7, "from": "2026-09-30T01:00:00Z"}]}`))
	f.Add([]byte(`{"begun": [{"amount": 100000, "unit": "working_day", "base": "9999-12-31T23:59:59Z", "roll": "civil_code_203"}]}`))
	f.Add([]byte(`{"begun": [{"amount": 100000, "unit": "year", "base": "0000-01-01T00:00:00Z"}, {"unit": "hour", "amount": 3, "base": "2026-09-30T01:00:00Z"}], "latest": true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var timer rulebook.Timer
		if json.Unmarshal(raw, &timer) != nil {
			return
		}
		b := rulebook.Default()
		due, err := b.Due(timer)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		again, err := b.Due(timer)
		if diff := cmp.Diff(due, again); diff != "" || err != nil {
			t.Errorf("not the same twice: %s, %v", diff, err)
		}
	})
}
