package rulebook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/kernel"
)

// Explain says when the timer is due and why: what has to be done, the period, the rule
// and its article, the day from which it runs, whose number it is, and what stopped or
// moved it. lang is "en" or "zh"; any other is "en". A timer that no book made is
// explained by nothing: "".
func (b *Book) Explain(t Timer, lang string) string {
	d, term, err := b.drive(&t)
	if err != nil {
		return ""
	}
	loc, err := b.location(term.Zone)
	if err != nil {
		loc = time.UTC
	}
	w := &english
	if chinese(lang) {
		w = &mandarin
	}
	rule := b.version(term.Rule, term.Version)
	parts := []string{strings.TrimSpace(w.period(term, loc) + w.source(term, rule))}
	add := func(s string) { parts = append(parts, s) }
	switch {
	case term.By == byContract:
		add(w.contract)
	case term.By == byCompany:
		add(w.company)
	case rule != nil && rule.Standard:
		add(w.standard)
	}
	for _, p := range t.Pauses {
		switch from := kernel.DateOf(p.From.In(loc)); {
		case p.From.IsZero():
			add(w.waiting)
		case p.Until.IsZero():
			add(fmt.Sprintf(w.stopped, from))
		default:
			add(fmt.Sprintf(w.stop, from, kernel.DateOf(p.Until.In(loc))))
		}
	}
	if b.moved(term, t.Pauses, d) {
		add(w.rolled)
	}
	if n := len(t.Begun); n > 1 {
		add(fmt.Sprintf(w.order(t.Latest), n))
	}
	if d.Provisional {
		add(w.provisional)
	}
	return b.what(t.Clock, lang) + w.when(d, term, loc) + w.colon + strings.Join(parts, w.comma) + w.end
}

// what has to be done; a clock that is gone says it by its name.
func (b *Book) what(clock, lang string) string {
	if c := b.clocks[clock]; c != nil {
		return c.Text.In(lang)
	}
	return clock
}

// moved reports whether the last day was a day of rest.
func (b *Book) moved(t *Term, pauses []Interval, d Due) bool {
	if t.Roll != RollNext || d.At.IsZero() {
		return false
	}
	still := *t
	still.Roll = NoRoll
	before, err := b.ends(&still, pauses)
	return err == nil && before.On != d.On
}

// language holds the phrases of an explanation.
type language struct {
	by, paused, unset                    string // after what has to be done
	span, from, law, name                string
	units                                map[Unit]string
	contract, company, standard, waiting string
	stopped, stop, rolled                string
	earliest, latest, provisional        string
	colon, comma, end                    string
}

var english = language{
	by: " by %s", paused: "; the clock stands still", unset: "; the rule sets no number",
	span: "%d %s", from: " from %s", law: " (%s, article %s)", name: " (%s)",
	units:    map[Unit]string{Hour: "hours", CalendarDay: "calendar days", WorkingDay: "working days", Month: "months", Year: "years"},
	contract: "the number is the contract's", company: "the rule names no number, and this one is the company's own",
	standard: "a standard of the company, not law", waiting: "a notice that stops it has not arrived yet, as far as is known",
	stopped: "stopped since %s", stop: "stopped from %s to %s",
	rolled:   "the last day was a day of rest, so that the next working day counts",
	earliest: "the earliest of %d dates", latest: "the latest of %d dates",
	provisional: "provisional, for the calendar is not known that far",
	colon:       ": ", comma: "; ", end: ".",
}

var mandarin = language{
	by: "，截止%s", paused: "，期间中止计算", unset: "，规则未定期限",
	span: "%d%s", from: "，自%s起算", law: "（%s第%s条）", name: "（%s）",
	units:    map[Unit]string{Hour: "小时", CalendarDay: "个自然日", WorkingDay: "个工作日", Month: "个月", Year: "年"},
	contract: "期限依合同约定", company: "规则未定期限，此为公司自定期限",
	standard: "此为公司标准，非法定期限", waiting: "中止计算的通知尚无送达记录",
	stopped: "自%s起中止", stop: "%s至%s中止",
	rolled:   "最后一日为休息日，顺延至下一工作日",
	earliest: "以%d个日期中最早者为准", latest: "以%d个日期中最晚者为准",
	provisional: "暂定，相应年度的日历尚未公布",
	colon:       "：", comma: "；", end: "。",
}

func (w *language) order(latest bool) string {
	if latest {
		return w.latest
	}
	return w.earliest
}

func (w *language) when(d Due, t *Term, loc *time.Location) string {
	switch {
	case d.Paused:
		return w.paused
	case d.At.IsZero():
		return w.unset
	}
	return fmt.Sprintf(w.by, day(d.At, d.On, t.Unit, loc))
}

// period says how long and from when.
func (w *language) period(t *Term, loc *time.Location) string {
	s := ""
	if unit, ok := w.units[t.Unit]; ok {
		s = fmt.Sprintf(w.span, t.Amount, unit)
		if t.Amount == 1 {
			s = strings.TrimSuffix(s, "s")
		}
		s += fmt.Sprintf(w.from, day(t.Base, kernel.DateOf(t.Base.In(loc)), t.Unit, loc))
	}
	return s
}

func (w *language) source(t *Term, r *Rule) string {
	switch {
	case r == nil:
		return fmt.Sprintf(w.name, t.Rule)
	case r.Article == "" || !slices.Contains([]byte("0123456789"), r.Article[0]):
		return fmt.Sprintf(w.name, r.Instrument)
	}
	return fmt.Sprintf(w.law, r.Instrument, r.Article)
}

// day writes an instant for hours, else the day.
func day(at time.Time, on kernel.Date, unit Unit, loc *time.Location) string {
	if unit == Hour {
		return at.In(loc).Format("2006-01-02 15:04")
	}
	return on.String()
}

// chinese reports whether the tag names Chinese.
func chinese(lang string) bool {
	base, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	return strings.EqualFold(base, "zh")
}
