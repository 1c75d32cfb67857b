package identity_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
)

// All samples are synthetic: county 99 is unassigned, or the year is 1900.
//
//go:embed testdata/vectors.json
var vectorsJSON []byte

type sample struct {
	Value, Birth, Sex, Kind, Reason, Note string
}

type vectors struct {
	ResidentID struct {
		Valid, Invalid []sample
		LowerCaseX     sample                           `json:"lower_case_x"`
		Legacy         struct{ Value, Upgraded string } `json:"legacy"`
	} `json:"resident_id"`
	USCC  struct{ Valid, Invalid []sample } `json:"uscc"`
	Phone struct{ Valid, Invalid []sample } `json:"phone"`
}

var today = kernel.NewDate(2026, 11, 22)

func loadVectors(t testing.TB) vectors {
	t.Helper()
	var v vectors
	if err := json.Unmarshal(vectorsJSON, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
}

// wantFault fails unless err is an identity error of that code ("" for any)
// which keeps the value to itself.
func wantFault(t reporter, err error, code, value string) {
	t.Helper()
	var ie *identity.Error
	if !errors.As(err, &ie) {
		t.Errorf("got error %v, want an *identity.Error of code %q", err, code)
		return
	}
	if code != "" && ie.Code != code {
		t.Errorf("got code %q (%s), want %q", ie.Code, ie.Message, code)
	}
	if !errors.Is(err, kernel.ErrInvalid) {
		t.Error("the error is no kernel.ErrInvalid")
	}
	if v := strings.TrimSpace(value); len(v) > 3 && strings.Contains(err.Error(), v) {
		t.Error("the error repeats the value")
	}
}

func TestResidentVectors(t *testing.T) {
	t.Parallel()
	v := loadVectors(t).ResidentID
	if len(v.Valid) != 10 || len(v.Invalid) != 10 {
		t.Fatalf("read %d valid and %d invalid samples, want 10 and 10", len(v.Valid), len(v.Invalid))
	}
	for _, s := range v.Valid {
		r, err := identity.ResidentID(s.Value, today)
		if err != nil {
			t.Errorf("%s: %v", s.Note, err)
			continue
		}
		sex := map[identity.Gender]string{identity.Male: "M", identity.Female: "F"}[r.Gender]
		if r.Number != s.Value || r.Birth.String() != s.Birth || sex != s.Sex || r.Region != s.Value[:6] || r.Province() == "" {
			t.Errorf("%s: got %+v", s.Note, r)
		}
	}
	for _, s := range v.Invalid {
		_, err := identity.ResidentID(s.Value, today)
		t.Run(s.Note, func(t *testing.T) { wantFault(t, err, s.Reason, s.Value) })
	}
	if r, err := identity.ResidentID(v.LowerCaseX.Value, today); err != nil || r.Number != strings.ToUpper(v.LowerCaseX.Value) {
		t.Errorf("lower-case x: got %+v, %v", r, err)
	}
	if r, err := identity.ResidentID(v.Legacy.Value, today); err != nil || r.Number != v.Legacy.Upgraded {
		t.Errorf("legacy: got %+v, %v", r, err)
	}
}

func TestUSCCVectors(t *testing.T) {
	t.Parallel()
	v := loadVectors(t).USCC
	if len(v.Valid) != 6 || len(v.Invalid) != 6 {
		t.Fatalf("read %d valid and %d invalid samples, want 6 and 6", len(v.Valid), len(v.Invalid))
	}
	for _, s := range v.Valid {
		for _, in := range []string{s.Value, strings.ToLower(s.Value), "  " + s.Value + "\u3000"} {
			if n, err := identity.USCC(in); err != nil || n != s.Value {
				t.Errorf("%s: got %q, %v", s.Note, n, err)
			}
		}
	}
	for _, s := range v.Invalid {
		_, err := identity.USCC(s.Value)
		t.Run(s.Note, func(t *testing.T) { wantFault(t, err, s.Reason, s.Value) })
	}
}

func TestPhoneVectors(t *testing.T) {
	t.Parallel()
	v := loadVectors(t).Phone
	if len(v.Valid) != 9 || len(v.Invalid) != 9 {
		t.Fatalf("read %d valid and %d invalid samples, want 9 and 9", len(v.Valid), len(v.Invalid))
	}
	for _, s := range v.Valid {
		n, err := identity.Phone(s.Value)
		if err != nil || string(n.Kind) != s.Kind || n.Country != "CN" {
			t.Errorf("%s: got %+v, %v", s.Note, n, err)
		}
		if (n.Kind == identity.Service) == strings.HasPrefix(n.Normal, "+") {
			t.Errorf("%s: normal form %q", s.Note, n.Normal)
		}
	}
	for _, s := range v.Invalid {
		_, err := identity.Phone(s.Value)
		t.Run(s.Note, func(t *testing.T) { wantFault(t, err, "", s.Value) })
	}
}
