-- +goose Up
CREATE TABLE crm_notices (
	id            uuid    NOT NULL PRIMARY KEY,
	tenant        text    COLLATE "C" NOT NULL,
	version       bigint  NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	case_kind     text    COLLATE "C" NOT NULL,
	case_id       uuid,
	person        text    COLLATE "C" NOT NULL,
	kind          text    COLLATE "C" NOT NULL,
	addressee     text    COLLATE "C" NOT NULL,
	channel       text    COLLATE "C" NOT NULL,
	template      text    COLLATE "C" NOT NULL,
	dispatched_at timestamptz,
	arrived_at    timestamptz,
	proof         text    COLLATE "C" NOT NULL,
	text          bytea
);
CREATE INDEX crm_notices_case ON crm_notices (tenant, case_id, created_at, id);
