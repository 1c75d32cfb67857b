package reveal

import (
	"slices"
	"strings"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Part is what can be opened of a case by itself, named after its table without the
// prefix: "claims", "claim_documents"; or [History].
type Part string

// Parts that cases of several kinds have.
const (
	History Part = "history" // of the case: reasons, and personal facts before and after a change
	Letters Part = "notices" // what letters about the case said
)

// PartOf returns the part that the record's table is.
func PartOf(rec storage.Record) Part { return Part(strings.TrimPrefix(rec.TableName(), "crm_")) }

// MaxText is how many characters a purpose may have.
const MaxText = 2000

// Purpose says what is opened, and what for.
type Purpose struct {
	Text  privacy.Secret // up to [MaxText] characters, needed; kept sealed
	Parts []Part         // no more than the purpose needs; empty: the case's own columns
}

// check notes every fault of the purpose. The parts are those that there are, the case's
// own first; where the own columns hold nothing sealed, own is false.
func (p Purpose) check(f *kernel.FieldErrors, own bool, parts []Part) {
	CheckText(f, "text", p.Text)
	switch {
	case len(p.Parts) == 0 && !own:
		f.Add("parts", "required", "name some of %v", parts)
	case len(p.Parts) > len(parts):
		f.Add("parts", "length", "there are only %d parts", len(parts))
	default:
		for i, x := range p.Parts {
			if !slices.Contains(parts, x) {
				f.Index("parts", i).Add("", "unknown", "is none of %v", parts)
			}
		}
	}
}

// CheckText notes the faults of what a look is for: it is needed, and a text that is not
// sealed.
func CheckText(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	switch {
	case !ok:
		f.Add(path, "sealed", "give the text, not what is stored of another record")
	case strings.TrimSpace(plain) == "":
		f.Add(path, "required", "say what for")
	default:
		kernel.CheckText(f, path, plain, MaxText, true)
	}
}
