package journal_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// A parcel with its stamps: the smallest subject that has a part.
type parcel struct {
	kernel.Root `gorm:"embedded"`
	Weight      int64          `gorm:"column:weight"`
	To          privacy.Secret `gorm:"column:addressee"`
}

func (*parcel) TableName() string { return "crm_test_parcels" }

type stamp struct {
	kernel.Meta `gorm:"embedded"`
	ParcelID    kernel.ID `gorm:"column:parcel_id"`
	Cents       int64     `gorm:"column:cents"`
}

func (*stamp) TableName() string { return "crm_test_stamps" }

var subjects = []journal.Subjects{{Kind: "parcel", Root: &parcel{}, Parts: []journal.Part{{Record: &stamp{}, Owner: "parcel_id"}}}}

var (
	owner = kernel.WithActor(context.Background(), kernel.Owner)
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
)

// office is a store with a journal that is written by hand. raw is the same store without
// its guard, for those who mean no good.
type office struct {
	*storage.Guarded
	raw *memory.Store
}

func newOffice() *office {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	raw := memory.New()
	return &office{storage.Guard(raw, keys), raw}
}

// write inserts or saves a parcel with stamps, and its entry.
func (o *office) write(ctx context.Context, p *parcel, event string, stamps ...*stamp) error {
	return o.Update(ctx, func(tx *storage.GuardTx) error {
		fresh := p.ID == ""
		if fresh {
			p.ID, p.CreatedAt = kernel.NewID(), noon
		}
		p.Tenant, p.UpdatedAt = tx.Tenant(), noon
		e := &journal.Entry{
			Tenant: tx.Tenant(), Kind: "parcel", SubjectID: p.ID, SubjectVersion: p.Version + 1, Unit: kernel.NewID(),
			Command: "parcel." + event, Event: event, Actor: "u-1", Role: "agent", At: noon, Facts: journal.Facts{"weight": float64(p.Weight)},
		}
		for _, s := range stamps {
			s.ID, s.Tenant, s.ParcelID, s.CreatedAt, s.UpdatedAt = kernel.NewID(), tx.Tenant(), p.ID, noon, noon
			if err := tx.Insert(s); err != nil {
				return err
			}
			d, err := journal.NewRowDigest(tx, s, string(s.ID), 1)
			if err != nil {
				return err
			}
			e.Rows = append(e.Rows, d)
		}
		d, err := journal.NewRowDigest(tx, p, string(p.ID), p.Version+1)
		if err != nil {
			return err
		}
		e.Rows = append(e.Rows, d)
		if err := e.Link(tx, p.Head); err != nil {
			return err
		}
		p.Head = e.Hash
		if fresh {
			return tx.Insert(p, e)
		}
		return errors.Join(tx.Save(p), tx.Insert(e))
	})
}

func (o *office) verify(t testing.TB, ctx context.Context, subjects []journal.Subjects) *journal.Report {
	t.Helper()
	var report *journal.Report
	err := o.View(ctx, func(tx *storage.GuardTx) (err error) { report, err = journal.Verify(tx, subjects); return err })
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// put writes a row past guard and journal.
func (o *office) put(t testing.TB, rec storage.Record) {
	t.Helper()
	if err := o.raw.Update(owner, func(tx storage.Tx) error { return tx.Insert(rec) }); err != nil {
		t.Fatal(err)
	}
}

// fill writes n parcels with a stamp each, moved once.
func (o *office) fill(t testing.TB, n int) []*parcel {
	t.Helper()
	var out []*parcel
	for range n {
		p := &parcel{Weight: 500, To: privacy.New("张三")}
		if err := errors.Join(o.write(owner, p, "Post", &stamp{Cents: 120}), o.write(owner, p, "Weigh")); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// More subjects and entries than are read or compared at once are all seen.
func TestALargeJournalIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 620)
	r := o.verify(t, owner, subjects)
	if !r.OK() || r.Entries != 1240 || r.Subjects != 620 || r.Rows != 1240 {
		t.Errorf("%d entries, %d subjects, %d rows: %v", r.Entries, r.Subjects, r.Rows, r.Faults)
	}
	// Somebody adds strangers, the last of them beyond the first page.
	var last *stamp
	for range 3 {
		last = &stamp{Meta: kernel.Meta{ID: kernel.NewID(), CreatedAt: noon, UpdatedAt: noon}, ParcelID: kernel.NewID(), Cents: 1}
		o.put(t, last)
	}
	r = o.verify(t, owner, subjects)
	if len(r.Faults) != 3 || !slices.ContainsFunc(r.Faults, func(f journal.Fault) bool {
		return f.What == journal.RowUnknown && f.Table == "crm_test_stamps" && f.Row == string(last.ID) && f.Subject == last.ParcelID
	}) {
		t.Errorf("%v", r.Faults)
	}
}

// A report names at most so many faults, whatever it meets.
func TestAReportIsBounded(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 3)
	o.put(t, &journal.Entry{Kind: "parcel", SubjectID: kernel.NewID(), SubjectVersion: 1 << 60, At: noon})
	if r := o.verify(t, owner, subjects); len(r.Faults) != journal.MaxFaults {
		t.Errorf("%d faults", len(r.Faults))
	}
}

func TestEntriesOfNothingThatIsKnown(t *testing.T) {
	t.Parallel()
	o := newOffice()
	p := o.fill(t, 1)[0]
	r := o.verify(t, owner, nil)
	if len(r.Faults) != 1 || r.Faults[0].What != journal.KindUnknown || r.Faults[0].Subject != p.ID {
		t.Errorf("%v", r.Faults)
	}
	wrong := []journal.Subjects{{Kind: "parcel", Root: &parcel{}, Parts: []journal.Part{{Record: &stamp{}, Owner: "riddle"}}}}
	err := o.View(owner, func(tx *storage.GuardTx) error { _, err := journal.Verify(tx, wrong); return err })
	if err == nil {
		t.Error("a part whose owner is no column")
	}
}

// Tenants have journals of their own.
func TestTenantsAreVerifiedApart(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 2)
	other := kernel.WithActor(owner, kernel.Actor{ID: "x", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
	if err := o.write(other, &parcel{Weight: 1}, "Post"); err != nil {
		t.Fatal(err)
	}
	if r := o.verify(t, other, subjects); !r.OK() || r.Entries != 1 {
		t.Errorf("%d entries, %v", r.Entries, r.Faults)
	}
	n, err := journal.Relay(other, o.Guarded, "mail", noon, func(_ context.Context, e journal.Entry) error {
		if e.Tenant != "other" {
			t.Errorf("an entry of %q", e.Tenant)
		}
		return nil
	})
	if n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// An entry's hash holds every column but its number and itself.
func TestAHashHoldsEverything(t *testing.T) {
	t.Parallel()
	base := journal.Entry{Kind: "parcel", SubjectID: kernel.NewID(), SubjectVersion: 2, At: noon}
	seen := map[string]string{}
	for name, change := range map[string]func(*journal.Entry){
		"nothing": func(*journal.Entry) {},
		"tenant":  func(e *journal.Entry) { e.Tenant = "x" }, "kind": func(e *journal.Entry) { e.Kind = "x" },
		"subject": func(e *journal.Entry) { e.SubjectID = kernel.NewID() }, "version": func(e *journal.Entry) { e.SubjectVersion++ },
		"branch": func(e *journal.Entry) { e.Branch = "x" }, "unit": func(e *journal.Entry) { e.Unit = kernel.NewID() },
		"command": func(e *journal.Entry) { e.Command = "x" }, "event": func(e *journal.Entry) { e.Event = "x" },
		"from": func(e *journal.Entry) { e.From = "x" }, "to": func(e *journal.Entry) { e.To = "x" },
		"actor": func(e *journal.Entry) { e.Actor = "x" }, "role": func(e *journal.Entry) { e.Role = "x" },
		"on behalf": func(e *journal.Entry) { e.OnBehalf = "x" }, "at": func(e *journal.Entry) { e.At = noon.Add(time.Microsecond) },
		"facts": func(e *journal.Entry) { e.Facts = journal.Facts{"a": "x"} }, "person": func(e *journal.Entry) { e.PersonRef = "x" },
		"idem": func(e *journal.Entry) { e.Idem = []byte("x") }, "input": func(e *journal.Entry) { e.Input = []byte("x") },
		"rows": func(e *journal.Entry) { e.Rows = []journal.RowDigest{{Table: "x"}} }, "prev": func(e *journal.Entry) { e.Prev = []byte("x") },
	} {
		e := base
		change(&e)
		h, err := storage.DigestRow(&e, 0)
		if err != nil {
			t.Fatal(err)
		}
		if twin := seen[string(h[:])]; twin != "" {
			t.Errorf("%s and %s have one hash", name, twin)
		}
		seen[string(h[:])] = name
	}
	e := base
	e.Seq, e.Hash = 77, []byte("x")
	if h, _ := storage.DigestRow(&e, 0); seen[string(h[:])] != "nothing" {
		t.Error("number or hash are part of the hash")
	}
}

// Two processes that relay for one consumer deliver everything at least once.
func TestTwoRelaysForOneConsumer(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 250)
	var mu sync.Mutex
	seen := map[int64]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := journal.Relay(owner, o.Guarded, "mail", noon, func(_ context.Context, e journal.Entry) error {
				mu.Lock()
				defer mu.Unlock()
				seen[e.Seq]++
				return nil
			})
			if err != nil && !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrDuplicate) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := func(_ context.Context, e journal.Entry) error { seen[e.Seq]++; return nil }
	if _, err := journal.Relay(owner, o.Guarded, "mail", noon, count); err != nil || len(seen) != 500 {
		t.Errorf("%d entries, %v", len(seen), err)
	}
	if n, err := journal.Relay(owner, o.Guarded, "mail", noon, count); n != 0 || err != nil {
		t.Errorf("%d more, %v", n, err)
	}
}

// A key cannot be read from what is stored for it, and is another one for each command.
func TestKeysAreNotStored(t *testing.T) {
	t.Parallel()
	a, b := journal.IdemOf("parcel.Post", "k"), journal.IdemOf("parcel.Weigh", "k")
	if slices.Equal(a, b) || len(a) != 32 || !slices.Equal(a, journal.IdemOf("parcel.Post", "k")) {
		t.Errorf("%x %x", a, b)
	}
}
