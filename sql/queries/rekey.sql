-- :rekey_newest
-- :roles server,worker
-- What the newest version of a form's key says.
SELECT i.position, i.decision, i.keys, i.version
  FROM khoacu.form_key_item i
 WHERE i.form_id = $1 AND i.version = (SELECT max(v.version) FROM khoacu.form_key_version v WHERE v.form_id = $1)
 ORDER BY i.position;

-- :rekey_sealed
-- The sealed key, as it was released.
SELECT i.position, i.keys FROM khoacu.form_key_item i WHERE i.form_id = $1 AND i.version = 1 ORDER BY i.position;

-- :rekey_form
-- :roles worker
SELECT f.sha256, f.code FROM khoacu.form f WHERE f.form_id = $1;

-- :rekey_rooms
-- :roles worker
SELECT r.room_id FROM khoacu.room r JOIN khoacu.shift s ON s.shift_id = r.shift_id WHERE s.form_id = $1 ORDER BY r.room_id;

-- :rekey_version_exists
-- :roles worker
-- The one that came of a proposal, or (0) the sealed one.
SELECT EXISTS (SELECT 1 FROM khoacu.form_key_version v
                WHERE v.form_id = $1 AND CASE $2::bigint WHEN 0 THEN v.version = 1 ELSE v.proposal_id = $2 END);

-- :rekey_version_hash
-- :roles worker
SELECT encode(v.sha256, 'hex') FROM khoacu.form_key_version v WHERE v.form_id = $1 AND v.version = $2::integer;

-- :rekey_version_insert
-- :roles worker
INSERT INTO khoacu.form_key_version (form_id, version, review_id, proposal_id, questions, sha256, created_at)
VALUES ($1, $2::integer, $3, nullif($4::bigint, 0), $5::smallint, $6, $7);

-- :rekey_items_insert
-- :roles worker
INSERT INTO khoacu.form_key_item (form_id, version, position, decision, keys, shown)
SELECT $1, $2::integer, i.position, i.decision, i.keys, i.shown
  FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[]) AS i (position, decision, keys, shown);

-- :rekey_applied_insert
-- :roles worker
INSERT INTO khoacu.form_key_applied (form_id, version, sittings, statistics, applied_at)
VALUES ($1, $2::integer, $3::integer, $4, $5)
ON CONFLICT DO NOTHING;

-- :rekey_proposal_read
-- :roles server,worker
SELECT p.proposal_id, p.review_id, p.form_id, f.cycle_id, p.base_version, p.proposed_by, coalesce(d.decided_by, 0), f.code, p.reason,
       coalesce(d.verdict = 'confirmed', false)
  FROM khoacu.key_proposal p
  JOIN khoacu.form f ON f.form_id = p.form_id
  LEFT JOIN khoacu.key_verdict d ON d.proposal_id = p.proposal_id
 WHERE p.proposal_id = $1;

-- :rekey_proposal_items
-- :roles server,worker
SELECT i.position, i.decision, i.keys, i.reason FROM khoacu.key_proposal_item i WHERE i.proposal_id = $1 ORDER BY i.position;

-- :rekey_review_open
SELECT khoacu.do_rekey_review_open($1, $2, $3, $4, $5, $6, $7);

-- :rekey_review_decide
SELECT outcome, form_id, cycle_id FROM khoacu.do_rekey_review_decide($1, $2, $3, $4, $5);

-- :rekey_challenge_file
SELECT khoacu.do_rekey_challenge_file($1, $2, $3, $4::smallint, $5, $6);

-- :rekey_challenge_withdraw
SELECT khoacu.do_rekey_challenge_withdraw($1, $2);

-- :rekey_propose
SELECT khoacu.do_rekey_propose($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :rekey_decide
SELECT outcome, form_id, cycle_id, changes FROM khoacu.do_rekey_decide($1, $2, $3, $4, $5);

-- :rekey_reviews
-- :roles server,worker
-- Forms that are sat with their newest review: of a cycle, of one review, or the released one of a form.
SELECT coalesce(r.review_id, 0), f.form_id, f.cycle_id, f.code, y.code, f.item_count, r.opens_at, r.closes_at, r.opened_at, v.decided_at,
       r.reason, o.full_name, v.verdict, v.reason, d.full_name, coalesce(r.opened_by, 0),
       NOT EXISTS (SELECT 1 FROM khoacu.shift s WHERE s.form_id = f.form_id AND s.state <> 'closed'),
       khoacu.rekey_newest(f.form_id), khoacu.rekey_pending(f.form_id),
       (SELECT count(*) FROM khoacu.key_challenge c
         WHERE c.review_id = r.review_id AND NOT EXISTS (SELECT 1 FROM khoacu.key_challenge_withdrawal w WHERE w.challenge_id = c.challenge_id))
  FROM khoacu.form f
  JOIN khoacu.cycle y ON y.cycle_id = f.cycle_id
  LEFT JOIN LATERAL (SELECT k.review_id, k.opens_at, k.closes_at, k.opened_at, k.reason, k.opened_by FROM khoacu.key_review k
                      WHERE k.form_id = f.form_id AND ($2::bigint IS NULL OR k.review_id = $2)
                      ORDER BY k.opened_at DESC, k.review_id LIMIT 1) r ON true
  LEFT JOIN khoacu.key_review_verdict v ON v.review_id = r.review_id
  LEFT JOIN khoacu.staff o ON o.staff_id = r.opened_by
  LEFT JOIN khoacu.staff d ON d.staff_id = v.decided_by
 WHERE ($1::text IS NULL OR y.code = $1)
   AND ($2::bigint IS NULL OR r.review_id = $2)
   AND ($3::bigint IS NULL OR (f.form_id = $3 AND v.verdict = 'released' AND khoacu.rekey_newest(f.form_id) > 0))
   AND EXISTS (SELECT 1 FROM khoacu.shift s WHERE s.form_id = f.form_id)
 ORDER BY f.code COLLATE "C"
 LIMIT 200;

-- :rekey_positions
SELECT i.position, i.decision, i.keys, i.shown, l.decision, l.reason, l.decided_at
  FROM khoacu.form_key_item i
  LEFT JOIN LATERAL (SELECT k.decision, k.reason, d.decided_at
                       FROM khoacu.key_proposal p
                       JOIN khoacu.key_verdict d ON d.proposal_id = p.proposal_id AND d.verdict = 'confirmed'
                       JOIN khoacu.key_proposal_item k ON k.proposal_id = p.proposal_id AND k.position = i.position
                      WHERE p.form_id = i.form_id ORDER BY d.decided_at DESC LIMIT 1) l ON true
 WHERE i.form_id = $1 AND i.version = (SELECT max(v.version) FROM khoacu.form_key_version v WHERE v.form_id = $1)
 ORDER BY i.position;

-- :rekey_statistics
SELECT a.statistics, a.sittings FROM khoacu.form_key_applied a WHERE a.form_id = $1 ORDER BY a.version DESC LIMIT 1;

-- :rekey_challenges
SELECT c.challenge_id, c.position, c.filed_at, w.withdrawn_at, n.roll_number, c.reason, c.source
  FROM khoacu.key_challenge c
  JOIN khoacu.candidate n ON n.candidate_id = c.candidate_id
  LEFT JOIN khoacu.key_challenge_withdrawal w ON w.challenge_id = c.challenge_id
 WHERE c.review_id = $1 AND ($2::bigint = 0 OR c.candidate_id = $2)
 ORDER BY c.position, c.filed_at, c.challenge_id
 LIMIT 5000;

-- :rekey_proposals
SELECT p.proposal_id, p.base_version, p.proposed_at, d.decided_at, p.proposed_by, s.full_name, p.reason, d.verdict, t.full_name, d.reason, v.report,
       coalesce(k.version, 0), a.version IS NOT NULL
  FROM khoacu.key_proposal p
  JOIN khoacu.staff s ON s.staff_id = p.proposed_by
  LEFT JOIN khoacu.key_verdict d ON d.proposal_id = p.proposal_id
  LEFT JOIN khoacu.staff t ON t.staff_id = d.decided_by
  LEFT JOIN khoacu.key_preview v ON v.proposal_id = p.proposal_id
  LEFT JOIN khoacu.form_key_version k ON k.proposal_id = p.proposal_id
  LEFT JOIN khoacu.form_key_applied a ON a.form_id = k.form_id AND a.version = k.version
 WHERE p.review_id = $1
 ORDER BY p.proposed_at DESC, p.proposal_id
 LIMIT 200;

-- :rekey_preview_rows
SELECT c.roll_number, o.code, coalesce(r.correct_before, -1), coalesce(r.correct_after, -1), r.passed_before, r.passed_after,
       r.outcome_before, r.outcome_after, coalesce(r.rank_before, 0), coalesce(r.rank_after, 0)
  FROM khoacu.key_preview_row r
  JOIN khoacu.candidate c ON c.candidate_id = r.candidate_id
  JOIN khoacu.post o ON o.post_id = c.post_id
 WHERE r.proposal_id = $1 AND c.roll_number COLLATE "C" > $3
   AND (NOT $2::boolean OR (r.correct_before, r.passed_before, r.outcome_before, r.rank_before) IS DISTINCT FROM
                           (r.correct_after, r.passed_after, r.outcome_after, r.rank_after))
 ORDER BY c.roll_number COLLATE "C"
 LIMIT $4;

-- :rekey_preview_exists
-- :roles worker
SELECT EXISTS (SELECT 1 FROM khoacu.key_preview v WHERE v.proposal_id = $1), pg_advisory_xact_lock($1) IS NOT NULL;

-- :rekey_preview_insert
-- :roles worker
INSERT INTO khoacu.key_preview (proposal_id, report, computed_at) VALUES ($1, $2, $3);

-- :rekey_preview_rows_insert
-- :roles worker
-- -1 and 0 and '' stand for nothing.
INSERT INTO khoacu.key_preview_row (proposal_id, candidate_id, correct_before, correct_after, passed_before, passed_after, outcome_before,
                                    outcome_after, rank_before, rank_after)
SELECT $1, r.candidate_id, nullif(r.correct_before, -1), nullif(r.correct_after, -1), r.passed_before <> 0, r.passed_after <> 0,
       nullif(r.outcome_before, ''), nullif(r.outcome_after, ''), nullif(r.rank_before, 0), nullif(r.rank_after, 0)
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::bigint[])
       AS r (candidate_id, correct_before, correct_after, passed_before, passed_after, outcome_before, outcome_after, rank_before, rank_after);

-- :rekey_cycle_keys
-- :roles worker
-- The applied versions of a cycle's keys; whether one is still being applied.
SELECT f.code, a.version, encode(v.sha256, 'hex'), khoacu.rekey_pending(f.form_id)
  FROM khoacu.form f
  JOIN LATERAL (SELECT max(k.version) AS version FROM khoacu.form_key_applied k WHERE k.form_id = f.form_id) a ON a.version IS NOT NULL
  JOIN khoacu.form_key_version v ON v.form_id = f.form_id AND v.version = a.version
 WHERE f.cycle_id = $1
 ORDER BY f.code COLLATE "C";

-- :rekey_list_exists
-- :roles worker
SELECT EXISTS (SELECT 1 FROM khoacu.ranking_run r WHERE r.cycle_id = $1) AND EXISTS (SELECT 1 FROM khoacu.marks_freeze m WHERE m.cycle_id = $1);
