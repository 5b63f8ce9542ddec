-- Forms. A draft has versions, reviews and seals; the second seal makes the form that is sat, and from then on nothing of it
-- changes (sql/functions/form-guard.sql holds that against everybody).
CREATE TABLE khoacu.form_draft (
  form_id     bigint PRIMARY KEY CHECK (form_id > 0),
  cycle_id    bigint NOT NULL REFERENCES khoacu.cycle,
  bank_id     bigint NOT NULL REFERENCES khoacu.bank,
  code        text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  assembly_id bigint CHECK (assembly_id > 0),
  created_at  timestamptz NOT NULL,
  created_by  bigint NOT NULL REFERENCES khoacu.staff,
  UNIQUE (cycle_id, code),
  UNIQUE (form_id, cycle_id, code)
);
COMMENT ON TABLE khoacu.form_draft IS 'Forms from their first draft on; what they hold is in versions';
COMMENT ON COLUMN khoacu.form_draft.form_id IS 'Random id';
COMMENT ON COLUMN khoacu.form_draft.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.form_draft.bank_id IS 'The bank of all its items';
COMMENT ON COLUMN khoacu.form_draft.code IS 'Code of the form, printed on it';
COMMENT ON COLUMN khoacu.form_draft.assembly_id IS 'The assembly that chose its items; null: drawn by lot or chosen by hand';
COMMENT ON COLUMN khoacu.form_draft.created_at IS 'When it was drafted';
COMMENT ON COLUMN khoacu.form_draft.created_by IS 'Who drafted it';

CREATE TABLE khoacu.form_version (
  form_id    bigint NOT NULL REFERENCES khoacu.form_draft,
  version    integer NOT NULL CHECK (version > 0),
  item_count smallint NOT NULL CHECK (item_count BETWEEN 1 AND 200),
  sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
  reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  created_at timestamptz NOT NULL,
  created_by bigint NOT NULL REFERENCES khoacu.staff,
  PRIMARY KEY (form_id, version),
  UNIQUE (form_id, version, sha256)
);
COMMENT ON TABLE khoacu.form_version IS 'Versions of forms; each change makes a new one';
COMMENT ON COLUMN khoacu.form_version.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_version.version IS '1, 2, …; the newest counts';
COMMENT ON COLUMN khoacu.form_version.item_count IS 'Number of positions';
COMMENT ON COLUMN khoacu.form_version.sha256 IS 'SHA-256 of everything that it shows (form.h)';
COMMENT ON COLUMN khoacu.form_version.reason IS 'Why it was made';
COMMENT ON COLUMN khoacu.form_version.created_at IS 'When it was made';
COMMENT ON COLUMN khoacu.form_version.created_by IS 'Who made it';

CREATE TABLE khoacu.form_version_item (
  form_id      bigint NOT NULL,
  form_version integer NOT NULL,
  position     smallint NOT NULL CHECK (position BETWEEN -200 AND 200 AND position <> 0),
  item_id      bigint NOT NULL,
  version      integer NOT NULL,
  PRIMARY KEY (form_id, form_version, position),
  UNIQUE (form_id, form_version, item_id),
  FOREIGN KEY (form_id, form_version) REFERENCES khoacu.form_version,
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.form_version_item IS 'What stands in a version of a form';
COMMENT ON COLUMN khoacu.form_version_item.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_version_item.form_version IS 'Its version';
COMMENT ON COLUMN khoacu.form_version_item.position IS '1, 2, … an item at its place; -1, -2, … a stimulus that items refer to';
COMMENT ON COLUMN khoacu.form_version_item.item_id IS 'The item';
COMMENT ON COLUMN khoacu.form_version_item.version IS 'Its version';

CREATE TABLE khoacu.form_review (
  form_id    bigint NOT NULL,
  version    integer NOT NULL,
  turn       integer NOT NULL CHECK (turn > 0),
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  verdict    text NOT NULL CHECK (verdict IN ('accept', 'return')),
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 65564),
  at         timestamptz NOT NULL,
  PRIMARY KEY (form_id, turn),
  FOREIGN KEY (form_id, version) REFERENCES khoacu.form_version
);
COMMENT ON TABLE khoacu.form_review IS 'Judgements on versions of forms; the last one on a version counts';
COMMENT ON COLUMN khoacu.form_review.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_review.version IS 'The version that was read';
COMMENT ON COLUMN khoacu.form_review.turn IS '1, 2, … in the form';
COMMENT ON COLUMN khoacu.form_review.staff_id IS 'Who judged';
COMMENT ON COLUMN khoacu.form_review.verdict IS 'accept, or return to be changed';
COMMENT ON COLUMN khoacu.form_review.generation IS 'Data key of the bank under which the reason is sealed';
COMMENT ON COLUMN khoacu.form_review.sealed IS 'The reason';
COMMENT ON COLUMN khoacu.form_review.at IS 'When';

CREATE TABLE khoacu.form_seal (
  form_id   bigint NOT NULL,
  version   integer NOT NULL,
  place     smallint NOT NULL CHECK (place IN (1, 2)),
  staff_id  bigint NOT NULL REFERENCES khoacu.staff,
  sha256    bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  behind    smallint GENERATED ALWAYS AS (nullif(place - 1, 0)) STORED,
  PRIMARY KEY (form_id, version, place),
  -- Two different persons.
  UNIQUE (form_id, version, staff_id),
  -- What was seen is what the version is.
  FOREIGN KEY (form_id, version, sha256) REFERENCES khoacu.form_version (form_id, version, sha256),
  -- The second seal stands behind a first one of the same version.
  FOREIGN KEY (form_id, version, behind) REFERENCES khoacu.form_seal (form_id, version, place),
  UNIQUE (form_id, version, place, staff_id, sealed_at)
);
COMMENT ON TABLE khoacu.form_seal IS 'Seals: a version is sealed when two different persons have set theirs';
COMMENT ON COLUMN khoacu.form_seal.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_seal.version IS 'The version';
COMMENT ON COLUMN khoacu.form_seal.place IS '1 the first, 2 the second';
COMMENT ON COLUMN khoacu.form_seal.staff_id IS 'Who sealed';
COMMENT ON COLUMN khoacu.form_seal.sha256 IS 'The hash that was seen';
COMMENT ON COLUMN khoacu.form_seal.sealed_at IS 'When';
COMMENT ON COLUMN khoacu.form_seal.behind IS 'The place that must be there before';

CREATE TABLE khoacu.form (
  form_id         bigint PRIMARY KEY,
  cycle_id        bigint NOT NULL REFERENCES khoacu.cycle,
  code            text NOT NULL,
  version         integer NOT NULL,
  seed            bytea NOT NULL CHECK (octet_length(seed) = 32),
  item_count      smallint NOT NULL CHECK (item_count BETWEEN 1 AND 200),
  sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
  first_place     smallint NOT NULL DEFAULT 1 CHECK (first_place = 1),
  first_by        bigint NOT NULL,
  first_at        timestamptz NOT NULL,
  second_place    smallint NOT NULL DEFAULT 2 CHECK (second_place = 2),
  sealed_by       bigint NOT NULL CHECK (sealed_by <> first_by),
  sealed_at       timestamptz NOT NULL,
  UNIQUE (cycle_id, code),
  FOREIGN KEY (form_id, cycle_id, code) REFERENCES khoacu.form_draft (form_id, cycle_id, code),
  FOREIGN KEY (form_id, version, sha256) REFERENCES khoacu.form_version (form_id, version, sha256),
  FOREIGN KEY (form_id, version, first_place, first_by, first_at) REFERENCES khoacu.form_seal (form_id, version, place, staff_id, sealed_at),
  FOREIGN KEY (form_id, version, second_place, sealed_by, sealed_at) REFERENCES khoacu.form_seal (form_id, version, place, staff_id, sealed_at)
);
COMMENT ON TABLE khoacu.form IS 'Sealed forms, the only ones that are sat; a row is made by the second seal and never changes';
COMMENT ON COLUMN khoacu.form.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.form.code IS 'Code of the form';
COMMENT ON COLUMN khoacu.form.version IS 'The version that was sealed';
COMMENT ON COLUMN khoacu.form.seed IS 'Secret from which each sitting''s orders and option ids derive';
COMMENT ON COLUMN khoacu.form.item_count IS 'Number of positions';
COMMENT ON COLUMN khoacu.form.sha256 IS 'SHA-256 of everything that it shows (form.h)';
COMMENT ON COLUMN khoacu.form.first_place IS 'Of the first seal';
COMMENT ON COLUMN khoacu.form.first_by IS 'Who sealed first';
COMMENT ON COLUMN khoacu.form.first_at IS 'When';
COMMENT ON COLUMN khoacu.form.second_place IS 'Of the second seal';
COMMENT ON COLUMN khoacu.form.sealed_by IS 'Who sealed second, another person';
COMMENT ON COLUMN khoacu.form.sealed_at IS 'When it was sealed for good';

CREATE TABLE khoacu.form_position (
  form_id  bigint NOT NULL REFERENCES khoacu.form,
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  item_id  bigint NOT NULL,
  version  integer NOT NULL,
  PRIMARY KEY (form_id, position),
  UNIQUE (form_id, item_id),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.form_position IS 'The item version at each canonical position of a sealed form';
COMMENT ON COLUMN khoacu.form_position.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_position.position IS '1, 2, … in canonical order';
COMMENT ON COLUMN khoacu.form_position.item_id IS 'The item';
COMMENT ON COLUMN khoacu.form_position.version IS 'Its version';

GRANT SELECT, INSERT ON khoacu.form_draft, khoacu.form_version, khoacu.form_version_item, khoacu.form_review, khoacu.form_seal,
  khoacu.form, khoacu.form_position TO khoacu_bank;
GRANT SELECT ON khoacu.form, khoacu.form_position TO khoacu_server, khoacu_worker;
GRANT SELECT ON khoacu.form_draft, khoacu.form_version_item TO khoacu_server;
GRANT SELECT ON khoacu.form_draft, khoacu.form_version, khoacu.form_version_item, khoacu.form_seal, khoacu.form_position TO khoacu_auditor;
GRANT SELECT (form_id, version, turn, staff_id, verdict, at) ON khoacu.form_review TO khoacu_auditor;
GRANT SELECT (form_id, cycle_id, code, version, item_count, sha256, first_by, first_at, sealed_by, sealed_at) ON khoacu.form TO khoacu_auditor;
-- What a form is for, and its people.
GRANT SELECT (cycle_id, code) ON khoacu.cycle TO khoacu_bank;
