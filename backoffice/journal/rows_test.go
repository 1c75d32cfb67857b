package journal_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/storage"
)

// The document of row digests is what package json makes of them, or is left to it.
func TestAppendRows(t *testing.T) {
	t.Parallel()
	if _, ok := journal.AppendRows(nil, nil); ok {
		t.Error("no rows have a document")
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[a-z0-9_-]{0,40}`), rapid.String())
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) journal.RowDigest {
			return journal.RowDigest{
				Table: text.Draw(t, "table"), ID: text.Draw(t, "id"), Version: rapid.Int64().Draw(t, "version"), Digest: text.Draw(t, "digest"),
			}
		}), 1, 4).Draw(t, "rows")
		got, ok := journal.AppendRows(nil, rows)
		if !ok {
			return
		}
		want, err := storage.MarshalJSON(rows)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s, want %s, %v", got, want, err)
		}
	})
}
