package kernel

// Line is a line of insurance business (险种). The statutory rules name lines and
// the two families property and personal.
type Line string

// The lines of business.
const (
	Motor     Line = "motor"     // 车险
	Property  Line = "property"  // 财产险
	Cargo     Line = "cargo"     // 货运险
	Liability Line = "liability" // 责任险
	Life      Line = "life"      // 寿险
	Annuity   Line = "annuity"   // 年金险
	Health    Line = "health"    // 健康险
	Accident  Line = "accident"  // 意外险
	Travel    Line = "travel"    // 旅行险, partly property and partly accident
)

// Known reports whether the line is one of the library's.
func (l Line) Known() bool { return l.Personal() || l.PropertyFamily() }

// Personal reports whether the line belongs to insurance of persons (人身保险).
func (l Line) Personal() bool {
	return l == Life || l == Annuity || l == Health || l == Accident || l == Travel
}

// PropertyFamily reports whether the line belongs to property insurance (财产保险).
func (l Line) PropertyFamily() bool {
	return l == Motor || l == Property || l == Cargo || l == Liability || l == Travel
}

// Share names somebody entitled to part of a benefit (受益人).
type Share struct {
	Party  Ref   `json:"party"`
	Order  int   `json:"order"`            // 1 comes first; the next order only when nobody of the one before is left
	Weight int64 `json:"weight,omitempty"` // integer weight within the order; none at all means equal parts
}
