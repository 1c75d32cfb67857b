package torture_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// transactions in the log that is cut.
const transactions = 200

// written is a database file, its log with that many transactions, and where in the log
// each of them ends.
type written struct {
	place
	file, log []byte
	ends      []int64 // size of the log when a transaction was acknowledged
	frame     int64   // size of one
}

// header of the log and of each frame, in bytes.
const logHeader, frameHeader = 32, 24

// writeLog fills a log and takes it away while the database is open. A reader keeps the
// log from being written back meanwhile.
func writeLog(t *testing.T) written {
	t.Helper()
	w := written{place: newPlace(t, "sqlite")}
	s := w.open(t)
	defer func() { must(t, s.Close()) }()
	keeper, err := sqlite.Open(w.where)
	must(t, err)
	defer func() { must(t, keeper.Close()) }()
	hold, held, release := make(chan bool), make(chan error, 1), make(chan error, 1)
	go func() { release <- keepReading(keeper, held, hold) }()
	must(t, <-held)
	for i := range transactions {
		n := string(kernel.NewID())
		switch i % 4 {
		case 0:
			_, err = s.register(owner, n)
		case 1:
			err = s.both(owner, i, n)
		default:
			var id crm.ID
			if id, err = s.report(owner, i, n); err == nil && i%4 == 3 {
				w.ends = append(w.ends, size(t, w.where+"-wal"))
				err = s.settle(owner, id)
			}
		}
		must(t, err)
		w.ends = append(w.ends, size(t, w.where+"-wal"))
	}
	w.file, err = os.ReadFile(w.where)
	must(t, err)
	w.log, err = os.ReadFile(w.where + "-wal")
	must(t, err)
	w.frame = frameHeader + int64(binary.BigEndian.Uint32(w.log[8:]))
	close(hold)
	must(t, <-release)
	return w
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

// complete is how many transactions a log of that size holds.
func (w written) complete(size int64) int {
	return sort.Search(len(w.ends), func(i int) bool { return w.ends[i] > size })
}

// reopen opens the file with another log, and returns how many transactions are in it.
func (w written) reopen(t *testing.T, log []byte) int {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(w.where), "cut-") //nolint:usetesting // thousands that are there until the end would fill a disk
	must(t, err)
	defer os.RemoveAll(dir)
	p := place{"sqlite", filepath.Join(dir, "crm.db"), w.keys}
	must(t, os.WriteFile(p.where, w.file, 0o600))
	must(t, os.WriteFile(p.where+"-wal", log, 0o600))
	s := p.open(t)
	defer func() { must(t, s.Close()) }()
	p.whole(t)
	n := s.sound(t)
	units := len(n.customers) // a registration, alone or with a claim
	for cause, c := range n.claims {
		if _, both := n.customers[cause]; !both {
			units++ // a report
		}
		if c.Approved.IsPositive() {
			units++ // a settlement
		}
	}
	return units
}

// TestCutLog cuts the log of 200 transactions at each frame and inside frames, as a loss of
// power may. Each part opens, verifies, and holds exactly the transactions that end in it.
func TestCutLog(t *testing.T) {
	t.Parallel()
	w := writeLog(t)
	frames := (int64(len(w.log)) - logHeader) / w.frame
	chance := torture.Rand(t)
	cuts := []int64{0, 1, logHeader - 1, logHeader, int64(len(w.log))}
	for k := range frames {
		at := logHeader + k*w.frame
		cuts = append(cuts, at, at+1+chance.Int64N(w.frame-1))
	}
	for _, end := range w.ends { // and around every commit
		cuts = append(cuts, end, end-1, end-w.frame)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if most := torture.Rounds(150, len(cuts)); most < len(cuts) {
		chance.Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
		cuts = cuts[:most]
	}
	for _, at := range cuts {
		if got, want := w.reopen(t, w.log[:at]), w.complete(at); got != want {
			t.Fatalf("cut at byte %d of %d: %d transactions, want %d", at, len(w.log), got, want)
		}
	}
	t.Logf("%d transactions in %d frames of %d bytes, cut at %d places", len(w.ends), frames, w.frame, len(cuts))
}

// TestSpoiledLog changes a bit of the log: what comes before the frame is there, and
// nothing of what comes after.
func TestSpoiledLog(t *testing.T) {
	t.Parallel()
	w := writeLog(t)
	chance := torture.Rand(t)
	for range torture.Rounds(25, 2000) {
		at := logHeader + chance.Int64N(int64(len(w.log))-logHeader)
		log := bytes.Clone(w.log)
		log[at] ^= 1 << chance.IntN(8)
		begins := at - (at-logHeader)%w.frame
		if got, want := w.reopen(t, log), w.complete(begins); got != want {
			t.Fatalf("a bit of byte %d of %d: %d transactions, want %d", at, len(w.log), got, want)
		}
	}
}

// keepReading looks at one snapshot until hold is closed.
func keepReading(s *gormstore.Store, held chan<- error, hold <-chan bool) error {
	return s.View(owner, func(tx storage.Tx) error {
		_, err := storage.Count[claim.Claim](tx)
		held <- err
		<-hold
		return err
	})
}
