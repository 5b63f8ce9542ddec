-- What-if: the frozen field of a cycle under another rule pack, kept whole and never published.
CREATE TABLE khoacu.ranking_trial (
  trial_id      bigint PRIMARY KEY CHECK (trial_id > 0),
  cycle_id      bigint NOT NULL REFERENCES khoacu.cycle,
  pack_id       text NOT NULL,
  pack_version  integer NOT NULL,
  cause         text NOT NULL CHECK (length(cause) BETWEEN 1 AND 2000),
  computed_by   bigint NOT NULL REFERENCES khoacu.staff,
  computed_at   timestamptz NOT NULL,
  engine        text NOT NULL CHECK (length(engine) BETWEEN 1 AND 40),
  bundle        text NOT NULL,
  bundle_sha256 bytea NOT NULL CHECK (bundle_sha256 = sha256(convert_to(bundle, 'UTF8'))),
  selected      integer NOT NULL CHECK (selected >= 0),
  unresolved    integer NOT NULL CHECK (unresolved >= 0),
  FOREIGN KEY (pack_id, pack_version) REFERENCES khoacu.rule_pack
);
COMMENT ON TABLE khoacu.ranking_trial IS 'Lists computed to see what another rule pack would do; append-only, never approved and never published';
COMMENT ON COLUMN khoacu.ranking_trial.trial_id IS 'Id';
COMMENT ON COLUMN khoacu.ranking_trial.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.ranking_trial.pack_id IS 'The pack that was tried';
COMMENT ON COLUMN khoacu.ranking_trial.pack_version IS 'Its version';
COMMENT ON COLUMN khoacu.ranking_trial.cause IS 'Why it was tried';
COMMENT ON COLUMN khoacu.ranking_trial.computed_by IS 'Who asked';
COMMENT ON COLUMN khoacu.ranking_trial.computed_at IS 'When it was asked';
COMMENT ON COLUMN khoacu.ranking_trial.engine IS 'Version of the engine';
COMMENT ON COLUMN khoacu.ranking_trial.bundle IS 'The whole result file, with nothing withheld: for officers alone';
COMMENT ON COLUMN khoacu.ranking_trial.bundle_sha256 IS 'SHA-256 of the file';
COMMENT ON COLUMN khoacu.ranking_trial.selected IS 'How many would be selected';
COMMENT ON COLUMN khoacu.ranking_trial.unresolved IS 'Ties that would wait for a decision';
CREATE INDEX ranking_trial_cycle ON khoacu.ranking_trial (cycle_id, computed_at);
COMMENT ON INDEX khoacu.ranking_trial_cycle IS 'Serves trial_list';

GRANT SELECT, INSERT ON khoacu.ranking_trial TO khoacu_worker;
GRANT SELECT ON khoacu.ranking_trial TO khoacu_server, khoacu_auditor;
