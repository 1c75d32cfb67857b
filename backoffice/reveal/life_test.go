package reveal_test

import (
	"os"
	"testing"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/matrix"
)

func TestTheTableIsAsWritten(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/access.matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(reveal.Lifecycle, f)
	if err != nil || len(diffs) > 0 {
		t.Errorf("%v, %v", diffs, err)
	}
}
