-- Substitutes: where conflicts of interest or illness leave a hearing fewer who mark than the scheme asks for, another member is
-- appointed before it begins. She marks in the hearings for which she was appointed, and in no other of the panel.
ALTER TABLE khoacu.panel_member ADD COLUMN substitute boolean NOT NULL DEFAULT false CHECK (NOT substitute OR office = 'member' AND NOT committee);
COMMENT ON COLUMN khoacu.panel_member.substitute IS 'Whether the person came later and marks only in the hearings that panel_substitute names';

CREATE TABLE khoacu.panel_substitute (
  hearing_id   bigint NOT NULL REFERENCES khoacu.panel_hearing,
  staff_id     bigint NOT NULL REFERENCES khoacu.staff,
  reason       text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 2000),
  appointed_by bigint NOT NULL REFERENCES khoacu.staff CHECK (appointed_by <> staff_id),
  appointed_at timestamptz NOT NULL,
  PRIMARY KEY (hearing_id, staff_id)
);
COMMENT ON TABLE khoacu.panel_substitute IS 'Members appointed to hearings that lacked them; append-only, written by do_panel_substitute alone';
COMMENT ON COLUMN khoacu.panel_substitute.hearing_id IS 'The hearing, which had not begun';
COMMENT ON COLUMN khoacu.panel_substitute.staff_id IS 'The substitute';
COMMENT ON COLUMN khoacu.panel_substitute.reason IS 'Why, in the words of who appointed her';
COMMENT ON COLUMN khoacu.panel_substitute.appointed_by IS 'Who appointed her: one who makes panels and does not sit in this one';
COMMENT ON COLUMN khoacu.panel_substitute.appointed_at IS 'When';

-- Who sits is fixed when the panel is made. Later only substitutes come, and nobody leaves.
CREATE FUNCTION khoacu.panel_member_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_panel panel%ROWTYPE;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'who sits in a panel stays in it' USING ERRCODE = 'check_violation';
  END IF;
  SELECT p.panel_id, p.cycle_id, p.state, p.made_by INTO v_panel.panel_id, v_panel.cycle_id, v_panel.state, v_panel.made_by
    FROM panel p WHERE p.panel_id = NEW.panel_id FOR UPDATE;
  IF NEW.substitute <> EXISTS (SELECT 1 FROM panel_hearing h WHERE h.panel_id = NEW.panel_id) THEN
    RAISE EXCEPTION 'a panel that has candidates takes substitutes, and a new one takes none' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.staff_id = v_panel.made_by THEN
    RAISE EXCEPTION 'who made a panel does not sit in it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.substitute AND (v_panel.state IN ('minuted', 'closed') OR panel_frozen(v_panel.cycle_id)) THEN
    RAISE EXCEPTION 'nobody comes to a panel whose minutes are fixed, or after the freeze' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.substitute AND (SELECT count(*) FROM panel_member m WHERE m.panel_id = NEW.panel_id AND m.office <> 'secretary') >= panel_most(v_panel.cycle_id) THEN
    RAISE EXCEPTION 'the panel has as many members as the pack allows' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_member_guard() IS 'Refuses members who come to a panel later except as substitutes within the pack''s number, its maker, and every change';
REVOKE ALL ON FUNCTION khoacu.panel_member_guard() FROM PUBLIC;
CREATE TRIGGER panel_member_guard BEFORE INSERT OR UPDATE OR DELETE ON khoacu.panel_member FOR EACH ROW EXECUTE FUNCTION khoacu.panel_member_guard();

-- A substitute comes before the hearing begins, where it lacks a member, by somebody who does not sit herself.
CREATE FUNCTION khoacu.panel_substitute_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_hearing panel_hearing%ROWTYPE;
  v_cycle bigint;
  v_state text;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'an appointment stays as it was made' USING ERRCODE = 'check_violation';
  END IF;
  SELECT h.panel_id, h.candidate_id, h.state INTO v_hearing.panel_id, v_hearing.candidate_id, v_hearing.state
    FROM panel_hearing h WHERE h.hearing_id = NEW.hearing_id FOR UPDATE;
  SELECT p.cycle_id, p.state INTO v_cycle, v_state FROM panel p WHERE p.panel_id = v_hearing.panel_id FOR SHARE;
  IF v_state IN ('minuted', 'closed') OR panel_frozen(v_cycle) THEN
    RAISE EXCEPTION 'nobody comes to a panel whose minutes are fixed, or after the freeze' USING ERRCODE = 'check_violation';
  END IF;
  IF v_hearing.state <> 'waiting' OR EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = NEW.hearing_id) THEN
    RAISE EXCEPTION 'nobody comes to a hearing that has begun' USING ERRCODE = 'check_violation';
  END IF;
  IF panel_lacks(NEW.hearing_id) = 0 THEN
    RAISE EXCEPTION 'a hearing that has its members takes no substitute' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = v_hearing.panel_id AND m.staff_id = NEW.staff_id AND m.substitute)
     OR EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = v_hearing.panel_id AND m.staff_id = NEW.appointed_by) THEN
    RAISE EXCEPTION 'a substitute of the panel is appointed by one who does not sit in it' USING ERRCODE = 'check_violation';
  END IF;
  IF panel_tied(v_hearing.candidate_id, NEW.staff_id) OR panel_own_unit(v_hearing.candidate_id, NEW.staff_id) THEN
    RAISE EXCEPTION 'members of the panel without a conflict of interest mark' USING ERRCODE = 'check_violation';
  END IF;
  NEW.appointed_at := clock_timestamp();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_substitute_guard() IS 'Refuses substitutes in hearings that have begun or lack nobody, who are tied to the candidate, appointed by a member, and every change';
REVOKE ALL ON FUNCTION khoacu.panel_substitute_guard() FROM PUBLIC;
CREATE TRIGGER panel_substitute_guard BEFORE INSERT OR UPDATE OR DELETE ON khoacu.panel_substitute
  FOR EACH ROW EXECUTE FUNCTION khoacu.panel_substitute_guard();

-- As before, and a substitute only where she was appointed.
CREATE OR REPLACE FUNCTION khoacu.panel_mark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_hearing panel_hearing%ROWTYPE;
BEGIN
  SELECT h.hearing_id, h.panel_id, h.candidate_id, h.place, h.state INTO v_hearing FROM panel_hearing h WHERE h.hearing_id = NEW.hearing_id;
  IF TG_OP = 'UPDATE' OR v_hearing.state <> 'marking' THEN
    RAISE EXCEPTION 'a panel marks once, after the questions' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_sitting(NEW.hearing_id) k WHERE k.staff_id = NEW.staff_id) OR panel_tied(v_hearing.candidate_id, NEW.staff_id) THEN
    RAISE EXCEPTION 'members of the panel without a conflict of interest mark' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_criterion k WHERE k.panel_id = v_hearing.panel_id AND k.criterion = NEW.criterion
                    AND NEW.value <= k.mark_max AND NEW.value % k.mark_step = 0) THEN
    RAISE EXCEPTION 'a mark is at most the highest of its criterion and a multiple of its step' USING ERRCODE = 'check_violation';
  END IF;
  NEW.final_at := clock_timestamp();
  RETURN NEW;
END
$$;

GRANT SELECT ON khoacu.panel_substitute TO khoacu_server, khoacu_auditor;
