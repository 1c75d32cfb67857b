package kernel_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/coverkit/crm/kernel"
)

func TestNewIDsIncrease(t *testing.T) {
	t.Parallel()
	const hands, each = 8, 1000
	made := make([][]kernel.ID, hands)
	var wg sync.WaitGroup
	for h := range hands {
		wg.Go(func() {
			for range each {
				made[h] = append(made[h], kernel.NewID())
			}
		})
	}
	wg.Wait()
	seen := map[kernel.ID]bool{}
	for h, ids := range made {
		for i, id := range ids {
			if i > 0 && id <= ids[i-1] {
				t.Fatalf("goroutine %d: %s after %s", h, id, ids[i-1])
			}
			if seen[id] {
				t.Fatalf("%s twice", id)
			}
			seen[id] = true
		}
	}
}

func TestNewIDIsAVersion7UUID(t *testing.T) {
	t.Parallel()
	id := kernel.NewID()
	if u, err := uuid.Parse(string(id)); err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		t.Errorf("%s: version %d, %v", id, u.Version(), err)
	}
	if got, err := kernel.ParseID(string(id)); got != id || err != nil {
		t.Errorf("ParseID = %q, %v", got, err)
	}
	var f kernel.FieldErrors
	if kernel.CheckRef(&f, "id", id.Ref()); f.Err() != nil || string(id.Ref()) != string(id) {
		t.Errorf("no reference: %v", f.Err())
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	const id = "0198c0de-7a11-7abc-8def-0123456789ab"
	for _, s := range []string{id, strings.ToUpper(id), "0198C0de-7A11-7abc-8DEF-0123456789aB"} {
		if got, err := kernel.ParseID(s); got != id || err != nil {
			t.Errorf("ParseID(%q) = %q, %v", s, got, err)
		}
	}
	for name, s := range map[string]string{
		"empty":             "",
		"in braces":         "{" + id + "}",
		"urn":               "urn:uuid:" + id,
		"without dashes":    strings.ReplaceAll(id, "-", ""),
		"dashes moved":      "0198c0de7-a11-7abc-8def-0123456789ab",
		"not hex":           "0198c0dg" + id[8:],
		"short":             id[:35],
		"long":              id + "0",
		"spaces":            " " + id + " ",
		"space for a digit": " " + id[1:],
		"full-width":        "０" + id[3:],
		"host's number":     "P-2026-000017",
		"NUL":               id[:35] + "\x00",
		"hostile":           strings.Repeat(id, 1<<15),
	} {
		got, err := kernel.ParseID(s)
		if got != "" || !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%s: %q, %v", name, got, err)
		} else if len(err.Error()) > 100 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}
