-- Answers that came after the end.
-- :late_window
SELECT late_s FROM khoacu.shift WHERE shift_id = $1;

-- :late_batch_insert
INSERT INTO khoacu.late_batch (batch_id, room_id, sitting_id, shift_id, source, file_sha256, received_at, received_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :late_responses_insert
-- What the log of answers has already, or an earlier batch, is not late.
INSERT INTO khoacu.late_response (room_id, sitting_id, batch_id, hash, prev, n, position, seq, choice, answer, flagged, made_at)
SELECT $1, $2, $3, decode(e.hash, 'hex'), decode(e.prev, 'hex'), e.n, e.position, e.seq, e.choice, e.answer, e.flagged <> 0,
       to_timestamp(e.made_ms / 1000.0)
  FROM unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::bigint[], $12::bigint[])
       AS e (hash, prev, n, position, seq, choice, answer, flagged, made_ms)
 WHERE NOT EXISTS (SELECT 1 FROM khoacu.response r
                    WHERE r.room_id = $1 AND r.sitting_id = $2 AND r.position = e.position AND r.seq = e.seq
                      AND r.choice = e.choice AND r.answer IS NOT DISTINCT FROM e.answer AND r.flagged = (e.flagged <> 0))
ON CONFLICT DO NOTHING;

-- :late_propose
SELECT outcome, sitting_id FROM khoacu.do_late_propose($1, $2, $3, $4, $5, $6);

-- :late_decide
SELECT outcome, room_id, sitting_id, reason FROM khoacu.do_late_decide($1, $2, $3);

-- :late_count
-- A number that is taken already stays what it is.
INSERT INTO khoacu.response (room_id, sitting_id, received_at, seq, position, choice, flagged, answer)
SELECT l.room_id, l.sitting_id, $2, l.seq, l.position, l.choice, l.flagged, l.answer
  FROM khoacu.late_response l
 WHERE l.batch_id = $1
 ORDER BY l.position, l.seq
ON CONFLICT DO NOTHING;

-- :late_receipt_insert
-- A new revision where the hash is another one.
INSERT INTO khoacu.receipt (room_id, sitting_id, revision, answers_sha256, answered, code, issued_at)
SELECT $1, $2, c.revision + 1, $3, $4, $5, $6
  FROM (SELECT r.revision, r.answers_sha256 FROM khoacu.receipt r WHERE r.room_id = $1 AND r.sitting_id = $2 ORDER BY r.revision DESC LIMIT 1) c
 WHERE c.answers_sha256 <> $3;

-- :late_list
SELECT b.batch_id, b.sitting_id, m.code, c.roll_number, c.full_name, b.source, b.received_at, e.answers, e.made_first, e.made_last,
       t.closes_at,
       CASE WHEN d.batch_id IS NOT NULL THEN CASE p.decision WHEN 'count' THEN 'counted' ELSE 'left' END
            WHEN p.proposal_id IS NOT NULL THEN 'proposed' ELSE 'waiting' END,
       p.decision, p.reason, f.full_name, g.full_name, d.decided_at
  FROM khoacu.late_batch b
  JOIN khoacu.room m ON m.room_id = b.room_id
  JOIN khoacu.sitting t ON t.room_id = b.room_id AND t.sitting_id = b.sitting_id
  JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
 CROSS JOIN LATERAL (SELECT count(*) AS answers, min(r.made_at) AS made_first, max(r.made_at) AS made_last
                       FROM khoacu.late_response r WHERE r.batch_id = b.batch_id) e
  LEFT JOIN khoacu.late_decision d ON d.batch_id = b.batch_id
  LEFT JOIN LATERAL (SELECT q.proposal_id, q.decision, q.reason, q.proposed_by FROM khoacu.late_proposal q
                      WHERE q.batch_id = b.batch_id AND (d.proposal_id IS NULL OR q.proposal_id = d.proposal_id)
                      ORDER BY q.proposed_at DESC, q.proposal_id LIMIT 1) p ON true
  LEFT JOIN khoacu.staff f ON f.staff_id = p.proposed_by
  LEFT JOIN khoacu.staff g ON g.staff_id = d.confirmed_by
 WHERE b.shift_id = $1
   AND ($2::bigint = 0 OR (b.received_at, b.batch_id) < (SELECT k.received_at, k.batch_id FROM khoacu.late_batch k WHERE k.batch_id = $2))
 ORDER BY b.received_at DESC, b.batch_id DESC
 LIMIT $3;
