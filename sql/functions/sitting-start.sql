-- Opens a paper once. The caller has judged the time by the same facts (sitting_time_judge); what is checked again here
-- holds whatever a server believes.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_start(
  p_room_id bigint, p_sitting_id bigint, p_now timestamptz, p_closes_at timestamptz,
  p_event_id bigint, p_actor text, p_subject text, p_payload text, p_payload_sha256 bytea,
  OUT outcome text, OUT started_at timestamptz, OUT closes_at timestamptz)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  UPDATE khoacu.sitting t SET state = 'open', started_at = p_now, closes_at = p_closes_at
    FROM khoacu.shift h
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id AND t.state = 'assigned' AND t.holds = 0
     AND h.shift_id = t.shift_id AND h.state = 'scheduled' AND (NOT h.check_in OR khoacu.sitting_checked_in(t.room_id, t.sitting_id))
     AND p_now >= h.starts_at AND p_now < p_closes_at AND p_closes_at <= h.ends_at + make_interval(secs => t.accommodation_s + t.extra_s + t.held_s)
  RETURNING t.started_at, t.closes_at INTO do_sitting_start.started_at, do_sitting_start.closes_at;
  IF FOUND THEN
    INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    VALUES (p_event_id, p_now, p_actor, 'sitting.start', p_subject, p_payload, p_payload_sha256);
    outcome := 'opened';
    RETURN;
  END IF;
  -- Another tab or another server was quicker, or the sitting has ended.
  SELECT CASE WHEN t.state = 'assigned' AND t.holds <> 0 THEN 'held'
              WHEN t.state = 'assigned' AND h.check_in AND NOT khoacu.sitting_checked_in(t.room_id, t.sitting_id) THEN 'not_checked_in'
              WHEN t.state = 'open' THEN 'open' ELSE 'ended' END, t.started_at, t.closes_at
    INTO do_sitting_start.outcome, do_sitting_start.started_at, do_sitting_start.closes_at
    FROM khoacu.sitting t JOIN khoacu.shift h ON h.shift_id = t.shift_id
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_start(bigint, bigint, timestamptz, timestamptz, bigint, text, text, text, bytea) IS
  'opened: by this call; open: it was; held: its clock stands; not_checked_in: an invigilator must let her in first; ended: it cannot be opened any more. Null: no such sitting';

-- Opens many at once: what holds above holds for each. Gives the places of those that it opened; the others stay as they were.
-- Each sitting is reached through its primary key and then by its place in the table, so that the plan is the same
-- whatever the planner believes of the tables' size. The state is asked for in the row that is written, so whoever
-- was quicker stays so.
CREATE OR REPLACE FUNCTION khoacu.do_sitting_open_many(
  p_room_ids bigint[], p_sitting_ids bigint[], p_now_us bigint[], p_closes_us bigint[],
  p_event_ids bigint[], p_actors text[], p_subjects text[], p_payloads text[], p_payload_sha256 text[])
RETURNS SETOF integer
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
  RETURN QUERY
  WITH given AS (
    SELECT g.room_id, g.sitting_id, 'epoch'::timestamptz + g.now_us * interval '1 microsecond' AS now_at,
           'epoch'::timestamptz + g.closes_us * interval '1 microsecond' AS closes_at, g.place::integer AS place
      FROM unnest(p_room_ids, p_sitting_ids, p_now_us, p_closes_us) WITH ORDINALITY AS g (room_id, sitting_id, now_us, closes_us, place)
  ), opened AS (
    UPDATE khoacu.sitting t SET state = 'open', started_at = x.now_at, closes_at = x.closes_at
      FROM (SELECT g.place, g.now_at, g.closes_at, s.at
              FROM given g
             CROSS JOIN LATERAL (
                   SELECT o.ctid AS at
                     FROM khoacu.sitting o JOIN khoacu.shift h ON h.shift_id = o.shift_id
                    WHERE o.room_id = g.room_id AND o.sitting_id = g.sitting_id AND h.state = 'scheduled'
                      AND (NOT h.check_in OR khoacu.sitting_checked_in(o.room_id, o.sitting_id))
                      AND g.now_at >= h.starts_at AND g.now_at < g.closes_at
                      AND g.closes_at <= h.ends_at + make_interval(secs => o.accommodation_s + o.extra_s + o.held_s)
                    LIMIT 1) s) x
     WHERE t.ctid = x.at AND t.state = 'assigned' AND t.holds = 0
    RETURNING x.place, x.now_at
  ), noted AS (
    INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, payload, payload_sha256)
    SELECT p_event_ids[o.place], o.now_at, p_actors[o.place], 'sitting.start', p_subjects[o.place], p_payloads[o.place],
           decode(p_payload_sha256[o.place], 'hex')
      FROM opened o
  )
  SELECT o.place FROM opened o;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_open_many IS 'Opens papers together; gives the places, from 1, of those that were opened by this call';
