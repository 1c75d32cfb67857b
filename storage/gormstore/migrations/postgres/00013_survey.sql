-- +goose Up
CREATE TABLE crm_survey_questionnaires (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text    COLLATE "C" NOT NULL,
	head       bytea,
	state      text    COLLATE "C" NOT NULL,
	code       text    COLLATE "C" NOT NULL,
	edition    bigint  NOT NULL,
	content    json
);
CREATE UNIQUE INDEX crm_survey_questionnaires_code ON crm_survey_questionnaires (tenant, code, edition);
CREATE INDEX crm_survey_questionnaires_state ON crm_survey_questionnaires (tenant, state, id);

CREATE TABLE crm_survey_campaigns (
	id               uuid    NOT NULL PRIMARY KEY,
	tenant           text    COLLATE "C" NOT NULL,
	version          bigint  NOT NULL,
	created_at       timestamptz,
	updated_at       timestamptz,
	branch           text    COLLATE "C" NOT NULL,
	head             bytea,
	state            text    COLLATE "C" NOT NULL,
	code             text    COLLATE "C" NOT NULL,
	questionnaire_id uuid,
	on_event         text    COLLATE "C" NOT NULL,
	method           text    COLLATE "C" NOT NULL,
	opens_at         timestamptz,
	ends_at          timestamptz,
	listed           bigint  NOT NULL,
	plan             json,
	results          json,
	summary          bytea,
	improve_cause    bytea,
	improve_measure  bytea,
	improve_unit     text    COLLATE "C" NOT NULL,
	improve_person   text    COLLATE "C" NOT NULL,
	improve_due      date
);
CREATE UNIQUE INDEX crm_survey_campaigns_code ON crm_survey_campaigns (tenant, code);
CREATE INDEX crm_survey_campaigns_state ON crm_survey_campaigns (tenant, state, id);
CREATE INDEX crm_survey_campaigns_on_event ON crm_survey_campaigns (tenant, on_event, state, id);

CREATE TABLE crm_survey_rosters (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	campaign_id uuid,
	contacts    json
);
CREATE UNIQUE INDEX crm_survey_rosters_campaign ON crm_survey_rosters (tenant, campaign_id);

CREATE TABLE crm_survey_invitations (
	id               uuid    NOT NULL PRIMARY KEY,
	tenant           text    COLLATE "C" NOT NULL,
	version          bigint  NOT NULL,
	created_at       timestamptz,
	updated_at       timestamptz,
	branch           text    COLLATE "C" NOT NULL,
	head             bytea,
	state            text    COLLATE "C" NOT NULL,
	campaign_id      uuid,
	questionnaire_id uuid,
	customer         text    COLLATE "C" NOT NULL,
	once             text    COLLATE "C" NOT NULL,
	about_kind       text    COLLATE "C" NOT NULL,
	about_id         text    COLLATE "C" NOT NULL,
	product          text    COLLATE "C" NOT NULL,
	handler          text    COLLATE "C" NOT NULL,
	channel          text    COLLATE "C" NOT NULL,
	method           text    COLLATE "C" NOT NULL,
	sent_at          timestamptz,
	expires_at       timestamptz,
	opened_at        timestamptz,
	reminders        bigint  NOT NULL,
	reminded_at      timestamptz,
	completed_at     timestamptz,
	ended_at         timestamptz,
	low              json,
	key_digest       bytea
);
CREATE UNIQUE INDEX crm_survey_invitations_once ON crm_survey_invitations (tenant, campaign_id, customer, once);
CREATE UNIQUE INDEX crm_survey_invitations_key ON crm_survey_invitations (tenant, key_digest);
CREATE INDEX crm_survey_invitations_state ON crm_survey_invitations (tenant, campaign_id, state, id);
CREATE INDEX crm_survey_invitations_customer ON crm_survey_invitations (tenant, customer, id);
CREATE INDEX crm_survey_invitations_open ON crm_survey_invitations (tenant, state, campaign_id, expires_at NULLS FIRST);

CREATE TABLE crm_survey_responses (
	id               uuid    NOT NULL PRIMARY KEY,
	tenant           text    COLLATE "C" NOT NULL,
	version          bigint  NOT NULL,
	created_at       timestamptz,
	updated_at       timestamptz,
	invitation_id    uuid,
	campaign_id      uuid,
	questionnaire_id uuid,
	method           text    COLLATE "C" NOT NULL,
	entered_by       text    COLLATE "C" NOT NULL,
	recording        text    COLLATE "C" NOT NULL,
	digest           bytea
);
CREATE UNIQUE INDEX crm_survey_responses_invitation ON crm_survey_responses (tenant, invitation_id);

CREATE TABLE crm_survey_replies (
	id            uuid    NOT NULL PRIMARY KEY,
	tenant        text    COLLATE "C" NOT NULL,
	version       bigint  NOT NULL,
	created_at    timestamptz,
	updated_at    timestamptz,
	invitation_id uuid,
	campaign_id   uuid,
	question      text    COLLATE "C" NOT NULL,
	choice        text    COLLATE "C" NOT NULL,
	kind          text    COLLATE "C" NOT NULL,
	score         bigint  NOT NULL,
	text          bytea,
	customer      text    COLLATE "C" NOT NULL,
	branch        text    COLLATE "C" NOT NULL,
	product       text    COLLATE "C" NOT NULL,
	handler       text    COLLATE "C" NOT NULL,
	channel       text    COLLATE "C" NOT NULL,
	month         text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_survey_replies_answer ON crm_survey_replies (tenant, invitation_id, question, choice);
CREATE INDEX crm_survey_replies_campaign ON crm_survey_replies (tenant, campaign_id, kind, question);
CREATE INDEX crm_survey_replies_kind ON crm_survey_replies (tenant, kind, created_at);

CREATE TABLE crm_survey_paces (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	customer   text    COLLATE "C" NOT NULL,
	invited_at timestamptz
);
CREATE UNIQUE INDEX crm_survey_paces_customer ON crm_survey_paces (tenant, customer);

CREATE TABLE crm_survey_inspections (
	id              uuid    NOT NULL PRIMARY KEY,
	tenant          text    COLLATE "C" NOT NULL,
	version         bigint  NOT NULL,
	created_at      timestamptz,
	updated_at      timestamptz,
	branch          text    COLLATE "C" NOT NULL,
	head            bytea,
	state           text    COLLATE "C" NOT NULL,
	about_kind      text    COLLATE "C" NOT NULL,
	about_id        text    COLLATE "C" NOT NULL,
	product         text    COLLATE "C" NOT NULL,
	handler         text    COLLATE "C" NOT NULL,
	channel         text    COLLATE "C" NOT NULL,
	customer        text    COLLATE "C" NOT NULL,
	recording       text    COLLATE "C" NOT NULL,
	served_at       timestamptz,
	sheet           json,
	marks           json,
	points          bigint  NOT NULL,
	most            bigint  NOT NULL,
	passed          boolean NOT NULL,
	inspector       text    COLLATE "C" NOT NULL,
	scored_at       timestamptz,
	findings        bytea,
	improve_cause   bytea,
	improve_measure bytea,
	improve_unit    text    COLLATE "C" NOT NULL,
	improve_person  text    COLLATE "C" NOT NULL,
	improve_due     date
);
CREATE INDEX crm_survey_inspections_state ON crm_survey_inspections (tenant, state, scored_at NULLS FIRST, id);
CREATE INDEX crm_survey_inspections_handler ON crm_survey_inspections (tenant, handler, id);
