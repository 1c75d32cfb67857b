package claim

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// MissingRequest asks for what is missing.
type MissingRequest struct {
	Also    []string       // kinds of document besides those of the checklist
	Channel string         // by which the claimant is told
	Reason  privacy.Secret // needed for a second request
}

// RequestDocuments tells the claimant everything that is missing, once and completely
// (Insurance Law article 22). The checklist's gaps are listed by themselves. A second
// request needs a reason, and stops no statutory clock.
func (s *Service) RequestDocuments(ctx context.Context, id kernel.ID, in MissingRequest, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventRequestDocuments, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCodes(f, "also", in.Also)
			checkOptional(f, "channel", in.Channel)
			checkFree(f, "reason", in.Reason)
		},
		Guard: func(u *command.Unit, c *Claim) error {
			if c.Requests > 0 && in.Reason.IsZero() {
				return kernel.Invalid("reason", "required", "documents were asked for before: say why again")
			}
			if len(in.Also) > 0 {
				return nil
			}
			list, err := documents(u, c.ID)
			if err == nil && len(missing(list)) == 0 {
				err = fmt.Errorf("nothing is missing: %w", kernel.ErrState)
			}
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error {
			c.Requests++
			list, err := documents(u, c.ID)
			if err != nil {
				return err
			}
			if list, err = askAnew(u, c, list, in.Also); err != nil {
				return err
			}
			u.Fact("missing", missing(list))
			u.Fact("request", c.Requests)
			u.Because(in.Reason)
			_, err = notice.Send(u, c.letters(), notice.Message{Kind: NoticeMissing, Channel: in.Channel})
			return err
		},
	}, opts)
}

// askAnew asks for kinds even when a document of the kind is there: what is there did
// not do.
func askAnew(u *command.Unit, c *Claim, list []Document, kinds []string) ([]Document, error) {
	open := map[string]bool{}
	for _, k := range missing(list) {
		open[k] = true
	}
	for _, k := range kinds {
		if open[k] {
			continue
		}
		open[k] = true
		d := Document{ClaimID: c.ID, PersonRef: c.Person(), Kind: k, Required: true, AskedAt: u.Now(), Verdict: Unjudged}
		if err := u.Insert(&d); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// Supply is what the claimant sends after a request.
type Supply struct{ Documents []Paper }

// SupplyDocuments takes the complete answer to a request: the decision clock goes on. A
// part of the answer is [Service.AddDocument]; what is still missing is named by the
// [kernel.FieldErrors] that refuse this.
func (s *Service) SupplyDocuments(ctx context.Context, id kernel.ID, in Supply, opts ...kernel.Option) (Claim, error) {
	var list []Document
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventSupplyDocuments, Input: in, Check: func(f *kernel.FieldErrors) { checkPapers(f, in.Documents) },
		Guard: func(u *command.Unit, c *Claim) (err error) {
			if list, err = documents(u, c.ID); err != nil {
				return err
			}
			return complete(list, in.Documents)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			c.CompletedAt = u.Now()
			return receive(u, c, list, in.Documents)
		},
	}, opts)
}

// complete returns a fault for each kind that papers do not bring.
func complete(list []Document, papers []Paper) error {
	have := map[string]bool{}
	for _, p := range papers {
		have[p.Kind] = true
	}
	var f kernel.FieldErrors
	for _, k := range missing(list) {
		if !have[k] {
			f.Add("documents", "missing", "%s is still missing", k)
		}
	}
	return f.Err()
}

func checkCodes(f *kernel.FieldErrors, path string, kinds []string) {
	if len(kinds) > maxParts {
		f.Add(path, "length", "at most %d at once", maxParts)
		return
	}
	for i, k := range kinds {
		checkCode(f.Index(path, i), "", k)
	}
}
