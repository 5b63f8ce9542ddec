-- Ballots of an appointment. The tables are written by these functions alone, each of which checks what must hold whoever asks.

CREATE OR REPLACE FUNCTION khoacu.do_ballot_appoint(
  p_appointment_id bigint, p_cycle_id bigint, p_post text, p_rolls text[], p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT place bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_post bigint;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  SELECT p.post_id INTO v_post FROM post p WHERE p.cycle_id = p_cycle_id AND p.code = p_post;
  IF v_post IS NULL THEN
    outcome := 'no_post';
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM release l WHERE l.cycle_id = p_cycle_id) THEN
    outcome := 'not_released';
    RETURN;
  END IF;
  IF EXISTS (SELECT 1 FROM appointment a WHERE a.post_id = v_post) THEN
    outcome := 'exists';
    RETURN;
  END IF;
  -- Those whom the newest list has with a place, which means: who passed.
  SELECT r.n INTO place
    FROM unnest(p_rolls) WITH ORDINALITY AS r(roll, n)
   WHERE r.roll = ANY (p_rolls[1:r.n - 1])
      OR NOT EXISTS (SELECT 1 FROM release l JOIN decision d ON d.run_id = l.run_id JOIN candidate c ON c.candidate_id = d.candidate_id
                      WHERE l.cycle_id = p_cycle_id AND l.version = (SELECT max(m.version) FROM release m WHERE m.cycle_id = p_cycle_id)
                        AND d.post_id = v_post AND d.rank IS NOT NULL AND c.roll_number = r.roll)
   ORDER BY r.n LIMIT 1;
  IF FOUND THEN
    outcome := 'not_passed';
    RETURN;
  END IF;
  INSERT INTO appointment (appointment_id, cycle_id, post_id, reason, opened_by, opened_at)
  VALUES (p_appointment_id, p_cycle_id, v_post, p_reason, p_staff_id, p_now);
  INSERT INTO appointment_name (appointment_id, number, candidate_id)
  SELECT p_appointment_id, row_number() OVER (ORDER BY c.roll_number), c.candidate_id
    FROM candidate c WHERE c.cycle_id = p_cycle_id AND c.roll_number = ANY (p_rolls);
  outcome := 'opened';
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_appoint IS 'Opens the appointment to a title; outcome opened, no_post, not_released, exists or not_passed with the place of the roll number';
REVOKE ALL ON FUNCTION khoacu.do_ballot_appoint FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_appoint TO khoacu_server;

-- The next ballot: its names follow from the one before.
CREATE OR REPLACE FUNCTION khoacu.do_ballot_prepare(
  p_ballot_id bigint, p_appointment_id bigint, p_steps integer, p_summoned integer, p_excused integer, p_slips bytea[],
  p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT step integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_last ballot%ROWTYPE;
  v_names smallint[];
BEGIN
  SELECT a.state INTO v_state FROM appointment a WHERE a.appointment_id = p_appointment_id FOR UPDATE;
  IF v_state IS NULL THEN
    outcome := 'no_appointment';
    RETURN;
  ELSIF v_state <> 'open' THEN
    outcome := 'ended';
    RETURN;
  END IF;
  SELECT b.ballot_id, b.appointment_id, b.step, b.names, b.summoned, b.excused, b.prepared_by, b.prepared_at, b.opened_at, b.closed_at,
         b.closed_by, b.present, b.votes, b.outcome, b.goes_on, b.picked, b.picked_by, b.pick_reason
    INTO v_last FROM ballot b WHERE b.appointment_id = p_appointment_id ORDER BY b.step DESC LIMIT 1;
  IF v_last.ballot_id IS NULL THEN
    SELECT array_agg(n.number ORDER BY n.number) INTO v_names FROM appointment_name n WHERE n.appointment_id = p_appointment_id;
  ELSIF v_last.outcome IS NULL OR (v_last.outcome = 'head_picks' AND v_last.picked IS NULL) THEN
    outcome := 'under_way';
    RETURN;
  ELSE
    v_names := coalesce(ARRAY[v_last.picked], v_last.goes_on);
    IF v_last.picked IS NULL THEN
      v_names := v_last.goes_on;
    END IF;
  END IF;
  step := 1 + coalesce(v_last.step, 0);
  IF step > p_steps OR cardinality(p_slips) <> p_summoned - p_excused THEN
    RAISE EXCEPTION 'a ballot is one of the pack''s, with a slip for each person who is not excused' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO ballot (ballot_id, appointment_id, step, names, summoned, excused, prepared_by, prepared_at)
  VALUES (p_ballot_id, p_appointment_id, do_ballot_prepare.step, v_names, p_summoned, p_excused, p_staff_id, p_now);
  INSERT INTO ballot_slip (ballot_id, slip_hmac) SELECT p_ballot_id, s FROM unnest(p_slips) s ORDER BY s;
  outcome := 'prepared';
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_prepare IS 'Prepares the next ballot with its slips; outcome prepared, no_appointment, ended or under_way';
REVOKE ALL ON FUNCTION khoacu.do_ballot_prepare FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_prepare TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_ballot_open(p_ballot_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  UPDATE ballot b SET opened_at = coalesce(b.opened_at, p_now) WHERE b.ballot_id = p_ballot_id AND b.closed_at IS NULL;
  outcome := CASE WHEN FOUND THEN 'opened' WHEN EXISTS (SELECT 1 FROM ballot b WHERE b.ballot_id = p_ballot_id) THEN 'closed' ELSE 'no_ballot' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_open IS 'Takes papers from now on; outcome opened, closed or no_ballot';
REVOKE ALL ON FUNCTION khoacu.do_ballot_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_open TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_ballot_cast(
  p_slip_hmac bytea, p_choice smallint, p_salt bytea, p_commitment bytea, OUT outcome text, OUT commitment bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_ballot ballot%ROWTYPE;
BEGIN
  SELECT b.ballot_id, b.appointment_id, b.step, b.names, b.summoned, b.excused, b.prepared_by, b.prepared_at, b.opened_at, b.closed_at
    INTO v_ballot.ballot_id, v_ballot.appointment_id, v_ballot.step, v_ballot.names, v_ballot.summoned, v_ballot.excused,
         v_ballot.prepared_by, v_ballot.prepared_at, v_ballot.opened_at, v_ballot.closed_at
    FROM ballot_slip s JOIN ballot b ON b.ballot_id = s.ballot_id WHERE s.slip_hmac = p_slip_hmac
     FOR KEY SHARE OF b; -- a closing under way is waited for
  IF NOT FOUND THEN
    outcome := 'no_slip';
    RETURN;
  END IF;
  SELECT p.commitment INTO commitment FROM ballot_paper p WHERE p.ballot_id = v_ballot.ballot_id AND p.slip_hmac = p_slip_hmac;
  IF FOUND THEN -- the same salt too: who finds a used slip learns nothing by trying the names
    outcome := CASE WHEN commitment = p_commitment THEN 'cast' ELSE 'cast_already' END;
    IF outcome = 'cast_already' THEN
      commitment := NULL;
    END IF;
  ELSIF v_ballot.opened_at IS NULL THEN
    outcome := 'not_open';
  ELSIF v_ballot.closed_at IS NOT NULL THEN
    outcome := 'closed';
  ELSIF p_choice <> 0 AND NOT p_choice = ANY (v_ballot.names) THEN
    outcome := 'no_name';
  ELSE
    INSERT INTO ballot_paper (ballot_id, slip_hmac, choice, salt, commitment)
    VALUES (v_ballot.ballot_id, p_slip_hmac, p_choice, p_salt, p_commitment);
    commitment := p_commitment;
    outcome := 'cast';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_cast IS 'Casts the paper of a slip; outcome cast (the same commitment again too), no_slip, not_open, closed, no_name or cast_already';
REVOKE ALL ON FUNCTION khoacu.do_ballot_cast FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_cast TO khoacu_server;

-- Counts and closes; the rule is applied behind it by do_ballot_end, in the same transaction.
CREATE OR REPLACE FUNCTION khoacu.do_ballot_count(
  p_ballot_id bigint, p_present integer, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT papers integer, OUT votes bigint[],
  OUT step integer, OUT names bigint[], OUT summoned integer, OUT excused integer, OUT cycle_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_opened timestamptz;
  v_closed timestamptz;
  v_prepared_by bigint;
BEGIN
  SELECT b.opened_at, b.closed_at, b.prepared_by, b.step, b.names::bigint[], b.summoned, b.excused, a.cycle_id
    INTO v_opened, v_closed, v_prepared_by, step, names, summoned, excused, cycle_id
    FROM ballot b JOIN appointment a ON a.appointment_id = b.appointment_id WHERE b.ballot_id = p_ballot_id FOR UPDATE OF b;
  SELECT count(*) INTO papers FROM ballot_paper p WHERE p.ballot_id = p_ballot_id;
  outcome := CASE WHEN step IS NULL THEN 'no_ballot' WHEN v_closed IS NOT NULL THEN 'closed' WHEN v_opened IS NULL THEN 'not_open'
                  WHEN v_prepared_by = p_staff_id THEN 'same_person' WHEN p_present > summoned - excused THEN 'too_many_present'
                  WHEN papers > p_present THEN 'too_many_papers' ELSE 'counted' END;
  IF outcome <> 'counted' THEN
    RETURN;
  END IF;
  SELECT array_agg((SELECT count(*) FROM ballot_paper p WHERE p.ballot_id = p_ballot_id AND p.choice = n.number) ORDER BY n.place)
    INTO votes FROM unnest(names) WITH ORDINALITY AS n(number, place);
  UPDATE ballot b SET closed_at = p_now, closed_by = p_staff_id, present = p_present, votes = do_ballot_count.votes::integer[]
   WHERE b.ballot_id = p_ballot_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_count IS 'Closes a ballot and counts its papers; outcome counted, no_ballot, closed, not_open, same_person, too_many_present or too_many_papers';
REVOKE ALL ON FUNCTION khoacu.do_ballot_count FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_count TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_ballot_end(
  p_ballot_id bigint, p_outcome text, p_goes_on smallint[], p_steps integer, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_appointment bigint;
  v_step integer;
BEGIN
  UPDATE ballot b SET outcome = p_outcome, goes_on = p_goes_on
   WHERE b.ballot_id = p_ballot_id AND b.closed_at IS NOT NULL AND b.outcome IS NULL AND p_goes_on <@ b.names
   RETURNING b.appointment_id, b.step INTO v_appointment, v_step;
  IF v_appointment IS NULL THEN
    RAISE EXCEPTION 'a ballot ends once, after it was counted, with names that stand on it' USING ERRCODE = 'check_violation';
  END IF;
  IF p_outcome = 'stopped' THEN
    UPDATE appointment SET state = 'stopped', ended_at = p_now WHERE appointment_id = v_appointment;
  ELSIF p_outcome = 'won' AND v_step = p_steps THEN
    UPDATE appointment a SET state = 'decided', ended_at = p_now,
           chosen = (SELECT n.candidate_id FROM appointment_name n WHERE n.appointment_id = v_appointment AND n.number = p_goes_on[1])
     WHERE a.appointment_id = v_appointment;
  END IF;
  outcome := p_outcome;
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_end IS 'Writes down what the rule makes of the count; ends the appointment where nobody goes on, or the last ballot chose';
REVOKE ALL ON FUNCTION khoacu.do_ballot_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_end TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_ballot_pick(
  p_ballot_id bigint, p_number smallint, p_reason text, p_staff_id bigint, p_steps integer, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_ballot ballot%ROWTYPE;
BEGIN
  SELECT b.ballot_id, b.appointment_id, b.step, b.names, b.summoned, b.excused, b.prepared_by, b.prepared_at, b.opened_at, b.closed_at,
         b.closed_by, b.present, b.votes, b.outcome, b.goes_on, b.picked, b.picked_by, b.pick_reason
    INTO v_ballot FROM ballot b WHERE b.ballot_id = p_ballot_id FOR UPDATE;
  outcome := CASE WHEN v_ballot.ballot_id IS NULL THEN 'no_ballot' WHEN v_ballot.outcome IS DISTINCT FROM 'head_picks' THEN 'not_asked'
                  WHEN v_ballot.picked IS NOT NULL THEN 'picked_already' WHEN NOT p_number = ANY (v_ballot.goes_on) THEN 'no_name'
                  WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'council_chair') THEN 'not_head'
                  ELSE 'picked' END;
  IF outcome <> 'picked' THEN
    RETURN;
  END IF;
  UPDATE ballot b SET picked = p_number, picked_by = p_staff_id, pick_reason = p_reason WHERE b.ballot_id = p_ballot_id;
  IF v_ballot.step = p_steps THEN
    UPDATE appointment a SET state = 'decided', ended_at = p_now,
           chosen = (SELECT n.candidate_id FROM appointment_name n WHERE n.appointment_id = a.appointment_id AND n.number = p_number)
     WHERE a.appointment_id = v_ballot.appointment_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_ballot_pick IS 'The head''s word where two stand at exactly half; outcome picked, no_ballot, not_asked, picked_already, no_name or not_head';
REVOKE ALL ON FUNCTION khoacu.do_ballot_pick FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_pick TO khoacu_server;

-- What a slip opens: the ballot and the names on it; nothing that another slip would not show.
CREATE OR REPLACE FUNCTION khoacu.do_ballot_look(p_slip_hmac bytea)
RETURNS TABLE (ballot_id bigint, cycle_id bigint, step integer, state text, post text, title text, numbers bigint[], names text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT b.ballot_id, a.cycle_id, b.step::integer,
         CASE WHEN EXISTS (SELECT 1 FROM ballot_paper p WHERE p.ballot_id = b.ballot_id AND p.slip_hmac = p_slip_hmac) THEN 'cast'
              WHEN b.closed_at IS NOT NULL THEN 'closed' WHEN b.opened_at IS NULL THEN 'not_open' ELSE 'open' END,
         o.code, o.title,
         (SELECT array_agg(n.number::bigint ORDER BY n.number) FROM appointment_name n WHERE n.appointment_id = a.appointment_id AND n.number = ANY (b.names)),
         (SELECT array_agg(c.full_name ORDER BY n.number) FROM appointment_name n JOIN candidate c ON c.candidate_id = n.candidate_id
           WHERE n.appointment_id = a.appointment_id AND n.number = ANY (b.names))
    FROM ballot_slip s JOIN ballot b ON b.ballot_id = s.ballot_id JOIN appointment a ON a.appointment_id = b.appointment_id
    JOIN post o ON o.post_id = a.post_id
   WHERE s.slip_hmac = p_slip_hmac
$$;
COMMENT ON FUNCTION khoacu.do_ballot_look IS 'The ballot of a slip, with the names on it';
REVOKE ALL ON FUNCTION khoacu.do_ballot_look FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_look TO khoacu_server;

-- Receipts of a closed ballot, in their own order, so that each voter can find hers.
CREATE OR REPLACE FUNCTION khoacu.do_ballot_receipts(p_ballot_id bigint)
RETURNS TABLE (commitment text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT encode(p.commitment, 'hex') FROM ballot_paper p JOIN ballot b ON b.ballot_id = p.ballot_id
   WHERE p.ballot_id = p_ballot_id AND b.closed_at IS NOT NULL ORDER BY p.commitment
$$;
COMMENT ON FUNCTION khoacu.do_ballot_receipts IS 'What was committed to by the papers of a closed ballot';
REVOKE ALL ON FUNCTION khoacu.do_ballot_receipts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ballot_receipts TO khoacu_server;

-- The papers of a closed ballot for whoever counts them again, in the order of their receipts: not as they were cast.
CREATE OR REPLACE FUNCTION khoacu.ballot_papers(p_ballot_id bigint)
RETURNS TABLE (choice smallint, salt bytea, commitment bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p.choice, p.salt, p.commitment FROM ballot_paper p JOIN ballot b ON b.ballot_id = p.ballot_id
   WHERE p.ballot_id = p_ballot_id AND b.closed_at IS NOT NULL ORDER BY p.commitment
$$;
COMMENT ON FUNCTION khoacu.ballot_papers IS 'What was chosen on the papers of a closed ballot, with what opens each receipt, for auditors';
REVOKE ALL ON FUNCTION khoacu.ballot_papers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.ballot_papers TO khoacu_auditor;
