package notice_test

import (
	"errors"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Whatever comes in, a message is refused with its faults or kept as it is.
func FuzzMessage(f *testing.F) {
	f.Add("reply", "c-1", "sms", "reply/1", "尊敬的客户", "R-1", int64(0), int64(0))
	f.Add("reply", "", "", "", "", "", int64(-5), int64(-3))
	f.Add("gossip", "\x00", "\n", "\xff", "\u202e", "", int64(5), int64(1<<62))
	f.Fuzz(func(t *testing.T, kind, to, channel, template, text, proof string, sent, there int64) {
		w := inMemory()
		m := w.open(t)
		in := notice.Message{Kind: notice.Kind(kind), To: kernel.Ref(to), Channel: channel, Template: template, Text: privacy.New(text), Proof: proof}
		if sent != 0 {
			in.DispatchedAt = noon.Add(time.Duration(sent))
		}
		if there != 0 {
			in.ArrivedAt = noon.Add(time.Duration(there))
		}
		err := w.notify(m.ID, in)
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		l := w.letters(t, "matter", m.ID)[0]
		if l.Channel != channel || l.Template != template || l.Proof != proof || l.DispatchedAt.After(noon) || l.ArrivedAt.After(noon) {
			t.Errorf("%+v", l)
		}
		err = w.guard.View(clerk, func(tx *storage.GuardTx) error {
			plain, err := tx.Open(&l)
			if plain["text"] != text {
				t.Errorf("%q became %q", text, plain["text"])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
