package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// canonV1 opens every digest, so that another encoding can never be mistaken for
// this one.
const canonV1 = "crm.row.1"

// DigestRow returns the SHA-256 of the row in its canonical form: the table, then
// each column that is not at its zero value, sorted by name, all length-prefixed.
// Columns at zero are left out, so that a column added later leaves the digests of
// older rows true. Personal data enters as the commitment made with the person's
// data key, so that sealing it anew, or erasing the person, changes no digest; a
// secret that is not sealed yet is an error. version stands in for the record's
// own Version, which Save is about to raise.
func DigestRow(rec Record, version int64) ([32]byte, error) {
	return digestRow(rec, version, nil)
}

// digestRow takes documents that are made already from made, and puts those that it has
// to make there.
func digestRow(rec Record, version int64, made *documents) ([32]byte, error) {
	v := reflect.ValueOf(rec).Elem()
	sc, err := SchemaOf(v.Type())
	if err != nil {
		return [32]byte{}, err
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	b := appendString(appendString((*buf)[:0], canonV1), sc.Table)
	for _, f := range sc.canon {
		fv := v.FieldByIndex(f.Index)
		if f.Column == "version" && version > 0 {
			b = appendString(b, f.Column)
			b = binary.AppendVarint(append(b, byte(Int)), version)
			continue
		}
		if f.Chain || fv.IsZero() {
			continue
		}
		if f.Kind == JSON {
			b, err = appendDocument(b, rec, f, fv, made)
		} else {
			b, err = appendField(b, f, fv)
		}
		if err != nil {
			return [32]byte{}, fmt.Errorf("storage: digest of %s.%s: %w", sc.Table, f.Column, err)
		}
	}
	*buf = b // as far as it has grown
	return sha256.Sum256(b), nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 2048); return &b }}

// appendField appends a column. v is addressable: to box what it holds would cost more
// than the digest.
func appendField(b []byte, f *Field, v reflect.Value) ([]byte, error) {
	start := len(b)
	b = append(appendString(b, f.Column), byte(f.Kind))
	switch f.Kind {
	case String, UUID:
		return appendString(b, v.String()), nil
	case Int:
		return binary.AppendVarint(b, v.Int()), nil
	case Bool:
		return append(b, 1), nil
	case Time:
		t := *v.Addr().Interface().(*time.Time)
		if t.IsZero() { // in another zone than the zero value
			return b[:start], nil
		}
		return binary.AppendVarint(b, t.UnixMicro()), nil
	case Day:
		return binary.AppendVarint(b, kernel.Date(v.Int()).UnixDays()), nil
	case Amount:
		d := *v.Addr().Interface().(*decimal.Decimal)
		if d.IsZero() { // as a stored zero reads back in another form than the zero value
			return b[:start], nil
		}
		return appendString(b, d.StringFixed(f.Scale)), nil
	case Bytes:
		if v.Len() == 0 {
			return b[:start], nil
		}
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.Bytes()...), nil
	case Sealed:
		s := *v.Addr().Interface().(*privacy.Secret)
		if !s.IsSealed() {
			return nil, fmt.Errorf("not sealed: %w", kernel.ErrInvalid)
		}
		c := s.Commitment()
		return append(binary.AppendUvarint(b, uint64(len(c))), c...), nil
	}
	return nil, fmt.Errorf("no such kind: %w", kernel.ErrInvalid)
}

func appendDocument(b []byte, rec Record, f *Field, v reflect.Value, made *documents) ([]byte, error) {
	doc, ok := made.find(rec, f)
	if !ok {
		var err error
		if doc, err = MarshalJSON(v.Addr().Interface()); err != nil {
			return nil, err
		}
		made.add(rec, f, doc)
	}
	if bytes.Equal(doc, f.zero) { // as what JSON leaves out reads back as zero
		return b, nil
	}
	b = append(appendString(b, f.Column), byte(JSON))
	return append(binary.AppendUvarint(b, uint64(len(doc))), doc...), nil
}

// appendString appends s with its length, so that no two lists of strings run
// into the same bytes.
func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
