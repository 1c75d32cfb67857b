package pgtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// victim, set in the environment, turns the test binary into one that starts a
// server, prints where, and waits for its end.
const victim = "PGTEST_VICTIM"

// holder is the test of a process that has no tests; a skip ends the process.
type holder struct{ testing.TB }

func (holder) Helper()        {}
func (holder) Cleanup(func()) {}
func (holder) Skip(...any)    { os.Exit(0) }
func (holder) Fatal(a ...any) { fmt.Fprintln(os.Stderr, a...); os.Exit(1) }

func hold() {
	fmt.Println(pgtest.DSN(holder{}))
	if os.Getenv(victim) == "panic" {
		panic("a test that breaks")
	}
	select {} // until killed
}

// A test binary can end without any code of ours running: the server must not
// survive that, or a developer's machine fills with servers.
func TestTheServerEndsWithTheTests(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"kill", "panic"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victim+"="+end, "CRM_TEST_POSTGRES=", "CI=")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, readErr := bufio.NewReader(out).ReadString('\n')
			_ = cmd.Process.Kill()
			err = cmd.Wait()
			if readErr != nil {
				if err == nil {
					t.Skip("no PostgreSQL programs on this machine")
				}
				t.Fatalf("no data source name: %v, %v", readErr, err)
			}
			folder, _, _ := strings.Cut(strings.TrimPrefix(line, "host="), " ")
			if len(folder)+len("/.s.PGSQL.5432") > 107 {
				t.Errorf("%s is too long for a socket", folder)
			}
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				_, err := os.Stat(folder)
				if errors.Is(err, fs.ErrNotExist) {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s is still there: %v", folder, err)
				}
			}
		})
	}
}
