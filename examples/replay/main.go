package main

import (
	"context"
	"io"

	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/examples/internal/start"
)

func main() { start.Main("replay", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := start.NewFile("replay", "claims", "claims", stderr)
	if err := s.Parse(args); err != nil {
		return err
	}
	var f *figures
	where, seconds, err := start.Replay(ctx, s, read, func(ctx context.Context, file *claims, with start.Run) (err error) {
		f, err = (&replay{file: file, shift: s.Shift, keys: with.Keys, tick: with.Tick}).run(ctx, with.Store)
		return err
	})
	if err != nil {
		return err
	}
	f.Seconds = seconds
	if s.JSON {
		return show.JSON(stdout, f)
	}
	return table(stdout, where, f)
}
