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
-- Whoever has a seat since her certificate was taken back waits for the count of it.
SELECT count(*) FROM khoacu.candidate c
 WHERE c.cycle_id = $1
   AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_score s
                    WHERE s.candidate_id = c.candidate_id
                      AND NOT (khoacu.score_of_credential(s.status, s.sitting_id)
                               AND EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)));

-- :result_examiners
-- The active examiners among the log-in names, or all of them; not who handles scripts and their codes.
SELECT s.staff_id, s.login_name
  FROM khoacu.staff s JOIN khoacu.staff_role r ON r.staff_id = s.staff_id AND r.role = 'examiner'
 WHERE s.state = 'active' AND (cardinality($1::text[]) = 0 OR s.login_name = ANY ($1))
   AND NOT EXISTS (SELECT 1 FROM khoacu.staff_role o WHERE o.staff_id = s.staff_id AND o.role = 'script_officer')
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
SELECT DISTINCT ON (s.candidate_id) s.candidate_id, s.status, s.correct, s.questions, s.dropped
  FROM khoacu.sitting_score s JOIN khoacu.candidate c ON c.candidate_id = s.candidate_id
 WHERE c.cycle_id = $1
 ORDER BY s.candidate_id, s.revision DESC;

-- :result_credentials
-- :roles worker
SELECT k.candidate_id, k.kind, k.mark
  FROM khoacu.credential_in_force k JOIN khoacu.candidate c ON c.candidate_id = k.candidate_id
 WHERE c.cycle_id = $1 AND k.mark IS NOT NULL;

-- :result_panel_marks
-- :roles worker
SELECT p.candidate_id, p.panel, p.kind, p.way, p.titles, p.maxes, p.marks FROM khoacu.do_panel_marks_open($1) p;

-- :result_dropped
-- :roles worker
-- How many questions were dropped for those who were counted; where it differs, the scores tell.
SELECT coalesce(max(s.dropped), 0)
  FROM khoacu.sitting_score s JOIN khoacu.candidate c ON c.candidate_id = s.candidate_id
 WHERE c.cycle_id = $1 AND s.dropped > 0 AND s.status = 'counted'
   AND NOT EXISTS (SELECT FROM khoacu.sitting_score l WHERE l.candidate_id = s.candidate_id AND l.revision > s.revision);

-- :result_tie_decisions
-- :roles worker
-- The recorded orders in which somebody stands for whom no later one was recorded.
SELECT t.number, c.roll_number, t.reason
  FROM khoacu.tie_decision t JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
 WHERE t.cycle_id = $1
   AND t.number IN (SELECT max(l.number) FROM khoacu.tie_decision l WHERE l.cycle_id = $1 GROUP BY l.candidate_id)
 ORDER BY t.number, t.preference;

-- :result_placement_decisions
-- :roles worker
-- Of each candidate the last.
SELECT d.number, c.roll_number, d.agency_id, d.reason
  FROM khoacu.placement_decision d JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
 WHERE d.cycle_id = $1
   AND d.number IN (SELECT max(l.number) FROM khoacu.placement_decision l WHERE l.cycle_id = $1 GROUP BY l.candidate_id)
 ORDER BY d.number;

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

-- :result_decisions_store
-- :roles worker
SELECT khoacu.do_result_decisions_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- :result_runs
-- :roles server,worker
SELECT r.run_id, r.version, r.release_version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, r.cause, r.engine, r.computed_by, s.login_name, s.full_name, r.computed_at, r.bundle_sha256,
       r.candidates, r.selected, r.unresolved, l.published_at,
       f.frozen_by, fs.login_name, fs.full_name, f.frozen_at, f.reason,
       a.signed_by, sa.login_name, sa.full_name, a.signed_at, a.reason, a.verdict,
       b.signed_by, sb.login_name, sb.full_name, b.signed_at, b.reason, b.verdict,
       h.set_by, sh.login_name, sh.full_name, h.set_at, h.publish_at
  FROM khoacu.ranking_run r
  JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
  JOIN khoacu.staff s ON s.staff_id = r.computed_by
  LEFT JOIN khoacu.list_freeze f ON f.run_id = r.run_id
  LEFT JOIN khoacu.staff fs ON fs.staff_id = f.frozen_by
  LEFT JOIN khoacu.result_signature a ON a.run_id = r.run_id AND a.place = 'A'
  LEFT JOIN khoacu.staff sa ON sa.staff_id = a.signed_by
  LEFT JOIN khoacu.result_signature b ON b.run_id = r.run_id AND b.place = 'B'
  LEFT JOIN khoacu.staff sb ON sb.staff_id = b.signed_by
  LEFT JOIN khoacu.release_schedule h ON h.run_id = r.run_id
        AND NOT EXISTS (SELECT 1 FROM khoacu.release_withdrawal w WHERE w.schedule_id = h.schedule_id)
  LEFT JOIN khoacu.staff sh ON sh.staff_id = h.set_by
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

-- :result_run_exhausted
-- Winners on whose lists no place was left, best first, with the agencies that have places left.
SELECT p.code, c.roll_number, d.total,
       (SELECT array_agg(a.code ORDER BY a.code COLLATE "C")
          FROM khoacu.post_quota q JOIN khoacu.agency a ON a.agency_id = q.agency_id
         WHERE q.post_id = d.post_id
           AND q.quota > (SELECT count(*) FROM khoacu.decision o WHERE o.run_id = d.run_id AND o.post_id = d.post_id
                             AND o.outcome = 'selected' AND o.agency_id = q.agency_id))
  FROM khoacu.decision d
  JOIN khoacu.post p ON p.post_id = d.post_id
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
 WHERE d.run_id = $1 AND d.reason = 'list_exhausted'
 ORDER BY p.code COLLATE "C", d.total DESC, c.roll_number COLLATE "C"
 LIMIT 200;

-- :result_decisions_page
SELECT c.roll_number, c.full_name, p.code, d.priority_class, d.outcome, g.code, d.reason, d.derivation,
       coalesce(d.rank, 0), d.raw, d.priority, d.total
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 CROSS JOIN LATERAL (SELECT CASE $8::text WHEN 'roll' THEN c.roll_number WHEN 'name' THEN substring(c.full_name FROM '[^ ]+$') || ' ' || c.full_name END AS word,
                            CASE $8 WHEN 'total' THEN d.total WHEN 'raw' THEN d.raw END AS number) w
 CROSS JOIN LATERAL (SELECT CASE WHEN NOT $9 THEN w.word END AS words, CASE WHEN $9 THEN w.word END AS backwards,
                            CASE WHEN NOT $9 THEN w.number END AS mark, CASE WHEN $9 THEN w.number END AS upwards) k
 WHERE d.run_id = $1 AND ($2::text IS NULL OR p.code = $2) AND ($3::text IS NULL OR d.outcome = $3)
   AND ($4::text IS NULL OR position(lower($4) IN lower(c.roll_number)) > 0 OR position(lower($4) IN lower(c.full_name)) > 0)
   AND ($7::text IS NULL OR d.reason = $7)
 ORDER BY k.words COLLATE "vi-x-icu", k.backwards COLLATE "vi-x-icu" DESC, k.mark DESC NULLS LAST, k.upwards NULLS LAST,
          CASE WHEN $9 THEN p.code END COLLATE "C" DESC, CASE WHEN $9 THEN d.rank END DESC NULLS FIRST, CASE WHEN $9 THEN d.outcome <> 'selected' END DESC,
          CASE WHEN $9 THEN c.roll_number END COLLATE "C" DESC,
          p.code COLLATE "C", d.rank NULLS LAST, d.outcome <> 'selected', c.roll_number COLLATE "C"
OFFSET $5 LIMIT $6;

-- :result_decisions_count
SELECT count(*)
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
 WHERE d.run_id = $1 AND ($2::text IS NULL OR p.code = $2) AND ($3::text IS NULL OR d.outcome = $3)
   AND ($4::text IS NULL OR position(lower($4) IN lower(c.roll_number)) > 0 OR position(lower($4) IN lower(c.full_name)) > 0)
   AND ($5::text IS NULL OR d.reason = $5);

-- :result_tie_record
SELECT r.outcome, r.place, r.number FROM khoacu.do_result_tie_record($1, $2, $3, $4, $5) r;

-- :result_placement_record
SELECT r.outcome, r.number FROM khoacu.do_result_placement_record($1, $2, $3, $4, $5, $6) r;

-- :result_list_freeze
SELECT r.outcome, n.cycle_id, n.version, n.bundle_sha256
  FROM khoacu.do_result_list_freeze($1, $2, $3, $4, $5) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_run_sign
SELECT r.outcome, n.cycle_id, n.version, n.bundle_sha256
  FROM khoacu.do_result_run_sign($1, $2, $3, $4, $5, $6, $7) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_release_schedule
SELECT r.outcome, n.cycle_id, n.version, n.bundle_sha256
  FROM khoacu.do_result_release_schedule($1, $2, $3, $4, $5) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $2;

-- :result_release_withdraw
SELECT r.outcome, n.cycle_id, n.version, n.bundle_sha256
  FROM khoacu.do_result_release_withdraw($1, $2, $3, $4) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_due_publish
-- :roles worker
SELECT r.run_id, r.cycle_id, r.version, r.bundle_sha256, r.set_by FROM khoacu.do_result_due_publish($1) r;

-- :result_run_publish
SELECT r.outcome, n.cycle_id, r.version, n.bundle_sha256
  FROM khoacu.do_result_run_publish($1, $2, $3) r
  LEFT JOIN khoacu.ranking_run n ON n.run_id = $1;

-- :result_releases
SELECT DISTINCT ON (c.cycle_id) r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.signed_at, r.cause, r.bundle_sha256, r.candidates, r.selected
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.result_signature a ON a.run_id = r.run_id AND a.place = 'B'
 ORDER BY c.cycle_id, l.version DESC
 LIMIT 200;

-- :result_release_versions
SELECT r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.signed_at, r.cause, r.bundle_sha256, r.candidates, r.selected
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.result_signature a ON a.run_id = r.run_id AND a.place = 'B'
 WHERE c.code = $1
 ORDER BY l.version DESC
 LIMIT 200;

-- :result_release_coded
-- By the first bytes of the file's hash; the last column is the newest version of the cycle.
SELECT r.run_id, l.version, c.code, c.title_vi, c.title_en, c.authority_vi, c.authority_en,
       c.demonstration, l.published_at, a.signed_at, r.cause, r.bundle_sha256, r.candidates, r.selected,
       (SELECT max(n.version) FROM khoacu.release n WHERE n.cycle_id = l.cycle_id)
  FROM khoacu.release l
  JOIN khoacu.cycle c ON c.cycle_id = l.cycle_id
  JOIN khoacu.ranking_run r ON r.run_id = l.run_id
  JOIN khoacu.result_signature a ON a.run_id = r.run_id AND a.place = 'B'
 WHERE substring(r.bundle_sha256 FROM 1 FOR length($1::bytea)) = $1
 LIMIT 1;

-- :result_release_pack
-- :roles server,worker
SELECT c.pack_id, c.pack_version,
       (SELECT string_agg(b.value ->> 'ref', '; ' ORDER BY b.n)
          FROM jsonb_array_elements(k.body::jsonb -> 'basis') WITH ORDINALITY AS b(value, n)),
       r.ties, f.document_number
  FROM khoacu.ranking_run r
  JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
  LEFT JOIN khoacu.list_freeze f ON f.run_id = r.run_id
  JOIN khoacu.rule_pack k ON k.pack_id = c.pack_id AND k.version = c.pack_version
 WHERE r.run_id = $1;

-- :result_release_file
SELECT bundle FROM khoacu.ranking_run WHERE run_id = $1;

-- :result_release_rows
-- Of whoever has an opening only the total is shown.
SELECT c.roll_number, p.code, d.outcome, g.code, d.reason, coalesce(d.rank, 0), d.raw, d.priority, d.total, d.opening IS NOT NULL,
       d.parts
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

-- :result_own
-- The same for the candidate who has signed in.
SELECT c.roll_number, c.birth_date::text, p.code, d.outcome, g.code, d.reason, coalesce(d.rank, 0), d.raw, d.priority, d.total,
       d.derivation, l.version, y.code
  FROM khoacu.candidate c
  JOIN khoacu.cycle y ON y.cycle_id = c.cycle_id
  JOIN LATERAL (SELECT r.run_id, r.version FROM khoacu.release r WHERE r.cycle_id = c.cycle_id ORDER BY r.version DESC LIMIT 1) l ON true
  JOIN khoacu.decision d ON d.run_id = l.run_id AND d.candidate_id = c.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 WHERE c.candidate_id = $1;

-- :result_open_forms
-- :roles worker
-- Forms with questions that persons mark, of sittings that have ended.
SELECT DISTINCT h.form_id
  FROM khoacu.shift h
  JOIN khoacu.form_position p ON p.form_id = h.form_id
  JOIN khoacu.item_version v ON v.item_id = p.item_id AND v.version = p.version AND v.kind IN ('essay', 'upload')
 WHERE h.cycle_id = $1
   AND EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.shift_id = h.shift_id AND t.state IN ('submitted', 'closed'))
 ORDER BY h.form_id;

-- :result_open_answers
-- :roles worker
-- What some candidates answered at a position of a form, last saved; of two sittings the later one.
SELECT DISTINCT ON (t.candidate_id) t.candidate_id, t.room_id, t.sitting_id, r.answer
  FROM khoacu.sitting t
  JOIN khoacu.shift h ON h.shift_id = t.shift_id AND h.form_id = $2
  LEFT JOIN LATERAL (SELECT l.answer FROM khoacu.response l
                      WHERE l.room_id = t.room_id AND l.sitting_id = t.sitting_id AND l.position = $3::smallint
                      ORDER BY l.seq DESC LIMIT 1) r ON true
 WHERE t.candidate_id = ANY ($1::bigint[]) AND t.state IN ('submitted', 'closed')
 ORDER BY t.candidate_id, t.ended_at DESC;

-- :result_open_file
-- :roles worker
SELECT bytes FROM khoacu.response_file WHERE room_id = $1 AND sitting_id = $2 AND sha256 = $3;

-- :result_totals
-- How often each total was reached, of one post or of all.
SELECT d.total, count(*)
  FROM khoacu.decision d JOIN khoacu.post p ON p.post_id = d.post_id
 WHERE d.run_id = $1 AND d.total IS NOT NULL AND ($2::text IS NULL OR p.code = $2)
 GROUP BY d.total
 ORDER BY d.total
 LIMIT $3;

-- :result_last_seats
-- The lowest total that was selected, by post.
SELECT p.code, min(d.total)
  FROM khoacu.decision d JOIN khoacu.post p ON p.post_id = d.post_id
 WHERE d.run_id = $1 AND d.outcome = 'selected' AND d.total IS NOT NULL AND ($2::text IS NULL OR p.code = $2)
 GROUP BY p.code
 ORDER BY min(d.total), p.code COLLATE "C"
 LIMIT $3;
