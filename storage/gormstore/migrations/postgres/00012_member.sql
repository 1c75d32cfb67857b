-- +goose Up
CREATE TABLE crm_programs (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text COLLATE "C" NOT NULL,
	head       bytea,
	state      text COLLATE "C" NOT NULL,
	code       text COLLATE "C" NOT NULL,
	name       json
);
CREATE UNIQUE INDEX crm_programs_code ON crm_programs (tenant, code);

CREATE TABLE crm_program_rules (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	program_id uuid,
	from_day   date,
	rules      json
);
CREATE UNIQUE INDEX crm_program_rules_from ON crm_program_rules (tenant, program_id, from_day);

CREATE TABLE crm_members (
	id          uuid NOT NULL PRIMARY KEY,
	tenant      text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	branch      text COLLATE "C" NOT NULL,
	head        bytea,
	state       text COLLATE "C" NOT NULL,
	number      text COLLATE "C" NOT NULL,
	program_id  uuid,
	customer    text COLLATE "C" NOT NULL,
	live_in     uuid,
	channel     text COLLATE "C" NOT NULL,
	referred_by text COLLATE "C" NOT NULL,
	adviser     text COLLATE "C" NOT NULL,
	joined_on   date,
	since       date,
	expires_on  date,
	tier        text COLLATE "C" NOT NULL,
	tier_on     date,
	points      bigint NOT NULL,
	merged_into uuid
);
CREATE UNIQUE INDEX crm_members_number ON crm_members (tenant, number);
CREATE UNIQUE INDEX crm_members_live ON crm_members (tenant, customer, live_in);
CREATE INDEX crm_members_program ON crm_members (tenant, program_id, state, id);
CREATE INDEX crm_members_state ON crm_members (tenant, state, id);
CREATE INDEX crm_members_term ON crm_members (tenant, state, expires_on);
CREATE INDEX crm_members_adviser ON crm_members (tenant, adviser, id);

CREATE TABLE crm_member_tiers (
	id          uuid NOT NULL PRIMARY KEY,
	tenant      text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	member_id   uuid,
	on_day      date,
	tier        text COLLATE "C" NOT NULL,
	name        json,
	basis       text COLLATE "C" NOT NULL,
	rules_from  date,
	figures     json,
	review      json,
	next_review date,
	why         json,
	next        json
);
CREATE UNIQUE INDEX crm_member_tiers_day ON crm_member_tiers (tenant, member_id, on_day);

CREATE TABLE crm_point_lots (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	member_id  uuid,
	source     text COLLATE "C" NOT NULL,
	code       text COLLATE "C" NOT NULL,
	earned_on  date,
	expires_on date,
	given      bigint NOT NULL,
	earned     bigint NOT NULL,
	spent      bigint NOT NULL,
	expired    bigint NOT NULL,
	reversed   bigint NOT NULL,
	merged     bigint NOT NULL,
	remaining  bigint NOT NULL
);
CREATE UNIQUE INDEX crm_point_lots_source ON crm_point_lots (tenant, member_id, source);
CREATE INDEX crm_point_lots_left ON crm_point_lots (tenant, member_id, remaining);
CREATE INDEX crm_point_lots_due ON crm_point_lots (tenant, expires_on);

CREATE TABLE crm_point_moves (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	member_id  uuid,
	lot_id     uuid,
	kind       text COLLATE "C" NOT NULL,
	points     bigint NOT NULL,
	on_day     date,
	earned_on  date,
	reference  text COLLATE "C" NOT NULL
);
CREATE INDEX crm_point_moves_member ON crm_point_moves (tenant, member_id, created_at, id);
CREATE INDEX crm_point_moves_counting ON crm_point_moves (tenant, member_id, earned_on);

CREATE TABLE crm_staff (
	id              uuid NOT NULL PRIMARY KEY,
	tenant          text COLLATE "C" NOT NULL,
	version         bigint NOT NULL,
	created_at      timestamptz,
	updated_at      timestamptz,
	branch          text COLLATE "C" NOT NULL,
	head            bytea,
	state           text COLLATE "C" NOT NULL,
	actor           text COLLATE "C" NOT NULL,
	name            text COLLATE "C" NOT NULL,
	role            text COLLATE "C" NOT NULL,
	team            text COLLATE "C" NOT NULL,
	agreed_on       date,
	agreement_until date,
	successor       text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_staff_actor ON crm_staff (tenant, actor);
CREATE INDEX crm_staff_state ON crm_staff (tenant, state, id);

CREATE TABLE crm_qualifications (
	id          uuid NOT NULL PRIMARY KEY,
	tenant      text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	staff_id    uuid,
	code        text COLLATE "C" NOT NULL,
	certificate bytea,
	from_day    date,
	until_day   date,
	training_id uuid
);
CREATE INDEX crm_qualifications_staff ON crm_qualifications (tenant, staff_id, id);

CREATE TABLE crm_courses (
	id         uuid NOT NULL PRIMARY KEY,
	tenant     text COLLATE "C" NOT NULL,
	version    bigint NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text COLLATE "C" NOT NULL,
	head       bytea,
	state      text COLLATE "C" NOT NULL,
	code       text COLLATE "C" NOT NULL,
	syllabus   json
);
CREATE UNIQUE INDEX crm_courses_code ON crm_courses (tenant, code);

CREATE TABLE crm_trainings (
	id            uuid NOT NULL PRIMARY KEY,
	tenant        text COLLATE "C" NOT NULL,
	version       bigint NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	branch        text COLLATE "C" NOT NULL,
	head          bytea,
	state         text COLLATE "C" NOT NULL,
	course_id     uuid,
	staff_id      uuid,
	session       text COLLATE "C" NOT NULL,
	planned_on    date,
	syllabus      json,
	trainer_kind  text COLLATE "C" NOT NULL,
	trainer_actor text COLLATE "C" NOT NULL,
	trainer_name  bytea,
	trainer_firm  text COLLATE "C" NOT NULL,
	finished_on   date,
	attendance    numeric(20,4) NOT NULL,
	score         numeric(20,4) NOT NULL,
	satisfaction  bigint NOT NULL,
	effects       json
);
CREATE INDEX crm_trainings_course ON crm_trainings (tenant, course_id, id);
CREATE INDEX crm_trainings_staff ON crm_trainings (tenant, staff_id, id);
CREATE INDEX crm_trainings_session ON crm_trainings (tenant, session, id);

CREATE TABLE crm_appraisals (
	id          uuid NOT NULL PRIMARY KEY,
	tenant      text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	branch      text COLLATE "C" NOT NULL,
	head        bytea,
	state       text COLLATE "C" NOT NULL,
	staff_id    uuid,
	from_day    date,
	to_day      date,
	marks       json,
	weights     json,
	score       numeric(20,4) NOT NULL,
	grade       text COLLATE "C" NOT NULL,
	consequence text COLLATE "C" NOT NULL,
	remark      bytea,
	reward      text COLLATE "C" NOT NULL,
	coach       text COLLATE "C" NOT NULL,
	plan        bytea,
	due         date,
	reached     boolean NOT NULL
);
CREATE UNIQUE INDEX crm_appraisals_period ON crm_appraisals (tenant, staff_id, from_day);
