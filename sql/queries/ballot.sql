-- :ballot_appoint
SELECT r.outcome, r.place FROM khoacu.do_ballot_appoint($1, $2, $3, $4::text[], $5, $6, $7) r;

-- :ballot_prepare
SELECT r.outcome, r.step FROM khoacu.do_ballot_prepare($1, $2, $3::integer, $4::integer, $5::integer,
       (SELECT coalesce(array_agg(decode(s, 'hex')), '{}') FROM unnest($6::text[]) s), $7, $8) r;

-- :ballot_open
SELECT r.outcome FROM khoacu.do_ballot_open($1, $2) r;

-- :ballot_cast
SELECT r.outcome, encode(r.commitment, 'hex') FROM khoacu.do_ballot_cast($1, $2::smallint, $3, $4) r;

-- :ballot_count
SELECT r.outcome, r.papers, r.votes, r.step, r.names, r.summoned, r.excused, r.cycle_id
  FROM khoacu.do_ballot_count($1, $2::integer, $3, $4) r;

-- :ballot_end
SELECT r.outcome FROM khoacu.do_ballot_end($1, $2, $3::bigint[]::smallint[], $4::integer, $5) r;

-- :ballot_pick
SELECT r.outcome FROM khoacu.do_ballot_pick($1, $2::smallint, $3, $4, $5::integer, $6) r;

-- :ballot_slip_look
SELECT r.ballot_id, r.cycle_id, r.step, r.state, r.post, r.title, r.numbers, r.names FROM khoacu.do_ballot_look($1) r;

-- :ballot_receipts
SELECT r.commitment FROM khoacu.do_ballot_receipts($1) r;

-- :ballot_appointments
SELECT a.appointment_id, p.code, p.title, a.state, a.reason, a.opened_at, k.roll_number,
       (SELECT array_agg(c.roll_number ORDER BY n.number) FROM khoacu.appointment_name n JOIN khoacu.candidate c ON c.candidate_id = n.candidate_id
         WHERE n.appointment_id = a.appointment_id),
       (SELECT array_agg(c.full_name ORDER BY n.number) FROM khoacu.appointment_name n JOIN khoacu.candidate c ON c.candidate_id = n.candidate_id
         WHERE n.appointment_id = a.appointment_id)
  FROM khoacu.appointment a
  JOIN khoacu.post p ON p.post_id = a.post_id
  LEFT JOIN khoacu.candidate k ON k.candidate_id = a.chosen
 WHERE a.cycle_id = $1
 ORDER BY a.opened_at, p.code
 LIMIT 500;

-- :ballot_list
SELECT b.appointment_id, b.ballot_id, b.step, b.names::bigint[], b.summoned, b.excused, s.login_name, b.opened_at, b.closed_at, t.login_name,
       coalesce(b.present, 0), coalesce(b.votes, '{}')::bigint[], coalesce(b.outcome, ''), coalesce(b.goes_on, '{}')::bigint[],
       coalesce(b.picked, 0), h.login_name, b.pick_reason
  FROM khoacu.ballot b
  JOIN khoacu.appointment a ON a.appointment_id = b.appointment_id
  JOIN khoacu.staff s ON s.staff_id = b.prepared_by
  LEFT JOIN khoacu.staff t ON t.staff_id = b.closed_by
  LEFT JOIN khoacu.staff h ON h.staff_id = b.picked_by
 WHERE a.cycle_id = $1
 ORDER BY b.appointment_id, b.step
 LIMIT 4000;

-- :ballot_cycle
SELECT c.code, a.appointment_id, coalesce(b.step, 0)
  FROM khoacu.appointment a
  JOIN khoacu.cycle c ON c.cycle_id = a.cycle_id
  LEFT JOIN khoacu.ballot b ON b.appointment_id = a.appointment_id AND b.ballot_id = $1
 WHERE a.appointment_id = $1 OR b.ballot_id = $1;
