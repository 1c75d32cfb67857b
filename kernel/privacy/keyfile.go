package privacy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// OpenKeyFile opens the key file at path, or makes one with fresh keys, mode
// 0600, when there is none. Processes that start at the same time end with the
// same keys.
//
// Keep the file apart from the database and its backups, and keep a copy of it:
// without it all personal data is lost.
//
// The error is [ErrKeyFile] when there is something at path that is not a key
// file or was cut short or edited, or, on Unix, that group or others have any
// right to: such a file is never replaced. A symbolic link to a file is
// followed, as secrets are often mounted so; a dangling one is refused. Other
// errors are those of the file system.
func OpenKeyFile(path string) (*Keys, error) {
	keys, err := readKeyFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	fresh, err := NewKeys()
	if err != nil {
		return nil, err
	}
	// A link, unlike a rename, does not replace what another process was quicker
	// to put there. Whoever won, what lies there now is what both read.
	err = fresh.place(path, os.Link)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	keys, err = readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is a link to nothing", ErrKeyFile, path)
	}
	return keys, err
}

// WriteFile writes the keys to a file of mode 0600, in place of a key file whose
// keys are all among them. It refuses with [ErrKeyFile] to replace anything
// else, since that could lose keys that are in use. Of two programs that change
// a key file at once, one may undo the other's change: change keys from one.
func (k *Keys) WriteFile(path string) error {
	old, err := readKeyFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k.place(path, os.Link)
	case err != nil:
		return err
	case !k.covers(old):
		return fmt.Errorf("%w: %s holds keys that would be lost", ErrKeyFile, path)
	}
	// Through a link, so that it is the file that changes.
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	return k.place(path, os.Rename)
}

// place writes the keys beside path and then puts them there in one step, so
// that nobody ever sees half a file.
func (k *Keys) place(path string, put func(from, to string) error) (err error) {
	text, err := k.Export()
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	if err := put(tmp.Name(), path); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the new name last through a power failure. Windows has no such
// call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}

func readKeyFile(path string) (*Keys, error) {
	// Asked before opening, since opening a pipe would wait for its other end.
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file", ErrKeyFile, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	if mode := info.Mode(); runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s is open to others than its owner (mode %04o); chmod it to 600",
			ErrKeyFile, path, mode.Perm())
	}
	const limit = 1 << 20 // some thousand keys
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	if len(text) > limit {
		return nil, fmt.Errorf("%w: %s is too large", ErrKeyFile, path)
	}
	keys, err := ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}
