-- +goose Up
CREATE TABLE crm_survey_questionnaires (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	branch     TEXT    NOT NULL,
	head       BLOB,
	state      TEXT    NOT NULL,
	code       TEXT    NOT NULL,
	edition    INTEGER NOT NULL,
	content    TEXT
) STRICT;
CREATE UNIQUE INDEX crm_survey_questionnaires_code ON crm_survey_questionnaires (tenant, code, edition);
CREATE INDEX crm_survey_questionnaires_state ON crm_survey_questionnaires (tenant, state, id);

CREATE TABLE crm_survey_campaigns (
	id               TEXT    NOT NULL PRIMARY KEY,
	tenant           TEXT    NOT NULL,
	version          INTEGER NOT NULL,
	created_at       INTEGER,
	updated_at       INTEGER,
	branch           TEXT    NOT NULL,
	head             BLOB,
	state            TEXT    NOT NULL,
	code             TEXT    NOT NULL,
	questionnaire_id TEXT,
	on_event         TEXT    NOT NULL,
	method           TEXT    NOT NULL,
	opens_at         INTEGER,
	ends_at          INTEGER,
	listed           INTEGER NOT NULL,
	plan             TEXT,
	results          TEXT,
	summary          BLOB,
	improve_cause    BLOB,
	improve_measure  BLOB,
	improve_unit     TEXT    NOT NULL,
	improve_person   TEXT    NOT NULL,
	improve_due      INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_survey_campaigns_code ON crm_survey_campaigns (tenant, code);
CREATE INDEX crm_survey_campaigns_state ON crm_survey_campaigns (tenant, state, id);
CREATE INDEX crm_survey_campaigns_on_event ON crm_survey_campaigns (tenant, on_event, state, id);

CREATE TABLE crm_survey_rosters (
	id          TEXT    NOT NULL PRIMARY KEY,
	tenant      TEXT    NOT NULL,
	version     INTEGER NOT NULL,
	created_at  INTEGER,
	updated_at  INTEGER,
	campaign_id TEXT,
	contacts    TEXT
) STRICT;
CREATE UNIQUE INDEX crm_survey_rosters_campaign ON crm_survey_rosters (tenant, campaign_id);

CREATE TABLE crm_survey_invitations (
	id               TEXT    NOT NULL PRIMARY KEY,
	tenant           TEXT    NOT NULL,
	version          INTEGER NOT NULL,
	created_at       INTEGER,
	updated_at       INTEGER,
	branch           TEXT    NOT NULL,
	head             BLOB,
	state            TEXT    NOT NULL,
	campaign_id      TEXT,
	questionnaire_id TEXT,
	customer         TEXT    NOT NULL,
	once             TEXT    NOT NULL,
	about_kind       TEXT    NOT NULL,
	about_id         TEXT    NOT NULL,
	product          TEXT    NOT NULL,
	handler          TEXT    NOT NULL,
	channel          TEXT    NOT NULL,
	method           TEXT    NOT NULL,
	sent_at          INTEGER,
	expires_at       INTEGER,
	opened_at        INTEGER,
	reminders        INTEGER NOT NULL,
	reminded_at      INTEGER,
	completed_at     INTEGER,
	ended_at         INTEGER,
	low              TEXT,
	key_digest       BLOB
) STRICT;
CREATE UNIQUE INDEX crm_survey_invitations_once ON crm_survey_invitations (tenant, campaign_id, customer, once);
CREATE UNIQUE INDEX crm_survey_invitations_key ON crm_survey_invitations (tenant, key_digest);
CREATE INDEX crm_survey_invitations_state ON crm_survey_invitations (tenant, campaign_id, state, id);
CREATE INDEX crm_survey_invitations_customer ON crm_survey_invitations (tenant, customer, id);
CREATE INDEX crm_survey_invitations_open ON crm_survey_invitations (tenant, state, campaign_id, expires_at);

CREATE TABLE crm_survey_responses (
	id               TEXT    NOT NULL PRIMARY KEY,
	tenant           TEXT    NOT NULL,
	version          INTEGER NOT NULL,
	created_at       INTEGER,
	updated_at       INTEGER,
	invitation_id    TEXT,
	campaign_id      TEXT,
	questionnaire_id TEXT,
	method           TEXT    NOT NULL,
	entered_by       TEXT    NOT NULL,
	recording        TEXT    NOT NULL,
	digest           BLOB
) STRICT;
CREATE UNIQUE INDEX crm_survey_responses_invitation ON crm_survey_responses (tenant, invitation_id);

CREATE TABLE crm_survey_replies (
	id            TEXT    NOT NULL PRIMARY KEY,
	tenant        TEXT    NOT NULL,
	version       INTEGER NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	invitation_id TEXT,
	campaign_id   TEXT,
	question      TEXT    NOT NULL,
	choice        TEXT    NOT NULL,
	kind          TEXT    NOT NULL,
	score         INTEGER NOT NULL,
	text          BLOB,
	customer      TEXT    NOT NULL,
	branch        TEXT    NOT NULL,
	product       TEXT    NOT NULL,
	handler       TEXT    NOT NULL,
	channel       TEXT    NOT NULL,
	month         TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX crm_survey_replies_answer ON crm_survey_replies (tenant, invitation_id, question, choice);
CREATE INDEX crm_survey_replies_campaign ON crm_survey_replies (tenant, campaign_id, kind, question);
CREATE INDEX crm_survey_replies_kind ON crm_survey_replies (tenant, kind, created_at);

CREATE TABLE crm_survey_paces (
	id         TEXT    NOT NULL PRIMARY KEY,
	tenant     TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	created_at INTEGER,
	updated_at INTEGER,
	customer   TEXT    NOT NULL,
	invited_at INTEGER
) STRICT;
CREATE UNIQUE INDEX crm_survey_paces_customer ON crm_survey_paces (tenant, customer);

CREATE TABLE crm_survey_inspections (
	id              TEXT    NOT NULL PRIMARY KEY,
	tenant          TEXT    NOT NULL,
	version         INTEGER NOT NULL,
	created_at      INTEGER,
	updated_at      INTEGER,
	branch          TEXT    NOT NULL,
	head            BLOB,
	state           TEXT    NOT NULL,
	about_kind      TEXT    NOT NULL,
	about_id        TEXT    NOT NULL,
	product         TEXT    NOT NULL,
	handler         TEXT    NOT NULL,
	channel         TEXT    NOT NULL,
	customer        TEXT    NOT NULL,
	recording       TEXT    NOT NULL,
	served_at       INTEGER,
	sheet           TEXT,
	marks           TEXT,
	points          INTEGER NOT NULL,
	most            INTEGER NOT NULL,
	passed          INTEGER NOT NULL,
	inspector       TEXT    NOT NULL,
	scored_at       INTEGER,
	findings        BLOB,
	improve_cause   BLOB,
	improve_measure BLOB,
	improve_unit    TEXT    NOT NULL,
	improve_person  TEXT    NOT NULL,
	improve_due     INTEGER
) STRICT;
CREATE INDEX crm_survey_inspections_state ON crm_survey_inspections (tenant, state, scored_at, id);
CREATE INDEX crm_survey_inspections_handler ON crm_survey_inspections (tenant, handler, id);
