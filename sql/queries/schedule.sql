-- :schedule_form
-- Whether there is such a form, and whether it is sealed; its positions and sections.
SELECT EXISTS (SELECT 1 FROM khoacu.form_draft WHERE cycle_id = $1 AND form_id = $2),
       EXISTS (SELECT 1 FROM khoacu.form WHERE cycle_id = $1 AND form_id = $2),
       f.item_count, v.sections::text
  FROM (SELECT) one
  LEFT JOIN khoacu.form f ON f.form_id = $2
  LEFT JOIN khoacu.form_version v ON v.form_id = f.form_id AND v.version = f.version;

-- :schedule_unseated
SELECT c.candidate_id
  FROM khoacu.candidate c
 WHERE c.cycle_id = $1
   AND NOT EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)
   AND NOT EXISTS (SELECT 1 FROM khoacu.credential_in_force k WHERE k.candidate_id = c.candidate_id)
 ORDER BY c.candidate_id;

-- :schedule_shift_insert
INSERT INTO khoacu.shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes, grace_s, two_persons, late_s, sections,
                          item_seconds, check_in, calculator)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb, $13, $14, $15)
ON CONFLICT (cycle_id, code) DO NOTHING;

-- :schedule_rooms_insert
INSERT INTO khoacu.room (room_id, shift_id, code)
SELECT g.room_id, $1, g.code
  FROM unnest($2::bigint[], $3::text[]) AS g (room_id, code);

-- :schedule_sittings_insert
-- Who has more time by her record has it from here on.
INSERT INTO khoacu.sitting (room_id, sitting_id, shift_id, candidate_id, seat, grace_s, accommodation_s)
SELECT g.room_id, g.sitting_id, $1, g.candidate_id, g.seat, $2, ceil($7::integer * 60 * c.extra_time_percent / 100.0)::integer
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS g (room_id, sitting_id, candidate_id, seat)
  JOIN khoacu.candidate c ON c.candidate_id = g.candidate_id;

-- :schedule_rooms
SELECT ARRAY(SELECT r.code FROM khoacu.room r WHERE r.shift_id = h.shift_id ORDER BY r.code COLLATE "C")
  FROM khoacu.shift h
 WHERE h.shift_id = $1;

-- :schedule_live_counts
SELECT t.state, count(*)
  FROM khoacu.room m
  JOIN khoacu.sitting t ON t.room_id = m.room_id
 WHERE m.shift_id = $1 AND ($2 = '' OR m.code = $2)
 GROUP BY t.state;

-- :schedule_live
-- Seats behind seat $4 of room $3. The page is taken first, so that only its answers are folded.
WITH page AS MATERIALIZED (
  SELECT m.code, t.seat, t.room_id, t.sitting_id, t.candidate_id, t.state, t.closes_at
    FROM khoacu.room m
    JOIN khoacu.sitting t ON t.room_id = m.room_id
   WHERE m.shift_id = $1
     AND ($2 = '' OR m.code = $2)
     AND (m.code COLLATE "C", t.seat) > ($3, $4)
   ORDER BY m.code COLLATE "C", t.seat
   LIMIT $5
)
SELECT p.code, p.seat, c.roll_number, c.full_name, p.state, p.closes_at, a.answered, a.flagged, a.saved_at
  FROM page p
  JOIN khoacu.candidate c ON c.candidate_id = p.candidate_id
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE l.choice > 0 OR l.answer IS NOT NULL) AS answered, count(*) FILTER (WHERE l.flagged) AS flagged,
              max(l.received_at) AS saved_at
         FROM (SELECT DISTINCT ON (r.position) r.choice, r.answer, r.flagged, max(r.received_at) OVER () AS received_at
                 FROM khoacu.response r
                WHERE r.room_id = p.room_id AND r.sitting_id = p.sitting_id
                ORDER BY r.position, r.seq DESC) l) a
 ORDER BY p.code COLLATE "C", p.seat;
