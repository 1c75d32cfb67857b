package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// byHand goes the way as a careful developer would write it: each transition is one
// transaction with the row by compare-and-swap, the history, an audit chained by hashes
// and an outbox. Nothing is sealed, no key is remembered, no rule is checked but the
// state.
type byHand struct {
	db *sql.DB
	prepared
}

// prepared are statements, each prepared once.
type prepared struct {
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

const tablesByHand = `
CREATE TABLE claims (id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, policy TEXT NOT NULL, insured TEXT NOT NULL, cause TEXT NOT NULL,
	place TEXT NOT NULL, description TEXT NOT NULL, account TEXT NOT NULL, claimed BIGINT NOT NULL, handler TEXT NOT NULL, state TEXT NOT NULL,
	version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE INDEX claims_policy ON claims (policy);
CREATE INDEX claims_state ON claims (state, created_at);
CREATE TABLE counters (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
CREATE TABLE history (id TEXT PRIMARY KEY, claim_id TEXT NOT NULL, event TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,
	actor TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX history_claim ON history (claim_id, at);
CREATE TABLE audit (id TEXT PRIMARY KEY, claim_id TEXT NOT NULL, seq BIGINT NOT NULL, payload TEXT NOT NULL, prev TEXT NOT NULL,
	hash TEXT NOT NULL, at BIGINT NOT NULL);
CREATE UNIQUE INDEX audit_claim ON audit (claim_id, seq);
CREATE TABLE outbox (id TEXT PRIMARY KEY, claim_id TEXT NOT NULL, event TEXT NOT NULL, payload TEXT NOT NULL, created_at BIGINT NOT NULL, sent_at BIGINT);
CREATE INDEX outbox_open ON outbox (id) WHERE sent_at IS NULL;
INSERT INTO counters VALUES ('claim', 0)`

const (
	nextNumber  = "UPDATE counters SET last = last + 1 WHERE name = 'claim' RETURNING last"
	insertClaim = "INSERT INTO claims VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)"
	selectClaim = "SELECT number, policy, insured, cause, place, description, account, claimed, handler, state, version, created_at, updated_at FROM claims WHERE id = $1"
	selectAudit = "SELECT seq, hash FROM audit WHERE claim_id = $1 ORDER BY seq DESC LIMIT 1"
	updateClaim = "UPDATE claims SET state = $1, account = $2, claimed = $3, handler = $4, version = version + 1, updated_at = $5 WHERE id = $6 AND version = $7"
	addHistory  = "INSERT INTO history VALUES ($1,$2,$3,$4,$5,$6,$7,$8)"
	addAudit    = "INSERT INTO audit VALUES ($1,$2,$3,$4,$5,$6,$7)"
	addOutbox   = "INSERT INTO outbox VALUES ($1,$2,$3,$4,$5,NULL)"
)

func openByHand(ctx context.Context, db *sql.DB) (*byHand, error) {
	h := &byHand{db: db}
	for s := range strings.SplitSeq(tablesByHand, ";") {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, err
		}
	}
	return h, h.prepare(ctx, db, nextNumber, insertClaim, selectClaim, selectAudit, updateClaim, addHistory, addAudit, addOutbox)
}

// prepare prepares before any transaction: one that belongs to a transaction would be
// prepared anew each time.
func (p *prepared) prepare(ctx context.Context, db *sql.DB, queries ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stmts == nil {
		p.stmts = map[string]*sql.Stmt{}
	}
	for _, q := range queries {
		st, err := db.PrepareContext(ctx, q)
		if err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
		p.stmts[q] = st
	}
	return nil
}

func (p *prepared) on(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return tx.StmtContext(ctx, p.stmts[query])
}

func (h *byHand) close() error { return h.db.Close() }

func (h *byHand) way(ctx context.Context, n int) error {
	id := uuid.Must(uuid.NewV7()).String()
	for i := range steps {
		if err := h.transaction(ctx, func(tx *sql.Tx) error { return h.step(ctx, tx, id, n, i) }); err != nil {
			return fmt.Errorf("%s: %w", steps[i].event, err)
		}
	}
	return nil
}

func (h *byHand) transaction(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// event is what history readers and other systems are told.
type event struct {
	Claim  string `json:"claim"`
	Event  string `json:"event"`
	From   string `json:"from"`
	To     string `json:"to"`
	Actor  string `json:"actor"`
	Reason string `json:"reason"`
	At     string `json:"at"`
}

func (h *byHand) step(ctx context.Context, tx *sql.Tx, id string, n, i int) error {
	s, now := steps[i], time.Now().UTC()
	at, seq, prev := now.UnixMicro(), int64(0), ""
	if i == 0 {
		var no int64
		if err := h.on(ctx, tx, nextNumber).QueryRowContext(ctx).Scan(&no); err != nil {
			return err
		}
		k := strconv.Itoa(n % policies)
		if _, err := h.on(ctx, tx, insertClaim).ExecContext(ctx, id, fmt.Sprintf("CLM-2026-%08d", no), "POL-"+k, "cust-"+k, "cause",
			"corner of Main Street", "slipped on the wet floor of a supermarket", "", 25000000, "", s.to, 1, at, at); err != nil {
			return err
		}
	} else {
		var number, policy, insured, cause, place, description, account, handler, state string
		var claimed, version, created, updated int64
		if err := h.on(ctx, tx, selectClaim).QueryRowContext(ctx, id).Scan(&number, &policy, &insured, &cause, &place, &description,
			&account, &claimed, &handler, &state, &version, &created, &updated); err != nil {
			return err
		}
		if state != s.from {
			return fmt.Errorf("the claim is %s", state)
		}
		if err := h.on(ctx, tx, selectAudit).QueryRowContext(ctx, id).Scan(&seq, &prev); err != nil {
			return err
		}
		switch s.event {
		case "File":
			account, claimed = "6222021001123456789", 23507500
		case "Accept":
			handler = "adjuster-1"
		}
		res, err := h.on(ctx, tx, updateClaim).ExecContext(ctx, s.to, account, claimed, handler, at, id, version)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errors.New("somebody else was faster"))
		}
	}
	return h.trail(ctx, tx, id, event{id, s.event, s.from, s.to, "adjuster-1", "as the file says", now.Format(time.RFC3339Nano)}, at, seq, prev)
}

func (h *byHand) trail(ctx context.Context, tx *sql.Tx, id string, e event, at, seq int64, prev string) error {
	key := func() string { return uuid.Must(uuid.NewV7()).String() }
	if _, err := h.on(ctx, tx, addHistory).ExecContext(ctx, key(), id, e.Event, e.From, e.To, e.Actor, e.Reason, at); err != nil {
		return err
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte(prev+"\n"), payload...))
	if _, err := h.on(ctx, tx, addAudit).ExecContext(ctx, key(), id, seq+1, string(payload), prev, hex.EncodeToString(sum[:]), at); err != nil {
		return err
	}
	_, err = h.on(ctx, tx, addOutbox).ExecContext(ctx, key(), id, "claim."+e.Event, string(payload), at)
	return err
}
