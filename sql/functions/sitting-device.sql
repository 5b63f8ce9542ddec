-- On which machine a candidate sits, when a second one came, and what an invigilator said about it.

CREATE OR REPLACE FUNCTION khoacu.sitting_device_change(p_room_id bigint, p_sitting_id bigint) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT c.number
    FROM (SELECT d.number, d.while_open, d.given_back, d.device_sha256, lag(d.device_sha256) OVER (ORDER BY d.number) AS before
            FROM khoacu.sitting_device d
           WHERE d.room_id = p_room_id AND d.sitting_id = p_sitting_id) c
   WHERE c.device_sha256 <> c.before AND (c.while_open OR c.given_back)
   ORDER BY c.number DESC
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.sitting_device_change(bigint, bigint) IS
  'Number of the last log-in by which an open sitting came to another machine; null: none';

CREATE OR REPLACE FUNCTION khoacu.sitting_device_decided(p_room_id bigint, p_sitting_id bigint, p_number integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM khoacu.sitting_device d WHERE d.room_id = p_room_id AND d.sitting_id = p_sitting_id AND d.number = p_number AND d.given_back)
      OR EXISTS (SELECT 1 FROM khoacu.sitting_device_decision e WHERE e.room_id = p_room_id AND e.sitting_id = p_sitting_id AND e.number = p_number)
$$;
COMMENT ON FUNCTION khoacu.sitting_device_decided(bigint, bigint, integer) IS 'Whether an invigilator has said what becomes of the machine that came with this log-in';

CREATE OR REPLACE FUNCTION khoacu.sitting_device_frozen(p_room_id bigint, p_sitting_id bigint, p_device_sha256 bytea) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM khoacu.sitting_device d,
           LATERAL (SELECT khoacu.sitting_device_change(p_room_id, p_sitting_id) AS number) c,
           LATERAL (SELECT n.device_sha256 FROM khoacu.sitting_device n
                     WHERE n.room_id = p_room_id AND n.sitting_id = p_sitting_id ORDER BY n.number DESC LIMIT 1) newest
     WHERE d.room_id = p_room_id AND d.sitting_id = p_sitting_id AND d.device_sha256 = p_device_sha256 AND newest.device_sha256 <> p_device_sha256
       AND NOT khoacu.sitting_device_decided(p_room_id, p_sitting_id, c.number)
       AND d.number < c.number
       -- what was decided before is over: only machines that had the sitting since then wait
       AND d.number >= coalesce((SELECT max(s.number) FROM khoacu.sitting_device s
                                  WHERE s.room_id = p_room_id AND s.sitting_id = p_sitting_id AND s.number < c.number
                                    AND khoacu.sitting_device_decided(p_room_id, p_sitting_id, s.number)), 0))
$$;
COMMENT ON FUNCTION khoacu.sitting_device_frozen(bigint, bigint, bytea) IS
  'Whether a machine had the sitting, another one has it now, and nobody has decided between them yet';

CREATE OR REPLACE FUNCTION khoacu.do_sitting_device_decide(
  p_sitting_id bigint, p_keep text, p_reason text, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT shift_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
  seat record;
  change record;
  earlier record;
  newest record;
BEGIN
  SELECT t.room_id, t.shift_id, t.candidate_id, t.state INTO seat FROM khoacu.sitting t WHERE t.sitting_id = p_sitting_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  shift_id := seat.shift_id;
  PERFORM pg_advisory_xact_lock(seat.candidate_id);
  SELECT d.number INTO change
    FROM khoacu.sitting_device d
   WHERE d.room_id = seat.room_id AND d.sitting_id = p_sitting_id
     AND d.number = khoacu.sitting_device_change(seat.room_id, p_sitting_id);
  outcome := CASE
    WHEN change.number IS NULL THEN 'nothing'
    WHEN khoacu.sitting_device_decided(seat.room_id, p_sitting_id, change.number) THEN 'decided'
    WHEN seat.state <> 'open' THEN 'ended'
    ELSE p_keep END;
  IF outcome <> p_keep THEN
    RETURN;
  END IF;
  IF p_keep = 'first' THEN
    SELECT d.device_sha256, d.token_sha256 INTO earlier FROM khoacu.sitting_device d
     WHERE d.room_id = seat.room_id AND d.sitting_id = p_sitting_id AND d.number = change.number - 1;
    PERFORM khoacu.do_identity_candidate_logins_end(seat.candidate_id, seat.room_id, p_sitting_id, p_now);
    UPDATE khoacu.login l SET ended_at = NULL
     WHERE l.token_sha256 = earlier.token_sha256 AND l.candidate_id = seat.candidate_id AND l.expires_at > p_now;
    IF NOT FOUND THEN
      outcome := 'expired';
      RETURN;
    END IF;
    SELECT d.number, t.access_generation INTO newest
      FROM khoacu.sitting_device d JOIN khoacu.sitting t ON t.room_id = d.room_id AND t.sitting_id = d.sitting_id
     WHERE d.room_id = seat.room_id AND d.sitting_id = p_sitting_id ORDER BY d.number DESC LIMIT 1;
    INSERT INTO khoacu.sitting_device (room_id, sitting_id, number, device_sha256, token_sha256, generation, came_at, while_open, given_back)
    VALUES (seat.room_id, p_sitting_id, newest.number + 1, earlier.device_sha256, earlier.token_sha256, newest.access_generation, p_now,
            true, true);
  END IF;
  INSERT INTO khoacu.sitting_device_decision (room_id, sitting_id, number, keep, reason, decided_by, decided_at)
  VALUES (seat.room_id, p_sitting_id, change.number, p_keep, p_reason, p_staff_id, p_now);
  PERFORM pg_notify('khoacu_time', lpad(to_hex(seat.room_id), 16, '0'));
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_device_decide IS
  'new: the later machine stays; first: the one before has the sitting again; nothing, decided, ended, expired, unknown: nothing was changed';
