package storage

// Expecting is a [Tx] that does well to know beforehand how many rows will be inserted.
type Expecting interface {
	// Expect says that so many rows are about to be inserted, at least.
	Expect(rows int)
}

// Expect tells the store that so many rows are about to be inserted, at least.
func (t *GuardTx) Expect(rows int) {
	if x, ok := t.tx.(Expecting); ok {
		x.Expect(rows)
	}
}
