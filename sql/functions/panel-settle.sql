-- A dialogue is signed when all who marked have signed its text.
CREATE OR REPLACE FUNCTION khoacu.panel_dialogue_signed(p_hearing_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT NOT EXISTS (SELECT 1 FROM panel_markers(p_hearing_id) k
                      WHERE NOT EXISTS (SELECT 1 FROM panel_signature s
                                         WHERE s.panel_id = h.panel_id AND s.document = lpad(to_hex(p_hearing_id), 16, '0')
                                           AND s.staff_id = k.staff_id AND s.sha256 = d.sha256))
    FROM panel_hearing h JOIN panel_dialogue d ON d.hearing_id = h.hearing_id WHERE h.hearing_id = p_hearing_id
$$;
COMMENT ON FUNCTION khoacu.panel_dialogue_signed IS 'Whether all who marked signed the minutes of the dialogue; NULL: there was none';
REVOKE ALL ON FUNCTION khoacu.panel_dialogue_signed FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_totals(p_hearing_id bigint) RETURNS TABLE (place smallint, total numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT k.place, sum(m.value) FROM panel_markers(p_hearing_id) k JOIN panel_mark m ON m.hearing_id = p_hearing_id AND m.staff_id = k.staff_id
   GROUP BY k.place
$$;
COMMENT ON FUNCTION khoacu.panel_totals IS 'What each member gave in all';
REVOKE ALL ON FUNCTION khoacu.panel_totals FROM PUBLIC;

-- What settles a hearing, once all marks are in; no row before.
CREATE OR REPLACE FUNCTION khoacu.do_panel_facts(p_hearing_id bigint)
RETURNS TABLE (pack_id text, pack_version bigint, mark_max numeric, mark_step numeric, totals bigint[], ratings bigint[], dialogue boolean, signed boolean,
               agreed numeric, head boolean, head_up boolean, head_mark numeric, chair boolean, chair_mark numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT c.pack_id, c.pack_version::bigint, (SELECT sum(k.mark_max) FROM panel_criterion k WHERE k.panel_id = p.panel_id),
         (SELECT min(k.mark_step) FROM panel_criterion k WHERE k.panel_id = p.panel_id),
         (SELECT array_agg((t.total * 100)::bigint ORDER BY t.place) FROM panel_totals(h.hearing_id) t),
         (SELECT array_agg((m.value * 100)::bigint ORDER BY k.place, m.criterion) FROM panel_markers(h.hearing_id) k
            JOIN panel_mark m ON m.hearing_id = h.hearing_id AND m.staff_id = k.staff_id),
         d.hearing_id IS NOT NULL, coalesce(panel_dialogue_signed(h.hearing_id), false), d.agreed,
         w.hearing_id IS NOT NULL, w.hearing_id IS NOT NULL AND w.value IS NULL, w.value, v.hearing_id IS NOT NULL, v.value
    FROM panel_hearing h
    JOIN panel p ON p.panel_id = h.panel_id
    JOIN cycle c ON c.cycle_id = p.cycle_id
    LEFT JOIN panel_dialogue d ON d.hearing_id = h.hearing_id
    LEFT JOIN panel_word w ON w.hearing_id = h.hearing_id AND w.office = 'head'
    LEFT JOIN panel_word v ON v.hearing_id = h.hearing_id AND v.office = 'chair'
   WHERE h.hearing_id = p_hearing_id AND h.state = 'open'
$$;
COMMENT ON FUNCTION khoacu.do_panel_facts IS 'The marks and words that settle a hearing; no row before all marks are in, and none afterwards';
REVOKE ALL ON FUNCTION khoacu.do_panel_facts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_facts TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.panel_holds(p_op text, p_left numeric, p_right numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_op WHEN 'lt' THEN p_left < p_right WHEN 'le' THEN p_left <= p_right WHEN 'eq' THEN p_left = p_right
                   WHEN 'ge' THEN p_left >= p_right WHEN 'gt' THEN p_left > p_right END
$$;
COMMENT ON FUNCTION khoacu.panel_holds IS 'A comparison that is named in a pack';
REVOKE ALL ON FUNCTION khoacu.panel_holds FROM PUBLIC;

-- What the scheme makes of the marks, found here once more, so that no program settles otherwise.
CREATE OR REPLACE FUNCTION khoacu.panel_judge(p_hearing_id bigint, OUT act text, OUT gap numeric, OUT mean numeric, OUT vetoed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle bigint;
  v_scheme jsonb;
  v_veto jsonb;
  v_totals numeric[];
  v_high integer;
  v_low integer;
  v_sum numeric;
  v_n integer;
  v_to numeric;
BEGIN
  SELECT p.cycle_id INTO v_cycle FROM panel_hearing h JOIN panel p ON p.panel_id = h.panel_id WHERE h.hearing_id = p_hearing_id;
  SELECT r.body::jsonb #> '{marking,veto}' INTO v_veto
    FROM cycle c JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version WHERE c.cycle_id = v_cycle;
  v_scheme := panel_scheme(v_cycle);
  SELECT array_agg(t.total * 100 ORDER BY t.total) INTO v_totals FROM panel_totals(p_hearing_id) t;
  v_n := cardinality(v_totals);
  gap := (v_totals[v_n] - v_totals[1]) / 100;
  SELECT t.tier ->> 'do' INTO act FROM jsonb_array_elements(v_scheme -> 'tiers') WITH ORDINALITY AS t (tier, n)
   WHERE NOT t.tier ? 'op' OR panel_holds(t.tier ->> 'op', gap, (t.tier ->> 'value')::numeric) ORDER BY t.n LIMIT 1;
  v_high := coalesce((v_scheme #>> '{trim,high}')::integer, 0);
  v_low := coalesce((v_scheme #>> '{trim,low}')::integer, 0);
  v_to := (v_scheme #>> '{round,to}')::numeric * 100;
  SELECT sum(m) INTO v_sum FROM unnest(v_totals[v_low + 1:v_n - v_high]) AS n (m);
  mean := div(2 * v_sum + (v_n - v_high - v_low) * v_to, 2 * (v_n - v_high - v_low) * v_to) * v_to / 100;
  vetoed := v_veto IS NOT NULL AND EXISTS (
    SELECT 1 FROM panel_markers(p_hearing_id) k JOIN panel_mark m ON m.hearing_id = p_hearing_id AND m.staff_id = k.staff_id
     GROUP BY m.criterion
    HAVING panel_holds(v_veto ->> 'share_op', count(*) FILTER (WHERE panel_holds(v_veto ->> 'op', m.value, (v_veto ->> 'value')::numeric)),
                       v_n * (v_veto ->> 'share')::numeric));
END
$$;
COMMENT ON FUNCTION khoacu.panel_judge IS 'The tier of the gap, the rounded mean and the veto of a hearing whose marks are in';
REVOKE ALL ON FUNCTION khoacu.panel_judge FROM PUBLIC;

-- Keeps what the scheme makes of a hearing. A mark that the scheme, a signed dialogue or the word of the head or the chair
-- does not give is refused.
CREATE OR REPLACE FUNCTION khoacu.do_panel_reckon(p_hearing_id bigint, p_next text, p_why text, p_gap numeric, p_value numeric,
                                                  p_vi text, p_en text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  j record;
  d record;
  v_head numeric;
  v_chair numeric;
  v_should numeric;
BEGIN
  PERFORM 1 FROM panel_hearing h WHERE h.hearing_id = p_hearing_id AND h.state = 'open' FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'state';
    RETURN;
  END IF;
  SELECT t.act, t.gap, t.mean, t.vetoed INTO j FROM panel_judge(p_hearing_id) t;
  SELECT g.agreed, panel_dialogue_signed(p_hearing_id) AS signed INTO d FROM panel_dialogue g WHERE g.hearing_id = p_hearing_id;
  SELECT w.value INTO v_head FROM panel_word w WHERE w.hearing_id = p_hearing_id AND w.office = 'head';
  SELECT w.value INTO v_chair FROM panel_word w WHERE w.hearing_id = p_hearing_id AND w.office = 'chair';
  v_should := CASE
    WHEN j.vetoed THEN 0
    WHEN j.act = 'mean' THEN j.mean
    WHEN j.act = 'dialogue' AND d.signed THEN coalesce(d.agreed, v_head, v_chair)
    WHEN j.act = 'dialogue_then_head' AND d.signed THEN coalesce(v_head, v_chair)
    WHEN j.act = 'head' THEN coalesce(v_head, v_chair)
    WHEN j.act = 'chair' THEN v_chair END;
  IF p_gap <> j.gap OR (p_next = 'settled') <> (v_should IS NOT NULL) OR p_value IS DISTINCT FROM v_should OR (p_why = 'veto') <> j.vetoed THEN
    RAISE EXCEPTION 'the scheme of the pack gives another mark' USING ERRCODE = 'check_violation';
  END IF;
  UPDATE panel_hearing h SET next = p_next, why = p_why, gap = p_gap, value = p_value, sentence_vi = p_vi, sentence_en = p_en,
         state = CASE WHEN p_next = 'settled' THEN 'settled' ELSE 'open' END, status = CASE WHEN p_next = 'settled' THEN 'awarded' END
   WHERE h.hearing_id = p_hearing_id;
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_reckon IS 'Settles a hearing, or keeps what the scheme asks for next';
REVOKE ALL ON FUNCTION khoacu.do_panel_reckon FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_reckon TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_panel_dialogue(p_hearing_id bigint, p_staff_id bigint, p_minutes text, p_agreed numeric, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  v_next text;
  v_max numeric;
  v_step numeric;
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{secretary}') t;
  SELECT h.next INTO v_next FROM panel_hearing h WHERE h.hearing_id = p_hearing_id;
  SELECT sum(k.mark_max), min(k.mark_step) INTO v_max, v_step FROM panel_criterion k WHERE k.panel_id = f.panel_id;
  IF f.outcome IS NOT NULL THEN
    outcome := f.outcome;
  ELSIF f.state <> 'open' OR v_next IS DISTINCT FROM 'dialogue' THEN
    outcome := 'state';
    detail := f.state;
  ELSIF p_agreed > v_max THEN
    outcome := 'off_scale';
  ELSIF NOT marking_word_steps((SELECT p.cycle_id FROM panel p WHERE p.panel_id = f.panel_id), 'interview', false, p_agreed, v_step) THEN
    outcome := 'off_step';
  ELSE
    INSERT INTO panel_dialogue (hearing_id, minutes, sha256, agreed, recorded_by, recorded_at)
    VALUES (p_hearing_id, p_minutes, sha256(convert_to(coalesce(p_agreed::numeric(5,2)::text, '-') || E'\n' || p_minutes, 'UTF8')), p_agreed, p_staff_id,
            clock_timestamp());
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_dialogue IS 'Keeps the minutes of the dialogue that the scheme asks for';
REVOKE ALL ON FUNCTION khoacu.do_panel_dialogue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_dialogue TO khoacu_server;

-- The head's or the chair's mark, by somebody who did not mark the candidate and is in no conflict.
CREATE OR REPLACE FUNCTION khoacu.do_panel_word(p_hearing_id bigint, p_staff_id bigint, p_value numeric, p_reason text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  v_next text;
  v_max numeric;
  v_step numeric;
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{}') t;
  SELECT h.next INTO v_next FROM panel_hearing h WHERE h.hearing_id = p_hearing_id;
  SELECT sum(k.mark_max), min(k.mark_step) INTO v_max, v_step FROM panel_criterion k WHERE k.panel_id = f.panel_id;
  IF f.outcome IS NOT NULL THEN
    outcome := f.outcome;
  ELSIF f.state <> 'open' OR v_next IS NULL OR v_next NOT IN ('head', 'chair') THEN
    outcome := 'state';
    detail := f.state;
  ELSIF NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id
                       AND r.role = CASE v_next WHEN 'head' THEN 'chief_marker' ELSE 'council_chair' END)
     OR EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = f.panel_id AND m.staff_id = p_staff_id)
     OR EXISTS (SELECT 1 FROM panel_word w WHERE w.hearing_id = p_hearing_id AND w.staff_id = p_staff_id) THEN
    outcome := 'forbidden';
  ELSIF panel_tied(f.candidate_id, p_staff_id) THEN
    outcome := 'conflict';
  ELSIF p_value > v_max OR p_value IS NULL AND v_next = 'chair' THEN
    outcome := 'off_scale';
  ELSIF p_value % v_step <> 0 THEN
    outcome := 'off_step';
  ELSE
    INSERT INTO panel_word (hearing_id, office, staff_id, value, reason, said_at)
    VALUES (p_hearing_id, v_next, p_staff_id, p_value, p_reason, clock_timestamp());
    outcome := 'done';
    detail := v_next;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_word IS 'Keeps the mark of the head, or of the chair of the council; without a value the head passes it up';
REVOKE ALL ON FUNCTION khoacu.do_panel_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_word TO khoacu_server;
