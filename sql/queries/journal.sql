-- The hot path: one batch of saves is one transaction of these two. First the rooms are locked against closing, in order; then, by a
-- fresh snapshot, every row goes in whose sitting is open, whose log-in is still the valid one and which came in time. Whoever ends a
-- sitting locks its room FOR UPDATE first: so no save that is acknowledged can fall behind the fold of the answers, however many servers
-- write. When fewer rows go in than were sent, or a number is there already, the batch is judged row by row (journal_record).
--
-- Every table is reached row by row through its primary key: LATERAL … LIMIT 1. The arrays are unfolded in the list of columns and not in FROM, where
-- each would first be copied into a store of its own. A plain insert, because ON CONFLICT searches the index twice and writes a second
-- record of WAL for each row. `answers` is empty when no row of the batch has one, which is the common case: then all are null.
-- :journal_lock
SELECT count(*)
  FROM (SELECT 1 FROM khoacu.room r WHERE r.room_id = ANY ($1::bigint[]) ORDER BY r.room_id FOR KEY SHARE) locked;

-- :journal_insert
INSERT INTO khoacu.response (room_id, sitting_id, received_at, seq, position, choice, flagged, answer)
SELECT i.room_id, i.sitting_id, i.received_at, i.seq, i.position, i.choice, i.flagged, i.answer
  FROM (SELECT unnest($1::bigint[]) AS room_id, unnest($2::bigint[]) AS sitting_id, unnest($3::integer[]) AS generation,
               unnest($4::smallint[]) AS position, unnest($5::integer[]) AS seq, unnest($6::smallint[]) AS choice,
               unnest($7::boolean[]) AS flagged, unnest($8::timestamptz[]) AS received_at, unnest($9::text[]) AS answer) i
 CROSS JOIN LATERAL (SELECT t.state, t.access_generation, t.holds, t.closes_at, t.grace_s FROM khoacu.sitting t
                      WHERE t.room_id = i.room_id AND t.sitting_id = i.sitting_id LIMIT 1) s
 WHERE s.state = 'open' AND s.holds = 0 AND s.access_generation = i.generation AND i.received_at <= s.closes_at + s.grace_s * interval '1 second';

-- A batch that did not go in as a whole.
-- :journal_record
SELECT place, outcome, current_seq, current_choice, current_flagged
  FROM khoacu.do_sitting_responses_record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- The form that a sitting sees.
-- :journal_form
SELECT h.form_id
  FROM khoacu.sitting s
  JOIN khoacu.shift h ON h.shift_id = s.shift_id
 WHERE s.room_id = $1 AND s.sitting_id = $2;
