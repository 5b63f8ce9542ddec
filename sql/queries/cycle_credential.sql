-- :cycle_credential_list
-- Certificates with their proposals, those that wait first; $2 a part of roll number or name.
SELECT c.roll_number, c.full_name, k.kind, to_char(k.issued_on, 'YYYY-MM-DD'), k.reference, s.full_name, k.recorded_at,
       EXISTS (SELECT 1 FROM khoacu.credential_in_force f WHERE f.candidate_id = k.candidate_id AND f.number = k.number),
       w.withdrawal_id, w.reason, p.login_name, p.full_name, w.proposed_at,
       d.verdict, d.reason, b.full_name, d.decided_at
  FROM khoacu.credential k
  JOIN khoacu.candidate c ON c.candidate_id = k.candidate_id
  JOIN khoacu.staff s ON s.staff_id = k.recorded_by
  LEFT JOIN khoacu.credential_withdrawal w ON w.candidate_id = k.candidate_id AND w.number = k.number
  LEFT JOIN khoacu.staff p ON p.staff_id = w.proposed_by
  LEFT JOIN khoacu.credential_withdrawal_decision d ON d.withdrawal_id = w.withdrawal_id
  LEFT JOIN khoacu.staff b ON b.staff_id = d.decided_by
 WHERE c.cycle_id = $1
   AND ($2 = '' OR strpos(khoacu.fold(c.roll_number || ' ' || c.full_name), (SELECT khoacu.fold($2))) > 0)
 ORDER BY (w.withdrawal_id IS NOT NULL AND d.withdrawal_id IS NULL) DESC, c.roll_number COLLATE "C", k.number, w.proposed_at
 LIMIT $3;

-- :cycle_credential_propose
SELECT khoacu.do_cycle_credential_propose($1, $2, $3, $4, $5, $6);

-- :cycle_credential_decide
SELECT khoacu.do_cycle_credential_decide($1, $2, $3, $4, $5, $6);
