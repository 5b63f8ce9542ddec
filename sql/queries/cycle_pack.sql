-- :cycle_pack_add
INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING;

-- :cycle_pack_newest
SELECT coalesce(max(version), 0) FROM khoacu.rule_pack WHERE pack_id = $1;

-- :cycle_pack_read
-- :roles server,worker
SELECT body FROM khoacu.rule_pack WHERE pack_id = $1 AND version = $2;

-- :cycle_pack_bring
INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256, added_at, added_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING;

-- :cycle_pack_same
SELECT count(*) FROM khoacu.rule_pack WHERE pack_id = $1 AND version = $2 AND sha256 = $3;

-- :cycle_pack_list
SELECT r.pack_id, r.version, r.body, r.added_at, s.full_name,
       (SELECT count(*) FROM khoacu.cycle c WHERE c.pack_id = r.pack_id AND c.pack_version = r.version)
  FROM khoacu.rule_pack r
  LEFT JOIN khoacu.staff s ON s.staff_id = r.added_by
 ORDER BY r.pack_id COLLATE "C", r.version DESC
 LIMIT $1;
