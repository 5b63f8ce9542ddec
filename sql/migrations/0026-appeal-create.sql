-- Appeals: lodged in time against a published mark, marked again by two who never saw the script, decided by two persons.
CREATE TABLE khoacu.appeal (
  appeal_id    bigint PRIMARY KEY CHECK (appeal_id > 0),
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  component    text NOT NULL CHECK (component IN ('written', 'interview')),
  number       text NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 4000),
  lodged_by    bigint REFERENCES khoacu.staff,
  lodged_at    timestamptz NOT NULL,
  last_day     date NOT NULL,
  basis        text NOT NULL CHECK (length(basis) <= 400),
  UNIQUE (cycle_id, number),
  UNIQUE (candidate_id, component)
);
COMMENT ON TABLE khoacu.appeal IS 'Appeals against the mark of a part, one a part; append-only, written by do_appeal_lodge alone';
COMMENT ON COLUMN khoacu.appeal.appeal_id IS 'Random';
COMMENT ON COLUMN khoacu.appeal.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.appeal.candidate_id IS 'Whose mark it is';
COMMENT ON COLUMN khoacu.appeal.component IS 'The part';
COMMENT ON COLUMN khoacu.appeal.number IS 'On the receipt';
COMMENT ON COLUMN khoacu.appeal.reason IS 'Her words';
COMMENT ON COLUMN khoacu.appeal.lodged_by IS 'The officer who entered what came on paper; NULL: the candidate herself';
COMMENT ON COLUMN khoacu.appeal.lodged_at IS 'When';
COMMENT ON COLUMN khoacu.appeal.last_day IS 'Until when appeals were taken';
COMMENT ON COLUMN khoacu.appeal.basis IS 'The document by which they are';

CREATE TABLE khoacu.appeal_script (
  blind_id  bigint PRIMARY KEY REFERENCES khoacu.script,
  appeal_id bigint NOT NULL REFERENCES khoacu.appeal
);
CREATE INDEX appeal_script_appeal ON khoacu.appeal_script (appeal_id);
COMMENT ON TABLE khoacu.appeal_script IS 'The scripts behind an appeal; no role reads it, so that no marker learns whose script it is; append-only';
COMMENT ON COLUMN khoacu.appeal_script.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.appeal_script.appeal_id IS 'The appeal';
COMMENT ON INDEX khoacu.appeal_script_appeal IS 'Serves appeal_show, do_appeal_decide';

CREATE TABLE khoacu.appeal_act (
  appeal_id bigint NOT NULL REFERENCES khoacu.appeal,
  position  smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  act       text NOT NULL CHECK (act IN ('withdrawn', 'accepted', 'refused', 'returned')),
  acted_by  bigint REFERENCES khoacu.staff,
  reason    text CHECK (length(reason) BETWEEN 1 AND 2000),
  acted_at  timestamptz NOT NULL,
  PRIMARY KEY (appeal_id, position),
  CHECK ((act = 'withdrawn') = (acted_by IS NULL) AND (act = 'withdrawn' OR reason IS NOT NULL))
);
COMMENT ON TABLE khoacu.appeal_act IS 'What became of an appeal on its way; append-only';
COMMENT ON COLUMN khoacu.appeal_act.appeal_id IS 'The appeal';
COMMENT ON COLUMN khoacu.appeal_act.position IS '1, 2, …';
COMMENT ON COLUMN khoacu.appeal_act.act IS 'withdrawn by the candidate; accepted for re-marking; refused; returned: a proposal that the chair did not sign';
COMMENT ON COLUMN khoacu.appeal_act.acted_by IS 'Who; NULL: the candidate';
COMMENT ON COLUMN khoacu.appeal_act.reason IS 'Why';
COMMENT ON COLUMN khoacu.appeal_act.acted_at IS 'When';

CREATE TABLE khoacu.appeal_call (
  blind_id  bigint NOT NULL REFERENCES khoacu.appeal_script,
  position  smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  next      text NOT NULL CHECK (next IN ('marks', 'dialogue', 'minutes', 'head', 'chair', 'collective', 'settled')),
  stage     text NOT NULL CHECK (stage IN ('tiers', 'third', 'pair', 'change', 'status')),
  gap       numeric(5,2) NOT NULL CHECK (gap >= 0),
  called_at timestamptz NOT NULL,
  PRIMARY KEY (blind_id, position)
);
COMMENT ON TABLE khoacu.appeal_call IS 'What a re-marked script waits for by the scheme of the pack; append-only, the last one counts';
COMMENT ON COLUMN khoacu.appeal_call.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.appeal_call.position IS '1, 2, …';
COMMENT ON COLUMN khoacu.appeal_call.next IS 'What comes next: a key of settle.h';
COMMENT ON COLUMN khoacu.appeal_call.stage IS 'The round that asks: change is between the mark that stood and the new one; status: markers differ about more than a mark';
COMMENT ON COLUMN khoacu.appeal_call.gap IS 'The gap that asked';
COMMENT ON COLUMN khoacu.appeal_call.called_at IS 'When';

CREATE TABLE khoacu.appeal_word (
  blind_id bigint NOT NULL REFERENCES khoacu.appeal_script,
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  stage    text NOT NULL CHECK (stage IN ('tiers', 'third', 'pair', 'change', 'status')),
  kind     text NOT NULL CHECK (kind IN ('dialogue', 'head', 'chair', 'collective')),
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  said     text NOT NULL CHECK (said IN ('agreed', 'differ', 'decided', 'passed_up')),
  value    numeric(5,2) CHECK (value BETWEEN 0 AND 100),
  words    text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
  said_at  timestamptz NOT NULL,
  PRIMARY KEY (blind_id, position),
  CHECK ((kind = 'dialogue') = (said IN ('agreed', 'differ'))),
  CHECK ((said IN ('agreed', 'decided')) = (value IS NOT NULL)),
  CHECK (said <> 'passed_up' OR kind = 'head')
);
COMMENT ON TABLE khoacu.appeal_word IS 'Signatures under the minutes of a dialogue on appeal, and decisions of those above; append-only, the last one of a person counts';
COMMENT ON COLUMN khoacu.appeal_word.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.appeal_word.position IS '1, 2, …';
COMMENT ON COLUMN khoacu.appeal_word.stage IS 'What it was about, as of appeal_call';
COMMENT ON COLUMN khoacu.appeal_word.kind IS 'dialogue: one of its markers; head, chair, collective';
COMMENT ON COLUMN khoacu.appeal_word.staff_id IS 'Who signs';
COMMENT ON COLUMN khoacu.appeal_word.said IS 'agreed on a mark, or that they differ; decided a mark, or passed it up';
COMMENT ON COLUMN khoacu.appeal_word.value IS 'The mark agreed or decided';
COMMENT ON COLUMN khoacu.appeal_word.words IS 'The minutes, the same for all who sign them, or the reason of a decision';
COMMENT ON COLUMN khoacu.appeal_word.said_at IS 'When';

CREATE TABLE khoacu.appeal_proposal (
  appeal_id   bigint NOT NULL REFERENCES khoacu.appeal,
  number      smallint NOT NULL CHECK (number BETWEEN 1 AND 100),
  verdict     text NOT NULL CHECK (verdict IN ('changed', 'unchanged')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  trial_id    bigint NOT NULL UNIQUE CHECK (trial_id > 0),
  proposed_by bigint NOT NULL REFERENCES khoacu.staff,
  proposed_at timestamptz NOT NULL,
  PRIMARY KEY (appeal_id, number)
);
COMMENT ON TABLE khoacu.appeal_proposal IS 'The decision that an officer lays before the chair; append-only, the last one counts';
COMMENT ON COLUMN khoacu.appeal_proposal.appeal_id IS 'The appeal';
COMMENT ON COLUMN khoacu.appeal_proposal.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.appeal_proposal.verdict IS 'Whether the mark changes';
COMMENT ON COLUMN khoacu.appeal_proposal.reason IS 'Why, as the letter says it';
COMMENT ON COLUMN khoacu.appeal_proposal.trial_id IS 'The list as it would be, a ranking_trial once the worker has computed it';
COMMENT ON COLUMN khoacu.appeal_proposal.proposed_by IS 'The officer, first of two who approve';
COMMENT ON COLUMN khoacu.appeal_proposal.proposed_at IS 'When';

CREATE TABLE khoacu.appeal_proposal_mark (
  appeal_id  bigint NOT NULL,
  number     smallint NOT NULL,
  blind_id   bigint NOT NULL REFERENCES khoacu.appeal_script,
  status     text NOT NULL CHECK (status IN ('awarded', 'absent', 'suspended', 'void')),
  before     numeric(5,2),
  value      numeric(5,2) NOT NULL CHECK (value BETWEEN 0 AND 100),
  why        text NOT NULL CHECK (length(why) BETWEEN 1 AND 60),
  derivation text NOT NULL CHECK (length(derivation) BETWEEN 2 AND 20000),
  PRIMARY KEY (appeal_id, number, blind_id),
  FOREIGN KEY (appeal_id, number) REFERENCES khoacu.appeal_proposal
);
COMMENT ON TABLE khoacu.appeal_proposal_mark IS 'The marks of a proposal, script by script; append-only';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.appeal_id IS 'The appeal';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.number IS 'The proposal';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.status IS 'What stood, as of script_settlement';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.before IS 'The mark that stood; NULL: none';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.value IS 'The mark that counts then';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.why IS 'What settled it: a key of settle.h';
COMMENT ON COLUMN khoacu.appeal_proposal_mark.derivation IS 'JSON: the marks, the gaps and the sentences that explain it';

CREATE TABLE khoacu.appeal_decision (
  appeal_id  bigint PRIMARY KEY REFERENCES khoacu.appeal,
  number     smallint NOT NULL,
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at timestamptz NOT NULL,
  FOREIGN KEY (appeal_id, number) REFERENCES khoacu.appeal_proposal
);
COMMENT ON TABLE khoacu.appeal_decision IS 'Appeals that the chair decided by signing a proposal; append-only';
COMMENT ON COLUMN khoacu.appeal_decision.appeal_id IS 'The appeal';
COMMENT ON COLUMN khoacu.appeal_decision.number IS 'The proposal';
COMMENT ON COLUMN khoacu.appeal_decision.reason IS 'The chair''s words';
COMMENT ON COLUMN khoacu.appeal_decision.decided_by IS 'The chair, second of two who approve';
COMMENT ON COLUMN khoacu.appeal_decision.decided_at IS 'When';

CREATE TABLE khoacu.appeal_extension (
  cycle_id    bigint NOT NULL REFERENCES khoacu.cycle,
  number      smallint NOT NULL CHECK (number BETWEEN 1 AND 15),
  days        smallint NOT NULL CHECK (days BETWEEN 1 AND 15),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  extended_by bigint NOT NULL REFERENCES khoacu.staff,
  extended_at timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, number)
);
COMMENT ON TABLE khoacu.appeal_extension IS 'More days for deciding appeals, at most 15 in all; append-only';
COMMENT ON COLUMN khoacu.appeal_extension.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.appeal_extension.number IS '1, 2, …';
COMMENT ON COLUMN khoacu.appeal_extension.days IS 'How many';
COMMENT ON COLUMN khoacu.appeal_extension.reason IS 'Why';
COMMENT ON COLUMN khoacu.appeal_extension.extended_by IS 'The chair';
COMMENT ON COLUMN khoacu.appeal_extension.extended_at IS 'When';

-- Nobody rewrites what was said about an appeal, whoever asks.
CREATE FUNCTION khoacu.appeal_unchanged() RETURNS trigger LANGUAGE plpgsql SET search_path = khoacu, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'what was recorded of an appeal stays' USING ERRCODE = 'check_violation';
END
$$;
COMMENT ON FUNCTION khoacu.appeal_unchanged() IS 'Refuses changes';
REVOKE ALL ON FUNCTION khoacu.appeal_unchanged() FROM PUBLIC;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY '{appeal,appeal_script,appeal_act,appeal_call,appeal_word,appeal_proposal,appeal_proposal_mark,appeal_decision,appeal_extension}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON khoacu.%I FOR EACH ROW EXECUTE FUNCTION khoacu.appeal_unchanged()', t || '_unchanged', t);
  END LOOP;
END
$$;

CREATE FUNCTION khoacu.appeal_extension_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NEW.days + (SELECT coalesce(sum(e.days), 0) FROM appeal_extension e WHERE e.cycle_id = NEW.cycle_id) > 15
     OR NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = NEW.extended_by AND r.role = 'council_chair') THEN
    RAISE EXCEPTION 'the chair extends by at most 15 days in all' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.appeal_extension_guard() IS 'Refuses more than 15 days in all, and anybody but the chair';
REVOKE ALL ON FUNCTION khoacu.appeal_extension_guard() FROM PUBLIC;
CREATE TRIGGER appeal_extension_guard BEFORE INSERT ON khoacu.appeal_extension
  FOR EACH ROW EXECUTE FUNCTION khoacu.appeal_extension_guard();

-- A settlement by appeal is the mark of the proposal that the chair signed, and nothing else.
CREATE FUNCTION khoacu.appeal_settlement_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NEW.source = 'appeal' AND NOT EXISTS (
       SELECT 1 FROM appeal_proposal_mark m
         JOIN appeal_decision d ON d.appeal_id = m.appeal_id AND d.number = m.number
         JOIN appeal_proposal p ON p.appeal_id = m.appeal_id AND p.number = m.number
        WHERE m.blind_id = NEW.blind_id AND m.value = NEW.value AND NEW.status = 'awarded' AND p.proposed_by <> d.decided_by
          AND d.decided_by IS NOT DISTINCT FROM NEW.settled_by) THEN
    RAISE EXCEPTION 'after the freeze a mark changes by an appeal that two persons decided' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.appeal_settlement_guard() IS 'Refuses settlements of source appeal without its decision';
REVOKE ALL ON FUNCTION khoacu.appeal_settlement_guard() FROM PUBLIC;
CREATE TRIGGER appeal_settlement_guard BEFORE INSERT ON khoacu.script_settlement
  FOR EACH ROW EXECUTE FUNCTION khoacu.appeal_settlement_guard();

-- Rounds 6 to 8 are of accepted appeals that are not decided, whoever assigns.
CREATE FUNCTION khoacu.appeal_open(p_blind_id bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM appeal_script s JOIN appeal_act a ON a.appeal_id = s.appeal_id AND a.act = 'accepted'
                  WHERE s.blind_id = p_blind_id
                    AND NOT EXISTS (SELECT 1 FROM appeal_decision d WHERE d.appeal_id = s.appeal_id))
$$;
COMMENT ON FUNCTION khoacu.appeal_open IS 'Whether a script is being marked again on appeal';
REVOKE ALL ON FUNCTION khoacu.appeal_open FROM PUBLIC;
CREATE FUNCTION khoacu.appeal_assignment_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NEW.marking_round BETWEEN 6 AND 8
     AND (NOT appeal_open(NEW.blind_id)
          OR EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = NEW.blind_id AND m.marker_id = NEW.marker_id)
          OR EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = NEW.blind_id AND a.marker_id = NEW.marker_id)
          OR EXISTS (SELECT 1 FROM appeal_script s JOIN appeal p ON p.appeal_id = s.appeal_id JOIN appeal_act t ON t.appeal_id = s.appeal_id
                      WHERE s.blind_id = NEW.blind_id AND NEW.marker_id IN (p.lodged_by, t.acted_by))) THEN
    RAISE EXCEPTION 'only an accepted appeal is marked again, by fresh markers' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.appeal_assignment_guard() IS 'Refuses re-marking without an accepted appeal, and by whoever marked the script or acted in the appeal';
REVOKE ALL ON FUNCTION khoacu.appeal_assignment_guard() FROM PUBLIC;
CREATE TRIGGER appeal_assignment_guard BEFORE INSERT OR UPDATE ON khoacu.marking_assignment
  FOR EACH ROW EXECUTE FUNCTION khoacu.appeal_assignment_guard();

-- After the freeze marks of re-markers alone are taken, while their appeal is open.
CREATE OR REPLACE FUNCTION khoacu.mark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  of_script script%ROWTYPE;
  frozen boolean;
BEGIN
  SELECT s.blind_id, s.cycle_id, s.component, s.mark_max, s.mark_step INTO of_script FROM script s WHERE s.blind_id = NEW.blind_id;
  IF NOT EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = NEW.blind_id AND a.marking_round = NEW.marking_round
                    AND a.marker_id = NEW.marker_id) THEN
    RAISE EXCEPTION 'a script is marked by the examiner to whom it was assigned' USING ERRCODE = 'check_violation';
  END IF;
  -- Waits for a freeze under way, which holds the cycle FOR UPDATE, and is seen by one that comes later.
  PERFORM 1 FROM cycle c WHERE c.cycle_id = of_script.cycle_id FOR KEY SHARE;
  frozen := EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = of_script.cycle_id);
  IF frozen AND NOT (NEW.marking_round BETWEEN 6 AND 8 AND appeal_open(NEW.blind_id)) THEN
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

GRANT SELECT ON khoacu.appeal, khoacu.appeal_act, khoacu.appeal_proposal, khoacu.appeal_decision, khoacu.appeal_extension TO khoacu_server;
GRANT SELECT ON khoacu.appeal, khoacu.appeal_act, khoacu.appeal_call, khoacu.appeal_word, khoacu.appeal_proposal, khoacu.appeal_proposal_mark,
  khoacu.appeal_decision, khoacu.appeal_extension TO khoacu_auditor;
