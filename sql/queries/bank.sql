-- :bank_find
SELECT bank_id FROM khoacu.bank WHERE code = $1;

-- :bank_ensure
WITH made AS (
  INSERT INTO khoacu.bank (bank_id, code, name) VALUES ($1, $2, $2) ON CONFLICT (code) DO NOTHING RETURNING bank_id)
SELECT bank_id FROM made UNION ALL SELECT bank_id FROM khoacu.bank WHERE code = $2 LIMIT 1;

-- :bank_item_store
SELECT khoacu.do_bank_item_store($1, $2, $3, $4, $5::smallint, $6, $7, $8::smallint, $9, $10, $11, $12);

-- Newest versions by bank and code; the key of a page is "bank code".
-- :bank_items
SELECT i.code, i.topic, v.level, v.version, v.stem, to_json(v.options)::text, v.source, b.code, b.code || ' ' || i.code
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
 CROSS JOIN LATERAL (SELECT n.version, n.level, n.stem, n.options, n.source FROM khoacu.item_version n
                      WHERE n.item_id = i.item_id ORDER BY n.version DESC LIMIT 1) v
 WHERE ($1 = '' OR b.code = $1) AND ($2 = '' OR i.topic = $2)
   AND ($3 = '' OR khoacu.fold(i.code || ' ' || v.stem) LIKE '%' || khoacu.fold($3) || '%')
   AND b.code || ' ' || i.code > $4
 ORDER BY b.code || ' ' || i.code
 LIMIT $5;

-- :bank_items_count
SELECT count(*)
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
 CROSS JOIN LATERAL (SELECT n.stem FROM khoacu.item_version n WHERE n.item_id = i.item_id ORDER BY n.version DESC LIMIT 1) v
 WHERE ($1 = '' OR b.code = $1) AND ($2 = '' OR i.topic = $2)
   AND ($3 = '' OR khoacu.fold(i.code || ' ' || v.stem) LIKE '%' || khoacu.fold($3) || '%');
