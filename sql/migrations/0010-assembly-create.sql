-- Blueprints of forms, and what assembling by them came to. Everything but the number of the newest version is append-only.
CREATE TABLE khoacu.blueprint (
  blueprint_id bigint PRIMARY KEY CHECK (blueprint_id > 0),
  bank_id      bigint NOT NULL REFERENCES khoacu.bank,
  code         text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  version      integer NOT NULL CHECK (version > 0),
  UNIQUE (bank_id, code)
);
COMMENT ON TABLE khoacu.blueprint IS 'What forms of a bank are to be; what it says is in its versions';
COMMENT ON COLUMN khoacu.blueprint.blueprint_id IS 'Random id';
COMMENT ON COLUMN khoacu.blueprint.bank_id IS 'The bank whose items it chooses from';
COMMENT ON COLUMN khoacu.blueprint.code IS 'Code, unique in the bank';
COMMENT ON COLUMN khoacu.blueprint.version IS 'The newest version';

CREATE TABLE khoacu.blueprint_version (
  blueprint_id bigint NOT NULL REFERENCES khoacu.blueprint,
  version      integer NOT NULL CHECK (version > 0),
  title        text NOT NULL CHECK (length(title) <= 200),
  document     text NOT NULL CHECK (octet_length(document) <= 262144),
  sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
  reason       text NOT NULL CHECK (length(reason) <= 2000),
  created_at   timestamptz NOT NULL,
  created_by   bigint NOT NULL REFERENCES khoacu.staff,
  PRIMARY KEY (blueprint_id, version)
);
COMMENT ON TABLE khoacu.blueprint_version IS 'Immutable versions of blueprints';
COMMENT ON COLUMN khoacu.blueprint_version.blueprint_id IS 'The blueprint';
COMMENT ON COLUMN khoacu.blueprint_version.version IS '1, 2, …';
COMMENT ON COLUMN khoacu.blueprint_version.title IS 'Title, as in the document';
COMMENT ON COLUMN khoacu.blueprint_version.document IS 'Canonical JSON, khoacu-blueprint/1';
COMMENT ON COLUMN khoacu.blueprint_version.sha256 IS 'SHA-256 of the document';
COMMENT ON COLUMN khoacu.blueprint_version.reason IS 'Why it was changed, or empty';
COMMENT ON COLUMN khoacu.blueprint_version.created_at IS 'When it was saved';
COMMENT ON COLUMN khoacu.blueprint_version.created_by IS 'Who saved it';

CREATE TABLE khoacu.assembly (
  assembly_id  bigint PRIMARY KEY CHECK (assembly_id > 0),
  blueprint_id bigint NOT NULL,
  version      integer NOT NULL,
  pool         text NOT NULL CHECK (octet_length(pool) <= 33554432),
  pool_sha256  bytea NOT NULL CHECK (octet_length(pool_sha256) = 32),
  exposure_max integer NOT NULL CHECK (exposure_max >= 0),
  requested_by bigint NOT NULL REFERENCES khoacu.staff,
  requested_at timestamptz NOT NULL,
  FOREIGN KEY (blueprint_id, version) REFERENCES khoacu.blueprint_version
);
COMMENT ON TABLE khoacu.assembly IS 'Requests to assemble forms, with all facts that go into them, so that each can be repeated';
COMMENT ON COLUMN khoacu.assembly.assembly_id IS 'Random id';
COMMENT ON COLUMN khoacu.assembly.blueprint_id IS 'The blueprint';
COMMENT ON COLUMN khoacu.assembly.version IS 'Its version';
COMMENT ON COLUMN khoacu.assembly.pool IS 'Facts of the items that could be drawn then, as CSV: no texts, no keys';
COMMENT ON COLUMN khoacu.assembly.pool_sha256 IS 'SHA-256 of the pool';
COMMENT ON COLUMN khoacu.assembly.exposure_max IS 'The bank''s limit of sealed forms that may hold an item; 0: none';
COMMENT ON COLUMN khoacu.assembly.requested_by IS 'Who asked for it';
COMMENT ON COLUMN khoacu.assembly.requested_at IS 'When';
CREATE INDEX assembly_blueprint ON khoacu.assembly (blueprint_id, requested_at);
COMMENT ON INDEX khoacu.assembly_blueprint IS 'Serves assembly_of_blueprint';

CREATE TABLE khoacu.assembly_stop (
  assembly_id bigint PRIMARY KEY REFERENCES khoacu.assembly,
  staff_id    bigint NOT NULL REFERENCES khoacu.staff,
  at          timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.assembly_stop IS 'Requests to give up assembling';
COMMENT ON COLUMN khoacu.assembly_stop.assembly_id IS 'What is to stop';
COMMENT ON COLUMN khoacu.assembly_stop.staff_id IS 'Who wants it';
COMMENT ON COLUMN khoacu.assembly_stop.at IS 'When';

CREATE TABLE khoacu.assembly_result (
  assembly_id bigint PRIMARY KEY REFERENCES khoacu.assembly,
  verdict     text NOT NULL CHECK (verdict IN ('assembled', 'infeasible', 'unsolved', 'stopped', 'unknown-item', 'no-solver')),
  result      text NOT NULL CHECK (octet_length(result) <= 67108864),
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  finished_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.assembly_result IS 'What assembling came to, once';
COMMENT ON COLUMN khoacu.assembly_result.assembly_id IS 'The request';
COMMENT ON COLUMN khoacu.assembly_result.verdict IS 'What it came to';
COMMENT ON COLUMN khoacu.assembly_result.result IS 'JSON, khoacu-assembly/1: forms, constraints with slack, curves, or what clashes';
COMMENT ON COLUMN khoacu.assembly_result.sha256 IS 'SHA-256 of the result';
COMMENT ON COLUMN khoacu.assembly_result.finished_at IS 'When';

GRANT SELECT, INSERT ON khoacu.blueprint, khoacu.blueprint_version, khoacu.assembly, khoacu.assembly_stop TO khoacu_bank;
GRANT UPDATE (version) ON khoacu.blueprint TO khoacu_bank;
GRANT SELECT ON khoacu.assembly_result TO khoacu_bank;
GRANT SELECT, INSERT ON khoacu.job TO khoacu_bank;
GRANT SELECT ON khoacu.assembly, khoacu.assembly_stop, khoacu.blueprint_version TO khoacu_worker;
GRANT SELECT, INSERT ON khoacu.assembly_result TO khoacu_worker;
GRANT SELECT ON khoacu.blueprint, khoacu.blueprint_version, khoacu.assembly_stop TO khoacu_auditor;
GRANT SELECT (assembly_id, blueprint_id, version, pool_sha256, exposure_max, requested_by, requested_at) ON khoacu.assembly TO khoacu_auditor;
GRANT SELECT (assembly_id, verdict, sha256, finished_at) ON khoacu.assembly_result TO khoacu_auditor;
