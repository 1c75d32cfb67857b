package claim

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Paper is a document that came in. The host keeps the file.
type Paper struct {
	Kind      string         // the host's code: "id_card", "invoice" …
	Name      privacy.Secret // of the file
	MediaType string         // "image/jpeg"
	Size      int64          // bytes
	SHA256    string         // 64 hexadecimal digits
	URI       privacy.Secret // at the host
}

func (p Paper) check(f *kernel.FieldErrors) {
	checkCode(f, "kind", p.Kind)
	checkFree(f, "name", p.Name)
	checkFree(f, "uri", p.URI)
	kernel.CheckText(f, "media_type", p.MediaType, maxLine, false)
	if p.Size < 0 {
		f.Add("size", "range", "a size is not negative")
	}
	if b, err := hex.DecodeString(p.SHA256); p.SHA256 != "" && (err != nil || len(b) != 32) {
		f.Add("sha256", "format", "64 hexadecimal digits")
	}
}

// maxParts bounds lists in an input.
const maxParts = 200

func checkPapers(f *kernel.FieldErrors, papers []Paper) {
	if len(papers) > maxParts {
		f.Add("documents", "length", "at most %d at once", maxParts)
		return
	}
	for i, p := range papers {
		p.check(f.Index("documents", i))
	}
}

func documents(u *command.Unit, id kernel.ID) ([]Document, error) {
	q := ofClaim(id)
	return storage.Find[Document](u, q)
}

// ask puts kinds of document on the checklist. One that is on it, or is there already,
// is not asked for twice.
func ask(u *command.Unit, c *Claim, list []Document, kinds []string) ([]Document, error) {
	for _, k := range kinds {
		var have *Document
		for i := range list {
			if list[i].Kind == k && (have == nil || list[i].Required) {
				have = &list[i]
			}
		}
		switch {
		case have == nil:
			d := Document{ClaimID: c.ID, PersonRef: c.Person(), Kind: k, Required: true, AskedAt: u.Now(), Verdict: Unjudged}
			if err := u.Insert(&d); err != nil {
				return nil, err
			}
			list = append(list, d)
		case !have.Required:
			have.Required, have.AskedAt = true, u.Now()
			if err := u.Save(have); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// receive files papers: each meets an open place on the checklist, or comes besides.
func receive(u *command.Unit, c *Claim, list []Document, papers []Paper) error {
	kinds := make([]string, 0, len(papers))
	for _, p := range papers {
		kinds = append(kinds, p.Kind)
		var d *Document
		for i := range list {
			if list[i].Kind == p.Kind && list[i].Missing() {
				d = &list[i]
				break
			}
		}
		add := d == nil
		if add {
			d = &Document{ClaimID: c.ID, PersonRef: c.Person(), Kind: p.Kind, Verdict: Unjudged}
		}
		d.ReceivedAt, d.Name, d.MediaType, d.Size, d.SHA256, d.URI = u.Now(), p.Name, p.MediaType, p.Size, p.SHA256, p.URI
		var err error
		if add {
			err = u.Insert(d)
		} else {
			err = u.Save(d)
		}
		if err != nil {
			return err
		}
	}
	if len(kinds) > 0 {
		u.Fact("received", kinds)
	}
	return nil
}

// missing lists the kinds that are asked for and not there, each once.
func missing(list []Document) []string {
	var kinds []string
	seen := map[string]bool{}
	for i := range list {
		if k := list[i].Kind; list[i].Missing() && !seen[k] {
			seen[k] = true
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// AddDocument files one document. A part of what was asked for stops no clock.
func (s *Service) AddDocument(ctx context.Context, id kernel.ID, in Paper, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventAddDocument, Input: in, Check: in.check,
		Apply: func(u *command.Unit, c *Claim) error {
			list, err := documents(u, c.ID)
			if err != nil {
				return err
			}
			return receive(u, c, list, []Paper{in})
		},
	}, opts)
}

// Judgement says what a document was found to be.
type Judgement struct {
	Document kernel.ID
	Verdict  Verdict // genuine, doubtful or false
	Reason   privacy.Secret
}

// JudgeDocument records whether a document that came in is genuine. A document of
// another claim is [kernel.ErrNotFound].
func (s *Service) JudgeDocument(ctx context.Context, id kernel.ID, in Judgement, opts ...kernel.Option) (Claim, error) {
	var doc *Document
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventJudgeDocument, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.Verdict != Genuine && in.Verdict != Doubtful && in.Verdict != False {
				f.Add("verdict", "unknown", "genuine, doubtful or false")
			}
			checkFree(f, "reason", in.Reason)
		},
		Guard: func(u *command.Unit, c *Claim) error {
			key, err := kernel.ParseID(string(in.Document))
			if err != nil {
				return fmt.Errorf("document: %w", err)
			}
			if doc, err = storage.Get[Document](u, key); err != nil {
				return fmt.Errorf("document: %w", err)
			}
			if doc.ClaimID != c.ID {
				return fmt.Errorf("document: %w", kernel.ErrNotFound)
			}
			if doc.ReceivedAt.IsZero() {
				return fmt.Errorf("the document has not come in: %w", kernel.ErrState)
			}
			return nil
		},
		Apply: func(u *command.Unit, _ *Claim) error {
			doc.Verdict, doc.JudgedBy = in.Verdict, kernel.Ref(u.Actor.ID)
			u.Fact("document", doc.Kind)
			u.Fact("verdict", doc.Verdict)
			u.Because(in.Reason)
			return u.Save(doc)
		},
	}, opts)
}
