-- +goose Up
CREATE TABLE crm_notices (
	id            TEXT    NOT NULL PRIMARY KEY,
	tenant        TEXT    NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	case_kind     TEXT    NOT NULL,
	case_id       TEXT,
	person        TEXT    NOT NULL,
	kind          TEXT    NOT NULL,
	addressee     TEXT    NOT NULL,
	channel       TEXT    NOT NULL,
	template      TEXT    NOT NULL,
	dispatched_at INTEGER,
	arrived_at    INTEGER,
	proof         TEXT    NOT NULL,
	text          BLOB
) STRICT;
CREATE INDEX crm_notices_case ON crm_notices (tenant, case_id, created_at, id);
