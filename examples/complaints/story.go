package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel/privacy"
)

// handler is who handles the complaints: a desk, for the file does not say.
const handler = "complaints-desk"

// story is what becomes of one complaint.
type story struct {
	*matter
	crm    *crm.CRM
	branch string
}

// name is the number of the complaint in the database. It is also the key of what is done
// on a day, so that it is done once.
func (s *story) name() string { return s.branch + "-" + s.number }

// open does what happens on the day on which the complaint comes in.
func (s *story) open(ctx context.Context) error {
	return s.once(ctx, "open", func(c *crm.CRM) error {
		got, err := c.Complaints.Receive(numbered(ctx, s.name()), s.receipt())
		if err != nil {
			return err
		}
		return first(
			func() error { _, err := c.Complaints.Accept(ctx, got.ID, complaint.Acceptance{}); return err },
			func() error {
				_, err := c.Complaints.Classify(ctx, got.ID, complaint.Classification{Category: classify(s.reasons).category})
				return err
			},
			func() error {
				_, err := c.Complaints.Assign(ctx, got.ID, complaint.Assignment{Handler: handler})
				return err
			},
		)
	})
}

// receipt is the complaint as it comes in: by way of the regulator, who published it.
func (s *story) receipt() complaint.Receipt {
	in := complaint.Receipt{
		Anonymous: true, Via: complaint.ViaRegulator, Regulator: s.number, Channel: s.channel, Branch: s.branch,
		About:   complaint.Topic{Product: s.product},
		Content: privacy.New(strings.Join(append([]string{s.about}, s.reasons...), "; ")),
	}
	for _, p := range s.against {
		in.Against = append(in.Against, complaint.Accused{Kind: p.kind, Party: crm.Ref(p.id)})
	}
	return in
}

// end does what happens on the day on which the complaint is closed.
func (s *story) end(ctx context.Context) error {
	return s.once(ctx, "end", func(c *crm.CRM) error {
		got, err := c.Complaints.ByNumber(ctx, s.name())
		if err != nil {
			return err
		}
		findings, err := s.findings(ctx, c, got.ID)
		if err != nil {
			return err
		}
		return first(
			func() error { _, err := c.Complaints.Conclude(ctx, got.ID, findings); return err },
			func() error {
				_, err := c.Complaints.Resolve(ctx, got.ID, complaint.Decision{Measures: s.outcome()})
				return err
			},
			func() error {
				_, err := c.Complaints.Reply(ctx, got.ID, complaint.Answer{Notice: s.letter()})
				return err
			},
			func() error {
				_, err := c.Complaints.Close(ctx, got.ID, complaint.Closing{
					Satisfied: true, Cause: complaint.RootCause{Code: classify(s.reasons).cause},
				})
				return err
			},
		)
	})
}

// findings says of each respondent whether the complaint was right.
func (s *story) findings(ctx context.Context, c *crm.CRM, id crm.ID) (complaint.Conclusion, error) {
	var out complaint.Conclusion
	named, err := c.Complaints.Respondents(ctx, id)
	for _, r := range named {
		for _, p := range s.against {
			if r.Party == crm.Ref(p.id) {
				out.Findings = append(out.Findings, complaint.Found{Respondent: r.ID, Justified: p.right, Facts: said(p.resolved)})
			}
		}
	}
	return out, err
}

// letter is the reply. The regulator hands it over at once.
func (s *story) letter() complaint.Message {
	at := morning(s.closed, closing)
	return complaint.Message{Channel: "regulator", DispatchedAt: at, ArrivedAt: at, Text: s.outcome()}
}

// outcome is how the complaint was resolved.
func (s *story) outcome() privacy.Secret { return said(s.against[0].resolved) }

func said(words string) privacy.Secret { return privacy.New(cmp.Or(words, "The file does not say.")) }

// once does several commands as one, unless that was done in an earlier run.
func (s *story) once(ctx context.Context, what string, do func(*crm.CRM) error) error {
	err := s.crm.InTx(ctx, do, crm.Key(s.name()+"/"+what))
	if errors.Is(err, crm.ErrReplayed) {
		return nil
	}
	return err
}

// numberKey is where a context carries the number that the next complaint gets.
type numberKey struct{}

func numbered(ctx context.Context, number string) context.Context {
	return context.WithValue(ctx, numberKey{}, number)
}

// numbers gives complaints the numbers of the file, by way of the command's context.
type numbers struct{}

// Next implements number.Numberer.
func (numbers) Next(ctx context.Context, _ string, _ time.Time) (string, error) {
	if n, ok := ctx.Value(numberKey{}).(string); ok {
		return n, nil
	}
	return "", errors.New("only complaints of the file are numbered")
}
