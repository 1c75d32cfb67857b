-- +goose Up
CREATE TABLE crm_improvements (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	branch      text    COLLATE "C" NOT NULL,
	head        bytea,
	source_kind text    COLLATE "C" NOT NULL,
	source_id   text    COLLATE "C" NOT NULL,
	person      text    COLLATE "C" NOT NULL,
	cause_code  text    COLLATE "C" NOT NULL,
	cause       bytea,
	measure     bytea,
	unit        text    COLLATE "C" NOT NULL,
	responsible text    COLLATE "C" NOT NULL,
	due_on      date,
	figures     json,
	evidence    bytea,
	document    text    COLLATE "C" NOT NULL,
	effective   boolean NOT NULL,
	reopened    bigint  NOT NULL,
	proposed_by text    COLLATE "C" NOT NULL,
	decided_by  text    COLLATE "C" NOT NULL,
	finished_by text    COLLATE "C" NOT NULL,
	verified_by text    COLLATE "C" NOT NULL,
	started_at  timestamptz,
	finished_at timestamptz,
	verified_at timestamptz,
	state       text    COLLATE "C" NOT NULL
);
CREATE INDEX crm_improvements_source ON crm_improvements (tenant, source_kind, source_id, id);
CREATE INDEX crm_improvements_state ON crm_improvements (tenant, state, id);
CREATE INDEX crm_improvements_unit ON crm_improvements (tenant, unit, id);
CREATE INDEX crm_improvements_responsible ON crm_improvements (tenant, responsible, id);
