package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/examples/internal/start"
)

func main() { start.Main("complaints", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := start.NewFile("complaints", "file", "complaints", stderr)
	html := s.String("html", "", "`file` for the page with tables and charts; default: beside the SQLite database, with PostgreSQL none")
	if err := s.Parse(args); err != nil {
		return err
	}
	var f *figures
	where, seconds, err := start.Replay(ctx, s, read, func(ctx context.Context, file *complaints, with start.Run) (err error) {
		f, err = (&replay{file: file, shift: s.Shift, keys: with.Keys, tick: with.Tick}).run(ctx, with.Store)
		return err
	})
	if err != nil {
		return err
	}
	f.Seconds = seconds
	if *html == "" && s.DB != "" {
		*html = s.DB + ".html"
	}
	if *html != "" {
		if err := report(f, filepath.Base(s.Path), *html); err != nil {
			return err
		}
	}
	if s.JSON {
		return show.JSON(stdout, f)
	}
	return tables(stdout, where, *html, f)
}
