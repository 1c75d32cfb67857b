-- +goose Up
CREATE TABLE crm_improvements (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	branch      TEXT    NOT NULL,
	head        BLOB,
	source_kind TEXT    NOT NULL,
	source_id   TEXT    NOT NULL,
	person      TEXT    NOT NULL,
	cause_code  TEXT    NOT NULL,
	cause       BLOB,
	measure     BLOB,
	unit        TEXT    NOT NULL,
	responsible TEXT    NOT NULL,
	due_on      INTEGER,
	figures     TEXT,
	evidence    BLOB,
	document    TEXT    NOT NULL,
	effective   INTEGER NOT NULL,
	reopened    INTEGER NOT NULL,
	proposed_by TEXT    NOT NULL,
	decided_by  TEXT    NOT NULL,
	finished_by TEXT    NOT NULL,
	verified_by TEXT    NOT NULL,
	started_at  INTEGER,
	finished_at INTEGER,
	verified_at INTEGER,
	state       TEXT    NOT NULL
) STRICT;
CREATE INDEX crm_improvements_source ON crm_improvements (tenant, source_kind, source_id, id);
CREATE INDEX crm_improvements_state ON crm_improvements (tenant, state, id);
CREATE INDEX crm_improvements_unit ON crm_improvements (tenant, unit, id);
CREATE INDEX crm_improvements_responsible ON crm_improvements (tenant, responsible, id);
