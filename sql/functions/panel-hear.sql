-- What stands between a person and an act in a hearing: NULL, or the outcome. The hearing is locked.
CREATE OR REPLACE FUNCTION khoacu.panel_hearing_fault(p_hearing_id bigint, p_staff_id bigint, p_offices text[], OUT outcome text,
                                                      OUT panel_id bigint, OUT state text, OUT candidate_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_panel text;
  v_cycle bigint;
BEGIN
  SELECT h.panel_id, h.state, h.candidate_id INTO panel_id, state, candidate_id
    FROM panel_hearing h WHERE h.hearing_id = p_hearing_id FOR UPDATE;
  SELECT p.state, p.cycle_id INTO v_panel, v_cycle FROM panel p WHERE p.panel_id = panel_hearing_fault.panel_id FOR SHARE;
  IF v_panel IS NULL OR NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = panel_hearing_fault.panel_id AND m.staff_id = p_staff_id)
     AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role IN ('chief_marker', 'council_chair')) THEN
    outcome := 'not_found';
  ELSIF cardinality(p_offices) > 0 AND NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = panel_hearing_fault.panel_id
          AND m.staff_id = p_staff_id AND m.office = ANY (p_offices)) THEN
    outcome := 'forbidden';
  ELSIF panel_frozen(v_cycle) THEN
    outcome := 'frozen';
  ELSIF v_panel IN ('minuted', 'closed') THEN
    outcome := 'closed';
  ELSIF v_panel <> 'drawn' THEN
    outcome := 'not_drawn';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.panel_hearing_fault IS 'Why somebody may not act in a hearing now; outcome NULL: she may';
REVOKE ALL ON FUNCTION khoacu.panel_hearing_fault FROM PUBLIC;

-- The next phase. A phase that ran over, a short round of questions and a call out of order need a reason. A hearing that has begun and
-- can no longer have its members, with no mark given, goes back to wait: it is heard anew when a substitute is there.
CREATE OR REPLACE FUNCTION khoacu.do_panel_phase(p_hearing_id bigint, p_staff_id bigint, p_to text, p_reason text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  v_panel panel%ROWTYPE;
  v_due timestamptz;
  v_began timestamptz;
  v_now timestamptz := clock_timestamp();
  v_place smallint;
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{secretary}') t;
  outcome := f.outcome;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT p.prepare_min, p.present_min, p.questions_min, p.questions_least, p.least
    INTO v_panel.prepare_min, v_panel.present_min, v_panel.questions_min, v_panel.questions_least, v_panel.least FROM panel p WHERE p.panel_id = f.panel_id;
  SELECT h.due_at, h.place INTO v_due, v_place FROM panel_hearing h WHERE h.hearing_id = p_hearing_id;
  SELECT max(e.began_at) INTO v_began FROM panel_phase e WHERE e.hearing_id = p_hearing_id;
  IF p_to = f.state THEN
    outcome := 'done';
  ELSIF p_to = 'waiting' THEN
    IF f.state IN ('open', 'settled') OR panel_lacks(p_hearing_id) = 0 OR EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = p_hearing_id) THEN
      outcome := 'state';
      detail := f.state;
    ELSIF p_reason IS NULL THEN
      outcome := 'reason';
    END IF;
  ELSIF (f.state, p_to) NOT IN (('waiting', 'called'), ('called', 'preparation'), ('preparation', 'presentation'), ('presentation', 'questions'),
          ('questions', 'marking'), ('waiting', 'absent'), ('called', 'absent'), ('called', 'suspended'), ('preparation', 'suspended'),
          ('presentation', 'suspended'), ('questions', 'suspended'))
        AND NOT ((f.state, p_to) = ('called', 'presentation') AND v_panel.prepare_min = 0)
        OR ((f.state, p_to) = ('called', 'preparation') AND v_panel.prepare_min = 0) THEN
    outcome := 'state';
    detail := f.state;
  ELSIF p_to = 'called' AND (SELECT count(*) FROM panel_markers(p_hearing_id)) < v_panel.least THEN
    outcome := 'too_few';
    detail := v_panel.least::text;
  ELSIF p_to = 'presentation' AND EXISTS (SELECT 1 FROM panel_hearing h WHERE h.panel_id = f.panel_id AND h.state IN ('presentation', 'questions')) THEN
    outcome := 'busy';
  ELSIF p_reason IS NULL AND (v_now > v_due OR p_to IN ('absent', 'suspended')
        OR p_to = 'called' AND EXISTS (SELECT 1 FROM panel_hearing h WHERE h.panel_id = f.panel_id AND h.state = 'waiting' AND h.place < v_place)
        OR p_to = 'marking' AND v_now < v_began + make_interval(mins => v_panel.questions_least)) THEN
    outcome := 'reason';
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO panel_phase (hearing_id, seq, phase, began_at, by_staff, over_s, reason)
  SELECT p_hearing_id, 1 + count(*), p_to, v_now, p_staff_id, greatest(0, coalesce(ceil(extract(epoch FROM v_now - v_due)), 0))::integer, p_reason
    FROM panel_phase e WHERE e.hearing_id = p_hearing_id;
  UPDATE panel_hearing h SET
         state = CASE WHEN p_to IN ('absent', 'suspended') THEN 'settled' ELSE p_to END,
         status = CASE WHEN p_to IN ('absent', 'suspended') THEN p_to END,
         why = CASE WHEN p_to IN ('absent', 'suspended') THEN p_to END,
         due_at = CASE p_to WHEN 'preparation' THEN v_now + make_interval(mins => v_panel.prepare_min)
                            WHEN 'presentation' THEN CASE WHEN v_panel.present_min > 0 THEN v_now + make_interval(mins => v_panel.present_min) END
                            WHEN 'questions' THEN CASE WHEN v_panel.questions_min > 0 THEN v_now + make_interval(mins => v_panel.questions_min) ELSE h.due_at END
                  END
   WHERE h.hearing_id = p_hearing_id;
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_phase IS 'Begins the next phase of a hearing, ends it by absence or suspension, or lets it wait again for a member it lacks';
REVOKE ALL ON FUNCTION khoacu.do_panel_phase FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_phase TO khoacu_server;

-- All who mark have marked: the marks open, to everybody at once.
CREATE OR REPLACE FUNCTION khoacu.panel_open(p_hearing_id bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  UPDATE panel_hearing h SET state = 'open'
    FROM panel p
   WHERE h.hearing_id = p_hearing_id AND h.state = 'marking' AND p.panel_id = h.panel_id
     AND (SELECT count(*) FROM panel_markers(p_hearing_id)) >= p.least
     AND NOT EXISTS (SELECT 1 FROM panel_markers(p_hearing_id) k
                      WHERE NOT EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = p_hearing_id AND m.staff_id = k.staff_id));
END
$$;
COMMENT ON FUNCTION khoacu.panel_open IS 'Opens the marks of a hearing when the last one is in';
REVOKE ALL ON FUNCTION khoacu.panel_open FROM PUBLIC;

-- A member's marks, all criteria at once and final; the same sent again is answered as the first.
CREATE OR REPLACE FUNCTION khoacu.do_panel_mark(p_hearing_id bigint, p_staff_id bigint, p_values numeric[], OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  v_given numeric[];
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{chair,member}') t;
  SELECT array_agg(m.value ORDER BY m.criterion) INTO v_given FROM panel_mark m WHERE m.hearing_id = p_hearing_id AND m.staff_id = p_staff_id;
  IF f.outcome IN ('not_found', 'forbidden') THEN
    outcome := f.outcome;
  ELSIF v_given = p_values THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF f.outcome IS NOT NULL THEN
    outcome := f.outcome;
  ELSIF NOT EXISTS (SELECT 1 FROM panel_sitting(p_hearing_id) k WHERE k.staff_id = p_staff_id) THEN
    outcome := 'forbidden';
  ELSIF panel_tied(f.candidate_id, p_staff_id) THEN
    outcome := 'conflict';
  ELSIF v_given IS NOT NULL THEN
    outcome := 'final';
  ELSIF f.state <> 'marking' OR NOT EXISTS (SELECT 1 FROM panel_markers(p_hearing_id) k WHERE k.staff_id = p_staff_id) THEN
    outcome := 'state';
    detail := f.state;
  ELSIF cardinality(p_values) <> (SELECT count(*) FROM panel_criterion k WHERE k.panel_id = f.panel_id) THEN
    outcome := 'criteria';
  ELSE
    SELECT CASE WHEN n.v > k.mark_max OR n.v < 0 THEN 'off_scale' ELSE 'off_step' END, (n.i - 1)::text INTO outcome, detail
      FROM unnest(p_values) WITH ORDINALITY AS n (v, i) JOIN panel_criterion k ON k.panel_id = f.panel_id AND k.criterion = n.i
     WHERE n.v > k.mark_max OR n.v < 0 OR n.v % k.mark_step <> 0 ORDER BY n.i LIMIT 1;
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO panel_mark (hearing_id, staff_id, criterion, value, final_at)
  SELECT p_hearing_id, p_staff_id, n.i, n.v, clock_timestamp() FROM unnest(p_values) WITH ORDINALITY AS n (v, i);
  PERFORM panel_open(p_hearing_id);
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_mark IS 'Takes a member''s final marks of a hearing; detail: which criterion does not fit, from 0';
REVOKE ALL ON FUNCTION khoacu.do_panel_mark FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_mark TO khoacu_server;

-- A conflict of interest: one's own by a member, anybody's by who makes panels; before that person has marked.
CREATE OR REPLACE FUNCTION khoacu.do_panel_conflict(p_panel_id bigint, p_staff_id bigint, p_hearing_id bigint, p_person text, p_reason text,
                                                    OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_person bigint;
  v_candidate bigint;
  v_state text;
  v_panel text;
BEGIN
  SELECT p.state INTO v_panel FROM panel p WHERE p.panel_id = p_panel_id FOR SHARE;
  SELECT h.candidate_id, h.state INTO v_candidate, v_state FROM panel_hearing h WHERE h.hearing_id = p_hearing_id AND h.panel_id = p_panel_id FOR UPDATE;
  SELECT k.staff_id INTO v_person FROM panel_sitting(p_hearing_id) k JOIN staff s ON s.staff_id = k.staff_id
   WHERE v_candidate IS NOT NULL AND (s.login_name = p_person OR p_person IS NULL AND s.staff_id = p_staff_id);
  IF v_candidate IS NULL THEN
    outcome := 'not_found';
  ELSIF v_person IS NULL THEN
    outcome := 'unknown_person';
    detail := p_person;
  ELSIF v_person <> p_staff_id AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role IN ('hr_officer', 'chief_marker')) THEN
    outcome := 'forbidden';
  ELSIF EXISTS (SELECT 1 FROM panel_conflict c WHERE c.candidate_id = v_candidate AND c.staff_id = v_person) THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF v_state IN ('open', 'settled') OR v_panel IN ('minuted', 'closed')
        OR EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = p_hearing_id AND m.staff_id = v_person) THEN
    outcome := 'state';
    detail := v_state;
  ELSE
    INSERT INTO panel_conflict (candidate_id, staff_id, reason, declared_by, declared_at)
    VALUES (v_candidate, v_person, p_reason, p_staff_id, clock_timestamp());
    PERFORM panel_open(p_hearing_id);
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_conflict IS 'Keeps a member from marking a candidate';
REVOKE ALL ON FUNCTION khoacu.do_panel_conflict FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_conflict TO khoacu_server;

-- The secretary records that a member is not there; another person confirms it.
CREATE OR REPLACE FUNCTION khoacu.do_panel_absence(p_hearing_id bigint, p_staff_id bigint, p_person text, p_reason text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  v_person bigint;
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{secretary}') t;
  SELECT k.staff_id INTO v_person FROM panel_sitting(p_hearing_id) k JOIN staff s ON s.staff_id = k.staff_id WHERE s.login_name = p_person;
  IF f.outcome IS NOT NULL THEN
    outcome := f.outcome;
  ELSIF v_person IS NULL THEN
    outcome := 'unknown_person';
    detail := p_person;
  ELSIF EXISTS (SELECT 1 FROM panel_absence a WHERE a.hearing_id = p_hearing_id AND a.staff_id = v_person) THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF f.state IN ('open', 'settled') OR EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = p_hearing_id AND m.staff_id = v_person) THEN
    outcome := 'state';
    detail := f.state;
  ELSE
    INSERT INTO panel_absence (hearing_id, staff_id, reason, recorded_by, recorded_at) VALUES (p_hearing_id, v_person, p_reason, p_staff_id, clock_timestamp());
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_absence IS 'Records that a member does not hear a candidate; without effect until confirmed';
REVOKE ALL ON FUNCTION khoacu.do_panel_absence FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_absence TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_panel_absence_confirm(p_hearing_id bigint, p_staff_id bigint, p_person text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  f record;
  a record;
  v_chair boolean;
  v_gone boolean;
BEGIN
  SELECT t.outcome, t.panel_id, t.state, t.candidate_id INTO f FROM panel_hearing_fault(p_hearing_id, p_staff_id, '{}') t;
  SELECT b.staff_id, b.confirmed_at, b.recorded_by INTO a FROM panel_absence b JOIN staff s ON s.staff_id = b.staff_id
   WHERE b.hearing_id = p_hearing_id AND s.login_name = p_person FOR UPDATE OF b;
  v_chair := EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = f.panel_id AND m.staff_id = a.staff_id AND m.office = 'chair');
  v_gone := EXISTS (SELECT 1 FROM panel_member m JOIN panel_absence b ON b.staff_id = m.staff_id AND b.hearing_id = p_hearing_id
                     WHERE m.panel_id = f.panel_id AND m.office = 'chair');
  IF f.outcome IS NOT NULL THEN
    outcome := f.outcome;
  ELSIF a.staff_id IS NULL THEN
    outcome := 'not_found';
  ELSIF p_staff_id IN (a.staff_id, a.recorded_by)
     OR NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = f.panel_id AND m.staff_id = p_staff_id AND m.office = 'chair' AND NOT v_chair)
    AND NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'chief_marker' AND v_gone) THEN
    outcome := 'forbidden';
  ELSIF a.confirmed_at IS NOT NULL THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF EXISTS (SELECT 1 FROM panel_mark m WHERE m.hearing_id = p_hearing_id AND m.staff_id = a.staff_id) THEN
    outcome := 'state';
    detail := f.state;
  ELSIF (SELECT count(*) FROM panel_markers(p_hearing_id) k WHERE k.staff_id <> a.staff_id) < (SELECT p.least FROM panel p WHERE p.panel_id = f.panel_id) THEN
    outcome := 'too_few';
    detail := (SELECT p.least::text FROM panel p WHERE p.panel_id = f.panel_id);
  ELSE
    UPDATE panel_absence b SET confirmed_by = p_staff_id, confirmed_at = clock_timestamp() WHERE b.hearing_id = p_hearing_id AND b.staff_id = a.staff_id;
    PERFORM panel_open(p_hearing_id);
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_absence_confirm IS 'Confirms an absence: by the panel''s chair, or by the head of the marking board where the chair is recorded absent';
REVOKE ALL ON FUNCTION khoacu.do_panel_absence_confirm FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_absence_confirm TO khoacu_server;
