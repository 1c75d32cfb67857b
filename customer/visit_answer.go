package customer

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Answer is what the customer said to one point of the script.
type Answer struct {
	kernel.Meta `gorm:"embedded"`
	VisitID     kernel.ID      `gorm:"column:visit_id;uniqueIndex:visit_answers_point" json:"visit_id"`
	Point       string         `gorm:"column:point;uniqueIndex:visit_answers_point" json:"point"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	Result      Result         `gorm:"column:result" json:"result"`
	Words       privacy.Secret `gorm:"column:words" json:"words,omitzero"` // sealed
}

// TableName is crm_visit_answers.
func (*Answer) TableName() string { return "crm_visit_answers" }

// Person returns whose data key seals the words.
func (a *Answer) Person() kernel.Ref { return a.PersonRef }

// Reply is an answer as it comes in.
type Reply struct {
	Point  string // its code
	Result Result
	Words  privacy.Secret // up to [MaxText] characters; may be empty
}

// checkReplies returns the replies with trimmed words.
func checkReplies(f *kernel.FieldErrors, in []Reply) []Reply {
	if len(in) > maxPoints {
		f.Add("answers", "length", "at most %d answers", maxPoints)
		return nil
	}
	out, seen := make([]Reply, len(in)), map[string]bool{}
	for i, r := range in {
		at := f.Index("answers", i)
		kernel.CheckRef(at, "point", kernel.Ref(r.Point))
		if seen[r.Point] {
			at.Add("point", "duplicate", "the same point comes twice")
		}
		seen[r.Point] = true
		oneOf(at, "result", r.Result, false, Confirmed, Denied, NotApplicable, Told)
		r.Words = text(at, "words", r.Words, MaxText)
		out[i] = r
	}
	return out
}

// holds compares replies with the visit's script. denied are the codes of the points
// that the customer denies.
func (v *Visit) holds(f *kernel.FieldErrors, in []Reply, all bool) (denied []string) {
	given := map[string]bool{}
	for i, r := range in {
		p := v.point(r.Point)
		switch {
		case p == nil:
			f.Index("answers", i).Add("point", "unknown", "is no point of the script %s", v.Script)
		case !p.fits(r.Result):
			f.Index("answers", i).Add("result", "conflict", "is no answer to this point")
		case r.Result == Denied:
			denied = append(denied, r.Point)
		}
		given[r.Point] = true
	}
	for _, p := range v.Points {
		if all && !given[p.Code] {
			f.Add("answers", "required", "%s is not answered", p.Code)
		}
	}
	return denied
}

func (v *Visit) point(code string) *Point {
	for i := range v.Points {
		if v.Points[i].Code == code {
			return &v.Points[i]
		}
	}
	return nil
}

func (v *Visit) keep(u *command.Unit, in []Reply) error {
	for _, r := range in {
		if err := u.Insert(&Answer{VisitID: v.ID, Point: r.Point, PersonRef: v.Person(), Result: r.Result, Words: r.Words}); err != nil {
			return err
		}
	}
	return nil
}
