package main

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/survey"
)

// website is the public endpoint that customers answer through: it may do nothing but what
// the key of an invitation allows.
var website = crm.Actor{ID: "website", Roles: []kernel.Role{survey.Respondent}}

// triggers are what campaigns wait for.
var triggers = []string{survey.ClaimClosed, survey.ComplaintReplied, survey.ServiceDelivered}

// questions publishes the questionnaire and has a year's campaigns begin each January.
func (w *insurer) questions() error {
	ctx := w.as(manager)
	q, err := w.crm.Surveys.Questionnaires.Draft(ctx, survey.Content{Code: "SERVICE", Title: label("Our service", "服务满意度"), Questions: []survey.Question{
		{Code: "nps", Kind: survey.NPS, Text: label("Would you recommend us?", "您是否愿意推荐我们？"), Required: true},
		{Code: "satisfied", Kind: survey.CSAT, Text: label("How satisfied are you?", "您对服务是否满意？"), Required: true},
		{Code: "why", Kind: survey.Text, Text: label("What went wrong?", "请告诉我们哪里做得不好。"), ShowIf: []survey.Condition{{Question: "satisfied", AtMost: new(2)}}},
	}})
	if err != nil {
		return err
	}
	if _, err := w.crm.Surveys.Questionnaires.Publish(ctx, q.ID); err != nil {
		return err
	}
	for year := range w.years {
		first := kernel.NewDate(lastYear-w.years+1+year, 1, 1)
		w.company.on(first, func() error { return w.ask(q.ID, first) })
	}
	return nil
}

// ask starts the campaigns of a year, after it has closed those of the year before.
func (w *insurer) ask(questionnaire crm.ID, first kernel.Date) error {
	for n, on := range triggers {
		if err := w.conclude(on); err != nil {
			return err
		}
		c, err := w.crm.Surveys.Campaigns.Draft(w.as(manager), survey.Plan{
			Code: fmt.Sprintf("%d-%d", first.Time().Year(), n+1), Title: label("Service of the year", "年度服务调查"), Purpose: "Where service is to become better.",
			Questionnaire: questionnaire, Method: survey.Online, Trigger: on, From: first, Low: survey.Thresholds{NPS: 4, CSAT: 2},
		})
		if err != nil {
			return err
		}
		err = w.together(manager, func(in *crm.CRM) []step {
			return []step{bare(in.Surveys.Campaigns.Schedule, c.ID), bare(in.Surveys.Campaigns.Start, c.ID)}
		})
		if err != nil {
			return err
		}
		w.campaigns[on] = c.ID
	}
	return nil
}

// conclude closes and analyses a campaign; what it proposes is carried out.
func (w *insurer) conclude(on string) error {
	id := w.campaigns[on]
	if id == "" {
		return nil
	}
	err := w.together(manager, func(c *crm.CRM) []step {
		return []step{
			with(c.Surveys.Campaigns.Close, id, survey.Grounds{Code: "year_end"}),
			with(c.Surveys.Campaigns.Analyse, id, survey.Conclusion{
				Summary:  said("waiting is what customers mind most"),
				Proposal: survey.Proposal{Cause: said("waiting"), Measure: said("tell customers how far their case is"), Unit: "service", Person: crm.Ref(deputy.ID), Due: w.today.AddDays(60)},
			}),
		}
	})
	if err != nil {
		return err
	}
	found, err := w.crm.Improvements.List(w.as(manager), improve.Filter{Source: improve.Source{Kind: improve.FromSurvey, ID: id.Ref()}}, kernel.List{Limit: 1})
	if err != nil || len(found.Items) == 0 {
		return err
	}
	w.company.carryOut(w.company.chance(), found.Items[0].ID)
	return nil
}

// asked sends the invitation that the library has made, where it has made one, and has
// the customer answer or not. The score depends on how the case went.
func (p *person) asked(on string, pain int) error {
	made, err := p.crm.Surveys.Invitations.List(p.as(machine), survey.InvitationFilter{Campaign: p.campaigns[on], State: survey.Created, Customer: p.ref()}, kernel.List{Limit: 1})
	if err != nil || len(made.Items) == 0 {
		return err
	}
	by := p.lane.chance()
	p.in(by.between(0, 2), func() error {
		sent, err := p.crm.Surveys.Invitations.Send(p.as(machine), made.Items[0].ID)
		switch {
		case errors.Is(err, crm.ErrState): // the campaign closed meanwhile
			return nil
		case err != nil:
			return err
		case by.one(55):
			p.in(by.between(0, 12), func() error { return p.answers(by, &sent, pain) })
		case by.one(8):
			p.in(by.between(0, 5), func() error { return unlessOver(p.crm.Surveys.Invitations.Refuse(p.as(website), sent.Key)) })
		}
		return nil
	})
	return nil
}

func (p *person) answers(by chance, to *survey.Invitation, pain int) error {
	nps := min(10, max(0, by.between(8, 11)-2*pain-by.IntN(3)*min(pain, 1)))
	satisfied := min(5, max(1, by.between(4, 6)-pain))
	list := []survey.Answer{survey.Score("nps", nps), survey.Score("satisfied", satisfied)}
	if satisfied <= 2 && by.one(50) {
		list = append(list, survey.Say("why", "it took too long"))
	}
	if err := done(p.crm.Surveys.Invitations.Submit(p.as(website), survey.Submission{Key: to.Key, Answers: list})); err != nil {
		return unlessOver(err)
	}
	return p.visited("invitation", to.ID, by.between(1, 4)) // who scored low is called
}

// unlessOver passes over that an answer came too late.
func unlessOver(err error) error {
	if errors.Is(err, crm.ErrState) {
		return nil
	}
	return err
}
