package payment

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Payer is the host's way of paying: a bank, a treasury, a ledger.
type Payer interface {
	// Pay takes an order and returns the host's reference for it, at most 64 bytes. It
	// may see the same order again, with the same Key, when the answer to the first was
	// lost, and must then pay once and return the first reference. An error leaves the
	// payment pending, and so does a panic, which is a [kernel.PanicError]. The account is
	// plain here; keep it out of logs and errors.
	Pay(ctx context.Context, o Order) (reference string, err error)
}

// PayerFunc is a function that is a [Payer].
type PayerFunc func(ctx context.Context, o Order) (string, error)

// Pay calls the function.
func (f PayerFunc) Pay(ctx context.Context, o Order) (string, error) { return f(ctx, o) }

// Dispatch hands every pending payment that the actor sees to the payer, the oldest
// first and one by one, and marks it requested with the payer's reference. It returns
// how many it marked. What goes wrong with one payment leaves it pending and is told at
// the end, joined, each error with the payment's key; the rest goes on.
//
// It is at least once: when the program ends between the payer's answer and the mark,
// the payment is handed over again. It must not run inside another unit of work, for
// what a payer did cannot be taken back.
func (s *Service) Dispatch(ctx context.Context, payer Payer) (handed int, err error) {
	var failures []error
	for page := (kernel.List{Limit: 100}); ; {
		accounts := map[kernel.ID]string{}
		batch, err := s.list(ctx, "payment.Dispatch", Pending, page, func(u *command.Unit, p *Payment) error {
			plain, err := u.Open(p)
			if err != nil { // an erased payee, say, is no reason for the others to wait
				failures = append(failures, fmt.Errorf("%s: %w", p.BusinessKey, err))
				return nil
			}
			accounts[p.ID] = plain["account"]
			return nil
		})
		if err != nil {
			return handed, errors.Join(append(failures, err)...)
		}
		for i := range batch.Items {
			p := &batch.Items[i]
			account, ok := accounts[p.ID]
			if !ok {
				continue
			}
			done, err := s.hand(ctx, payer, p, account)
			if err != nil {
				failures = append(failures, fmt.Errorf("%s: %w", p.BusinessKey, err))
			}
			if done {
				handed++
			}
			if ctx.Err() != nil {
				return handed, errors.Join(append(failures, ctx.Err())...)
			}
		}
		if page.After = batch.Next; page.After == "" {
			return handed, errors.Join(failures...)
		}
	}
}

// hand gives one payment to the payer and marks it.
func (s *Service) hand(ctx context.Context, payer Payer, p *Payment, account string) (bool, error) {
	var ref string
	err := kernel.Survive("payment.Dispatch", func() (err error) {
		ref, err = payer.Pay(ctx, Order{
			Owner: p.Owner(), Branch: p.Branch, Kind: p.Kind, Payee: p.Payee, Account: privacy.New(account),
			Method: p.Method, Amount: p.Amount, Currency: p.Currency, DueOn: p.DueOn,
			Payment: p.ID, Key: p.orderKey(),
		})
		return err
	})
	if err != nil {
		return false, err
	}
	_, err = s.Request(ctx, p.ID, Handover{Reference: ref, opened: account != ""}, kernel.IfVersion(p.Version))
	if !errors.Is(err, kernel.ErrConflict) {
		return err == nil, err
	}
	now, err := s.Get(ctx, p.ID)
	switch {
	case err != nil:
		return false, err
	case now.State == Stopped:
		return false, fmt.Errorf("stopped while it was handed over, call it back: %w", kernel.ErrConflict)
	}
	return false, nil // somebody else handed it over too, and the payer has dropped one of the two
}

// businessKey returns the payment's key of an order's.
func businessKey(key string) string {
	key, _, _ = strings.Cut(key, "#")
	return key
}
