-- The locked browser of shifts.
-- :seb_set
SELECT outcome FROM khoacu.do_seb_set($1, $2, $3, $4, $5, $6, $7);

-- :seb_read
SELECT h.code, y.code, s.mode, s.quit_sha256, s.browser_keys, p.full_name, s.set_at
  FROM khoacu.shift h
  JOIN khoacu.cycle y ON y.cycle_id = h.cycle_id
  LEFT JOIN LATERAL (SELECT x.mode, x.quit_sha256, x.browser_keys, x.set_by, x.set_at FROM khoacu.shift_seb x
                      WHERE x.shift_id = h.shift_id ORDER BY x.number DESC LIMIT 1) s ON true
  LEFT JOIN khoacu.staff p ON p.staff_id = s.set_by
 WHERE h.shift_id = $1;

-- :seb_rooms
-- Halls whose shift asks for it now.
SELECT m.room_id, h.code, y.code, s.mode, s.quit_sha256, s.browser_keys
  FROM (SELECT DISTINCT ON (x.shift_id) x.shift_id, x.mode, x.quit_sha256, x.browser_keys FROM khoacu.shift_seb x ORDER BY x.shift_id, x.number DESC) s
  JOIN khoacu.shift h ON h.shift_id = s.shift_id AND h.state = 'scheduled'
  JOIN khoacu.cycle y ON y.cycle_id = h.cycle_id
  JOIN khoacu.room m ON m.shift_id = h.shift_id
 WHERE s.mode <> 'off'
 ORDER BY m.room_id;
