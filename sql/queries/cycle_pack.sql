-- :cycle_pack_add
INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING;

-- :cycle_pack_newest
SELECT coalesce(max(version), 0) FROM khoacu.rule_pack WHERE pack_id = $1;

-- :cycle_pack_read
-- :roles server,worker
SELECT body FROM khoacu.rule_pack WHERE pack_id = $1 AND version = $2;
