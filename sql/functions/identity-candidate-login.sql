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
  p_device_sha256 bytea, p_device_event_id bigint, p_device_subject text, p_device_payload text, p_device_payload_sha256 bytea,
  OUT outcome text, OUT access_generation integer)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  before record;
  state text;
BEGIN
  PERFORM pg_advisory_xact_lock(p_candidate_id);
  SELECT t.state INTO state FROM khoacu.sitting t WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
  outcome := 'made';
  IF state = 'open' AND khoacu.sitting_device_frozen(p_room_id, p_sitting_id, p_device_sha256) THEN
    outcome := 'frozen';
    RETURN;
  END IF;
  PERFORM khoacu.do_identity_candidate_logins_end(p_candidate_id, p_room_id, p_sitting_id, p_now);
  INSERT INTO khoacu.login (token_sha256, candidate_id, created_at, last_seen_at, expires_at)
  VALUES (p_token_sha256, p_candidate_id, p_now, p_now, p_expires_at);
  DELETE FROM khoacu.login_brake WHERE subject = p_brake_subject;
  INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
  VALUES (p_event_id, p_now, p_actor, 'identity.login_make', p_subject, p_payload, p_payload_sha256);
  SELECT t.access_generation INTO access_generation
    FROM khoacu.sitting t WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- On which machine she sits; another one while the paper is open is for an invigilator to see.
  SELECT d.number, d.device_sha256 INTO before
    FROM khoacu.sitting_device d WHERE d.room_id = p_room_id AND d.sitting_id = p_sitting_id ORDER BY d.number DESC LIMIT 1;
  INSERT INTO khoacu.sitting_device (room_id, sitting_id, number, device_sha256, token_sha256, generation, came_at, while_open, given_back)
  VALUES (p_room_id, p_sitting_id, coalesce(before.number, 0) + 1, p_device_sha256, p_token_sha256, access_generation, p_now,
          state = 'open', false);
  IF state = 'open' AND before.device_sha256 <> p_device_sha256 THEN
    INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    VALUES (p_device_event_id, p_now, p_actor, 'sitting.second_device', p_device_subject, p_device_payload, p_device_payload_sha256);
    PERFORM pg_notify('khoacu_time', lpad(to_hex(p_room_id), 16, '0'));
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_identity_candidate_login IS
  'made: the candidate''s log-in is there, her earlier ones are ended, failed attempts forgotten, the device noted, with the generation of her sitting; frozen: another device has the open sitting and an invigilator has not decided, nothing was changed';
