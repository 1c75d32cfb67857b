package torture

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Soak reports whether the long rounds are wanted: CRM_SOAK is set in the environment.
func Soak() bool { return os.Getenv("CRM_SOAK") != "" }

// Rounds returns how often a test goes round: quick as part of all tests, long when
// [Soak] is wanted, and twice or once under -short.
func Rounds(quick, long int) int {
	switch {
	case Soak():
		return long
	case testing.Short():
		return min(quick, 2)
	}
	return quick
}

// Rand returns the test's chance and prints its seed. CRM_SEED repeats the chance of an
// earlier run.
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("CRM_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("CRM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
