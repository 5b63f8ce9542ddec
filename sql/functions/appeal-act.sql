-- Acts in an appeal. The tables are written by these functions alone, each of which checks what must hold whoever asks.

CREATE OR REPLACE FUNCTION khoacu.do_appeal_lodge(
  p_appeal_id bigint, p_candidate_id bigint, p_component text, p_reason text, p_staff_id bigint,
  OUT outcome text, OUT number text, OUT last_day date, OUT basis text, OUT part text, OUT lodged_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle bigint;
  v_part jsonb;
  v_released timestamptz;
  v_known record;
BEGIN
  lodged_at := clock_timestamp();
  SELECT c.cycle_id INTO v_cycle FROM candidate k JOIN cycle c ON c.cycle_id = k.cycle_id WHERE k.candidate_id = p_candidate_id FOR UPDATE OF c;
  v_part := appeal_part(v_cycle, p_component);
  part := v_part ->> 'code';
  basis := appeal_basis(v_cycle);
  SELECT w.released_at, w.last_day INTO v_released, last_day FROM appeal_window(v_cycle) w;
  SELECT a.number, a.reason, a.lodged_at INTO v_known FROM appeal a WHERE a.candidate_id = p_candidate_id AND a.component = p_component;
  outcome := CASE
    WHEN v_cycle IS NULL THEN 'no_candidate'
    WHEN p_staff_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer') THEN 'forbidden'
    WHEN v_part IS NULL THEN 'no_part'
    WHEN NOT coalesce((v_part ->> 'remark')::boolean, false) OR p_component NOT IN ('written', 'interview') THEN 'no_remark'
    WHEN v_released IS NULL OR v_released > lodged_at THEN 'not_released'
    WHEN v_known.number IS NOT NULL THEN CASE WHEN v_known.reason = p_reason THEN 'repeated' ELSE 'exists' END
    WHEN (lodged_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > last_day THEN 'late'
    WHEN NOT EXISTS (SELECT 1 FROM script_identity i
                      WHERE i.candidate_id = p_candidate_id AND i.component = p_component
                        AND (SELECT l.status FROM script_settlement l WHERE l.blind_id = i.blind_id ORDER BY l.revision DESC LIMIT 1) = 'awarded') THEN 'no_mark'
    ELSE 'lodged' END;
  IF outcome = 'repeated' THEN
    number := v_known.number;
    lodged_at := v_known.lodged_at;
  ELSIF outcome = 'lodged' THEN
    SELECT 'PK-' || lpad((count(*) + 1)::text, 4, '0') INTO number FROM appeal a WHERE a.cycle_id = v_cycle;
    INSERT INTO appeal (appeal_id, cycle_id, candidate_id, component, number, reason, lodged_by, lodged_at, last_day, basis)
    VALUES (p_appeal_id, v_cycle, p_candidate_id, p_component, do_appeal_lodge.number, p_reason, p_staff_id, do_appeal_lodge.lodged_at,
            do_appeal_lodge.last_day, do_appeal_lodge.basis);
    INSERT INTO appeal_script (blind_id, appeal_id)
    SELECT i.blind_id, p_appeal_id FROM script_identity i
     WHERE i.candidate_id = p_candidate_id AND i.component = p_component
       AND (SELECT l.status FROM script_settlement l WHERE l.blind_id = i.blind_id ORDER BY l.revision DESC LIMIT 1) = 'awarded';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_lodge IS 'Takes an appeal; outcome lodged, repeated, no_candidate, forbidden, no_part, no_remark, not_released, exists, late or no_mark';
REVOKE ALL ON FUNCTION khoacu.do_appeal_lodge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_lodge TO khoacu_server;

-- For the functions below: the next act of an appeal.
CREATE OR REPLACE FUNCTION khoacu.appeal_act_add(p_appeal_id bigint, p_act text, p_staff_id bigint, p_reason text) RETURNS void
LANGUAGE sql SET search_path = khoacu, pg_temp AS $$
  INSERT INTO appeal_act (appeal_id, position, act, acted_by, reason, acted_at)
  SELECT p_appeal_id, coalesce(max(a.position), 0) + 1, p_act, p_staff_id, p_reason, clock_timestamp() FROM appeal_act a WHERE a.appeal_id = p_appeal_id
$$;
COMMENT ON FUNCTION khoacu.appeal_act_add IS 'Notes an act';
REVOKE ALL ON FUNCTION khoacu.appeal_act_add FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_withdraw(p_appeal_id bigint, p_candidate_id bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
BEGIN
  PERFORM 1 FROM appeal a WHERE a.appeal_id = p_appeal_id AND a.candidate_id = p_candidate_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'no_appeal';
  END IF;
  v_state := appeal_state(p_appeal_id);
  IF v_state = 'lodged' THEN
    PERFORM appeal_act_add(p_appeal_id, 'withdrawn', NULL, NULL);
    RETURN 'withdrawn';
  END IF;
  RETURN CASE v_state WHEN 'withdrawn' THEN 'repeated' ELSE 'begun' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_withdraw IS 'Takes one''s own appeal back before re-marking begins; withdrawn, repeated, begun or no_appeal';
REVOKE ALL ON FUNCTION khoacu.do_appeal_withdraw FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_withdraw TO khoacu_server;

-- Accepts, which gives every script a fresh code and draws two fresh markers for it, or refuses.
CREATE OR REPLACE FUNCTION khoacu.do_appeal_verdict(p_appeal_id bigint, p_staff_id bigint, p_verdict text, p_reason text, OUT outcome text, OUT draws integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_appeal record;
  v_script record;
  v_drawn record;
BEGIN
  draws := 0;
  SELECT a.appeal_id, a.lodged_by INTO v_appeal FROM appeal a WHERE a.appeal_id = p_appeal_id FOR UPDATE;
  outcome := CASE
    WHEN v_appeal.appeal_id IS NULL THEN 'no_appeal'
    WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer') THEN 'forbidden'
    WHEN appeal_state(p_appeal_id) <> 'lodged' THEN 'decided'
    WHEN v_appeal.lodged_by = p_staff_id THEN 'same_person'
    WHEN appeal_touched(p_appeal_id, p_staff_id) THEN 'marked'
    ELSE p_verdict END;
  IF outcome NOT IN ('accepted', 'refused') THEN
    RETURN;
  END IF;
  PERFORM appeal_act_add(p_appeal_id, p_verdict, p_staff_id, p_reason);
  IF p_verdict = 'accepted' THEN
    INSERT INTO appeal_code (blind_id, code)
    SELECT s.blind_id, script_random_id() FROM appeal_script s WHERE s.appeal_id = p_appeal_id ORDER BY s.blind_id;
    FOR v_script IN
      SELECT s.blind_id, r.marking_round FROM appeal_script s CROSS JOIN (VALUES (6::smallint), (7::smallint)) AS r (marking_round)
       WHERE s.appeal_id = p_appeal_id ORDER BY s.blind_id, r.marking_round
    LOOP
      SELECT r.outcome INTO v_drawn FROM marking_redraw_one(v_script.blind_id, v_script.marking_round, NULL, 'round', NULL) r;
      IF v_drawn.outcome <> 'drawn' THEN
        outcome := v_drawn.outcome; -- the caller takes everything back
        RETURN;
      END IF;
      draws := draws + 1;
    END LOOP;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_verdict IS 'accepted, refused, no_appeal, forbidden, decided, same_person, marked; nobody or no_draw, after which the caller rolls back';
REVOKE ALL ON FUNCTION khoacu.do_appeal_verdict FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_verdict TO khoacu_server;

-- A third re-marker, where the scheme asks for one.
CREATE OR REPLACE FUNCTION khoacu.do_appeal_third(p_blind_id bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  RETURN CASE
    WHEN EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marking_round = 8) THEN 'open'
    WHEN NOT appeal_open(p_blind_id)
      OR (SELECT count(*) FROM mark_final f WHERE f.blind_id = p_blind_id AND f.marking_round IN (6, 7)) < 2 THEN 'not_asked'
    ELSE (SELECT r.outcome FROM marking_redraw_one(p_blind_id, 8::smallint, NULL, 'round', NULL) r) END;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_third IS 'Draws the third re-marker; drawn, open, not_asked, nobody or no_draw';
REVOKE ALL ON FUNCTION khoacu.do_appeal_third FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_third TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_call(p_blind_id bigint, p_next text, p_stage text, p_gap numeric) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_last record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  IF NOT appeal_open(p_blind_id) OR (SELECT count(*) FROM mark_final f WHERE f.blind_id = p_blind_id AND f.marking_round IN (6, 7)) < 2 THEN
    RETURN 'refused';
  END IF;
  SELECT c.position, c.next, c.stage INTO v_last FROM appeal_call c WHERE c.blind_id = p_blind_id ORDER BY c.position DESC LIMIT 1;
  IF (v_last.next, v_last.stage) IS NOT DISTINCT FROM (p_next, p_stage) THEN
    RETURN 'same';
  END IF;
  INSERT INTO appeal_call (blind_id, position, next, stage, gap, called_at)
  VALUES (p_blind_id, coalesce(v_last.position, 0) + 1, p_next, p_stage, p_gap, clock_timestamp());
  RETURN 'called';
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_call IS 'Notes what a re-marked script waits for; called, same or refused';
REVOKE ALL ON FUNCTION khoacu.do_appeal_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_call TO khoacu_server;

-- Whose dialogue a stage is: of the change, first and second markers; of the re-marks, the re-markers.
CREATE OR REPLACE FUNCTION khoacu.appeal_markers(p_blind_id bigint, p_stage text) RETURNS TABLE (marker_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT DISTINCT m.marker_id
    FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
   WHERE f.blind_id = p_blind_id
     AND f.marking_round = ANY (marking_rounds(p_blind_id, CASE p_stage WHEN 'change' THEN '{1,2,6,7,8}'::smallint[]
                                                                        WHEN 'third' THEN '{6,7,8}' ELSE '{6,7}' END))
$$;
COMMENT ON FUNCTION khoacu.appeal_markers IS 'The markers whose dialogue a stage asks for';
REVOKE ALL ON FUNCTION khoacu.appeal_markers FROM PUBLIC;

-- The code by which somebody knows a script under appeal: who marked it first by the old one, everybody else by the fresh one.
CREATE OR REPLACE FUNCTION khoacu.appeal_code_for(p_blind_id bigint, p_staff_id bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce((SELECT c.code FROM appeal_code c
                    WHERE c.blind_id = p_blind_id
                      AND NOT EXISTS (SELECT 1 FROM marking_assignment a
                                       WHERE a.blind_id = p_blind_id AND a.marker_id = p_staff_id AND a.marking_round NOT BETWEEN 6 AND 8)), p_blind_id)
$$;
COMMENT ON FUNCTION khoacu.appeal_code_for IS 'The code under which somebody sees a script under appeal';
REVOKE ALL ON FUNCTION khoacu.appeal_code_for FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_word(
  p_code bigint, p_kind text, p_staff_id bigint, p_said text, p_value numeric, p_words text, OUT outcome text, OUT script_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_call record;
  v_own record;
  v_max numeric;
  v_step numeric;
  v_cycle bigint;
  v_component text;
  v_office text := CASE WHEN p_kind = 'chair' THEN 'council_chair' ELSE 'chief_marker' END;
  v_appeal bigint;
BEGIN
  script_id := coalesce((SELECT c.blind_id FROM appeal_code c WHERE c.code = p_code), p_code);
  PERFORM pg_advisory_xact_lock(script_id);
  SELECT s.appeal_id INTO v_appeal FROM appeal_script s WHERE s.blind_id = script_id;
  SELECT c.next, c.stage INTO v_call FROM appeal_call c WHERE c.blind_id = script_id ORDER BY c.position DESC LIMIT 1;
  SELECT s.mark_max, s.mark_step, s.cycle_id, s.component INTO v_max, v_step, v_cycle, v_component FROM script s WHERE s.blind_id = script_id;
  SELECT w.said, w.value, w.words INTO v_own FROM appeal_word w
   WHERE w.blind_id = script_id AND w.kind = p_kind AND w.staff_id = p_staff_id AND w.stage = v_call.stage ORDER BY w.position DESC LIMIT 1;
  outcome := CASE
    WHEN v_appeal IS NULL OR v_call.next IS NULL OR appeal_code_for(script_id, p_staff_id) <> p_code THEN 'not_yours'
    WHEN p_kind = 'dialogue' AND NOT EXISTS (SELECT 1 FROM appeal_markers(script_id, v_call.stage) k WHERE k.marker_id = p_staff_id) THEN 'not_yours'
    WHEN p_kind <> 'dialogue' AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = v_office) THEN 'not_yours'
    WHEN p_kind <> 'dialogue' AND appeal_touched(v_appeal, p_staff_id) THEN 'marked'
    WHEN NOT appeal_open(script_id) OR v_call.next = 'settled' THEN 'settled'
    WHEN (v_own.said, v_own.value, v_own.words) IS NOT DISTINCT FROM (p_said, p_value, p_words) THEN 'signed'
    WHEN NOT (CASE p_kind WHEN 'dialogue' THEN v_call.next IN ('dialogue', 'minutes') ELSE v_call.next = p_kind END) THEN 'not_asked'
    WHEN p_value > v_max OR (v_call.stage = 'status' AND p_value % v_step <> 0) THEN 'off_scale'
    WHEN NOT marking_word_steps(v_cycle, v_component, true, p_value, v_step) THEN 'off_step'
    ELSE 'taken' END;
  IF outcome = 'taken' THEN
    INSERT INTO appeal_word (blind_id, position, stage, kind, staff_id, said, value, words, said_at)
    SELECT script_id, coalesce(max(w.position), 0) + 1, v_call.stage, p_kind, p_staff_id, p_said, p_value, p_words, clock_timestamp()
      FROM appeal_word w WHERE w.blind_id = script_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_word IS 'A signature under minutes, or a decision, about the script that somebody knows by this code: script_id; taken, signed, not_yours, marked, settled, not_asked, off_scale or off_step';
REVOKE ALL ON FUNCTION khoacu.do_appeal_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_word TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_extend(p_cycle_id bigint, p_staff_id bigint, p_days integer, p_reason text, OUT outcome text, OUT decide_by date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_extended integer;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  SELECT w.decide_by, w.extended INTO decide_by, v_extended FROM appeal_window(p_cycle_id) w;
  outcome := CASE
    WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'council_chair') THEN 'forbidden'
    WHEN decide_by IS NULL THEN 'not_released'
    WHEN v_extended + p_days > 15 THEN 'too_long'
    ELSE 'extended' END;
  IF outcome = 'extended' THEN
    INSERT INTO appeal_extension (cycle_id, number, days, reason, extended_by, extended_at)
    SELECT p_cycle_id, count(*) + 1, p_days, p_reason, p_staff_id, clock_timestamp() FROM appeal_extension e WHERE e.cycle_id = p_cycle_id;
    decide_by := decide_by + p_days;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_extend IS 'More days for deciding; extended, forbidden, not_released or too_long';
REVOKE ALL ON FUNCTION khoacu.do_appeal_extend FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_extend TO khoacu_server;

GRANT EXECUTE ON FUNCTION khoacu.appeal_open TO khoacu_server;
