-- :bank_find
SELECT bank_id FROM khoacu.bank WHERE code = $1;

-- :bank_make
INSERT INTO khoacu.bank (bank_id, code, name) VALUES ($1, $2, $2) ON CONFLICT (code) DO NOTHING;

-- :bank_items_store
SELECT imported, changed, unchanged, items
  FROM khoacu.do_bank_items_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- :bank_items
-- Newest versions by bank and code, behind the item $5 of bank $4.
SELECT i.item_id, b.code, i.code, i.topic, v.version, v.level, v.stem, v.options, v.source
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
 CROSS JOIN LATERAL (SELECT n.version, n.level, n.stem, n.options, n.source FROM khoacu.item_version n
                      WHERE n.item_id = i.item_id ORDER BY n.version DESC LIMIT 1) v
 WHERE ($1 = '' OR b.code = $1)
   AND ($2 = '' OR i.topic = $2)
   AND ($3 = '' OR strpos(khoacu.fold(i.code || ' ' || v.stem), (SELECT khoacu.fold($3))) > 0)
   AND (b.code, i.code) > ($4, $5)
 ORDER BY b.code, i.code
 LIMIT $6;

-- :bank_items_count
SELECT count(*)
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
 CROSS JOIN LATERAL (SELECT n.stem FROM khoacu.item_version n
                      WHERE n.item_id = i.item_id ORDER BY n.version DESC LIMIT 1) v
 WHERE ($1 = '' OR b.code = $1)
   AND ($2 = '' OR i.topic = $2)
   AND ($3 = '' OR strpos(khoacu.fold(i.code || ' ' || v.stem), (SELECT khoacu.fold($3))) > 0);
