-- +goose Up
CREATE TABLE crm_customers (
	id                    uuid    NOT NULL PRIMARY KEY,
	tenant                text    COLLATE "C" NOT NULL,
	version               bigint  NOT NULL,
	created_at            timestamptz,
	updated_at            timestamptz,
	branch                text    COLLATE "C" NOT NULL,
	head                  bytea,
	state                 text    COLLATE "C" NOT NULL,
	number                text    COLLATE "C" NOT NULL,
	party                 text    COLLATE "C" NOT NULL,
	name                  text    COLLATE "C" NOT NULL,
	gender                bytea,
	birth                 bytea,
	occupation            bytea,
	employer              bytea,
	marital               bytea,
	legal_representative  bytea,
	died                  bytea,
	document_kind         text    COLLATE "C" NOT NULL,
	document_country      text    COLLATE "C" NOT NULL,
	document_number       bytea,
	document_expires      date,
	document_verified_at  timestamptz,
	document_verified_how text    COLLATE "C" NOT NULL,
	source                text    COLLATE "C" NOT NULL,
	verified_at           timestamptz,
	verified_how          text    COLLATE "C" NOT NULL,
	completeness          bigint  NOT NULL,
	merged_into           uuid,
	survivor_version      bigint  NOT NULL,
	identity_index        bytea,
	twin_index            bytea
);
CREATE UNIQUE INDEX crm_customers_number ON crm_customers (tenant, number);
CREATE UNIQUE INDEX crm_customers_identity ON crm_customers (tenant, identity_index) WHERE identity_index IS NOT NULL;
CREATE INDEX crm_customers_twin ON crm_customers (tenant, twin_index) WHERE twin_index IS NOT NULL;
CREATE INDEX crm_customers_name ON crm_customers (tenant, name, id);
CREATE INDEX crm_customers_created ON crm_customers (tenant, created_at, id);

CREATE TABLE crm_contacts (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	customer_id  uuid,
	kind         text    COLLATE "C" NOT NULL,
	value        bytea,
	value_index  bytea,
	purpose      text    COLLATE "C" NOT NULL,
	main         boolean NOT NULL,
	contact_name bytea,
	ended_at     timestamptz
);
CREATE INDEX crm_contacts_customer ON crm_contacts (tenant, customer_id, created_at, id);
CREATE INDEX crm_contacts_value ON crm_contacts (tenant, value_index) WHERE value_index IS NOT NULL;

CREATE TABLE crm_customer_health (
	id            uuid    NOT NULL PRIMARY KEY,
	tenant        text    COLLATE "C" NOT NULL,
	version       bigint  NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	customer_id   uuid,
	disclosures   bytea,
	conditions    bytea,
	smoker        bytea,
	risk_class    bytea,
	risk_appetite bytea,
	assessed_by   text    COLLATE "C" NOT NULL,
	assessed_on   date,
	source        text    COLLATE "C" NOT NULL,
	verified_at   timestamptz,
	verified_how  text    COLLATE "C" NOT NULL,
	completeness  bigint  NOT NULL
);
CREATE UNIQUE INDEX crm_customer_health_customer ON crm_customer_health (tenant, customer_id);

CREATE TABLE crm_customer_finance (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	customer_id  uuid,
	currency     text    COLLATE "C" NOT NULL,
	income       bytea,
	assets       bytea,
	liabilities  bytea,
	capacity     bytea,
	funds        bytea,
	account      bytea,
	source       text    COLLATE "C" NOT NULL,
	verified_at  timestamptz,
	verified_how text    COLLATE "C" NOT NULL,
	completeness bigint  NOT NULL
);
CREATE UNIQUE INDEX crm_customer_finance_customer ON crm_customer_finance (tenant, customer_id);

CREATE TABLE crm_accesses (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	branch      text    COLLATE "C" NOT NULL,
	head        bytea,
	state       text    COLLATE "C" NOT NULL,
	case_kind   text    COLLATE "C" NOT NULL,
	case_id     uuid,
	person      text    COLLATE "C" NOT NULL,
	parts       json,
	purpose     bytea,
	actor       text    COLLATE "C" NOT NULL,
	role        text    COLLATE "C" NOT NULL
);
CREATE INDEX crm_accesses_created ON crm_accesses (tenant, created_at, id);
CREATE INDEX crm_accesses_person ON crm_accesses (tenant, person, created_at, id);
CREATE INDEX crm_accesses_case ON crm_accesses (tenant, case_id, created_at, id);
CREATE INDEX crm_accesses_actor ON crm_accesses (tenant, actor, created_at, id);
