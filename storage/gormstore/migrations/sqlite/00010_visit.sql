-- +goose Up
CREATE TABLE crm_visits (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	branch       TEXT    NOT NULL,
	head         BLOB,
	kind         TEXT    NOT NULL,
	about_kind   TEXT    NOT NULL,
	about_id     TEXT,
	round        INTEGER NOT NULL,
	customer     TEXT    NOT NULL,
	line         TEXT    NOT NULL,
	is_group     INTEGER NOT NULL,
	seller       TEXT    NOT NULL,
	handler      TEXT    NOT NULL,
	due_on       INTEGER,
	script       TEXT    NOT NULL,
	points       TEXT,
	attempts     INTEGER NOT NULL,
	recording    TEXT    NOT NULL,
	reached_at   INTEGER,
	problem      TEXT    NOT NULL,
	problem_text BLOB,
	remedy       BLOB,
	fixed_by     TEXT    NOT NULL,
	ended_at     INTEGER,
	state        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_visits_about ON crm_visits (tenant, about_id, about_kind, kind, round);
CREATE INDEX crm_visits_state ON crm_visits (tenant, state, id);
CREATE INDEX crm_visits_due ON crm_visits (tenant, due_on);
CREATE INDEX crm_visits_customer ON crm_visits (tenant, customer, id);
CREATE INDEX crm_visits_handler ON crm_visits (tenant, handler, id);

CREATE TABLE crm_visit_attempts (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	visit_id   TEXT,
	number     INTEGER NOT NULL,
	person     TEXT    NOT NULL,
	outcome    TEXT    NOT NULL,
	channel    TEXT    NOT NULL,
	by_whom    TEXT    NOT NULL,
	recording  TEXT    NOT NULL,
	note       BLOB
) STRICT;
CREATE UNIQUE INDEX crm_visit_attempts_number ON crm_visit_attempts (tenant, visit_id, number);

CREATE TABLE crm_visit_answers (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	visit_id   TEXT,
	point      TEXT    NOT NULL,
	person     TEXT    NOT NULL,
	result     TEXT    NOT NULL,
	words      BLOB
) STRICT;
CREATE UNIQUE INDEX crm_visit_answers_point ON crm_visit_answers (tenant, visit_id, point);
