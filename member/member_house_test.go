package member_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// The tables do what was written down by hand, and nothing else.
func TestMatricesOfMembersAndStaff(t *testing.T) {
	t.Parallel()
	follows(t, "program", member.ProgramLife)
	follows(t, "member", member.Lifecycle)
	follows(t, "staff", member.StaffLife)
	follows(t, "course", member.CourseLife)
	follows(t, "training", member.TrainingLife)
	follows(t, "appraisal", member.AppraisalLife)
}

// Everything that a service offers is granted to somebody; auditors only read, and the
// owner is never listed. Every event of a table is a command.
func TestGrantsOfMembersAndStaff(t *testing.T) {
	t.Parallel()
	questions := []string{
		"Get", "Allowed", "History", "List", "ByCode", "Rules", "ByNumber", "ForCustomer", "TierOn", "Tiers", "Lots",
		"Statement", "ByActor", "Qualifications", "Results", "ForStaff",
	}
	roles := access.NewRoles(member.Grants())
	offered := map[string]bool{"member.Absorb": true} // the other side of member.Merge
	for kind, service := range map[string]any{
		"program": &member.Programs{}, "member": &member.Members{}, "staff": &member.Staffs{},
		"course": &member.Courses{}, "training": &member.Trainings{}, "appraisal": &member.Appraisals{},
	} {
		typ := reflect.TypeOf(service)
		for i := range typ.NumMethod() {
			method := typ.Method(i).Name
			if method == "Workflow" {
				continue
			}
			offered[kind+"."+method] = true
			who, known := roles.Granted(kind + "." + method)
			if !known || len(who) == 0 {
				t.Errorf("%s.%s is granted to nobody", kind, method)
			}
			if slices.Contains(who, access.Auditor) != slices.Contains(questions, method) {
				t.Errorf("%s.%s: auditors only read", kind, method)
			}
			if slices.Contains(who, kernel.RoleOwner) {
				t.Errorf("%s.%s lists the owner", kind, method)
			}
		}
		for _, action := range roles.Actions() {
			if len(action) > len(kind) && action[:len(kind)+1] == kind+"." && !offered[action] {
				t.Errorf("%s is granted, but there is no such method", action)
			}
		}
	}
}

// The tables in the databases are those of the records.
func TestTablesOfTheRoom(t *testing.T) {
	t.Parallel()
	var recs []storage.Record
	for _, s := range member.Subjects() {
		recs = append(recs, s.Root)
		for _, p := range s.Parts {
			recs = append(recs, p.Record)
		}
	}
	for _, s := range []*gormstore.Store{onSQLite(t), onPostgres(t)} {
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diffs {
			t.Error(d)
		}
	}
}
