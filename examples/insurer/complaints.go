package main

import (
	"fmt"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/survey"
)

// grievance is a complaint, from the day on which it is received.
type grievance struct {
	*lane
	chance
	who      *person
	cause    string
	category complaint.Category
	topic    complaint.Topic
	against  []complaint.Accused

	id      crm.ID
	handler crm.Actor
	level   int
	major   bool
	pain    int
	replied bool
}

// service complains about something other than a claim, some day.
func (g *grievance) service() {
	switch g.IntN(4) {
	case 0:
		g.cause, g.category = pick(g.chance, "sales.misleading", "sales.disclosure"), complaint.CategorySales
		g.against = []complaint.Accused{{Kind: complaint.Person, Party: crm.Ref(agent.ID)}}
	case 1:
		g.cause, g.category = pick(g.chance, "product.terms", "product.design"), complaint.CategoryProduct
	default:
		g.cause, g.category = pick(g.chance, "service.attitude", "service.delay", "service.mistake", "service.system"), complaint.CategoryService
	}
	g.in(g.between(20, 365*g.years), g.receive)
}

func (g *grievance) receive() error {
	g.level, g.handler = 1, staff(access.ComplaintHandler, g.between(1, 4))
	in := complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: g.who.ref()}}, Channel: pick(g.chance, "phone", "app", "letter"),
		About: g.topic, Against: g.against, Content: said("in the customer's own words"),
	}
	g.who.matters++
	in.About.Other = crm.Ref(fmt.Sprintf("matter-%d-%d", g.number, g.who.matters))
	if g.one(10) {
		in.Via, in.Regulator = complaint.ViaRegulator, "forwarded"
	}
	if g.one(5) {
		in.Complainants, in.Anonymous = nil, true
	}
	c, err := g.crm.Complaints.Receive(g.as(staff(access.Adviser, 1)), in)
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	g.id = c.ID
	switch {
	case g.one(4):
		g.in(g.between(0, 3), func() error {
			return done(g.crm.Complaints.Refuse(g.as(g.handler), g.id, complaint.Refusal{Reason: "before_court", TurnTo: "the court", Notice: letter(g)}))
		})
	case g.one(6):
		g.in(g.between(1, 6), func() error {
			return done(g.crm.Complaints.Withdraw(g.as(adviser), g.id, complaint.Remark{Text: said("settled")}))
		})
	default:
		g.in(g.wait(1), g.accept)
	}
	return nil
}

// letter is what the complainant is sent. It arrives in the same moment.
func letter(g *grievance) complaint.Message {
	return complaint.Message{Channel: "sms", ArrivedAt: g.clock.Now()}
}

// accept takes the complaint on. A few are put right at once, a few are major.
func (g *grievance) accept() error {
	g.major = g.one(9)
	spot := !g.major && g.one(22)
	kind := complaint.Classification{Category: g.category}
	if g.major {
		kind.Severity, kind.Supervisor = complaint.Major, crm.Ref(manager.ID)
	}
	err := g.together(g.handler, func(c *crm.CRM) []step {
		list := []step{with(c.Complaints.Accept, g.id, complaint.Acceptance{Notice: letter(g)})}
		if spot {
			return append(list, with(c.Complaints.ResolveOnTheSpot, g.id, complaint.SpotDecision{Classification: kind, Verdict: complaint.Justified, Decision: g.decision(0)}))
		}
		return append(list,
			with(c.Complaints.Classify, g.id, kind),
			with(c.Complaints.Assign, g.id, complaint.Assignment{Handler: crm.Ref(g.handler.ID)}))
	})
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	if spot {
		return g.reply()
	}
	g.in(g.between(5, 8), g.report)
	g.detours()
	return nil
}

// report tells the complainant how far it is, every week or so.
func (g *grievance) report() error {
	if g.replied {
		return nil
	}
	g.in(g.between(5, 8), g.report)
	news := letter(g)
	news.Kind = complaint.NoticeProgress
	return done(g.crm.Complaints.Notify(g.as(g.handler), g.id, news))
}

// detours are what keeps some complaints for longer: more time is taken, days are not
// counted, or nobody comes to it.
func (g *grievance) detours() {
	switch n := g.IntN(100); {
	case n < 10: // the longer period of a complex case
		g.in(g.between(8, 13), func() error {
			return done(g.crm.Complaints.Extend(g.as(g.handler), g.id, complaint.Extension{Reason: said("an expert is asked"), Notice: letter(g)}))
		})
		g.in(g.between(16, 33), g.conclude)
	case n < 13: // and the longest
		g.in(10, func() error {
			return done(g.crm.Complaints.Extend(g.as(g.handler), g.id, complaint.Extension{Reason: said("an expert is asked"), Notice: letter(g)}))
		})
		g.in(25, func() error {
			return done(g.crm.Complaints.ExtendAgain(g.as(g.handler), g.id, complaint.SecondExtension{Approver: crm.Ref(manager.ID), Reason: said("abroad"), Notice: letter(g)}))
		})
		g.in(g.between(35, 55), g.conclude)
	case n < 20: // an appraisal, whose days are not counted
		g.in(3, func() error {
			return done(g.crm.Complaints.Suspend(g.as(g.handler), g.id, complaint.Pause{Kind: complaint.Appraisal, Notice: letter(g)}))
		})
		g.in(g.between(8, 20), func() error {
			g.in(g.wait(4), g.conclude)
			return done(g.crm.Complaints.Continue(g.as(g.handler), g.id, complaint.Resumption{}))
		})
	case n < 27: // it lies about
		g.pain++
		g.in(g.between(14, 30), g.conclude)
	default:
		g.in(g.wait(6), g.conclude)
	}
}

// conclude ends the investigation and decides, or proposes where two have to.
func (g *grievance) conclude() error {
	right := g.one(55)
	found, err := g.findings(right)
	if err != nil {
		return err
	}
	money := int64(0)
	if right && g.one(40) {
		money = int64(g.between(1, 10)) * 100
	}
	err = g.together(g.handler, func(c *crm.CRM) []step {
		list := []step{with(c.Complaints.Conclude, g.id, found)}
		if g.major {
			return append(list, with(c.Complaints.Refer, g.id, g.decision(money)))
		}
		return append(list, with(c.Complaints.Resolve, g.id, g.decision(money)))
	})
	if err != nil {
		return fmt.Errorf("conclude: %w", err)
	}
	if !right {
		g.pain++
		g.cause = "none"
	} else if g.one(35) {
		g.improve()
	}
	if !g.major {
		g.in(g.wait(1), g.reply)
		return nil
	}
	g.in(g.between(0, 2), func() error {
		g.in(0, g.reply)
		return done(g.crm.Complaints.Countersign(g.as(manager), g.id, complaint.Remark{}))
	})
	return nil
}

func (g *grievance) findings(right bool) (complaint.Conclusion, error) {
	named, err := g.crm.Complaints.Respondents(g.as(g.handler), g.id)
	if err != nil {
		return complaint.Conclusion{}, err
	}
	found := complaint.Found{Justified: right, Facts: said("files and calls were looked through")}
	var out complaint.Conclusion
	for _, r := range named {
		found.Respondent = r.ID
		out.Findings = append(out.Findings, found)
	}
	if len(named) == 0 {
		out.Findings = []complaint.Found{found}
	}
	return out, nil
}

func (g *grievance) decision(money int64) complaint.Decision {
	return complaint.Decision{Measures: said("explained and put right"), Compensation: yuan(money), Apology: money > 0, Cause: complaint.RootCause{Code: g.cause}}
}

// reply tells the decision. Some are satisfied, some complain again, most let the time
// for that pass.
func (g *grievance) reply() error {
	g.replied = true
	notice := letter(g)
	notice.Text = said("what was found and decided")
	if err := done(g.crm.Complaints.Reply(g.as(g.handler), g.id, complaint.Answer{Notice: notice})); err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	switch {
	case g.level == 1 && g.one(10+10*float64(g.pain)):
		g.in(g.between(2, 25), g.again)
	case g.one(55):
		g.in(g.between(1, 6), func() error { return g.close(true) })
	default:
		g.in(35, func() error { return g.close(false) })
	}
	return g.follow()
}

// follow calls on the complainant and asks how it was.
func (g *grievance) follow() error {
	c, err := g.crm.Complaints.Get(g.as(g.handler), g.id)
	if err != nil || c.Customer == "" {
		return err
	}
	if err := g.who.asked(survey.ComplaintReplied, 1+g.pain+g.level-1); err != nil || !g.one(40) {
		return err
	}
	return g.who.callBack(g.id, g.between(1, 4))
}

func (g *grievance) close(satisfied bool) error {
	return done(g.crm.Complaints.Close(g.as(g.handler), g.id, complaint.Closing{Satisfied: satisfied, Cause: complaint.RootCause{Code: g.cause}}))
}

// again is a complaint of level 2: for another handler, and accepted at once.
func (g *grievance) again() error {
	c, err := g.crm.Complaints.ComplainAgain(g.as(adviser), g.id, complaint.Again{Content: said("not satisfied")})
	if err != nil {
		return fmt.Errorf("complain again: %w", err)
	}
	g.id, g.level, g.major, g.pain, g.replied = c.Second, 2, false, g.pain+1, false
	for first := g.handler.ID; g.handler.ID == first; {
		g.handler = staff(access.ComplaintHandler, g.between(1, 4))
	}
	err = g.together(g.handler, func(c *crm.CRM) []step {
		return []step{
			with(c.Complaints.Classify, g.id, complaint.Classification{Category: g.category}),
			with(c.Complaints.Assign, g.id, complaint.Assignment{Handler: crm.Ref(g.handler.ID)}),
		}
	})
	g.in(g.between(5, 8), g.report)
	g.in(g.wait(9), g.conclude)
	return err
}
