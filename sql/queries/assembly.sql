-- :assembly_blueprints
-- :roles bank
-- Of the banks named, by bank and code.
SELECT b.blueprint_id, k.code, b.code, b.version, v.title, v.created_at, s.full_name
  FROM khoacu.blueprint b
  JOIN khoacu.bank k ON k.bank_id = b.bank_id
  JOIN khoacu.blueprint_version v ON v.blueprint_id = b.blueprint_id AND v.version = b.version
  JOIN khoacu.staff s ON s.staff_id = v.created_by
 WHERE b.bank_id = ANY ($1::bigint[])
 ORDER BY k.code COLLATE "C", b.code COLLATE "C";

-- :assembly_blueprint_get
-- :roles bank
-- Version 0: the newest.
SELECT b.bank_id, k.code, b.code, b.version, v.version, v.title, v.document, v.sha256, k.exposure_max
  FROM khoacu.blueprint b
  JOIN khoacu.bank k ON k.bank_id = b.bank_id
  JOIN khoacu.blueprint_version v ON v.blueprint_id = b.blueprint_id AND v.version = CASE $2::integer WHEN 0 THEN b.version ELSE $2::integer END
 WHERE b.blueprint_id = $1;

-- :assembly_blueprint_versions
-- :roles bank
SELECT v.version, v.created_at, s.full_name, v.reason
  FROM khoacu.blueprint_version v JOIN khoacu.staff s ON s.staff_id = v.created_by
 WHERE v.blueprint_id = $1
 ORDER BY v.version DESC;

-- :assembly_blueprint_insert
-- :roles bank
INSERT INTO khoacu.blueprint (blueprint_id, bank_id, code, version) VALUES ($1, $2, $3, 1) ON CONFLICT (bank_id, code) DO NOTHING;

-- :assembly_blueprint_next
-- :roles bank
UPDATE khoacu.blueprint SET version = version + 1 WHERE blueprint_id = $1 AND version = $2;

-- :assembly_blueprint_version_insert
-- :roles bank
INSERT INTO khoacu.blueprint_version (blueprint_id, version, title, document, sha256, reason, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :assembly_insert
-- :roles bank
INSERT INTO khoacu.assembly (assembly_id, blueprint_id, version, pool, pool_sha256, exposure_max, requested_by, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :assembly_job_enqueue
-- :roles bank
SELECT job_id FROM khoacu.do_score_job_enqueue($1, 'form_assemble', NULL, $2, $3, $4, '{}');

-- :assembly_of_blueprint
-- :roles bank
SELECT a.assembly_id, a.version, a.requested_at, s.full_name, r.verdict, r.finished_at
  FROM khoacu.assembly a
  JOIN khoacu.staff s ON s.staff_id = a.requested_by
  LEFT JOIN khoacu.assembly_result r ON r.assembly_id = a.assembly_id
 WHERE a.blueprint_id = $1
 ORDER BY a.requested_at DESC, a.assembly_id
 LIMIT 50;

-- :assembly_get
-- :roles bank
SELECT b.bank_id, k.code, b.blueprint_id, b.code, a.version, a.pool_sha256, a.requested_at, s.full_name,
       j.state, j.done_count, j.total_count, j.message, r.verdict, r.finished_at, r.result, t.at
  FROM khoacu.assembly a
  JOIN khoacu.blueprint b ON b.blueprint_id = a.blueprint_id
  JOIN khoacu.bank k ON k.bank_id = b.bank_id
  JOIN khoacu.staff s ON s.staff_id = a.requested_by
  LEFT JOIN khoacu.assembly_result r ON r.assembly_id = a.assembly_id
  LEFT JOIN khoacu.assembly_stop t ON t.assembly_id = a.assembly_id
  LEFT JOIN LATERAL (SELECT q.state, q.done_count, q.total_count, q.message FROM khoacu.job q
                      WHERE q.kind = 'form_assemble' AND q.subject_id = a.assembly_id
                      ORDER BY q.requested_at DESC LIMIT 1) j ON true
 WHERE a.assembly_id = $1;

-- :assembly_stop_insert
-- :roles bank
INSERT INTO khoacu.assembly_stop (assembly_id, staff_id, at) VALUES ($1, $2, $3) ON CONFLICT (assembly_id) DO NOTHING;

-- :assembly_task
-- :roles worker
SELECT a.pool, a.exposure_max, v.document, r.assembly_id IS NOT NULL
  FROM khoacu.assembly a
  JOIN khoacu.blueprint_version v ON v.blueprint_id = a.blueprint_id AND v.version = a.version
  LEFT JOIN khoacu.assembly_result r ON r.assembly_id = a.assembly_id
 WHERE a.assembly_id = $1;

-- :assembly_stopped
-- :roles worker
SELECT count(*) FROM khoacu.assembly_stop WHERE assembly_id = $1;

-- :assembly_result_insert
-- :roles worker
INSERT INTO khoacu.assembly_result (assembly_id, verdict, result, sha256, finished_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (assembly_id) DO NOTHING;

-- :assembly_calibrations
-- :roles bank
-- The items of a bank by code, with the parameters that hold for their newest versions.
SELECT i.code, i.item_id, i.version, i.topic, c.a_nano, c.b_nano, c.c_nano
  FROM khoacu.item i
  LEFT JOIN LATERAL (SELECT x.a_nano, x.b_nano, x.c_nano FROM khoacu.item_calibration x
                      WHERE x.item_id = i.item_id AND x.version = i.version ORDER BY x.turn DESC LIMIT 1) AS c ON true
 WHERE i.bank_id = $1
 ORDER BY i.code COLLATE "C";

-- :assembly_calibration_insert
-- :roles bank
INSERT INTO khoacu.item_calibration (item_id, version, turn, a_nano, b_nano, c_nano, staff_id, at)
SELECT d.item_id, d.version, 1 + coalesce((SELECT max(x.turn) FROM khoacu.item_calibration x WHERE x.item_id = d.item_id AND x.version = d.version), 0),
       d.a_nano, d.b_nano, d.c_nano, $6, $7
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS d (item_id, version, a_nano, b_nano, c_nano);

-- :assembly_calibration_of
-- :roles bank
SELECT c.a_nano, c.b_nano, c.c_nano FROM khoacu.item_calibration c WHERE c.item_id = $1 AND c.version = $2 ORDER BY c.turn DESC LIMIT 1;
