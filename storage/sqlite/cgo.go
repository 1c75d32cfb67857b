//go:build cgo

package sqlite

const hasDriver = true
