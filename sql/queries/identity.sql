-- :identity_staff_insert
INSERT INTO khoacu.staff (staff_id, login_name, full_name, unit, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (login_name) DO NOTHING;

-- :identity_staff_update
UPDATE khoacu.staff SET full_name = $2, unit = $3 WHERE staff_id = $1;

-- :identity_staff_roles_insert
INSERT INTO khoacu.staff_role (staff_id, role) SELECT $1, unnest(string_to_array($2, ';'));

-- :identity_staff_roles_delete
DELETE FROM khoacu.staff_role WHERE staff_id = $1;

-- :identity_staff_by_name
-- :roles server,worker
SELECT s.staff_id, s.login_name, s.full_name, s.unit, s.state, s.created_at,
       array_to_string(ARRAY(SELECT r.role FROM khoacu.staff_role r WHERE r.staff_id = s.staff_id), ';'), s.reset_at
  FROM khoacu.staff s
 WHERE s.login_name = $1;

-- :identity_staff_page
SELECT s.staff_id, s.login_name, s.full_name, s.unit, s.state, s.created_at,
       array_to_string(ARRAY(SELECT r.role FROM khoacu.staff_role r WHERE r.staff_id = s.staff_id), ';'), s.reset_at
  FROM khoacu.staff s
 WHERE s.login_name > $1
 ORDER BY s.login_name
 LIMIT $2;

-- :identity_staff_count
SELECT count(*) FROM khoacu.staff;

-- :identity_staff_names
SELECT staff_id, login_name FROM khoacu.staff WHERE staff_id = ANY ($1);

-- :identity_staff_password_read
SELECT staff_id, password_hash, state FROM khoacu.staff WHERE login_name = $1;

-- :identity_staff_password_write
UPDATE khoacu.staff SET password_hash = $2, reset_at = NULL WHERE staff_id = $1;

-- :identity_staff_password_reset
SELECT outcome, login_name FROM khoacu.do_identity_password_reset($1, $2, $3, $4);

-- :identity_staff_state_set
SELECT outcome FROM khoacu.do_identity_state_set($1, $2, $3, $4);

-- :identity_step_up_insert
INSERT INTO khoacu.step_up (step_up_id, staff_id, act, subject_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- :identity_brake_read
SELECT blocked_until FROM khoacu.login_brake WHERE subject = $1 AND blocked_until > $2;

-- :identity_brake_raise
-- Failures that lie more than a quarter of an hour behind the last are forgotten.
INSERT INTO khoacu.login_brake AS b (subject, failures, blocked_until, updated_at)
VALUES ($1, 1, $2, $2)
ON CONFLICT (subject) DO UPDATE
   SET failures = CASE WHEN b.updated_at < $2 - interval '15 minutes' THEN 1 ELSE least(b.failures + 1, 1000) END,
       updated_at = $2
RETURNING failures;

-- :identity_brake_block
UPDATE khoacu.login_brake SET blocked_until = $2 WHERE subject = $1;

-- :identity_brake_clear
DELETE FROM khoacu.login_brake WHERE subject = $1;

-- :identity_brake_purge
DELETE FROM khoacu.login_brake WHERE updated_at < $1::timestamptz - interval '1 day';

-- :identity_staff_login_insert
INSERT INTO khoacu.login (token_sha256, staff_id, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $3, $4);

-- :identity_staff_login_read
SELECT l.staff_id, s.login_name, s.full_name, l.last_seen_at, l.expires_at,
       array_to_string(ARRAY(SELECT r.role FROM khoacu.staff_role r WHERE r.staff_id = s.staff_id), ';'), s.reset_at
  FROM khoacu.login l
  JOIN khoacu.staff s ON s.staff_id = l.staff_id
 WHERE l.token_sha256 = $1
   AND l.ended_at IS NULL
   AND l.expires_at > $2
   AND l.last_seen_at > $3
   AND s.state = 'active';

-- :identity_login_seen
UPDATE khoacu.login SET last_seen_at = $2 WHERE token_sha256 = $1 AND last_seen_at < $2;

-- :identity_login_end
UPDATE khoacu.login SET ended_at = $2 WHERE token_sha256 = $1 AND ended_at IS NULL;

-- :identity_logins_end_of_staff
UPDATE khoacu.login SET ended_at = $2 WHERE staff_id = $1 AND token_sha256 <> $3 AND ended_at IS NULL;

-- :identity_candidate_facts
SELECT c.candidate_id, c.cycle_id, y.code, c.roll_number, c.full_name, c.access_code_hmac,
       s.sitting_id, s.room_id, s.ends_at
  FROM khoacu.cycle y
  JOIN khoacu.candidate c ON c.cycle_id = y.cycle_id
  LEFT JOIN LATERAL (
       SELECT t.sitting_id, t.room_id, h.ends_at
         FROM khoacu.sitting t
         JOIN khoacu.shift h ON h.shift_id = t.shift_id
        WHERE t.candidate_id = c.candidate_id
        ORDER BY h.starts_at DESC
        LIMIT 1) s ON true
 WHERE c.roll_number = $1
   -- Without a code of the cycle: the one under way; after its list is out, that one still, for results and appeals.
   AND (y.code = $2 OR ($2 IS NULL AND (y.state <> 'released' OR NOT EXISTS (
       SELECT 1 FROM khoacu.candidate k JOIN khoacu.cycle z ON z.cycle_id = k.cycle_id
        WHERE k.roll_number = $1 AND z.state <> 'released'))))
 LIMIT 2;

-- :identity_candidate_login_make
SELECT outcome, access_generation FROM khoacu.do_identity_candidate_login($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- :identity_candidate_login_read
SELECT l.candidate_id, c.roll_number, c.full_name, l.expires_at, c.cycle_id, y.code,
       s.sitting_id, s.room_id, s.access_generation
  FROM khoacu.login l
  JOIN khoacu.candidate c ON c.candidate_id = l.candidate_id
  JOIN khoacu.cycle y ON y.cycle_id = c.cycle_id
  LEFT JOIN LATERAL (
       SELECT t.sitting_id, t.room_id, t.access_generation
         FROM khoacu.sitting t
         JOIN khoacu.shift h ON h.shift_id = t.shift_id
        WHERE t.candidate_id = c.candidate_id
        ORDER BY h.starts_at DESC
        LIMIT 1) s ON true
 WHERE l.token_sha256 = $1
   AND l.ended_at IS NULL
   AND l.expires_at > $2;

-- :identity_candidate_login_elsewhere
-- Whether a log-in ended because the sitting is at another device now, and whether an invigilator has decided that.
SELECT n.device_sha256 <> o.device_sha256, khoacu.sitting_device_decided(t.room_id, t.sitting_id, khoacu.sitting_device_change(t.room_id, t.sitting_id))
  FROM khoacu.login l
  JOIN khoacu.sitting t ON t.candidate_id = l.candidate_id
  JOIN khoacu.sitting_device o ON o.room_id = t.room_id AND o.sitting_id = t.sitting_id AND o.token_sha256 = l.token_sha256
 CROSS JOIN LATERAL (SELECT d.device_sha256 FROM khoacu.sitting_device d
                      WHERE d.room_id = t.room_id AND d.sitting_id = t.sitting_id ORDER BY d.number DESC LIMIT 1) n
 WHERE l.token_sha256 = $1 AND l.ended_at IS NOT NULL
 ORDER BY o.number DESC
 LIMIT 1;

-- :identity_candidate_login_end
SELECT khoacu.do_identity_candidate_logins_end($1, $2, $3, $4);
