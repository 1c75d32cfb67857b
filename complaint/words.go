package complaint

import "slices"

// Via says by which way a complaint came.
type Via string

// The ways.
const (
	ViaSelf      Via = "self"      // the complainant, or somebody with authority
	ViaAgent     Via = "agent"     // an intermediary passed it on
	ViaRegulator Via = "regulator" // 监管转办: the regulator forwarded it
)

// Category says what a complaint is about (SP 1.1.41).
type Category string

// The categories.
const (
	CategoryProduct Category = "product" // 产品投诉
	CategoryService Category = "service" // 服务投诉
	CategoryClaims  Category = "claims"  // 理赔投诉
	CategorySales   Category = "sales"   // 销售投诉
	CategoryOther   Category = "other"
)

// Severity says how grave a complaint is (SP 1.1.41).
type Severity string

// The severities.
const (
	General Severity = "general" // 一般性投诉
	Major   Severity = "major"   // 重大投诉
)

// Complexity says how hard a complaint is to find out about. Beyond simple the longer
// periods are possible, but only [Service.Extend] and [Service.ExtendAgain] take them.
type Complexity string

// The complexities.
const (
	Simple  Complexity = "simple"
	Complex Complexity = "complex"
	Special Complexity = "special" // very complex, or other special reasons
)

// RespondentKind says what is complained of.
type RespondentKind string

// The kinds of respondent.
const (
	Branch  RespondentKind = "branch"
	Person  RespondentKind = "person"  // staff
	Partner RespondentKind = "partner" // agency, garage, hospital …
	Product RespondentKind = "product"
)

// SuspensionKind says what a complaint waits for.
type SuspensionKind string

// The reasons for which days are not counted (the measure of 2020, articles 18 and 23).
const (
	Appraisal  SuspensionKind = "appraisal"  // 鉴定、评估
	Inspection SuspensionKind = "inspection" // 检测
	Mediation  SuspensionKind = "mediation"  // 调解
)

// Verdict is what all findings together say.
type Verdict string

// The verdicts. Empty: nothing is found yet.
const (
	Justified   Verdict = "justified"   // against every respondent
	Partly      Verdict = "partly"      // against some
	Unjustified Verdict = "unjustified" // against none
)

// Remedy is a way that is open to a complainant who is not satisfied (article 19).
type Remedy string

// The remedies.
const (
	Review          Remedy = "review"      // 核查, by the superior unit
	MediationRemedy Remedy = "mediation"   // 调解
	Arbitration     Remedy = "arbitration" // 仲裁
	Court           Remedy = "court"       // 诉讼
)

// ProposalState says what became of what was proposed.
type ProposalState string

// The states of a resolution.
const (
	Proposed ProposalState = "proposed"
	Approved ProposalState = "approved"
	Returned ProposalState = "returned"
)

var (
	vias            = []Via{ViaSelf, ViaAgent, ViaRegulator}
	categories      = []Category{CategoryProduct, CategoryService, CategoryClaims, CategorySales, CategoryOther}
	severities      = []Severity{General, Major}
	complexities    = []Complexity{Simple, Complex, Special}
	respondentKinds = []RespondentKind{Branch, Person, Partner, Product}
	suspensionKinds = []SuspensionKind{Appraisal, Inspection, Mediation}
	verdicts        = []Verdict{Justified, Partly, Unjustified}
	remedies        = []Remedy{Review, MediationRemedy, Arbitration, Court}
)

func oneOf[T ~string](v T, words []T) bool { return slices.Contains(words, v) }
