-- Who marks what by a draw that anybody can draw again, and how two marks become one: exclusions, leases, calls and words.
CREATE TABLE khoacu.marking_kinship (
  marker_id    bigint NOT NULL REFERENCES khoacu.staff,
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  relation     text NOT NULL CHECK (length(relation) BETWEEN 1 AND 200),
  declared_by  bigint NOT NULL REFERENCES khoacu.staff,
  declared_at  timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, marker_id, candidate_id),
  CHECK (declared_by <> marker_id)
);
COMMENT ON TABLE khoacu.marking_kinship IS 'Declared ties between examiners and candidates, taken until the scripts of the cycle have codes; append-only';
COMMENT ON COLUMN khoacu.marking_kinship.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.marking_kinship.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.marking_kinship.cycle_id IS 'The cycle of the candidate';
COMMENT ON COLUMN khoacu.marking_kinship.relation IS 'What ties them, in words';
COMMENT ON COLUMN khoacu.marking_kinship.declared_by IS 'The script officer who entered it';
COMMENT ON COLUMN khoacu.marking_kinship.declared_at IS 'When';
CREATE TABLE khoacu.marking_draw (
  draw_id      bigint PRIMARY KEY CHECK (draw_id > 0),
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  component    text NOT NULL CHECK (component IN ('written', 'interview')),
  per_script   smallint NOT NULL CHECK (per_script BETWEEN 1 AND 2),
  marker_ids   bigint[] NOT NULL CHECK (cardinality(marker_ids) BETWEEN 1 AND 2000),
  scripts      integer NOT NULL CHECK (scripts > 0),
  commitment   bytea NOT NULL CHECK (octet_length(commitment) = 32),
  committed_at timestamptz NOT NULL,
  UNIQUE (cycle_id, component)
);
COMMENT ON TABLE khoacu.marking_draw IS 'What a draw of markers is held over, committed to before anybody names the numbers that decide it; append-only';
COMMENT ON COLUMN khoacu.marking_draw.draw_id IS 'Random id';
COMMENT ON COLUMN khoacu.marking_draw.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.marking_draw.component IS 'The part';
COMMENT ON COLUMN khoacu.marking_draw.per_script IS 'How many mark each script';
COMMENT ON COLUMN khoacu.marking_draw.marker_ids IS 'Examiners, ascending';
COMMENT ON COLUMN khoacu.marking_draw.scripts IS 'How many scripts';
COMMENT ON COLUMN khoacu.marking_draw.commitment IS 'SHA-256 over scripts, examiners and excluded pairs (allocation.h)';
COMMENT ON COLUMN khoacu.marking_draw.committed_at IS 'When';

CREATE TABLE khoacu.marking_draw_outcome (
  draw_id  bigint PRIMARY KEY REFERENCES khoacu.marking_draw,
  entropy  text NOT NULL CHECK (length(entropy) BETWEEN 1 AND 4000),
  seed     bytea NOT NULL CHECK (octet_length(seed) = 32),
  outcome  bytea NOT NULL CHECK (octet_length(outcome) = 32),
  least    integer NOT NULL,
  most     integer NOT NULL CHECK (most >= least),
  drawn_by bigint NOT NULL REFERENCES khoacu.staff,
  drawn_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.marking_draw_outcome IS 'A draw that was held; append-only';
COMMENT ON COLUMN khoacu.marking_draw_outcome.draw_id IS 'The draw';
COMMENT ON COLUMN khoacu.marking_draw_outcome.entropy IS 'Who gave which numbers, as they go into the seed';
COMMENT ON COLUMN khoacu.marking_draw_outcome.seed IS 'The seed';
COMMENT ON COLUMN khoacu.marking_draw_outcome.outcome IS 'SHA-256 over the allocation (allocation.h)';
COMMENT ON COLUMN khoacu.marking_draw_outcome.least IS 'Scripts of the examiner with the fewest';
COMMENT ON COLUMN khoacu.marking_draw_outcome.most IS 'And with the most';
COMMENT ON COLUMN khoacu.marking_draw_outcome.drawn_by IS 'Who held it';
COMMENT ON COLUMN khoacu.marking_draw_outcome.drawn_at IS 'When';

CREATE TABLE khoacu.marking_exclusion (
  blind_id  bigint NOT NULL REFERENCES khoacu.script,
  marker_id bigint NOT NULL REFERENCES khoacu.staff,
  why       text NOT NULL CHECK (why IN ('unit', 'kinship', 'handled', 'conflict', 'given_back')),
  PRIMARY KEY (blind_id, marker_id)
);
COMMENT ON TABLE khoacu.marking_exclusion IS 'Who must not mark which script. It tells something of who wrote it: no role reads it, functions do';
COMMENT ON COLUMN khoacu.marking_exclusion.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_exclusion.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.marking_exclusion.why IS 'Works in a unit that the candidate applied to; is tied to her; handled the codes; says so; gave it back';

CREATE TABLE khoacu.marking_redraw (
  blind_id      bigint NOT NULL,
  marking_round smallint NOT NULL,
  number        smallint NOT NULL CHECK (number BETWEEN 1 AND 200),
  draw_id       bigint NOT NULL REFERENCES khoacu.marking_draw,
  eligible      bigint[] NOT NULL CHECK (cardinality(eligible) BETWEEN 1 AND 2000),
  marker_id     bigint NOT NULL REFERENCES khoacu.staff,
  replaced_id   bigint REFERENCES khoacu.staff,
  why           text NOT NULL CHECK (why IN ('round', 'conflict', 'given_back', 'chief')),
  reason        text CHECK (length(reason) BETWEEN 1 AND 2000),
  drawn_at      timestamptz NOT NULL,
  PRIMARY KEY (blind_id, marking_round, number),
  FOREIGN KEY (blind_id, marking_round) REFERENCES khoacu.marking_assignment
);
COMMENT ON TABLE khoacu.marking_redraw IS 'Markers drawn one by one after the draw, by its seed; append-only';
COMMENT ON COLUMN khoacu.marking_redraw.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_redraw.marking_round IS 'The round';
COMMENT ON COLUMN khoacu.marking_redraw.number IS '1, 2, … of this script and round';
COMMENT ON COLUMN khoacu.marking_redraw.draw_id IS 'The draw whose seed decides';
COMMENT ON COLUMN khoacu.marking_redraw.eligible IS 'Among whom, ascending: not excluded, never had the script, and with the fewest such scripts';
COMMENT ON COLUMN khoacu.marking_redraw.marker_id IS 'On whom it fell';
COMMENT ON COLUMN khoacu.marking_redraw.replaced_id IS 'In whose place; NULL: a round that the scheme asks for';
COMMENT ON COLUMN khoacu.marking_redraw.why IS 'round: asked for by the scheme; conflict, given_back: by the marker; chief: taken from a marker';
COMMENT ON COLUMN khoacu.marking_redraw.reason IS 'In words';
COMMENT ON COLUMN khoacu.marking_redraw.drawn_at IS 'When';
CREATE INDEX marking_redraw_marker ON khoacu.marking_redraw (draw_id, marker_id);
COMMENT ON INDEX khoacu.marking_redraw_marker IS 'Serves marking_round_open';

CREATE TABLE khoacu.marking_lease (
  blind_id      bigint NOT NULL,
  marking_round smallint NOT NULL,
  marker_id     bigint NOT NULL REFERENCES khoacu.staff,
  leased_at     timestamptz NOT NULL,
  leased_until  timestamptz NOT NULL,
  PRIMARY KEY (blind_id, marking_round),
  FOREIGN KEY (blind_id, marking_round) REFERENCES khoacu.marking_assignment
);
COMMENT ON TABLE khoacu.marking_lease IS 'Scripts that markers have open; while a lease runs nobody takes the script away';
COMMENT ON COLUMN khoacu.marking_lease.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_lease.marking_round IS 'The round';
COMMENT ON COLUMN khoacu.marking_lease.marker_id IS 'Who has it open';
COMMENT ON COLUMN khoacu.marking_lease.leased_at IS 'When it was opened first';
COMMENT ON COLUMN khoacu.marking_lease.leased_until IS 'Until when, unless renewed';

CREATE TABLE khoacu.marking_call (
  blind_id  bigint NOT NULL REFERENCES khoacu.script,
  position  smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  next      text NOT NULL CHECK (next IN ('marks', 'dialogue', 'minutes', 'head', 'chair', 'collective')),
  stage     text NOT NULL CHECK (stage IN ('tiers', 'third', 'pair', 'change', 'status')),
  tier      smallint NOT NULL,
  gap       numeric(5,2) NOT NULL CHECK (gap >= 0),
  called_at timestamptz NOT NULL,
  PRIMARY KEY (blind_id, position)
);
COMMENT ON TABLE khoacu.marking_call IS 'What the scheme asked for when marks stood apart; append-only, the last one is where a script stands until it is settled';
COMMENT ON COLUMN khoacu.marking_call.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_call.position IS '1, 2, …';
COMMENT ON COLUMN khoacu.marking_call.next IS 'A key of settle.h: more marks, a dialogue, its minutes, or somebody''s word';
COMMENT ON COLUMN khoacu.marking_call.stage IS 'Whose marks: tiers of the first two, third, pair; status: one gave a mark and the other a status';
COMMENT ON COLUMN khoacu.marking_call.tier IS 'Which tier of the scheme, from 0';
COMMENT ON COLUMN khoacu.marking_call.gap IS 'How far the marks stand apart';
COMMENT ON COLUMN khoacu.marking_call.called_at IS 'When';

CREATE TABLE khoacu.marking_word (
  blind_id bigint NOT NULL REFERENCES khoacu.script,
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  kind     text NOT NULL CHECK (kind IN ('dialogue', 'head', 'chair', 'collective')),
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  said     text NOT NULL CHECK (said IN ('agreed', 'differ', 'decided', 'passed_up')),
  status   text CHECK (status IN ('awarded', 'absent', 'suspended', 'void')),
  value    numeric(5,2) CHECK (value BETWEEN 0 AND 100),
  words    text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
  said_at  timestamptz NOT NULL,
  PRIMARY KEY (blind_id, position),
  CHECK ((kind = 'dialogue') = (said IN ('agreed', 'differ'))),
  CHECK ((said IN ('agreed', 'decided')) = (status IS NOT NULL)),
  CHECK ((status IS NOT DISTINCT FROM 'awarded') = (value IS NOT NULL)),
  CHECK (said <> 'passed_up' OR kind = 'head')
);
COMMENT ON TABLE khoacu.marking_word IS 'Minutes of dialogues as each marker signs them, and the words of head, chair and board; append-only';
COMMENT ON COLUMN khoacu.marking_word.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.marking_word.position IS '1, 2, …';
COMMENT ON COLUMN khoacu.marking_word.kind IS 'dialogue: a marker signs its minutes, her last signature counts; head of the board, chair of the council, board together';
COMMENT ON COLUMN khoacu.marking_word.staff_id IS 'Whose word';
COMMENT ON COLUMN khoacu.marking_word.said IS 'agreed on a mark or differ still; decided, or passed up to the chair';
COMMENT ON COLUMN khoacu.marking_word.status IS 'As of mark';
COMMENT ON COLUMN khoacu.marking_word.value IS 'The mark';
COMMENT ON COLUMN khoacu.marking_word.words IS 'Minutes or reason';
COMMENT ON COLUMN khoacu.marking_word.said_at IS 'When';

CREATE FUNCTION khoacu.marking_kinship_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  -- Waits for an opening of scripts, which holds the cycle FOR UPDATE.
  PERFORM 1 FROM cycle c WHERE c.cycle_id = NEW.cycle_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM script s WHERE s.cycle_id = NEW.cycle_id) THEN
    RAISE EXCEPTION 'ties are declared before the scripts have codes' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM candidate c WHERE c.candidate_id = NEW.candidate_id AND c.cycle_id = NEW.cycle_id) THEN
    RAISE EXCEPTION 'the candidate is of another cycle' USING ERRCODE = 'check_violation';
  END IF;
  NEW.declared_at := clock_timestamp();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.marking_kinship_guard() IS 'Refuses ties that are declared when scripts have codes, or of another cycle';
REVOKE ALL ON FUNCTION khoacu.marking_kinship_guard() FROM PUBLIC;
CREATE TRIGGER marking_kinship_guard BEFORE INSERT ON khoacu.marking_kinship
  FOR EACH ROW EXECUTE FUNCTION khoacu.marking_kinship_guard();

-- Whoever writes assignments, the worker as well: never to one who must not mark the script. One check for all rows of a
-- statement, because a draw writes some hundred thousand.
CREATE FUNCTION khoacu.marking_assignment_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM new_rows n JOIN marking_exclusion x ON x.blind_id = n.blind_id AND x.marker_id = n.marker_id)
     OR EXISTS (SELECT 1 FROM new_rows n JOIN staff_role r ON r.staff_id = n.marker_id AND r.role = 'script_officer') THEN
    RAISE EXCEPTION 'this examiner must not mark this script' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM 1 FROM cycle c WHERE c.cycle_id IN (SELECT s.cycle_id FROM new_rows n JOIN script s ON s.blind_id = n.blind_id) FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM new_rows n JOIN script s ON s.blind_id = n.blind_id LEFT JOIN marks_freeze f ON f.cycle_id = s.cycle_id
              WHERE (f.cycle_id IS NOT NULL) <> (n.marking_round BETWEEN 6 AND 8)) THEN
    RAISE EXCEPTION 'after the freeze scripts go to re-markers of an appeal alone, and before it to nobody of them'
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM new_rows n JOIN mark_final f ON f.blind_id = n.blind_id AND f.marking_round = n.marking_round) THEN
    RAISE EXCEPTION 'a script whose mark is final stays with its marker' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION khoacu.marking_assignment_check() IS 'Refuses a script to whoever is excluded from it or handles codes, out of season, or from one who has marked it';
REVOKE ALL ON FUNCTION khoacu.marking_assignment_check() FROM PUBLIC;
CREATE TRIGGER marking_assignment_inserted AFTER INSERT ON khoacu.marking_assignment
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION khoacu.marking_assignment_check();
CREATE TRIGGER marking_assignment_updated AFTER UPDATE ON khoacu.marking_assignment
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION khoacu.marking_assignment_check();

GRANT SELECT, INSERT ON khoacu.marking_kinship TO khoacu_server;
GRANT SELECT ON khoacu.marking_kinship TO khoacu_worker;
GRANT SELECT ON khoacu.marking_draw, khoacu.marking_draw_outcome, khoacu.marking_lease, khoacu.marking_call, khoacu.marking_word TO khoacu_server;
-- Not the eligible: who is missing there was excluded.
GRANT SELECT (blind_id, marking_round, number, draw_id, marker_id, replaced_id, why, reason, drawn_at) ON khoacu.marking_redraw TO khoacu_server;
GRANT SELECT, INSERT ON khoacu.marking_draw, khoacu.marking_draw_outcome TO khoacu_worker;
GRANT INSERT ON khoacu.marking_exclusion TO khoacu_worker;
GRANT SELECT ON khoacu.marking_call, khoacu.marking_word TO khoacu_worker;
GRANT SELECT ON khoacu.marking_kinship, khoacu.marking_draw, khoacu.marking_draw_outcome, khoacu.marking_lease, khoacu.marking_call,
  khoacu.marking_word TO khoacu_auditor;
