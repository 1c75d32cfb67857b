-- +goose Up
CREATE TABLE crm_programs (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT NOT NULL,
	head       BLOB,
	state      TEXT NOT NULL,
	code       TEXT NOT NULL,
	name       TEXT
) STRICT;
CREATE UNIQUE INDEX crm_programs_code ON crm_programs (tenant, code);

CREATE TABLE crm_program_rules (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	program_id TEXT,
	from_day   INTEGER,
	rules      TEXT
) STRICT;
CREATE UNIQUE INDEX crm_program_rules_from ON crm_program_rules (tenant, program_id, from_day);

CREATE TABLE crm_members (
	id          TEXT NOT NULL PRIMARY KEY,
	tenant      TEXT NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	branch      TEXT NOT NULL,
	head        BLOB,
	state       TEXT NOT NULL,
	number      TEXT NOT NULL,
	program_id  TEXT,
	customer    TEXT NOT NULL,
	live_in     TEXT,
	channel     TEXT NOT NULL,
	referred_by TEXT NOT NULL,
	adviser     TEXT NOT NULL,
	joined_on   INTEGER,
	since       INTEGER,
	expires_on  INTEGER,
	tier        TEXT NOT NULL,
	tier_on     INTEGER,
	points      INTEGER NOT NULL,
	merged_into TEXT
) STRICT;
CREATE UNIQUE INDEX crm_members_number ON crm_members (tenant, number);
CREATE UNIQUE INDEX crm_members_live ON crm_members (tenant, customer, live_in);
CREATE INDEX crm_members_program ON crm_members (tenant, program_id, state, id);
CREATE INDEX crm_members_state ON crm_members (tenant, state, id);
CREATE INDEX crm_members_term ON crm_members (tenant, state, expires_on);
CREATE INDEX crm_members_adviser ON crm_members (tenant, adviser, id);

CREATE TABLE crm_member_tiers (
	id          TEXT NOT NULL PRIMARY KEY,
	tenant      TEXT NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	member_id   TEXT,
	on_day      INTEGER,
	tier        TEXT NOT NULL,
	name        TEXT,
	basis       TEXT NOT NULL,
	rules_from  INTEGER,
	figures     TEXT,
	review      TEXT,
	next_review INTEGER,
	why         TEXT,
	next        TEXT
) STRICT;
CREATE UNIQUE INDEX crm_member_tiers_day ON crm_member_tiers (tenant, member_id, on_day);

CREATE TABLE crm_point_lots (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	member_id  TEXT,
	source     TEXT NOT NULL,
	code       TEXT NOT NULL,
	earned_on  INTEGER,
	expires_on INTEGER,
	given      INTEGER NOT NULL,
	earned     INTEGER NOT NULL,
	spent      INTEGER NOT NULL,
	expired    INTEGER NOT NULL,
	reversed   INTEGER NOT NULL,
	merged     INTEGER NOT NULL,
	remaining  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_point_lots_source ON crm_point_lots (tenant, member_id, source);
CREATE INDEX crm_point_lots_left ON crm_point_lots (tenant, member_id, remaining);
CREATE INDEX crm_point_lots_due ON crm_point_lots (tenant, expires_on);

CREATE TABLE crm_point_moves (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	member_id  TEXT,
	lot_id     TEXT,
	kind       TEXT NOT NULL,
	points     INTEGER NOT NULL,
	on_day     INTEGER,
	earned_on  INTEGER,
	reference  TEXT NOT NULL
) STRICT;
CREATE INDEX crm_point_moves_member ON crm_point_moves (tenant, member_id, created_at, id);
CREATE INDEX crm_point_moves_counting ON crm_point_moves (tenant, member_id, earned_on);

CREATE TABLE crm_staff (
	id              TEXT NOT NULL PRIMARY KEY,
	tenant          TEXT NOT NULL,
	version         INTEGER NOT NULL,
	created_at      INTEGER,
	updated_at      INTEGER,
	branch          TEXT NOT NULL,
	head            BLOB,
	state           TEXT NOT NULL,
	actor           TEXT NOT NULL,
	name            TEXT NOT NULL,
	role            TEXT NOT NULL,
	team            TEXT NOT NULL,
	agreed_on       INTEGER,
	agreement_until INTEGER,
	successor       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_staff_actor ON crm_staff (tenant, actor);
CREATE INDEX crm_staff_state ON crm_staff (tenant, state, id);

CREATE TABLE crm_qualifications (
	id          TEXT NOT NULL PRIMARY KEY,
	tenant      TEXT NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	staff_id    TEXT,
	code        TEXT NOT NULL,
	certificate BLOB,
	from_day    INTEGER,
	until_day   INTEGER,
	training_id TEXT
) STRICT;
CREATE INDEX crm_qualifications_staff ON crm_qualifications (tenant, staff_id, id);

CREATE TABLE crm_courses (
	id         TEXT NOT NULL PRIMARY KEY,
	tenant     TEXT NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT NOT NULL,
	head       BLOB,
	state      TEXT NOT NULL,
	code       TEXT NOT NULL,
	syllabus   TEXT
) STRICT;
CREATE UNIQUE INDEX crm_courses_code ON crm_courses (tenant, code);

CREATE TABLE crm_trainings (
	id            TEXT NOT NULL PRIMARY KEY,
	tenant        TEXT NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	branch        TEXT NOT NULL,
	head          BLOB,
	state         TEXT NOT NULL,
	course_id     TEXT,
	staff_id      TEXT,
	session       TEXT NOT NULL,
	planned_on    INTEGER,
	syllabus      TEXT,
	trainer_kind  TEXT NOT NULL,
	trainer_actor TEXT NOT NULL,
	trainer_name  BLOB,
	trainer_firm  TEXT NOT NULL,
	finished_on   INTEGER,
	attendance    INTEGER NOT NULL,
	score         INTEGER NOT NULL,
	satisfaction  INTEGER NOT NULL,
	effects       TEXT
) STRICT;
CREATE INDEX crm_trainings_course ON crm_trainings (tenant, course_id, id);
CREATE INDEX crm_trainings_staff ON crm_trainings (tenant, staff_id, id);
CREATE INDEX crm_trainings_session ON crm_trainings (tenant, session, id);

CREATE TABLE crm_appraisals (
	id          TEXT NOT NULL PRIMARY KEY,
	tenant      TEXT NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	branch      TEXT NOT NULL,
	head        BLOB,
	state       TEXT NOT NULL,
	staff_id    TEXT,
	from_day    INTEGER,
	to_day      INTEGER,
	marks       TEXT,
	weights     TEXT,
	score       INTEGER NOT NULL,
	grade       TEXT NOT NULL,
	consequence TEXT NOT NULL,
	remark      BLOB,
	reward      TEXT NOT NULL,
	coach       TEXT NOT NULL,
	plan        BLOB,
	due         INTEGER,
	reached     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_appraisals_period ON crm_appraisals (tenant, staff_id, from_day);
