-- A candidate has one live log-in. Making or ending one raises the generation of her sitting when another was alive, so
-- that a save under the old token is refused by the statement that would record it, on whatever server it arrives.

CREATE OR REPLACE FUNCTION khoacu.do_identity_candidate_logins_end(
  p_candidate_id bigint, p_room_id bigint, p_sitting_id bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  ended integer;
BEGIN
  -- Two log-ins of one candidate at once follow each other.
  PERFORM pg_advisory_xact_lock(p_candidate_id);
  UPDATE khoacu.login SET ended_at = p_now WHERE candidate_id = p_candidate_id AND ended_at IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  IF ended > 0 AND p_sitting_id IS NOT NULL THEN
    UPDATE khoacu.sitting SET access_generation = access_generation + 1
     WHERE room_id = p_room_id AND sitting_id = p_sitting_id;
  END IF;
  RETURN ended;
END
$$;
COMMENT ON FUNCTION khoacu.do_identity_candidate_logins_end(bigint, bigint, bigint, timestamptz) IS
  'Ends all live log-ins of a candidate and cuts their saves off; gives their number';

CREATE OR REPLACE FUNCTION khoacu.do_identity_candidate_login(
  p_token_sha256 bytea, p_candidate_id bigint, p_room_id bigint, p_sitting_id bigint, p_now timestamptz,
  p_expires_at timestamptz, p_brake_subject text,
  p_event_id bigint, p_actor text, p_subject text, p_payload text, p_payload_sha256 bytea,
  OUT access_generation integer)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.do_identity_candidate_logins_end(p_candidate_id, p_room_id, p_sitting_id, p_now);
  INSERT INTO khoacu.login (token_sha256, candidate_id, created_at, last_seen_at, expires_at)
  VALUES (p_token_sha256, p_candidate_id, p_now, p_now, p_expires_at);
  DELETE FROM khoacu.login_brake WHERE subject = p_brake_subject;
  INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
  VALUES (p_event_id, p_now, p_actor, 'identity.login_make', p_subject, p_payload, p_payload_sha256);
  SELECT t.access_generation INTO access_generation
    FROM khoacu.sitting t WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_identity_candidate_login(bytea, bigint, bigint, bigint, timestamptz, timestamptz, text, bigint, text,
                                                       text, text, bytea) IS
  'Makes a candidate''s log-in, ends her earlier ones, forgets failed attempts; gives the generation of her sitting';
