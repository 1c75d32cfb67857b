package main

import (
	"fmt"
	"strings"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// workflows writes every workflow: its states, diagrams and events.
func workflows() string {
	var b strings.Builder
	describe(&b, customer.Lifecycle, "`crm.CRM.Customers`, package `customer`")
	describe(&b, policy.ProductLife, "`crm.CRM.Products`, package `policy`")
	describe(&b, policy.ApplicationLife, "`crm.CRM.Applications`, package `policy`")
	describe(&b, policy.ObjectionLife, "`crm.CRM.Applications`, as part of an application: `Object`, `Clear`, `Uphold`, `ReopenObjection`")
	describe(&b, policy.PolicyLife, "`crm.CRM.Policies`, package `policy`")
	describe(&b, claim.Lifecycle, "`crm.CRM.Claims`, package `claim`")
	describe(&b, complaint.Lifecycle, "`crm.CRM.Complaints`, package `complaint`")
	describe(&b, customer.VisitLife, "`crm.CRM.Visits`, package `customer`")
	describe(&b, improve.Lifecycle, "`crm.CRM.Improvements`, package `backoffice/improve`")
	describe(&b, member.ProgramLife, "`crm.CRM.Membership.Programs`, package `member`")
	describe(&b, member.Lifecycle, "`crm.CRM.Membership.Members`, package `member`")
	describe(&b, member.BenefitLifecycle, "`crm.CRM.Membership.Benefits`, package `member`")
	describe(&b, member.GrantLifecycle, "`crm.CRM.Membership.Quotas`, package `member`")
	describe(&b, member.ToldLifecycle, "nobody directly; it follows from what a member does")
	describe(&b, member.OrderLifecycle, "`crm.CRM.Membership.Orders`, package `member`")
	describe(&b, member.PartnerLifecycle, "`crm.CRM.Membership.Partners`, package `member`")
	describe(&b, member.ActivityLifecycle, "`crm.CRM.Membership.Activities`, package `member`")
	describe(&b, member.SignUpLifecycle, "`crm.CRM.Membership.SignUps`, package `member`")
	describe(&b, member.StaffLife, "`crm.CRM.Membership.Staff`, package `member`")
	describe(&b, member.CourseLife, "`crm.CRM.Membership.Courses`, package `member`")
	describe(&b, member.TrainingLife, "`crm.CRM.Membership.Trainings`, package `member`")
	describe(&b, member.AppraisalLife, "`crm.CRM.Membership.Appraisals`, package `member`")
	describe(&b, survey.QuestionnaireLife, "`crm.CRM.Surveys.Questionnaires`, package `survey`")
	describe(&b, survey.CampaignLife, "`crm.CRM.Surveys.Campaigns`, package `survey`")
	describe(&b, survey.InvitationLife, "`crm.CRM.Surveys.Invitations`, package `survey`")
	describe(&b, survey.InspectionLife, "`crm.CRM.Surveys.Inspections`, package `survey`")
	describe(&b, claim.AccumulatorLifecycle, "nobody directly; claims that are approved or reassessed give them")
	describe(&b, payment.Lifecycle, "`crm.CRM.Payments`, package `backoffice/payment`; rooms open payments")
	describe(&b, task.Lifecycle, "`crm.CRM.Tasks`; most are given by the cases themselves, as the rulebook says, and by `Tasks.Sweep`")
	describe(&b, reveal.Lifecycle, "nobody directly; the `Reveal` of every room gives them")
	return b.String()
}

// describe writes one workflow; given says who gives its commands.
func describe[S, E ~string](b *strings.Builder, m *workflow.Machine[S, E], given string) {
	t := m.Table()
	fmt.Fprintf(b, "## %s %s\n\nCommands: %s.\n\n", t.Label.EN, t.Label.ZH, given)
	fmt.Fprintf(b, "```mermaid\n%s```\n\n<details><summary>中文流程图</summary>\n\n```mermaid\n%s```\n\n</details>\n\n",
		m.Mermaid("en"), m.Mermaid("zh"))
	b.WriteString("| state | English | 中文 | whose turn |\n|---|---|---|---|\n")
	for _, s := range t.States {
		row(b, code(string(s.Name)), s.Label.EN, s.Label.ZH, turn[s.Class])
	}
	b.WriteString("\n| event | English | 中文 | from | to | who | guards | |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range t.Rows {
		row(b, code(string(r.Event)), r.Label.EN, r.Label.ZH, from(&r), to(&r), list(r.Who), list(r.Guards), r.Note)
	}
	b.WriteString("\n")
}

var turn = map[workflow.Class]string{workflow.Open: "the insurer's", workflow.Waiting: "the other side's", workflow.Ended: "ended"}

func from[S, E ~string](r *workflow.Row[S, E]) string {
	states := list(r.From)
	switch {
	case r.Create:
		return "(new)"
	case r.AnyOpen && states != "":
		return states + ", any that has not ended"
	case r.AnyOpen:
		return "any that has not ended"
	}
	return states
}

func to[S, E ~string](r *workflow.Row[S, E]) string {
	switch {
	case r.AnyState:
		return "(any)"
	case r.IsNote():
		return "(stays)"
	}
	return code(string(r.To))
}

// row writes one line of a table.
func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		fmt.Fprintf(b, "| %s ", strings.ReplaceAll(c, "|", `\|`))
	}
	b.WriteString("|\n")
}

func list[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = code(string(w))
	}
	return strings.Join(out, ", ")
}

func code(s string) string { return "`" + s + "`" }
