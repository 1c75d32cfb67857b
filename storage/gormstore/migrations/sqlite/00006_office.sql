-- +goose Up
CREATE TABLE crm_counters (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	scope      TEXT    NOT NULL,
	last       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_counters_scope ON crm_counters (tenant, scope);

CREATE TABLE crm_cursors (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	consumer   TEXT    NOT NULL,
	seq        INTEGER NOT NULL,
	seen_until INTEGER NOT NULL,
	settled_mark INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_cursors_consumer ON crm_cursors (tenant, consumer);
