package notice

import (
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// MaxText is the length of the longest letter, in characters.
const MaxText = 10_000

// Message is a letter that was sent, or the news that one has arrived. Only Kind is
// always needed for the one, and only Sent for the other.
type Message struct {
	Kind         Kind
	To           kernel.Ref     // empty: whom the case names
	Channel      string         // the host's word, at most 64 bytes
	Template     string         // the wording and its version, at most 64 bytes
	DispatchedAt time.Time      // zero: now; not in the future
	ArrivedAt    time.Time      // zero: not known yet; not before it was sent and not in the future
	Proof        string         // number of the receipt, at most 64 bytes
	Text         privacy.Secret // what it says, at most [MaxText] characters; may be empty

	Sent kernel.ID // the letter whose arrival is told; then only ArrivedAt, default now, and Proof count
}

// Check notes every fault of the message that can be seen without the case. kinds are
// those that the room sends.
func (m Message) Check(f *kernel.FieldErrors, kinds ...Kind) {
	if m.Sent == "" && !slices.Contains(kinds, m.Kind) {
		f.Add("kind", "unknown", "not a kind of notice")
	}
	optional(f, "to", string(m.To))
	optional(f, "channel", m.Channel)
	optional(f, "template", m.Template)
	optional(f, "proof", m.Proof)
	kernel.CheckTime(f, "dispatched_at", m.DispatchedAt)
	kernel.CheckTime(f, "arrived_at", m.ArrivedAt)
	if plain, ok := m.Text.Plain(); ok {
		kernel.CheckText(f, "text", plain, MaxText, true)
	} else {
		f.Add("text", "sealed", "give the text, not what is stored of another record")
	}
}

func optional(f *kernel.FieldErrors, path, s string) {
	if s != "" {
		kernel.CheckRef(f, path, kernel.Ref(s))
	}
}
