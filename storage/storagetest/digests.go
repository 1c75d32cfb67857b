package storagetest

import (
	"encoding/hex"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Digests of [full] and of a bare policy with a fixed key, at version 1. They are
// the same on every store and must never change: journals are full of them.
const (
	goldenFull = "c0caf9c308190dd0ce667a42bf0824770138b4e818b5cab42c136d36c8b84086"
	goldenBare = "0a77bf52d0df130277b30cbe75f2f1928bc60b14b39a79fb5f45ef6006063947"
)

func golden() (whole, bare *Policy) {
	whole, bare = full(), policy()
	whole.ID, bare.ID = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
	whole.Renews = bare.ID
	bare.Number, bare.Holder = "P-1", ""
	return whole, bare
}

func goldenDigests(w *world) {
	whole, bare := golden()
	w.insert(whole, bare)
	for want, id := range map[string]kernel.ID{goldenFull: whole.ID, goldenBare: bare.ID} {
		p := w.get(id)
		d, err := storage.DigestRow(p, 0)
		if got := hex.EncodeToString(d[:]); err != nil || got != want {
			w.Errorf("digest of %s is %s (%v), want %s", p.Number, got, err, want)
		}
	}
}

func (h *house) digestOf(id kernel.ID) [32]byte {
	h.Helper()
	d, err := storage.DigestRow(h.read(h.a, id), 0)
	if err != nil {
		h.Fatal(err)
	}
	return d
}

// digestsHold: the digest that the journal takes of a row before it is written is
// that of the row when it is read again, whatever the values looked like.
func digestsHold(h *house) {
	for name, set := range map[string]func(*Policy){
		"bare":                   func(*Policy) {},
		"sealed":                 func(p *Policy) { p.Phone = privacy.New(phone) },
		"trailing zeros":         func(p *Policy) { p.Premium, p.Rate = dec("12.3000"), dec("0.10000000") },
		"no amounts":             func(p *Policy) { p.Premium, p.Rate = decimal.Decimal{}, decimal.Decimal{} },
		"zero with places":       func(p *Policy) { p.Premium, p.Rate = dec("0.00"), dec("0") },
		"an exponent":            func(p *Policy) { p.Premium = dec("12e2") },
		"another zone":           func(p *Policy) { p.IssuedAt = noon.In(time.FixedZone("CST", 8*3600)) },
		"nanoseconds":            func(p *Policy) { p.IssuedAt = noon.Add(999) },
		"nanoseconds before":     func(p *Policy) { p.IssuedAt = noon.AddDate(-80, 0, 0).Add(999) },
		"zero in another zone":   func(p *Policy) { p.IssuedAt = time.Time{}.In(time.FixedZone("CST", 8*3600)) },
		"the epoch":              func(p *Policy) { p.IssuedAt, p.SignedOn = time.Unix(0, 0), kernel.NewDate(1970, 1, 1) },
		"no bytes":               func(p *Policy) { p.Terms = []byte{} },
		"an empty list":          func(p *Policy) { p.Riders, p.Labels = []string{}, map[string]string{} },
		"a document's zeros":     func(p *Policy) { p.Site.Value = dec("0.00") },
		"a document's empties":   func(p *Policy) { p.Site.Hazards = []string{} },
		"a document's places":    func(p *Policy) { p.Site.Value = dec("12.3000") },
		"names in another order": func(p *Policy) { p.Labels = map[string]string{"bb": "1", "a": "2", "ab": "3", "保": "4"} },
		"what HTML escapes":      func(p *Policy) { p.Riders = []string{"<&>\u2028\u2029\u0001\t\"\\/"} },
	} {
		p := policy()
		set(p)
		var before [32]byte
		h.do(h.a, func(tx *storage.GuardTx) (err error) {
			p.Tenant, p.Version = tx.Tenant(), 0
			if before, err = tx.Digest(p, 1); err != nil {
				return err
			}
			return tx.Insert(p)
		})
		if h.digestOf(p.ID) != before {
			h.Errorf("%s: the digest changed by being stored", name)
		}
		// Read and saved as it is, it differs by its version alone.
		p = h.read(h.a, p.ID)
		h.do(h.a, func(tx *storage.GuardTx) (err error) {
			if before, err = tx.Digest(p, p.Version+1); err != nil {
				return err
			}
			return tx.Save(p)
		})
		if h.digestOf(p.ID) != before {
			h.Errorf("%s: the digest changed by being saved", name)
		}
	}
}
