-- +goose Up
CREATE TABLE crm_payments (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	branch       text    COLLATE "C" NOT NULL,
	head         bytea,
	owner_kind   text    COLLATE "C" NOT NULL,
	owner_id     uuid,
	sequence     bigint  NOT NULL,
	business_key text    COLLATE "C" NOT NULL,
	kind         text    COLLATE "C" NOT NULL,
	payee        text    COLLATE "C" NOT NULL,
	account      bytea,
	method       text    COLLATE "C" NOT NULL,
	amount       numeric(20,4) NOT NULL,
	currency     text    COLLATE "C" NOT NULL,
	due_on       date,
	attempt      bigint  NOT NULL,
	reference    text    COLLATE "C" NOT NULL,
	voucher      text    COLLATE "C" NOT NULL,
	cleared_at   timestamptz,
	state        text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_payments_business_key ON crm_payments (tenant, business_key);
CREATE INDEX crm_payments_owner ON crm_payments (tenant, owner_id, owner_kind, sequence);
CREATE INDEX crm_payments_state ON crm_payments (tenant, state, id);
