-- The ground: schema, register of migrations, audit trail.
CREATE SCHEMA IF NOT EXISTS khoacu;
REVOKE ALL ON SCHEMA khoacu FROM PUBLIC;
GRANT USAGE ON SCHEMA khoacu TO khoacu_server, khoacu_bank, khoacu_worker, khoacu_auditor;
COMMENT ON SCHEMA khoacu IS 'All objects of Khoacu';

CREATE TABLE khoacu.migration (
  name        text PRIMARY KEY,
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE khoacu.migration IS 'Migrations that this database has, each with the checksum of its text';
COMMENT ON COLUMN khoacu.migration.name IS 'File name without folder';
COMMENT ON COLUMN khoacu.migration.sha256 IS 'SHA-256 of the file as it was applied';
COMMENT ON COLUMN khoacu.migration.applied_at IS 'When it was applied';
GRANT SELECT ON khoacu.migration TO khoacu_server, khoacu_bank, khoacu_worker, khoacu_auditor;

CREATE TABLE khoacu.audit_event (
  event_id       bigint PRIMARY KEY CHECK (event_id > 0),
  occurred_at    timestamptz NOT NULL,
  actor          text NOT NULL CHECK (actor ~ '^(staff|candidate):[0-9a-f]{16}$' OR actor IN ('system', 'command')),
  act            text NOT NULL CHECK (act ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$'),
  subject        text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  reason         text CHECK (length(reason) BETWEEN 1 AND 2000),
  payload        text NOT NULL CHECK (length(payload) <= 65000),
  payload_sha256 bytea NOT NULL CHECK (payload_sha256 = sha256(convert_to(payload, 'UTF8')))
);
COMMENT ON TABLE khoacu.audit_event IS 'Every change of state: who, what, why; written in the transaction of the act; append-only';
COMMENT ON COLUMN khoacu.audit_event.event_id IS 'Random id; the order of the public log is given later by its own sequencer';
COMMENT ON COLUMN khoacu.audit_event.occurred_at IS 'Platform time of the act';
COMMENT ON COLUMN khoacu.audit_event.actor IS 'staff:ID, candidate:ID, system or command';
COMMENT ON COLUMN khoacu.audit_event.act IS 'module.verb, e.g. result.publish';
COMMENT ON COLUMN khoacu.audit_event.subject IS 'kind:ID of what was changed';
COMMENT ON COLUMN khoacu.audit_event.reason IS 'The reason that the actor gave, where one is asked for';
COMMENT ON COLUMN khoacu.audit_event.payload IS 'The whole event as canonical JSON (RFC 8785), integers only, no personal data';
COMMENT ON COLUMN khoacu.audit_event.payload_sha256 IS 'SHA-256 of payload';
CREATE INDEX audit_event_subject ON khoacu.audit_event (subject, occurred_at);
COMMENT ON INDEX khoacu.audit_event_subject IS 'Serves ledger_events_of_subject';
CREATE INDEX audit_event_time ON khoacu.audit_event (occurred_at, event_id);
COMMENT ON INDEX khoacu.audit_event_time IS 'Serves ledger_events_page';
GRANT SELECT, INSERT ON khoacu.audit_event TO khoacu_server, khoacu_worker;
GRANT SELECT ON khoacu.audit_event TO khoacu_auditor;
