package main

import (
	"fmt"
	"strings"

	"github.com/coverkit/crm/kernel/rulebook"
)

// reasons say why a rule has no clock, in the order of the page.
var reasons = []struct{ why, title, text string }{
	{"no_workflow", "No such process yet 尚无对应流程", "The case on which the deadline would stand is not built. A host that has it adds a clock."},
	{"window", "Windows 权利期间", "A right that ends. Nothing falls due; a guard asks when the right is used."},
	{"guard", "Conditions 前提", "What has to be so before or with a step; a guard or the step itself asks."},
	{"counting", "How to count 期间计算", "Built into every clock."},
	{"threshold", "Thresholds 界限", "An amount, an age or a number of people."},
	{"other_party", "Others' duties 他方义务", "Not the insurer's to meet."},
	{"organisation", "The company as a whole 公司整体义务", "No single case has it."},
	{"retention", "Keeping 保存期限", "How long something is kept at least."},
	{"principle", "Principles 原则", "Nothing falls due."},
	{"not_verified", "Not verified 未经核实", "The text was not at hand, so nothing is built on it."},
}

// unattached writes for every rule without a clock why it has none.
func unattached(b *strings.Builder, book *rulebook.Book) {
	b.WriteString("\n## Rules without a clock 未设时限的规则\n")
	for _, r := range reasons {
		fmt.Fprintf(b, "\n### %s\n\n%s\n\n| rule | source | why not |\n|---|---|---|\n", r.title, r.text)
		for _, u := range book.Unattached() {
			if u.Why != r.why {
				continue
			}
			for _, v := range versions(book, u.Rule) {
				row(b, code(v.ID), source(&v), u.Note)
			}
		}
	}
}

// years writes which years the calendar knows.
func years(b *strings.Builder, known []int) {
	var spans []string
	for i := 0; i < len(known); {
		first := i
		for i++; i < len(known) && known[i] == known[i-1]+1; i++ {
		}
		if span := fmt.Sprint(known[first]); first == i-1 {
			spans = append(spans, span)
		} else {
			spans = append(spans, fmt.Sprintf("%s to %d", span, known[i-1]))
		}
	}
	fmt.Fprintf(b, "\n## Calendar 工作日历\n\nRest days and swapped working days (调休) of mainland China are known for %s.\n", strings.Join(spans, ", "))
}
