-- +goose Up
CREATE TABLE crm_data_keys (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	person       TEXT    NOT NULL,
	wrapped      BLOB,
	destroyed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_data_keys_person ON crm_data_keys (tenant, person);

-- AUTOINCREMENT: a number that was given once is never given again.
CREATE TABLE crm_journal (
	seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	tenant          TEXT    NOT NULL,
	kind            TEXT    NOT NULL,
	subject_id      TEXT,
	subject_version INTEGER NOT NULL,
	branch          TEXT    NOT NULL,
	unit            TEXT,
	command         TEXT    NOT NULL,
	event           TEXT    NOT NULL,
	from_state      TEXT    NOT NULL,
	to_state        TEXT    NOT NULL,
	actor           TEXT    NOT NULL,
	role            TEXT    NOT NULL,
	on_behalf       TEXT    NOT NULL,
	at              INTEGER,
	facts           TEXT,
	person          TEXT    NOT NULL,
	reason          BLOB,
	changes         BLOB,
	idem            BLOB,
	input           BLOB,
	row_digests     TEXT,
	prev            BLOB,
	hash            BLOB
) STRICT;
CREATE UNIQUE INDEX crm_journal_subject ON crm_journal (tenant, subject_id, subject_version);
CREATE UNIQUE INDEX crm_journal_idem ON crm_journal (tenant, idem) WHERE idem IS NOT NULL;
CREATE INDEX crm_journal_seq ON crm_journal (tenant, seq);

-- +goose StatementBegin
CREATE TRIGGER crm_journal_no_update BEFORE UPDATE ON crm_journal
BEGIN
	SELECT RAISE(ABORT, 'crm_journal is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER crm_journal_no_delete BEFORE DELETE ON crm_journal
BEGIN
	SELECT RAISE(ABORT, 'crm_journal is append-only');
END;
-- +goose StatementEnd
