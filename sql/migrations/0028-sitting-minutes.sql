-- Minutes of a hall that two persons confirm and the server signs; the locked browser (Safe Exam Browser) of a shift.
CREATE TABLE khoacu.hall_minutes (
  minutes_id  bigint PRIMARY KEY CHECK (minutes_id > 0),
  shift_id    bigint NOT NULL REFERENCES khoacu.shift,
  room_id     bigint NOT NULL REFERENCES khoacu.room,
  kind        text NOT NULL CHECK (kind IN ('attendance', 'incidents')),
  lang        text NOT NULL CHECK (lang IN ('vi', 'en')),
  body        text NOT NULL CHECK (length(body) BETWEEN 2 AND 2000000),
  body_sha256 bytea NOT NULL UNIQUE CHECK (body_sha256 = sha256(convert_to(body, 'UTF8'))),
  made_by     bigint NOT NULL REFERENCES khoacu.staff,
  made_at     timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.hall_minutes IS 'Attendance lists and incident minutes as they stood when somebody drew them up; append-only';
COMMENT ON COLUMN khoacu.hall_minutes.minutes_id IS 'Random id';
COMMENT ON COLUMN khoacu.hall_minutes.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.hall_minutes.room_id IS 'The hall';
COMMENT ON COLUMN khoacu.hall_minutes.kind IS 'attendance or incidents';
COMMENT ON COLUMN khoacu.hall_minutes.lang IS 'Language of the document';
COMMENT ON COLUMN khoacu.hall_minutes.body IS 'What it says, as JSON; the printed document is made of it';
COMMENT ON COLUMN khoacu.hall_minutes.body_sha256 IS 'SHA-256 of it; its first 80 bits are the code on the document';
COMMENT ON COLUMN khoacu.hall_minutes.made_by IS 'Who drew it up';
COMMENT ON COLUMN khoacu.hall_minutes.made_at IS 'When';
CREATE INDEX hall_minutes_room ON khoacu.hall_minutes (room_id, made_at);
COMMENT ON INDEX khoacu.hall_minutes_room IS 'Serves minutes_list';

CREATE TABLE khoacu.hall_minutes_confirmation (
  minutes_id   bigint NOT NULL REFERENCES khoacu.hall_minutes,
  number       smallint NOT NULL CHECK (number IN (1, 2)),
  staff_id     bigint NOT NULL REFERENCES khoacu.staff,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (minutes_id, number),
  UNIQUE (minutes_id, staff_id)
);
COMMENT ON TABLE khoacu.hall_minutes_confirmation IS 'The two persons who stand for minutes; never one twice; append-only';
COMMENT ON COLUMN khoacu.hall_minutes_confirmation.minutes_id IS 'The minutes';
COMMENT ON COLUMN khoacu.hall_minutes_confirmation.number IS '1 or 2';
COMMENT ON COLUMN khoacu.hall_minutes_confirmation.staff_id IS 'Who';
COMMENT ON COLUMN khoacu.hall_minutes_confirmation.confirmed_at IS 'When';

CREATE TABLE khoacu.hall_minutes_document (
  minutes_id bigint PRIMARY KEY REFERENCES khoacu.hall_minutes,
  pdf        bytea NOT NULL CHECK (octet_length(pdf) BETWEEN 100 AND 16777216),
  sha256     bytea NOT NULL CHECK (sha256 = sha256(pdf)),
  signature  bytea NOT NULL CHECK (octet_length(signature) = 64),
  public_key text NOT NULL CHECK (length(public_key) BETWEEN 50 AND 1000),
  signed_at  timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.hall_minutes_document IS 'The printed document and the server''s detached signature over its bytes; made when the second person has confirmed; append-only';
COMMENT ON COLUMN khoacu.hall_minutes_document.minutes_id IS 'The minutes';
COMMENT ON COLUMN khoacu.hall_minutes_document.pdf IS 'The document';
COMMENT ON COLUMN khoacu.hall_minutes_document.sha256 IS 'SHA-256 of it';
COMMENT ON COLUMN khoacu.hall_minutes_document.signature IS 'Ed25519 (RFC 8032)';
COMMENT ON COLUMN khoacu.hall_minutes_document.public_key IS 'The public key then, PEM';
COMMENT ON COLUMN khoacu.hall_minutes_document.signed_at IS 'When';

CREATE TABLE khoacu.shift_seb (
  shift_id     bigint NOT NULL REFERENCES khoacu.shift,
  number       integer NOT NULL CHECK (number BETWEEN 1 AND 100000),
  mode         text NOT NULL CHECK (mode IN ('off', 'flag', 'refuse')),
  quit_sha256  text CHECK (quit_sha256 ~ '^[0-9a-f]{64}$'),
  browser_keys text[] NOT NULL CHECK (cardinality(browser_keys) <= 20),
  set_by       bigint NOT NULL REFERENCES khoacu.staff,
  set_at       timestamptz NOT NULL,
  PRIMARY KEY (shift_id, number)
);
COMMENT ON TABLE khoacu.shift_seb IS 'Whether a shift asks for Safe Exam Browser; append-only, the highest number counts';
COMMENT ON COLUMN khoacu.shift_seb.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.shift_seb.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.shift_seb.mode IS 'off; flag: invigilators see who comes without; refuse: the server answers nobody without';
COMMENT ON COLUMN khoacu.shift_seb.quit_sha256 IS 'SHA-256 of the password that ends the browser, as its configuration has it';
COMMENT ON COLUMN khoacu.shift_seb.browser_keys IS 'Browser Exam Keys that are accepted, hexadecimal; none: only the configuration is asked for';
COMMENT ON COLUMN khoacu.shift_seb.set_by IS 'Who said so';
COMMENT ON COLUMN khoacu.shift_seb.set_at IS 'When';

ALTER TABLE khoacu.sitting_presence ADD seb_expected text CHECK (length(seb_expected) <= 64);
COMMENT ON COLUMN khoacu.sitting_presence.seb_expected IS 'What should have been received for the same address';

GRANT SELECT ON khoacu.hall_minutes, khoacu.hall_minutes_confirmation, khoacu.hall_minutes_document, khoacu.shift_seb TO khoacu_server, khoacu_auditor;
