-- Forms: which item versions make a test, sealed before it is sat.
CREATE TABLE khoacu.form (
  form_id    bigint PRIMARY KEY CHECK (form_id > 0),
  cycle_id   bigint NOT NULL REFERENCES khoacu.cycle,
  code       text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  seed       bytea NOT NULL CHECK (octet_length(seed) = 32),
  item_count smallint NOT NULL CHECK (item_count BETWEEN 1 AND 200),
  sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
  sealed_at  timestamptz NOT NULL,
  sealed_by  bigint NOT NULL REFERENCES khoacu.staff,
  UNIQUE (cycle_id, code)
);
COMMENT ON TABLE khoacu.form IS 'Sealed tests; a form never changes';
COMMENT ON COLUMN khoacu.form.form_id IS 'Random id';
COMMENT ON COLUMN khoacu.form.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.form.code IS 'Code of the form';
COMMENT ON COLUMN khoacu.form.seed IS 'Secret from which each sitting''s orders and option ids derive';
COMMENT ON COLUMN khoacu.form.item_count IS 'Number of positions';
COMMENT ON COLUMN khoacu.form.sha256 IS 'SHA-256 of the canonical JSON of its positions (item, version, text)';
COMMENT ON COLUMN khoacu.form.sealed_at IS 'When it was sealed';
COMMENT ON COLUMN khoacu.form.sealed_by IS 'Who sealed it';

CREATE TABLE khoacu.form_position (
  form_id  bigint NOT NULL REFERENCES khoacu.form,
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  item_id  bigint NOT NULL,
  version  integer NOT NULL,
  PRIMARY KEY (form_id, position),
  UNIQUE (form_id, item_id),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.form_position IS 'The item version at each canonical position of a form';
COMMENT ON COLUMN khoacu.form_position.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_position.position IS '1, 2, … in canonical order';
COMMENT ON COLUMN khoacu.form_position.item_id IS 'The item';
COMMENT ON COLUMN khoacu.form_position.version IS 'Its version';

GRANT SELECT, INSERT ON khoacu.form, khoacu.form_position TO khoacu_server;
GRANT SELECT ON khoacu.form, khoacu.form_position TO khoacu_worker;
GRANT SELECT (form_id, cycle_id, code, item_count, sha256, sealed_at, sealed_by) ON khoacu.form TO khoacu_auditor;
GRANT SELECT ON khoacu.form_position TO khoacu_auditor;
