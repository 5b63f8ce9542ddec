-- :score_room_lock
-- :roles worker
-- Two workers that score the same room follow each other.
SELECT 1 FROM khoacu.room WHERE room_id = $1 FOR UPDATE;

-- :score_room_sittings
-- :roles worker
SELECT t.sitting_id, t.candidate_id, t.state, a.positions, a.choices, a.answers
  FROM khoacu.sitting t
 CROSS JOIN LATERAL (
       SELECT array_agg(l.position) AS positions, array_agg(l.choice) AS choices, array_agg(l.answer) AS answers
         FROM (SELECT DISTINCT ON (r.position) r.position, r.choice, r.answer
                 FROM khoacu.response r
                WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                ORDER BY r.position, r.seq DESC) l) a
 WHERE t.room_id = $1
   AND t.state IN ('submitted', 'closed', 'absent');

-- :score_append
-- :roles worker
-- Appends where the last revision differs; what a person decided (suspended, exempt, void) stays, save the void that a certificate
-- taken back has left, and no older version of the key follows a newer one.
INSERT INTO khoacu.sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at, points_e7,
                                  points_max_e7, item_points_e7, key_version, dropped)
SELECT g.candidate_id, coalesce(l.revision, 0) + 1, g.sitting_id, g.status,
       CASE g.status WHEN 'counted' THEN g.correct END, CASE g.status WHEN 'counted' THEN g.answered END, $6::smallint, $7::timestamptz,
       CASE g.status WHEN 'counted' THEN g.points END, CASE g.status WHEN 'counted' THEN $10::bigint END,
       CASE g.status WHEN 'counted' THEN g.item_points::bigint[] END, $11::integer, $12::smallint
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $8::bigint[], $9::text[])
       AS g (candidate_id, sitting_id, status, correct, answered, points, item_points)
  LEFT JOIN LATERAL (
       SELECT s.revision, s.sitting_id, s.status, s.correct, s.answered, s.questions, s.points_max_e7, s.item_points_e7,
              s.key_version
         FROM khoacu.sitting_score s
        WHERE s.candidate_id = g.candidate_id
        ORDER BY s.revision DESC
        LIMIT 1) l ON true
 WHERE l.revision IS NULL
    OR (l.status = 'void' AND khoacu.score_of_credential(l.status, l.sitting_id))
    OR (l.status IN ('counted', 'absent') AND l.key_version <= $11::integer
        AND (l.sitting_id, l.status, l.correct, l.answered, l.questions, l.points_max_e7, l.item_points_e7, l.key_version) IS DISTINCT FROM
            (g.sitting_id, g.status, CASE g.status WHEN 'counted' THEN g.correct END,
             CASE g.status WHEN 'counted' THEN g.answered END, $6::smallint, CASE g.status WHEN 'counted' THEN $10::bigint END,
             CASE g.status WHEN 'counted' THEN g.item_points::bigint[] END, $11::integer));

-- :score_job_enqueue
-- :roles server,worker
SELECT job_id, waits FROM khoacu.do_score_job_enqueue($1, $2, $3, $4, $5, $6, $7);

-- :score_job_read
-- :roles server,worker
SELECT job_id, kind, cycle_id, subject_id, requested_by, requested_at, arguments, state, attempts,
       done_count, total_count, message
  FROM khoacu.job
 WHERE job_id = $1;

-- :score_job_take
-- :roles worker
SELECT khoacu.do_score_job_take($1, $2);

-- :score_job_progress
-- :roles worker
UPDATE khoacu.job SET done_count = $2, total_count = $3 WHERE job_id = $1 AND state = 'running';

-- :score_job_note
-- :roles worker
-- Beside the transaction that works: how far it is, and whether it is to go on.
UPDATE khoacu.job SET done_count = $2, total_count = $3 WHERE job_id = $1 AND state = 'running' RETURNING cancelled_at IS NOT NULL;

-- :score_job_cancel
-- :roles server
SELECT khoacu.do_score_job_cancel($1, $2, $3, $4);

-- :score_job_finish
-- :roles worker
SELECT khoacu.do_score_job_finish($1, $2, $3, $4);
