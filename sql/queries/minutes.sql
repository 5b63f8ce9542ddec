-- Minutes of a hall.
-- :minutes_make
SELECT outcome FROM khoacu.do_minutes_make($1, $2, $3, $4, $5, $6, $7);

-- :minutes_confirm
SELECT outcome FROM khoacu.do_minutes_confirm($1, $2, $3);

-- :minutes_seal
SELECT outcome FROM khoacu.do_minutes_seal($1, $2, $3, $4, $5);

-- :minutes_read
SELECT n.room_id, n.shift_id, n.kind, n.lang, n.body, encode(n.body_sha256, 'hex'), n.made_at, khoacu.hall_watches($2, n.room_id),
       a.full_name, c.confirmed_at, b.full_name, d.confirmed_at
  FROM khoacu.hall_minutes n
  LEFT JOIN khoacu.hall_minutes_confirmation c ON c.minutes_id = n.minutes_id AND c.number = 1
  LEFT JOIN khoacu.staff a ON a.staff_id = c.staff_id
  LEFT JOIN khoacu.hall_minutes_confirmation d ON d.minutes_id = n.minutes_id AND d.number = 2
  LEFT JOIN khoacu.staff b ON b.staff_id = d.staff_id
 WHERE n.minutes_id = $1;

-- :minutes_document
SELECT pdf, signature, public_key FROM khoacu.hall_minutes_document WHERE minutes_id = $1;

-- :minutes_list
SELECT n.minutes_id, n.kind, n.lang, encode(n.body_sha256, 'hex'), s.full_name, n.made_at, a.full_name, c.confirmed_at, b.full_name, d.confirmed_at,
       encode(f.sha256, 'hex')
  FROM khoacu.hall_minutes n
  JOIN khoacu.staff s ON s.staff_id = n.made_by
  LEFT JOIN khoacu.hall_minutes_confirmation c ON c.minutes_id = n.minutes_id AND c.number = 1
  LEFT JOIN khoacu.staff a ON a.staff_id = c.staff_id
  LEFT JOIN khoacu.hall_minutes_confirmation d ON d.minutes_id = n.minutes_id AND d.number = 2
  LEFT JOIN khoacu.staff b ON b.staff_id = d.staff_id
  LEFT JOIN khoacu.hall_minutes_document f ON f.minutes_id = n.minutes_id
 WHERE n.room_id = $1
 ORDER BY n.made_at DESC, n.minutes_id DESC
 LIMIT $2;

-- :minutes_coded
-- By the first 80 bits of the hash: what anybody may know of a document. $1 is the lowest hash that begins so, $2 the one behind the highest.
SELECT n.kind, m.code, h.code, y.code, n.made_at, f.signed_at, encode(f.sha256, 'hex'),
       EXISTS (SELECT 1 FROM khoacu.hall_minutes l JOIN khoacu.hall_minutes_document g ON g.minutes_id = l.minutes_id
                WHERE l.room_id = n.room_id AND l.kind = n.kind AND l.made_at > n.made_at)
  FROM khoacu.hall_minutes n
  JOIN khoacu.hall_minutes_document f ON f.minutes_id = n.minutes_id
  JOIN khoacu.room m ON m.room_id = n.room_id
  JOIN khoacu.shift h ON h.shift_id = n.shift_id
  JOIN khoacu.cycle y ON y.cycle_id = h.cycle_id
 WHERE n.body_sha256 >= $1 AND n.body_sha256 <= $2
 LIMIT 1;
