-- +goose Up
CREATE TABLE crm_tasks (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	branch       TEXT    NOT NULL,
	case_kind    TEXT    NOT NULL,
	case_id      TEXT,
	person       TEXT    NOT NULL,
	state        TEXT    NOT NULL,
	clock        TEXT    NOT NULL,
	code         TEXT    NOT NULL,
	note         BLOB,
	owner        TEXT    NOT NULL,
	fixed        INTEGER NOT NULL,
	queue        TEXT    NOT NULL,
	level        INTEGER NOT NULL,
	rule         TEXT    NOT NULL,
	rule_from    INTEGER,
	due_on       INTEGER,
	due_at       INTEGER,
	provisional  INTEGER NOT NULL,
	timer        TEXT,
	ladder       TEXT,
	warn_at      INTEGER,
	remind_at    INTEGER,
	next_at      INTEGER,
	opened_at    INTEGER,
	warned_at    INTEGER,
	breached_at  INTEGER,
	ended_at     INTEGER,
	ended_by     TEXT    NOT NULL,
	paused_at    INTEGER
) STRICT;
-- What is to be done about a case.
CREATE INDEX crm_tasks_case ON crm_tasks (tenant, case_id, id);
-- What a sweep looks at.
CREATE INDEX crm_tasks_next ON crm_tasks (tenant, next_at, id) WHERE next_at IS NOT NULL;
-- What is due: of everybody, of somebody. What is due of a queue is picked from all.
CREATE INDEX crm_tasks_due ON crm_tasks (tenant, due_at, id) WHERE ended_at IS NULL;
CREATE INDEX crm_tasks_owner ON crm_tasks (tenant, owner, due_at, id) WHERE ended_at IS NULL;
