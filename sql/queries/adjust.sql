-- Adjustments of time.
-- :adjust_request
SELECT outcome, sittings FROM khoacu.do_sitting_adjustment_request($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- :adjust_decide
SELECT outcome, sittings, shift_id FROM khoacu.do_sitting_adjustment_decide($1, $2, $3, $4);

-- :adjust_list
SELECT j.adjustment_id, j.kind, j.seconds, j.reason, m.code, c.roll_number, r.full_name, j.requested_at,
       CASE WHEN d.verdict = 'refused' THEN 'refused' WHEN j.needs_approval AND d.verdict IS NULL THEN 'waiting' ELSE 'applied' END,
       a.full_name, d.decided_at, j.cause,
       (SELECT count(*) FROM khoacu.sitting_adjustment_effect e WHERE e.adjustment_id = j.adjustment_id)
  FROM khoacu.sitting_adjustment j
  LEFT JOIN khoacu.staff r ON r.staff_id = j.requested_by
  LEFT JOIN khoacu.room m ON m.room_id = j.room_id
  LEFT JOIN khoacu.sitting t ON t.room_id = j.room_id AND t.sitting_id = j.sitting_id
  LEFT JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
  LEFT JOIN khoacu.sitting_adjustment_decision d ON d.adjustment_id = j.adjustment_id
  LEFT JOIN khoacu.staff a ON a.staff_id = d.decided_by
 WHERE j.shift_id = $1
   AND ($2::bigint = 0 OR (j.requested_at, j.adjustment_id) < (SELECT k.requested_at, k.adjustment_id FROM khoacu.sitting_adjustment k WHERE k.adjustment_id = $2))
 ORDER BY j.requested_at DESC, j.adjustment_id DESC
 LIMIT $3;
