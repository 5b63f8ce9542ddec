-- Opens a paper once. The caller has judged the time by the same facts (sitting_time_judge); what is checked again here
-- holds whatever a server believes.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_start(
  p_room_id bigint, p_sitting_id bigint, p_now timestamptz, p_closes_at timestamptz,
  p_event_id bigint, p_actor text, p_subject text, p_payload text, p_payload_sha256 bytea,
  OUT outcome text, OUT started_at timestamptz, OUT closes_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE khoacu.sitting t SET state = 'open', started_at = p_now, closes_at = p_closes_at
    FROM khoacu.shift h
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id AND t.state = 'assigned' AND t.holds = 0
     AND h.shift_id = t.shift_id AND h.state = 'scheduled'
     AND p_now >= h.starts_at AND p_now < p_closes_at AND p_closes_at <= h.ends_at + make_interval(secs => t.accommodation_s + t.extra_s + t.held_s)
  RETURNING t.started_at, t.closes_at INTO do_sitting_start.started_at, do_sitting_start.closes_at;
  IF FOUND THEN
    INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    VALUES (p_event_id, p_now, p_actor, 'sitting.start', p_subject, p_payload, p_payload_sha256);
    outcome := 'opened';
    RETURN;
  END IF;
  -- Another tab or another server was quicker, or the sitting has ended.
  SELECT CASE WHEN t.state = 'assigned' AND t.holds <> 0 THEN 'held' WHEN t.state = 'open' THEN 'open' ELSE 'ended' END, t.started_at, t.closes_at
    INTO do_sitting_start.outcome, do_sitting_start.started_at, do_sitting_start.closes_at
    FROM khoacu.sitting t
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_start(bigint, bigint, timestamptz, timestamptz, bigint, text, text, text, bytea) IS
  'opened: by this call; open: it was; held: its clock stands; ended: it cannot be opened any more. Null: no such sitting';
