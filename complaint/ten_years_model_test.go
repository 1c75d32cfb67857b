package complaint_test

import (
	"time"

	"github.com/coverkit/crm/kernel"
)

// The measure of 2020 as a person with a paper calendar reads it: days are crossed out one
// by one. It knows nothing of the rulebook.
//
//   - The insurer decides within 15 days of the receipt, within 30 in all when the case is
//     complex, within 60 in all for special reasons (article 18). A review takes 30 (article
//     20). The day of the receipt is not counted, days are natural ones, and the last is the
//     last even when it is a day of rest (article 43).
//   - Days of an appraisal, inspection or mediation are not counted, those after its first up
//     to its last (articles 18 and 23). New facts begin the period anew (article 18). Neither
//     holds for a review.
//   - Telling is done in time by the dispatch (article 21).
//   - Mergers do not buy time: the earlier receipt and the earlier promise count.
//   - The company tells complainants every 7 days how far their matter is. It warns when the
//     last 3 days of a decision begin, the last 5 of a review, the last one before such news; a
//     day after a decision was due the manager hears of it.

// matter is one complaint.
type matter struct {
	id                  kernel.ID
	customer            kernel.Ref
	level, extensions   int
	received, restarted time.Time
	pauses              []span
	promised, owed      kernel.Date // to the complainant; to those whose complaints were merged into this one
	taken               int         // days that a merger took away
	answer, news        *duty
	duties              []*duty // all that there ever were
	log                 []step
	story               []string // for whoever has to find out
}

// span is a pause; it lasts while until is zero.
type span struct{ from, until time.Time }

// step is one of the things that time brings, and when it was noticed.
type step struct {
	At         time.Time
	What, Step string
}

// duty is what has to be done.
type duty struct {
	what    string
	base    time.Time
	on      kernel.Date
	due     time.Time // the first instant that is too late; zero: it stands still
	warning int       // days
	ladder  bool

	warned, late time.Time // the instants of the date for which somebody was warned, and from which it was late
	level        int
	end          string
}

func dayOf(t time.Time) kernel.Date { return kernel.DateOf(t.In(beijing)) }

var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// base is from when the days count.
func (m *matter) base() time.Time {
	if m.level == 1 && m.restarted.After(m.received) {
		return m.restarted
	}
	return m.received
}

// last crosses out days. Where asked, it stops at a pause that goes on: nobody knows the day.
func (m *matter) last(stopping bool) kernel.Date {
	days := [...]int{15, 30, 60}[m.extensions]
	if m.level == 2 {
		days = 30
	}
	day := dayOf(m.base())
	for days > 0 {
		day++
		counts := true
		for _, p := range m.pauses {
			switch {
			case m.level == 2 || day <= dayOf(p.from):
			case p.until.IsZero():
				if stopping {
					return 0
				}
			case day <= dayOf(p.until):
				counts = false
			}
		}
		if counts {
			days--
		}
	}
	return day.AddDays(-m.taken)
}

// promise is the day that the complainant may rely on. While nobody knows the new one it is
// the old one, and what others were owed stands.
func (m *matter) promise() {
	if m.answer.end == "" && m.last(true) != 0 {
		m.promised = m.answer.on
	}
	if m.owed != 0 {
		m.promised = min(m.promised, m.owed)
	}
}

func (d *duty) aim(on kernel.Date) {
	d.on, d.due = on, time.Time{}
	if on != 0 {
		d.due = on.AddDays(1).In(beijing).UTC()
	}
}

// warnAt is when the last days begin, or when everything begins.
func (d *duty) warnAt() time.Time {
	at := d.on.AddDays(1 - d.warning).In(beijing).UTC()
	if at.Before(d.base) {
		return d.base
	}
	return at
}

func (m *matter) begin(d *duty, on kernel.Date) *duty {
	d.aim(on)
	m.duties = append(m.duties, d)
	return d
}

// open begins the duty to answer.
func (m *matter) open() {
	d := &duty{what: "cn.complaint.decide", base: m.received, warning: 3, ladder: true}
	if m.level == 2 {
		d.what, d.warning = "cn.complaint.review-decide", 5
	}
	m.answer = m.begin(d, m.last(true))
}

// tell begins the seven days to the next news.
func (m *matter) tell(at time.Time) {
	m.news = m.begin(&duty{what: "company.complaint.progress", base: at, warning: 1}, dayOf(at).AddDays(7))
}

const stamp = "2006-01-02 15:04"

func (m *matter) tale(what string, now time.Time) {
	m.story = append(m.story, now.Format(stamp)+" "+what)
}

// settle notes that the duty was late before something happened at that instant.
func (m *matter) settle(d *duty, at, now time.Time) {
	if d.late.IsZero() && !d.due.IsZero() && !at.Before(d.due) {
		d.late = d.due
		m.log = append(m.log, step{now, d.what, "Breach"})
		m.tale("breach", now)
	}
}

// moved finds the day of the answer again, because of what happened at that instant. A
// merger excuses nothing.
func (m *matter) moved(at, now time.Time, merger bool) {
	if m.answer.end != "" {
		return
	}
	m.tale("moved at "+at.Format(stamp), now)
	d := m.answer
	m.settle(d, at, now)
	on := m.last(true)
	d.base = m.base()
	next := *d
	next.aim(on)
	switch {
	case d.late.IsZero():
	case !merger && at.Before(d.late):
		if on == 0 || now.Before(next.due) {
			d.late, d.level = time.Time{}, 0 // it was known too late that there was time
		} else {
			d.late = next.due
		}
	case on != 0 && next.due.Before(d.late): // an earlier receipt came to light
		d.late = next.due
	}
	if on == 0 && !d.late.IsZero() {
		return // what is late stays late
	}
	if d.aim(on); on != 0 && !d.warned.Equal(d.warnAt()) {
		d.warned = time.Time{}
	}
}

// finish ends a duty with what happened at that instant.
func (m *matter) finish(d *duty, end string, at, now time.Time) {
	if d == nil || d.end != "" {
		return
	}
	if m.settle(d, at, now); !d.late.IsZero() && at.Before(d.late) {
		d.late = time.Time{} // in time, and written down too late
	}
	if d.end = end; end == "met" && !d.late.IsZero() {
		d.end = "met_late"
	}
}

// heard ends the wait for news and begins the next.
func (m *matter) heard(at, now time.Time) {
	m.finish(m.news, "met", at, now)
	m.tell(at)
}

// over ends everything that is owed.
func (m *matter) over(now time.Time) {
	m.finish(m.answer, "cancelled", now, now)
	m.finish(m.news, "cancelled", now, now)
}

// absorb takes another matter of the same person over.
func (m *matter) absorb(o *matter, now time.Time) {
	if m.owed == 0 || o.promised < m.owed {
		m.owed = o.promised
	}
	if o.received.Before(m.received) {
		m.received = o.received
	}
	m.taken += max(int(m.last(false)-o.promised), 0)
	m.moved(m.received, now, true)
}

// sweep does what time has brought.
func (m *matter) sweep(now time.Time) {
	for _, d := range m.duties {
		if d.end != "" || d.due.IsZero() {
			continue
		}
		m.settle(d, now, now)
		switch {
		case d.late.IsZero():
			if at := d.warnAt(); d.warned.IsZero() && !now.Before(at) {
				d.warned = at
				m.log = append(m.log, step{now, d.what, "Warn"})
			}
		case d.ladder && d.level == 0 && !now.Before(d.on.AddDays(2).In(beijing)):
			d.level = 1
			m.log = append(m.log, step{now, d.what, "Escalate"})
		}
	}
}
