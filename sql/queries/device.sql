-- Machines of candidates.
-- :device_decide
SELECT outcome, shift_id FROM khoacu.do_sitting_device_decide($1, $2, $3, $4, $5);

-- :device_list
SELECT t.sitting_id, m.code, t.seat, c.roll_number, c.full_name, t.state, n.came_at, v.keep, v.reason, s.full_name, v.decided_at
  FROM khoacu.sitting t
  JOIN khoacu.room m ON m.room_id = t.room_id
  JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
  -- Where one came back, the change before is the one that was decided.
  JOIN LATERAL (SELECT d.number, d.came_at FROM khoacu.sitting_device d
                 WHERE d.room_id = t.room_id AND d.sitting_id = t.sitting_id
                   AND d.number = CASE WHEN (SELECT g.given_back FROM khoacu.sitting_device g
                                              WHERE g.room_id = t.room_id AND g.sitting_id = t.sitting_id
                                                AND g.number = khoacu.sitting_device_change(t.room_id, t.sitting_id))
                                       THEN (SELECT max(e.number) FROM khoacu.sitting_device_decision e
                                              WHERE e.room_id = t.room_id AND e.sitting_id = t.sitting_id)
                                       ELSE khoacu.sitting_device_change(t.room_id, t.sitting_id) END) n ON true
  LEFT JOIN khoacu.sitting_device_decision v ON v.room_id = t.room_id AND v.sitting_id = t.sitting_id AND v.number = n.number
  LEFT JOIN khoacu.staff s ON s.staff_id = v.decided_by
 WHERE t.shift_id = $1
 ORDER BY v.decided_at NULLS FIRST, n.came_at DESC, t.sitting_id
 LIMIT $2;
