-- :sitting_read
-- The sitting with its folded answers; "rows" counts what lies in the log, not what counts of it.
SELECT t.candidate_id, h.cycle_id, h.shift_id, h.form_id, t.state, h.state = 'closed',
       h.clock, h.starts_at, h.ends_at, h.minutes, t.grace_s, t.started_at, t.closes_at, f.sha256,
       a.positions, a.seqs, a.choices, a.flags, a.answers, a.rows,
       c.answers_sha256, c.code, c.answered, c.issued_at,
       t.accommodation_s, t.extra_s, t.held_s, t.held_at, h.sections IS NOT NULL OR h.item_seconds IS NOT NULL
  FROM khoacu.sitting t
  JOIN khoacu.shift h ON h.shift_id = t.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
  LEFT JOIN LATERAL (SELECT r.answers_sha256, r.code, r.answered, r.issued_at FROM khoacu.receipt r
                      WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                      ORDER BY r.revision DESC LIMIT 1) c ON true
 CROSS JOIN LATERAL (
       SELECT array_agg(l.position ORDER BY l.position) AS positions,
              array_agg(l.seq ORDER BY l.position) AS seqs,
              array_agg(l.choice ORDER BY l.position) AS choices,
              array_agg(l.flagged::integer ORDER BY l.position) AS flags,
              array_agg(l.answer ORDER BY l.position) AS answers,
              coalesce(max(l.rows), 0) AS rows
         FROM (SELECT DISTINCT ON (r.position) r.position, r.seq, r.choice, r.flagged, r.answer, count(*) OVER () AS rows
                 FROM khoacu.response r
                WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                ORDER BY r.position, r.seq DESC) l) a
 WHERE t.room_id = $1 AND t.sitting_id = $2;

-- :sitting_own
SELECT t.candidate_id, h.cycle_id, h.shift_id, h.form_id, t.state, h.state = 'closed',
       h.clock, h.starts_at, h.ends_at, h.minutes, t.grace_s, t.started_at, t.closes_at, f.sha256,
       c.answers_sha256, c.code, c.answered, c.issued_at,
       h.code, m.code, t.seat, f.item_count, y.code, y.title_vi, y.title_en, y.demonstration,
       t.accommodation_s, t.extra_s, t.held_s, t.held_at, t.held_at IS NOT NULL AND khoacu.sitting_evacuated(t.room_id, t.sitting_id, t.held_at),
       h.check_in AND t.state = 'assigned' AND NOT khoacu.sitting_checked_in(t.room_id, t.sitting_id),
       h.sections IS NOT NULL OR h.item_seconds IS NOT NULL, h.calculator
  FROM khoacu.sitting t
  JOIN khoacu.room m ON m.room_id = t.room_id
  JOIN khoacu.shift h ON h.shift_id = t.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
  JOIN khoacu.cycle y ON y.cycle_id = h.cycle_id
  LEFT JOIN LATERAL (SELECT r.answers_sha256, r.code, r.answered, r.issued_at FROM khoacu.receipt r
                      WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                      ORDER BY r.revision DESC LIMIT 1) c ON true
 WHERE t.room_id = $1 AND t.sitting_id = $2;

-- :sitting_start
SELECT outcome, started_at, closes_at FROM khoacu.do_sitting_start($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :sitting_read_unopened
-- Those that nobody has opened yet, with their places in the arrays; the columns that sitting_read begins with, and its last.
-- The arrays come as subqueries so that the planner does not see their length: else it would plan anew for each.
SELECT t.candidate_id, h.cycle_id, h.shift_id, h.form_id, t.state, h.state = 'closed',
       h.clock, h.starts_at, h.ends_at, h.minutes, t.grace_s, t.started_at, t.closes_at, f.sha256,
       t.accommodation_s, t.extra_s, t.held_s, t.held_at, h.sections IS NOT NULL OR h.item_seconds IS NOT NULL, i.place
  FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) WITH ORDINALITY AS i (room_id, sitting_id, place)
 CROSS JOIN LATERAL (SELECT s.candidate_id, s.shift_id, s.state, s.grace_s, s.started_at, s.closes_at, s.accommodation_s, s.extra_s, s.held_s, s.held_at
                       FROM khoacu.sitting s WHERE s.room_id = i.room_id AND s.sitting_id = i.sitting_id LIMIT 1) t
  JOIN khoacu.shift h ON h.shift_id = t.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
 WHERE t.state = 'assigned';

-- :sitting_open_many
SELECT place FROM khoacu.do_sitting_open_many($1, $2, $3, $4, $5, $6, $7, $8, $9) AS place;

-- :sitting_submit
SELECT outcome, answers_sha256, code, answered, issued_at
  FROM khoacu.do_sitting_submit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- :sitting_rooms_due
-- :roles worker
-- The first of the two times lets the index of open sittings serve.
SELECT DISTINCT room_id
  FROM khoacu.sitting
 WHERE state = 'open'
   AND holds = 0
   AND NOT khoacu.service_away()
   AND closes_at < $1
   AND closes_at + make_interval(secs => grace_s) < $1
 LIMIT $2;

-- :sitting_shifts_over
-- :roles worker
-- Nobody works any more, nobody may come any more, and no clock stands.
SELECT h.shift_id
  FROM khoacu.shift h
 WHERE h.state = 'scheduled'
   AND NOT khoacu.service_away()
   AND CASE h.clock WHEN 'common' THEN least(h.starts_at + make_interval(mins => h.minutes), h.ends_at) ELSE h.ends_at END
       + make_interval(secs => h.grace_s) < $1
   AND NOT EXISTS (
       SELECT 1 FROM khoacu.sitting t
        WHERE t.shift_id = h.shift_id AND t.state IN ('assigned', 'open')
          AND (t.holds <> 0
               OR coalesce(t.closes_at, CASE h.clock WHEN 'common' THEN least(h.starts_at + make_interval(mins => h.minutes), h.ends_at)
                                                                        + make_interval(secs => t.accommodation_s + t.extra_s)
                                                     ELSE h.ends_at END + make_interval(secs => t.held_s))
                  + make_interval(secs => t.grace_s) >= $1))
 ORDER BY h.ends_at
 LIMIT $2;

-- :sitting_shift_read
-- :roles server,worker
SELECT shift_id, cycle_id, form_id, state = 'closed', clock, starts_at, ends_at, minutes, grace_s,
       ARRAY(SELECT room_id FROM khoacu.room r WHERE r.shift_id = h.shift_id ORDER BY room_id)
  FROM khoacu.shift h
 WHERE shift_id = $1;

-- :sitting_room_lock
-- :roles server,worker
-- Waits for the batches of saves under way; later ones wait for this transaction.
SELECT f.sha256
  FROM khoacu.room m
  JOIN khoacu.shift h ON h.shift_id = m.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
 WHERE m.room_id = $1
   FOR UPDATE OF m;

-- :sitting_room_open
-- :roles worker
-- Open sittings of a locked room that are due ($3: all) with what counts of their answers.
SELECT t.sitting_id, a.positions, a.choices, a.answers
  FROM khoacu.sitting t
 CROSS JOIN LATERAL (
       SELECT array_agg(l.position) AS positions, array_agg(l.choice) AS choices, array_agg(l.answer) AS answers
         FROM (SELECT DISTINCT ON (r.position) r.position, r.choice, r.answer
                 FROM khoacu.response r
                WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                ORDER BY r.position, r.seq DESC) l) a
 WHERE t.room_id = $1
   AND t.state = 'open'
   AND ($3 OR t.holds = 0 AND t.closes_at + make_interval(secs => t.grace_s) < $2);

-- :sitting_room_close
-- :roles worker
WITH given AS (
  SELECT g.sitting_id, g.sha256, g.answered, g.code
    FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[]) AS g (sitting_id, sha256, answered, code)
), ended AS (
  UPDATE khoacu.sitting t SET state = 'closed', ended_at = $6
    FROM given g
   WHERE t.room_id = $1 AND t.sitting_id = g.sitting_id AND t.state = 'open'
  RETURNING t.sitting_id
)
INSERT INTO khoacu.receipt (room_id, sitting_id, answers_sha256, answered, code, issued_at)
SELECT $1, g.sitting_id, decode(g.sha256, 'hex'), g.answered, g.code, $6
  FROM given g JOIN ended e ON e.sitting_id = g.sitting_id;

-- :sitting_room_absent
-- :roles worker
UPDATE khoacu.sitting SET state = 'absent', ended_at = $2 WHERE room_id = $1 AND state = 'assigned';

-- :sitting_shift_close
-- :roles worker
SELECT outcome FROM khoacu.do_sitting_shift_close($1);

-- :sitting_cycles_begin
-- :roles worker
UPDATE khoacu.cycle y SET state = 'round1'
 WHERE y.state = 'preparing'
   AND EXISTS (SELECT 1 FROM khoacu.shift h WHERE h.cycle_id = y.cycle_id AND h.starts_at <= $1)
RETURNING y.cycle_id;

-- :sitting_file_keep
-- A file of a candidate; what is there already stays as it is.
SELECT outcome FROM khoacu.do_sitting_file_keep($1, $2, $3, $4, $5, $6, $7);
