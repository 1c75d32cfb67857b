package torture_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// TestSealsUnderWriters seals in several places at once while others write, some of them in
// transactions that stay open for longer than a seal takes, and some of which are taken
// back. Each seal is kept, and none is ever untrue.
func TestSealsUnderWriters(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, dialect)
			s := p.open(t)
			defer func() { must(t, s.Close()) }()
			driver := map[string]string{"sqlite": sqlite.DriverName, "postgres": "pgx"}[dialect]
			db, err := sql.Open(driver, p.where)
			must(t, err)
			defer func() { must(t, db.Close()) }()
			long, err := s.register(owner, "long")
			must(t, err)
			done := make(chan struct{})
			var writers sync.WaitGroup
			for w := range 4 {
				writers.Go(func() {
					chance := rand.New(rand.NewPCG(uint64(w), 0))
					for n := 0; ; n++ {
						select {
						case <-done:
							return
						default:
						}
						name := fmt.Sprintf("%d/%d", w, n)
						if w > 0 || dialect == "sqlite" { // where nobody could write beside it
							if _, err := s.register(owner, name); err != nil {
								t.Error(err)
							}
							time.Sleep(20 * time.Millisecond)
							continue
						}
						tx, err := db.Begin()
						if err != nil {
							t.Error(err)
							return
						}
						_, err = s.Within(postgres.Join(tx)).Customers.Amend(owner, long, customer.Amendment{Name: &name, Reason: privacy.New("renamed")})
						time.Sleep(time.Duration(chance.IntN(600)) * time.Millisecond)
						end := tx.Commit
						if err != nil || chance.IntN(3) == 0 {
							end = tx.Rollback
						}
						if err := errors.Join(err, end()); err != nil {
							t.Error(err)
						}
					}
				})
			}
			var kept []crm.Seal
			other := p.open(t) // as another process would
			defer func() { must(t, other.Close()) }()
			for range torture.Rounds(6, 200) {
				time.Sleep(50 * time.Millisecond)
				seals, errs := make([]crm.Seal, 4), make([]error, 4)
				var sealers sync.WaitGroup
				for i := range seals {
					sealers.Go(func() { seals[i], errs[i] = []*shop{s, other}[i%2].Seal(owner) })
				}
				sealers.Wait()
				for i := range seals {
					if !errors.Is(errs[i], crm.ErrConflict) {
						must(t, errs[i])
						kept = append(kept, seals[i])
					}
				}
				if r, err := s.Verify(owner, kept...); err != nil || !r.OK() {
					t.Fatalf("after %d seals: %v %v", len(kept), r, err)
				}
			}
			close(done)
			writers.Wait()
			for range 50 {
				seal, err := s.Seal(owner)
				must(t, err)
				kept = append(kept, seal)
				if seal.UpTo == s.newest(t, db) {
					break
				}
			}
			r, err := s.Verify(owner, kept...)
			if must(t, err); !r.OK() || r.Seals < 2 || r.Sealed != s.newest(t, db) {
				t.Errorf("%d seals up to %d: %v", r.Seals, r.Sealed, r.Faults)
			}
			t.Logf("%d seals over %d entries, %d kept, none untrue", r.Seals, r.Entries, len(kept))
		})
	}
}

func (s *shop) newest(t testing.TB, db *sql.DB) (seq int64) {
	t.Helper()
	must(t, db.QueryRow("SELECT max(seq) FROM crm_journal").Scan(&seq))
	return seq
}
