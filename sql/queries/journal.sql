-- The hot path: one batch of saves.
-- :journal_record
SELECT place, outcome, current_seq, current_choice, current_flagged
  FROM khoacu.do_sitting_responses_record($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- What the order of a sitting follows from: the form's seed and how many options each position has.
-- :journal_order
SELECT f.seed, array_agg(cardinality(v.options)::bigint ORDER BY p.position)
  FROM khoacu.sitting s
  JOIN khoacu.shift h ON h.shift_id = s.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
  JOIN khoacu.form_position p ON p.form_id = f.form_id
  JOIN khoacu.item_version v ON v.item_id = p.item_id AND v.version = p.version
 WHERE s.room_id = $1 AND s.sitting_id = $2
 GROUP BY f.form_id;
