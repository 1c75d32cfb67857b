package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// result is what became of a complaint of the small file.
type result struct {
	State    complaint.State
	Category complaint.Category
	Cause    string
	Verdict  complaint.Verdict
	Promised string
	Steps    []string // what became of its deadlines, in time: day and event
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := &replay{file: parsed(t, content(t, small), 0), keys: newKeys(t)}
	told(t, s, r)
	c, err := crm.Open(t.Context(), s, crm.Config{Keys: r.keys})
	if err != nil {
		t.Fatal(err)
	}
	ctx := crm.WithActor(t.Context(), crm.Owner)
	late := []string{"2024-03-01 Open", "2024-04-26 Warn", "2024-05-01 Breach", "2024-05-01 Meet"}
	for _, want := range []struct {
		about, number string
		result
	}{
		{"answered on the last day", "C-01", result{complaint.Closed, complaint.CategoryClaims, "claims.refusal", complaint.Unjustified, "2024-04-30",
			[]string{"2024-03-01 Open", "2024-04-26 Warn", "2024-04-30 Meet"}}},
		{"a day late", "C-02", result{complaint.Closed, complaint.CategoryClaims, "claims.amount", complaint.Justified, "2024-04-30", late}},
		{"on the very day", "C-03", result{complaint.Closed, complaint.CategoryService, "service.mistake", complaint.Justified, "2024-05-03",
			[]string{"2024-03-04 Open", "2024-03-04 Meet"}}},
		{"against two, and right about one", "C-04", result{complaint.Closed, complaint.CategoryClaims, "claims.refusal", complaint.Partly, "2024-02-13",
			[]string{"2023-12-15 Open", "2024-01-20 Meet"}}},
		{"still waiting", "C-05", result{complaint.Investigating, complaint.CategoryService, "", "", "2024-04-01",
			[]string{"2024-02-01 Open", "2024-03-28 Warn", "2024-04-02 Breach", "2024-04-03 Escalate"}}},
		{"for a reason that nobody knows", "C-06", result{complaint.Closed, complaint.CategoryOther, other, complaint.Unjustified, "2024-06-01",
			[]string{"2024-04-02 Open", "2024-04-12 Meet"}}},
		{"about the premium", "C-07", result{complaint.Closed, complaint.CategoryProduct, "product.design", complaint.Unjustified, "2024-06-09",
			[]string{"2024-04-10 Open", "2024-04-20 Meet"}}},
	} {
		t.Run(want.about, func(t *testing.T) {
			t.Parallel()
			got, err := c.Complaints.ByNumber(ctx, "replay-"+want.number)
			if err != nil {
				t.Fatal(err)
			}
			is := result{got.State, got.Category, got.Cause, got.Verdict, got.PromisedBy.String(), deadlines(t, c, got.ID)}
			if d := cmp.Diff(want.result, is); d != "" {
				t.Error(d)
			}
			letters, err := c.Complaints.Notices(ctx, got.ID)
			if err != nil {
				t.Fatal(err)
			}
			if closed := !got.ClosedAt.IsZero(); closed != (len(letters) == 1) || closed && !letters[0].ArrivedAt.Equal(got.ClosedAt) {
				t.Errorf("closed at %s with letters %+v", got.ClosedAt, letters)
			}
		})
	}
}

// deadlines reads the complaint's history for what became of its tasks.
func deadlines(t *testing.T, c *crm.CRM, id crm.ID) []string {
	t.Helper()
	history, err := c.Complaints.History(crm.WithActor(t.Context(), crm.Owner), id)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range history {
		tasks, _ := e.Facts["tasks"].([]any)
		for _, one := range tasks {
			all = append(all, e.At.In(texas).Format(time.DateOnly)+" "+one.(map[string]any)["event"].(string))
		}
	}
	return all
}

// In years in which mainland China's measure holds, law sets fifteen days, and the company
// tells each week how far it is.
func TestOtherYears(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := &replay{file: parsed(t, content(t, small), 10), shift: 10, keys: newKeys(t)}
	told(t, s, r)
	c, err := crm.Open(t.Context(), s, crm.Config{Keys: r.keys})
	if err != nil {
		t.Fatal(err)
	}
	ctx := crm.WithActor(t.Context(), crm.Owner)
	got, err := c.Complaints.ByNumber(ctx, "replay+10-C-06")
	if err != nil {
		t.Fatal(err)
	}
	if got.PromisedBy != kernel.NewDate(2034, 4, 17) {
		t.Errorf("promised by %s", got.PromisedBy)
	}
	page, err := c.Tasks.List(ctx, task.Filter{Case: got.ID}, kernel.List{})
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]task.State{}
	for _, x := range page.Items {
		states[x.Clock] = x.State
	}
	if d := cmp.Diff(map[string]task.State{"cn.complaint.decide": task.Met, progress: task.Cancelled}, states); d != "" {
		t.Error(d)
	}
}
