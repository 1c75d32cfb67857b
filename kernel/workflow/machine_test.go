package workflow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel/workflow"
)

func TestMachineAnswersFromTheTable(t *testing.T) {
	t.Parallel()
	check := func(what string, got, want any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
	check("table", claims.Table(), small())
	check("rows", claims.Rows(), small().Rows)
	check("states", claims.States(), []State{reported, filed, pending, approved, declined, closed})
	check("live states", claims.States(workflow.Waiting, workflow.Ended), []State{pending, closed})
	check("events", claims.Events(), []Event{report, adopt, assign, file, request, supply, approve, decline, shut, reassess, remark})
	check("guards", claims.Guards(), []string{"checks passed", "form complete", "within authority"})
	check("class", claims.Class(pending), workflow.Waiting)
	check("unknown class", claims.Class("lost").String(), "unknown")
	check("label", claims.Label(pending).In("zh"), "待补材料")
	check("unknown label", claims.Label("lost").EN, "lost")
	check("event label", claims.EventLabel(supply).In("en"), "Supply documents")
	check("unknown event label", claims.EventLabel("Shred").ZH, "Shred")

	row, ok := claims.Row(assign, approved)
	check("row of any open", []any{row.IsNote(), row.AnyOpen, ok}, []any{true, true, true})
	row, ok = claims.Row(report, "")
	check("row of creation", []any{row.To, row.IsNote(), ok}, []any{reported, false, true})
	if _, ok := claims.Row(assign, closed); ok {
		t.Error("any open includes an ended state")
	}
}

func TestLabelChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"zh": "理赔", "zh-CN": "理赔", "ZH_hans": "理赔",
		"en": "Claim", "": "Claim", "fr": "Claim", "zhx": "Claim",
	} {
		if got := (workflow.Label{EN: "Claim", ZH: "理赔"}).In(tag); got != want {
			t.Errorf("In(%q) = %q, want %q", tag, got, want)
		}
	}
}

// The machine keeps its own copy: neither the table that it was made from nor
// what it hands out can change it.
func TestMachineCannotBeChanged(t *testing.T) {
	t.Parallel()
	source := small()
	m := workflow.Must(workflow.New(source))
	spoil := func(t table) {
		t.States[0].Class = workflow.Ended
		t.Rows[3].From[0] = closed
		t.Rows[3].Guards[0] = "none"
		t.Rows[3].Who[0] = "nobody"
	}
	spoil(source)
	spoil(m.Table())
	m.Rows()[3].To = closed
	m.Events()[0] = "Shred"
	m.States()[0] = closed
	want := slices.Clone(small().Rows)
	if d := cmp.Diff(want, m.Rows()); d != "" {
		t.Errorf("rows changed:\n%s", d)
	}
	if m.Class(reported) != workflow.Open || m.Events()[0] != report {
		t.Error("states or events changed")
	}
}
