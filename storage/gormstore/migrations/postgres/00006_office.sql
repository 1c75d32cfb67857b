-- +goose Up
CREATE TABLE crm_counters (
	id         uuid   NOT NULL PRIMARY KEY,
	tenant     text   COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	scope      text   COLLATE "C" NOT NULL,
	last       bigint NOT NULL
);
CREATE UNIQUE INDEX crm_counters_scope ON crm_counters (tenant, scope);

CREATE TABLE crm_cursors (
	id         uuid   NOT NULL PRIMARY KEY,
	tenant     text   COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	consumer   text   COLLATE "C" NOT NULL,
	seq        bigint NOT NULL,
	seen_until bigint NOT NULL,
	settled_mark bigint NOT NULL
);
CREATE UNIQUE INDEX crm_cursors_consumer ON crm_cursors (tenant, consumer);
