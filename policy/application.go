package policy

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Application is a customer's wish to be insured (投保单).
type Application struct {
	kernel.Root `gorm:"embedded"`
	State       ApplicationState `gorm:"column:state" json:"state"`
	Number      string           `gorm:"column:number;uniqueIndex:applications_number" json:"number"`
	Revision    int64            `gorm:"column:revision" json:"revision"` // of the form: parts of earlier ones stay for the record

	ProductID   kernel.ID       `gorm:"column:product_id" json:"product_id"`
	ProductCode string          `gorm:"column:product_code" json:"product_code"`
	Edition     int64           `gorm:"column:edition" json:"edition"`
	Line        kernel.Line     `gorm:"column:line" json:"line"`
	Group       bool            `gorm:"column:is_group" json:"group,omitempty"`
	Currency    kernel.Currency `gorm:"column:currency" json:"currency"`

	Holder        kernel.Ref      `gorm:"column:holder" json:"holder"`     // 投保人
	Channel       string          `gorm:"column:channel" json:"channel"`   //
	Producer      kernel.Ref      `gorm:"column:producer" json:"producer"` // who sold it
	Interest      string          `gorm:"column:interest" json:"interest,omitempty"`
	Term          Term            `gorm:"column:term;serializer:json" json:"term"`
	PayMode       PayMode         `gorm:"column:pay_mode" json:"pay_mode"`
	Inception     kernel.Date     `gorm:"column:inception" json:"inception"` // wished; zero: the day of issue
	Zone          string          `gorm:"column:zone" json:"zone"`
	Items         []Item          `gorm:"column:items;serializer:json" json:"items"`
	Beneficiaries []Beneficiary   `gorm:"column:beneficiaries;serializer:json" json:"beneficiaries"`
	Agreement     privacy.Secret  `gorm:"column:agreement" json:"agreement,omitzero"` // 特别约定
	SumInsured    decimal.Decimal `gorm:"column:sum_insured" json:"sum_insured"`      // of all items and all insured: what authority is asked for
	Premium       decimal.Decimal `gorm:"column:premium" json:"premium"`              // for the whole term; since Submit
	FirstPremium  decimal.Decimal `gorm:"column:first_premium" json:"first_premium"`  // the first instalment
	Quote         Quote           `gorm:"column:quote;serializer:json" json:"quote"`

	Missing     []string        `gorm:"column:missing;serializer:json" json:"missing,omitempty"`   // kinds of documents asked for
	AskedAt     int64           `gorm:"column:asked_at_version" json:"-"`                          // version at which they were asked for: documents from before do not count
	Evidence    []string        `gorm:"column:evidence;serializer:json" json:"evidence,omitempty"` // medical, inspection … asked for
	Decision    Decision        `gorm:"column:decision" json:"decision,omitempty"`
	Loading     decimal.Decimal `gorm:"column:loading;scale:8" json:"loading,omitzero"`            // 0.25: a quarter more
	Excluded    []string        `gorm:"column:excluded;serializer:json" json:"excluded,omitempty"` // clauses added by underwriting
	Offer       Offer           `gorm:"column:offer;serializer:json" json:"offer,omitzero"`        // the last counteroffer
	Postponed   kernel.Date     `gorm:"column:postponed_until" json:"postponed_until,omitzero"`    //
	PolicyID    kernel.ID       `gorm:"column:policy_id" json:"policy_id,omitempty"`               // once issued
	PolicyNo    string          `gorm:"column:policy_number" json:"policy_number,omitempty"`       //
	OnCredit    bool            `gorm:"column:on_credit" json:"on_credit,omitempty"`               // the product asks for no premium before cover
	SubmittedAt time.Time       `gorm:"column:submitted_at" json:"submitted_at,omitzero"`          //
	IssuedAt    time.Time       `gorm:"column:issued_at" json:"issued_at,omitzero"`                //
}

// TableName is crm_applications.
func (*Application) TableName() string { return "crm_applications" }

// Status returns where the state is, for the engine.
func (a *Application) Status() *ApplicationState { return &a.State }

// Person returns whose data the sealed columns are: the policyholder's.
func (a *Application) Person() kernel.Ref { return a.Holder }

// Decision is what underwriting decided (核保结论).
type Decision string

// The decisions.
const (
	Standard   Decision = "standard"    // 标准体
	Loaded     Decision = "loading"     // 加费
	Excluded   Decision = "exclusion"   // 除外
	ReducedSum Decision = "reduced_sum" // 降低保额
	Postponed  Decision = "postponed"   // 延期
	Declined   Decision = "declined"    // 拒保
)

// Offer is a counteroffer: the conditions on which the insurer would take the risk.
type Offer struct {
	Loading      decimal.Decimal `json:"loading,omitzero"`
	Exclusions   []string        `json:"exclusions,omitempty"`
	Items        []Item          `json:"items,omitempty"`
	Quote        Quote           `json:"quote,omitzero"`
	FirstPremium decimal.Decimal `json:"first_premium,omitzero"`
}

// Relation is what one person is to another.
type Relation string

// The relations that the rules know. Any other word means that none of these holds.
const (
	Self       Relation = "self"       // 本人
	Spouse     Relation = "spouse"     // 配偶
	Child      Relation = "child"      // 子女
	Parent     Relation = "parent"     // 父母
	Dependant  Relation = "dependant"  // other family whom the holder keeps or brings up (抚养、赡养、扶养)
	Employment Relation = "employment" // 劳动关系
	Other      Relation = "other"      // 其他
)

func (r Relation) family() bool {
	return r == Self || r == Spouse || r == Child || r == Parent || r == Dependant
}

// Beneficiary is somebody entitled to a death benefit (受益人).
type Beneficiary struct {
	kernel.Share
	Relation Relation `json:"relation,omitempty"` // to the insured
}

// Insured is a person, or for property insurance whoever has the interest, that an
// application is to cover (被保险人).
type Insured struct {
	kernel.Meta        `gorm:"embedded"`
	ApplicationID      kernel.ID      `gorm:"column:application_id" json:"application_id"`
	Revision           int64          `gorm:"column:revision" json:"-"`
	Position           int64          `gorm:"column:position" json:"position"` // from 0, as in the form
	Party              kernel.Ref     `gorm:"column:party" json:"party"`
	Relation           Relation       `gorm:"column:relation" json:"relation,omitempty"` // the insured is the holder's …
	Class              string         `gorm:"column:class" json:"class,omitempty"`
	Consent            bool           `gorm:"column:consent" json:"consent"`                         // agreed to death cover and its sum (34)
	BeneficiaryConsent bool           `gorm:"column:beneficiary_consent" json:"beneficiary_consent"` // agreed to the beneficiaries (39)
	Birth              privacy.Secret `gorm:"column:birth" json:"birth,omitzero"`                    // 2006-01-02
	Gender             privacy.Secret `gorm:"column:gender" json:"gender,omitzero"`
}

// TableName is crm_application_insured.
func (*Insured) TableName() string { return "crm_application_insured" }

// Person returns the insured.
func (i *Insured) Person() kernel.Ref { return i.Party }

// Disclosure is an answer to a question of the product (如实告知).
type Disclosure struct {
	kernel.Meta   `gorm:"embedded"`
	ApplicationID kernel.ID      `gorm:"column:application_id" json:"application_id"`
	Revision      int64          `gorm:"column:revision" json:"-"`
	Party         kernel.Ref     `gorm:"column:party" json:"party"` // whom it is about
	Question      string         `gorm:"column:question" json:"question"`
	Answer        privacy.Secret `gorm:"column:answer" json:"answer"`
}

// TableName is crm_disclosures.
func (*Disclosure) TableName() string { return "crm_disclosures" }

// Person returns whom the answer is about.
func (d *Disclosure) Person() kernel.Ref { return d.Party }

// Document is a paper or file of an application. The library keeps no content: URI says
// where the host keeps it.
type Document struct {
	kernel.Meta   `gorm:"embedded"`
	ApplicationID kernel.ID      `gorm:"column:application_id" json:"application_id"`
	PersonRef     kernel.Ref     `gorm:"column:person" json:"-"`
	Kind          string         `gorm:"column:kind" json:"kind"`
	At            int64          `gorm:"column:at_version" json:"-"` // of the application, when it came
	FileName      privacy.Secret `gorm:"column:file_name" json:"file_name,omitzero"`
	MediaType     string         `gorm:"column:media_type" json:"media_type,omitempty"`
	Size          int64          `gorm:"column:size" json:"size,omitempty"` // bytes
	SHA256        string         `gorm:"column:sha256" json:"sha256,omitempty"`
	URI           string         `gorm:"column:uri" json:"uri,omitempty"`
	ReceivedAt    time.Time      `gorm:"column:received_at" json:"received_at"`
}

// TableName is crm_application_documents.
func (*Document) TableName() string { return "crm_application_documents" }

// Person returns the policyholder.
func (d *Document) Person() kernel.Ref { return d.PersonRef }

// Layer is one of the four layers of review that was passed (资料审核, SP 1.1.8).
type Layer struct {
	kernel.Meta   `gorm:"embedded"`
	ApplicationID kernel.ID      `gorm:"column:application_id" json:"application_id"`
	PersonRef     kernel.Ref     `gorm:"column:person" json:"-"`
	Position      int64          `gorm:"column:position" json:"position"` // 1 to 4
	Kind          string         `gorm:"column:kind" json:"kind"`         // complete, genuine, by_line, compliance
	Grounds       privacy.Secret `gorm:"column:grounds" json:"grounds,omitzero"`
	By            string         `gorm:"column:passed_by" json:"by"` // staff, or "rules"
}

// TableName is crm_application_reviews.
func (*Layer) TableName() string { return "crm_application_reviews" }

// Person returns the policyholder.
func (l *Layer) Person() kernel.Ref { return l.PersonRef }
