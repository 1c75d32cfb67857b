package memory_test

import (
	"testing"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/storagetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storagetest.Exercise(t, func(*testing.T) storage.Store { return memory.New() })
}
