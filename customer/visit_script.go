package customer

import (
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Script says what a visit has to find out. A script is never changed: another wording
// is another version.
type Script struct {
	Version string // "new_policy/2", 1 to 64 bytes
	Kind    VisitKind
	Points  []Point // 1 to 50, in the order in which they are asked
}

// Point is one thing that a visit has to find out.
type Point struct {
	Code        string         `json:"code"`                 // 1 to 64 bytes; different within a script
	Text        workflow.Label `json:"text"`                 // what is asked
	Conditional bool           `json:"conditional,omitzero"` // it need not apply: single premiums have no frequency
	Open        bool           `json:"open,omitzero"`        // an open question: there is no yes or no to it
}

// maxPoints bounds a script.
const maxPoints = 50

// check notes every fault of the script.
func (s Script) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "version", kernel.Ref(s.Version))
	oneOf(f, "kind", s.Kind, false, visitKinds...)
	if len(s.Points) == 0 || len(s.Points) > maxPoints {
		f.Add("points", "length", "1 to %d points", maxPoints)
		return
	}
	seen := map[string]bool{}
	for i, p := range s.Points {
		at := f.Index("points", i)
		kernel.CheckRef(at, "code", kernel.Ref(p.Code))
		if seen[p.Code] {
			at.Add("code", "duplicate", "the same point comes twice")
		}
		if seen[p.Code] = true; p.Text.EN == "" || p.Text.ZH == "" {
			at.Add("text", "required", "is needed in English and in Chinese")
		}
	}
}

// Scripts returns the scripts that come with the library, one for each kind of visit.
//
// That of new policies has the seven points of article 15 of 人身保险业务基本服务规定
// (保监会令2010年第4号), by which a contract of more than a year is called back inside the
// cooling-off period.
func Scripts() []Script {
	ask := func(code, en, zh string) Point { return Point{Code: code, Text: workflow.Label{EN: en, ZH: zh}} }
	premium := ask("premium", "Where premium is paid in instalments: knows for how long and how often it is paid", "采用期缴方式的，是否了解缴费期间和缴费频率")
	premium.Conditional = true
	wish := ask("wishes", "What could be better?", "有何意见或建议")
	wish.Open = true
	identity := ask("identity", "Is the person who is spoken to the customer?", "受访人是否为客户本人")
	satisfied := ask("satisfied", "Is satisfied with the service", "对服务是否满意")
	return []Script{
		{Version: "new_policy/1", Kind: VisitNewPolicy, Points: []Point{
			ask("identity", "Is the person who is spoken to the policyholder?", "受访人是否为投保人本人"),
			ask("signature", "Has bought this product, and policyholder and insured have signed by their own hands as required", "是否购买了该保险产品，投保人和被保险人是否按要求亲笔签名"),
			ask("materials", "Has read and understood the product description and the notice to applicants", "是否已阅读并理解产品说明书和投保提示的内容"),
			ask("cover", "Knows what is covered, what is excluded and for how long", "是否知悉保险责任、责任免除和保险期间"),
			ask("surrender", "Knows what may be lost by surrendering", "是否知悉退保可能受到的损失"),
			ask("cooling_off", "Knows from when and for how long the cooling-off period runs and which rights it gives", "是否知悉犹豫期的起算时间、期间以及享有的权利"),
			premium,
		}},
		{Version: "claim/1", Kind: VisitClaim, Points: []Point{
			identity,
			ask("told", "Was told the outcome and the reasons for it", "是否已被告知理赔结果及理由"),
			ask("paid", "Has received the amount that was told", "是否已收到所通知的赔款"),
			satisfied, wish,
		}},
		{Version: "complaint/1", Kind: VisitComplaint, Points: []Point{
			identity,
			ask("answered", "Has received the answer to the complaint", "是否已收到投诉答复"),
			ask("solved", "Was helped by what was done", "所采取的措施是否解决了问题"),
			satisfied, wish,
		}},
		{Version: "business/1", Kind: VisitBusiness, Points: []Point{
			identity,
			ask("requested", "Has asked for the change or service", "是否本人申请办理该项业务"),
			ask("received", "Has received the documents", "是否已收到相关单证"),
			satisfied, wish,
		}},
		{Version: "care/1", Kind: VisitCare, Points: []Point{identity, satisfied, wish}},
	}
}

// scriptOf returns the script of the version or, where none is named, the last one of
// the kind.
func scriptOf(scripts []Script, kind VisitKind, version string) *Script {
	for i := range slices.Backward(scripts) {
		if s := &scripts[i]; s.Kind == kind && (version == "" || s.Version == version) {
			return s
		}
	}
	return nil
}

// Result is what a customer says to a point.
type Result string

// The results.
const (
	Confirmed     Result = "confirmed"      // yes
	Denied        Result = "denied"         // no: that is a problem to be raised
	NotApplicable Result = "not_applicable" // to points that need not apply
	Told          Result = "told"           // to open questions
)

// fits reports whether the result is one that the point may have.
func (p Point) fits(r Result) bool {
	switch r {
	case Confirmed, Denied:
		return !p.Open
	case NotApplicable:
		return p.Conditional
	case Told:
		return p.Open
	}
	return false
}
