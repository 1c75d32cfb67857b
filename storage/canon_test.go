package storage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

func digest(t interface{ Fatal(...any) }, rec storage.Record) string {
	d, err := storage.DigestRow(rec, 0)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(d[:])
}

// sealed returns a stored secret with the commitment.
func sealed(commitment, body string) privacy.Secret {
	return privacy.Sealed([]byte("\x01" + commitment + body))
}

func whole() *policy {
	p := &policy{
		Number: "P-1", Holder: "C-1", Renews: "01890000-0000-7000-8000-000000000002", Lives: -3, Group: true,
		SignedOn: kernel.NewDate(1969, 12, 31), IssuedAt: time.UnixMicro(-1), Premium: decimal.New(-120050, -2),
		Rate: decimal.New(35, -4), Terms: []byte{0, 255}, Phone: sealed("sixteen bytes 16", "whatever"), Riders: []string{"火灾"},
	}
	p.ID, p.Tenant, p.Version, p.Branch = "01890000-0000-7000-8000-000000000001", "north", 2, "上海"
	p.Head, p.CreatedAt = []byte("head"), time.Unix(0, 0)
	return p
}

// The canonical form, written by hand: who changes it makes every journal false.
func TestDigestIsOfTheCanonicalForm(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	text := func(s string) { b.WriteByte(byte(len(s))); b.WriteString(s) }
	text("crm.row.1")
	text("policies")
	column := func(name string, kind storage.Kind) { text(name); b.WriteByte(byte(kind)) }
	column("branch", 1)
	text("上海")
	column("created_at", 5)
	b.WriteByte(0)
	column("holder", 1)
	text("C-1")
	column("id", 2)
	text("01890000-0000-7000-8000-000000000001")
	column("is_group", 4)
	b.WriteByte(1)
	column("issued_at", 5)
	b.WriteByte(1) // -1, as varints have it
	column("lives", 3)
	b.WriteByte(5)
	column("number", 1)
	text("P-1")
	column("phone", 9)
	text("sixteen bytes 16")
	column("premium", 7)
	text("-1200.5000")
	column("rate", 7)
	text("0.00350000")
	column("renews", 2)
	text("01890000-0000-7000-8000-000000000002")
	column("riders", 10)
	text(`["火灾"]`)
	column("signed_on", 6)
	b.WriteByte(1)
	column("tenant", 1)
	text("north")
	column("terms", 8)
	text("\x00\xff")
	column("version", 3)
	b.WriteByte(4)
	sum := sha256.Sum256(b.Bytes())
	if got, want := digest(t, whole()), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	const golden = "d52eaf929734fe8a46261e0a30db0df1204c690442f858455b949b8bc6cf41ba"
	if got := digest(t, whole()); got != golden {
		t.Errorf("digest %s, want %s", got, golden)
	}
}

func TestEveryColumnCounts(t *testing.T) {
	t.Parallel()
	before := digest(t, whole())
	for name, change := range map[string]func(*policy){
		"id": func(p *policy) { p.ID = p.Renews }, "tenant": func(p *policy) { p.Tenant = "" }, "version": func(p *policy) { p.Version++ },
		"created": func(p *policy) { p.CreatedAt = p.CreatedAt.Add(time.Microsecond) }, "branch": func(p *policy) { p.Branch = "" },
		"updated": func(p *policy) { p.UpdatedAt = time.Unix(0, 0) }, "number": func(p *policy) { p.Number += " " },
		"holder": func(p *policy) { p.Holder = "c-1" }, "renews": func(p *policy) { p.Renews = "" },
		"lives": func(p *policy) { p.Lives = 3 }, "group": func(p *policy) { p.Group = false },
		"signed": func(p *policy) { p.SignedOn++ }, "issued": func(p *policy) { p.IssuedAt = time.Time{} },
		"premium": func(p *policy) { p.Premium = p.Premium.Neg() }, "rate": func(p *policy) { p.Rate = decimal.New(350001, -8) },
		"terms": func(p *policy) { p.Terms = p.Terms[:1] }, "riders": func(p *policy) { p.Riders = []string{} },
		"phone": func(p *policy) { p.Phone = sealed("sixteen bytes 17", "whatever") },
	} {
		p := whole()
		change(p)
		if digest(t, p) == before {
			t.Errorf("a change of %s does not show", name)
		}
	}
	for name, change := range map[string]func(*policy){
		"the chain's head": func(p *policy) { p.Head = nil }, "what is not stored": func(p *policy) { p.Cached = 1 },
		"sealed anew": func(p *policy) { p.Phone = sealed("sixteen bytes 16", "otherwise") },
	} {
		p := whole()
		change(p)
		if digest(t, p) != before {
			t.Errorf("%s changes the digest", name)
		}
	}
}

// later is the policy of a program some years on: it has more columns.
type later struct {
	policy   `gorm:"embedded"`
	Channel  string                `gorm:"column:channel"`
	Discount decimal.Decimal       `gorm:"column:a_discount"`
	Labels   map[string]string     `gorm:"column:labels;serializer:json"`
	Place    struct{ City string } `gorm:"column:place;serializer:json"`
}

func TestColumnsAddedLaterLeaveDigestsTrue(t *testing.T) {
	t.Parallel()
	p := &later{policy: *whole()}
	p.Discount = decimal.New(0, -4) // as a zero comes out of the database
	if digest(t, p) != digest(t, whole()) {
		t.Error("a column at zero changes the digest")
	}
	p.Channel = "bank"
	if digest(t, p) == digest(t, whole()) {
		t.Error("a column that is used does not change the digest")
	}
}

func TestDigestNeedsSealedSecrets(t *testing.T) {
	t.Parallel()
	p := whole()
	p.Phone = privacy.New("13800138000")
	if _, err := storage.DigestRow(p, 0); !errors.Is(err, kernel.ErrInvalid) || bytes.Contains([]byte(err.Error()), []byte("138")) {
		t.Errorf("the digest of a plain secret: %v", err)
	}
}

func TestDigestTakesTheVersionToCome(t *testing.T) {
	t.Parallel()
	p := whole()
	want := digest(t, p)
	p.Version--
	got, err := storage.DigestRow(p, p.Version+1)
	if err != nil || hex.EncodeToString(got[:]) != want {
		t.Errorf("the digest at version %d differs: %v", p.Version+1, err)
	}
}

// No text can be moved from one column to the next unseen.
func TestTextsDoNotRunTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		short := rapid.StringOfN(rapid.SampledFrom([]rune{'a', 0, 1, 6, 'n', 'h'}), 0, 8, -1)
		a, b := whole(), whole()
		a.Number, b.Number = short.Draw(t, "a"), short.Draw(t, "b")
		a.Holder, b.Holder = kernel.Ref(short.Draw(t, "a's holder")), kernel.Ref(short.Draw(t, "b's holder"))
		same := a.Number == b.Number && a.Holder == b.Holder
		if (digest(t, a) == digest(t, b)) != same {
			t.Fatalf("%q %q and %q %q", a.Number, a.Holder, b.Number, b.Holder)
		}
	})
}
