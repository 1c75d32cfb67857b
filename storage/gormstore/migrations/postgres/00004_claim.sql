-- +goose Up
CREATE TABLE crm_claims (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	branch       text    COLLATE "C" NOT NULL,
	head         bytea,
	number       text    COLLATE "C" NOT NULL,
	policy       text    COLLATE "C" NOT NULL,
	insured      text    COLLATE "C" NOT NULL,
	claimant     text    COLLATE "C" NOT NULL,
	relationship text    COLLATE "C" NOT NULL,
	authority    text    COLLATE "C" NOT NULL,
	reporter     text    COLLATE "C" NOT NULL,
	assistant    text    COLLATE "C" NOT NULL,
	channel      text    COLLATE "C" NOT NULL,
	occurred_at  timestamptz,
	loss_on      date,
	cause        text    COLLATE "C" NOT NULL,
	twin         bigint  NOT NULL,
	zone         text    COLLATE "C" NOT NULL,
	known_at     timestamptz,
	reported_at  timestamptz,
	place        bytea,
	description  bytea,
	account      bytea,
	method       text    COLLATE "C" NOT NULL,
	catastrophe  text    COLLATE "C" NOT NULL,
	claimed      numeric(20,4) NOT NULL,
	currency     text    COLLATE "C" NOT NULL,
	cover        json,
	handler      text    COLLATE "C" NOT NULL,
	investigator text    COLLATE "C" NOT NULL,
	fast_track   boolean NOT NULL,
	not_in_force boolean NOT NULL,
	complex      boolean NOT NULL,
	requests     bigint  NOT NULL,
	filed_at     timestamptz,
	completed_at timestamptz,
	accepted_at  timestamptz,
	contacted_at timestamptz,
	decided_at   timestamptz,
	agreed_at    timestamptz,
	paid_at      timestamptz,
	closed_at    timestamptz,
	undisputed   numeric(20,4) NOT NULL,
	approved     numeric(20,4) NOT NULL,
	overpaid     numeric(20,4) NOT NULL,
	decided_by   text    COLLATE "C" NOT NULL,
	reason       text    COLLATE "C" NOT NULL,
	clause       text    COLLATE "C" NOT NULL,
	proposal     text    COLLATE "C" NOT NULL,
	proposed_by  text    COLLATE "C" NOT NULL,
	state        text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_claims_number ON crm_claims (tenant, number);
CREATE UNIQUE INDEX crm_claims_twin ON crm_claims (tenant, policy, loss_on, cause, twin);

CREATE TABLE crm_claim_lines (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	claim_id    uuid,
	coverage    text    COLLATE "C" NOT NULL,
	claimed     numeric(20,4) NOT NULL,
	approved    numeric(20,4) NOT NULL,
	reason      text    COLLATE "C" NOT NULL,
	clause      text    COLLATE "C" NOT NULL,
	item        json,
	trace       json,
	dropped     boolean NOT NULL,
	used        numeric(20,4) NOT NULL,
	deductible  numeric(20,4) NOT NULL,
	accumulator uuid,
	taken       boolean NOT NULL
);
CREATE UNIQUE INDEX crm_claim_lines_coverage ON crm_claim_lines (tenant, claim_id, coverage);

CREATE TABLE crm_claim_documents (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	claim_id    uuid,
	person      text    COLLATE "C" NOT NULL,
	kind        text    COLLATE "C" NOT NULL,
	required    boolean NOT NULL,
	asked_at    timestamptz,
	received_at timestamptz,
	name        bytea,
	media_type  text    COLLATE "C" NOT NULL,
	size        bigint  NOT NULL,
	sha256      text    COLLATE "C" NOT NULL,
	uri         bytea,
	verdict     text    COLLATE "C" NOT NULL,
	judged_by   text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_claim_checks (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	claim_id   uuid,
	person     text    COLLATE "C" NOT NULL,
	kind       text    COLLATE "C" NOT NULL,
	result     text    COLLATE "C" NOT NULL,
	grounds    bytea,
	by_whom    text    COLLATE "C" NOT NULL,
	sequence   bigint  NOT NULL
);

CREATE TABLE crm_claim_reserves (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	claim_id   uuid,
	person     text    COLLATE "C" NOT NULL,
	kind       text    COLLATE "C" NOT NULL,
	change     numeric(20,4) NOT NULL,
	reason     bytea,
	by_whom    text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_accumulators (
	id              uuid    NOT NULL PRIMARY KEY,
	tenant          text    COLLATE "C" NOT NULL,
	version         bigint  NOT NULL,
	created_at      timestamptz,
	updated_at      timestamptz,
	branch          text    COLLATE "C" NOT NULL,
	head            bytea,
	policy          text    COLLATE "C" NOT NULL,
	insured         text    COLLATE "C" NOT NULL,
	coverage        text    COLLATE "C" NOT NULL,
	period          text    COLLATE "C" NOT NULL,
	currency        text    COLLATE "C" NOT NULL,
	limit_amount    numeric(20,4) NOT NULL,
	used            numeric(20,4) NOT NULL,
	deductible_used numeric(20,4) NOT NULL,
	state           text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_accumulators_period ON crm_accumulators (tenant, policy, insured, coverage, period);

CREATE INDEX crm_claims_created ON crm_claims (tenant, created_at, id);
CREATE INDEX crm_claims_state ON crm_claims (tenant, state, created_at, id);
CREATE INDEX crm_claims_policy ON crm_claims (tenant, policy, created_at, id);
CREATE INDEX crm_claims_insured ON crm_claims (tenant, insured, created_at, id);
CREATE INDEX crm_claims_handler ON crm_claims (tenant, handler, created_at, id);
CREATE INDEX crm_claim_documents_claim ON crm_claim_documents (tenant, claim_id, id);
CREATE INDEX crm_claim_checks_claim ON crm_claim_checks (tenant, claim_id, id);
CREATE INDEX crm_claim_reserves_claim ON crm_claim_reserves (tenant, claim_id, id);
