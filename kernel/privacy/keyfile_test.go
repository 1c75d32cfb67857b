package privacy_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/coverkit/crm/kernel/privacy"
)

// mark tells keys apart.
func mark(t testing.TB, keys *privacy.Keys) string {
	t.Helper()
	text, err := keys.Export()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func unixOnly(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("file modes are of Unix")
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "crm.keys")
	keys, err := privacy.OpenKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, _, _ := keys.NewDataKey("p")
	again, err := privacy.OpenKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.OpenDataKey(wrapped, "p"); err != nil || mark(t, again) != mark(t, keys) {
		t.Errorf("opened again, it holds other keys: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestKeyFileMadeByManyAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		path := filepath.Join(t.TempDir(), "crm.keys")
		var wg sync.WaitGroup
		marks := make([]string, 8)
		for i := range marks {
			wg.Go(func() {
				keys, err := privacy.OpenKeyFile(path)
				if err != nil {
					t.Error(err)
					return
				}
				marks[i] = mark(t, keys)
			})
		}
		wg.Wait()
		for _, m := range marks {
			if m != marks[0] {
				t.Fatal("two of them have different keys")
			}
		}
	}
}

func TestKeyFileMadeByManyProcesses(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("PRIVACY_TEST_KEYFILE"); path != "" {
		keys, err := privacy.OpenKeyFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.WriteString("keys:" + mark(t, keys) + ":keys")
		return
	}
	path := filepath.Join(t.TempDir(), "crm.keys")
	var wg sync.WaitGroup
	outs := make([]string, 6)
	for i := range outs {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestKeyFileMadeByManyProcesses$")
			cmd.Env = append(os.Environ(), "PRIVACY_TEST_KEYFILE="+path)
			out, err := cmd.Output()
			_, text, _ := strings.Cut(string(out), "keys:")
			if outs[i], _, _ = strings.Cut(text, ":keys"); err != nil || outs[i] == "" {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	for _, out := range outs {
		if out != outs[0] {
			t.Fatal("two processes have different keys")
		}
	}
}

func TestKeyFileOpenToOthersIsRefused(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	path := filepath.Join(t.TempDir(), "crm.keys")
	if _, err := privacy.OpenKeyFile(path); err != nil {
		t.Fatal(err)
	}
	for mode, usable := range map[os.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o604: false, 0o644: false, 0o620: false, 0o602: false, 0o610: false, 0o666: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := privacy.OpenKeyFile(path)
		if usable && err != nil || !usable && !errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestUnusableKeyFileIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	good := mark(t, newKeys(t))
	other := mark(t, newKeys(t))
	line := func(text, name string) string {
		for l := range strings.Lines(text) {
			if strings.Contains(l, `"`+name+`"`) {
				return l
			}
		}
		t.Fatal("no " + name)
		return ""
	}
	for name, text := range map[string]string{
		"empty":             "",
		"blank":             "\n \n",
		"foreign":           "-----BEGIN PRIVATE KEY-----\n",
		"foreign JSON":      `{"primaryKeyId": 1, "key": []}`,
		"an array":          `[]`,
		"a later version":   strings.Replace(good, "version 1", "version 2", 1),
		"half":              good[:len(good)/2],
		"all but the brace": strings.TrimRight(good, "}\n"),
		"twice":             good + good,
		"trailing":          good + "x",
		"mixed":             strings.Replace(good, line(good, "wrap"), line(other, "wrap"), 1),
		"other index":       strings.Replace(good, line(good, "index"), line(other, "index"), 1),
		"no sum":            strings.Replace(good, `"sum"`, `"sun"`, 1),
		"large":             good + strings.Repeat(" ", 1<<20),
	} {
		path := filepath.Join(t.TempDir(), "crm.keys")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		keys, err := privacy.OpenKeyFile(path)
		if keys != nil || !errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("%s: %v", name, err)
		}
		if err := newKeys(t).WriteFile(path); !errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("%s: replaced: %v", name, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != text {
			t.Errorf("%s: the file was changed", name)
		}
		for _, secret := range []string{line(good, "wrap"), line(good, "index")} {
			if err != nil && strings.Contains(err.Error(), strings.TrimSpace(secret)[9:]) {
				t.Errorf("%s: the error shows keys", name)
			}
		}
	}
}

func TestEveryEditOfAKeyFileIsFound(t *testing.T) {
	t.Parallel()
	text := []byte(mark(t, newKeys(t)))
	wrap, sum := bytes.Index(text, []byte(`"wrap"`)), len(text)
	for i := wrap; i < sum; i++ {
		edited := bytes.Clone(text)
		edited[i] ^= 1
		if keys, err := privacy.ParseKeys(edited); err == nil && mark(t, keys) != string(text) {
			t.Errorf("byte %d edited (%q for %q): other keys", i, edited[i], text[i])
		} else if err != nil && !errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

func TestKeyFileThatIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := privacy.OpenKeyFile(dir); !errors.Is(err, privacy.ErrKeyFile) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := privacy.OpenKeyFile(filepath.Join(dir, "none", "crm.keys")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no directory: %v", err)
	}
	if _, err := privacy.OpenKeyFile(""); err == nil {
		t.Error("a path of nothing was opened")
	}
}

func TestKeyFileBehindALink(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.keys"), filepath.Join(dir, "crm.keys")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if _, err := privacy.OpenKeyFile(link); !errors.Is(err, privacy.ErrKeyFile) {
		t.Errorf("a link to nothing: %v", err)
	}
	keys, err := privacy.OpenKeyFile(file)
	if err != nil {
		t.Fatal(err)
	}
	linked, err := privacy.OpenKeyFile(link)
	if err != nil || mark(t, linked) != mark(t, keys) {
		t.Fatalf("a link to a key file: %v", err)
	}
	next, err := linked.AddKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := next.WriteFile(link); err != nil {
		t.Fatal(err)
	}
	if keys, err = privacy.OpenKeyFile(file); err != nil || mark(t, keys) != mark(t, next) {
		t.Errorf("written through the link: %v", err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := privacy.OpenKeyFile(link); !errors.Is(err, privacy.ErrKeyFile) {
		t.Errorf("a link to a file open to others: %v", err)
	}
}

func TestWriteFileMakesAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.keys")
	keys := newKeys(t)
	for range 2 { // the second time it is there already, with the same keys
		if err := keys.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if back, err := privacy.OpenKeyFile(path); err != nil || mark(t, back) != mark(t, keys) {
		t.Errorf("read back: %v", err)
	}
}
