-- A substitute for the hearings that have not begun and lack a member; whom something keeps from a candidate sits for the others.
-- Every outcome but done is to be rolled back.
CREATE OR REPLACE FUNCTION khoacu.do_panel_substitute(p_panel_id bigint, p_staff_id bigint, p_person text, p_reason text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_panel panel%ROWTYPE;
  v_person bigint;
  v_seat text;
  v_lacking bigint[];
  v_free bigint[];
BEGIN
  PERFORM 1 FROM panel_hearing h WHERE h.panel_id = p_panel_id ORDER BY h.hearing_id FOR UPDATE;
  SELECT p.panel_id, p.cycle_id, p.state, p.made_by INTO v_panel.panel_id, v_panel.cycle_id, v_panel.state, v_panel.made_by
    FROM panel p WHERE p.panel_id = p_panel_id FOR UPDATE;
  SELECT s.staff_id INTO v_person FROM staff s WHERE s.login_name = p_person AND s.state = 'active';
  SELECT CASE WHEN m.substitute THEN 'substitute' ELSE m.office END INTO v_seat FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = v_person;
  detail := p_person;
  IF v_panel.panel_id IS NULL THEN
    outcome := 'not_found';
  ELSIF NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role IN ('hr_officer', 'chief_marker'))
     OR EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = p_staff_id) THEN
    outcome := 'forbidden';
    detail := NULL;
  ELSIF panel_frozen(v_panel.cycle_id) THEN
    outcome := 'frozen';
    detail := NULL;
  ELSIF v_panel.state IN ('minuted', 'closed') THEN
    outcome := 'closed';
    detail := NULL;
  ELSIF btrim(p_reason) = '' OR p_reason IS NULL THEN
    outcome := 'reason';
    detail := NULL;
  ELSIF v_person IS NULL THEN
    outcome := 'unknown_person';
  ELSIF v_person IN (p_staff_id, v_panel.made_by) THEN
    outcome := 'maker_sits';
  ELSIF v_seat <> 'substitute' THEN
    outcome := 'sits_twice';
  ELSIF NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = v_person AND r.role = 'examiner') THEN
    outcome := 'not_examiner';
  ELSIF v_seat IS NULL AND (SELECT count(*) FROM panel_member m WHERE m.panel_id = p_panel_id AND m.office <> 'secretary') >= panel_most(v_panel.cycle_id) THEN
    outcome := 'too_many';
    detail := panel_most(v_panel.cycle_id)::text;
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT array_agg(h.hearing_id) INTO v_lacking FROM panel_hearing h
   WHERE h.panel_id = p_panel_id AND h.state = 'waiting' AND panel_lacks(h.hearing_id) > 0
     AND NOT EXISTS (SELECT 1 FROM panel_substitute u WHERE u.hearing_id = h.hearing_id AND u.staff_id = v_person);
  IF v_lacking IS NULL AND v_seat IS NULL THEN
    outcome := 'whole';
    detail := NULL;
    RETURN;
  END IF;
  -- As when a panel is made: whoever changes units later keeps the candidates from whom she was kept.
  INSERT INTO marking_exclusion (blind_id, marker_id, why)
  SELECT i.blind_id, v_person, 'unit'
    FROM panel_hearing h
    JOIN script_identity i ON i.candidate_id = h.candidate_id AND i.component = 'interview'
   WHERE h.hearing_id = ANY (v_lacking) AND panel_own_unit(h.candidate_id, v_person)
   ORDER BY i.blind_id
  ON CONFLICT DO NOTHING;
  SELECT array_agg(h.hearing_id) INTO v_free FROM panel_hearing h
   WHERE h.hearing_id = ANY (v_lacking) AND NOT panel_tied(h.candidate_id, v_person) AND NOT panel_own_unit(h.candidate_id, v_person);
  IF v_free IS NULL THEN
    outcome := CASE WHEN v_seat IS NULL THEN 'conflict' ELSE 'done' END;
    detail := CASE WHEN v_seat IS NULL THEN p_person ELSE 'repeated' END;
    RETURN;
  END IF;
  INSERT INTO panel_member (panel_id, staff_id, office, place, substitute)
  SELECT p_panel_id, v_person, 'member', max(m.place) + 1, true FROM panel_member m WHERE m.panel_id = p_panel_id AND v_seat IS NULL HAVING v_seat IS NULL;
  INSERT INTO panel_substitute (hearing_id, staff_id, reason, appointed_by, appointed_at)
  SELECT f.id, v_person, p_reason, p_staff_id, clock_timestamp() FROM unnest(v_free) AS f (id) ORDER BY f.id;
  outcome := 'done';
  detail := cardinality(v_free)::text;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_substitute IS 'Appoints a substitute to the hearings of a panel that have not begun and lack a member; detail: to how many';
REVOKE ALL ON FUNCTION khoacu.do_panel_substitute FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_substitute TO khoacu_server;
