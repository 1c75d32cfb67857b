package torture_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
)

// at lets n callers do the same thing at the same moment and returns what came of it.
func at(n int, do func() error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			errs[i] = do()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return errs
}

// winners counts who has won, and fails unless the others were told that they came late.
func winners(t testing.TB, errs []error) (n int) {
	t.Helper()
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, crm.ErrState) && !errors.Is(err, crm.ErrConflict):
			t.Errorf("a loser is told %v", err)
		}
	}
	return n
}

// settleOnce is settle without a key: whoever comes later is refused.
func (s *shop) settleOnce(id crm.ID) error {
	_, err := s.Claims.SettleDirect(owner, id, settlement)
	return err
}

// TestOneWinner lets 64 callers settle one claim. One does; it is paid once.
func TestOneWinner(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			rounds := torture.Rounds(3, 200)
			s := newPlace(t, dialect).open(t)
			defer func() { must(t, s.Close()) }()
			for i := range rounds {
				id, err := s.report(owner, i, fmt.Sprint("hail ", i))
				must(t, err)
				if n := winners(t, at(64, func() error { return s.settleOnce(id) })); n != 1 {
					t.Fatalf("round %d: %d have settled the claim", i, n)
				}
			}
			n := s.sound(t)
			if len(n.claims) != rounds {
				t.Errorf("%d claims", len(n.claims))
			}
			t.Logf("%d rounds of 64 callers, one winner each", rounds)
		})
	}
}

// racers of each of the processes of TestOneWinnerOfAll.
const racers = 16

// race is the child of TestOneWinnerOfAll: for each claim that it is told, 16 callers try
// to settle it at once.
func race(order string) {
	s, err := parse(order).tryOpen()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		won, odd := 0, error(nil)
		for _, err := range at(racers, func() error { return s.settleOnce(crm.ID(in.Text())) }) {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, crm.ErrState) && !errors.Is(err, crm.ErrConflict):
				odd = err
			}
		}
		fmt.Println(won, odd)
	}
	os.Exit(0)
}

// TestOneWinnerOfAll is TestOneWinner with four processes of 16 callers each.
func TestOneWinnerOfAll(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, dialect)
			s := p.open(t)
			defer func() { must(t, s.Close()) }()
			var in []io.WriteCloser
			var out []*bufio.Reader
			for range 4 {
				cmd := exec.CommandContext(t.Context(), os.Args[0])
				cmd.Env, cmd.Stderr = append(os.Environ(), childOrder+"=race:"+p.String()), os.Stderr
				w, err := cmd.StdinPipe()
				must(t, err)
				r, err := cmd.StdoutPipe()
				must(t, err)
				must(t, cmd.Start())
				defer func() { _ = w.Close(); must(t, cmd.Wait()) }()
				in, out = append(in, w), append(out, bufio.NewReader(r))
				if line, err := out[len(out)-1].ReadString('\n'); line != "ready\n" {
					t.Fatalf("a process said %q, %v", line, err)
				}
			}
			rounds := torture.Rounds(5, 100)
			for i := range rounds {
				id, err := s.report(owner, i, fmt.Sprint("storm ", i))
				must(t, err)
				for _, w := range in {
					_, err := fmt.Fprintln(w, id)
					must(t, err)
				}
				total := 0
				for _, r := range out {
					line, err := r.ReadString('\n')
					must(t, err)
					var won int
					if _, err := fmt.Sscan(line, &won); err != nil || !strings.Contains(line, "<nil>") {
						t.Fatalf("a process said %q, %v", line, err)
					}
					total += won
				}
				if total != 1 {
					t.Fatalf("round %d: %d have settled the claim", i, total)
				}
			}
			s.sound(t)
			t.Logf("%d rounds of 4 processes with %d callers each, one winner each", rounds, racers)
		})
	}
}

// TestOneKey lets 32 callers give the same command under one key: all get the same answer,
// and it is done once. Another command under the key is refused.
func TestOneKey(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newPlace(t, dialect).open(t)
			defer func() { must(t, s.Close()) }()
			rounds := torture.Rounds(3, 50)
			for i := range rounds {
				n := fmt.Sprint("round ", i)
				var mu sync.Mutex
				ids := map[crm.ID]int{}
				for _, err := range at(32, func() error {
					id, err := s.register(owner, n)
					for errors.Is(err, crm.ErrConflict) { // five others were first; the key makes it safe
						id, err = s.register(owner, n)
					}
					mu.Lock()
					defer mu.Unlock()
					ids[id]++
					return err
				}) {
					must(t, err)
				}
				if len(ids) != 1 {
					t.Fatalf("round %d: %d customers", i, len(ids))
				}
				for _, err := range at(8, func() error { return s.both(owner, i, n) }) {
					if err != nil && !errors.Is(err, crm.ErrReplayed) && !errors.Is(err, crm.ErrConflict) {
						t.Errorf("a unit: %v", err)
					}
				}
				if _, err := s.Customers.Register(owner, firm("another firm"), crm.Key("register/"+n)); !errors.Is(err, crm.ErrKeyReused) {
					t.Errorf("another command under the key: %v", err)
				}
			}
			if c := s.sound(t); len(c.customers) != 2*rounds || len(c.claims) != rounds {
				t.Errorf("%d customers and %d claims", len(c.customers), len(c.claims))
			}
			t.Logf("%d rounds of 32 callers, one effect each", rounds)
		})
	}
}
