package claim_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage/memory"
)

var oldStates = []claim.State{claim.Closed, claim.Reported, claim.Filed, claim.Accepted, claim.Investigating, claim.Assessing, claim.Withdrawn}

// old is claim n of the older system, with all that one of its state knows. Each has a
// loss of its own.
func old(n int) claim.Adoption {
	day := func(after int) time.Time { return accident.AddDate(0, 0, -n%200).Add(time.Duration(after) * time.Hour) }
	in := claim.Adoption{
		Key: fmt.Sprintf("OLD-%d", n), Number: fmt.Sprintf("LP%06d", n), State: oldStates[n%len(oldStates)],
		Notice: claim.Notice{
			Policy: []kernel.Ref{"P-1", "P-2"}[n%2], OccurredAt: day(0), Cause: fmt.Sprintf("cause-%d", n), Claimed: yuan("1100"),
			Description: privacy.New("slipped on the stairs"), Account: privacy.New("6222 0212 3456 7890"),
		},
		ReportedAt: day(2),
	}
	switch in.State {
	case claim.Closed:
		in.FiledAt, in.AcceptedAt, in.DecidedAt, in.PaidAt, in.ClosedAt = day(3), day(4), day(5), day(6), day(7)
		in.Approved, in.Handler = yuan("900"), "li"
	case claim.Withdrawn:
		in.ClosedAt = day(3)
	case claim.Reported:
	default:
		in.FiledAt, in.Reserve, in.Documents = day(3), yuan("1000"), papers[:1]
	}
	if slices.Contains([]claim.State{claim.Accepted, claim.Investigating, claim.Assessing}, in.State) {
		in.AcceptedAt, in.ContactedAt, in.Handler, in.Investigator = day(4), day(4), "li", "inv"
	}
	return in
}

func file(from, to int, change ...func(int, *claim.Adoption)) iter.Seq[claim.Adoption] {
	return func(yield func(claim.Adoption) bool) {
		for i := from; i < to; i++ {
			row := old(i)
			for _, c := range change {
				c(i, &row)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// The claims of an older system come in and go on: running ones with their own periods,
// closed ones as history.
func TestImport(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.engine.Keep(task.NewKeeper(rulebook.Default(), claim.Kinds()...))
		ids := map[int]kernel.ID{}
		how := kernel.Intake{Unit: 30, Done: func(row int, id kernel.ID, _ bool) { ids[row] = id }}
		report, err := w.Import(manager, file(0, 70), how)
		if err != nil || report.Stored != 70 {
			t.Fatalf("%+v, %v", report, err)
		}
		report, err = w.Import(manager, file(0, 77), how)
		if err != nil || report.Again != 70 || report.Stored != 7 {
			t.Fatalf("grown: %+v, %v", report, err)
		}
		for n := range 7 {
			c, in := got(w.Get(auditor, ids[n]))(t), old(n)
			if c.State != in.State || c.Number != in.Number || !c.ReportedAt.Equal(in.ReportedAt) || !c.FiledAt.Equal(in.FiledAt) || c.Handler != in.Handler ||
				!c.Approved.Equal(in.Approved) || !c.ClosedAt.Equal(in.ClosedAt) || c.Insured != "c-1" || c.Relationship != "self" || c.Version != 1 || c.Cover.Number == "" {
				t.Errorf("%s: %+v", in.State, c)
			}
			if h := got(w.History(auditor, ids[n]))(t); len(h) != 1 || h[0].Event != "Import" || h[0].To != string(in.State) || h[0].Facts["adopted"] != true {
				t.Errorf("%s: %+v", in.State, h)
			}
		}
		running := got(w.tasksOf(ids[2]))(t) // filed
		if i := slices.IndexFunc(running, func(x task.Task) bool { return x.Clock == "cn.claim.assess-ordinary" }); i < 0 || !running[i].OpenedAt.Equal(noon) {
			t.Errorf("tasks of a filed claim: %+v", running)
		} else if due := old(2).FiledAt.AddDate(0, 0, 40); running[i].DueAt.After(due) {
			t.Errorf("decided by %s, though it was filed on %s", running[i].DueAt, old(2).FiledAt)
		}
		for _, n := range []int{0, 6} {
			if list := got(w.tasksOf(ids[n]))(t); len(list) > 0 {
				t.Errorf("tasks of what is over: %+v", list)
			}
		}
		// A filed claim waits for what is missing; an accepted one goes its way to the end.
		docs := got(w.Documents(auditor, ids[2]))(t)
		if len(docs) != 1 || docs[0].Missing() || !docs[0].Required {
			t.Errorf("%+v", docs)
		}
		accepted := ids[3]
		got(w.Check(adjuster, accepted, claim.Review{Kind: claim.CheckAuthenticity}))(t)
		got(w.Check(adjuster, accepted, claim.Review{Kind: claim.CheckCoverage}))(t)
		got(w.Assess(adjuster, accepted, claim.Assessment{Lines: []claim.Item{{Coverage: "medical", Claimed: yuan("500")}}}))(t)
		got(w.Approve(manager, accepted, claim.Approval{}))(t)
		// What an older system has decided is not decided anew.
		if _, err := w.Reassess(manager, ids[0], claim.Reassessment{Reason: privacy.New("look again")}); !errors.Is(err, kernel.ErrState) {
			t.Errorf("reassessed: %v", err)
		}
		w.sound(t)
	})
}

func (w *world) tasksOf(id kernel.ID) (list []task.Task, err error) {
	err = w.engine.Look(owner, "claim.Get", func(u *command.Unit) error {
		list, err = task.Running(u, command.Case{Kind: "claim", ID: id})
		return err
	})
	return list, err
}

func importFaults(t *testing.T, err error) []string {
	t.Helper()
	var f *kernel.FieldErrors
	if !errors.As(err, &f) {
		t.Fatalf("no field errors: %v", err)
	}
	var list []string
	for _, x := range f.Faults {
		list = append(list, x.Path+" "+x.Code)
	}
	return list
}

// A file with faults: they are all told, and nothing of their units is stored.
func TestImportFaults(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		known := w.report(t, old(12).Notice)
		wrong := func(i int, row *claim.Adoption) {
			switch i {
			case 1:
				row.Policy = "P-none"
			case 2:
				row.FiledAt, row.Reserve = time.Time{}, yuan("-1")
			case 3:
				row.Handler, row.AcceptedAt = "", noon.AddDate(0, 0, 1)
			case 4:
				row.State, row.Key = claim.Payable, ""
			case 8:
				key, no := row.Key, row.Number
				*row = old(0)
				row.Key, row.Number = key, no
			case 6:
				row.Number, row.ClosedAt = "LP000005", row.OccurredAt.Add(-time.Hour)
			case 7:
				row.PaidAt, row.Insured = time.Time{}, "c-9"
			}
		}
		report, err := w.Import(manager, file(0, 20, wrong), kernel.Intake{Unit: 10})
		want := []string{
			"rows[1].policy not_found", "rows[2].filed_at required", "rows[2].reserve range", "rows[3].handler required",
			"rows[4].state unknown", "rows[4].key required", "rows[6].closed_at order", "rows[7].paid_at conflict", "rows[8] likely",
			"rows[12] likely",
		}
		if d := cmp.Diff(want, importFaults(t, err)); d != "" {
			t.Error(d)
		}
		if report.Read != 20 || report.Refused != 20 || report.Stored != 0 {
			t.Errorf("%+v", report)
		}
		accept := func(i int, row *claim.Adoption) {
			if i == 12 {
				row.AcceptDuplicate, row.Reason = true, privacy.New("another one of that day")
			}
			if i == 3 {
				row.Reason = privacy.New("moved by hand")
			}
		}
		if report, err = w.Import(manager, file(0, 20, accept), kernel.Intake{Whole: true}); err != nil || report.Stored != 20 {
			t.Errorf("%+v, %v", report, err)
		}
		second := got(w.ByNumber(auditor, "LP000012"))(t)
		if second.Twin != known.Twin+1 || len(w.events(t, second.ID)) != 1 {
			t.Errorf("%+v", second)
		}
		for no, want := range map[string]string{"LP000003": "moved by hand", "LP000012": "another one of that day"} {
			if why := w.because(t, got(w.ByNumber(auditor, no))(t).ID); !slices.Equal(why, []string{want}) {
				t.Errorf("%s: %q", no, why)
			}
		}
		w.sound(t)
	})
}

// manyPolicies counts how often it is asked.
type manyPolicies struct {
	claim.StaticPolicies
	asked int
}

func (p *manyPolicies) CoversAt(ctx context.Context, list []claim.Occasion) ([]*claim.Cover, error) {
	p.asked++
	out := make([]*claim.Cover, len(list))
	for i, o := range list {
		if c, err := p.CoverAt(ctx, o.Policy, o.At); err == nil {
			out[i] = &c
		}
	}
	return out, nil
}

func TestImportAsksTheNeighboursOnce(t *testing.T) {
	t.Parallel()
	p := &manyPolicies{StaticPolicies: policies()}
	w := newWorldWith(memory.New(), claim.Config{Policies: p})
	if report, err := w.Import(manager, file(0, 50), kernel.Intake{Unit: 25}); err != nil || report.Stored != 50 || p.asked != 2 {
		t.Errorf("%+v, %v; asked %d times", report, err, p.asked)
	}
	if report, err := w.Import(manager, nil, kernel.Intake{}); err != nil || report.Read != 0 {
		t.Errorf("no file: %+v, %v", report, err)
	}
	if _, err := w.Import(manager, file(0, 1), kernel.Intake{Unit: -1}); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("a unit of less than nothing: %v", err)
	}
	if report, err := w.Import(manager, file(0, kernel.MaxUnit+1), kernel.Intake{Whole: true}); !errors.Is(err, kernel.ErrInvalid) || report.Stored != 0 {
		t.Errorf("too much at once: %+v, %v", report, err)
	}
	if _, err := w.Import(adjuster, file(0, 1), kernel.Intake{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("by an adjuster: %v", err)
	}
	for _, opt := range []kernel.Option{kernel.Key("k"), kernel.IfVersion(1)} {
		if _, err := w.Import(manager, file(0, 1), kernel.Intake{}, opt); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("an option that a file cannot have: %v", err)
		}
	}
}

// A killed import goes on with the same file: what was stored is not stored twice.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		ctx, kill := context.WithCancel(manager)
		defer kill()
		dying := func(yield func(claim.Adoption) bool) {
			for row := range file(0, 60) {
				if row.Key == "OLD-35" {
					kill()
				}
				if !yield(row) {
					return
				}
			}
		}
		report, err := w.Import(ctx, dying, kernel.Intake{Unit: 10})
		if !errors.Is(err, context.Canceled) || report.Stored != 30 {
			t.Fatalf("killed: %+v, %v", report, err)
		}
		report, err = w.Import(manager, file(0, 60), kernel.Intake{Unit: 16})
		if err != nil || report.Again != 30 || report.Stored != 30 {
			t.Errorf("went on: %+v, %v", report, err)
		}
		b := kernel.WithActor(t.Context(), kernel.Actor{ID: "b", Tenant: "b", Roles: []kernel.Role{access.Manager}})
		if report, err = w.Import(b, file(0, 7), kernel.Intake{}); err != nil || report.Stored != 7 {
			t.Errorf("another tenant: %+v, %v", report, err)
		}
		w.sound(t)
	})
}
