package survey

import "math"

// z is the 97.5 % quantile of the normal distribution, for intervals of 95 %.
const z = 1.959963984540054

// Estimate is a figure of a sample and the interval that holds the true one in 95 of 100
// samples. With no answers nothing is known: N is 0, Value 0 and the interval the whole
// range.
type Estimate struct {
	N     int64   `json:"n"` // answers
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Known reports whether there is any answer.
func (e Estimate) Known() bool { return e.N > 0 }

// Count is how many of N were good. Counts below zero are taken as zero, and a Good
// above N as N.
type Count struct {
	Good int64 `json:"good"`
	N    int64 `json:"n"`
}

func (c Count) sane() Count {
	c.N = max(c.N, 0)
	c.Good = min(max(c.Good, 0), c.N)
	return c
}

// Share estimates a proportion, 0 to 1, with the interval of Wilson: it stays inside the
// range and has a width also where all answers are alike.
func Share(c Count) Estimate {
	c = c.sane()
	if c.N == 0 {
		return Estimate{High: 1}
	}
	n := float64(c.N)
	p := float64(c.Good) / n
	whole := 1 + z*z/n
	centre := (p + z*z/(2*n)) / whole
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / whole
	return Estimate{N: c.N, Value: p, Low: within(centre-half, 0, p), High: within(centre+half, p, 1)}
}

// NetPromoter estimates the net promoter score, -100 to 100: the share of promoters less
// that of detractors. Answers count +1, 0 and -1, so the variance of one is
//
//	(p + d) - (p - d)²
//
// with p and d the two shares, and the interval is the score ± 1.96 standard errors,
// within the range. Where all answers are alike that has no width; then the share of
// those who think otherwise is bounded by Wilson's interval instead, all of them on the
// far side.
func NetPromoter(promoters, passives, detractors int64) Estimate {
	promoters, passives, detractors = max(promoters, 0), max(passives, 0), max(detractors, 0)
	n := promoters + passives + detractors
	if n == 0 {
		return Estimate{Low: -100, High: 100}
	}
	p, d := float64(promoters)/float64(n), float64(detractors)/float64(n)
	e := Estimate{N: n, Value: 100 * (p - d)}
	others := 100 * (1 - Share(Count{n, n}).Low)
	switch n {
	case promoters:
		e.Low, e.High = 100-2*others, 100
	case detractors:
		e.Low, e.High = -100, 2*others-100
	case passives:
		e.Low, e.High = -others, others
	default:
		half := 100 * z * math.Sqrt(((p+d)-(p-d)*(p-d))/float64(n))
		e.Low, e.High = within(e.Value-half, -100, e.Value), within(e.Value+half, e.Value, 100)
	}
	return e
}

// Change estimates by how much a figure grew, with the interval that follows from those
// of the two (the method of variance estimates recovery). N is the smaller number of
// answers; when one of the two is not known, neither is the change.
func Change(before, after Estimate) Estimate {
	if !before.Known() || !after.Known() {
		return Estimate{Low: after.Low - before.High, High: after.High - before.Low}
	}
	d := after.Value - before.Value
	return Estimate{
		N: min(before.N, after.N), Value: d,
		Low:  d - math.Hypot(after.Value-after.Low, before.High-before.Value),
		High: d + math.Hypot(after.High-after.Value, before.Value-before.Low),
	}
}

// Certain reports whether a [Change] is more than chance: its interval leaves out zero.
func (e Estimate) Certain() bool { return e.Known() && (e.Low > 0 || e.High < 0) }

// Histogram is how often each score was given.
type Histogram map[int]int64

// Estimate returns the figure of a scale: for [NPS] the net promoter score (promoters
// give 9 or 10, detractors 0 to 6), for [CSAT] and [CES] the share of the scale's top
// box (4 and 5; 5 to 7). Scores off the scale do not count. Other kinds of questions
// have no figure.
func (h Histogram) Estimate(k Kind) Estimate {
	low, high, ok := k.Scale()
	if !ok {
		return Estimate{}
	}
	var promoters, passives, detractors int64
	var c Count
	for score, n := range h {
		switch {
		case score < low || score > high || n < 0:
			continue
		case score >= 9:
			promoters += n
		case score >= 7:
			passives += n
		default:
			detractors += n
		}
		c.N += n
		if score >= k.topBox() {
			c.Good += n
		}
	}
	if k == NPS {
		return NetPromoter(promoters, passives, detractors)
	}
	return Share(c)
}

// topBox is the lowest score that counts as satisfied.
func (k Kind) topBox() int {
	switch k {
	case NPS:
		return 9
	case CES:
		return 5
	}
	return 4
}

// within keeps x between low and high, which rounding may have missed.
func within(x, low, high float64) float64 { return math.Min(math.Max(x, low), high) }
