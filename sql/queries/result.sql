-- :result_cycle_find
SELECT cycle_id FROM khoacu.cycle WHERE code = $1;

-- :result_cycle_read
-- :roles server,worker
SELECT cycle_id, code, title_vi, title_en, authority_vi, authority_en, demonstration, pack_id, pack_version,
       written_max, interview_max, state
  FROM khoacu.cycle WHERE cycle_id = $1;

-- :result_cycle_lock
-- :roles worker
SELECT cycle_id FROM khoacu.cycle WHERE cycle_id = $1 FOR UPDATE;

-- :result_cycle_round2
-- :roles worker
UPDATE khoacu.cycle SET state = 'round2' WHERE cycle_id = $1 AND state IN ('preparing', 'round1');

-- :result_scores_missing
-- :roles server,worker
SELECT count(*) FROM khoacu.candidate c
 WHERE c.cycle_id = $1
   AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_score s WHERE s.candidate_id = c.candidate_id);

-- :result_examiners
-- The active examiners among the log-in names, or all of them.
SELECT s.staff_id, s.login_name
  FROM khoacu.staff s JOIN khoacu.staff_role r ON r.staff_id = s.staff_id AND r.role = 'examiner'
 WHERE s.state = 'active' AND (cardinality($1::text[]) = 0 OR s.login_name = ANY ($1))
 ORDER BY s.login_name;

-- :result_frozen
-- :roles server,worker
SELECT EXISTS (SELECT 1 FROM khoacu.marks_freeze WHERE cycle_id = $1);

-- :result_agencies
-- :roles server,worker
SELECT agency_id, code, name FROM khoacu.agency WHERE cycle_id = $1 ORDER BY code COLLATE "C";

-- :result_posts
-- :roles server,worker
SELECT post_id, code, title FROM khoacu.post WHERE cycle_id = $1 ORDER BY code COLLATE "C";

-- :result_seats
-- :roles server,worker
SELECT q.post_id, q.agency_id, q.quota
  FROM khoacu.post_quota q
  JOIN khoacu.post p ON p.post_id = q.post_id
  JOIN khoacu.agency a ON a.agency_id = q.agency_id
 WHERE p.cycle_id = $1
 ORDER BY p.code COLLATE "C", a.code COLLATE "C";

-- :result_candidates
-- :roles worker
SELECT candidate_id, roll_number, post_id, priority_classes, agency_ids
  FROM khoacu.candidate WHERE cycle_id = $1 ORDER BY roll_number COLLATE "C";

-- :result_scores
-- :roles worker
SELECT DISTINCT ON (s.candidate_id) s.candidate_id, s.status, s.correct, s.questions
  FROM khoacu.sitting_score s JOIN khoacu.candidate c ON c.candidate_id = s.candidate_id
 WHERE c.cycle_id = $1
 ORDER BY s.candidate_id, s.revision DESC;

-- :result_tie_decisions
-- :roles worker
-- The recorded orders in which somebody stands for whom no later one was recorded.
SELECT t.number, c.roll_number, t.reason
  FROM khoacu.tie_decision t JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
 WHERE t.cycle_id = $1
   AND t.number IN (SELECT max(l.number) FROM khoacu.tie_decision l WHERE l.cycle_id = $1 GROUP BY l.candidate_id)
 ORDER BY t.number, t.preference;

-- :result_run_numbers
-- :roles worker
-- The next run of the cycle, the next version, and the hash of the version before.
SELECT 1 + coalesce((SELECT max(r.version) FROM khoacu.ranking_run r WHERE r.cycle_id = $1), 0),
       1 + coalesce((SELECT max(l.version) FROM khoacu.release l WHERE l.cycle_id = $1), 0),
       (SELECT r.bundle_sha256 FROM khoacu.release l JOIN khoacu.ranking_run r ON r.run_id = l.run_id
         WHERE l.cycle_id = $1 ORDER BY l.version DESC LIMIT 1);

-- :result_run_exists
-- :roles server,worker
SELECT EXISTS (SELECT 1 FROM khoacu.ranking_run WHERE run_id = $1);

-- :result_run_insert
-- :roles worker
INSERT INTO khoacu.ranking_run (run_id, cycle_id, version, release_version, cause, computed_by, computed_at, engine, posts,
                                ties, bundle, bundle_sha256, candidates, selected, unresolved)
VALUES ($1, $2, $3::integer, $4::integer, $5, $6, $7, $8, $9, $10, $11, $12, $13::integer, $14::integer, $15::integer);

-- :result_decisions_insert
-- :roles worker
-- Marks are hundredths; rank 0 and agency 0 are none, and without a rank there is no raw mark and no total.
INSERT INTO khoacu.decision (run_id, candidate_id, post_id, outcome, rank, raw, priority, priority_class, total, agency_id,
                             reason, derivation, opening)
SELECT $1, d.candidate_id, d.post_id, d.outcome, nullif(d.rank, 0)::integer,
       CASE WHEN d.rank > 0 THEN d.raw / 100.0 END, d.priority / 100.0, nullif(d.class, ''),
       CASE WHEN d.rank > 0 THEN (d.raw + d.priority) / 100.0 END, nullif(d.agency_id, 0), d.reason, d.derivation,
       nullif(d.opening, '')
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[],
              $10::text[], $11::text[], $12::text[])
       AS d(candidate_id, post_id, outcome, rank, raw, priority, class, agency_id, reason, derivation, opening);

-- :result_runs
SELECT r.run_id, r.version, r.release_version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, r.cause, r.engine, r.computed_by, s.login_name, s.full_name, r.computed_at, r.bundle_sha256,
       r.candidates, r.selected, r.unresolved, a.verdict, a.approved_by, t.login_name, t.full_name, a.approved_at, a.reason,
       l.published_at
  FROM khoacu.ranking_run r
  JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
  JOIN khoacu.staff s ON s.staff_id = r.computed_by
  LEFT JOIN khoacu.run_approval a ON a.run_id = r.run_id
  LEFT JOIN khoacu.staff t ON t.staff_id = a.approved_by
  LEFT JOIN khoacu.release l ON l.run_id = r.run_id
 WHERE ($1::bigint IS NULL OR r.cycle_id = $1) AND ($2::bigint IS NULL OR r.run_id = $2)
 ORDER BY r.version DESC
 LIMIT 200;

-- :result_run_posts
SELECT posts FROM khoacu.ranking_run WHERE run_id = $1;

-- :result_run_counts
SELECT p.code, count(*), count(d.rank), count(*) FILTER (WHERE d.outcome = 'selected'), count(*) FILTER (WHERE d.outcome = 'tied')
  FROM khoacu.decision d JOIN khoacu.post p ON p.post_id = d.post_id
 WHERE d.run_id = $1
 GROUP BY p.code
 ORDER BY p.code COLLATE "C";

-- :result_run_ties
SELECT p.code, d.reason, d.total, array_agg(c.roll_number ORDER BY c.roll_number COLLATE "C")
  FROM khoacu.decision d
  JOIN khoacu.post p ON p.post_id = d.post_id
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
 WHERE d.run_id = $1 AND d.outcome = 'tied'
 GROUP BY p.code, d.reason, d.total
 ORDER BY p.code COLLATE "C", d.total DESC;

-- :result_decisions_page
SELECT c.roll_number, c.full_name, p.code, d.priority_class, d.outcome, g.code, d.reason, d.derivation,
       coalesce(d.rank, 0), d.raw, d.priority, d.total
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 WHERE d.run_id = $1 AND ($2::text IS NULL OR p.code = $2) AND ($3::text IS NULL OR d.outcome = $3)
   AND ($4::text IS NULL OR position(lower($4) IN lower(c.roll_number)) > 0 OR position(lower($4) IN lower(c.full_name)) > 0)
 ORDER BY p.code COLLATE "C", d.rank NULLS LAST, d.outcome <> 'selected', c.roll_number COLLATE "C"
OFFSET $5 LIMIT $6;

-- :result_decisions_count
SELECT count(*)
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
 WHERE d.run_id = $1 AND ($2::text IS NULL OR p.code = $2) AND ($3::text IS NULL OR d.outcome = $3)
   AND ($4::text IS NULL OR position(lower($4) IN lower(c.roll_number)) > 0 OR position(lower($4) IN lower(c.full_name)) > 0);

-- :result_tie_record
SELECT r.outcome, r.place, r.number FROM khoacu.do_result_tie_record($1, $2, $3, $4, $5) r;

-- :result_run_approve
SELECT r.outcome, n.cycle_id, n.version
  FROM (SELECT khoacu.do_result_run_approve($1, $2, $3, $4, $5) AS outcome) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_run_publish
SELECT r.outcome, r.version, n.cycle_id, n.bundle_sha256
  FROM khoacu.do_result_run_publish($1, $2, $3) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_releases
SELECT DISTINCT ON (c.cycle_id) r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.approved_at, r.cause, r.bundle_sha256, r.candidates, r.selected
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.run_approval a ON a.run_id = r.run_id
 ORDER BY c.cycle_id, l.version DESC
 LIMIT 200;

-- :result_release_versions
SELECT r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.approved_at, r.cause, r.bundle_sha256, r.candidates, r.selected
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.run_approval a ON a.run_id = r.run_id
 WHERE c.code = $1
 ORDER BY l.version DESC
 LIMIT 200;

-- :result_release_coded
-- By the first bytes of the file's hash; the last column is the newest version of the cycle.
SELECT r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.approved_at, r.cause, r.bundle_sha256, r.candidates, r.selected,
       (SELECT max(n.version) FROM khoacu.release n WHERE n.cycle_id = l.cycle_id)
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.run_approval a ON a.run_id = r.run_id
 WHERE substring(r.bundle_sha256 FROM 1 FOR length($1::bytea)) = $1
 LIMIT 1;

-- :result_release_pack
SELECT c.pack_id, c.pack_version,
       (SELECT string_agg(b.value ->> 'ref', '; ' ORDER BY b.n)
          FROM jsonb_array_elements(k.body::jsonb -> 'basis') WITH ORDINALITY AS b(value, n)),
       r.ties
  FROM khoacu.ranking_run r
  JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
  JOIN khoacu.rule_pack k ON k.pack_id = c.pack_id AND k.version = c.pack_version
 WHERE r.run_id = $1;

-- :result_release_file
SELECT bundle FROM khoacu.ranking_run WHERE run_id = $1;

-- :result_release_rows
-- Of whoever has an opening only the total is shown.
SELECT c.roll_number, p.code, d.outcome, g.code, d.reason, coalesce(d.rank, 0), d.raw, d.priority, d.total, d.opening IS NOT NULL
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 WHERE d.run_id = $1
 ORDER BY p.code COLLATE "C", d.rank NULLS LAST, d.outcome <> 'selected', c.roll_number COLLATE "C";

-- :result_release_people
SELECT c.roll_number, c.birth_date::text, p.code, d.outcome, g.code, d.reason, coalesce(d.rank, 0), d.raw, d.priority, d.total,
       d.derivation
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 WHERE d.run_id = $1
 ORDER BY c.roll_number COLLATE "C";

-- :result_lookup
-- The row of the candidate, or of the one whose number comes next: an unknown number costs what a known one does. The
-- program compares number and date.
SELECT c.roll_number, c.birth_date::text, p.code, d.outcome, g.code, d.reason, coalesce(d.rank, 0), d.raw, d.priority, d.total,
       d.derivation
  FROM (SELECT l.run_id, l.cycle_id FROM khoacu.release l JOIN khoacu.cycle y ON y.cycle_id = l.cycle_id
         WHERE y.code = $1 ORDER BY l.version DESC LIMIT 1) l
 CROSS JOIN LATERAL (
       SELECT u.candidate_id, u.roll_number, u.birth_date
         FROM ((SELECT k.candidate_id, k.roll_number, k.birth_date, 0 AS wrap FROM khoacu.candidate k
                 WHERE k.cycle_id = l.cycle_id AND k.roll_number >= $2 ORDER BY k.roll_number LIMIT 1)
               UNION ALL
               (SELECT k.candidate_id, k.roll_number, k.birth_date, 1 FROM khoacu.candidate k
                 WHERE k.cycle_id = l.cycle_id ORDER BY k.roll_number LIMIT 1)) u
        ORDER BY u.wrap LIMIT 1) c
  JOIN khoacu.decision d ON d.run_id = l.run_id AND d.candidate_id = c.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id;
