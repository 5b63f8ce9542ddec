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
COMMENT ON TABLE khoacu.script_identity IS 'The sealed map from blind code to candidate; the worker writes it, and it opens only after the freeze (do_marking_map_open)';
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
COMMENT ON COLUMN khoacu.marks_freeze.sha256 IS 'SHA-256 over the final marks in order of blind code (do_marking_freeze)';

-- What no program can get round: marks of those assigned, on the scale, in unbroken revisions, before the freeze.
CREATE FUNCTION khoacu.mark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  of_script script%ROWTYPE;
BEGIN
  SELECT s.blind_id, s.cycle_id, s.component, s.mark_max, s.mark_step INTO of_script FROM script s WHERE s.blind_id = NEW.blind_id;
  IF NOT EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = NEW.blind_id AND a.marking_round = NEW.marking_round
                    AND a.marker_id = NEW.marker_id) THEN
    RAISE EXCEPTION 'a script is marked by the examiner to whom it was assigned' USING ERRCODE = 'check_violation';
  END IF;
  -- Waits for a freeze under way, which holds the cycle FOR UPDATE, and is seen by one that comes later.
  PERFORM 1 FROM cycle c WHERE c.cycle_id = of_script.cycle_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = of_script.cycle_id) THEN
    RAISE EXCEPTION 'the marks of the cycle are frozen' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.value > of_script.mark_max OR NEW.value % of_script.mark_step <> 0 THEN
    RAISE EXCEPTION 'a mark is at most the highest of its script and a multiple of its step' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.revision <> 1 + coalesce((SELECT m.revision FROM mark m
                                    WHERE m.blind_id = NEW.blind_id AND m.marking_round = NEW.marking_round
                                    ORDER BY m.blind_id DESC, m.marking_round DESC, m.revision DESC LIMIT 1), 0) THEN
    RAISE EXCEPTION 'revisions of a mark follow each other' USING ERRCODE = 'check_violation';
  END IF;
  NEW.entered_at := clock_timestamp(); -- nobody dates a mark back
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.mark_guard() IS 'Refuses marks by others than the one assigned, after the freeze, off the scale, or out of order';
REVOKE ALL ON FUNCTION khoacu.mark_guard() FROM PUBLIC;
CREATE TRIGGER mark_guard BEFORE INSERT ON khoacu.mark FOR EACH ROW EXECUTE FUNCTION khoacu.mark_guard();

CREATE FUNCTION khoacu.script_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = NEW.cycle_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = NEW.cycle_id) THEN
    RAISE EXCEPTION 'the marks of the cycle are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.script_guard() IS 'Refuses scripts that come after the freeze';
REVOKE ALL ON FUNCTION khoacu.script_guard() FROM PUBLIC;
CREATE TRIGGER script_guard BEFORE INSERT ON khoacu.script FOR EACH ROW EXECUTE FUNCTION khoacu.script_guard();

GRANT SELECT ON khoacu.script, khoacu.marking_assignment, khoacu.mark, khoacu.marks_freeze TO khoacu_server;
GRANT INSERT ON khoacu.mark TO khoacu_server;
GRANT SELECT, INSERT ON khoacu.script, khoacu.marking_assignment TO khoacu_worker;
-- The worker seals the map and reads it only through do_marking_map_open; nobody writes a freeze but do_marking_freeze.
GRANT INSERT ON khoacu.script_identity TO khoacu_worker;
GRANT SELECT ON khoacu.mark, khoacu.marks_freeze TO khoacu_worker;
GRANT SELECT ON khoacu.script, khoacu.marking_assignment, khoacu.mark, khoacu.marks_freeze TO khoacu_auditor;
