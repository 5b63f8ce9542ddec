-- The hall: its console, its staff, checking in, incidents.
-- :hall_room
-- The hall of a name in a shift, and whether $3 is of it.
SELECT m.room_id, h.cycle_id, h.code, h.state, h.starts_at, h.ends_at, h.minutes, h.grace_s, h.clock, h.check_in, h.two_persons, f.item_count,
       y.code, y.title_vi, y.title_en, y.authority_vi, y.authority_en, khoacu.hall_watches($3, m.room_id), y.demonstration
  FROM khoacu.room m
  JOIN khoacu.shift h ON h.shift_id = m.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
  JOIN khoacu.cycle y ON y.cycle_id = h.cycle_id
 WHERE m.shift_id = $1 AND m.code = $2;

-- :hall_seats
-- Every seat of a hall; of the answers what counts, each by the key of the log.
SELECT t.sitting_id, t.seat, c.roll_number, c.full_name, t.state, t.started_at, t.closes_at, t.held_at, t.holds,
       t.held_at IS NOT NULL AND khoacu.sitting_evacuated(t.room_id, t.sitting_id, t.held_at), t.extra_s, t.accommodation_s, a.answered, a.flagged, a.saved_at,
       p.seen_at, p.position, p.seb, p.seb_received, i.verdict, n.incidents, d.number IS NOT NULL, o.number IS NOT NULL, t.ended_at, p.seb_expected
  FROM khoacu.sitting t
  JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
  LEFT JOIN khoacu.sitting_presence p ON p.room_id = t.room_id AND p.sitting_id = t.sitting_id
  LEFT JOIN LATERAL (SELECT k.verdict FROM khoacu.check_in k WHERE k.room_id = t.room_id AND k.sitting_id = t.sitting_id
                      ORDER BY k.number DESC LIMIT 1) i ON true
  LEFT JOIN LATERAL (SELECT f.number FROM khoacu.candidate_photo f WHERE f.candidate_id = t.candidate_id ORDER BY f.number DESC LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT v.number FROM (SELECT khoacu.sitting_device_change(t.room_id, t.sitting_id) AS number) v
                      WHERE v.number IS NOT NULL AND t.state = 'open'
                        AND NOT (SELECT g.given_back FROM khoacu.sitting_device g
                                  WHERE g.room_id = t.room_id AND g.sitting_id = t.sitting_id AND g.number = v.number)
                        AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_device_decision e
                                         WHERE e.room_id = t.room_id AND e.sitting_id = t.sitting_id AND e.number = v.number)) d ON true
 CROSS JOIN LATERAL (SELECT count(*) AS incidents FROM khoacu.incident j WHERE j.room_id = t.room_id AND j.sitting_id = t.sitting_id
                        AND NOT EXISTS (SELECT 1 FROM khoacu.incident l WHERE l.corrects = j.incident_id)) n
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE l.choice > 0 OR l.answer IS NOT NULL) AS answered, count(*) FILTER (WHERE l.flagged) AS flagged,
              max(l.received_at) AS saved_at
         FROM (SELECT DISTINCT ON (r.position) r.choice, r.answer, r.flagged, max(r.received_at) OVER () AS received_at
                 FROM khoacu.response r
                WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id AND t.state <> 'assigned'
                ORDER BY r.position, r.seq DESC) l) a
 WHERE t.room_id = $1
 ORDER BY t.seat;

-- :hall_staff
SELECT s.staff_id, s.login_name, s.full_name
  FROM (SELECT DISTINCT ON (r.staff_id) r.staff_id, r.assigned FROM khoacu.room_staff r WHERE r.room_id = $1
         ORDER BY r.staff_id, r.number DESC) l
  JOIN khoacu.staff s ON s.staff_id = l.staff_id
 WHERE l.assigned
 ORDER BY s.login_name;

-- :hall_assign
SELECT outcome, person FROM khoacu.do_hall_assign($1, $2, $3, $4, $5);

-- :hall_sitting
-- The seat of a sitting, and whether $2 is of its hall.
SELECT t.room_id, t.shift_id, t.candidate_id, c.cycle_id, c.roll_number, khoacu.hall_watches($2, t.room_id)
  FROM khoacu.sitting t JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
 WHERE t.sitting_id = $1;

-- :hall_check_in
SELECT outcome, document, photo FROM khoacu.do_hall_check_in($1, $2, $3, $4, $5, $6, $7);

-- :hall_photo
SELECT f.jpeg, encode(f.sha256, 'hex') FROM khoacu.candidate_photo f WHERE f.candidate_id = $1 ORDER BY f.number DESC LIMIT 1;

-- :hall_candidate
SELECT c.candidate_id FROM khoacu.candidate c WHERE c.cycle_id = $1 AND c.roll_number = $2;

-- :hall_photo_keep
SELECT outcome FROM khoacu.do_hall_photo_keep($1, $2, $3, $4, $5, $6);

-- :hall_document_keep
SELECT outcome FROM khoacu.do_hall_document_keep($1, $2, $3, $4);

-- :hall_incident
SELECT outcome, shift_id FROM khoacu.do_hall_incident($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- :hall_incidents
-- Newest first; "corrected": a later one stands in its place.
SELECT i.incident_id, c.roll_number, t.seat, i.category, i.minutes, i.words, s.full_name, i.recorded_at, i.corrects,
       EXISTS (SELECT 1 FROM khoacu.incident n WHERE n.corrects = i.incident_id), i.adjustment_id
  FROM khoacu.incident i
  JOIN khoacu.staff s ON s.staff_id = i.recorded_by
  LEFT JOIN khoacu.sitting t ON t.room_id = i.room_id AND t.sitting_id = i.sitting_id
  LEFT JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
 WHERE i.room_id = $1
 ORDER BY i.recorded_at DESC, i.incident_id DESC
 LIMIT $2;

-- :hall_presence
-- What was heard of machines since the last time; never older than what is there.
INSERT INTO khoacu.sitting_presence AS p (room_id, sitting_id, seen_at, position, seb, seb_received, seb_expected)
SELECT g.room_id, g.sitting_id, 'epoch'::timestamptz + g.seen * interval '1 microsecond', g.position, g.seb, nullif(g.received, ''), nullif(g.expected, '')
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[]) AS g (room_id, sitting_id, seen, position, seb, received, expected)
ON CONFLICT (room_id, sitting_id) DO UPDATE
   SET seen_at = excluded.seen_at, position = CASE excluded.position WHEN 0 THEN p.position ELSE excluded.position END,
       seb = excluded.seb, seb_received = excluded.seb_received, seb_expected = excluded.seb_expected
 WHERE p.seen_at < excluded.seen_at;

-- :hall_presence_bad
-- Sittings whose locked browser is missing or another now, and was not when last heard of.
SELECT g.sitting_id, g.seb, 'epoch'::timestamptz + g.seen * interval '1 microsecond'
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS g (room_id, sitting_id, seen, seb)
  LEFT JOIN khoacu.sitting_presence p ON p.room_id = g.room_id AND p.sitting_id = g.sitting_id
 WHERE g.seb IN ('missing', 'mismatch') AND coalesce(p.seb, '') NOT IN ('missing', 'mismatch');
