-- The decision of an appeal: what an officer proposes and the chair signs, and what must hold for it.

-- What speaks against a mark in an appeal: NULL when nothing does. The scheme itself is the program's; what must never be
-- missing is asked here again: both re-marks, every word that was called for, and the minutes of a large change.
CREATE OR REPLACE FUNCTION khoacu.appeal_fault(p_blind_id bigint, p_before numeric, p_value numeric, p_why text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_script record;
  v_finals record;
  v_signed boolean;
  v_agreed boolean;
BEGIN
  SELECT s.cycle_id, s.component, s.question, s.mark_max INTO v_script FROM script s WHERE s.blind_id = p_blind_id;
  SELECT count(*) AS marks, count(DISTINCT m.marker_id) AS markers, min(m.value) AS low, max(m.value) AS high INTO v_finals
    FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
   WHERE f.blind_id = p_blind_id AND f.marking_round BETWEEN 6 AND 8;
  IF v_finals.marks < 2 OR v_finals.markers <> v_finals.marks
     OR EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marking_round BETWEEN 6 AND 8
                   AND NOT EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = a.blind_id AND f.marking_round = a.marking_round)) THEN
    RETURN 'marks_missing';
  ELSIF p_value IS NULL OR p_value < 0 OR p_value > v_script.mark_max THEN
    RETURN 'off_scale';
  END IF;
  -- The last words of all who take part in the dialogue about the change, under the same minutes.
  SELECT count(DISTINCT (w.said, w.value, w.words)) = 1 AND count(*) = (SELECT count(*) FROM appeal_markers(p_blind_id, 'change'))
           AND count(*) FILTER (WHERE k.marking_first) > 0 AND count(*) FILTER (WHERE NOT k.marking_first) > 0,
         bool_and(w.said = 'agreed' AND w.value = p_value)
    INTO v_signed, v_agreed
    FROM (SELECT DISTINCT ON (w.staff_id) w.staff_id, w.said, w.value, w.words FROM appeal_word w
           WHERE w.blind_id = p_blind_id AND w.kind = 'dialogue' AND w.stage = 'change' ORDER BY w.staff_id, w.position DESC) w
    JOIN (SELECT m.marker_id, bool_or(f.marking_round NOT BETWEEN 6 AND 8) AS marking_first
            FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
           WHERE f.blind_id = p_blind_id GROUP BY m.marker_id) k ON k.marker_id = w.staff_id;
  v_signed := coalesce(v_signed, false);
  IF appeal_change_act(v_script.cycle_id, v_script.component, v_script.mark_max, v_script.question = 0, p_before, p_value) LIKE 'dialogue%'
     AND NOT v_signed THEN
    RETURN 'no_minutes';
  END IF;
  RETURN CASE
    WHEN p_why IN ('head', 'chair', 'collective') THEN
      CASE WHEN EXISTS (SELECT 1 FROM appeal_word w WHERE w.blind_id = p_blind_id AND w.kind = p_why AND w.said = 'decided' AND w.value = p_value) THEN NULL ELSE 'no_word' END
    WHEN p_why = 'agreed' THEN CASE WHEN v_signed AND v_agreed THEN NULL ELSE 'no_minutes' END
    WHEN p_why = 'kept' THEN CASE WHEN p_value = p_before THEN NULL ELSE 'outside' END
    WHEN p_value BETWEEN v_finals.low - 1 AND v_finals.high + 1 THEN NULL -- a mean is rounded, by less than one
    WHEN EXISTS (SELECT 1 FROM appeal_word w WHERE w.blind_id = p_blind_id AND w.stage <> 'change' AND w.said IN ('agreed', 'decided') AND w.value = p_value) THEN NULL
    ELSE 'outside' END;
END
$$;
COMMENT ON FUNCTION khoacu.appeal_fault IS 'What speaks against a mark on appeal: marks_missing, off_scale, no_minutes, no_word or outside; NULL: nothing';
REVOKE ALL ON FUNCTION khoacu.appeal_fault FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_propose(
  p_appeal_id bigint, p_staff_id bigint, p_reason text, p_trial_id bigint, p_blind_ids bigint[], p_values numeric[], p_whys text[], p_derivations text[],
  OUT outcome text, OUT number smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_fault text;
BEGIN
  PERFORM 1 FROM appeal a WHERE a.appeal_id = p_appeal_id FOR UPDATE;
  v_state := CASE WHEN FOUND THEN appeal_state(p_appeal_id) END;
  SELECT appeal_fault(m.blind_id, l.value, m.value, m.why) INTO v_fault
    FROM unnest(p_blind_ids, p_values, p_whys) AS m (blind_id, value, why)
    JOIN LATERAL (SELECT k.value FROM script_settlement k WHERE k.blind_id = m.blind_id ORDER BY k.revision DESC LIMIT 1) l ON true
   WHERE appeal_fault(m.blind_id, l.value, m.value, m.why) IS NOT NULL LIMIT 1;
  outcome := CASE
    WHEN v_state IS NULL THEN 'no_appeal'
    WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer') THEN 'forbidden'
    WHEN v_state IN ('withdrawn', 'refused', 'decided') THEN 'decided'
    WHEN v_state = 'proposed' THEN 'proposed'
    WHEN appeal_touched(p_appeal_id, p_staff_id) THEN 'marked'
    WHEN v_state <> 'settled' THEN 'marks_missing'
    WHEN (SELECT array_agg(s.blind_id ORDER BY s.blind_id) FROM appeal_script s WHERE s.appeal_id = p_appeal_id) IS DISTINCT FROM
         (SELECT array_agg(b ORDER BY b) FROM unnest(p_blind_ids) b) THEN 'marks_missing'
    ELSE coalesce(v_fault, 'recorded') END;
  IF outcome <> 'recorded' THEN
    RETURN;
  END IF;
  SELECT coalesce(max(p.number), 0) + 1 INTO number FROM appeal_proposal p WHERE p.appeal_id = p_appeal_id;
  INSERT INTO appeal_proposal (appeal_id, number, verdict, reason, trial_id, proposed_by, proposed_at)
  SELECT p_appeal_id, do_appeal_propose.number,
         CASE WHEN bool_and(m.value = l.value) THEN 'unchanged' ELSE 'changed' END, p_reason, p_trial_id, p_staff_id, clock_timestamp()
    FROM unnest(p_blind_ids, p_values) AS m (blind_id, value)
    JOIN LATERAL (SELECT k.value FROM script_settlement k WHERE k.blind_id = m.blind_id ORDER BY k.revision DESC LIMIT 1) l ON true;
  INSERT INTO appeal_proposal_mark (appeal_id, number, blind_id, status, before, value, why, derivation)
  SELECT p_appeal_id, do_appeal_propose.number, m.blind_id, l.status, l.value, m.value, m.why, m.derivation
    FROM unnest(p_blind_ids, p_values, p_whys, p_derivations) AS m (blind_id, value, why, derivation)
    JOIN LATERAL (SELECT k.status, k.value FROM script_settlement k WHERE k.blind_id = m.blind_id ORDER BY k.revision DESC LIMIT 1) l ON true;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_propose IS 'Lays a decision before the chair; recorded, no_appeal, forbidden, decided, proposed, marked, marks_missing or a word of appeal_fault';
REVOKE ALL ON FUNCTION khoacu.do_appeal_propose FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_propose TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_appeal_decide(
  p_appeal_id bigint, p_staff_id bigint, p_verdict text, p_reason text,
  OUT outcome text, OUT before numeric, OUT after numeric, OUT proposed_by bigint, OUT changed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_appeal record;
  v_proposal record;
  v_fault text;
BEGIN
  SELECT a.cycle_id, a.lodged_by INTO v_appeal FROM appeal a JOIN cycle c ON c.cycle_id = a.cycle_id WHERE a.appeal_id = p_appeal_id FOR UPDATE OF a, c;
  SELECT p.number, p.verdict, p.proposed_by, p.trial_id INTO v_proposal FROM appeal_proposal p WHERE p.appeal_id = p_appeal_id ORDER BY p.number DESC LIMIT 1;
  SELECT sum(m.before), sum(m.value) INTO before, after FROM appeal_proposal_mark m WHERE m.appeal_id = p_appeal_id AND m.number = v_proposal.number;
  proposed_by := v_proposal.proposed_by;
  changed := v_proposal.verdict = 'changed';
  SELECT appeal_fault(m.blind_id, m.before, m.value, m.why) INTO v_fault FROM appeal_proposal_mark m
   WHERE m.appeal_id = p_appeal_id AND m.number = v_proposal.number AND appeal_fault(m.blind_id, m.before, m.value, m.why) IS NOT NULL LIMIT 1;
  outcome := CASE
    WHEN v_appeal.cycle_id IS NULL THEN 'no_appeal'
    WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'council_chair') THEN 'forbidden'
    WHEN appeal_state(p_appeal_id) IN ('decided', 'withdrawn', 'refused') THEN 'decided'
    WHEN appeal_state(p_appeal_id) <> 'proposed' THEN 'not_proposed'
    WHEN p_staff_id = v_proposal.proposed_by OR p_staff_id = v_appeal.lodged_by THEN 'same_person'
    WHEN appeal_touched(p_appeal_id, p_staff_id) THEN 'marked'
    WHEN p_verdict = 'returned' THEN 'returned'
    WHEN NOT EXISTS (SELECT 1 FROM ranking_trial t WHERE t.trial_id = v_proposal.trial_id) THEN 'no_preview'
    ELSE coalesce(v_fault, 'approved') END;
  IF outcome = 'returned' THEN
    PERFORM appeal_act_add(p_appeal_id, 'returned', p_staff_id, p_reason);
  ELSIF outcome = 'approved' THEN
    INSERT INTO appeal_decision (appeal_id, number, reason, decided_by, decided_at)
    VALUES (p_appeal_id, v_proposal.number, p_reason, p_staff_id, clock_timestamp());
    INSERT INTO script_settlement (blind_id, revision, source, status, value, why, derivation, settled_by, settled_at)
    SELECT m.blind_id, (SELECT max(l.revision) + 1 FROM script_settlement l WHERE l.blind_id = m.blind_id), 'appeal', 'awarded', m.value, m.why,
           m.derivation, p_staff_id, clock_timestamp()
      FROM appeal_proposal_mark m
     WHERE m.appeal_id = p_appeal_id AND m.number = v_proposal.number AND m.value IS DISTINCT FROM m.before;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_appeal_decide IS 'The chair''s word on a proposal; approved, returned, no_appeal, forbidden, decided, not_proposed, same_person, marked, no_preview or a word of appeal_fault';
REVOKE ALL ON FUNCTION khoacu.do_appeal_decide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_appeal_decide TO khoacu_server;
