-- +goose Up
CREATE TABLE crm_benefits (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	branch       TEXT    NOT NULL,
	head         BLOB,
	code         TEXT    NOT NULL,
	edition      INTEGER NOT NULL,
	program_id   TEXT,
	kind         TEXT    NOT NULL,
	partner_id   TEXT,
	design       TEXT,
	approved_at  INTEGER,
	announced_at INTEGER,
	starts_from  INTEGER,
	started_at   INTEGER,
	end_told_at  INTEGER,
	ends_from    INTEGER,
	ended_at     INTEGER,
	state        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_benefits_code ON crm_benefits (tenant, code, edition);
CREATE INDEX crm_benefits_program ON crm_benefits (tenant, program_id, state, code);

CREATE TABLE crm_announcements (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	benefit_id   TEXT,
	kind         TEXT    NOT NULL,
	channels     TEXT,
	text         TEXT,
	published_at INTEGER,
	takes_effect INTEGER
) STRICT;
CREATE INDEX crm_announcements_benefit ON crm_announcements (tenant, benefit_id, created_at, id);

CREATE TABLE crm_benefit_grants (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT    NOT NULL,
	head       BLOB,
	member_id  TEXT,
	benefit    TEXT    NOT NULL,
	period     TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	from_day   INTEGER,
	to_day     INTEGER,
	ends_at    INTEGER,
	unlimited  INTEGER NOT NULL,
	granted    INTEGER NOT NULL,
	reserved   INTEGER NOT NULL,
	used       INTEGER NOT NULL,
	released   INTEGER NOT NULL,
	expired    INTEGER NOT NULL,
	state      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_benefit_grants_period ON crm_benefit_grants (tenant, member_id, benefit, period);
CREATE INDEX crm_benefit_grants_customer ON crm_benefit_grants (tenant, customer, created_at, id);
CREATE INDEX crm_benefit_grants_ends ON crm_benefit_grants (tenant, state, ends_at, id);
CREATE INDEX crm_benefit_grants_benefit ON crm_benefit_grants (tenant, from_day, benefit);

CREATE TABLE crm_benefits_told (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT    NOT NULL,
	head       BLOB,
	customer   TEXT    NOT NULL,
	about_kind TEXT    NOT NULL,
	about_id   TEXT,
	benefits   TEXT,
	state      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_benefits_told_about_id ON crm_benefits_told (tenant, customer, about_kind, about_id);

CREATE TABLE crm_partners (
	id             TEXT    NOT NULL PRIMARY KEY,
	tenant         TEXT    NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	branch         TEXT    NOT NULL,
	head           BLOB,
	code           TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	services       TEXT,
	agreement      TEXT    NOT NULL,
	agreement_from INTEGER,
	agreement_to   INTEGER,
	contact        BLOB,
	state          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_partners_code ON crm_partners (tenant, code);

CREATE TABLE crm_service_orders (
	id             TEXT    NOT NULL PRIMARY KEY,
	tenant         TEXT    NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	branch         TEXT    NOT NULL,
	head           BLOB,
	number         TEXT    NOT NULL,
	member_id      TEXT,
	customer       TEXT    NOT NULL,
	service        TEXT    NOT NULL,
	wish           BLOB,
	benefit        TEXT    NOT NULL,
	benefit_id     TEXT,
	grant_id       TEXT,
	partner_id     TEXT,
	requested_at   INTEGER,
	reserved_until INTEGER,
	slot_from      INTEGER,
	slot_to        INTEGER,
	started_at     INTEGER,
	delivered_at   INTEGER,
	late           INTEGER NOT NULL,
	agreement      TEXT    NOT NULL,
	agreed_content BLOB,
	agreed_from    INTEGER,
	agreed_to      INTEGER,
	signed_on      INTEGER,
	result         BLOB,
	score          INTEGER NOT NULL,
	comment        BLOB,
	evaluated_at   INTEGER,
	closed_at      INTEGER,
	reason         TEXT    NOT NULL,
	state          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_service_orders_number ON crm_service_orders (tenant, number);
CREATE INDEX crm_service_orders_created ON crm_service_orders (tenant, created_at, id);
CREATE INDEX crm_service_orders_customer ON crm_service_orders (tenant, customer, created_at, id);
CREATE INDEX crm_service_orders_state ON crm_service_orders (tenant, state, created_at, id);
CREATE INDEX crm_service_orders_partner ON crm_service_orders (tenant, partner_id, created_at, id);
CREATE INDEX crm_service_orders_until ON crm_service_orders (tenant, state, reserved_until, id);
CREATE INDEX crm_service_orders_requested ON crm_service_orders (tenant, requested_at);
CREATE INDEX crm_service_orders_delivered ON crm_service_orders (tenant, delivered_at);
CREATE INDEX crm_service_orders_evaluated ON crm_service_orders (tenant, evaluated_at);
CREATE INDEX crm_service_orders_closed ON crm_service_orders (tenant, closed_at);

CREATE TABLE crm_activities (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT    NOT NULL,
	head       BLOB,
	plan       TEXT,
	begins_at  INTEGER,
	taken      INTEGER NOT NULL,
	waiting    INTEGER NOT NULL,
	calls      INTEGER NOT NULL,
	held_at    INTEGER,
	state      TEXT    NOT NULL
) STRICT;
CREATE INDEX crm_activities_begins ON crm_activities (tenant, begins_at, id);
CREATE INDEX crm_activities_state ON crm_activities (tenant, state, begins_at, id);

CREATE TABLE crm_sign_ups (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	branch      TEXT    NOT NULL,
	head        BLOB,
	activity_id TEXT,
	place       INTEGER NOT NULL,
	customer    TEXT    NOT NULL,
	member_id   TEXT,
	grant_id    TEXT,
	moved_up_at INTEGER,
	attended_at INTEGER,
	score       INTEGER NOT NULL,
	comment     BLOB,
	feedback_at INTEGER,
	state       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_sign_ups_place ON crm_sign_ups (tenant, activity_id, place);
CREATE INDEX crm_sign_ups_customer ON crm_sign_ups (tenant, customer, created_at, id);
CREATE INDEX crm_sign_ups_attended ON crm_sign_ups (tenant, attended_at);
CREATE INDEX crm_sign_ups_feedback ON crm_sign_ups (tenant, feedback_at);
