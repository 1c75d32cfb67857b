-- +goose Up
CREATE TABLE crm_visits (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	branch       text    COLLATE "C" NOT NULL,
	head         bytea,
	kind         text    COLLATE "C" NOT NULL,
	about_kind   text    COLLATE "C" NOT NULL,
	about_id     uuid,
	round        bigint  NOT NULL,
	customer     text    COLLATE "C" NOT NULL,
	line         text    COLLATE "C" NOT NULL,
	is_group     boolean NOT NULL,
	seller       text    COLLATE "C" NOT NULL,
	handler      text    COLLATE "C" NOT NULL,
	due_on       date,
	script       text    COLLATE "C" NOT NULL,
	points       json,
	attempts     bigint  NOT NULL,
	recording    text    COLLATE "C" NOT NULL,
	reached_at   timestamptz,
	problem      text    COLLATE "C" NOT NULL,
	problem_text bytea,
	remedy       bytea,
	fixed_by     text    COLLATE "C" NOT NULL,
	ended_at     timestamptz,
	state        text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_visits_about ON crm_visits (tenant, about_id, about_kind, kind, round);
CREATE INDEX crm_visits_state ON crm_visits (tenant, state, id);
CREATE INDEX crm_visits_due ON crm_visits (tenant, due_on);
CREATE INDEX crm_visits_customer ON crm_visits (tenant, customer, id);
CREATE INDEX crm_visits_handler ON crm_visits (tenant, handler, id);

CREATE TABLE crm_visit_attempts (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	visit_id   uuid,
	number     bigint  NOT NULL,
	person     text    COLLATE "C" NOT NULL,
	outcome    text    COLLATE "C" NOT NULL,
	channel    text    COLLATE "C" NOT NULL,
	by_whom    text    COLLATE "C" NOT NULL,
	recording  text    COLLATE "C" NOT NULL,
	note       bytea
);
CREATE UNIQUE INDEX crm_visit_attempts_number ON crm_visit_attempts (tenant, visit_id, number);

CREATE TABLE crm_visit_answers (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	visit_id   uuid,
	point      text    COLLATE "C" NOT NULL,
	person     text    COLLATE "C" NOT NULL,
	result     text    COLLATE "C" NOT NULL,
	words      bytea
);
CREATE UNIQUE INDEX crm_visit_answers_point ON crm_visit_answers (tenant, visit_id, point);
