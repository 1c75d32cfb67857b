package torture_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// childOrder makes the test binary a process that writes until it is killed.
const childOrder = "CRM_TORTURE_CHILD"

// workers of a child.
const workers = 4

// work writes as fast as it can, and says each time that a command was acknowledged: a
// line in one write, after the command has returned.
func work(order string) {
	s, err := parse(order).tryOpen()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintf(os.Stdout, format+"\n", args...)
	}
	say("ready")
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				if err := s.act(owner, say); err != nil {
					fmt.Fprintln(os.Stderr, err) // a server that is going down, say
					return
				}
			}
		})
	}
	wg.Wait()
	os.Exit(1)
}

// act does one thing of each kind.
func (s *shop) act(ctx context.Context, say func(string, ...any)) error {
	n := string(kernel.NewID())
	if _, err := s.register(ctx, n); err != nil {
		return err
	}
	say("register firm %s", n)
	id, err := s.report(ctx, rand.IntN(4), n)
	if err != nil {
		return err
	}
	say("report %s", id)
	if err := s.settle(ctx, id); err != nil {
		return err
	}
	say("settle %s", id)
	if err := s.both(ctx, rand.IntN(4), n); err != nil {
		return err
	}
	say("both both %s", n)
	return nil
}

// child is a process at work.
type child struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	stderr bytes.Buffer
}

func (p place) start(t testing.TB) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env, c.cmd.Stderr = append(os.Environ(), childOrder+"="+p.String()), &c.stderr
	out, err := c.cmd.StdoutPipe()
	must(t, err)
	c.out = bufio.NewReader(out)
	must(t, c.cmd.Start())
	if line, err := c.out.ReadString('\n'); line != "ready\n" {
		_ = c.cmd.Wait()
		t.Fatalf("the child said %q, %v\n%s", line, err, &c.stderr)
	}
	return c
}

// kill ends the process a while after its first command, however busy it is, and returns
// what it had acknowledged. meanwhile may hasten its end.
func (c *child) kill(t testing.TB, after time.Duration, meanwhile func()) (acknowledged []string) {
	t.Helper()
	read, begun := make(chan []string), make(chan bool, 1)
	go func() {
		var lines []string
		for {
			line, err := c.out.ReadString('\n')
			if len(lines) == 0 {
				begun <- true
			}
			if err != nil { // an unfinished line was not said
				_, _ = io.Copy(io.Discard, c.out)
				read <- lines
				return
			}
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}()
	<-begun
	time.Sleep(after)
	if meanwhile != nil {
		meanwhile()
	}
	_ = c.cmd.Process.Kill()
	acknowledged = <-read
	_ = c.cmd.Wait()
	return acknowledged
}

// acknowledged holds what a process had said against what is there.
func (n count) acknowledged(t testing.TB, s *shop, lines []string) {
	t.Helper()
	for _, line := range lines {
		what, name, _ := strings.Cut(line, " ")
		ok := false
		switch what {
		case "register":
			ok = n.customers[name] != ""
		case "report":
			ok = n.byID[crm.ID(name)].ID != ""
		case "settle":
			c := n.byID[crm.ID(name)]
			ok = c.Approved.IsPositive() && s.happened(t, "claim", c.ID, "RequestPayment")
		case "both":
			ok = n.customers[name] != "" && n.claims[name].ID != ""
		}
		if !ok {
			t.Errorf("acknowledged and lost: %s", line)
		}
	}
}

// TestKill kills a process that writes, again and again. Every command that it had
// acknowledged is there, none is there by half, and the journal agrees with the rows.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			rounds := torture.Rounds(25, 1000)
			if dialect == "postgres" {
				rounds = torture.Rounds(5, 300)
			}
			killRounds(t, rounds, func() place { return newPlace(t, dialect) }, nil)
		})
	}
}

// TestCrash ends the PostgreSQL server at once, in the middle of a process's work.
func TestCrash(t *testing.T) {
	t.Parallel()
	server := pgtest.Own(t)
	killRounds(t, torture.Rounds(3, 100), func() place {
		return place{"postgres", server.DSN(t), filepath.Join(t.TempDir(), "crm.key")}.migrated(t)
	}, func() { server.Crash(t) })
}

func killRounds(t *testing.T, rounds int, next func() place, meanwhile func()) {
	t.Helper()
	chance := torture.Rand(t)
	var p place
	said, entries := 0, int64(0)
	var all []string
	for i := range rounds {
		if i%10 == 0 { // what has grown large takes long to look through
			p, all = next(), nil
		}
		c := p.start(t)
		lines := c.kill(t, time.Duration(chance.IntN(130))*time.Millisecond, meanwhile)
		said, all = said+len(lines), append(all, lines...)
		s := p.open(t)
		p.whole(t)
		n := s.sound(t)
		n.acknowledged(t, s, all)
		entries = n.entries
		must(t, s.Close())
		if t.Failed() {
			t.Fatalf("in round %d", i)
		}
	}
	t.Logf("%d rounds, %d commands acknowledged, none lost, none by half; %d entries in the last database", rounds, said, entries)
	if said < rounds {
		t.Errorf("hardly anything was written before the end")
	}
}

// whole lets SQLite look at its own file.
func (p place) whole(t testing.TB) {
	t.Helper()
	if p.dialect != "sqlite" {
		return
	}
	db, err := sql.Open(sqlite.DriverName, p.where)
	must(t, err)
	defer db.Close()
	var found string
	must(t, db.QueryRow("PRAGMA integrity_check").Scan(&found))
	if found != "ok" {
		t.Errorf("the file is damaged: %s", found)
	}
}
