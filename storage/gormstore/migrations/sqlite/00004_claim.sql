-- +goose Up
CREATE TABLE crm_claims (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	branch       TEXT    NOT NULL,
	head         BLOB,
	number       TEXT    NOT NULL,
	policy       TEXT    NOT NULL,
	insured      TEXT    NOT NULL,
	claimant     TEXT    NOT NULL,
	relationship TEXT    NOT NULL,
	authority    TEXT    NOT NULL,
	reporter     TEXT    NOT NULL,
	assistant    TEXT    NOT NULL,
	channel      TEXT    NOT NULL,
	occurred_at  INTEGER,
	loss_on      INTEGER,
	cause        TEXT    NOT NULL,
	twin         INTEGER NOT NULL,
	zone         TEXT    NOT NULL,
	known_at     INTEGER,
	reported_at  INTEGER,
	place        BLOB,
	description  BLOB,
	account      BLOB,
	method       TEXT    NOT NULL,
	catastrophe  TEXT    NOT NULL,
	claimed      INTEGER NOT NULL,
	currency     TEXT    NOT NULL,
	cover        TEXT,
	handler      TEXT    NOT NULL,
	investigator TEXT    NOT NULL,
	fast_track   INTEGER NOT NULL,
	not_in_force INTEGER NOT NULL,
	complex      INTEGER NOT NULL,
	requests     INTEGER NOT NULL,
	filed_at     INTEGER,
	completed_at INTEGER,
	accepted_at  INTEGER,
	contacted_at INTEGER,
	decided_at   INTEGER,
	agreed_at    INTEGER,
	paid_at      INTEGER,
	closed_at    INTEGER,
	undisputed   INTEGER NOT NULL,
	approved     INTEGER NOT NULL,
	overpaid     INTEGER NOT NULL,
	decided_by   TEXT    NOT NULL,
	reason       TEXT    NOT NULL,
	clause       TEXT    NOT NULL,
	proposal     TEXT    NOT NULL,
	proposed_by  TEXT    NOT NULL,
	state        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_claims_number ON crm_claims (tenant, number);
CREATE UNIQUE INDEX crm_claims_twin ON crm_claims (tenant, policy, loss_on, cause, twin);

CREATE TABLE crm_claim_lines (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	claim_id    TEXT,
	coverage    TEXT    NOT NULL,
	claimed     INTEGER NOT NULL,
	approved    INTEGER NOT NULL,
	reason      TEXT    NOT NULL,
	clause      TEXT    NOT NULL,
	item        TEXT,
	trace       TEXT,
	dropped     INTEGER NOT NULL,
	used        INTEGER NOT NULL,
	deductible  INTEGER NOT NULL,
	accumulator TEXT,
	taken       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_claim_lines_coverage ON crm_claim_lines (tenant, claim_id, coverage);

CREATE TABLE crm_claim_documents (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	claim_id    TEXT,
	person      TEXT    NOT NULL,
	kind        TEXT    NOT NULL,
	required    INTEGER NOT NULL,
	asked_at    INTEGER,
	received_at INTEGER,
	name        BLOB,
	media_type  TEXT    NOT NULL,
	size        INTEGER NOT NULL,
	sha256      TEXT    NOT NULL,
	uri         BLOB,
	verdict     TEXT    NOT NULL,
	judged_by   TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_claim_checks (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	claim_id   TEXT,
	person     TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	result     TEXT    NOT NULL,
	grounds    BLOB,
	by_whom    TEXT    NOT NULL,
	sequence   INTEGER NOT NULL
) STRICT;

CREATE TABLE crm_claim_reserves (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	claim_id   TEXT,
	person     TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	change     INTEGER NOT NULL,
	reason     BLOB,
	by_whom    TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_accumulators (
	id              TEXT    NOT NULL PRIMARY KEY,
	tenant          TEXT    NOT NULL,
	version         INTEGER NOT NULL,
	created_at      INTEGER,
	updated_at      INTEGER,
	branch          TEXT    NOT NULL,
	head            BLOB,
	policy          TEXT    NOT NULL,
	insured         TEXT    NOT NULL,
	coverage        TEXT    NOT NULL,
	period          TEXT    NOT NULL,
	currency        TEXT    NOT NULL,
	limit_amount    INTEGER NOT NULL,
	used            INTEGER NOT NULL,
	deductible_used INTEGER NOT NULL,
	state           TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_accumulators_period ON crm_accumulators (tenant, policy, insured, coverage, period);

CREATE INDEX crm_claims_created ON crm_claims (tenant, created_at, id);
CREATE INDEX crm_claims_state ON crm_claims (tenant, state, created_at, id);
CREATE INDEX crm_claims_policy ON crm_claims (tenant, policy, created_at, id);
CREATE INDEX crm_claims_insured ON crm_claims (tenant, insured, created_at, id);
CREATE INDEX crm_claims_handler ON crm_claims (tenant, handler, created_at, id);
CREATE INDEX crm_claim_documents_claim ON crm_claim_documents (tenant, claim_id, id);
CREATE INDEX crm_claim_checks_claim ON crm_claim_checks (tenant, claim_id, id);
CREATE INDEX crm_claim_reserves_claim ON crm_claim_reserves (tenant, claim_id, id);
