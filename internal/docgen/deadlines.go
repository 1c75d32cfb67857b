package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/policy"
)

// cases names the kinds on which clocks stand, as their workflows do.
var cases = map[string]string{
	"application": policy.ApplicationLife.Table().Label.EN + " " + policy.ApplicationLife.Table().Label.ZH,
	"policy":      policy.PolicyLife.Table().Label.EN + " " + policy.PolicyLife.Table().Label.ZH,
	"claim":       claim.Lifecycle.Table().Label.EN + " " + claim.Lifecycle.Table().Label.ZH,
	"complaint":   complaint.Lifecycle.Table().Label.EN + " " + complaint.Lifecycle.Table().Label.ZH,
	"visit":       customer.VisitLife.Table().Label.EN + " " + customer.VisitLife.Table().Label.ZH,
	"improvement": improve.Lifecycle.Table().Label.EN + " " + improve.Lifecycle.Table().Label.ZH,
}

// deadlines writes every clock of the rulebook, why the other rules have none, and the
// years of the calendar.
func deadlines() string {
	var b strings.Builder
	book := rulebook.Default()
	var law, company []rulebook.Clock
	for _, c := range book.Clocks() {
		if versions(book, c.Rule)[0].Standard {
			company = append(company, c)
		} else {
			law = append(law, c)
		}
	}
	b.WriteString("## What law asks for 法定时限\n")
	clocks(&b, book, law)
	b.WriteString("\n## Company standards 公司标准\n\nThey hold where no statute does, and are a host's to change.\n")
	clocks(&b, book, company)
	unattached(&b, book)
	years(&b, book.Calendar().Years())
	return b.String()
}

func versions(book *rulebook.Book, id string) (of []rulebook.Rule) {
	for _, r := range book.Rules() {
		if r.ID == id {
			of = append(of, r)
		}
	}
	return of
}

func clocks(b *strings.Builder, book *rulebook.Book, list []rulebook.Clock) {
	last := ""
	for i := range list {
		c := &list[i]
		if c.Case != last {
			last = c.Case
			fmt.Fprintf(b, "\n### %s\n", cmp.Or(cases[c.Case], c.Case))
		}
		fmt.Fprintf(b, "\n#### `%s`\n\n%s. %s。\n\n", c.ID, c.Text.EN, c.Text.ZH)
		describeClock(b, book, c)
	}
}

// describeClock writes the table of one clock; lines that would say nothing are left out.
func describeClock(b *strings.Builder, book *rulebook.Book, c *rulebook.Clock) {
	b.WriteString("| | |\n|---|---|\n")
	line := func(name, text string) {
		if text != "" {
			row(b, name, text)
		}
	}
	for _, r := range versions(book, c.Rule) {
		line("period 期限", length(&r, c.Figure)+not(r.Verified, "; not verified, so it opens nothing"))
		line("rule 依据", source(&r))
		line("lines 险种", list(r.AppliesTo))
	}
	if c.Off {
		line("switched off 停用", "until its events exist")
		return
	}
	line("opens 启动", list(c.Opens))
	line("runs from 起算", cmp.Or(fact(c.Base), "the event"))
	line("only where 适用条件", conditions(c.When))
	line("not where 让位于", list(c.Unless))
	line("met by 达成", list(c.Meets)+at(c.MetAt))
	line("falls away 取消", list(c.Cancels))
	for _, p := range c.Pauses {
		text := "from " + list(p.From) + at(p.At)
		if len(p.Begins) > 0 {
			text += ", once that is known, also by " + list(p.Begins)
		}
		line("stands still 中止", text+" until "+list(p.Until)+at(p.UntilAt)+not(!p.Once, "; the first time only"))
	}
	for _, s := range c.Stages {
		for _, r := range versions(book, s.Rule) {
			line("goes over 换用期限", fmt.Sprintf("with %s to %s: `%s`, %s%s", list(s.On), length(&r, c.Figure), r.ID, source(&r),
				not(s.From != "event", "; from that event")))
		}
	}
	for _, s := range c.Also {
		for _, r := range versions(book, s.Rule) {
			line("further date 并行期限", fmt.Sprintf("with %s: %s, `%s`, %s", list(s.On), length(&r, c.Figure), r.ID, source(&r)))
		}
	}
	line("begins anew 重新起算", list(c.Restarts)+at(c.RestartAt))
	line("start read again 起算日变更", list(c.Rebases)+not(c.Owed == "", "; never to a day after "+fact(c.Owed)))
	line("the contract's number 合同约定", fact(c.Agreed)+map[string]string{"at_least": ", not less than law's", "at_most": ", not more than law's"}[c.Bound])
	line("whose work 承办岗位", code(c.Queue))
	if c.Warn != nil {
		line("warning 预警", "with the last "+period(*c.Warn)+" to go")
	}
	for _, s := range c.Escalate {
		line("when late 逾期升级", period(s.After)+" later to "+code(s.To))
	}
	line("again 循环", not(!c.Repeat, "met, it begins anew"))
	line("promise 承诺", not(!c.Promise, "its day is what the customer is promised"))
	line("after the case 结案后", not(!c.Survives, "it does not end with the case"))
}

func not(but bool, text string) string {
	if but {
		return ""
	}
	return text
}

func at(fact string) string {
	if fact == "" {
		return ""
	}
	return " (at `" + fact + "`)"
}

func fact(name string) string {
	if name == "" {
		return ""
	}
	return code(name)
}

// source names the law and the article; where several say the same, each with its own.
func source(r *rulebook.Rule) string {
	laws, articles := strings.Split(r.Instrument, ";"), strings.Split(r.Article, ";")
	for i := range laws {
		if laws[i] = strings.TrimSpace(laws[i]); len(articles) == len(laws) && r.Article != "" {
			laws[i] += ", article " + strings.TrimSpace(articles[i])
		}
	}
	s := strings.Join(laws, "; ")
	if len(articles) != len(laws) {
		s += ", article " + r.Article
	}
	if !r.From.IsZero() {
		s += ", from " + r.From.String()
	}
	if !r.To.IsZero() {
		s += " to " + r.To.String()
	}
	return s
}

// length is the rule's period, in both languages, or the company's own figure.
func length(r *rulebook.Rule, figure *rulebook.Period) string {
	rolls := ""
	if r.Roll == rulebook.RollNext {
		rolls = "; a last day of rest moves to the next working day 遇休息日顺延"
	}
	switch {
	case r.Unit.Period():
		p := rulebook.Period{Amount: r.Amount, Unit: r.Unit}
		return period(p) + " " + inChinese(p) + rolls
	case figure != nil:
		return fmt.Sprintf("%s %s, the company's own figure: the rule says “%s”", period(*figure), inChinese(*figure), strings.ReplaceAll(string(r.Unit), "_", " "))
	}
	return "the rule names no number"
}

func period(p rulebook.Period) string {
	s := strconv.Itoa(p.Amount) + " " + strings.ReplaceAll(string(p.Unit), "_", " ")
	if p.Amount > 1 {
		s += "s"
	}
	return s
}

func inChinese(p rulebook.Period) string {
	return strconv.Itoa(p.Amount) + map[rulebook.Unit]string{
		rulebook.Hour: "小时", rulebook.CalendarDay: "日", rulebook.WorkingDay: "个工作日", rulebook.Month: "个月", rulebook.Year: "年",
	}[p.Unit]
}

func conditions(when []rulebook.Condition) string {
	var out []string
	for _, c := range when {
		s := code(c.Fact) + " is "
		switch {
		case c.Is != "":
			s += code(c.Is)
		case c.Not != "":
			s += "not " + code(c.Not)
		case len(c.In) > 0:
			s += "one of " + list(c.In)
		case len(c.NotIn) > 0:
			s += "none of " + list(c.NotIn)
		case c.AtLeast != nil:
			s += "at least " + c.AtLeast.String()
		case c.AtMost != nil:
			s += "at most " + c.AtMost.String()
		case c.Above != nil:
			s += "above " + c.Above.String()
		case c.Below != nil:
			s += "below " + c.Below.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, " and ")
}
