package survey_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/survey"
)

// The tables do what was written down by hand, and nothing else.
func TestMatrices(t *testing.T) {
	t.Parallel()
	compare(t, "questionnaire", survey.QuestionnaireLife)
	compare(t, "campaign", survey.CampaignLife)
	compare(t, "invitation", survey.InvitationLife)
	compare(t, "inspection", survey.InspectionLife)
}

func compare[S, E ~string](t *testing.T, name string, m *workflow.Machine[S, E]) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(m, f)
	for _, d := range diffs {
		t.Errorf("%s: %s", name, d)
	}
	if err != nil {
		t.Error(err)
	}
}

// Everything that a service offers is granted to somebody; auditors only read, the owner
// is never listed, and who answers for the public may do nothing but that.
func TestGrants(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(survey.Grants())
	read := []string{"Get", "Allowed", "History", "List", "Published", "Progress", "Roster", "Response", "Scores", "Trend", "Choices", "Quality"}
	public := []string{"invitation.Form", "invitation.Open", "invitation.Submit", "invitation.Refuse"}
	known := map[string]bool{}
	for kind, service := range map[string]any{
		"questionnaire": &survey.Questionnaires{}, "campaign": &survey.Campaigns{}, "invitation": &survey.Invitations{},
		"inspection": &survey.Inspections{}, "survey": &survey.Analysis{},
	} {
		typ := reflect.TypeOf(service)
		for i := range typ.NumMethod() {
			method := typ.Method(i).Name
			if method == "Workflow" {
				continue
			}
			action := kind + "." + method
			known[action] = true
			who, ok := roles.Granted(action)
			if !ok || len(who) == 0 {
				t.Errorf("%s is granted to nobody", action)
			}
			if slices.Contains(who, access.Auditor) != slices.Contains(read, method) {
				t.Errorf("%s: auditors only read", action)
			}
			if slices.Contains(who, kernel.RoleOwner) {
				t.Errorf("%s lists the owner", action)
			}
			if slices.Contains(who, survey.Respondent) != slices.Contains(public, action) {
				t.Errorf("%s: the public answers, and nothing else", action)
			}
		}
	}
	for _, action := range roles.Actions() {
		if !known[action] {
			t.Errorf("%s is granted, but there is no such method", action)
		}
	}
}

// The room's kinds are those of its tables.
func TestLives(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range survey.Kinds() {
		names = append(names, k.Name())
	}
	var kinds []string
	for _, s := range survey.Subjects() {
		kinds = append(kinds, s.Kind)
	}
	if !slices.Equal(names, kinds) {
		t.Errorf("%v, %v", names, kinds)
	}
}

// The tables in the databases are those of the records.
func TestTables(t *testing.T) {
	t.Parallel()
	recs := []storage.Record{new(survey.Pace)}
	for _, s := range survey.Subjects() {
		recs = append(recs, s.Root)
		for _, p := range s.Parts {
			recs = append(recs, p.Record)
		}
	}
	for _, s := range []*gormstore.Store{onSQLite(t, filepath.Join(t.TempDir(), "crm.db")), onPostgres(t)} {
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diffs {
			t.Error(d)
		}
	}
}
