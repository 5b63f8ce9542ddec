-- Marking of round 2. Scripts carry a random blind code and nothing of the candidate or the room.
CREATE TABLE khoacu.script (
  blind_id  bigint PRIMARY KEY CHECK (blind_id > 0),
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  component text NOT NULL CHECK (component IN ('written', 'interview')),
  mark_max  numeric(5,2) NOT NULL CHECK (mark_max > 0 AND mark_max <= 100),
  mark_step numeric(5,2) NOT NULL CHECK (mark_step > 0),
  UNIQUE (blind_id, component)
);
COMMENT ON TABLE khoacu.script IS 'What is marked, under its blind code';
COMMENT ON COLUMN khoacu.script.blind_id IS 'Random blind code (so phach)';
COMMENT ON COLUMN khoacu.script.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.script.component IS 'written or interview';
COMMENT ON COLUMN khoacu.script.mark_max IS 'Highest mark';
COMMENT ON COLUMN khoacu.script.mark_step IS 'Marks are multiples of it';

CREATE TABLE khoacu.script_identity (
  blind_id     bigint PRIMARY KEY REFERENCES khoacu.script,
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  component    text NOT NULL,
  UNIQUE (candidate_id, component),
  FOREIGN KEY (blind_id, component) REFERENCES khoacu.script (blind_id, component)
);
COMMENT ON TABLE khoacu.script_identity IS 'The sealed map from blind code to candidate; only the worker reads and writes it';
COMMENT ON COLUMN khoacu.script_identity.blind_id IS 'Blind code';
COMMENT ON COLUMN khoacu.script_identity.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.script_identity.component IS 'As in script';

CREATE TABLE khoacu.marking_assignment (
  blind_id      bigint NOT NULL REFERENCES khoacu.script,
  marking_round smallint NOT NULL CHECK (marking_round BETWEEN 1 AND 4),
  marker_id     bigint NOT NULL REFERENCES khoacu.staff,
  PRIMARY KEY (blind_id, marking_round),
  UNIQUE (blind_id, marker_id)
);
COMMENT ON TABLE khoacu.marking_assignment IS 'Who marks which script in which round; nobody marks a script twice';
COMMENT ON COLUMN khoacu.marking_assignment.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_assignment.marking_round IS '1 first mark; 2 second, 3 third, 4 re-mark come with double marking';
COMMENT ON COLUMN khoacu.marking_assignment.marker_id IS 'The examiner';
CREATE INDEX marking_assignment_marker ON khoacu.marking_assignment (marker_id, blind_id);
COMMENT ON INDEX khoacu.marking_assignment_marker IS 'Serves marking_queue';

CREATE TABLE khoacu.mark (
  blind_id      bigint NOT NULL,
  marking_round smallint NOT NULL,
  revision      integer NOT NULL CHECK (revision BETWEEN 1 AND 1000),
  marker_id     bigint NOT NULL REFERENCES khoacu.staff,
  status        text NOT NULL CHECK (status IN ('awarded', 'absent', 'suspended', 'void')),
  value         numeric(5,2) CHECK (value >= 0),
  note          text CHECK (length(note) BETWEEN 1 AND 2000),
  entered_at    timestamptz NOT NULL,
  PRIMARY KEY (blind_id, marking_round, revision),
  FOREIGN KEY (blind_id, marking_round) REFERENCES khoacu.marking_assignment,
  CHECK ((status = 'awarded') = (value IS NOT NULL))
);
COMMENT ON TABLE khoacu.mark IS 'Marks as entered, append-only; the highest revision counts';
COMMENT ON COLUMN khoacu.mark.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.mark.marking_round IS 'The round of marking';
COMMENT ON COLUMN khoacu.mark.revision IS '1, 2, … corrections before the freeze';
COMMENT ON COLUMN khoacu.mark.marker_id IS 'Who entered it';
COMMENT ON COLUMN khoacu.mark.status IS 'awarded has a value; absent, suspended and void stay distinct and have none';
COMMENT ON COLUMN khoacu.mark.value IS 'The mark';
COMMENT ON COLUMN khoacu.mark.note IS 'Private note or reason';
COMMENT ON COLUMN khoacu.mark.entered_at IS 'When it was entered';

CREATE TABLE khoacu.marks_freeze (
  cycle_id  bigint PRIMARY KEY REFERENCES khoacu.cycle,
  frozen_at timestamptz NOT NULL,
  frozen_by bigint NOT NULL REFERENCES khoacu.staff,
  sha256    bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
COMMENT ON TABLE khoacu.marks_freeze IS 'From this moment no mark of the cycle is taken; the map may be opened only after it';
COMMENT ON COLUMN khoacu.marks_freeze.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.marks_freeze.frozen_at IS 'When';
COMMENT ON COLUMN khoacu.marks_freeze.frozen_by IS 'Who';
COMMENT ON COLUMN khoacu.marks_freeze.sha256 IS 'SHA-256 over the final marks in order of blind code';

GRANT SELECT ON khoacu.script, khoacu.marking_assignment, khoacu.mark, khoacu.marks_freeze TO khoacu_server;
GRANT INSERT ON khoacu.mark TO khoacu_server;
GRANT SELECT, INSERT ON khoacu.script, khoacu.script_identity, khoacu.marking_assignment, khoacu.marks_freeze TO khoacu_worker;
GRANT SELECT ON khoacu.mark TO khoacu_worker;
GRANT SELECT ON khoacu.script, khoacu.marking_assignment, khoacu.mark, khoacu.marks_freeze TO khoacu_auditor;
