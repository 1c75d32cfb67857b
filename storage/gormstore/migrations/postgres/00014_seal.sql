-- +goose Up
CREATE TABLE crm_seals (
	id        uuid        NOT NULL PRIMARY KEY,
	tenant    text        COLLATE "C" NOT NULL,
	number    bigint      NOT NULL,
	after_seq bigint      NOT NULL,
	upto_seq  bigint      NOT NULL,
	entries   bigint      NOT NULL,
	subjects  bigint      NOT NULL,
	root      bytea       NOT NULL,
	prev      bytea,
	at        timestamptz NOT NULL,
	hash      bytea       NOT NULL,
	signature bytea
);
CREATE UNIQUE INDEX crm_seals_number ON crm_seals (tenant, number);

CREATE TRIGGER crm_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_seals
	FOR EACH STATEMENT EXECUTE FUNCTION crm_append_only();
