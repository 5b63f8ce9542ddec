-- :form_pool
-- The items of a topic that may be drawn today, in a fixed order.
SELECT i.item_id, i.version
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
 WHERE i.bank_id = $1 AND i.topic = $2 AND i.state = 'live' AND i.kind IN ('single', 'truefalse')
   AND (b.exposure_max = 0 OR i.exposure < b.exposure_max)
   AND (i.source_expires_on IS NULL OR i.source_expires_on > current_date)
 ORDER BY i.code COLLATE "C";

-- :form_insert
INSERT INTO khoacu.form (form_id, cycle_id, code, seed, item_count, sha256, sealed_at, sealed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (cycle_id, code) DO NOTHING;

-- :form_positions_insert
INSERT INTO khoacu.form_position (form_id, position, item_id, version)
SELECT $1, d.position, d.item_id, d.version
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS d (item_id, version, position);

-- :form_seed
SELECT seed FROM khoacu.form WHERE form_id = $1;

-- :form_versions
-- :roles server,worker
-- The item versions of a sealed form, in canonical order.
SELECT p.position, p.item_id, p.version
  FROM khoacu.form_position p
 WHERE p.form_id = $1
 ORDER BY p.position;
