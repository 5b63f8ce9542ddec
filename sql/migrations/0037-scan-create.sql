-- Paper scripts: sheets with a code, the register of who wrote on which, and what was scanned.
CREATE TABLE khoacu.scan_bag (
  bag_id   bigint PRIMARY KEY CHECK (bag_id > 0),
  cycle_id bigint NOT NULL REFERENCES khoacu.cycle,
  code     text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  sheets   smallint NOT NULL CHECK (sheets BETWEEN 1 AND 200),
  made_by  bigint NOT NULL REFERENCES khoacu.staff,
  made_at  timestamptz NOT NULL,
  UNIQUE (cycle_id, code)
);
COMMENT ON TABLE khoacu.scan_bag IS 'Bags of printed answer sheets of the written part; append-only';
COMMENT ON COLUMN khoacu.scan_bag.bag_id IS 'Random id';
COMMENT ON COLUMN khoacu.scan_bag.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.scan_bag.code IS 'What the bag is called, once in a cycle';
COMMENT ON COLUMN khoacu.scan_bag.sheets IS 'How many sheets it was printed with';
COMMENT ON COLUMN khoacu.scan_bag.made_by IS 'The script officer who asked for it';
COMMENT ON COLUMN khoacu.scan_bag.made_at IS 'When';

CREATE TABLE khoacu.scan_sheet (
  sheet_id bigint PRIMARY KEY CHECK (sheet_id BETWEEN 1 AND 1099511627775),
  bag_id   bigint NOT NULL REFERENCES khoacu.scan_bag,
  number   smallint NOT NULL CHECK (number BETWEEN 1 AND 200),
  UNIQUE (bag_id, number)
);
COMMENT ON TABLE khoacu.scan_sheet IS 'Printed sheets; append-only';
COMMENT ON COLUMN khoacu.scan_sheet.sheet_id IS 'The random code on the sheet: 8 symbols of 5 bits';
COMMENT ON COLUMN khoacu.scan_sheet.bag_id IS 'Its bag';
COMMENT ON COLUMN khoacu.scan_sheet.number IS 'Its place in the print, on the counterfoil alone';

CREATE TABLE khoacu.scan_register (
  sheet_id      bigint NOT NULL REFERENCES khoacu.scan_sheet,
  revision      smallint NOT NULL CHECK (revision BETWEEN 1 AND 100),
  candidate_id  bigint NOT NULL REFERENCES khoacu.candidate,
  page          smallint NOT NULL CHECK (page BETWEEN 1 AND 400),
  registered_by bigint NOT NULL REFERENCES khoacu.staff,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (sheet_id, revision)
);
COMMENT ON TABLE khoacu.scan_register IS 'The sealed register of counterfoils: who wrote on which sheet. No role reads it; functions write it and put pages into scripts';
COMMENT ON COLUMN khoacu.scan_register.sheet_id IS 'The sheet';
COMMENT ON COLUMN khoacu.scan_register.revision IS 'The highest counts; 2 and more are corrections with a reason in the trail';
COMMENT ON COLUMN khoacu.scan_register.candidate_id IS 'Whose it is, by the counterfoil';
COMMENT ON COLUMN khoacu.scan_register.page IS 'Order among the sheets of the candidate';
COMMENT ON COLUMN khoacu.scan_register.registered_by IS 'The script officer';
COMMENT ON COLUMN khoacu.scan_register.registered_at IS 'When';
CREATE INDEX scan_register_candidate ON khoacu.scan_register (candidate_id);
COMMENT ON INDEX khoacu.scan_register_candidate IS 'Serves do_scan_register';

CREATE TABLE khoacu.scan_file (
  bag_id      bigint NOT NULL REFERENCES khoacu.scan_bag,
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  pages       smallint NOT NULL CHECK (pages BETWEEN 1 AND 60),
  captured_by bigint NOT NULL REFERENCES khoacu.staff,
  captured_at timestamptz NOT NULL,
  PRIMARY KEY (bag_id, sha256)
);
COMMENT ON TABLE khoacu.scan_file IS 'Files that a scanner made, each taken once; append-only';
COMMENT ON COLUMN khoacu.scan_file.bag_id IS 'The bag';
COMMENT ON COLUMN khoacu.scan_file.sha256 IS 'Of the file as it came';
COMMENT ON COLUMN khoacu.scan_file.pages IS 'How many pages it had';
COMMENT ON COLUMN khoacu.scan_file.captured_by IS 'Who brought it in';
COMMENT ON COLUMN khoacu.scan_file.captured_at IS 'When';

CREATE TABLE khoacu.scan_page (
  sheet_id    bigint PRIMARY KEY REFERENCES khoacu.scan_sheet,
  bytes       bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 20971520),
  width       integer NOT NULL CHECK (width BETWEEN 1 AND 30000),
  height      integer NOT NULL CHECK (height BETWEEN 1 AND 30000),
  captured_by bigint NOT NULL REFERENCES khoacu.staff,
  captured_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.scan_page IS 'What is written on a sheet, drawn anew upright and without the strip of the code; append-only';
COMMENT ON COLUMN khoacu.scan_page.sheet_id IS 'The sheet';
COMMENT ON COLUMN khoacu.scan_page.bytes IS 'JPEG. No role reads it: functions put it into scripts';
COMMENT ON COLUMN khoacu.scan_page.width IS 'Pixels';
COMMENT ON COLUMN khoacu.scan_page.height IS 'Pixels';
COMMENT ON COLUMN khoacu.scan_page.captured_by IS 'Who brought it in or recognised it';
COMMENT ON COLUMN khoacu.scan_page.captured_at IS 'When';

CREATE TABLE khoacu.scan_aside (
  aside_id bigint PRIMARY KEY CHECK (aside_id > 0),
  bag_id   bigint NOT NULL,
  sha256   bytea NOT NULL,
  page     smallint NOT NULL CHECK (page BETWEEN 1 AND 60),
  why      text NOT NULL CHECK (why IN ('no_code', 'foreign', 'twice')),
  bytes    bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 20971520),
  FOREIGN KEY (bag_id, sha256) REFERENCES khoacu.scan_file,
  UNIQUE (bag_id, sha256, page)
);
COMMENT ON TABLE khoacu.scan_aside IS 'Pages that a person has to look at; append-only';
COMMENT ON COLUMN khoacu.scan_aside.aside_id IS 'Random id';
COMMENT ON COLUMN khoacu.scan_aside.bag_id IS 'The bag';
COMMENT ON COLUMN khoacu.scan_aside.sha256 IS 'The file';
COMMENT ON COLUMN khoacu.scan_aside.page IS 'The page of the file';
COMMENT ON COLUMN khoacu.scan_aside.why IS 'no_code: none was read, or several; foreign: no sheet of this bag; twice: the sheet has a page already';
COMMENT ON COLUMN khoacu.scan_aside.bytes IS 'The whole page, drawn anew as JPEG';

CREATE TABLE khoacu.scan_aside_decision (
  aside_id   bigint PRIMARY KEY REFERENCES khoacu.scan_aside,
  sheet_id   bigint REFERENCES khoacu.scan_sheet,
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.scan_aside_decision IS 'What became of a page that was kept aside; append-only';
COMMENT ON COLUMN khoacu.scan_aside_decision.aside_id IS 'The page';
COMMENT ON COLUMN khoacu.scan_aside_decision.sheet_id IS 'The sheet that it is; null: it is left out';
COMMENT ON COLUMN khoacu.scan_aside_decision.reason IS 'Why';
COMMENT ON COLUMN khoacu.scan_aside_decision.decided_by IS 'Who looked';
COMMENT ON COLUMN khoacu.scan_aside_decision.decided_at IS 'When';

GRANT SELECT ON khoacu.scan_bag, khoacu.scan_sheet, khoacu.scan_file, khoacu.scan_aside, khoacu.scan_aside_decision TO khoacu_server;
GRANT SELECT ON khoacu.scan_bag, khoacu.scan_sheet, khoacu.scan_file, khoacu.scan_aside_decision TO khoacu_auditor;
GRANT SELECT (sheet_id, captured_by, captured_at) ON khoacu.scan_page TO khoacu_server, khoacu_auditor;
GRANT SELECT (aside_id, bag_id, sha256, page, why) ON khoacu.scan_aside TO khoacu_auditor;
