-- +goose Up
CREATE TABLE crm_products (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT NOT NULL,
	head       BLOB,
	state      TEXT NOT NULL,
	code       TEXT NOT NULL,
	edition    INTEGER NOT NULL,
	line       TEXT NOT NULL,
	currency   TEXT NOT NULL,
	design     TEXT
) STRICT;
CREATE UNIQUE INDEX crm_products_code ON crm_products (tenant, code, edition);
CREATE INDEX crm_products_state ON crm_products (tenant, state, id);

CREATE TABLE crm_applications (
	id              TEXT NOT NULL PRIMARY KEY,
	tenant          TEXT NOT NULL,
	version         INTEGER NOT NULL,
	created_at      INTEGER,
	updated_at      INTEGER,
	branch          TEXT NOT NULL,
	head            BLOB,
	state           TEXT NOT NULL,
	number          TEXT NOT NULL,
	revision        INTEGER NOT NULL,
	product_id      TEXT,
	product_code    TEXT NOT NULL,
	edition         INTEGER NOT NULL,
	line            TEXT NOT NULL,
	is_group        INTEGER NOT NULL,
	currency        TEXT NOT NULL,
	holder          TEXT NOT NULL,
	channel         TEXT NOT NULL,
	producer        TEXT NOT NULL,
	interest        TEXT NOT NULL,
	term            TEXT,
	pay_mode        TEXT NOT NULL,
	inception       INTEGER,
	zone            TEXT NOT NULL,
	items           TEXT,
	beneficiaries   TEXT,
	agreement       BLOB,
	sum_insured     INTEGER NOT NULL,
	premium         INTEGER NOT NULL,
	first_premium   INTEGER NOT NULL,
	quote           TEXT,
	missing         TEXT,
	asked_at_version INTEGER NOT NULL,
	evidence        TEXT,
	decision        TEXT NOT NULL,
	loading         INTEGER NOT NULL,
	excluded        TEXT,
	offer           TEXT,
	postponed_until INTEGER,
	policy_id       TEXT,
	policy_number   TEXT NOT NULL,
	on_credit       INTEGER NOT NULL,
	submitted_at    INTEGER,
	issued_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_applications_number ON crm_applications (tenant, number);
CREATE INDEX crm_applications_holder ON crm_applications (tenant, holder, id);
CREATE INDEX crm_applications_state ON crm_applications (tenant, state, id);
CREATE INDEX crm_applications_product ON crm_applications (tenant, product_code, id);

CREATE TABLE crm_application_insured (
	id                  TEXT NOT NULL PRIMARY KEY,
	tenant              TEXT NOT NULL,
	version             INTEGER NOT NULL,
	created_at          INTEGER,
	updated_at          INTEGER,
	application_id      TEXT,
	revision            INTEGER NOT NULL,
	position            INTEGER NOT NULL,
	party               TEXT NOT NULL,
	relation            TEXT NOT NULL,
	class               TEXT NOT NULL,
	consent             INTEGER NOT NULL,
	beneficiary_consent INTEGER NOT NULL,
	birth               BLOB,
	gender              BLOB
) STRICT;
CREATE INDEX crm_application_insured_application ON crm_application_insured (tenant, application_id, id);

CREATE TABLE crm_disclosures (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	application_id TEXT,
	revision       INTEGER NOT NULL,
	party          TEXT NOT NULL,
	question       TEXT NOT NULL,
	answer         BLOB
) STRICT;
CREATE INDEX crm_disclosures_application ON crm_disclosures (tenant, application_id, id);

CREATE TABLE crm_application_documents (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	application_id TEXT,
	person         TEXT NOT NULL,
	kind           TEXT NOT NULL,
	at_version     INTEGER NOT NULL,
	file_name      BLOB,
	media_type     TEXT NOT NULL,
	size           INTEGER NOT NULL,
	sha256         TEXT NOT NULL,
	uri            TEXT NOT NULL,
	received_at    INTEGER
) STRICT;
CREATE INDEX crm_application_documents_application ON crm_application_documents (tenant, application_id, id);

CREATE TABLE crm_objections (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	application_id TEXT,
	person         TEXT NOT NULL,
	state          TEXT NOT NULL,
	rule           TEXT NOT NULL,
	article        TEXT NOT NULL,
	path           TEXT NOT NULL,
	blocks         TEXT NOT NULL,
	detail         BLOB,
	raised_by      TEXT NOT NULL,
	settled_by     TEXT NOT NULL,
	answer         BLOB
) STRICT;
CREATE INDEX crm_objections_application ON crm_objections (tenant, application_id, id);

CREATE TABLE crm_application_receipts (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	application_id TEXT,
	reference      TEXT NOT NULL,
	payer          TEXT NOT NULL,
	method         TEXT NOT NULL,
	amount         INTEGER NOT NULL,
	allocated      INTEGER NOT NULL,
	refunded       INTEGER NOT NULL,
	received_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_application_receipts_reference ON crm_application_receipts (tenant, application_id, reference);

CREATE TABLE crm_application_reviews (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	application_id TEXT,
	person         TEXT NOT NULL,
	position       INTEGER NOT NULL,
	kind           TEXT NOT NULL,
	grounds        BLOB,
	passed_by      TEXT NOT NULL
) STRICT;
CREATE INDEX crm_application_reviews_application ON crm_application_reviews (tenant, application_id, id);

CREATE TABLE crm_policies (
	id                TEXT NOT NULL PRIMARY KEY,
	tenant            TEXT NOT NULL,
	version           INTEGER NOT NULL,
	created_at        INTEGER,
	updated_at        INTEGER,
	branch            TEXT NOT NULL,
	head              BLOB,
	state             TEXT NOT NULL,
	number            TEXT NOT NULL,
	application_id    TEXT,
	product_id        TEXT,
	product_code      TEXT NOT NULL,
	edition           INTEGER NOT NULL,
	line              TEXT NOT NULL,
	is_group          INTEGER NOT NULL,
	holder            TEXT NOT NULL,
	channel           TEXT NOT NULL,
	producer          TEXT NOT NULL,
	currency          TEXT NOT NULL,
	sum_insured       INTEGER NOT NULL,
	premium           INTEGER NOT NULL,
	pay_mode          TEXT NOT NULL,
	zone              TEXT NOT NULL,
	cover_from        INTEGER,
	cover_to          INTEGER,
	begins_on         INTEGER,
	ends_on           INTEGER,
	formed_at         INTEGER,
	cooling_off_days  INTEGER NOT NULL,
	cooling_off_fee   INTEGER NOT NULL,
	receipt_signed_on INTEGER,
	cooling_off_to    INTEGER,
	grace_days        INTEGER NOT NULL,
	cancelled_from    INTEGER,
	refunded          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_policies_number ON crm_policies (tenant, number);
CREATE INDEX crm_policies_holder ON crm_policies (tenant, holder, id);
CREATE INDEX crm_policies_state ON crm_policies (tenant, state, id);
CREATE INDEX crm_policies_product ON crm_policies (tenant, product_code, id);
CREATE INDEX crm_policies_expiry ON crm_policies (tenant, cover_to, id);

CREATE TABLE crm_policy_terms (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	policy_id      TEXT,
	number         INTEGER NOT NULL,
	event          TEXT NOT NULL,
	effective_from INTEGER,
	recorded_at    INTEGER,
	ended          TEXT NOT NULL,
	content        TEXT
) STRICT;
CREATE UNIQUE INDEX crm_policy_terms_number ON crm_policy_terms (tenant, policy_id, number);

CREATE TABLE crm_instalments (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	policy_id  TEXT,
	number     INTEGER NOT NULL,
	due_on     INTEGER,
	amount     INTEGER NOT NULL,
	paid       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_instalments_number ON crm_instalments (tenant, policy_id, number);

CREATE TABLE crm_policy_parties (
	id             TEXT NOT NULL PRIMARY KEY,
	tenant         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	policy_id      TEXT,
	party          TEXT NOT NULL,
	branch         TEXT NOT NULL,
	is_holder      INTEGER NOT NULL,
	is_insured     INTEGER NOT NULL,
	is_beneficiary INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_policy_parties_party ON crm_policy_parties (tenant, policy_id, party);
CREATE INDEX crm_policy_parties_customer ON crm_policy_parties (tenant, party, id);

CREATE TABLE crm_policy_receipts (
	id          TEXT NOT NULL PRIMARY KEY,
	tenant      TEXT NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	policy_id   TEXT,
	reference   TEXT NOT NULL,
	payer       TEXT NOT NULL,
	method      TEXT NOT NULL,
	amount      INTEGER NOT NULL,
	allocated   INTEGER NOT NULL,
	refunded    INTEGER NOT NULL,
	received_at INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_policy_receipts_reference ON crm_policy_receipts (tenant, policy_id, reference);
