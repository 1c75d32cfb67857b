package rulebook_test

import (
	"testing"

	"github.com/coverkit/crm/kernel/rulebook"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	const measure = "银行业保险业消费投诉处理管理办法 (银保监会令2020年第3号)"
	for _, tt := range []struct {
		name, kind string
		facts      rulebook.Facts
		steps      []step
		clock      string
		en, zh     string
	}{
		{"a plain period", "complaint", rulebook.Facts{"line": "motor"}, []step{received("2026-09-16")}, decide,
			"Decide on the complaint and tell the complainant by 2026-10-01: 15 calendar days from 2026-09-16 (" + measure + ", article 18(1)).",
			"对投诉作出处理决定并告知投诉人，截止2026-10-01：15个自然日，自2026-09-16起算（" + measure + "第18(1)条）。"},
		{"a pause", "complaint", rulebook.Facts{"line": "motor"},
			[]step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "Continue", at: "2026-09-30"}}, decide,
			"Decide on the complaint and tell the complainant by 2026-10-11: 15 calendar days from 2026-09-16 (" + measure + ", article 18(1)); stopped from 2026-09-20 to 2026-09-30.",
			"对投诉作出处理决定并告知投诉人，截止2026-10-11：15个自然日，自2026-09-16起算（" + measure + "第18(1)条）；2026-09-20至2026-09-30中止。"},
		{"while it stands still", "complaint", rulebook.Facts{"line": "motor"},
			[]step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}}, decide,
			"Decide on the complaint and tell the complainant; the clock stands still: 15 calendar days from 2026-09-16 (" + measure + ", article 18(1)); stopped since 2026-09-20.",
			"对投诉作出处理决定并告知投诉人，期间中止计算：15个自然日，自2026-09-16起算（" + measure + "第18(1)条）；自2026-09-20起中止。"},
		{"moved over National Day", "claim", motor, []step{{event: "File", at: "2026-09-01", to: "filed"}}, complexCase,
			"Decide on the claim and tell the claimant the result by 2026-10-08: 30 calendar days from 2026-09-01 (保险法 (2015修正) ; 人身保险业务基本服务规定 (保监会令2010年第4号), article 23 ; 23); the last day was a day of rest, so that the next working day counts.",
			"对理赔申请作出核定并通知结果，截止2026-10-08：30个自然日，自2026-09-01起算（保险法 (2015修正) ; 人身保险业务基本服务规定 (保监会令2010年第4号)第23 ; 23条）；最后一日为休息日，顺延至下一工作日。"},
		{"a figure of the company", "claim", with(motor, "line", "compulsory_motor"), []step{{event: "Report", at: "2026-12-31 22:00", to: "reported"}}, "cn.mtpl.reply",
			"Answer the notice of the accident and explain the procedure by 2027-01-01 22:00: 24 hours from 2026-12-31 22:00 (机动车交通事故责任强制保险条例, article 27); the rule names no number, and this one is the company's own.",
			"答复事故通知并说明理赔程序，截止2027-01-01 22:00：24小时，自2026-12-31 22:00起算（机动车交通事故责任强制保险条例第27条）；规则未定期限，此为公司自定期限。"},
		{"agreed, and provisional", "claim", with(own, "assess_days", 1), []step{{event: "File", at: "2026-12-31", to: "filed"}}, ordinary,
			"Decide on the claim by 2027-01-01: 1 working day from 2026-12-31 (人身保险业务基本服务规定 (2010/4), article 23); the number is the contract's; provisional, for the calendar is not known that far.",
			"对理赔申请作出核定，截止2027-01-01：1个工作日，自2026-12-31起算（人身保险业务基本服务规定 (2010/4)第23条）；期限依合同约定；暂定，相应年度的日历尚未公布。"},
		{"a standard", "complaint", rulebook.Facts{"line": "motor"}, []step{received("2015-03-02")}, answer,
			"Decide on the complaint and tell the complainant by 2015-04-01: 30 calendar days from 2015-03-02 (company standard); a standard of the company, not law.",
			"对投诉作出处理决定并告知投诉人，截止2015-04-01：30个自然日，自2015-03-02起算（company standard）；此为公司标准，非法定期限。"},
		{"a notice on its way", "claim", own, []step{filed, asked}, ordinary,
			"Decide on the claim by 2026-02-14: 5 working days from 2026-02-09 (人身保险业务基本服务规定 (2010/4), article 23); a notice that stops it has not arrived yet, as far as is known.",
			"对理赔申请作出核定，截止2026-02-14：5个工作日，自2026-02-09起算（人身保险业务基本服务规定 (2010/4)第23条）；中止计算的通知尚无送达记录。"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, rulebook.Default(), tt.kind, tt.facts)
			for _, s := range tt.steps {
				d.do(s.event, s.at, s.to, s.facts)
			}
			for lang, want := range map[string]string{"en": tt.en, "zh-CN": tt.zh, "fr": tt.en} {
				if got := d.book.Explain(d.tasks[tt.clock], lang); got != want {
					t.Errorf("%s:\n got %s\nwant %s", lang, got, want)
				}
			}
		})
	}
}

func TestExplainOfSeveralDatesAndOfWhatIsGone(t *testing.T) {
	t.Parallel()
	b := extended(t, grace+`earliest"}]}`)
	d := newDesk(t, b, "policy", own)
	d.do("MissPremium", "2026-03-01", "grace", nil)
	d.do("Demand", "2026-03-20", "", nil)
	want := "Wait for the premium by 2026-04-19: 30 calendar days from 2026-03-20 (保险法 (2015修正), article 36(1)); the earliest of 2 dates."
	if got := b.Explain(d.tasks["grace"], "en"); got != want {
		t.Error(got)
	}
	gone := rulebook.Timer{Clock: "old", Begun: []rulebook.Term{{Rule: "old.rule", Unit: "promptly", Base: when(t, "2026-03-01")}}}
	if got := b.Explain(gone, ""); got != "old; the rule sets no number: (old.rule)." {
		t.Error(got)
	}
	if due, err := b.Due(gone); err != nil || !due.At.IsZero() || due.Paused {
		t.Errorf("%+v, %v", due, err)
	}
}
