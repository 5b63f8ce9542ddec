-- The hot path: one batch of saves.
-- :journal_record
SELECT place, outcome, current_seq, current_choice, current_flagged
  FROM khoacu.do_sitting_responses_record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- The form that a sitting sees.
-- :journal_form
SELECT h.form_id
  FROM khoacu.sitting s
  JOIN khoacu.shift h ON h.shift_id = s.shift_id
 WHERE s.room_id = $1 AND s.sitting_id = $2;
