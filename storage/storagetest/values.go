package storagetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// full is a policy with something in every column.
func full() *Policy {
	p := policy()
	p.Branch, p.Head = "上海分公司", []byte{0, 1, 0xff}
	p.Number, p.Holder, p.State = "保单𠮷-1", "客户-王", "有效"
	p.Renews = kernel.NewID()
	p.Lives, p.Grade, p.Group = 1<<53+1, -128, true
	p.SignedOn = kernel.NewDate(1969, 12, 31)
	p.IssuedAt = time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)
	p.Premium, p.Rate = dec("-123456789012345.6789"), dec("0.00000001")
	p.Terms = []byte("\x00\xff%PDF")
	p.Phone = privacy.Sealed([]byte("\x01a commitment 16 and what the key made of the text"))
	p.Riders = []string{"火灾", "", "a \"quoted\" \\ back\u2028slash <b>"}
	p.Labels = map[string]string{"渠道": "代理", "b": "", "a": "\U0001F3E0"}
	p.Site = Site{City: "深圳", Value: dec("99999999999999.99"), BuiltOn: kernel.NewDate(2020, 2, 29), Hazards: []string{"洪水"}}
	return p
}

func roundTrip(w *world) {
	want := full()
	w.insert(want)
	if want.Version != 1 {
		w.Errorf("the insert left Version %d in the record, want 1", want.Version)
	}
	got := w.get(want.ID)
	w.same("by key", got, want)
	w.view(func(tx storage.Tx) error {
		list, err := storage.Find[Policy](tx, storage.Query{Where: []storage.Cond{colNumber.Eq(want.Number)}})
		if err == nil && len(list) != 1 {
			w.Fatalf("the query found %d rows, want 1", len(list))
		}
		w.same("by query", &list[0], want)
		return err
	})
	if got.IssuedAt.Location() != time.UTC {
		w.Errorf("times come back in %s, want UTC", got.IssuedAt.Location())
	}

	// All of it can be taken away again.
	bare := policy()
	bare.Meta = got.Meta
	bare.Number, bare.Holder, bare.State = "", "", ""
	w.update(func(tx storage.Tx) error { return tx.Save(bare) })
	w.same("emptied", w.get(want.ID), bare)
	if bare.Version != 2 {
		w.Errorf("the save left Version %d in the record, want 2", bare.Version)
	}
}

// zeroIsNull: what is not known is NULL, and comes back as it was.
func zeroIsNull(w *world) {
	p, q := policy(), full()
	p.CreatedAt, p.UpdatedAt = time.Time{}, time.Time{}.In(time.FixedZone("CST", 8*3600))
	p.Terms, p.Head = []byte{}, nil
	w.insert(p, q)
	got := w.get(p.ID)
	w.same("nothing known", got, p)
	if got.Terms != nil || got.Riders != nil || got.Labels != nil || !got.CreatedAt.IsZero() {
		w.Errorf("NULL came back as %v, %v, %v, %v", got.Terms, got.Riders, got.Labels, got.CreatedAt)
	}
	for _, c := range []storage.Cond{
		colRenews.Null(), colSignedOn.Null(), colIssuedAt.Null(), colTerms.Null(), colPhone.Null(), colRiders.Null(), colLabels.Null(),
	} {
		if n := w.count(c); n != 1 {
			w.Errorf("%s IS NULL holds for %d policies, want 1", c.Column, n)
		}
		c.Op = storage.NotNull
		if n := w.count(c); n != 1 {
			w.Errorf("%s IS NOT NULL holds for %d policies, want 1", c.Column, n)
		}
	}
	// Empty text, no lives and a false flag are values like others.
	for _, c := range []storage.Cond{storage.ColBranch.Null(), colLives.Null(), colGroup.Null(), colPremium.Null()} {
		if n := w.count(c); n != 0 {
			w.Errorf("%s IS NULL holds for %d policies, want none", c.Column, n)
		}
	}
}

// emptyIsNotNil: a list that is known to be empty is not one that is not known.
func emptyIsNotNil(w *world) {
	p := policy()
	p.Riders, p.Labels = []string{}, map[string]string{}
	w.insert(p)
	if got := w.get(p.ID); got.Riders == nil || got.Labels == nil {
		w.Errorf("empty came back as nil: %v, %v", got.Riders, got.Labels)
	}
}

func daysAndTimes(w *world) {
	day := func(y int, m time.Month, d int) kernel.Date { return kernel.NewDate(y, m, d) }
	at := func(s string) time.Time {
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			w.Fatal(err)
		}
		return t
	}
	for _, c := range []struct {
		day  kernel.Date
		at   time.Time
		want string
	}{
		{day(1970, 1, 1), at("1970-01-01T00:00:00Z"), "1970-01-01T00:00:00Z"}, // zero in many encodings
		{day(1969, 12, 31), at("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z"},
		{kernel.FirstDate, at("1900-01-01T00:00:00Z"), "1900-01-01T00:00:00Z"},
		{kernel.LastDate, at("2999-12-31T23:59:59.999999Z"), "2999-12-31T23:59:59.999999Z"},
		{day(2024, 2, 29), at("2024-02-29T08:00:00.000001+08:00"), "2024-02-29T00:00:00.000001Z"},
		{day(1941, 3, 16), at("1941-03-16T01:00:00+09:00"), "1941-03-15T16:00:00Z"}, // Shanghai lost an hour
		{day(2026, 3, 2), at("2026-03-02T12:00:00.123456789Z"), "2026-03-02T12:00:00.123456Z"},
		{day(1960, 3, 2), at("1960-03-02T12:00:00.123456789Z"), "1960-03-02T12:00:00.123456Z"}, // cut, not towards 1970
	} {
		p := policy()
		p.SignedOn, p.IssuedAt = c.day, c.at
		w.insert(p)
		got := w.get(p.ID)
		if s := got.IssuedAt.Format(time.RFC3339Nano); s != c.want || got.SignedOn != c.day {
			w.Errorf("%s %s came back as %s %s, want %s", c.day, c.at, got.SignedOn, s, c.want)
		}
		if n := w.count(colSignedOn.Eq(c.day), colIssuedAt.Eq(c.at), storage.ColID.Eq(p.ID)); n != 1 {
			w.Errorf("%s %s is not found again", c.day, c.at)
		}
	}
}

// unstorable: what some database could not keep is refused by all.
func unstorable(w *world) {
	for name, spoil := range map[string]func(*Policy){
		"NUL in text":              func(p *Policy) { p.Number = "a\x00b" },
		"NUL in text of a type":    func(p *Policy) { p.State = "a\x00b" },
		"text that is not UTF-8":   func(p *Policy) { p.Holder = "a\xffb" },
		"NUL in a document":        func(p *Policy) { p.Riders = []string{"a\x00b"} },
		"a document not in UTF-8":  func(p *Policy) { p.Labels = map[string]string{"a": "\xff"} },
		"NUL in a document's name": func(p *Policy) { p.Labels = map[string]string{"\x00": "a"} },
	} {
		for _, n := range []int{1, 100} {
			p := policy()
			spoil(p)
			err := w.attempt(func(tx storage.Tx) error { return tx.Insert(behind(n, p)...) })
			w.wantErr(name, err, kernel.ErrInvalid)
			if err != nil && (strings.Contains(err.Error(), "\x00") || strings.Contains(err.Error(), "\xff")) {
				w.Errorf("%s: the error repeats it", name)
			}
			w.wantEmpty(name)
		}
	}
	for _, n := range []int{0, 100} {
		p := policy()
		p.Phone = privacy.New("13800138000")
		err := w.attempt(func(tx storage.Tx) error { return tx.Insert(behind(n, p)...) })
		w.wantErr("a plain secret", err, privacy.ErrNotSealed)
		w.wantEmpty("a plain secret")
	}
	// Backslashes before a u are text, not an escape.
	p := policy()
	p.Riders = []string{`\u0000`, `\\u0000`, `\ufffd`, "\ufffd"}
	w.insert(p)
	w.same("backslashes", w.get(p.ID).Riders, p.Riders)
}

// behind returns so many other records before the one.
func behind(n int, rec storage.Record) []storage.Record {
	recs := make([]storage.Record, 0, n+1)
	for range n {
		recs = append(recs, policy())
	}
	return append(recs, rec)
}

// copies: the store keeps what a record held when it was written, and a caller's
// slices are not the store's.
func copies(w *world) {
	for _, n := range []int{0, 100} {
		copiesBehind(w, n)
	}
}

func copiesBehind(w *world, n int) {
	p := full()
	p.Number += fmt.Sprint(n)
	p.Renews, p.SignedOn = kernel.NewID(), p.SignedOn+kernel.Date(n)
	w.update(func(tx storage.Tx) error {
		err := tx.Insert(behind(n, p)...)
		p.State, p.Terms[0], p.Riders[0], p.Labels["a"], p.Site.Hazards[0] = "changed", 'X', "changed", "changed", "changed"
		return err
	})
	want := full()
	got := w.get(p.ID)
	for range 2 {
		if got.State != want.State || string(got.Terms) != string(want.Terms) || diff(got.Riders, want.Riders) != "" ||
			diff(got.Labels, want.Labels) != "" || diff(got.Site, want.Site) != "" {
			w.Errorf("a change to a record reached the store without a save: %+v", got)
		}
		again := w.get(p.ID)
		got.Terms[0], got.Riders[0], got.Labels["a"], got.Site.Hazards[0] = 'Y', "changed", "changed", "changed"
		got = again
	}
}
