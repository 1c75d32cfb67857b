package customer

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Finance is the section on a customer's finances (财务状况). All of it is sealed but
// the currency.
type Finance struct {
	kernel.Meta `gorm:"embedded"`
	CustomerID  kernel.ID       `gorm:"column:customer_id;uniqueIndex:customer_finance_customer" json:"customer_id"`
	Currency    kernel.Currency `gorm:"column:currency" json:"currency"`                // of all amounts
	Income      privacy.Secret  `gorm:"column:income" json:"income,omitzero"`           // a year
	Assets      privacy.Secret  `gorm:"column:assets" json:"assets,omitzero"`           // total
	Liabilities privacy.Secret  `gorm:"column:liabilities" json:"liabilities,omitzero"` // total
	Capacity    privacy.Secret  `gorm:"column:capacity" json:"capacity,omitzero"`       // premium that can be borne in a year
	Funds       privacy.Secret  `gorm:"column:funds" json:"funds,omitzero"`             // 资金来源: where premiums come from
	Account     privacy.Secret  `gorm:"column:account" json:"account,omitzero"`         // bank account for premiums and benefits
	Standing    `gorm:"embedded"`
}

// TableName is crm_customer_finance.
func (*Finance) TableName() string { return "crm_customer_finance" }

// Person returns whose finances they are.
func (f *Finance) Person() kernel.Ref { return f.CustomerID.Ref() }

// FinanceChange names what changes in the section; nil leaves a fact as it is, and a
// pointer to the empty secret forgets it. Amounts are decimal texts like "120000.00":
// not negative, with at most the decimals of the currency, below [kernel.MaxAmount].
type FinanceChange struct {
	Currency    kernel.Currency // of the amounts; empty: [kernel.CNY]. Another one than before needs all amounts anew
	Income      *privacy.Secret
	Assets      *privacy.Secret
	Liabilities *privacy.Secret
	Capacity    *privacy.Secret
	Funds       *privacy.Secret // up to [MaxText] characters
	Account     *privacy.Secret // 4 to 34 letters and digits; blanks and hyphens are dropped
	Source      Source          // empty: [FromProcess]
}

// check returns the change in normal form, or nil.
func (c *FinanceChange) check(f *kernel.FieldErrors) *FinanceChange {
	if c == nil {
		return nil
	}
	n := *c
	n.Currency = c.Currency.Or(kernel.CNY)
	kernel.CheckCurrency(f, "currency", n.Currency)
	n.Income = amount(f, "income", c.Income, n.Currency)
	n.Assets = amount(f, "assets", c.Assets, n.Currency)
	n.Liabilities = amount(f, "liabilities", c.Liabilities, n.Currency)
	n.Capacity = amount(f, "capacity", c.Capacity, n.Currency)
	n.Funds = texts(f, "funds", c.Funds)
	n.Account = account(f, "account", c.Account)
	oneOf(f, "source", c.Source, true, FromProcess, FromCustomer, FromThirdParty)
	return &n
}

// put writes the change into the customer's row, which it makes where there is none.
func (c *FinanceChange) put(u *command.Unit, customer kernel.ID) error {
	if c == nil {
		return nil
	}
	row, err := partOf[Finance](u, customer)
	if err != nil {
		return err
	}
	if row == nil {
		row = &Finance{CustomerID: customer, Currency: c.Currency}
	}
	if row.Currency != c.Currency {
		if c.Income == nil || c.Assets == nil || c.Liabilities == nil || c.Capacity == nil {
			return kernel.Invalid("finance.currency", "conflict", "amounts in another currency are needed anew, all of them")
		}
		row.Currency = c.Currency
	}
	set(&row.Income, c.Income)
	set(&row.Assets, c.Assets)
	set(&row.Liabilities, c.Liabilities)
	set(&row.Capacity, c.Capacity)
	set(&row.Funds, c.Funds)
	set(&row.Account, c.Account)
	row.Source = sourceOr(c.Source)
	row.Completeness = percent(!row.Income.IsZero(), !row.Assets.IsZero(), !row.Liabilities.IsZero(),
		!row.Capacity.IsZero(), !row.Funds.IsZero(), !row.Account.IsZero())
	return putPart(u, row)
}

// amount checks a sum of money that is kept as a text, so that it can be sealed.
func amount(f *kernel.FieldErrors, path string, s *privacy.Secret, c kernel.Currency) *privacy.Secret {
	plain, ok := plainOf(f, path, s)
	if !ok {
		return nil
	}
	if plain == "" {
		return new(privacy.Secret)
	}
	// The longest amount has 20 characters; decimal would take "1e999999999" too.
	if len(plain) > 24 || strings.Trim(plain, "0123456789.-") != "" {
		f.Add(path, "format", "an amount like 120000.00")
		return nil
	}
	d, err := decimal.NewFromString(plain)
	if err != nil { // err quotes the amount: drop it
		f.Add(path, "format", "an amount like 120000.00")
		return nil
	}
	if c.Known() {
		kernel.CheckAmount(f, path, d, c)
		plain = d.StringFixed(c.Minor())
	}
	n := privacy.New(plain)
	return &n
}

func account(f *kernel.FieldErrors, path string, s *privacy.Secret) *privacy.Secret {
	plain, ok := plainOf(f, path, s)
	if !ok {
		return nil
	}
	if plain == "" {
		return new(privacy.Secret)
	}
	plain = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(plain))
	if len(plain) < 4 || len(plain) > 34 || strings.Trim(plain, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		f.Add(path, "format", "4 to 34 letters and digits")
		return nil
	}
	n := privacy.New(plain)
	return &n
}

func plainOf(f *kernel.FieldErrors, path string, s *privacy.Secret) (string, bool) {
	if s == nil {
		return "", false
	}
	plain, ok := s.Plain()
	if !ok {
		sealed(f, path)
	}
	return strings.TrimSpace(plain), ok
}
