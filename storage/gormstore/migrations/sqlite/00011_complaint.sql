-- +goose Up
CREATE TABLE crm_complaints (
	id             TEXT    NOT NULL PRIMARY KEY,
	tenant         TEXT    NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	branch         TEXT    NOT NULL,
	head           BLOB,
	number         TEXT    NOT NULL,
	person         TEXT    NOT NULL,
	customer       TEXT    NOT NULL,
	anonymous      INTEGER NOT NULL,
	heads          INTEGER NOT NULL,
	in_person      INTEGER NOT NULL,
	via            TEXT    NOT NULL,
	regulator      TEXT    NOT NULL,
	channel        TEXT    NOT NULL,
	policy         TEXT    NOT NULL,
	claim          TEXT    NOT NULL,
	product        TEXT    NOT NULL,
	other          TEXT    NOT NULL,
	line           TEXT    NOT NULL,
	group_business INTEGER NOT NULL,
	twin           INTEGER NOT NULL,
	content        BLOB,
	demand         BLOB,
	category       TEXT    NOT NULL,
	severity       TEXT    NOT NULL,
	complexity     TEXT    NOT NULL,
	received_at    INTEGER,
	restarted_at   INTEGER,
	promised_by    INTEGER,
	owed_by        INTEGER,
	extensions     INTEGER NOT NULL,
	suspended      INTEGER NOT NULL,
	handler        TEXT    NOT NULL,
	handled_by     TEXT,
	excluded       TEXT,
	level          INTEGER NOT NULL,
	first_id       TEXT,
	second_id      TEXT,
	survivor_id    TEXT,
	accepted_at    INTEGER,
	classified_at  INTEGER,
	concluded_at   INTEGER,
	resolved_at    INTEGER,
	replied_at     INTEGER,
	arrived_at     INTEGER,
	review_until   INTEGER,
	closed_at      INTEGER,
	reply_id       TEXT,
	verdict        TEXT    NOT NULL,
	proposed_by    TEXT    NOT NULL,
	cause          TEXT    NOT NULL,
	cause_text     BLOB,
	improvements   TEXT,
	satisfied      INTEGER NOT NULL,
	reason         TEXT    NOT NULL,
	outside_body   TEXT    NOT NULL,
	state          TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complainants (
	id             TEXT    NOT NULL PRIMARY KEY,
	tenant         TEXT    NOT NULL,
	version        INTEGER NOT NULL,
	created_at     INTEGER,
	updated_at     INTEGER,
	complaint_id   TEXT,
	person         TEXT    NOT NULL,
	customer       TEXT    NOT NULL,
	name           BLOB,
	phone          BLOB,
	phone_index    BLOB,
	email          BLOB,
	address        BLOB,
	representative INTEGER NOT NULL,
	on_behalf_of   TEXT    NOT NULL,
	behalf_name    BLOB,
	authority      TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complaint_respondents (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	complaint_id TEXT,
	kind         TEXT    NOT NULL,
	party        TEXT    NOT NULL,
	verdict      TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complaint_inquiries (
	id            TEXT    NOT NULL PRIMARY KEY,
	tenant        TEXT    NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	complaint_id  TEXT,
	person        TEXT    NOT NULL,
	respondent_id TEXT,
	unit          TEXT    NOT NULL,
	question      BLOB,
	asked_at      INTEGER,
	due_on        INTEGER,
	answer        BLOB,
	answered_at   INTEGER,
	answered_by   TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complaint_findings (
	id            TEXT    NOT NULL PRIMARY KEY,
	tenant        TEXT    NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	complaint_id  TEXT,
	person        TEXT    NOT NULL,
	respondent_id TEXT,
	verdict       TEXT    NOT NULL,
	facts         BLOB,
	evidence      BLOB,
	responsible   TEXT    NOT NULL,
	by_whom       TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complaint_resolutions (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	complaint_id TEXT,
	person       TEXT    NOT NULL,
	sequence     INTEGER NOT NULL,
	status       TEXT    NOT NULL,
	measures     BLOB,
	compensation INTEGER NOT NULL,
	currency     TEXT    NOT NULL,
	apology      INTEGER NOT NULL,
	correction   BLOB,
	proposed_by  TEXT    NOT NULL,
	approved_by  TEXT    NOT NULL
) STRICT;

CREATE TABLE crm_complaint_suspensions (
	id           TEXT    NOT NULL PRIMARY KEY,
	tenant       TEXT    NOT NULL,
	version      INTEGER NOT NULL,
	created_at   INTEGER,
	updated_at   INTEGER,
	complaint_id TEXT,
	person       TEXT    NOT NULL,
	kind         TEXT    NOT NULL,
	from_at      INTEGER,
	until_at     INTEGER,
	text         BLOB
) STRICT;

CREATE UNIQUE INDEX crm_complaints_number ON crm_complaints (tenant, number);
CREATE UNIQUE INDEX crm_complaints_topic ON crm_complaints (tenant, person, policy, claim, product, other, twin);
CREATE INDEX crm_complaints_received ON crm_complaints (tenant, received_at, id);
CREATE INDEX crm_complaints_state ON crm_complaints (tenant, state, received_at, id);
CREATE INDEX crm_complaints_customer ON crm_complaints (tenant, customer, received_at, id);
CREATE INDEX crm_complaints_handler ON crm_complaints (tenant, handler, received_at, id);
CREATE INDEX crm_complainants_complaint ON crm_complainants (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complainants_phone ON crm_complainants (tenant, phone_index, created_at, id);
CREATE UNIQUE INDEX crm_complaint_respondents_party ON crm_complaint_respondents (tenant, complaint_id, kind, party);
CREATE INDEX crm_complaint_inquiries_complaint ON crm_complaint_inquiries (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complaint_findings_complaint ON crm_complaint_findings (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complaint_resolutions_complaint ON crm_complaint_resolutions (tenant, complaint_id, sequence, id);
CREATE INDEX crm_complaint_suspensions_complaint ON crm_complaint_suspensions (tenant, complaint_id, created_at, id);
