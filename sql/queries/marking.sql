-- :marking_queue
SELECT s.blind_id, s.component, s.mark_max, s.mark_step, coalesce(m.revision, 0), m.status, m.note, m.value, m.entered_at
  FROM khoacu.marking_assignment a
  JOIN khoacu.script s ON s.blind_id = a.blind_id
  LEFT JOIN LATERAL (SELECT k.revision, k.status, k.note, k.value, k.entered_at FROM khoacu.mark k
                      WHERE k.blind_id = a.blind_id AND k.marking_round = a.marking_round
                      ORDER BY k.revision DESC LIMIT 1) m ON true
 WHERE a.marker_id = $1 AND a.blind_id > $2
   AND CASE $3::text WHEN 'waiting' THEN m.revision IS NULL WHEN 'marked' THEN m.revision IS NOT NULL ELSE true END
 ORDER BY a.blind_id
 LIMIT $4;

-- :marking_queue_counts
SELECT count(*) FILTER (WHERE NOT marked), count(*) FILTER (WHERE marked)
  FROM (SELECT EXISTS (SELECT 1 FROM khoacu.mark k
                        WHERE k.blind_id = a.blind_id AND k.marking_round = a.marking_round) AS marked
          FROM khoacu.marking_assignment a WHERE a.marker_id = $1) q;

-- :marking_mark_put
SELECT r.outcome, r.revision, r.entered_at
  FROM khoacu.do_marking_mark_put($1, $2, $3::integer, $4, $5::numeric, $6) r;

-- :marking_freeze
SELECT r.outcome, r.missing, r.scripts, r.sha256, r.frozen_at FROM khoacu.do_marking_freeze($1, $2) r;

-- :marking_cycle_find
SELECT cycle_id FROM khoacu.cycle WHERE code = $1;

-- :marking_scripts_exist
-- :roles server,worker
SELECT EXISTS (SELECT 1 FROM khoacu.script WHERE cycle_id = $1);

-- :marking_scripts_insert
-- :roles worker
INSERT INTO khoacu.script (blind_id, cycle_id, component, mark_max, mark_step)
SELECT r.blind_id, $1, $3, $4::numeric, $5::numeric
  FROM unnest($2::bigint[]) WITH ORDINALITY AS r(blind_id, n)
 ORDER BY r.n;

-- :marking_identities_insert
-- :roles worker
INSERT INTO khoacu.script_identity (blind_id, candidate_id, component)
SELECT r.blind_id, r.candidate_id, $1
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS r(blind_id, candidate_id, n)
 ORDER BY r.n;

-- :marking_assignments_insert
-- :roles worker
INSERT INTO khoacu.marking_assignment (blind_id, marking_round, marker_id)
SELECT r.blind_id, 1, r.marker_id
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS r(blind_id, marker_id, n)
 ORDER BY r.n;

-- :marking_map_open
-- :roles worker
SELECT candidate_id, component, status, value FROM khoacu.do_marking_map_open($1);
