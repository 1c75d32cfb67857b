package member

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Marks are what an appraisal is made of (MR 四(三)2), each from 0 to 100.
type Marks struct {
	Quality      decimal.Decimal `json:"quality"`      // 服务质量
	Skill        decimal.Decimal `json:"skill"`        // 业务能力
	Satisfaction decimal.Decimal `json:"satisfaction"` // 客户满意度
}

// Weights say how much each mark counts; only their proportion matters.
type Weights struct {
	Quality      int `json:"quality"`
	Skill        int `json:"skill"`
	Satisfaction int `json:"satisfaction"`
}

// Consequence is what a grade asks for.
type Consequence string

// The consequences.
const (
	ThenReward  Consequence = "reward"  // 奖励
	ThenNothing Consequence = "nothing" // 无
	ThenCoach   Consequence = "coach"   // 辅导和改进
)

// Grade is reached with a score of From or more.
type Grade struct {
	Code string
	From decimal.Decimal // 0 to 100
	Then Consequence
}

// Scheme says how staff are appraised.
type Scheme struct {
	Weights Weights
	Grades  []Grade // from the best, whose From is the highest, to the last, whose From is 0
}

// DefaultScheme weighs quality 40, skill 30 and satisfaction 30. A from 90 is rewarded, B
// from 75 is well, C from 60 and D below are coached.
func DefaultScheme() Scheme {
	return Scheme{
		Weights: Weights{Quality: 40, Skill: 30, Satisfaction: 30},
		Grades: []Grade{
			{"A", decimal.NewFromInt(90), ThenReward}, {"B", decimal.NewFromInt(75), ThenNothing},
			{"C", decimal.NewFromInt(60), ThenCoach}, {"D", decimal.Zero, ThenCoach},
		},
	}
}

func (s Scheme) isZero() bool { return s.Weights == Weights{} && len(s.Grades) == 0 }

// Check returns what is wrong with a scheme as [kernel.FieldErrors]. A faulty scheme
// refuses every appraisal with the same.
func (s Scheme) Check() error {
	if s.isZero() {
		return nil
	}
	var f kernel.FieldErrors
	sum := 0
	for _, w := range [...]struct {
		path string
		n    int
	}{{"quality", s.Weights.Quality}, {"skill", s.Weights.Skill}, {"satisfaction", s.Weights.Satisfaction}} {
		checkInt(f.At("weights"), w.path, int64(w.n), 0, 1000)
		sum += w.n
	}
	if sum <= 0 {
		f.Add("weights", "required", "something must count")
	}
	if len(s.Grades) == 0 {
		f.Add("grades", "required", "there is a grade at least")
	}
	checkCount(&f, "grades", len(s.Grades), MaxList)
	for i, g := range s.Grades[:min(len(s.Grades), MaxList)] {
		at := f.Index("grades", i)
		checkCode(at, "code", g.Code, true)
		checkScore(at, "from", g.From)
		if g.Then != ThenReward && g.Then != ThenNothing && g.Then != ThenCoach {
			at.Add("then", "unknown", "reward, nothing or coach")
		}
		fits := kernel.FitsAmount(g.From) == nil
		if i > 0 && fits && kernel.FitsAmount(s.Grades[i-1].From) == nil && !g.From.LessThan(s.Grades[i-1].From) {
			at.Add("from", "order", "below the grade before")
		}
		if i == len(s.Grades)-1 && fits && !g.From.IsZero() {
			at.Add("from", "range", "the last grade begins with 0")
		}
	}
	return f.Err()
}

// grade weighs the marks. The score is rounded half-even to two decimals at the end, and
// the rounded score makes the grade.
func (s Scheme) grade(m Marks) (decimal.Decimal, Grade) {
	weigh := func(mark decimal.Decimal, w int) decimal.Decimal { return mark.Mul(decimal.NewFromInt(int64(w))) }
	w := s.Weights
	sum := weigh(m.Quality, w.Quality).Add(weigh(m.Skill, w.Skill)).Add(weigh(m.Satisfaction, w.Satisfaction))
	score := mean(sum, int64(w.Quality+w.Skill+w.Satisfaction))
	for _, g := range s.Grades {
		if score.GreaterThanOrEqual(g.From) {
			return score, g
		}
	}
	return score, s.Grades[len(s.Grades)-1]
}
