-- :trial_insert
-- :roles worker
INSERT INTO khoacu.ranking_trial (trial_id, cycle_id, pack_id, pack_version, cause, computed_by, computed_at, engine, bundle,
                                  bundle_sha256, selected, unresolved)
VALUES ($1, $2, $3, $4::integer, $5, $6, $7, $8, $9, $10, $11::integer, $12::integer)
ON CONFLICT (trial_id) DO NOTHING;

-- :trial_list
SELECT t.trial_id, t.pack_id, t.pack_version, t.cause, s.login_name, s.full_name, t.computed_at, t.selected, t.unresolved
  FROM khoacu.ranking_trial t
  JOIN khoacu.cycle c ON c.cycle_id = t.cycle_id
  JOIN khoacu.staff s ON s.staff_id = t.computed_by
 WHERE c.code = $1
 ORDER BY t.computed_at DESC, t.trial_id
 LIMIT 200;

-- :trial_compared
-- A list or a trial: its cycle and its whole file.
SELECT cycle_id, bundle FROM khoacu.ranking_run WHERE run_id = $1
UNION ALL
SELECT cycle_id, bundle FROM khoacu.ranking_trial WHERE trial_id = $1;

-- :trial_replayed
SELECT r.run_id, c.code, r.version, r.release_version, r.engine, encode(r.bundle_sha256, 'hex')
  FROM khoacu.ranking_run r
  JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
 WHERE c.code = $1 OR $1 = ''
 ORDER BY c.code, r.version;

-- :trial_would
-- :roles worker
-- Marks that stand otherwise in this trial: those of a proposal on appeal.
SELECT w.candidate_id, w.component, w.value FROM khoacu.appeal_would($1) w;
