-- Ends a sitting by the candidate's own act. Saves hold the room's row shared while they insert and commit: once the
-- row is locked here, every acknowledged save is visible to the statements below, and none can come behind.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_submit(
  p_room_id bigint, p_sitting_id bigint, p_now timestamptz, p_rows bigint,
  p_answers_sha256 bytea, p_answered integer, p_code text,
  p_event_id bigint, p_actor text, p_subject text, p_payload text, p_payload_sha256 bytea,
  OUT outcome text, OUT answers_sha256 bytea, OUT code text, OUT answered integer, OUT issued_at timestamptz)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  facts record;
BEGIN
  PERFORM 1 FROM khoacu.room m WHERE m.room_id = p_room_id FOR UPDATE;
  SELECT t.state, t.holds, t.closes_at + make_interval(secs => t.grace_s) AS last_at INTO facts
    FROM khoacu.sitting t
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
  outcome := CASE
    WHEN facts.state = 'submitted' THEN 'submitted'
    WHEN facts.state = 'assigned' THEN 'not_open'
    WHEN facts.state = 'open' AND facts.holds <> 0 THEN 'held'
    WHEN facts.state = 'open' AND p_now <= facts.last_at THEN 'open'
    ELSE 'ended' END;
  IF outcome = 'open' THEN
    IF p_rows <> (SELECT count(*) FROM khoacu.response r WHERE r.room_id = p_room_id AND r.sitting_id = p_sitting_id) THEN
      outcome := 'moved';
      RETURN;
    END IF;
    UPDATE khoacu.sitting t SET state = 'submitted', ended_at = p_now
     WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
    INSERT INTO khoacu.receipt (room_id, sitting_id, answers_sha256, answered, code, issued_at)
    VALUES (p_room_id, p_sitting_id, p_answers_sha256, p_answered, p_code, p_now);
    INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    VALUES (p_event_id, p_now, p_actor, 'sitting.submit', p_subject, p_payload, p_payload_sha256);
    outcome := 'submitted';
  END IF;
  IF outcome = 'submitted' THEN
    SELECT c.answers_sha256, c.code, c.answered, c.issued_at
      INTO do_sitting_submit.answers_sha256, do_sitting_submit.code, do_sitting_submit.answered, do_sitting_submit.issued_at
      FROM khoacu.receipt c WHERE c.room_id = p_room_id AND c.sitting_id = p_sitting_id
      ORDER BY c.revision DESC LIMIT 1;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_submit(bigint, bigint, timestamptz, bigint, bytea, integer, text, bigint, text, text, text, bytea) IS
  'submitted: now or before, with the receipt; moved: a save came between, read again; not_open; held; ended';
