package pgtest

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// folders are where distributions put the binaries that they keep out of PATH:
// Debian and Ubuntu, Red Hat, Homebrew, and a build from source.
var folders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/usr/local/pgsql/bin",
}

// binaries are the programs of one PostgreSQL version.
type binaries struct{ initdb, postgres string }

// find returns the binaries in PATH or else the newest among the folders.
func find(folders []string) (binaries, error) {
	if b, ok := lookup(""); ok {
		return b, nil
	}
	var found []string
	for _, pattern := range folders {
		dirs, _ := filepath.Glob(pattern) // errors are bad patterns, and ours are constant
		found = append(found, dirs...)
	}
	slices.SortStableFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, dir := range found {
		if b, ok := lookup(dir + "/"); ok {
			return b, nil
		}
	}
	return binaries{}, errMissing
}

// lookup finds both programs under prefix; an empty prefix means PATH.
func lookup(prefix string) (binaries, bool) {
	initdb, err1 := exec.LookPath(prefix + "initdb")
	postgres, err2 := exec.LookPath(prefix + "postgres")
	return binaries{initdb, postgres}, err1 == nil && err2 == nil
}

// version is the number in a folder such as /usr/lib/postgresql/17/bin, or 0.
func version(dir string) int {
	name := filepath.Base(filepath.Dir(dir))
	n, _ := strconv.Atoi(name[strings.LastIndexAny(name, "-@")+1:])
	return n
}
