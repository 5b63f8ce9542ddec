-- The hall: who watches where, photos and documents for checking in, incidents, evacuations, and when a candidate's machine was last seen.
ALTER TABLE khoacu.shift ADD check_in boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN khoacu.shift.check_in IS 'Nobody opens the paper before an invigilator has checked her in';

DROP FUNCTION IF EXISTS khoacu.do_sitting_adjustment_request(bigint, bigint, text, text, text, bigint, text, integer, text, bigint, timestamptz);
ALTER TABLE khoacu.sitting_adjustment
  ADD cause text NOT NULL DEFAULT 'hold' CHECK (cause IN ('hold', 'evacuation')),
  ADD CHECK (cause = 'hold' OR (kind = 'pause' AND sitting_id IS NULL));
COMMENT ON COLUMN khoacu.sitting_adjustment.cause IS 'evacuation: the hall was left; candidates'' screens cover the paper and say so';

CREATE TABLE khoacu.room_staff (
  room_id  bigint NOT NULL REFERENCES khoacu.room,
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  number   integer NOT NULL CHECK (number BETWEEN 1 AND 100000),
  assigned boolean NOT NULL,
  set_by   bigint NOT NULL REFERENCES khoacu.staff,
  set_at   timestamptz NOT NULL,
  PRIMARY KEY (room_id, staff_id, number)
);
COMMENT ON TABLE khoacu.room_staff IS 'Who watches a hall; append-only, the highest number of a person counts';
COMMENT ON COLUMN khoacu.room_staff.room_id IS 'The hall';
COMMENT ON COLUMN khoacu.room_staff.staff_id IS 'The invigilator';
COMMENT ON COLUMN khoacu.room_staff.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.room_staff.assigned IS 'false: no longer';
COMMENT ON COLUMN khoacu.room_staff.set_by IS 'Who said so';
COMMENT ON COLUMN khoacu.room_staff.set_at IS 'When';

CREATE TABLE khoacu.candidate_photo (
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  number       integer NOT NULL CHECK (number BETWEEN 1 AND 1000),
  jpeg         bytea NOT NULL CHECK (octet_length(jpeg) BETWEEN 100 AND 1048576),
  sha256       bytea NOT NULL CHECK (sha256 = sha256(jpeg)),
  width        integer NOT NULL CHECK (width BETWEEN 60 AND 2400),
  height       integer NOT NULL CHECK (height BETWEEN 60 AND 2400),
  added_by     bigint NOT NULL REFERENCES khoacu.staff,
  added_at     timestamptz NOT NULL,
  PRIMARY KEY (candidate_id, number)
);
COMMENT ON TABLE khoacu.candidate_photo IS 'Photos of candidates for checking in; append-only, the highest number counts';
COMMENT ON COLUMN khoacu.candidate_photo.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.candidate_photo.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.candidate_photo.jpeg IS 'The picture alone: what a camera writes beside it was taken out';
COMMENT ON COLUMN khoacu.candidate_photo.sha256 IS 'SHA-256 of it';
COMMENT ON COLUMN khoacu.candidate_photo.width IS 'Pixels';
COMMENT ON COLUMN khoacu.candidate_photo.height IS 'Pixels';
COMMENT ON COLUMN khoacu.candidate_photo.added_by IS 'Who brought it in: that person checks nobody in by it';
COMMENT ON COLUMN khoacu.candidate_photo.added_at IS 'When';

CREATE TABLE khoacu.candidate_document (
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  number       integer NOT NULL CHECK (number BETWEEN 1 AND 1000),
  hmac         bytea NOT NULL CHECK (octet_length(hmac) = 32),
  added_by     bigint NOT NULL REFERENCES khoacu.staff,
  added_at     timestamptz NOT NULL,
  PRIMARY KEY (candidate_id, number)
);
COMMENT ON TABLE khoacu.candidate_document IS 'Numbers of identity documents, as keyed hashes alone; append-only, the highest number counts';
COMMENT ON COLUMN khoacu.candidate_document.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.candidate_document.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.candidate_document.hmac IS 'HMAC-SHA256 of the number under the server''s key, bound to the candidate';
COMMENT ON COLUMN khoacu.candidate_document.added_by IS 'Who brought it in: that person checks nobody in by it';
COMMENT ON COLUMN khoacu.candidate_document.added_at IS 'When';

CREATE TABLE khoacu.check_in (
  room_id    bigint NOT NULL,
  sitting_id bigint NOT NULL,
  number     integer NOT NULL CHECK (number BETWEEN 1 AND 1000),
  verdict    text NOT NULL CHECK (verdict IN ('present', 'refused')),
  document   text NOT NULL CHECK (document IN ('match', 'mismatch', 'no_record', 'not_shown')),
  photo      text NOT NULL CHECK (photo IN ('alike', 'unlike', 'no_record', 'not_seen')),
  reason     text CHECK (length(reason) BETWEEN 1 AND 2000),
  checked_by bigint NOT NULL REFERENCES khoacu.staff,
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id, number),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting,
  CHECK (reason IS NOT NULL OR (verdict = 'present' AND document = 'match' AND photo = 'alike'))
);
COMMENT ON TABLE khoacu.check_in IS 'Who was let in, or not; append-only, the highest number counts. Whatever is not plain has a reason';
COMMENT ON COLUMN khoacu.check_in.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.check_in.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.check_in.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.check_in.verdict IS 'present: she may open the paper; refused: she may not';
COMMENT ON COLUMN khoacu.check_in.document IS 'What became of the number that was typed; decided by the database';
COMMENT ON COLUMN khoacu.check_in.photo IS 'What the invigilator saw';
COMMENT ON COLUMN khoacu.check_in.reason IS 'Why, where it was not plain';
COMMENT ON COLUMN khoacu.check_in.checked_by IS 'The invigilator';
COMMENT ON COLUMN khoacu.check_in.checked_at IS 'When';

CREATE TABLE khoacu.incident (
  incident_id   bigint PRIMARY KEY CHECK (incident_id > 0),
  shift_id      bigint NOT NULL REFERENCES khoacu.shift,
  room_id       bigint NOT NULL REFERENCES khoacu.room,
  sitting_id    bigint,
  category      text NOT NULL CHECK (category IN ('machine', 'network', 'power', 'illness', 'identity', 'conduct', 'paper', 'evacuation', 'other')),
  minutes       integer NOT NULL CHECK (minutes BETWEEN 0 AND 600),
  words         text NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
  adjustment_id bigint REFERENCES khoacu.sitting_adjustment,
  corrects      bigint UNIQUE REFERENCES khoacu.incident CHECK (corrects <> incident_id),
  recorded_by   bigint NOT NULL REFERENCES khoacu.staff,
  recorded_at   timestamptz NOT NULL,
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting
);
COMMENT ON TABLE khoacu.incident IS 'What happened in a hall; append-only, a later one may correct an earlier one';
COMMENT ON COLUMN khoacu.incident.incident_id IS 'Random id';
COMMENT ON COLUMN khoacu.incident.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.incident.room_id IS 'The hall';
COMMENT ON COLUMN khoacu.incident.sitting_id IS 'The sitting; null: the whole hall';
COMMENT ON COLUMN khoacu.incident.category IS 'What kind';
COMMENT ON COLUMN khoacu.incident.minutes IS 'How long it lasted';
COMMENT ON COLUMN khoacu.incident.words IS 'What happened, as it stands in the minutes';
COMMENT ON COLUMN khoacu.incident.adjustment_id IS 'The compensation or pause that was asked for with it';
COMMENT ON COLUMN khoacu.incident.corrects IS 'The incident that this one replaces';
COMMENT ON COLUMN khoacu.incident.recorded_by IS 'The invigilator';
COMMENT ON COLUMN khoacu.incident.recorded_at IS 'When';
CREATE INDEX incident_room ON khoacu.incident (room_id, recorded_at);
COMMENT ON INDEX khoacu.incident_room IS 'Serves hall_seats and hall_incidents';

CREATE UNLOGGED TABLE khoacu.sitting_presence (
  room_id      bigint NOT NULL,
  sitting_id   bigint NOT NULL,
  seen_at      timestamptz NOT NULL,
  position     smallint NOT NULL CHECK (position BETWEEN 0 AND 200),
  seb          text NOT NULL CHECK (seb IN ('none', 'match', 'missing', 'mismatch')),
  seb_received text CHECK (length(seb_received) <= 64),
  PRIMARY KEY (room_id, sitting_id)
) WITH (fillfactor = 60);
COMMENT ON TABLE khoacu.sitting_presence IS 'When a candidate''s machine was last heard of. A sign for invigilators, decides nothing; lost with a crash of the database and told again within seconds';
COMMENT ON COLUMN khoacu.sitting_presence.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.sitting_presence.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.sitting_presence.seen_at IS 'Platform time';
COMMENT ON COLUMN khoacu.sitting_presence.position IS 'The shown position that she is at; 0: none told';
COMMENT ON COLUMN khoacu.sitting_presence.seb IS 'What the last request said of the locked browser; none: it is not asked for';
COMMENT ON COLUMN khoacu.sitting_presence.seb_received IS 'What was received where it does not match';

-- Every row of these is written by a function of the owner, which knows who may.
GRANT SELECT ON khoacu.room_staff, khoacu.candidate_photo, khoacu.candidate_document, khoacu.check_in, khoacu.incident TO khoacu_server;
GRANT SELECT, INSERT, UPDATE ON khoacu.sitting_presence TO khoacu_server;
GRANT SELECT ON khoacu.room_staff, khoacu.check_in, khoacu.incident, khoacu.sitting_presence TO khoacu_auditor;
GRANT SELECT (candidate_id, number, sha256, width, height, added_by, added_at) ON khoacu.candidate_photo TO khoacu_auditor;
GRANT SELECT (candidate_id, number, added_by, added_at) ON khoacu.candidate_document TO khoacu_auditor;
