-- +goose Up
CREATE TABLE crm_products (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text COLLATE "C" NOT NULL,
	head       bytea,
	state      text COLLATE "C" NOT NULL,
	code       text COLLATE "C" NOT NULL,
	edition    bigint NOT NULL,
	line       text COLLATE "C" NOT NULL,
	currency   text COLLATE "C" NOT NULL,
	design     json
);
CREATE UNIQUE INDEX crm_products_code ON crm_products (tenant, code, edition);
CREATE INDEX crm_products_state ON crm_products (tenant, state, id);

CREATE TABLE crm_applications (
	id              uuid NOT NULL PRIMARY KEY,
	tenant          text COLLATE "C" NOT NULL,
	version         bigint NOT NULL,
	created_at      timestamptz,
	updated_at      timestamptz,
	branch          text COLLATE "C" NOT NULL,
	head            bytea,
	state           text COLLATE "C" NOT NULL,
	number          text COLLATE "C" NOT NULL,
	revision        bigint NOT NULL,
	product_id      uuid,
	product_code    text COLLATE "C" NOT NULL,
	edition         bigint NOT NULL,
	line            text COLLATE "C" NOT NULL,
	is_group        boolean NOT NULL,
	currency        text COLLATE "C" NOT NULL,
	holder          text COLLATE "C" NOT NULL,
	channel         text COLLATE "C" NOT NULL,
	producer        text COLLATE "C" NOT NULL,
	interest        text COLLATE "C" NOT NULL,
	term            json,
	pay_mode        text COLLATE "C" NOT NULL,
	inception       date,
	zone            text COLLATE "C" NOT NULL,
	items           json,
	beneficiaries   json,
	agreement       bytea,
	sum_insured     numeric(20,4) NOT NULL,
	premium         numeric(20,4) NOT NULL,
	first_premium   numeric(20,4) NOT NULL,
	quote           json,
	missing         json,
	asked_at_version bigint NOT NULL,
	evidence        json,
	decision        text COLLATE "C" NOT NULL,
	loading         numeric(20,8) NOT NULL,
	excluded        json,
	offer           json,
	postponed_until date,
	policy_id       uuid,
	policy_number   text COLLATE "C" NOT NULL,
	on_credit       boolean NOT NULL,
	submitted_at    timestamptz,
	issued_at       timestamptz
);
CREATE UNIQUE INDEX crm_applications_number ON crm_applications (tenant, number);
CREATE INDEX crm_applications_holder ON crm_applications (tenant, holder, id);
CREATE INDEX crm_applications_state ON crm_applications (tenant, state, id);
CREATE INDEX crm_applications_product ON crm_applications (tenant, product_code, id);

CREATE TABLE crm_application_insured (
	id                  uuid NOT NULL PRIMARY KEY,
	tenant              text COLLATE "C" NOT NULL,
	version             bigint NOT NULL,
	created_at          timestamptz,
	updated_at          timestamptz,
	application_id      uuid,
	revision            bigint NOT NULL,
	position            bigint NOT NULL,
	party               text COLLATE "C" NOT NULL,
	relation            text COLLATE "C" NOT NULL,
	class               text COLLATE "C" NOT NULL,
	consent             boolean NOT NULL,
	beneficiary_consent boolean NOT NULL,
	birth               bytea,
	gender              bytea
);
CREATE INDEX crm_application_insured_application ON crm_application_insured (tenant, application_id, id);

CREATE TABLE crm_disclosures (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	application_id uuid,
	revision       bigint NOT NULL,
	party          text COLLATE "C" NOT NULL,
	question       text COLLATE "C" NOT NULL,
	answer         bytea
);
CREATE INDEX crm_disclosures_application ON crm_disclosures (tenant, application_id, id);

CREATE TABLE crm_application_documents (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	application_id uuid,
	person         text COLLATE "C" NOT NULL,
	kind           text COLLATE "C" NOT NULL,
	at_version     bigint NOT NULL,
	file_name      bytea,
	media_type     text COLLATE "C" NOT NULL,
	size           bigint NOT NULL,
	sha256         text COLLATE "C" NOT NULL,
	uri            text COLLATE "C" NOT NULL,
	received_at    timestamptz
);
CREATE INDEX crm_application_documents_application ON crm_application_documents (tenant, application_id, id);

CREATE TABLE crm_objections (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	application_id uuid,
	person         text COLLATE "C" NOT NULL,
	state          text COLLATE "C" NOT NULL,
	rule           text COLLATE "C" NOT NULL,
	article        text COLLATE "C" NOT NULL,
	path           text COLLATE "C" NOT NULL,
	blocks         text COLLATE "C" NOT NULL,
	detail         bytea,
	raised_by      text COLLATE "C" NOT NULL,
	settled_by     text COLLATE "C" NOT NULL,
	answer         bytea
);
CREATE INDEX crm_objections_application ON crm_objections (tenant, application_id, id);

CREATE TABLE crm_application_receipts (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	application_id uuid,
	reference      text COLLATE "C" NOT NULL,
	payer          text COLLATE "C" NOT NULL,
	method         text COLLATE "C" NOT NULL,
	amount         numeric(20,4) NOT NULL,
	allocated      numeric(20,4) NOT NULL,
	refunded       numeric(20,4) NOT NULL,
	received_at    timestamptz
);
CREATE UNIQUE INDEX crm_application_receipts_reference ON crm_application_receipts (tenant, application_id, reference);

CREATE TABLE crm_application_reviews (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	application_id uuid,
	person         text COLLATE "C" NOT NULL,
	position       bigint NOT NULL,
	kind           text COLLATE "C" NOT NULL,
	grounds        bytea,
	passed_by      text COLLATE "C" NOT NULL
);
CREATE INDEX crm_application_reviews_application ON crm_application_reviews (tenant, application_id, id);

CREATE TABLE crm_policies (
	id                uuid NOT NULL PRIMARY KEY,
	tenant            text COLLATE "C" NOT NULL,
	version           bigint NOT NULL,
	created_at        timestamptz,
	updated_at        timestamptz,
	branch            text COLLATE "C" NOT NULL,
	head              bytea,
	state             text COLLATE "C" NOT NULL,
	number            text COLLATE "C" NOT NULL,
	application_id    uuid,
	product_id        uuid,
	product_code      text COLLATE "C" NOT NULL,
	edition           bigint NOT NULL,
	line              text COLLATE "C" NOT NULL,
	is_group          boolean NOT NULL,
	holder            text COLLATE "C" NOT NULL,
	channel           text COLLATE "C" NOT NULL,
	producer          text COLLATE "C" NOT NULL,
	currency          text COLLATE "C" NOT NULL,
	sum_insured       numeric(20,4) NOT NULL,
	premium           numeric(20,4) NOT NULL,
	pay_mode          text COLLATE "C" NOT NULL,
	zone              text COLLATE "C" NOT NULL,
	cover_from        timestamptz,
	cover_to          timestamptz,
	begins_on         date,
	ends_on           date,
	formed_at         timestamptz,
	cooling_off_days  bigint NOT NULL,
	cooling_off_fee   numeric(20,4) NOT NULL,
	receipt_signed_on date,
	cooling_off_to    date,
	grace_days        bigint NOT NULL,
	cancelled_from    timestamptz,
	refunded          numeric(20,4) NOT NULL
);
CREATE UNIQUE INDEX crm_policies_number ON crm_policies (tenant, number);
CREATE INDEX crm_policies_holder ON crm_policies (tenant, holder, id);
CREATE INDEX crm_policies_state ON crm_policies (tenant, state, id);
CREATE INDEX crm_policies_product ON crm_policies (tenant, product_code, id);
CREATE INDEX crm_policies_expiry ON crm_policies (tenant, cover_to NULLS FIRST, id);

CREATE TABLE crm_policy_terms (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	policy_id      uuid,
	number         bigint NOT NULL,
	event          text COLLATE "C" NOT NULL,
	effective_from timestamptz,
	recorded_at    timestamptz,
	ended          text COLLATE "C" NOT NULL,
	content        json
);
CREATE UNIQUE INDEX crm_policy_terms_number ON crm_policy_terms (tenant, policy_id, number);

CREATE TABLE crm_instalments (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	policy_id  uuid,
	number     bigint NOT NULL,
	due_on     date,
	amount     numeric(20,4) NOT NULL,
	paid       numeric(20,4) NOT NULL
);
CREATE UNIQUE INDEX crm_instalments_number ON crm_instalments (tenant, policy_id, number);

CREATE TABLE crm_policy_parties (
	id             uuid NOT NULL PRIMARY KEY,
	tenant         text COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	policy_id      uuid,
	party          text COLLATE "C" NOT NULL,
	branch         text COLLATE "C" NOT NULL,
	is_holder      boolean NOT NULL,
	is_insured     boolean NOT NULL,
	is_beneficiary boolean NOT NULL
);
CREATE UNIQUE INDEX crm_policy_parties_party ON crm_policy_parties (tenant, policy_id, party);
CREATE INDEX crm_policy_parties_customer ON crm_policy_parties (tenant, party, id);

CREATE TABLE crm_policy_receipts (
	id          uuid NOT NULL PRIMARY KEY,
	tenant      text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	policy_id   uuid,
	reference   text COLLATE "C" NOT NULL,
	payer       text COLLATE "C" NOT NULL,
	method      text COLLATE "C" NOT NULL,
	amount      numeric(20,4) NOT NULL,
	allocated   numeric(20,4) NOT NULL,
	refunded    numeric(20,4) NOT NULL,
	received_at timestamptz
);
CREATE UNIQUE INDEX crm_policy_receipts_reference ON crm_policy_receipts (tenant, policy_id, reference);
