package claim_test

import (
	"context"
	"testing"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// asked counts how often its store is asked in an Update.
type asked struct {
	storage.Store
	loads int
}

func (a *asked) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return a.Store.Update(ctx, func(tx storage.Tx) error { return fn(&askedTx{tx, a}) })
}

type askedTx struct {
	storage.Tx
	a *asked
}

func (t *askedTx) Load(reads ...storage.Read) error {
	t.a.loads++
	return t.Tx.Load(reads...)
}

// A command asks the database once and then writes: all that it looks at comes together
// with its claim. Over a network each further question would take as long as the command.
func TestOneQuestionForEachCommand(t *testing.T) {
	t.Parallel()
	store := &asked{Store: memory.New()}
	w := newWorld(store)
	c := w.report(t, injury("P-1")) // also makes the data key of the insured
	text := claim.Remark{Text: privacy.New("as the file says")}
	key := kernel.Key("k")
	for _, step := range []struct {
		event string
		loads int // more where the limits of the claim's cover are locked
		do    func() (claim.Claim, error)
	}{
		{"File", 1, func() (claim.Claim, error) { return w.File(adjuster, c.ID, filing("5000"), key) }},
		{"Reserve", 1, func() (claim.Claim, error) {
			return w.Reserve(adjuster, c.ID, claim.Reserving{Loss: yuan("100"), Reason: text.Text}, key)
		}},
		{"Check", 1, func() (claim.Claim, error) {
			return w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness}, key)
		}},
		{"Accept", 1, func() (claim.Claim, error) { return w.Accept(adjuster, c.ID, claim.Acceptance{}, key) }},
		{"Contact", 1, func() (claim.Claim, error) {
			return w.Contact(adjuster, c.ID, claim.Conversation{Text: text.Text}, key)
		}},
		{"Check", 1, func() (claim.Claim, error) {
			return w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckAuthenticity})
		}},
		{"Check", 1, func() (claim.Claim, error) {
			return w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage})
		}},
		{"Assess", 2, func() (claim.Claim, error) { return w.Assess(adjuster, c.ID, claim.Assessment{}, key) }},
		{"Withdraw", 1, func() (claim.Claim, error) { return w.Withdraw(adjuster, c.ID, text, key) }},
	} {
		before := store.loads
		if _, err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.event, err)
		}
		if n := store.loads - before; n > step.loads {
			t.Errorf("%s asks %d times, not %d", step.event, n, step.loads)
		}
	}
}
