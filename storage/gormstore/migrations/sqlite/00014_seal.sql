-- +goose Up
CREATE TABLE crm_seals (
	id        TEXT    NOT NULL PRIMARY KEY,
	tenant    TEXT    NOT NULL,
	number    INTEGER NOT NULL,
	after_seq INTEGER NOT NULL,
	upto_seq  INTEGER NOT NULL,
	entries   INTEGER NOT NULL,
	subjects  INTEGER NOT NULL,
	root      BLOB    NOT NULL,
	prev      BLOB,
	at        INTEGER NOT NULL,
	hash      BLOB    NOT NULL,
	signature BLOB
) STRICT;
CREATE UNIQUE INDEX crm_seals_number ON crm_seals (tenant, number);

-- +goose StatementBegin
CREATE TRIGGER crm_seals_no_update BEFORE UPDATE ON crm_seals
BEGIN
	SELECT RAISE(ABORT, 'crm_seals is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER crm_seals_no_delete BEFORE DELETE ON crm_seals
BEGIN
	SELECT RAISE(ABORT, 'crm_seals is append-only');
END;
-- +goose StatementEnd
