-- +goose Up
CREATE TABLE crm_benefits (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	branch       text    COLLATE "C" NOT NULL,
	head         bytea,
	code         text    COLLATE "C" NOT NULL,
	edition      bigint  NOT NULL,
	program_id   uuid,
	kind         text    COLLATE "C" NOT NULL,
	partner_id   uuid,
	design       json,
	approved_at  timestamptz,
	announced_at timestamptz,
	starts_from  date,
	started_at   timestamptz,
	end_told_at  timestamptz,
	ends_from    date,
	ended_at     timestamptz,
	state        text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_benefits_code ON crm_benefits (tenant, code, edition);
CREATE INDEX crm_benefits_program ON crm_benefits (tenant, program_id, state, code);

CREATE TABLE crm_announcements (
	id           uuid    NOT NULL PRIMARY KEY,
	tenant       text    COLLATE "C" NOT NULL,
	version      bigint  NOT NULL,
	created_at   timestamptz,
	updated_at   timestamptz,
	benefit_id   uuid,
	kind         text    COLLATE "C" NOT NULL,
	channels     json,
	text         json,
	published_at timestamptz,
	takes_effect date
);
CREATE INDEX crm_announcements_benefit ON crm_announcements (tenant, benefit_id, created_at, id);

CREATE TABLE crm_benefit_grants (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text    COLLATE "C" NOT NULL,
	head       bytea,
	member_id  uuid,
	benefit    text    COLLATE "C" NOT NULL,
	period     text    COLLATE "C" NOT NULL,
	customer   text    COLLATE "C" NOT NULL,
	from_day   date,
	to_day     date,
	ends_at    timestamptz,
	unlimited  boolean NOT NULL,
	granted    bigint  NOT NULL,
	reserved   bigint  NOT NULL,
	used       bigint  NOT NULL,
	released   bigint  NOT NULL,
	expired    bigint  NOT NULL,
	state      text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_benefit_grants_period ON crm_benefit_grants (tenant, member_id, benefit, period);
CREATE INDEX crm_benefit_grants_customer ON crm_benefit_grants (tenant, customer, created_at, id);
CREATE INDEX crm_benefit_grants_ends ON crm_benefit_grants (tenant, state, ends_at NULLS FIRST, id);
CREATE INDEX crm_benefit_grants_benefit ON crm_benefit_grants (tenant, from_day NULLS FIRST, benefit);

CREATE TABLE crm_benefits_told (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text    COLLATE "C" NOT NULL,
	head       bytea,
	customer   text    COLLATE "C" NOT NULL,
	about_kind text    COLLATE "C" NOT NULL,
	about_id   uuid,
	benefits   json,
	state      text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_benefits_told_about_id ON crm_benefits_told (tenant, customer, about_kind, about_id);

CREATE TABLE crm_partners (
	id             uuid    NOT NULL PRIMARY KEY,
	tenant         text    COLLATE "C" NOT NULL,
	version        bigint  NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	branch         text    COLLATE "C" NOT NULL,
	head           bytea,
	code           text    COLLATE "C" NOT NULL,
	name           text    COLLATE "C" NOT NULL,
	services       json,
	agreement      text    COLLATE "C" NOT NULL,
	agreement_from date,
	agreement_to   date,
	contact        bytea,
	state          text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_partners_code ON crm_partners (tenant, code);

CREATE TABLE crm_service_orders (
	id             uuid    NOT NULL PRIMARY KEY,
	tenant         text    COLLATE "C" NOT NULL,
	version        bigint  NOT NULL,
	created_at     timestamptz,
	updated_at     timestamptz,
	branch         text    COLLATE "C" NOT NULL,
	head           bytea,
	number         text    COLLATE "C" NOT NULL,
	member_id      uuid,
	customer       text    COLLATE "C" NOT NULL,
	service        text    COLLATE "C" NOT NULL,
	wish           bytea,
	benefit        text    COLLATE "C" NOT NULL,
	benefit_id     uuid,
	grant_id       uuid,
	partner_id     uuid,
	requested_at   timestamptz,
	reserved_until timestamptz,
	slot_from      timestamptz,
	slot_to        timestamptz,
	started_at     timestamptz,
	delivered_at   timestamptz,
	late           boolean NOT NULL,
	agreement      text    COLLATE "C" NOT NULL,
	agreed_content bytea,
	agreed_from    date,
	agreed_to      date,
	signed_on      date,
	result         bytea,
	score          bigint  NOT NULL,
	comment        bytea,
	evaluated_at   timestamptz,
	closed_at      timestamptz,
	reason         text    COLLATE "C" NOT NULL,
	state          text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_service_orders_number ON crm_service_orders (tenant, number);
CREATE INDEX crm_service_orders_created ON crm_service_orders (tenant, created_at, id);
CREATE INDEX crm_service_orders_customer ON crm_service_orders (tenant, customer, created_at, id);
CREATE INDEX crm_service_orders_state ON crm_service_orders (tenant, state, created_at, id);
CREATE INDEX crm_service_orders_partner ON crm_service_orders (tenant, partner_id, created_at, id);
CREATE INDEX crm_service_orders_until ON crm_service_orders (tenant, state, reserved_until NULLS FIRST, id);
CREATE INDEX crm_service_orders_requested ON crm_service_orders (tenant, requested_at NULLS FIRST);
CREATE INDEX crm_service_orders_delivered ON crm_service_orders (tenant, delivered_at NULLS FIRST);
CREATE INDEX crm_service_orders_evaluated ON crm_service_orders (tenant, evaluated_at NULLS FIRST);
CREATE INDEX crm_service_orders_closed ON crm_service_orders (tenant, closed_at NULLS FIRST);

CREATE TABLE crm_activities (
	id         uuid    NOT NULL PRIMARY KEY,
	tenant     text    COLLATE "C" NOT NULL,
	version    bigint  NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	branch     text    COLLATE "C" NOT NULL,
	head       bytea,
	plan       json,
	begins_at  timestamptz,
	taken      bigint  NOT NULL,
	waiting    bigint  NOT NULL,
	calls      bigint  NOT NULL,
	held_at    timestamptz,
	state      text    COLLATE "C" NOT NULL
);
CREATE INDEX crm_activities_begins ON crm_activities (tenant, begins_at NULLS FIRST, id);
CREATE INDEX crm_activities_state ON crm_activities (tenant, state, begins_at NULLS FIRST, id);

CREATE TABLE crm_sign_ups (
	id          uuid    NOT NULL PRIMARY KEY,
	tenant      text    COLLATE "C" NOT NULL,
	version     bigint  NOT NULL,
	created_at  timestamptz,
	updated_at  timestamptz,
	branch      text    COLLATE "C" NOT NULL,
	head        bytea,
	activity_id uuid,
	place       bigint  NOT NULL,
	customer    text    COLLATE "C" NOT NULL,
	member_id   uuid,
	grant_id    uuid,
	moved_up_at timestamptz,
	attended_at timestamptz,
	score       bigint  NOT NULL,
	comment     bytea,
	feedback_at timestamptz,
	state       text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX crm_sign_ups_place ON crm_sign_ups (tenant, activity_id, place);
CREATE INDEX crm_sign_ups_customer ON crm_sign_ups (tenant, customer, created_at, id);
CREATE INDEX crm_sign_ups_attended ON crm_sign_ups (tenant, attended_at NULLS FIRST);
CREATE INDEX crm_sign_ups_feedback ON crm_sign_ups (tenant, feedback_at NULLS FIRST);
