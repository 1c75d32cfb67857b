package complaint_test

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/complaint"
)

// errNothing says that there was nothing to do.
var errNothing = errors.New("nothing to do")

// commands are what happens to complaints, in the library and on paper.
var commands = map[string]func(*insurer, *matter, *complaint.Complaint) error{
	"onward": (*insurer).onward,
	"facts": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		at := s.ago(m.base())
		err := last(s.AddFacts(who, m.id, complaint.Addition{At: at, Text: text("a witness")}))
		if err == nil {
			if m.restarted = at; m.level == 1 {
				m.taken, m.owed = 0, 0 // the earlier day was for the earlier facts
				m.moved(at, s.clock.Now(), false)
			}
		}
		return err
	},
	"suspend": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		after := m.received
		if n := len(m.pauses); n > 0 && m.pauses[n-1].until.After(after) {
			after = m.pauses[n-1].until
		}
		at := s.ago(after)
		err := last(s.Suspend(who, m.id, complaint.Pause{Kind: complaint.Appraisal, At: at}))
		if err == nil {
			m.pauses = append(m.pauses, span{from: at})
			if m.level == 1 {
				m.moved(at, s.clock.Now(), false)
			}
		}
		return err
	},
	"continue": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		if n := len(m.pauses); n == 0 || !m.pauses[n-1].until.IsZero() {
			return errNothing
		}
		p := &m.pauses[len(m.pauses)-1]
		at := s.ago(p.from)
		err := last(s.Continue(who, m.id, complaint.Resumption{At: at}))
		if err == nil {
			if p.until = at; m.level == 1 {
				m.moved(at, s.clock.Now(), false)
			}
		}
		return err
	},
	"extend": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		in := complaint.Extension{Reason: text("complex")}
		if s.IntN(2) == 0 {
			in.Notice.Channel = "sms"
		}
		err := last(s.Extend(who, m.id, in))
		if err == nil {
			s.extended(m, in.Notice.Channel != "")
		}
		return err
	},
	"again": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		err := last(s.ExtendAgain(who, m.id, complaint.SecondExtension{Approver: "boss", Reason: text("special"), Notice: complaint.Message{Channel: "sms"}}))
		if err == nil {
			s.extended(m, true)
		}
		return err
	},
	"progress": func(s *insurer, m *matter, c *complaint.Complaint) error {
		if m.news == nil || m.news.end != "" {
			return errNothing
		}
		who, _ := m.who()
		at := s.ago(m.news.base)
		err := last(s.Notify(who, m.id, complaint.Message{Kind: complaint.NoticeProgress, Channel: "sms", DispatchedAt: at}))
		if err == nil {
			m.heard(at, s.clock.Now())
		}
		return err
	},
	"arrived": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		for _, l := range got(s.Notices(owner, m.id))(s.t) {
			if l.ArrivedAt.IsZero() {
				return last(s.Notify(who, m.id, complaint.Message{Sent: l.ID})) // nothing follows for the insurer
			}
		}
		return errNothing
	},
	"withdraw": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		err := last(s.Withdraw(who, m.id, complaint.Remark{Text: text("settled")}))
		if err == nil {
			m.over(s.clock.Now())
			s.leave(m)
		}
		return err
	},
	"refuse": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		err := last(s.Refuse(who, m.id, complaint.Refusal{Reason: "out_of_scope", TurnTo: "the court", Notice: complaint.Message{Channel: "letter"}}))
		if err == nil {
			m.over(s.clock.Now())
			s.leave(m)
		}
		return err
	},
	"merge": func(s *insurer, m *matter, _ *complaint.Complaint) error {
		who, _ := m.who()
		i := slices.IndexFunc(s.open, func(o *matter) bool { return o != m && o.customer == m.customer && o.level == m.level })
		if i < 0 {
			return errNothing
		}
		o := s.open[i]
		before := m.promised
		if o.last(true) != 0 { // else the old day no longer holds, and nobody knows the new one
			before = min(before, o.promised)
		}
		err := last(s.Merge(who, m.id, complaint.Merging{Survivor: o.id, Reason: text("the same")}))
		if err == nil {
			m.over(s.clock.Now())
			s.leave(m)
			o.absorb(m, s.clock.Now())
			s.check("merge", o)
			if after := got(s.Get(owner, o.id))(s.t); after.PromisedBy > before {
				s.t.Fatalf("the merger bought time: from %s to %s\n%s\nand\n%s", before, after.PromisedBy, strings.Join(o.story, "\n"), strings.Join(m.story, "\n"))
			}
		}
		return err
	},
}

func (s *insurer) extended(m *matter, told bool) {
	now := s.clock.Now()
	if told && m.news != nil && m.news.end == "" {
		m.heard(now, now)
	}
	m.extensions++
	m.moved(now, now, false)
}

// leave takes a complaint out of those that may change.
func (s *insurer) leave(m *matter) {
	s.open = slices.DeleteFunc(s.open, func(o *matter) bool { return o == m })
}

// onward takes the next step to an answer, and what may follow it.
func (s *insurer) onward(m *matter, c *complaint.Complaint) error {
	who, handler := m.who()
	now := s.clock.Now()
	switch c.State {
	case complaint.Received:
		err := last(s.Accept(who, m.id, complaint.Acceptance{Notice: complaint.Message{Channel: "sms"}}))
		if err == nil {
			m.tell(now)
		}
		return err
	case complaint.Accepted:
		return last(s.Classify(who, m.id, service))
	case complaint.Classified:
		return last(s.Assign(who, m.id, complaint.Assignment{Handler: handler}))
	case complaint.Investigating:
		s.concluded(s.t, who, m.id)
	case complaint.Deciding:
		return last(s.Resolve(who, m.id, apology))
	case complaint.Resolved:
		return s.answered(m, c)
	case complaint.Replied:
		return s.after(m, c)
	}
	return nil
}

func (s *insurer) answered(m *matter, c *complaint.Complaint) error {
	who, _ := m.who()
	now, after := s.clock.Now(), c.ResolvedAt
	if m.base().After(after) {
		after = m.base()
	}
	at := s.ago(after)
	in := s.answer()
	in.Notice.DispatchedAt = at
	if s.IntN(2) == 0 {
		in.Notice.ArrivedAt = time.Time{}
	}
	err := last(s.Reply(who, m.id, in))
	if err == nil {
		m.finish(m.answer, "met", at, now)
		m.finish(m.news, "cancelled", at, now)
	}
	return err
}

// after the reply the complainant is satisfied, or is not.
func (s *insurer) after(m *matter, c *complaint.Complaint) error {
	who, _ := m.who()
	if m.level == 2 || s.IntN(2) == 0 {
		err := last(s.Close(who, m.id, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "none"}}))
		if err == nil {
			s.leave(m)
		}
		return err
	}
	at := s.ago(c.RepliedAt)
	first, err := s.ComplainAgain(who, m.id, complaint.Again{At: at, Content: text("not enough")})
	if err != nil {
		return err
	}
	s.leave(m)
	second := &matter{id: first.Second, customer: m.customer, level: 2, received: at}
	second.open()
	second.tell(s.clock.Now())
	s.add(second)
	s.check("complained again", second)
	return nil
}
