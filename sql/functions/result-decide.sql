-- The words of people on a list: the head's order among equals, the second officer's verdict, the publication. Each
-- locks its cycle first, so that what it reads stays true until it is written; guards on the tables refuse the rest.

CREATE OR REPLACE FUNCTION khoacu.do_result_tie_record(
  p_cycle_id bigint, p_rolls text[], p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT place bigint, OUT number integer)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM khoacu.cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'no_cycle';
    RETURN;
  END IF;
  SELECT r.n INTO place
    FROM unnest(p_rolls) WITH ORDINALITY AS r(roll, n)
   WHERE NOT EXISTS (SELECT 1 FROM khoacu.candidate c WHERE c.cycle_id = p_cycle_id AND c.roll_number = r.roll)
   ORDER BY r.n LIMIT 1;
  IF FOUND THEN
    outcome := 'unknown_roll';
    RETURN;
  END IF;
  SELECT r.n INTO place
    FROM unnest(p_rolls) WITH ORDINALITY AS r(roll, n)
   WHERE r.roll = ANY (p_rolls[1:r.n - 1])
   ORDER BY r.n LIMIT 1;
  IF FOUND THEN
    outcome := 'duplicate_roll';
    RETURN;
  END IF;
  SELECT 1 + coalesce(max(t.number), 0) INTO number FROM khoacu.tie_decision t WHERE t.cycle_id = p_cycle_id;
  INSERT INTO khoacu.tie_decision (cycle_id, number, candidate_id, preference, reason, decided_by, decided_at)
  SELECT p_cycle_id, do_result_tie_record.number, c.candidate_id, r.n, p_reason, p_staff_id, p_now
    FROM unnest(p_rolls) WITH ORDINALITY AS r(roll, n)
    JOIN khoacu.candidate c ON c.cycle_id = p_cycle_id AND c.roll_number = r.roll;
  outcome := 'recorded';
END
$$;
COMMENT ON FUNCTION khoacu.do_result_tie_record IS 'Records an order among candidates; outcome recorded, no_cycle, unknown_roll or duplicate_roll, with the place of the roll number';
REVOKE ALL ON FUNCTION khoacu.do_result_tie_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_tie_record TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_run_approve(
  p_run_id bigint, p_staff_id bigint, p_verdict text, p_reason text, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  v_computed_by bigint;
  v_unresolved integer;
BEGIN
  SELECT r.computed_by, r.unresolved INTO v_computed_by, v_unresolved
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  IF NOT FOUND THEN
    outcome := 'no_run';
  ELSIF EXISTS (SELECT 1 FROM khoacu.run_approval a WHERE a.run_id = p_run_id) THEN
    SELECT CASE WHEN a.approved_by = p_staff_id AND a.verdict = p_verdict THEN 'repeated' ELSE 'decided' END INTO outcome
      FROM khoacu.run_approval a WHERE a.run_id = p_run_id;
  ELSIF v_computed_by = p_staff_id THEN
    outcome := 'same_officer';
  ELSIF v_unresolved > 0 AND p_verdict = 'approved' THEN
    outcome := 'ties';
  ELSE
    INSERT INTO khoacu.run_approval (run_id, approved_by, approved_at, verdict, reason)
    VALUES (p_run_id, p_staff_id, p_now, p_verdict, p_reason);
    outcome := 'recorded';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_run_approve IS 'A second officer''s word on a run; outcome recorded, repeated, no_run, same_officer, ties or decided';
REVOKE ALL ON FUNCTION khoacu.do_result_run_approve FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_run_approve TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_run_publish(
  p_run_id bigint, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT version integer)
LANGUAGE plpgsql AS $$
DECLARE
  v_cycle_id bigint;
BEGIN
  SELECT r.cycle_id, r.release_version INTO v_cycle_id, version
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  IF NOT FOUND THEN
    outcome := 'no_run';
  ELSIF EXISTS (SELECT 1 FROM khoacu.release l WHERE l.run_id = p_run_id) THEN
    outcome := 'already';
  ELSIF NOT EXISTS (SELECT 1 FROM khoacu.run_approval a WHERE a.run_id = p_run_id AND a.verdict = 'approved') THEN
    outcome := 'not_approved';
  ELSIF EXISTS (SELECT 1 FROM khoacu.release l
                 WHERE l.cycle_id = v_cycle_id AND l.version >= do_result_run_publish.version) THEN
    outcome := 'overtaken';
  ELSE
    INSERT INTO khoacu.release (cycle_id, version, run_id, published_by, published_at)
    VALUES (v_cycle_id, do_result_run_publish.version, p_run_id, p_staff_id, p_now);
    UPDATE khoacu.cycle c SET state = 'released' WHERE c.cycle_id = v_cycle_id AND c.state <> 'released';
    outcome := 'published';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_run_publish IS 'Publishes an approved run; outcome published, already, no_run, not_approved or overtaken';
REVOKE ALL ON FUNCTION khoacu.do_result_run_publish FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_run_publish TO khoacu_server;
