-- +goose Up
CREATE TABLE crm_payments (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	branch       TEXT    NOT NULL,
	head         BLOB,
	owner_kind   TEXT    NOT NULL,
	owner_id     TEXT,
	sequence     INTEGER NOT NULL,
	business_key TEXT    NOT NULL,
	kind         TEXT    NOT NULL,
	payee        TEXT    NOT NULL,
	account      BLOB,
	method       TEXT    NOT NULL,
	amount       INTEGER NOT NULL,
	currency     TEXT    NOT NULL,
	due_on       INTEGER,
	attempt      INTEGER NOT NULL,
	reference    TEXT    NOT NULL,
	voucher      TEXT    NOT NULL,
	cleared_at   INTEGER,
	state        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_payments_business_key ON crm_payments (tenant, business_key);
CREATE INDEX crm_payments_owner ON crm_payments (tenant, owner_id, owner_kind, sequence);
CREATE INDEX crm_payments_state ON crm_payments (tenant, state, id);
