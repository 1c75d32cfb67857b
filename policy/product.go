package policy

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Product is one edition of a product (保险产品).
type Product struct {
	kernel.Root `gorm:"embedded"`
	State       ProductState    `gorm:"column:state" json:"state"`
	Code        string          `gorm:"column:code;uniqueIndex:products_code" json:"code"`
	Edition     int64           `gorm:"column:edition;uniqueIndex:products_code" json:"edition"` // 1, 2, … of the code
	Line        kernel.Line     `gorm:"column:line" json:"line"`
	Currency    kernel.Currency `gorm:"column:currency" json:"currency"`
	Design      Design          `gorm:"column:design;serializer:json" json:"design"`
}

// TableName is crm_products.
func (*Product) TableName() string { return "crm_products" }

// Status returns where the state is, for the engine.
func (p *Product) Status() *ProductState { return &p.State }

// Sold reports whether the product may be applied for on a day: it is on sale, and the
// day lies in its period of sale.
func (p *Product) Sold(on kernel.Date) bool {
	d := &p.Design
	return p.State == OnSale && (d.SaleFrom == 0 || on >= d.SaleFrom) && (d.SaleTo == 0 || on <= d.SaleTo)
}

// Design is all that a product says. While the product is a draft it may be incomplete.
type Design struct {
	Code     string          `json:"code"` // 1 to 64 bytes
	Name     workflow.Label  `json:"name"` // at most 200 characters each
	Line     kernel.Line     `json:"line"`
	Group    bool            `json:"group,omitzero"` // group business (团体), else individual
	Currency kernel.Currency `json:"currency"`       // empty: CNY

	Coverages []Coverage `json:"coverages"`
	Terms     []Term     `json:"terms"`               // that can be chosen
	IssueAges Ages       `json:"issue_ages,omitzero"` // of insured persons at inception (投保年龄)
	PayModes  []PayMode  `json:"pay_modes"`
	Rates     []Rate     `json:"rates,omitempty"` // for the built-in rater
	Questions []string   `json:"questions,omitempty"`

	CoolingOffDays int             `json:"cooling_off_days,omitzero"` // 犹豫期: at least 1 for individual personal lines over one year
	CoolingOffFee  decimal.Decimal `json:"cooling_off_fee,omitzero"`  // kept when cancelled then (工本费)
	GraceDays      int             `json:"grace_days,omitzero"`       // 宽限期
	OnCredit       bool            `json:"on_credit,omitzero"`        // cover may begin before the first premium is in
	BackdateDays   int             `json:"backdate_days,omitzero"`    // how far before the day of issue cover may begin

	Documents Documents   `json:"documents,omitzero"`
	Channels  []string    `json:"channels,omitempty"` // where it is sold; empty: everywhere
	SaleFrom  kernel.Date `json:"sale_from,omitzero"` // first day of sale; zero: from the launch
	SaleTo    kernel.Date `json:"sale_to,omitzero"`   // last day of sale; zero: open

	Description Description `json:"description,omitzero"`
}

// LimitBasis says where a coverage's limit comes from.
type LimitBasis string

// The bases of limits.
const (
	SumInsured LimitBasis = "sum_insured" // chosen at application
	Fixed      LimitBasis = "fixed"       // the product's
)

// Per says over what a limit or a deductible counts.
type Per string

// What limits and deductibles count over.
const (
	PerClaim  Per = "claim"  // each claim anew
	PerPeriod Per = "period" // all claims of the term together
)

// Coverage is one thing that a product covers (保险责任). How its amounts enter a claim is
// told by the calculator, a word of those who settle claims.
type Coverage struct {
	Code       string         `json:"code"`
	Name       workflow.Label `json:"name"`
	Clause     string         `json:"clause,omitempty"` // where the wording promises it
	Optional   bool           `json:"optional,omitzero"`
	Death      bool           `json:"death,omitzero"` // pays on death to beneficiaries: Insurance Law 34 and 39
	Calculator string         `json:"calculator"`     // "indemnity", "fixed_sum", "graded", "per_diem", "reimbursement" …

	Basis      LimitBasis      `json:"basis"`
	Limit      decimal.Decimal `json:"limit,omitzero"`       // where the basis is Fixed
	LimitPer   Per             `json:"limit_per,omitempty"`  // empty: PerClaim
	PerInsured bool            `json:"per_insured,omitzero"` // each insured has the limit, else all share it
	MinSum     decimal.Decimal `json:"min_sum,omitzero"`     // below it an underwriter decides; zero: none
	MaxSum     decimal.Decimal `json:"max_sum,omitzero"`     // above it an underwriter decides; zero: none
	SubLimits  []SubLimit      `json:"sub_limits,omitempty"` //

	Deductible    decimal.Decimal `json:"deductible,omitzero"`      // 免赔额
	DeductiblePer Per             `json:"deductible_per,omitempty"` // empty: PerClaim
	Copay         decimal.Decimal `json:"copay,omitzero"`           // part that the insured bears, 0 to 1 (免赔率)

	WaitingDays int      `json:"waiting_days,omitzero"` // 等待期
	Exclusions  []string `json:"exclusions,omitempty"`  // clauses, by code or in words

	Daily    decimal.Decimal            `json:"daily,omitzero"`     // per diem: for each day
	DaysFree int                        `json:"days_free,omitzero"` // per diem: the first days that are not paid
	DaysMost int                        `json:"days_most,omitzero"` // per diem: at most so many days; 0: any number
	Grades   map[string]decimal.Decimal `json:"grades,omitempty"`   // graded: part of the limit by grade, 0 to 1
}

// SubLimit bounds a part of a coverage (分项限额).
type SubLimit struct {
	Code  string          `json:"code"`
	Name  workflow.Label  `json:"name"`
	Limit decimal.Decimal `json:"limit"`
}

// Documents are kinds of documents by code.
type Documents struct {
	Application []string            `json:"application,omitempty"` // that an application needs
	Claims      map[string][]string `json:"claims,omitempty"`      // by cause of loss; "" for every cause
}

// Description is the product's description (产品说明书, SP 1.1.48). No part may be empty
// when the product is submitted.
type Description struct {
	Basics         string `json:"basics"`          // type and period of insurance
	Liability      string `json:"liability"`       // 保险责任
	Exclusions     string `json:"exclusions"`      // 责任免除
	Sums           string `json:"sums"`            // 保险金额
	ClaimProcedure string `json:"claim_procedure"` // 理赔流程
	Rights         string `json:"rights"`          // 客户权益
	ServicePromise string `json:"service_promise"` // 服务承诺
	Conditions     string `json:"conditions"`      // 投保条件
	Payment        string `json:"payment"`         // 缴费方式
	Surrender      string `json:"surrender"`       // 退保规定
}

type part struct{ path, text string }

func (d *Description) parts() []part {
	return []part{
		{"basics", d.Basics}, {"liability", d.Liability}, {"exclusions", d.Exclusions}, {"sums", d.Sums},
		{"claim_procedure", d.ClaimProcedure}, {"rights", d.Rights}, {"service_promise", d.ServicePromise},
		{"conditions", d.Conditions}, {"payment", d.Payment}, {"surrender", d.Surrender},
	}
}

// coverage returns the coverage with the code, or nil.
func (d *Design) coverage(code string) *Coverage {
	for i := range d.Coverages {
		if d.Coverages[i].Code == code {
			return &d.Coverages[i]
		}
	}
	return nil
}
