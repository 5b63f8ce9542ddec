-- From marks to what counts: what only these functions write, each within its bounds.

-- Notes what the scheme asks for; the same twice is noted once.
CREATE OR REPLACE FUNCTION khoacu.do_marking_call(
  p_blind_id bigint, p_next text, p_stage text, p_tier smallint, p_gap numeric, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_last marking_call%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  IF EXISTS (SELECT 1 FROM script_outcome l WHERE l.blind_id = p_blind_id)
     OR NOT EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = p_blind_id) THEN
    outcome := 'refused';
    RETURN;
  END IF;
  SELECT c.blind_id, c.position, c.next, c.stage, c.tier, c.gap, c.called_at INTO v_last
    FROM marking_call c WHERE c.blind_id = p_blind_id ORDER BY c.position DESC LIMIT 1;
  IF (v_last.next, v_last.stage, v_last.tier) IS NOT DISTINCT FROM (p_next, p_stage, p_tier) THEN
    outcome := 'same';
    RETURN;
  END IF;
  INSERT INTO marking_call (blind_id, position, next, stage, tier, gap, called_at)
  VALUES (p_blind_id, coalesce(v_last.position, 0) + 1, p_next, p_stage, p_tier, p_gap, clock_timestamp());
  outcome := 'called';
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_call IS 'Notes what a script waits for; outcome called, same or refused';
REVOKE ALL ON FUNCTION khoacu.do_marking_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_call TO khoacu_server;

-- Whether somebody is one of the markers whose marks a stage is about.
CREATE OR REPLACE FUNCTION khoacu.marking_takes_part(p_blind_id bigint, p_stage text, p_staff_id bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM marking_assignment a
                  WHERE a.blind_id = p_blind_id AND a.marker_id = p_staff_id
                    AND a.marking_round = ANY (marking_rounds(p_blind_id, CASE p_stage WHEN 'tiers' THEN '{1,2}'::smallint[]
                                                 WHEN 'third' THEN '{1,2,3}' WHEN 'pair' THEN '{4,5}' ELSE '{}' END)))
$$;
COMMENT ON FUNCTION khoacu.marking_takes_part IS 'Whether somebody is one of the markers of a stage';
REVOKE ALL ON FUNCTION khoacu.marking_takes_part FROM PUBLIC;

-- Marks that people agree or decide on: on the step of the script, or rounded as the scheme of the pack rounds a mean.
CREATE OR REPLACE FUNCTION khoacu.marking_word_steps(p_cycle_id bigint, p_component text, p_again boolean, p_value numeric, p_step numeric) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p_value IS NULL OR p_value % p_step = 0
      OR p_value % coalesce((SELECT (s.scheme #>> '{round,to}')::numeric
                               FROM cycle c
                               JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version
                              CROSS JOIN LATERAL jsonb_array_elements(r.body::jsonb #> '{marking,schemes}') AS s (scheme)
                              WHERE c.cycle_id = p_cycle_id AND s.scheme -> 'for' ? p_component AND s.scheme ? 'change' = p_again LIMIT 1), 0.01) = 0
$$;
COMMENT ON FUNCTION khoacu.marking_word_steps IS 'Whether a mark that was agreed or decided stands on the step of its script or where the scheme rounds; p_again: the scheme of re-marks';
REVOKE ALL ON FUNCTION khoacu.marking_word_steps FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_marking_word(
  p_blind_id bigint, p_kind text, p_staff_id bigint, p_said text, p_status text, p_value numeric, p_words text, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_script script%ROWTYPE;
  v_call marking_call%ROWTYPE;
  v_own marking_word%ROWTYPE;
  v_office text := CASE WHEN p_kind IN ('chair', 'sign') THEN 'council_chair' ELSE 'chief_marker' END;
  v_frozen boolean;
  v_since timestamptz; -- what was said before a re-mark was about other marks
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  SELECT s.blind_id, s.cycle_id, s.component, s.mark_max, s.mark_step, s.question INTO v_script
    FROM script s WHERE s.blind_id = p_blind_id;
  PERFORM 1 FROM cycle c WHERE c.cycle_id = v_script.cycle_id FOR KEY SHARE; -- a freeze under way is waited for
  SELECT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_script.cycle_id) INTO v_frozen;
  SELECT c.blind_id, c.position, c.next, c.stage, c.tier, c.gap, c.called_at INTO v_call
    FROM marking_call c WHERE c.blind_id = p_blind_id ORDER BY c.position DESC LIMIT 1;
  SELECT coalesce(max(r.asked_at), '-infinity') INTO v_since FROM script_remark r WHERE r.blind_id = p_blind_id;
  SELECT w.blind_id, w.position, w.kind, w.staff_id, w.said, w.status, w.value, w.words, w.said_at INTO v_own
    FROM marking_word w WHERE w.blind_id = p_blind_id AND w.kind = p_kind AND w.staff_id = p_staff_id AND w.said_at > v_since
   ORDER BY w.position DESC LIMIT 1;
  outcome := CASE
    WHEN v_script.blind_id IS NULL THEN 'not_yours'
    WHEN p_kind = 'dialogue' AND NOT marking_takes_part(p_blind_id, v_call.stage, p_staff_id) THEN 'not_yours'
    WHEN p_kind <> 'dialogue' AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = v_office) THEN 'not_yours'
    WHEN p_kind <> 'dialogue' AND (EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marker_id = p_staff_id)
                                   OR EXISTS (SELECT 1 FROM marking_redraw w WHERE w.blind_id = p_blind_id AND w.replaced_id = p_staff_id)
                                   OR EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = p_blind_id AND m.marker_id = p_staff_id)) THEN 'marked'
    WHEN p_kind = 'chair' AND EXISTS (SELECT 1 FROM marking_word w WHERE w.blind_id = p_blind_id AND w.kind = 'head'
                                         AND w.staff_id = p_staff_id) THEN 'marked'
    WHEN p_kind = 'sign' AND EXISTS (SELECT 1 FROM script_remark r WHERE r.blind_id = p_blind_id AND r.asked_by = p_staff_id) THEN 'marked'
    WHEN v_frozen THEN 'frozen'
    WHEN EXISTS (SELECT 1 FROM script_outcome l WHERE l.blind_id = p_blind_id) THEN 'settled'
    WHEN p_kind = 'dialogue' AND (v_own.said, v_own.status, v_own.value, v_own.words) IS NOT DISTINCT FROM (p_said, p_status, p_value, p_words) THEN 'signed'
    WHEN v_call.next IS NULL OR NOT (CASE p_kind WHEN 'dialogue' THEN v_call.next IN ('dialogue', 'minutes')
                                                 WHEN 'sign' THEN v_call.next = 'chair' AND v_call.stage = 'sign'
                                                 ELSE v_call.next = p_kind AND v_call.stage <> 'sign' END) THEN 'not_asked'
    WHEN p_value > v_script.mark_max THEN 'off_scale'
    WHEN NOT marking_word_steps(v_script.cycle_id, v_script.component, false, p_value, v_script.mark_step) THEN 'off_step'
    ELSE 'taken'
  END;
  IF outcome = 'taken' THEN
    INSERT INTO marking_word (blind_id, position, kind, staff_id, said, status, value, words, said_at)
    SELECT p_blind_id, coalesce(max(w.position), 0) + 1, p_kind, p_staff_id, p_said, p_status, p_value, p_words, clock_timestamp()
      FROM marking_word w WHERE w.blind_id = p_blind_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_word IS 'A signature under minutes or a decision; outcome taken, not_asked, not_yours, marked, signed, settled, frozen, off_scale or off_step';
REVOKE ALL ON FUNCTION khoacu.do_marking_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_word TO khoacu_server;

-- How many mark every script of the part, by its draw.
CREATE OR REPLACE FUNCTION khoacu.marking_needed(p_blind_id bigint) RETURNS smallint
LANGUAGE sql STABLE SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce((SELECT d.per_script FROM marking_draw d WHERE d.cycle_id = s.cycle_id AND d.component = s.component), 1::smallint)
    FROM script s WHERE s.blind_id = p_blind_id
$$;
COMMENT ON FUNCTION khoacu.marking_needed IS 'How many mark a script before anything counts';
REVOKE ALL ON FUNCTION khoacu.marking_needed FROM PUBLIC;

-- What counts of a script. Every mark that was asked for must be final; without a word the value lies between the marks.
CREATE OR REPLACE FUNCTION khoacu.do_marking_settle(
  p_blind_id bigint, p_status text, p_value numeric, p_why text, p_derivation text, p_by bigint, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_needed smallint := marking_needed(p_blind_id);
  v_remark record;
  v_finals record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  SELECT coalesce(max(r.asked_at), '-infinity') AS since, coalesce(bool_or(r.why = 'doubt'), false) AS doubted INTO v_remark
    FROM script_remark r WHERE r.blind_id = p_blind_id;
  SELECT count(*) AS marks, min(m.value) AS low, max(m.value) AS high, count(*) FILTER (WHERE m.status = p_status) AS alike INTO v_finals
    FROM mark_final f JOIN mark m ON m.blind_id = f.blind_id AND m.marking_round = f.marking_round AND m.revision = f.revision
   WHERE f.blind_id = p_blind_id AND f.marking_round = ANY (marking_rounds(p_blind_id, '{1,2,3,4,5}'));
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM script_outcome l WHERE l.blind_id = p_blind_id) THEN 'settled'
    WHEN v_needed IS NULL OR v_finals.marks < v_needed THEN 'marks_missing'
    WHEN EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND (a.marking_round <= 5 OR a.marking_round = 9)
                    AND NOT EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = a.blind_id AND f.marking_round = a.marking_round)) THEN 'marks_missing'
    WHEN p_why IN ('head', 'chair', 'collective') THEN
      CASE WHEN EXISTS (SELECT 1 FROM marking_word w WHERE w.blind_id = p_blind_id AND w.kind = p_why AND w.said = 'decided' AND w.said_at > v_remark.since
                           AND w.staff_id = p_by AND w.status = p_status AND w.value IS NOT DISTINCT FROM p_value) THEN 'kept' ELSE 'no_word' END
    WHEN p_why = 'agreed' THEN
      CASE WHEN (SELECT count(DISTINCT w.staff_id) FROM marking_word w WHERE w.blind_id = p_blind_id AND w.kind = 'dialogue' AND w.said_at > v_remark.since
                    AND w.said = 'agreed' AND w.value IS NOT DISTINCT FROM p_value) >= 2 THEN 'kept' ELSE 'no_word' END
    WHEN p_why IN ('suspected', 'proved') AND NOT EXISTS (
           SELECT 1 FROM marking_word w WHERE w.blind_id = p_blind_id AND w.kind = 'sign' AND w.said_at > v_remark.since AND w.staff_id = p_by
              AND w.said = CASE p_why WHEN 'proved' THEN 'proved' ELSE 'not_proved' END) THEN 'no_word'
    WHEN p_why = 'proved' THEN CASE WHEN p_status = 'awarded' AND p_value BETWEEN 0 AND v_finals.high THEN 'kept' ELSE 'outside' END
    WHEN p_by IS NOT NULL AND p_why <> 'suspected' THEN 'no_word'
    -- Of a script with a mark given anew, marks that the scheme asked for before are not asked for now.
    WHEN p_status <> 'awarded' THEN
      CASE WHEN v_finals.alike = v_finals.marks OR (v_remark.doubted AND v_finals.alike >= v_needed) THEN 'kept' ELSE 'no_word' END
    WHEN p_value BETWEEN v_finals.low - 1 AND v_finals.high + 1 THEN 'kept' -- a mean is rounded, by less than one
    ELSE 'outside'
  END;
  IF outcome = 'kept' THEN
    INSERT INTO script_settlement (blind_id, revision, source, status, value, why, derivation, settled_by, settled_at)
    SELECT p_blind_id, 1 + coalesce(max(l.revision), 0), 'marks', p_status, p_value, p_why, p_derivation, p_by, clock_timestamp()
      FROM script_settlement l WHERE l.blind_id = p_blind_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_settle IS 'Settles a script from its marks and words; outcome kept, settled, marks_missing, no_word or outside';
REVOKE ALL ON FUNCTION khoacu.do_marking_settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_settle TO khoacu_server;
