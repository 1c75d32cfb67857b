-- +goose Up
CREATE TABLE crm_customers (
	id                    TEXT    NOT NULL PRIMARY KEY,
	tenant                TEXT    NOT NULL,
	version               INTEGER NOT NULL,
	created_at            INTEGER,
	updated_at            INTEGER,
	branch                TEXT    NOT NULL,
	head                  BLOB,
	state                 TEXT    NOT NULL,
	number                TEXT    NOT NULL,
	party                 TEXT    NOT NULL,
	name                  TEXT    NOT NULL,
	gender                BLOB,
	birth                 BLOB,
	occupation            BLOB,
	employer              BLOB,
	marital               BLOB,
	legal_representative  BLOB,
	died                  BLOB,
	document_kind         TEXT    NOT NULL,
	document_country      TEXT    NOT NULL,
	document_number       BLOB,
	document_expires      INTEGER,
	document_verified_at  INTEGER,
	document_verified_how TEXT    NOT NULL,
	source                TEXT    NOT NULL,
	verified_at           INTEGER,
	verified_how          TEXT    NOT NULL,
	completeness          INTEGER NOT NULL,
	merged_into           TEXT,
	survivor_version      INTEGER NOT NULL,
	identity_index        BLOB,
	twin_index            BLOB
) STRICT;
CREATE UNIQUE INDEX crm_customers_number ON crm_customers (tenant, number);
CREATE UNIQUE INDEX crm_customers_identity ON crm_customers (tenant, identity_index) WHERE identity_index IS NOT NULL;
CREATE INDEX crm_customers_twin ON crm_customers (tenant, twin_index) WHERE twin_index IS NOT NULL;
CREATE INDEX crm_customers_name ON crm_customers (tenant, name, id);
CREATE INDEX crm_customers_created ON crm_customers (tenant, created_at, id);

CREATE TABLE crm_contacts (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	customer_id  TEXT,
	kind         TEXT    NOT NULL,
	value        BLOB,
	value_index  BLOB,
	purpose      TEXT    NOT NULL,
	main         INTEGER NOT NULL,
	contact_name BLOB,
	ended_at     INTEGER
) STRICT;
CREATE INDEX crm_contacts_customer ON crm_contacts (tenant, customer_id, created_at, id);
CREATE INDEX crm_contacts_value ON crm_contacts (tenant, value_index) WHERE value_index IS NOT NULL;

CREATE TABLE crm_customer_health (
	id            TEXT    NOT NULL PRIMARY KEY,
	tenant        TEXT    NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	customer_id   TEXT,
	disclosures   BLOB,
	conditions    BLOB,
	smoker        BLOB,
	risk_class    BLOB,
	risk_appetite BLOB,
	assessed_by   TEXT    NOT NULL,
	assessed_on   INTEGER,
	source        TEXT    NOT NULL,
	verified_at   INTEGER,
	verified_how  TEXT    NOT NULL,
	completeness  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_customer_health_customer ON crm_customer_health (tenant, customer_id);

CREATE TABLE crm_customer_finance (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	customer_id  TEXT,
	currency     TEXT    NOT NULL,
	income       BLOB,
	assets       BLOB,
	liabilities  BLOB,
	capacity     BLOB,
	funds        BLOB,
	account      BLOB,
	source       TEXT    NOT NULL,
	verified_at  INTEGER,
	verified_how TEXT    NOT NULL,
	completeness INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_customer_finance_customer ON crm_customer_finance (tenant, customer_id);

CREATE TABLE crm_accesses (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	branch      TEXT    NOT NULL,
	head        BLOB,
	state       TEXT    NOT NULL,
	case_kind   TEXT    NOT NULL,
	case_id     TEXT,
	person      TEXT    NOT NULL,
	parts       TEXT,
	purpose     BLOB,
	actor       TEXT    NOT NULL,
	role        TEXT    NOT NULL
) STRICT;
CREATE INDEX crm_accesses_created ON crm_accesses (tenant, created_at, id);
CREATE INDEX crm_accesses_person ON crm_accesses (tenant, person, created_at, id);
CREATE INDEX crm_accesses_case ON crm_accesses (tenant, case_id, created_at, id);
CREATE INDEX crm_accesses_actor ON crm_accesses (tenant, actor, created_at, id);
