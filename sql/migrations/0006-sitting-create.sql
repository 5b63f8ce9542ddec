-- Examination day. Every hot table begins its key with room_id, the distribution key.
CREATE TABLE khoacu.shift (
  shift_id  bigint PRIMARY KEY CHECK (shift_id > 0),
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  code      text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  form_id   bigint NOT NULL REFERENCES khoacu.form,
  clock     text NOT NULL CHECK (clock IN ('common', 'personal')),
  starts_at timestamptz NOT NULL,
  ends_at   timestamptz NOT NULL,
  minutes   integer NOT NULL CHECK (minutes BETWEEN 1 AND 600),
  grace_s   integer NOT NULL DEFAULT 5 CHECK (grace_s BETWEEN 0 AND 300),
  state     text NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'closed')),
  UNIQUE (cycle_id, code),
  CHECK (ends_at > starts_at)
);
COMMENT ON TABLE khoacu.shift IS 'Scheduled occasions of a computer test';
COMMENT ON COLUMN khoacu.shift.shift_id IS 'Random id';
COMMENT ON COLUMN khoacu.shift.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.shift.code IS 'Code, unique in the cycle';
COMMENT ON COLUMN khoacu.shift.form_id IS 'The form that is sat';
COMMENT ON COLUMN khoacu.shift.clock IS 'common: runs for all from starts_at, signed in or not; personal: from each one''s own start, inside the window';
COMMENT ON COLUMN khoacu.shift.starts_at IS 'Start (common) or opening of the window (personal)';
COMMENT ON COLUMN khoacu.shift.ends_at IS 'End for everybody';
COMMENT ON COLUMN khoacu.shift.minutes IS 'Working time';
COMMENT ON COLUMN khoacu.shift.grace_s IS 'Seconds after the end in which a save that was made in time may still arrive';
COMMENT ON COLUMN khoacu.shift.state IS 'scheduled -> closed; closed after its sittings are';

CREATE TABLE khoacu.room (
  room_id  bigint PRIMARY KEY CHECK (room_id > 0),
  shift_id bigint NOT NULL REFERENCES khoacu.shift,
  code     text NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
  UNIQUE (shift_id, code)
);
COMMENT ON TABLE khoacu.room IS 'A hall in one shift, at most 500 sittings; the unit of distribution and the lock between saving and closing';
COMMENT ON COLUMN khoacu.room.room_id IS 'Random id';
COMMENT ON COLUMN khoacu.room.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.room.code IS 'Name of the hall';

CREATE TABLE khoacu.sitting (
  room_id           bigint NOT NULL REFERENCES khoacu.room,
  sitting_id        bigint NOT NULL CHECK (sitting_id > 0),
  shift_id          bigint NOT NULL REFERENCES khoacu.shift,
  candidate_id      bigint NOT NULL REFERENCES khoacu.candidate,
  seat              integer NOT NULL CHECK (seat BETWEEN 1 AND 500),
  state             text NOT NULL DEFAULT 'assigned' CHECK (state IN ('assigned', 'open', 'submitted', 'closed', 'absent')),
  access_generation integer NOT NULL DEFAULT 1 CHECK (access_generation > 0),
  started_at        timestamptz,
  closes_at         timestamptz,
  grace_s           smallint NOT NULL DEFAULT 5 CHECK (grace_s BETWEEN 0 AND 300),
  ended_at          timestamptz,
  PRIMARY KEY (room_id, sitting_id),
  UNIQUE (room_id, candidate_id),
  UNIQUE (room_id, seat),
  CHECK ((state IN ('assigned', 'absent')) = (started_at IS NULL)),
  CHECK ((started_at IS NULL) = (closes_at IS NULL)),
  CHECK ((state IN ('submitted', 'closed', 'absent')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE khoacu.sitting IS 'One candidate taking one form: assigned -> open -> submitted | closed; assigned -> absent';
COMMENT ON COLUMN khoacu.sitting.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.sitting.sitting_id IS 'Random id';
COMMENT ON COLUMN khoacu.sitting.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.sitting.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.sitting.seat IS 'Seat in the room';
COMMENT ON COLUMN khoacu.sitting.state IS 'submitted by the candidate, closed by the server, absent when never opened';
COMMENT ON COLUMN khoacu.sitting.access_generation IS 'Raised to cut off all devices; saves of an older generation are refused';
COMMENT ON COLUMN khoacu.sitting.started_at IS 'First opening of the paper';
COMMENT ON COLUMN khoacu.sitting.closes_at IS 'Deadline; fixed when the paper is opened';
COMMENT ON COLUMN khoacu.sitting.grace_s IS 'Seconds after closes_at in which a save may still arrive';
COMMENT ON COLUMN khoacu.sitting.ended_at IS 'When it was submitted, closed or found absent';
CREATE INDEX sitting_candidate ON khoacu.sitting (candidate_id);
COMMENT ON INDEX khoacu.sitting_candidate IS 'Serves identity_candidate_facts and identity_candidate_login_read';
CREATE INDEX sitting_due ON khoacu.sitting (closes_at) WHERE state = 'open';
COMMENT ON INDEX khoacu.sitting_due IS 'Serves sitting_rooms_due';
CREATE INDEX sitting_shift ON khoacu.sitting (shift_id, state);
COMMENT ON INDEX khoacu.sitting_shift IS 'Serves do_sitting_shift_close and cycle_shifts';

CREATE TABLE khoacu.response (
  room_id     bigint NOT NULL,
  sitting_id  bigint NOT NULL,
  received_at timestamptz NOT NULL,
  seq         integer NOT NULL CHECK (seq BETWEEN 1 AND 1000000),
  position    smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  choice      smallint NOT NULL CHECK (choice BETWEEN 0 AND 8),
  flagged     boolean NOT NULL,
  PRIMARY KEY (room_id, sitting_id, position, seq)
);
COMMENT ON TABLE khoacu.response IS 'Every saved answer, append-only; the highest seq of a position counts. Existence of the sitting is checked by the statement that writes, not by a foreign key, which would cost a row lock a save';
COMMENT ON COLUMN khoacu.response.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.response.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.response.received_at IS 'Platform time at which the server had the request';
COMMENT ON COLUMN khoacu.response.seq IS 'The client''s number of the change at this position: 1, 2, …';
COMMENT ON COLUMN khoacu.response.position IS 'Canonical position in the form';
COMMENT ON COLUMN khoacu.response.choice IS 'Canonical option, 1 = first; 0 = nothing chosen';
COMMENT ON COLUMN khoacu.response.flagged IS 'The candidate''s flag for herself';

CREATE TABLE khoacu.receipt (
  room_id        bigint NOT NULL,
  sitting_id     bigint NOT NULL,
  answers_sha256 bytea NOT NULL CHECK (octet_length(answers_sha256) = 32),
  answered       smallint NOT NULL CHECK (answered BETWEEN 0 AND 200),
  code           text NOT NULL CHECK (code ~ '^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$'),
  issued_at      timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting
);
COMMENT ON TABLE khoacu.receipt IS 'Receipt of an ended sitting: the hash of what counts';
COMMENT ON COLUMN khoacu.receipt.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.receipt.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.receipt.answers_sha256 IS 'SHA-256 of the canonical JSON of the final answers (sitting.h)';
COMMENT ON COLUMN khoacu.receipt.answered IS 'Positions with a choice';
COMMENT ON COLUMN khoacu.receipt.code IS 'First 60 bits of the hash in base32, for the paper sign-off sheet';
COMMENT ON COLUMN khoacu.receipt.issued_at IS 'When it was issued';

GRANT SELECT, INSERT ON khoacu.shift, khoacu.room, khoacu.sitting, khoacu.response, khoacu.receipt TO khoacu_server;
GRANT UPDATE (state, access_generation, started_at, closes_at, ended_at) ON khoacu.sitting TO khoacu_server, khoacu_worker;
-- Locking a room asks for the right to update one of its columns; nothing ever updates it.
GRANT UPDATE (code) ON khoacu.room TO khoacu_server, khoacu_worker;
GRANT UPDATE (state) ON khoacu.shift TO khoacu_server, khoacu_worker;
GRANT SELECT ON khoacu.shift, khoacu.room, khoacu.sitting, khoacu.response, khoacu.receipt TO khoacu_worker;
GRANT INSERT ON khoacu.receipt TO khoacu_worker;
GRANT SELECT ON khoacu.shift, khoacu.room, khoacu.sitting, khoacu.response, khoacu.receipt TO khoacu_auditor;
