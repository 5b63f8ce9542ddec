-- Late answers: one person proposes, another confirms, and only then they are answers like all others.

CREATE OR REPLACE FUNCTION khoacu.do_late_propose(
  p_proposal_id bigint, p_batch_id bigint, p_decision text, p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT sitting_id bigint)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_batch_id);
  SELECT b.sitting_id INTO do_late_propose.sitting_id FROM khoacu.late_batch b WHERE b.batch_id = p_batch_id;
  outcome := CASE
    WHEN do_late_propose.sitting_id IS NULL THEN 'unknown'
    WHEN EXISTS (SELECT 1 FROM khoacu.late_decision d WHERE d.batch_id = p_batch_id) THEN 'decided'
    ELSE 'proposed' END;
  IF outcome = 'proposed' THEN
    INSERT INTO khoacu.late_proposal (proposal_id, batch_id, decision, reason, proposed_by, proposed_at)
    VALUES (p_proposal_id, p_batch_id, p_decision, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_late_propose IS 'proposed; unknown; decided: nothing was changed';

CREATE OR REPLACE FUNCTION khoacu.do_late_decide(
  p_batch_id bigint, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT room_id bigint, OUT sitting_id bigint, OUT reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  proposal record;
  state text;
BEGIN
  SELECT b.room_id, b.sitting_id INTO do_late_decide.room_id, do_late_decide.sitting_id
    FROM khoacu.late_batch b WHERE b.batch_id = p_batch_id;
  PERFORM 1 FROM khoacu.room m WHERE m.room_id = do_late_decide.room_id FOR UPDATE;
  PERFORM pg_advisory_xact_lock(p_batch_id);
  SELECT t.state INTO state FROM khoacu.sitting t
   WHERE t.room_id = do_late_decide.room_id AND t.sitting_id = do_late_decide.sitting_id;
  SELECT p.proposal_id, p.decision, p.proposed_by, p.reason INTO proposal
    FROM khoacu.late_proposal p WHERE p.batch_id = p_batch_id ORDER BY p.proposed_at DESC, p.proposal_id LIMIT 1;
  reason := proposal.reason;
  outcome := CASE
    WHEN state IS NULL THEN 'unknown'
    WHEN EXISTS (SELECT 1 FROM khoacu.late_decision d WHERE d.batch_id = p_batch_id) THEN 'decided'
    WHEN proposal.proposal_id IS NULL THEN 'no_proposal'
    WHEN proposal.proposed_by = p_staff_id THEN 'same_person'
    WHEN state NOT IN ('submitted', 'closed') THEN 'running'
    ELSE proposal.decision END;
  IF outcome NOT IN ('count', 'leave') THEN
    RETURN;
  END IF;
  -- Whoever has called puts what counts into the log, in the same transaction, while the room is held.
  INSERT INTO khoacu.late_decision (batch_id, proposal_id, proposed_by, confirmed_by, decided_at)
  VALUES (p_batch_id, proposal.proposal_id, proposal.proposed_by, p_staff_id, p_now);
END
$$;
COMMENT ON FUNCTION khoacu.do_late_decide IS
  'count and leave are decided now; unknown, decided, no_proposal, same_person, running: nothing was changed';
REVOKE ALL ON FUNCTION khoacu.do_late_decide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_late_decide TO khoacu_server;
