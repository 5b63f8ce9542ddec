-- Paper scripts.
-- :scan_bag_make
SELECT khoacu.do_scan_bag_make($1, $2, $3, $4::bigint[], $5, $6);

-- :scan_cycle_find
SELECT cycle_id FROM khoacu.cycle WHERE code = $1;

-- :scan_bags
SELECT b.bag_id, b.code, b.sheets, b.made_at,
       (SELECT count(*) FROM khoacu.scan_sheets(b.bag_id) s WHERE s.registered), (SELECT count(*) FROM khoacu.scan_sheets(b.bag_id) s WHERE s.scanned),
       (SELECT count(*) FROM khoacu.scan_sheets(b.bag_id) s WHERE s.registered AND NOT s.scanned),
       (SELECT count(*) FROM khoacu.scan_sheets(b.bag_id) s WHERE s.scanned AND NOT s.registered),
       (SELECT count(*) FROM khoacu.scan_aside a WHERE a.bag_id = b.bag_id
           AND NOT EXISTS (SELECT 1 FROM khoacu.scan_aside_decision d WHERE d.aside_id = a.aside_id)),
       c.code, c.cycle_id
  FROM khoacu.scan_bag b JOIN khoacu.cycle c ON c.cycle_id = b.cycle_id
 WHERE ($1::bigint = 0 OR b.cycle_id = $1) AND ($2::bigint = 0 OR b.bag_id = $2)
 ORDER BY b.code
 LIMIT 500;

-- :scan_bag_find
SELECT b.bag_id FROM khoacu.scan_bag b JOIN khoacu.cycle c ON c.cycle_id = b.cycle_id WHERE c.code = $1 AND b.code = $2;

-- :scan_codes
SELECT sheet_id FROM khoacu.scan_sheet WHERE bag_id = $1 ORDER BY number LIMIT 200;

-- :scan_odd_sheets
SELECT sheet_id, registered FROM khoacu.scan_sheets($1) WHERE registered <> scanned ORDER BY registered DESC, sheet_id LIMIT 200;

-- :scan_asides
SELECT a.aside_id, a.why, a.page, encode(a.sha256, 'hex') FROM khoacu.scan_aside a
 WHERE a.bag_id = $1 AND NOT EXISTS (SELECT 1 FROM khoacu.scan_aside_decision d WHERE d.aside_id = a.aside_id)
 ORDER BY a.sha256, a.page LIMIT 500;

-- :scan_aside_read
SELECT a.bytes, a.bag_id FROM khoacu.scan_aside a WHERE a.aside_id = $1;

-- :scan_file_known
SELECT EXISTS (SELECT 1 FROM khoacu.scan_file WHERE bag_id = $1 AND sha256 = $2);

-- :scan_register
SELECT khoacu.do_scan_register($1, $2, $3, $4, $5, $6);

-- :scan_capture
SELECT khoacu.do_scan_capture($1, $2, $3::smallint, $4, $5);

-- :scan_page_put
SELECT khoacu.do_scan_page_put($1, $2, $3, $4, $5::integer, $6::integer);

-- :scan_aside_put
SELECT khoacu.do_scan_aside_put($1, $2, $3, $4::smallint, $5, $6);

-- :scan_aside_decide
SELECT khoacu.do_scan_aside_decide($1, $2, $3, $4::integer, $5::integer, $6, $7, $8);

-- :scan_missing
-- :roles worker
SELECT khoacu.scan_missing($1);

-- :scan_pages_write
-- :roles worker
SELECT khoacu.do_scan_pages_write($1);
