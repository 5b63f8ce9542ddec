-- :schedule_form
SELECT form_id FROM khoacu.form WHERE form_id = $1 AND cycle_id = $2;

-- :schedule_seatless
SELECT c.candidate_id FROM khoacu.candidate c
 WHERE c.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)
 ORDER BY c.candidate_id;

-- :schedule_shift_insert
INSERT INTO khoacu.shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes, grace_s)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :schedule_rooms_insert
INSERT INTO khoacu.room (room_id, shift_id, code)
SELECT u.room_id, $1, u.code FROM unnest($2::bigint[], $3::text[]) AS u (room_id, code);

-- :schedule_sittings_insert
INSERT INTO khoacu.sitting (room_id, sitting_id, shift_id, candidate_id, seat, grace_s)
SELECT u.room_id, u.sitting_id, $1, u.candidate_id, u.seat::integer, $2::smallint
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS u (room_id, sitting_id, candidate_id, seat);

-- :schedule_cycle_round1
UPDATE khoacu.cycle SET state = 'round1' WHERE cycle_id = $1 AND state = 'preparing';

-- :schedule_live
-- Serves the page of the hall: counts of the whole shift, and one page of seats with what each has saved. The key of a
-- page is room and seat.
SELECT json_build_object(
  'counts', coalesce((SELECT json_object_agg(s.state, s.n) FROM (SELECT t.state, count(*) AS n FROM khoacu.sitting t WHERE t.shift_id = $1 GROUP BY t.state) s), '{}'),
  'rooms', coalesce((SELECT json_agg(m.code ORDER BY m.code) FROM khoacu.room m WHERE m.shift_id = $1), '[]'),
  'rows', coalesce(json_agg(p.line ORDER BY p.key), '[]'),
  'next', CASE WHEN count(*) = $4 THEN max(p.key) END)::text
  FROM khoacu.shift h
  LEFT JOIN LATERAL (
       SELECT m.code || ' ' || lpad(t.seat::text, 3, '0') AS key,
              json_build_object('room', m.code, 'seat', t.seat, 'roll_number', c.roll_number, 'full_name', c.full_name, 'state', t.state,
                                'answered', coalesce(a.answered, 0), 'flagged', coalesce(a.flagged, 0),
                                'last_saved_at', khoacu.time_text(a.last_saved_at), 'closes_at', khoacu.time_text(t.closes_at)) AS line
         FROM khoacu.room m
         JOIN khoacu.sitting t ON t.room_id = m.room_id
         JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
         LEFT JOIN LATERAL (
              SELECT count(*) FILTER (WHERE l.choice > 0) AS answered, count(*) FILTER (WHERE l.flagged) AS flagged, max(l.received_at) AS last_saved_at
                FROM (SELECT DISTINCT ON (r.position) r.choice, r.flagged, r.received_at FROM khoacu.response r
                       WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id ORDER BY r.position, r.seq DESC) l) a ON true
        WHERE m.shift_id = h.shift_id AND ($2 = '' OR m.code = $2) AND m.code || ' ' || lpad(t.seat::text, 3, '0') > $3
        ORDER BY m.code, t.seat
        LIMIT $4) p ON true
 WHERE h.shift_id = $1
 GROUP BY h.shift_id;
