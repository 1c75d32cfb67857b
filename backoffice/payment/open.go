package payment

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Order says what is to be paid to whom. A room gives it to [Open]; [Service.Dispatch]
// gives it to the host's [Payer], with key and payment filled in and the account plain.
type Order struct {
	Owner    Owner
	Branch   string          // of the owner
	Kind     Kind            //
	Payee    kernel.Ref      // who receives it
	Account  privacy.Secret  // where to, in the host's own form; may be empty for cash or until it is known
	Method   string          // the host's word, at most 64 characters; may be empty
	Amount   decimal.Decimal // more than zero, in the currency's minor unit
	Currency kernel.Currency // empty: CNY
	DueOn    kernel.Date     // the last day for it to arrive; zero: none

	Payment kernel.ID // for the Payer: the payment itself
	Key     string    // for the Payer: the same for repeats of this order and for nothing else
}

// Check notes every fault of the order.
func (o Order) Check(f *kernel.FieldErrors) {
	if !slices.Contains(owners, o.Owner.Kind) {
		f.Add("owner.kind", "unknown", "a payment belongs to one of %v", owners)
	}
	if _, err := kernel.ParseID(string(o.Owner.ID)); err != nil {
		f.Add("owner.id", "format", "not a key")
	}
	if !o.Kind.Known() {
		f.Add("kind", "unknown", "not a kind of payment")
	}
	kernel.CheckRef(f, "payee", o.Payee)
	kernel.CheckText(f, "branch", o.Branch, kernel.MaxRef, false)
	kernel.CheckText(f, "method", o.Method, kernel.MaxRef, false)
	checkSecret(f, "account", o.Account)
	kernel.CheckCurrency(f, "currency", o.Currency.Or(kernel.CNY))
	kernel.CheckAmount(f, "amount", o.Amount, o.Currency.Or(kernel.CNY))
	if o.Amount.IsZero() {
		f.Add("amount", "range", "nothing to pay")
	}
	kernel.CheckDate(f, "due_on", o.DueOn)
}

// MaxText is the length of the longest free text, in characters.
const MaxText = 2000

func checkSecret(f *kernel.FieldErrors, path string, s privacy.Secret) {
	if plain, ok := s.Plain(); ok {
		kernel.CheckText(f, path, plain, MaxText, true)
		return
	}
	f.Add(path, "sealed", "give the text, not what is stored of another record")
}

// Open opens a payment. Rooms call it inside a command of the owner, with the unit's
// runner: it then acts on that command's authority and stands or falls with it. The
// sequence within the owner, and with it the business key, is counted on; two that open
// for one owner at the same moment are kept apart by the lock on the owner, else the
// later one is [kernel.ErrDuplicate].
func Open(ctx context.Context, r command.Runner, o Order) (Payment, error) {
	return command.Create(ctx, r, life, command.Creation[Payment, Event]{
		Event: EventOpen, Input: o, Check: o.Check,
		Build: func(u *command.Unit) (*Payment, error) {
			id, err := kernel.ParseID(string(o.Owner.ID))
			if err != nil {
				return nil, err
			}
			o.Owner.ID = id
			q := ofOwner(o.Owner)
			q.Order = []storage.Order{colSequence.Desc()}
			last, err := storage.One[Payment](u, q)
			if err != nil {
				return nil, err
			}
			p := &Payment{
				OwnerKind: o.Owner.Kind, OwnerID: o.Owner.ID, Sequence: 1, Kind: o.Kind,
				Payee: o.Payee, Account: o.Account, Method: o.Method,
				Amount: o.Amount, Currency: o.Currency.Or(kernel.CNY), DueOn: o.DueOn,
			}
			p.Branch = o.Branch
			if last != nil {
				p.Sequence = last.Sequence + 1
			}
			p.BusinessKey = fmt.Sprintf("%s/%s/%d", p.OwnerKind, p.OwnerID, p.Sequence)
			u.Fact("owner", p.OwnerKind)
			u.Fact("business_key", p.BusinessKey)
			u.Fact("kind", p.Kind)
			u.Fact("amount", p.Amount)
			u.Fact("currency", p.Currency)
			return p, nil
		},
	})
}
