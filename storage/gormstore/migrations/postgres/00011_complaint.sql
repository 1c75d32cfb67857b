-- +goose Up
CREATE TABLE crm_complaints (
	id             uuid    NOT NULL PRIMARY KEY,
	tenant         text    COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	branch         text    COLLATE "C" NOT NULL,
	head           bytea,
	number         text    COLLATE "C" NOT NULL,
	person         text    COLLATE "C" NOT NULL,
	customer       text    COLLATE "C" NOT NULL,
	anonymous      boolean NOT NULL,
	heads          bigint NOT NULL,
	in_person      boolean NOT NULL,
	via            text    COLLATE "C" NOT NULL,
	regulator      text    COLLATE "C" NOT NULL,
	channel        text    COLLATE "C" NOT NULL,
	policy         text    COLLATE "C" NOT NULL,
	claim          text    COLLATE "C" NOT NULL,
	product        text    COLLATE "C" NOT NULL,
	other          text    COLLATE "C" NOT NULL,
	line           text    COLLATE "C" NOT NULL,
	group_business boolean NOT NULL,
	twin           bigint NOT NULL,
	content        bytea,
	demand         bytea,
	category       text    COLLATE "C" NOT NULL,
	severity       text    COLLATE "C" NOT NULL,
	complexity     text    COLLATE "C" NOT NULL,
	received_at    timestamptz,
	restarted_at   timestamptz,
	promised_by    date,
	owed_by        date,
	extensions     bigint NOT NULL,
	suspended      boolean NOT NULL,
	handler        text    COLLATE "C" NOT NULL,
	handled_by     json,
	excluded       json,
	level          bigint NOT NULL,
	first_id       uuid,
	second_id      uuid,
	survivor_id    uuid,
	accepted_at    timestamptz,
	classified_at  timestamptz,
	concluded_at   timestamptz,
	resolved_at    timestamptz,
	replied_at     timestamptz,
	arrived_at     timestamptz,
	review_until   date,
	closed_at      timestamptz,
	reply_id       uuid,
	verdict        text    COLLATE "C" NOT NULL,
	proposed_by    text    COLLATE "C" NOT NULL,
	cause          text    COLLATE "C" NOT NULL,
	cause_text     bytea,
	improvements   json,
	satisfied      boolean NOT NULL,
	reason         text    COLLATE "C" NOT NULL,
	outside_body   text    COLLATE "C" NOT NULL,
	state          text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complainants (
	id             uuid    NOT NULL PRIMARY KEY,
	tenant         text    COLLATE "C" NOT NULL,
	version        bigint NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	complaint_id   uuid,
	person         text    COLLATE "C" NOT NULL,
	customer       text    COLLATE "C" NOT NULL,
	name           bytea,
	phone          bytea,
	phone_index    bytea,
	email          bytea,
	address        bytea,
	representative boolean NOT NULL,
	on_behalf_of   text    COLLATE "C" NOT NULL,
	behalf_name    bytea,
	authority      text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complaint_respondents (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	complaint_id uuid,
	kind         text    COLLATE "C" NOT NULL,
	party        text    COLLATE "C" NOT NULL,
	verdict      text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complaint_inquiries (
	id            uuid    NOT NULL PRIMARY KEY,
	tenant        text    COLLATE "C" NOT NULL,
	version       bigint NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	complaint_id  uuid,
	person        text    COLLATE "C" NOT NULL,
	respondent_id uuid,
	unit          text    COLLATE "C" NOT NULL,
	question      bytea,
	asked_at      timestamptz,
	due_on        date,
	answer        bytea,
	answered_at   timestamptz,
	answered_by   text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complaint_findings (
	id            uuid    NOT NULL PRIMARY KEY,
	tenant        text    COLLATE "C" NOT NULL,
	version       bigint NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	complaint_id  uuid,
	person        text    COLLATE "C" NOT NULL,
	respondent_id uuid,
	verdict       text    COLLATE "C" NOT NULL,
	facts         bytea,
	evidence      bytea,
	responsible   text    COLLATE "C" NOT NULL,
	by_whom       text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complaint_resolutions (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	complaint_id uuid,
	person       text    COLLATE "C" NOT NULL,
	sequence     bigint NOT NULL,
	status       text    COLLATE "C" NOT NULL,
	measures     bytea,
	compensation numeric(20,4) NOT NULL,
	currency     text    COLLATE "C" NOT NULL,
	apology      boolean NOT NULL,
	correction   bytea,
	proposed_by  text    COLLATE "C" NOT NULL,
	approved_by  text    COLLATE "C" NOT NULL
);

CREATE TABLE crm_complaint_suspensions (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	complaint_id uuid,
	person       text    COLLATE "C" NOT NULL,
	kind         text    COLLATE "C" NOT NULL,
	from_at      timestamptz,
	until_at     timestamptz,
	text         bytea
);

CREATE UNIQUE INDEX crm_complaints_number ON crm_complaints (tenant, number);
CREATE UNIQUE INDEX crm_complaints_topic ON crm_complaints (tenant, person, policy, claim, product, other, twin);
CREATE INDEX crm_complaints_received ON crm_complaints (tenant, received_at NULLS FIRST, id);
CREATE INDEX crm_complaints_state ON crm_complaints (tenant, state, received_at NULLS FIRST, id);
CREATE INDEX crm_complaints_customer ON crm_complaints (tenant, customer, received_at NULLS FIRST, id);
CREATE INDEX crm_complaints_handler ON crm_complaints (tenant, handler, received_at NULLS FIRST, id);
CREATE INDEX crm_complainants_complaint ON crm_complainants (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complainants_phone ON crm_complainants (tenant, phone_index, created_at, id);
CREATE UNIQUE INDEX crm_complaint_respondents_party ON crm_complaint_respondents (tenant, complaint_id, kind, party);
CREATE INDEX crm_complaint_inquiries_complaint ON crm_complaint_inquiries (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complaint_findings_complaint ON crm_complaint_findings (tenant, complaint_id, created_at, id);
CREATE INDEX crm_complaint_resolutions_complaint ON crm_complaint_resolutions (tenant, complaint_id, sequence, id);
CREATE INDEX crm_complaint_suspensions_complaint ON crm_complaint_suspensions (tenant, complaint_id, created_at, id);
