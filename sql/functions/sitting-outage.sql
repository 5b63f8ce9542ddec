-- Working time is never shortened by an outage of ours. Servers leave a sign of life each second; who finds the last one more than ten
-- seconds old knows that none of them, or the database, was there, and gives the time back in the transaction that renews
-- the sign, under the lock of its one row: whoever comes second finds it renewed, so nothing is given twice.

CREATE OR REPLACE FUNCTION khoacu.service_away() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM khoacu.service_beat b WHERE b.beat_at < clock_timestamp() - interval '10 s')
$$;
COMMENT ON FUNCTION khoacu.service_away() IS 'Whether no server is at work: then nobody''s time is called over';

-- What each sitting of a shift has lost since p_from. A clock that stands loses nothing. Who has not opened the paper: of a common clock
-- what lies behind the scheduled start, of a personal one what her full time no longer has before the end of the shift.
CREATE OR REPLACE FUNCTION khoacu.sitting_outage_lost(
  p_shift_id bigint, p_from timestamptz, p_now timestamptz,
  OUT room_id bigint, OUT sitting_id bigint, OUT from_at timestamptz, OUT seconds integer) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = khoacu, pg_temp AS $$
  SELECT l.room_id, l.sitting_id, l.from_at, l.seconds
    FROM (SELECT t.room_id, t.sitting_id, f.from_at,
                 CASE WHEN t.state = 'open' OR h.clock = 'common' THEN ceil(extract(epoch FROM p_now - f.from_at))
                      ELSE least(ceil(extract(epoch FROM p_now - f.from_at)), ceil(60 * h.minutes - extract(epoch FROM f.over_at - p_now))) END::integer AS seconds,
                 f.over_at
            FROM shift h
            JOIN room m ON m.shift_id = h.shift_id
            JOIN sitting t ON t.room_id = m.room_id
           CROSS JOIN LATERAL (
                 SELECT greatest(p_from, h.starts_at, t.started_at) AS from_at,
                        CASE WHEN t.state = 'open' THEN t.closes_at
                             WHEN h.clock = 'common' THEN least(h.starts_at + make_interval(mins => h.minutes), h.ends_at)
                                                          + make_interval(secs => t.held_s + t.accommodation_s + t.extra_s)
                             ELSE h.ends_at + make_interval(secs => t.held_s) END AS over_at) f
           WHERE h.shift_id = p_shift_id AND t.state IN ('assigned', 'open') AND t.holds = 0) l
   WHERE l.from_at < l.over_at AND l.seconds > 0
$$;
COMMENT ON FUNCTION khoacu.sitting_outage_lost(bigint, timestamptz, timestamptz) IS 'The sittings of a shift whose time ran while the service was away, and what each lost';
REVOKE ALL ON FUNCTION khoacu.sitting_outage_lost(bigint, timestamptz, timestamptz) FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.sitting_outage_credit(p_shift_id bigint, p_from timestamptz, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = khoacu, pg_temp AS $$
DECLARE
  id bigint := 1 + (('x' || substr(md5(gen_random_uuid()::text || gen_random_uuid()::text), 1, 16))::bit(64)::bigint & 9223372036854775806);
  whole integer := ceil(extract(epoch FROM p_now - p_from));
  changed integer;
  told text;
BEGIN
  WITH lost AS MATERIALIZED (
    SELECT l.room_id, l.sitting_id, l.from_at, l.seconds FROM sitting_outage_lost(p_shift_id, p_from, p_now) l
  ), asked AS (
    INSERT INTO sitting_adjustment (adjustment_id, shift_id, room_id, sitting_id, kind, seconds, reason, needs_approval, requested_by, requested_at, cause)
    SELECT id, p_shift_id, NULL, NULL, 'outage', whole,
           format('Máy chủ không phục vụ · The service was away: %s – %s', to_char(p_from AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI:SS'),
                  to_char(p_now AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI:SS')), false, NULL, p_now, 'hold'
     WHERE EXISTS (SELECT 1 FROM lost)
  ), moved AS (
    UPDATE sitting t SET held_s = t.held_s + l.seconds, closes_at = t.closes_at + make_interval(secs => l.seconds)
      FROM lost l
     WHERE t.room_id = l.room_id AND t.sitting_id = l.sitting_id
    RETURNING t.room_id, t.sitting_id, l.from_at, l.seconds
  )
  INSERT INTO sitting_adjustment_effect (adjustment_id, room_id, sitting_id, kind, from_at, seconds, applied_at)
  SELECT id, v.room_id, v.sitting_id, 'outage', v.from_at, v.seconds, p_now FROM moved v;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed > 0 THEN
    told := format('{"actor":"system","at":%s,"d":{"adjustment":"%s","seconds":%s,"sittings":%s},"subject":"shift:%s","t":"sitting.outage_credit","v":1}',
                   (1000000 * extract(epoch FROM p_now))::bigint, lpad(to_hex(id), 16, '0'), whole, changed, lpad(to_hex(p_shift_id), 16, '0'));
    INSERT INTO audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    VALUES (1 + (('x' || substr(md5(gen_random_uuid()::text || gen_random_uuid()::text), 1, 16))::bit(64)::bigint & 9223372036854775806), p_now, 'system',
            'sitting.outage_credit', 'shift:' || lpad(to_hex(p_shift_id), 16, '0'), told, sha256(convert_to(told, 'UTF8')));
    PERFORM pg_notify('khoacu_time', lpad(to_hex(m.room_id), 16, '0')) FROM room m WHERE m.shift_id = p_shift_id;
  END IF;
  RETURN changed;
END
$$;
COMMENT ON FUNCTION khoacu.sitting_outage_credit(bigint, timestamptz, timestamptz) IS 'Gives a shift back what the outage took; gives the number of its sittings. For the function below alone';
REVOKE ALL ON FUNCTION khoacu.sitting_outage_credit(bigint, timestamptz, timestamptz) FROM PUBLIC;

-- p_own_ms: how long ago, by its own monotonic clock, this server left its last sign; null: it has just started. The shortest of what
-- the clocks tell counts: neither a stepped clock nor one server that was cut off is an outage.
CREATE OR REPLACE FUNCTION khoacu.do_sitting_beat(p_boot text, p_boot_ms bigint, p_own_ms bigint, OUT away_s integer, OUT sittings integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  last record;
  now_at timestamptz;
  gap_ms numeric;
BEGIN
  away_s := 0;
  sittings := 0;
  SELECT b.beat_at, b.boot, b.boot_ms INTO last FROM service_beat b FOR UPDATE;
  now_at := clock_timestamp();
  IF NOT FOUND THEN
    INSERT INTO service_beat (beat_at, boot, boot_ms) VALUES (now_at, p_boot, p_boot_ms) ON CONFLICT DO NOTHING;
    RETURN;
  END IF;
  gap_ms := least(1000 * extract(epoch FROM now_at - last.beat_at), CASE WHEN last.boot = p_boot AND p_boot <> '-' THEN p_boot_ms - last.boot_ms END, p_own_ms, 31536000000);
  UPDATE service_beat SET beat_at = now_at, boot = p_boot, boot_ms = p_boot_ms;
  IF gap_ms <= 10000 THEN
    RETURN;
  END IF;
  away_s := ceil(gap_ms / 1000);
  -- In the order in which every batch of saves takes them.
  PERFORM 1 FROM room m JOIN shift x ON x.shift_id = m.shift_id WHERE x.state = 'scheduled' AND x.starts_at < now_at ORDER BY m.room_id FOR UPDATE OF m;
  SELECT coalesce(sum(sitting_outage_credit(h.shift_id, now_at - make_interval(secs => gap_ms::float8 / 1000), now_at)), 0) INTO sittings
    FROM (SELECT x.shift_id FROM shift x WHERE x.state = 'scheduled' AND x.starts_at < now_at ORDER BY x.shift_id) h;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_beat(text, bigint, bigint) IS
  'A server''s sign of life. away_s: how long there was none, 0 up to ten seconds; sittings: whose time was given back for it';
REVOKE ALL ON FUNCTION khoacu.do_sitting_beat(text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_sitting_beat(text, bigint, bigint) TO khoacu_server;
