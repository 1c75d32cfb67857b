package survey_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/survey"
)

func near(t tb, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 5e-5 {
		t.Errorf("%s: got %.5f, want %.5f", what, got, want)
	}
}

// Wilson's interval, worked out by hand from
//
//	(p + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
func TestShare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		good, n          int64
		value, low, high float64
	}{
		{8, 10, 0.8, 0.49016, 0.94332},
		{50, 100, 0.5, 0.40383, 0.59617},
		{0, 10, 0, 0, 0.27753},
		{10, 10, 1, 0.72247, 1},
		{1, 1, 1, 0.20655, 1},
		{0, 0, 0, 0, 1},
		{12, 10, 1, 0.72247, 1}, // more good ones than there are
		{-3, 10, 0, 0, 0.27753},
		{3, -10, 0, 0, 1},
	} {
		e := survey.Share(survey.Count{Good: tt.good, N: tt.n})
		near(t, "value", e.Value, tt.value)
		near(t, "low", e.Low, tt.low)
		near(t, "high", e.High, tt.high)
		if e.N != max(tt.n, 0) || e.Known() != (tt.n > 0) {
			t.Errorf("%d of %d: %+v", tt.good, tt.n, e)
		}
	}
}

// 50 promoters, 30 passives, 20 detractors: the score is 30, the variance of one answer
// 0.7 - 0.3² = 0.61, the standard error √(0.61/100) = 0.0781, times 1.96 = 0.15308.
func TestNetPromoter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p, n, d          int64
		value, low, high float64
	}{
		{50, 30, 20, 30, 14.69219, 45.30781},
		{20, 30, 50, -30, -45.30781, -14.69219},
		{1, 0, 1, 0, -100, 100},            // 0 ± 1.96/√2, cut at the range
		{5, 5, 0, 50, 19.01025, 80.98975},  // variance 0.5 - 0.25, standard error 0.15811
		{10, 0, 0, 100, 44.49344, 100},     // alike: 1 - 0.72247 may think otherwise, twice
		{0, 0, 10, -100, -100, -44.49344},  //
		{0, 10, 0, 0, -27.75328, 27.75328}, //
		{0, 0, 0, 0, -100, 100},
		{-1, 0, 0, 0, -100, 100},
	} {
		e := survey.NetPromoter(tt.p, tt.n, tt.d)
		near(t, "value", e.Value, tt.value)
		near(t, "low", e.Low, tt.low)
		near(t, "high", e.High, tt.high)
	}
}

// Newcombe's example: 56 of 70 against 48 of 80 differ by 0.2, from 0.0524 to 0.3339.
func TestChange(t *testing.T) {
	t.Parallel()
	before, after := survey.Share(survey.Count{Good: 48, N: 80}), survey.Share(survey.Count{Good: 56, N: 70})
	c := survey.Change(before, after)
	if near(t, "value", c.Value, 0.2); math.Abs(c.Low-0.0524) > 1e-4 || math.Abs(c.High-0.3339) > 1e-4 || c.N != 70 || !c.Certain() {
		t.Errorf("%+v", c)
	}
	back := survey.Change(after, before)
	near(t, "back", back.Low, -c.High)
	none := survey.Change(survey.Estimate{High: 1}, after)
	if none.Known() || none.Certain() || none.Low > -0.1 || none.High < 0.5 {
		t.Errorf("%+v", none)
	}
}

func TestHistograms(t *testing.T) {
	t.Parallel()
	nps := survey.Histogram{0: 10, 6: 10, 7: 15, 8: 15, 9: 25, 10: 25, 11: 99, -1: 99}
	near(t, "nps", nps.Estimate(survey.NPS).Value, 30)
	csat := survey.Histogram{1: 1, 3: 1, 4: 3, 5: 5, 6: 99}
	if e := csat.Estimate(survey.CSAT); e.N != 10 || e.Value != 0.8 {
		t.Errorf("%+v", e)
	}
	ces := survey.Histogram{4: 2, 5: 3, 7: 5, 0: 99}
	if e := ces.Estimate(survey.CES); e.N != 10 || e.Value != 0.8 {
		t.Errorf("%+v", e)
	}
	if e := nps.Estimate(survey.Text); e.Known() {
		t.Errorf("%+v", e)
	}
}

// Of every sample: the interval holds the estimate and lies in the range; ten times as
// many answers of the same kind make it narrower; who turns all scores round turns the
// figure round.
func TestIntervals(t *testing.T) {
	t.Parallel()
	holds := func(t *rapid.T, what string, e survey.Estimate, low, high float64) {
		if e.Low > e.Value || e.Value > e.High || e.Low < low || e.High > high || math.IsNaN(e.Value+e.Low+e.High) {
			t.Fatalf("%s: %+v", what, e)
		}
	}
	few := rapid.Int64Range(0, 500)
	rapid.Check(t, func(t *rapid.T) {
		p, n, d := few.Draw(t, "p"), few.Draw(t, "n"), few.Draw(t, "d")
		score, more := survey.NetPromoter(p, n, d), survey.NetPromoter(10*p, 10*n, 10*d)
		holds(t, "score", score, -100, 100)
		if p+n+d > 0 && more.High-more.Low >= score.High-score.Low && score.High-score.Low < 200 {
			t.Fatalf("wider with more answers: %+v, %+v", score, more)
		}
		if turned := survey.NetPromoter(d, n, p); math.Abs(turned.Value+score.Value) > 1e-9 || math.Abs(turned.Low+score.High) > 1e-9 {
			t.Fatalf("%+v, %+v", score, turned)
		}
		share, bigger := survey.Share(survey.Count{Good: p, N: p + n}), survey.Share(survey.Count{Good: 10 * p, N: 10 * (p + n)})
		holds(t, "share", share, 0, 1)
		if p+n > 0 && bigger.High-bigger.Low >= share.High-share.Low {
			t.Fatalf("wider with more answers: %+v, %+v", share, bigger)
		}
		holds(t, "change", survey.Change(share, survey.Share(survey.Count{Good: d, N: n + d})), -1, 1)
		in := survey.Inputs{Surveys: survey.Count{Good: p, N: p + n}, Visits: survey.Count{Good: d, N: d + n}, Deadlines: survey.Count{Good: n, N: p + n}}
		w := survey.Weights{Surveys: rapid.Float64Range(-1, 9).Draw(t, "w"), Visits: rapid.Float64Range(0, 9).Draw(t, "v"), Inspections: 3}
		q := survey.Judge(in, w)
		holds(t, "quality", q.Score, 0, 100)
	})
}

// Surveys 80 of 100 and deadlines 90 of 100, each counted twice: 85. Where there were
// neither visits nor inspections, they do not count.
func TestJudge(t *testing.T) {
	t.Parallel()
	in := survey.Inputs{Surveys: survey.Count{Good: 80, N: 100}, Deadlines: survey.Count{Good: 90, N: 100}}
	q := survey.Judge(in, survey.Weights{})
	near(t, "score", q.Score.Value, 85)
	// Wilson: 0.71117 to 0.86663, and 0.82563 to 0.94477.
	near(t, "low", q.Score.Low, 85-50*math.Hypot(0.8-0.711171, 0.9-0.825634))
	near(t, "high", q.Score.High, 85+50*math.Hypot(0.866633-0.8, 0.944771-0.9))
	if q.Score.N != 200 {
		t.Errorf("%+v", q)
	}
	in.Inspections = survey.Count{Good: 0, N: 5}
	near(t, "all inspections failed", survey.Judge(in, survey.Weights{}).Score.Value, 68)
	near(t, "only inspections count", survey.Judge(in, survey.Weights{Inspections: 1}).Score.Value, 0)
	if q := survey.Judge(survey.Inputs{}, survey.Weights{}); q.Score.Known() || q.Score.High != 100 {
		t.Errorf("%+v", q)
	}
	for _, w := range []float64{math.NaN(), math.Inf(1), -1} {
		if q := survey.Judge(in, survey.Weights{Surveys: w, Inspections: 1}); math.IsNaN(q.Score.Value) || q.Score.N != 5 {
			t.Errorf("weight %v: %+v", w, q)
		}
	}
}
