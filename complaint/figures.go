package complaint

import "github.com/shopspring/decimal"

// Exposure is what complaints are held against. What is not known is zero.
type Exposure struct {
	Policies  int64           // in force
	Premium   decimal.Decimal // in yuan
	Customers int64
}

// Share is a part of a number.
type Share struct {
	Part int64 `json:"part"`
	Of   int64 `json:"of"`
}

// Rate returns the share as a number from 0 to 1 with four places, rounded half-even; 0
// of nothing is 0.
func (s Share) Rate() decimal.Decimal {
	if s.Of == 0 {
		return decimal.Zero
	}
	return ratio(decimal.NewFromInt(s.Part), decimal.NewFromInt(s.Of), 4)
}

// Standing is what became of improvements.
type Standing struct {
	Open      int64 `json:"open"`      // decided on or under way
	Done      int64 `json:"done"`      // in place, whether it is known to help or not
	Effective int64 `json:"effective"` // of those done: measured, and better than before
}

func (s *Standing) add(o Standing) {
	s.Open, s.Done, s.Effective = s.Open+o.Open, s.Done+o.Done, s.Effective+o.Effective
}

// Repeat is a root cause that came up more than once.
type Repeat struct {
	Cause string `json:"cause"`
	Count int64  `json:"count"`
}

// Group is the figures of one group of complaints. Rates are not valid where the exposure
// is not known.
type Group struct {
	By  Dimension `json:"by,omitempty"`
	Key string    `json:"key"` // empty: not known

	Count     int64 `json:"count"`     // complaints of level 1; those merged into others are not counted twice
	Open      int64 `json:"open"`      // of them, without a reply
	Refused   int64 `json:"refused"`   //
	Withdrawn int64 `json:"withdrawn"` //
	Merged    int64 `json:"merged"`    // besides Count

	PerPolicies  decimal.NullDecimal `json:"per_policies"`  // Count for 10 000 policies, two places
	PerPremium   decimal.NullDecimal `json:"per_premium"`   // Count for 100 million of premium, two places
	PerCustomers decimal.NullDecimal `json:"per_customers"` // Count for 10 000 customers, two places

	OnTime     Share `json:"on_time"`     // replied to by the promised day, of those with such a day that are replied to or late
	Justified  Share `json:"justified"`   // wholly or partly, of those with a verdict
	Second     Share `json:"second"`      // complained of again, of those replied to
	Closed     int64 `json:"closed"`      // Close was given; of them:
	MedianDays int64 `json:"median_days"` // days from receipt to closing, nearest rank; 0 when none is closed
	P95Days    int64 `json:"p95_days"`

	Repeated     []Repeat  `json:"repeated,omitempty"`     // the most frequent first
	Improvements *Standing `json:"improvements,omitempty"` // nil: nobody to ask
}
