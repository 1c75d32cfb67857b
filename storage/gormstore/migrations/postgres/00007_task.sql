-- +goose Up
CREATE TABLE crm_tasks (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	branch       text    COLLATE "C" NOT NULL,
	case_kind    text    COLLATE "C" NOT NULL,
	case_id      uuid,
	person       text    COLLATE "C" NOT NULL,
	state        text    COLLATE "C" NOT NULL,
	clock        text    COLLATE "C" NOT NULL,
	code         text    COLLATE "C" NOT NULL,
	note         bytea,
	owner        text    COLLATE "C" NOT NULL,
	fixed        boolean NOT NULL,
	queue        text    COLLATE "C" NOT NULL,
	level        bigint  NOT NULL,
	rule         text    COLLATE "C" NOT NULL,
	rule_from    date,
	due_on       date,
	due_at       timestamptz,
	provisional  boolean NOT NULL,
	timer        json,
	ladder       json,
	warn_at      timestamptz,
	remind_at    timestamptz,
	next_at      timestamptz,
	opened_at    timestamptz,
	warned_at    timestamptz,
	breached_at  timestamptz,
	ended_at     timestamptz,
	ended_by     text    COLLATE "C" NOT NULL,
	paused_at    timestamptz
);
-- What is to be done about a case.
CREATE INDEX crm_tasks_case ON crm_tasks (tenant, case_id, id);
-- What a sweep looks at.
CREATE INDEX crm_tasks_next ON crm_tasks (tenant, next_at NULLS FIRST, id) WHERE next_at IS NOT NULL;
-- What is due: of everybody, of somebody. What is due of a queue is picked from all.
CREATE INDEX crm_tasks_due ON crm_tasks (tenant, due_at NULLS FIRST, id) WHERE ended_at IS NULL;
CREATE INDEX crm_tasks_owner ON crm_tasks (tenant, owner, due_at NULLS FIRST, id) WHERE ended_at IS NULL;
