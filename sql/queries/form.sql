-- :form_pool
-- The newest version of every item of a topic, in a fixed order.
SELECT i.item_id, max(v.version)
  FROM khoacu.item i
  JOIN khoacu.item_version v ON v.item_id = i.item_id
 WHERE i.bank_id = $1 AND i.topic = $2
 GROUP BY i.item_id
 ORDER BY i.code COLLATE "C";

-- :form_drawn_texts
-- Position, option, stem, option's text, item code and version of what was drawn.
SELECT d.position, o.place, v.stem, o.text, i.code, v.version
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS d (item_id, version, position)
  JOIN khoacu.item i ON i.item_id = d.item_id
  JOIN khoacu.item_version v ON v.item_id = d.item_id AND v.version = d.version
 CROSS JOIN LATERAL unnest(v.options) WITH ORDINALITY AS o (text, place)
 ORDER BY d.position, o.place;

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

-- :form_texts
-- Position, option, stem and option's text of a sealed form, in canonical order.
SELECT p.position, o.place, v.stem, o.text
  FROM khoacu.form_position p
  JOIN khoacu.item_version v ON v.item_id = p.item_id AND v.version = p.version
 CROSS JOIN LATERAL unnest(v.options) WITH ORDINALITY AS o (text, place)
 WHERE p.form_id = $1
 ORDER BY p.position, o.place;
