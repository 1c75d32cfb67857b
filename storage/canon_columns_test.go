package storage_test

import (
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Two texts side by side: what one ends with may look like the beginning of the other.
type pair struct {
	kernel.Meta `gorm:"embedded"`
	Left        string `gorm:"column:a"`
	Right       string `gorm:"column:b"`
}

func (*pair) TableName() string { return "st_pairs" }

// A text that says what its neighbour's column would look like is not taken for it, so that
// nothing can be moved there unseen.
func TestATextDoesNotPassForTheNextColumn(t *testing.T) {
	t.Parallel()
	kind := string(byte(storage.String))
	honest := digest(t, &pair{Left: "approved", Right: "by u-7"})
	for _, forged := range []pair{
		{Left: "approved" + "b" + kind + "by u-7"},
		{Left: "approved" + "by u-7"},
		{Left: "approvedby", Right: " u-7"},
		{Right: "approved" + "by u-7"},
	} {
		if digest(t, &forged) == honest {
			t.Errorf("%q and %q pass for two columns", forged.Left, forged.Right)
		}
	}
}
