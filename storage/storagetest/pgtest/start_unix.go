//go:build unix

package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// guard starts the server, waits until its own standard input ends, and clears
// everything away; each line there before makes the server crash and start again.
// Arguments: the folder, the server's program and its options.
const guard = `
folder=$1; shift
"$@" >log 2>&1 &
server=$!
while read -r line; do
	kill -QUIT $server
	wait $server
	"$@" >>log 2>&1 &
	server=$!
done
kill -QUIT $server
wait $server
cd / && rm -rf "$folder"
`

// start runs a server of our own with the settings, each in the form name=value.
func start(settings []string) (*server, error) {
	bin, err := find(folders)
	if err != nil {
		return nil, err
	}
	accounts, err := candidates()
	if err != nil {
		return nil, err
	}
	var failures []error
	for _, as := range accounts {
		s, err := startAs(as, bin, settings)
		if err == nil {
			return s, nil
		}
		failures = append(failures, err)
	}
	return nil, fmt.Errorf("start %s: %w", bin.postgres, errors.Join(failures...))
}

// candidates are the accounts to run the server under, in order; nil is our own.
func candidates() ([]*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return []*syscall.Credential{nil}, nil
	}
	var found []*syscall.Credential
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			found = append(found, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)})
		}
	}
	if len(found) == 0 {
		return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
	}
	return found, nil
}

func startAs(as *syscall.Credential, bin binaries, settings []string) (_ *server, err error) {
	// A socket's path may have 107 bytes; the folder that TMPDIR names can be
	// longer than that, or closed to the account that runs the server.
	folder, err := os.MkdirTemp("/tmp", "pgtest")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if as != nil {
		if err := os.Chown(folder, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	if err := initialise(as, bin, folder); err != nil {
		return nil, err
	}
	args := []string{"-c", guard, "guard", folder, bin.postgres, "-D", "data", "-k", folder, "-p", "5432"}
	for _, s := range append([]string{
		"listen_addresses=", "max_connections=100", "timezone=UTC", "log_timezone=UTC",
		"dynamic_shared_memory_type=mmap", // in the folder, so that nothing stays behind elsewhere
		"autovacuum_naptime=5min",
	}, settings...) {
		args = append(args, "-c", s)
	}
	cmd := command(as, folder, "/bin/sh", args...)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := func() error {
		_ = lifeline.Close()
		return cmd.Wait()
	}
	s, err := await(folder, stop)
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log"))
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), stop())
	}
	s.crash = func() error {
		_, err := lifeline.Write([]byte("crash\n"))
		return err
	}
	return s, nil
}

// initialise creates the server's data with a locale that orders by code point
// and knows all letters, or failing that the plain one, which every system has.
func initialise(as *syscall.Credential, bin binaries, folder string) error {
	var failures []error
	for _, locale := range []string{"C.UTF-8", "C"} {
		out, err := command(as, folder, bin.initdb, "--pgdata=data", "--username=crm", "--auth=trust",
			"--encoding=UTF8", "--locale="+locale, "--no-sync").CombinedOutput()
		if err == nil {
			return nil
		}
		failures = append(failures, fmt.Errorf("initdb: %w\n%s", err, out))
	}
	return errors.Join(failures...)
}

// command prepares a program that works in the folder, in a session of its own
// so that an interrupt at the terminal reaches the tests and not the server,
// and without the caller's environment, whose PG… variables PostgreSQL obeys.
func command(as *syscall.Credential, folder, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: as}
	return cmd
}

// await connects as soon as the server listens.
func await(folder string, stop func() error) (*server, error) {
	dsn := strings.Join([]string{"host=" + folder, "port=5432", "user=crm", "dbname=postgres", "sslmode=disable"}, " ")
	late := time.After(patience)
	for {
		s, err := connect(dsn, stop)
		if err == nil {
			return s, nil
		}
		select {
		case <-late:
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
