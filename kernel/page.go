package kernel

// Cursor marks a place in a list. It is opaque; empty is the beginning.
type Cursor string

// List says which part of a list to return.
type List struct {
	After Cursor // of the page before; empty: from the beginning
	Limit int    // 1 to [MaxLimit]; 0 and less mean 50
}

// MaxLimit is the longest page.
const MaxLimit = 500

// Size returns the limit to use: 50 where none is said, at most [MaxLimit].
func (l List) Size() int {
	if l.Limit <= 0 {
		return 50
	}
	return min(l.Limit, MaxLimit)
}

// Page is one part of a list. Next is empty on the last page.
type Page[T any] struct {
	Items []T
	Next  Cursor
}
