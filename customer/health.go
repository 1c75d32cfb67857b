package customer

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Health is the section on health and risk (健康状况与风险评估). All of it is sealed
// but who assessed it and when.
type Health struct {
	kernel.Meta  `gorm:"embedded"`
	CustomerID   kernel.ID      `gorm:"column:customer_id;uniqueIndex:customer_health_customer" json:"customer_id"`
	Disclosures  privacy.Secret `gorm:"column:disclosures" json:"disclosures,omitzero"` // 健康告知: what the customer has told
	Conditions   privacy.Secret `gorm:"column:conditions" json:"conditions,omitzero"`   // illnesses and injuries
	Smoker       privacy.Secret `gorm:"column:smoker" json:"smoker,omitzero"`
	RiskClass    privacy.Secret `gorm:"column:risk_class" json:"risk_class,omitzero"`
	RiskAppetite privacy.Secret `gorm:"column:risk_appetite" json:"risk_appetite,omitzero"`
	AssessedBy   string         `gorm:"column:assessed_by" json:"assessed_by,omitempty"` // staff
	AssessedOn   kernel.Date    `gorm:"column:assessed_on" json:"assessed_on,omitzero"`
	Standing     `gorm:"embedded"`
}

// TableName is crm_customer_health.
func (*Health) TableName() string { return "crm_customer_health" }

// Person returns whose health it is.
func (h *Health) Person() kernel.Ref { return h.CustomerID.Ref() }

// Smoker says whether somebody smokes.
type Smoker string

// Whether somebody smokes. Empty means not known.
const (
	Smokes Smoker = "yes"
	Never  Smoker = "no"
	Former Smoker = "former"
)

// RiskClass is how a person is accepted as a risk (核保风险等级).
type RiskClass string

// The risk classes. Empty means not assessed.
const (
	Preferred   RiskClass = "preferred"   // 优选体
	Standard    RiskClass = "standard"    // 标准体
	Substandard RiskClass = "substandard" // 次标体
	Postponed   RiskClass = "postponed"   // 延期
	Declined    RiskClass = "declined"    // 拒保体
)

// RiskAppetite is how much risk a customer wants to bear with their money (风险偏好),
// in the five grades of suitability rules.
type RiskAppetite string

// The grades. Empty means not assessed.
const (
	Cautious     RiskAppetite = "cautious"     // C1 保守型
	Steady       RiskAppetite = "steady"       // C2 稳健型
	Balanced     RiskAppetite = "balanced"     // C3 平衡型
	Enterprising RiskAppetite = "enterprising" // C4 成长型
	Aggressive   RiskAppetite = "aggressive"   // C5 进取型
)

// HealthChange names what changes in the section; nil leaves a fact as it is. Free
// texts have up to [MaxText] characters.
type HealthChange struct {
	Disclosures  *privacy.Secret
	Conditions   *privacy.Secret
	Smoker       *Smoker
	RiskClass    *RiskClass
	RiskAppetite *RiskAppetite
	AssessedBy   *string // staff; 1 to [kernel.MaxRef] bytes, or empty
	AssessedOn   *kernel.Date
	Source       Source // empty: [FromProcess]
}

// check returns the change in normal form, or nil.
func (h *HealthChange) check(f *kernel.FieldErrors, today kernel.Date) *HealthChange {
	if h == nil {
		return nil
	}
	n := *h
	n.Disclosures, n.Conditions = texts(f, "disclosures", h.Disclosures), texts(f, "conditions", h.Conditions)
	if h.Smoker != nil {
		oneOf(f, "smoker", *h.Smoker, true, Smokes, Never, Former)
	}
	if h.RiskClass != nil {
		oneOf(f, "riskClass", *h.RiskClass, true, Preferred, Standard, Substandard, Postponed, Declined)
	}
	if h.RiskAppetite != nil {
		oneOf(f, "riskAppetite", *h.RiskAppetite, true, Cautious, Steady, Balanced, Enterprising, Aggressive)
	}
	if h.AssessedBy != nil && *h.AssessedBy != "" {
		kernel.CheckRef(f, "assessedBy", kernel.Ref(*h.AssessedBy))
	}
	if h.AssessedOn != nil {
		checkDay(f, "assessedOn", *h.AssessedOn, today)
	}
	oneOf(f, "source", h.Source, true, FromProcess, FromCustomer, FromThirdParty)
	return &n
}

// put writes the change into the customer's row, which it makes where there is none.
func (h *HealthChange) put(u *command.Unit, customer kernel.ID) error {
	if h == nil {
		return nil
	}
	row, err := partOf[Health](u, customer)
	if err != nil {
		return err
	}
	if row == nil {
		row = &Health{CustomerID: customer}
	}
	set(&row.Disclosures, h.Disclosures)
	set(&row.Conditions, h.Conditions)
	word(&row.Smoker, h.Smoker)
	word(&row.RiskClass, h.RiskClass)
	word(&row.RiskAppetite, h.RiskAppetite)
	set(&row.AssessedBy, h.AssessedBy)
	set(&row.AssessedOn, h.AssessedOn)
	row.Source = sourceOr(h.Source)
	row.Completeness = percent(!row.Disclosures.IsZero(), !row.Conditions.IsZero(), !row.Smoker.IsZero(),
		!row.RiskClass.IsZero(), !row.RiskAppetite.IsZero(), row.AssessedBy != "", row.AssessedOn != 0)
	return putPart(u, row)
}

// partOf returns the one row that a customer has in a table, or nil.
func partOf[T any](u *command.Unit, customer kernel.ID) (*T, error) {
	return storage.One[T](u, storage.Query{Where: []storage.Cond{colCustomer.Eq(customer)}})
}

// putPart stores a row, new or not.
func putPart(u *command.Unit, row storage.Versioned) error {
	if row.Base().Version == 0 {
		row.Base().ID = kernel.NewID()
		return u.Insert(row)
	}
	return u.Save(row)
}

func texts(f *kernel.FieldErrors, path string, s *privacy.Secret) *privacy.Secret {
	if s == nil {
		return nil
	}
	n := text(f, path, *s, MaxText)
	return &n
}

func word[T ~string](dst *privacy.Secret, v *T) {
	if v != nil {
		*dst = privacy.New(string(*v))
	}
}

func sourceOr(s Source) Source {
	if s == "" {
		return FromProcess
	}
	return s
}
