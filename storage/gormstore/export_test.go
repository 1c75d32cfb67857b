package gormstore

import (
	"context"

	"github.com/coverkit/crm/storage"
)

// Early is Repeat, as if somebody else were always writing.
func (s *Store) Early(ctx context.Context, fn func(storage.Tx) error) error { return s.early(ctx, fn) }
