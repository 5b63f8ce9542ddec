-- Marking in rounds: more roles, scripts by question, when a mark is final, and what counts of a script in the end.
ALTER TABLE khoacu.staff_role DROP CONSTRAINT staff_role_role_check;
ALTER TABLE khoacu.staff_role ADD CONSTRAINT staff_role_role_check CHECK (role IN ('administrator', 'hr_officer',
  'item_officer', 'examiner', 'invigilator', 'inspector', 'chief_marker', 'council_chair', 'script_officer'));

-- A script is all that one candidate wrote in a part, or her answer to one question of it, each under a code of its own.
ALTER TABLE khoacu.script ADD COLUMN question smallint NOT NULL DEFAULT 0 CHECK (question BETWEEN 0 AND 50);
COMMENT ON COLUMN khoacu.script.question IS '0: the whole part; 1, 2, …: the answer to this question, marked by itself. Marks of a part add up';
ALTER TABLE khoacu.script ADD UNIQUE (blind_id, component, question);
ALTER TABLE khoacu.script_identity ADD COLUMN question smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN khoacu.script_identity.question IS 'As in script';
ALTER TABLE khoacu.script_identity DROP CONSTRAINT script_identity_candidate_id_component_key;
ALTER TABLE khoacu.script_identity DROP CONSTRAINT script_identity_blind_id_component_fkey;
ALTER TABLE khoacu.script DROP CONSTRAINT script_blind_id_component_key;
ALTER TABLE khoacu.script_identity ADD UNIQUE (candidate_id, component, question);
ALTER TABLE khoacu.script_identity ADD FOREIGN KEY (blind_id, component, question)
  REFERENCES khoacu.script (blind_id, component, question);

ALTER TABLE khoacu.marking_assignment DROP CONSTRAINT marking_assignment_marking_round_check;
ALTER TABLE khoacu.marking_assignment ADD CONSTRAINT marking_assignment_marking_round_check CHECK (marking_round BETWEEN 1 AND 9);
COMMENT ON COLUMN khoacu.marking_assignment.marking_round IS
  '1 and 2: the first two markers; 3: the third; 4 and 5: another pair; 6 and 7: re-markers on appeal; 8: their third; 9: a re-mark that the chief marker asks for';

CREATE TABLE khoacu.mark_final (
  blind_id      bigint NOT NULL,
  marking_round smallint NOT NULL,
  revision      integer NOT NULL,
  final_at      timestamptz NOT NULL,
  PRIMARY KEY (blind_id, marking_round),
  FOREIGN KEY (blind_id, marking_round, revision) REFERENCES khoacu.mark
);
COMMENT ON TABLE khoacu.mark_final IS 'The revision of a mark that its marker declared final; from then on it cannot be changed, and only then may others see it';
COMMENT ON COLUMN khoacu.mark_final.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.mark_final.marking_round IS 'The round';
COMMENT ON COLUMN khoacu.mark_final.revision IS 'Which revision counts';
COMMENT ON COLUMN khoacu.mark_final.final_at IS 'When';

CREATE TABLE khoacu.script_settlement (
  blind_id   bigint NOT NULL REFERENCES khoacu.script,
  revision   integer NOT NULL CHECK (revision BETWEEN 1 AND 1000),
  source     text NOT NULL CHECK (source IN ('marks', 'panel', 'appeal')),
  status     text NOT NULL CHECK (status IN ('awarded', 'absent', 'suspended', 'void')),
  value      numeric(5,2) CHECK (value BETWEEN 0 AND 100),
  why        text NOT NULL CHECK (length(why) BETWEEN 1 AND 60),
  derivation text NOT NULL CHECK (length(derivation) BETWEEN 2 AND 20000),
  settled_by bigint REFERENCES khoacu.staff,
  settled_at timestamptz NOT NULL,
  PRIMARY KEY (blind_id, revision),
  CHECK ((status = 'awarded') = (value IS NOT NULL))
);
COMMENT ON TABLE khoacu.script_settlement IS 'What counts of a script, settled from its marks by the scheme of the pack; append-only, the highest revision counts. Only functions of the schema write it';
COMMENT ON COLUMN khoacu.script_settlement.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.script_settlement.revision IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_settlement.source IS 'marks: of markers; panel: of the members of a panel; appeal: after the freeze, by a decided appeal';
COMMENT ON COLUMN khoacu.script_settlement.status IS 'As of mark';
COMMENT ON COLUMN khoacu.script_settlement.value IS 'The mark that counts';
COMMENT ON COLUMN khoacu.script_settlement.why IS 'What settled it: a key of settle.h (mean, nearest_pair, head, …) or the status';
COMMENT ON COLUMN khoacu.script_settlement.derivation IS 'JSON: the marks, the gap, the tier and whose word it was';
COMMENT ON COLUMN khoacu.script_settlement.settled_by IS 'Whose word settled it; NULL: the scheme alone';
COMMENT ON COLUMN khoacu.script_settlement.settled_at IS 'When';

CREATE FUNCTION khoacu.script_settlement_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  -- Waits for a freeze under way, which holds the cycle FOR UPDATE, and is seen by one that comes later.
  PERFORM 1 FROM script s JOIN cycle c ON c.cycle_id = s.cycle_id WHERE s.blind_id = NEW.blind_id FOR KEY SHARE OF c;
  IF EXISTS (SELECT 1 FROM script s JOIN marks_freeze f ON f.cycle_id = s.cycle_id WHERE s.blind_id = NEW.blind_id)
     <> (NEW.source = 'appeal') THEN
    RAISE EXCEPTION 'before the freeze marks and panels settle a script, after it a decided appeal alone' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.value > (SELECT s.mark_max FROM script s WHERE s.blind_id = NEW.blind_id) THEN
    RAISE EXCEPTION 'what counts is at most the highest mark of the script' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.revision <> 1 + coalesce((SELECT max(l.revision) FROM script_settlement l WHERE l.blind_id = NEW.blind_id), 0) THEN
    RAISE EXCEPTION 'revisions of a settlement follow each other' USING ERRCODE = 'check_violation';
  END IF;
  NEW.settled_at := clock_timestamp();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.script_settlement_guard() IS 'Refuses settlements after the freeze but by appeal, above the scale, or out of order';
REVOKE ALL ON FUNCTION khoacu.script_settlement_guard() FROM PUBLIC;
CREATE TRIGGER script_settlement_guard BEFORE INSERT ON khoacu.script_settlement
  FOR EACH ROW EXECUTE FUNCTION khoacu.script_settlement_guard();

GRANT SELECT ON khoacu.mark_final, khoacu.script_settlement TO khoacu_server, khoacu_worker, khoacu_auditor;
