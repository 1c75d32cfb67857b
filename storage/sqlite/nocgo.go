//go:build !cgo

package sqlite

// Without cgo the driver is an empty shell that fails on first use.
const hasDriver = false
