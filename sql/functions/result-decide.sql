-- The head's order among equals. It locks its cycle first, so that what it reads stays true until it is written.

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

-- The council's word on the agency of a winner whose list is exhausted. A run takes it up where it still applies.
CREATE OR REPLACE FUNCTION khoacu.do_result_placement_record(
  p_cycle_id bigint, p_roll text, p_agency text, p_reason text, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT number integer)
LANGUAGE plpgsql AS $$
DECLARE
  v_candidate bigint;
  v_agency bigint;
BEGIN
  PERFORM 1 FROM khoacu.cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'no_cycle';
    RETURN;
  END IF;
  SELECT c.candidate_id INTO v_candidate FROM khoacu.candidate c WHERE c.cycle_id = p_cycle_id AND c.roll_number = p_roll;
  IF NOT FOUND THEN
    outcome := 'unknown_roll';
    RETURN;
  END IF;
  SELECT a.agency_id INTO v_agency
    FROM khoacu.candidate c
    JOIN khoacu.post_quota q ON q.post_id = c.post_id
    JOIN khoacu.agency a ON a.agency_id = q.agency_id AND a.code = p_agency
   WHERE c.candidate_id = v_candidate;
  IF NOT FOUND THEN
    outcome := 'unknown_agency';
    RETURN;
  END IF;
  SELECT 1 + coalesce(max(d.number), 0) INTO number FROM khoacu.placement_decision d WHERE d.cycle_id = p_cycle_id;
  INSERT INTO khoacu.placement_decision (cycle_id, number, candidate_id, agency_id, reason, decided_by, decided_at)
  VALUES (p_cycle_id, do_result_placement_record.number, v_candidate, v_agency, p_reason, p_staff_id, p_now);
  outcome := 'recorded';
END
$$;
COMMENT ON FUNCTION khoacu.do_result_placement_record IS 'Records the agency of a candidate by decision; outcome recorded, no_cycle, unknown_roll, or unknown_agency (none with places of her post)';
REVOKE ALL ON FUNCTION khoacu.do_result_placement_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_placement_record TO khoacu_server;
