package main

import (
	"context"
	"errors"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel/privacy"
)

// step is a command that waits to be given.
type step = func(context.Context) error

// together gives commands of one person in one unit of work: all or nothing, one commit.
// Who loses a race against somebody else does it all again.
func (w *insurer) together(who crm.Actor, commands func(c *crm.CRM) []step) (err error) {
	ctx := w.as(who)
	for range 5 {
		err = w.crm.InTx(ctx, func(c *crm.CRM) error {
			for _, do := range commands(c) {
				if err := do(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, crm.ErrConflict) {
			return err
		}
	}
	return err
}

// with makes a step of a command to a record that says something.
func with[T, In any](command func(context.Context, crm.ID, In, ...crm.Option) (T, error), id crm.ID, in In) step {
	return func(ctx context.Context) error {
		_, err := command(ctx, id, in)
		return err
	}
}

// bare makes a step of a command to a record that says nothing more.
func bare[T any](command func(context.Context, crm.ID, ...crm.Option) (T, error), id crm.ID) step {
	return func(ctx context.Context) error {
		_, err := command(ctx, id)
		return err
	}
}

// done drops what a command returned.
func done[T any](_ T, err error) error { return err }

func said(words string) privacy.Secret { return privacy.New(words) }
