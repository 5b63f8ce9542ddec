-- Certificates are recorded, and whoever has one is exempt from the part that a computer counts: both or neither. Nobody who
-- has a seat, or a result other than the nothing that a certificate taken back has left (void, of no sitting).
CREATE OR REPLACE FUNCTION khoacu.do_cycle_credentials_store(
  p_cycle_id bigint, p_rolls text[], p_kinds text[], p_issued text[], p_months bigint[], p_marks bigint[], p_references text[],
  p_questions bigint, p_staff_id bigint, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  stored bigint;
BEGIN
  WITH kept AS (
    INSERT INTO credential (candidate_id, number, kind, issued_on, months, mark, reference, recorded_by, recorded_at)
    SELECT c.candidate_id, 1 + (SELECT count(*) FROM credential k WHERE k.candidate_id = c.candidate_id), g.kind, g.issued::date, g.months,
           nullif(g.mark, -1), g.reference, p_staff_id, p_now
      FROM unnest(p_rolls, p_kinds, p_issued, p_months, p_marks, p_references) AS g (roll_number, kind, issued, months, mark, reference)
      JOIN candidate c ON c.cycle_id = p_cycle_id AND c.roll_number = g.roll_number
     WHERE NOT EXISTS (SELECT 1 FROM sitting t WHERE t.candidate_id = c.candidate_id)
       AND NOT EXISTS (SELECT 1 FROM sitting_score s WHERE s.candidate_id = c.candidate_id AND NOT khoacu.score_of_credential(s.status, s.sitting_id))
       AND NOT EXISTS (SELECT 1 FROM credential_in_force k WHERE k.candidate_id = c.candidate_id)
    RETURNING candidate_id
  ), exempted AS (
    INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, questions, scored_at)
    SELECT k.candidate_id, 1 + (SELECT count(*) FROM sitting_score s WHERE s.candidate_id = k.candidate_id), 0, 'exempt', p_questions, p_now FROM kept k
  )
  SELECT count(*) INTO stored FROM kept;
  RETURN stored;
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_credentials_store IS 'Records certificates and the exemptions that follow; gives the number recorded';
REVOKE ALL ON FUNCTION khoacu.do_cycle_credentials_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_cycle_credentials_store TO khoacu_server;

-- From round 2 on a certificate stays: who has passed by a false one is struck off (result-follow.sql).
CREATE OR REPLACE FUNCTION khoacu.do_cycle_credential_propose(
  p_withdrawal_id bigint, p_cycle_id bigint, p_roll text, p_reason text, p_staff_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_of record;
BEGIN
  SELECT c.state INTO v_state FROM cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  SELECT c.candidate_id, k.number INTO v_of
    FROM candidate c LEFT JOIN credential_in_force k ON k.candidate_id = c.candidate_id
   WHERE c.cycle_id = p_cycle_id AND c.roll_number = p_roll;
  outcome := CASE
    WHEN v_of.number IS NULL THEN 'no_credential'
    WHEN v_state NOT IN ('preparing', 'round1') THEN 'closed'
    WHEN EXISTS (SELECT 1 FROM credential_withdrawal w
                  WHERE w.candidate_id = v_of.candidate_id AND w.number = v_of.number
                    AND NOT EXISTS (SELECT 1 FROM credential_withdrawal_decision d WHERE d.withdrawal_id = w.withdrawal_id)) THEN 'proposed_before'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO credential_withdrawal (withdrawal_id, candidate_id, number, reason, proposed_by, proposed_at)
    VALUES (p_withdrawal_id, v_of.candidate_id, v_of.number, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_credential_propose IS 'Proposes to take a certificate back; outcome recorded, no_credential (in force), closed (round 2 has begun) or proposed_before';
REVOKE ALL ON FUNCTION khoacu.do_cycle_credential_propose FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_cycle_credential_propose TO khoacu_server;

-- Confirmed: the exemption ends. Until she has sat there is no count of hers (void, of no sitting), and scoring goes on from there.
CREATE OR REPLACE FUNCTION khoacu.do_cycle_credential_decide(
  p_withdrawal_id bigint, p_verdict text, p_reason text, p_staff_id bigint, p_step_up_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_of record;
BEGIN
  SELECT w.candidate_id, w.proposed_by, y.state INTO v_of
    FROM credential_withdrawal w JOIN candidate c ON c.candidate_id = w.candidate_id JOIN cycle y ON y.cycle_id = c.cycle_id
   WHERE w.withdrawal_id = p_withdrawal_id FOR UPDATE OF y;
  outcome := CASE
    WHEN v_of.candidate_id IS NULL THEN 'no_proposal'
    WHEN EXISTS (SELECT 1 FROM credential_withdrawal_decision d WHERE d.withdrawal_id = p_withdrawal_id AND d.decided_by = p_staff_id AND d.verdict = p_verdict) THEN 'repeated'
    WHEN EXISTS (SELECT 1 FROM credential_withdrawal_decision d WHERE d.withdrawal_id = p_withdrawal_id) THEN 'decided'
    WHEN v_of.proposed_by = p_staff_id THEN 'same_officer'
    WHEN p_verdict = 'confirmed' AND v_of.state NOT IN ('preparing', 'round1') THEN 'closed'
    WHEN NOT EXISTS (SELECT 1 FROM step_up u WHERE u.step_up_id = p_step_up_id AND u.staff_id = p_staff_id AND u.act = 'cycle.credential_withdraw'
                        AND u.subject_id = p_withdrawal_id AND p_now BETWEEN u.made_at AND u.expires_at) THEN 'no_password'
    ELSE 'recorded' END;
  IF outcome <> 'recorded' THEN
    RETURN;
  END IF;
  INSERT INTO credential_withdrawal_decision (withdrawal_id, proposed_by, verdict, reason, decided_by, decided_at, step_up_id)
  VALUES (p_withdrawal_id, v_of.proposed_by, p_verdict, p_reason, p_staff_id, p_now, p_step_up_id);
  INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, questions, scored_at)
  SELECT s.candidate_id, s.revision + 1, 0, 'void', s.questions, p_now
    FROM (SELECT l.candidate_id, l.revision, l.questions, l.status FROM sitting_score l WHERE l.candidate_id = v_of.candidate_id ORDER BY l.revision DESC LIMIT 1) s
   WHERE p_verdict = 'confirmed' AND s.status = 'exempt';
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_credential_decide IS 'Another person decides on a proposal, with her password; outcome recorded, repeated, no_proposal, decided, same_officer, closed or no_password';
REVOKE ALL ON FUNCTION khoacu.do_cycle_credential_decide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_cycle_credential_decide TO khoacu_server;
