// Package house keeps the plan of the house: which package may import which.
// It holds tests only and is imported by nobody.
//
// The plan stands in rules_test.go, as a table of floors and a table of imports
// that are reserved for one place; every line carries its reason, and a failing
// test prints it. checker_test.go holds the tables against a graph of packages:
// house_test.go takes that of this module as the go command sees it,
// sound_test.go made-up ones that break one rule each, so that a rule which
// catches nothing is noticed.
//
// Only what a host compiles counts: imports of test files are free.
package house
