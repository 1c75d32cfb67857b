package journal

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// What a [Fault] may be.
const (
	EntryChanged   = "entry changed"              // its hash is not that of its content
	EntryMissing   = "entry missing"              // a version of the subject has no entry
	EntryReordered = "entry out of order"         // its number does not follow that of the entry before
	ChainBroken    = "chain broken"               // it does not hold the hash of the entry before
	RowChanged     = "row changed"                // the row is not as its last entry left it
	RowMissing     = "row missing"                // the row was removed without an entry
	RowUnknown     = "row without entry"          // nothing was ever written about the row
	KindUnknown    = "kind of subject is unknown" // the entry belongs to nothing that this program knows
)

// What a [Fault] that [VerifySeals] finds may be. Of the entries under a seal more and fewer
// are counted: where as many were removed as put in, they are other entries.
const (
	SealedMissing  = "sealed entries missing"        // fewer than were sealed: the newest of a subject, unless the journal says which
	SubjectMissing = "sealed subject missing"        // fewer subjects begin there: one is gone with all its entries
	SealedAdded    = "entries put among sealed ones" // more than were sealed
	SealedOther    = "sealed entries are others"     // as many, but not the same: a chain computed anew
	RolledBack     = "journal rolled back"           // it ends before a seal that was kept, and knows nothing of it
	SealMissing    = "seal missing"                  // it was made, and is not in the database
	SealChanged    = "seal changed"                  // it is not what its hash says, or not the one that was kept
	SealBroken     = "seal out of line"              // it does not follow the one before
	SealForged     = "seal with a wrong signature"   // somebody else made it
	SealUnsigned   = "seal without signature"        // nobody vouches for it
)

// Fault is one place where the journal and the rows do not agree.
type Fault struct {
	What    string
	Kind    string    // of the subject
	Subject kernel.ID // whose chain it is
	Version int64     // of the subject, for entries
	Table   string    // of the row
	Row     string    // its key
	Seal    int64     // number of the seal, for what [VerifySeals] finds; all the above is empty then, but What
	Detail  string    // of a seal: what it says, and what is there
}

func (f Fault) String() string {
	if f.Seal != 0 {
		return strings.TrimSuffix(fmt.Sprintf("%s: seal %d, %s", f.What, f.Seal, f.Detail), ", ")
	}
	where := fmt.Sprintf("%s %s", f.Kind, f.Subject)
	if f.Table != "" {
		where += fmt.Sprintf(", %s %s", f.Table, f.Row)
	} else if f.Version > 0 {
		where += fmt.Sprintf(", version %d", f.Version)
	}
	return f.What + ": " + where
}

// Report is what [Verify] found.
type Report struct {
	Entries  int64
	Subjects int64
	Rows     int64
	Seals    int64   // that the entries were held against
	Sealed   int64   // number of the newest entry under a seal; 0: none is
	Faults   []Fault // at most [MaxFaults], and at most as many that seals show
}

// MaxFaults bounds a report, so that a journal that is not ours does not fill memory.
const MaxFaults = 1000

// OK reports whether journal and rows agree.
func (r *Report) OK() bool { return len(r.Faults) == 0 }

// Verify reads all of a tenant's journal, subject by subject, and holds the rows of
// the database against it. It works in constant memory and in one snapshot. A row
// edited, added or removed, an entry changed, removed or reordered is named.
//
// What nobody can see from these alone: that the newest entries of a subject were cut off
// together with its rows put back as they were, that a whole subject is gone, or that
// somebody computed a chain anew from some entry to its end. [VerifySeals] sees it. Of the numbers of entries only the order
// within a subject is held, and of a sealed text its commitment: one that is damaged
// otherwise cannot be opened. A column that holds what no field can is an error, an
// ErrSchema of package storage, and ends the verification.
func Verify(tx storage.Tx, subjects []Subjects) (*Report, error) {
	v := &verifier{tx: tx, report: &Report{}, kinds: map[string]*kindOf{}, counted: map[string]int64{}, holders: map[string]map[string]bool{}}
	for _, s := range subjects {
		v.kinds[s.Kind] = &kindOf{Subjects: s}
		for _, part := range s.tables() {
			table := part.Record.TableName()
			if v.holders[table] == nil {
				v.holders[table] = map[string]bool{}
			}
			v.holders[table][s.Kind] = true
		}
	}
	q := storage.Query{Order: []storage.Order{ColSubject.Asc(), ColVersion.Asc()}, Limit: 500}
	for {
		entries, err := storage.Find[Entry](tx, q)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			if err := v.entry(&entries[i]); err != nil {
				return nil, err
			}
		}
		if len(entries) < q.Limit {
			break
		}
		last := entries[len(entries)-1]
		q.After = []any{last.SubjectID, last.SubjectVersion, last.Seq}
	}
	v.finish()
	if err := v.flush(); err != nil {
		return nil, err
	}
	for _, s := range subjects {
		if err := v.strangers(s); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(v.report.Faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject), strings.Compare(a.Table, b.Table),
			cmp.Compare(a.Version, b.Version), strings.Compare(a.Row, b.Row))
	})
	return v.report, nil
}

type kindOf struct {
	Subjects
	pending []*chain
}

// chain is what the entries of one subject say.
type chain struct {
	kind    string
	id      kernel.ID
	version int64
	seq     int64
	hash    []byte
	rows    map[string]map[string]RowDigest // table → key → last digest
}

type verifier struct {
	tx      storage.Tx
	report  *Report
	kinds   map[string]*kindOf
	now     *chain
	waiting int
	counted map[string]int64           // table → rows that entries account for
	holders map[string]map[string]bool // table → kinds of subject whose rows it holds
}

func (v *verifier) fault(f Fault) {
	if len(v.report.Faults) < MaxFaults {
		v.report.Faults = append(v.report.Faults, f)
	}
}

func (v *verifier) entry(e *Entry) error {
	v.report.Entries++
	c := v.now
	if c == nil || c.id != e.SubjectID {
		v.finish()
		c = &chain{kind: e.Kind, id: e.SubjectID, rows: map[string]map[string]RowDigest{}}
		v.now = c
	}
	at := Fault{Kind: e.Kind, Subject: e.SubjectID, Version: e.SubjectVersion}
	say := func(what string) { at.What = what; v.fault(at) }
	h, err := storage.DigestRow(e, 0)
	if err != nil {
		return err
	}
	if !bytes.Equal(h[:], e.Hash) {
		say(EntryChanged)
	}
	for missing := c.version + 1; missing < e.SubjectVersion && len(v.report.Faults) < MaxFaults; missing++ {
		v.fault(Fault{What: EntryMissing, Kind: e.Kind, Subject: e.SubjectID, Version: missing})
	}
	if e.SubjectVersion == c.version+1 && !bytes.Equal(e.Prev, c.hash) {
		say(ChainBroken)
	}
	if e.Seq <= c.seq {
		say(EntryReordered)
	}
	c.version, c.hash, c.seq = e.SubjectVersion, e.Hash, e.Seq
	for _, d := range e.Rows {
		if c.rows[d.Table] == nil {
			c.rows[d.Table] = map[string]RowDigest{}
		}
		c.rows[d.Table][d.ID] = d
	}
	if v.waiting >= 200 {
		return v.flush()
	}
	return nil
}

// finish puts the subject whose entries are all read among those to be compared.
func (v *verifier) finish() {
	c := v.now
	if v.now = nil; c == nil {
		return
	}
	v.report.Subjects++
	k := v.kinds[c.kind]
	if k == nil {
		v.fault(Fault{What: KindUnknown, Kind: c.kind, Subject: c.id})
		return
	}
	k.pending = append(k.pending, c)
	v.waiting++
}

// flush compares the rows of the subjects that are waiting.
func (v *verifier) flush() error {
	for _, k := range v.kinds {
		if len(k.pending) == 0 {
			continue
		}
		owners := make([]kernel.ID, len(k.pending))
		byID := make(map[kernel.ID]*chain, len(k.pending))
		for i, c := range k.pending {
			owners[i], byID[c.id] = c.id, c
		}
		for _, part := range k.tables() {
			if err := v.compare(k.Kind, part, owners, byID); err != nil {
				return err
			}
		}
		for _, c := range k.pending {
			v.leftOver(c)
		}
		k.pending = nil
	}
	v.waiting = 0
	return nil
}

// compare holds the rows of one table against the digests, and strikes them off.
func (v *verifier) compare(kind string, part Part, owners []kernel.ID, byID map[kernel.ID]*chain) error {
	sc, err := storage.SchemaOf(reflect.TypeOf(part.Record))
	if err != nil {
		return err
	}
	owner := sc.Column(part.Owner)
	if owner == nil {
		return fmt.Errorf("journal: %s has no column %s", sc.Table, part.Owner)
	}
	rows := reflect.New(reflect.SliceOf(sc.Type))
	q := storage.Query{Where: []storage.Cond{storage.Col[kernel.ID](part.Owner).In(owners...)}}
	if err := v.tx.Load(storage.Read{Dst: rows.Interface(), Query: &q}); err != nil {
		return err
	}
	for i := range rows.Elem().Len() {
		row := rows.Elem().Index(i)
		rec := row.Addr().Interface().(storage.Versioned)
		c := byID[kernel.ID(row.FieldByIndex(owner.Index).String())]
		if err := v.row(kind, c, sc.Table, rec); err != nil {
			return err
		}
	}
	v.counted[sc.Table] += int64(rows.Elem().Len())
	return nil
}

func (v *verifier) row(kind string, c *chain, table string, rec storage.Versioned) error {
	v.report.Rows++
	m := rec.Base()
	at := Fault{Kind: kind, Subject: c.id, Table: table, Row: string(m.ID)}
	if root, ok := rec.(interface{ Subject() *kernel.Root }); ok && m.ID == c.id {
		switch head := root.Subject().Head; {
		case m.Version > c.version:
			for missing := c.version + 1; missing <= m.Version && len(v.report.Faults) < MaxFaults; missing++ {
				v.fault(Fault{What: EntryMissing, Kind: kind, Subject: c.id, Version: missing})
			}
		case !bytes.Equal(head, c.hash):
			v.fault(Fault{What: ChainBroken, Kind: kind, Subject: c.id, Version: c.version})
		}
	}
	want, known := c.rows[table][string(m.ID)]
	delete(c.rows[table], string(m.ID))
	switch {
	case !known || want.Digest == "":
		at.What = RowUnknown
	default:
		got, err := storage.DigestRow(rec, 0)
		if err != nil {
			return err
		}
		if hex.EncodeToString(got[:]) == want.Digest {
			return nil
		}
		at.What = RowChanged
	}
	v.fault(at)
	return nil
}

// leftOver names the rows that entries speak of and that are not there.
func (v *verifier) leftOver(c *chain) {
	for table, rows := range c.rows {
		for id, d := range rows {
			if d.Digest != "" {
				v.fault(Fault{What: RowMissing, Kind: c.kind, Subject: c.id, Table: table, Row: id})
			}
		}
	}
}

// strangers names rows that belong to no subject with a journal. It reads a table only
// when it holds more rows than the journal accounts for.
func (v *verifier) strangers(s Subjects) error {
	for _, part := range s.tables() {
		table := part.Record.TableName()
		sum, err := v.tx.Tally(part.Record, storage.Query{}, nil)
		if err != nil {
			return err
		}
		if sum[0].Count == v.counted[table] {
			continue
		}
		v.counted[table] = sum[0].Count // of a table that several kinds share each stranger is named once
		if err := v.search(s.Kind, part); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) search(kind string, part Part) error {
	sc, err := storage.SchemaOf(reflect.TypeOf(part.Record))
	if err != nil {
		return err
	}
	owner := sc.Column(part.Owner).Index
	q := storage.Query{Limit: 500}
	for {
		rows := reflect.New(reflect.SliceOf(sc.Type))
		if err := v.tx.Load(storage.Read{Dst: rows.Interface(), Query: &q}); err != nil {
			return err
		}
		n := rows.Elem().Len()
		var ids []kernel.ID
		for i := range n {
			ids = append(ids, kernel.ID(rows.Elem().Index(i).FieldByIndex(owner).String()))
		}
		known := map[kernel.ID]bool{}
		entries, err := storage.Find[Entry](v.tx, storage.Query{Where: []storage.Cond{ColSubject.In(ids...), ColVersion.Eq(1)}})
		if err != nil {
			return err
		}
		for _, e := range entries {
			known[e.SubjectID] = v.holders[sc.Table][e.Kind] || known[e.SubjectID]
		}
		for i := range n {
			rec := rows.Elem().Index(i).Addr().Interface().(storage.Versioned)
			if !known[ids[i]] {
				v.fault(Fault{What: RowUnknown, Kind: kind, Subject: ids[i], Table: sc.Table, Row: string(rec.Base().ID)})
			}
			q.After = []any{rec.Base().ID}
		}
		if n < q.Limit {
			return nil
		}
	}
}
