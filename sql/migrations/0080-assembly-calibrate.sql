-- What statistics of real sittings say of an item: parameters of the 2PL or 3PL model, for information targets of blueprints.
CREATE TABLE khoacu.item_calibration (
  item_id   bigint NOT NULL,
  version   integer NOT NULL,
  turn      integer NOT NULL CHECK (turn BETWEEN 1 AND 1000),
  a_nano    bigint NOT NULL CHECK (a_nano BETWEEN 1 AND 20000000000),
  b_nano    bigint NOT NULL CHECK (b_nano BETWEEN -50000000000 AND 50000000000),
  c_nano    bigint NOT NULL CHECK (c_nano BETWEEN 0 AND 990000000),
  staff_id  bigint NOT NULL REFERENCES khoacu.staff,
  at        timestamptz NOT NULL,
  PRIMARY KEY (item_id, version, turn),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_calibration IS 'Parameters of item versions as they were brought in, each time a row; a new version of an item has none until it is calibrated';
COMMENT ON COLUMN khoacu.item_calibration.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_calibration.version IS 'Of which version they hold';
COMMENT ON COLUMN khoacu.item_calibration.turn IS 'Counts what was brought in for this version; the last one holds';
COMMENT ON COLUMN khoacu.item_calibration.a_nano IS 'Slope, thousand-millionths';
COMMENT ON COLUMN khoacu.item_calibration.b_nano IS 'Difficulty, thousand-millionths';
COMMENT ON COLUMN khoacu.item_calibration.c_nano IS 'Guessing, thousand-millionths; 0 in the 2PL model';
COMMENT ON COLUMN khoacu.item_calibration.staff_id IS 'Who brought them in';
COMMENT ON COLUMN khoacu.item_calibration.at IS 'When';
GRANT SELECT, INSERT ON khoacu.item_calibration TO khoacu_bank;
GRANT SELECT ON khoacu.item_calibration TO khoacu_auditor;
