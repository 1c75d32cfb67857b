package crm_test

import (
	"context"
	"reflect"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// looks asks everything: each list to its end in pages of two, each figure, and every
// question about every record that the office has come across.
func (o *office) looks(p *plans) {
	o.Helper()
	o.lists()
	o.figures(p)
	o.records()
}

func (o *office) lists() {
	o.Helper()
	typeList := reflect.TypeFor[kernel.List]()
	for _, action := range sortedKeys(o.methods) {
		m := o.methods[action]
		typ := m.fn.Type()
		if last := typ.NumIn() - 1; m.command || m.byID || last < 1 || typ.In(last) != typeList || typ.Out(0).Kind() != reflect.Struct {
			continue
		}
		if action == "customer.Find" || action == "member.EvaluateTiers" {
			continue // with something to find, below
		}
		var before []any
		for i := 1; i < typ.NumIn()-1; i++ {
			before = append(before, reflect.Zero(typ.In(i)).Interface())
		}
		if typ.NumIn() > 2 && typ.In(1) == reflect.TypeFor[kernel.Ref]() {
			continue // of a customer, below
		}
		o.pages(access.Manager, action, before...)
	}
}

func (o *office) figures(p *plans) {
	o.Helper()
	zhang := p.zhang.Ref()
	for _, by := range []customer.Search{
		{Document: customer.Document{Kind: customer.ResidentID, Number: secret(canaries["identity number"])}},
		{Phone: secret(canaries["phone"])}, {Email: secret(canaries["e-mail"])}, {NamePrefix: "张"},
	} {
		o.pages(access.Agent, "customer.Find", by)
	}
	o.pages(access.Manager, "member.EvaluateTiers", member.Evaluating{Program: p.program})
	for _, action := range []string{"policy.ForCustomer", "benefit_grant.List", "benefit.Told", "sign_up.List"} {
		o.pages(access.Manager, action, zhang)
	}
	ask := func(action string, in ...any) { o.Helper(); o.must(o.say(o.actor(access.Manager), action, in...)) }
	ask("benefit.ForCustomer", zhang)
	ask("member.ForCustomer", zhang)
	ask("claim.Accumulators", p.policy.Ref())
	ask("policy.CoverAt", p.policy.Ref(), noon)
	ask("policy.CoversAt", []policy.Occasion{{Policy: p.policy.Ref(), At: noon}})
	ask("product.OnSale", "ACC")
	ask("program.ByCode", "CLUB")
	ask("questionnaire.Published", "claims")
	ask("staff.ByActor", "agent-1")
	ask("customer.Overview", p.zhang)
	ask("claim.ByNumber", look[claim.Claim](o, access.Manager, "claim.Get", p.claim).Number)
	ask("policy.ByNumber", look[policy.Policy](o, access.Manager, "policy.Get", p.policy).Number)
	ask("complaint.ByNumber", look[complaint.Complaint](o, access.Manager, "complaint.Get", p.complaint).Number)
	ask("member.ByNumber", look[member.Member](o, access.Manager, "member.Get", p.member).Number)
	ask("payment.ByOwner", payment.Owner{Kind: "claim", ID: p.claim})
	for _, due := range look[[]payment.Payment](o, access.Manager, "claim.Payments", p.claim) {
		ask("payment.ByKey", due.BusinessKey)
	}
	ask("service_order.ByNumber", look[kernel.Page[member.ServiceOrder]](o, access.Manager, "service_order.List", member.OrderFilter{}, kernel.List{}).Items[0].Number)
	ask("improvement.Counts")
	ask("training.Results")
	ask("complaint.Analyse", complaint.Period{From: kernel.NewDate(2026, 11, 1), To: kernel.NewDate(2026, 12, 31)})
	period := member.ReportPeriod{From: kernel.NewDate(2026, 11, 1), To: kernel.NewDate(2026, 12, 31)}
	ask("benefit.SuperviseBenefits", member.Supervising{Period: period})
	ask("benefit.EvaluateServices", period)
	ask("survey.Scores", survey.Query{Kind: survey.CSAT})
	ask("survey.Trend", survey.Query{Kind: survey.CSAT})
	ask("survey.Quality", survey.QualityQuery{})
	ask("journal.Verify")
	o.relays()
	// What was never there.
	for _, none := range [][2]string{{"claim.ByNumber", "C-none"}, {"policy.ByNumber", "P-none"}, {"program.ByCode", "NONE"}, {"staff.ByActor", "nobody"}} {
		o.refused(kernel.ErrNotFound, access.Manager, none[0], none[1])
	}
}

// relays hands the whole journal to another system, each entry of which is an answer.
func (o *office) relays() {
	o.Helper()
	system := o.actor(access.System)
	a := o.must(o.say(system, "journal.Relay", "warehouse", func(_ context.Context, e crm.Entry) error {
		o.log = append(o.log, act{who: system, action: "journal.Relay", out: []any{e}})
		return nil
	}))
	if n := a.out[0].(int); n < 100 {
		o.Errorf("%q relays %d entries", o.tenant, n)
	}
}

// given is what some questions need besides the key.
var given = map[string][]any{
	"member.TierOn": {kernel.NewDate(2026, 12, 26)},
	"task.Explain":  {"en"},
}

// askedOf are the questions that are asked about a record of another kind than their own.
var askedOf = map[string]reflect.Type{
	"claim.AccumulatorHistory": reflect.TypeFor[claim.Accumulator](),
	"appraisal.ForStaff":       reflect.TypeFor[member.Staff](),
}

// subject returns the type of record that the method is about: that which Get returns.
func (o *office) subject(action string) reflect.Type {
	if typ, ok := askedOf[action]; ok {
		return typ
	}
	kind, _, _ := strings.Cut(action, ".")
	get, ok := o.methods[kind+".Get"]
	if !ok {
		o.Fatalf("%s is about a record, but there is no %s.Get", action, kind)
	}
	return get.fn.Type().Out(0)
}

// records asks every question about every record that was ever answered.
func (o *office) records() {
	o.Helper()
	seen := o.seen()
	for _, action := range sortedKeys(o.methods) {
		if m := o.methods[action]; m.byID && !m.command {
			for _, id := range seen[o.subject(action)] {
				o.say(o.actor(access.Manager), action, append([]any{id}, given[action]...)...)
			}
		}
	}
}

// seen lists the keys of all records that the office was ever answered with, by type.
func (o *office) seen() map[reflect.Type][]kernel.ID {
	seen, known := map[reflect.Type][]kernel.ID{}, map[kernel.ID]bool{}
	for _, a := range o.log {
		if a.err != nil || len(a.out) == 0 {
			continue
		}
		for _, v := range recordsIn(reflect.ValueOf(a.out[0])) {
			if id := v.FieldByName("ID").Interface().(kernel.ID); !known[id] {
				known[id] = true
				seen[v.Type()] = append(seen[v.Type()], id)
			}
		}
	}
	return seen
}

// recordsIn lists the records of an answer: itself, a list or a page.
func recordsIn(v reflect.Value) (recs []reflect.Value) {
	v = reflect.Indirect(v)
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			recs = append(recs, recordsIn(v.Index(i))...)
		}
	case reflect.Struct:
		if strings.HasPrefix(v.Type().Name(), "Page[") {
			return recordsIn(v.FieldByName("Items"))
		}
		if f, ok := v.Type().FieldByName("ID"); ok && f.Type == reflect.TypeFor[kernel.ID]() && !v.FieldByName("ID").IsZero() {
			recs = append(recs, v)
		}
	}
	return recs
}
