package main

import (
	"math/rand/v2"

	"github.com/shopspring/decimal"
)

// chance decides what happens in one case. Each case has its own, made from the seed, the
// number of its customer and how many cases the customer had before, so that nothing
// depends on keys, on the order in which a database returns rows, or on what happens to
// other customers meanwhile.
type chance struct{ *rand.Rand }

// chance returns the chance of the lane's next case.
func (l *lane) chance() chance {
	l.cases++
	return chance{rand.New(rand.NewPCG(l.seed, l.number<<32|l.cases))} //nolint:gosec // it is to be repeated, not to be secret
}

// one happens in so many of a hundred cases.
func (c chance) one(percent float64) bool { return 100*c.Float64() < percent }

// between returns a number from a to b, both included.
func (c chance) between(a, b int) int { return a + c.IntN(b-a+1) }

// wait returns for how many days something takes its time: mostly as long as usual, at
// times much longer.
func (c chance) wait(usual int) int {
	switch n := c.IntN(100); {
	case n < 82:
		return c.between(0, usual)
	case n < 95:
		return c.between(usual, 2*usual+1)
	default:
		return c.between(2*usual+1, 7*usual+2)
	}
}

// amount returns yuan and fen between two amounts of yuan.
func (c chance) amount(from, to int) decimal.Decimal {
	return decimal.New(int64(c.between(100*from, 100*to)), -2)
}

func pick[T any](c chance, of ...T) T { return of[c.IntN(len(of))] }
