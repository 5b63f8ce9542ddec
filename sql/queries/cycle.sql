-- :cycle_find
SELECT cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, to_char(notice_on, 'YYYY-MM-DD'), pack_id, pack_version,
       written_max, interview_max, demonstration, state, to_char(applications_until, 'YYYY-MM-DD')
  FROM khoacu.cycle
 WHERE code = $1;

-- :cycle_list
SELECT cycle_id, code, title_vi, title_en, authority_vi, authority_en, NULL::text, to_char(notice_on, 'YYYY-MM-DD'), pack_id, pack_version,
       written_max, interview_max, demonstration, state, to_char(applications_until, 'YYYY-MM-DD')
  FROM khoacu.cycle
 ORDER BY created_at DESC, cycle_id
 LIMIT $1;

-- :cycle_lock
SELECT state FROM khoacu.cycle WHERE cycle_id = $1 FOR NO KEY UPDATE;

-- :cycle_insert
INSERT INTO khoacu.cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id,
                          pack_version, written_max, interview_max, demonstration, created_at, created_by, applications_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::text::date)
ON CONFLICT (code) DO NOTHING;

-- :cycle_posts
SELECT p.post_id, p.code, p.title, sum(q.quota)::bigint,
       (SELECT count(*) FROM khoacu.candidate c WHERE c.post_id = p.post_id),
       array_agg(a.agency_id ORDER BY a.code COLLATE "C"), array_agg(a.code ORDER BY a.code COLLATE "C"),
       array_agg(a.name ORDER BY a.code COLLATE "C"), array_agg(q.quota::bigint ORDER BY a.code COLLATE "C")
  FROM khoacu.post p
  JOIN khoacu.post_quota q ON q.post_id = p.post_id
  JOIN khoacu.agency a ON a.agency_id = q.agency_id
 WHERE p.cycle_id = $1
 GROUP BY p.post_id
 ORDER BY p.code COLLATE "C";

-- :cycle_counts
-- $2: the smallest count that passes round 1; $3: now. Of a candidate the last count is taken.
WITH candidates AS (
  SELECT count(*) AS total,
         count(*) FILTER (WHERE c.access_code_hmac IS NULL) AS without_code,
         count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)
                            AND NOT EXISTS (SELECT 1 FROM khoacu.credential_in_force k WHERE k.candidate_id = c.candidate_id)) AS without_seat
    FROM khoacu.candidate c
   WHERE c.cycle_id = $1
), scores AS (
  SELECT count(*) AS scored,
         count(*) FILTER (WHERE s.status = 'counted') AS counted,
         count(*) FILTER (WHERE s.correct >= $2 OR s.status = 'exempt') AS passed,
         count(*) FILTER (WHERE s.status = 'absent') AS absent
    FROM khoacu.candidate c
   CROSS JOIN LATERAL (SELECT n.status, n.correct FROM khoacu.sitting_score n
                        WHERE n.candidate_id = c.candidate_id ORDER BY n.revision DESC LIMIT 1) s
   WHERE c.cycle_id = $1
), shifts AS (
  SELECT count(*) AS total,
         count(*) FILTER (WHERE h.state <> 'closed') AS unclosed,
         count(*) FILTER (WHERE h.state <> 'closed' AND h.ends_at < $3) AS late
    FROM khoacu.shift h
   WHERE h.cycle_id = $1
), scripts AS (
  SELECT count(*) FILTER (WHERE s.component = 'written') AS written,
         count(*) FILTER (WHERE s.component = 'written' AND m.marked) AS written_marked,
         count(*) FILTER (WHERE s.component = 'interview') AS interview,
         count(*) FILTER (WHERE s.component = 'interview' AND m.marked) AS interview_marked
    FROM khoacu.script s
   CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM khoacu.mark k WHERE k.blind_id = s.blind_id)
                           OR EXISTS (SELECT 1 FROM khoacu.script_settlement l WHERE l.blind_id = s.blind_id) AS marked) m
   WHERE s.cycle_id = $1
)
SELECT (SELECT count(*) FROM khoacu.post p WHERE p.cycle_id = $1), c.total,
       (SELECT count(*) FROM khoacu.form f WHERE f.cycle_id = $1), h.total,
       c.without_code, c.without_seat, h.unclosed, h.late, s.scored, s.counted, s.passed, s.absent,
       r.written, r.written_marked, r.interview, r.interview_marked,
       EXISTS (SELECT 1 FROM khoacu.marks_freeze z WHERE z.cycle_id = $1),
       EXISTS (SELECT 1 FROM khoacu.part_freeze y WHERE y.cycle_id = $1)
  FROM candidates c, scores s, shifts h, scripts r;

-- :cycle_forms
SELECT f.form_id, f.code, f.item_count, encode(f.sha256, 'hex'), f.sealed_at, coalesce(v.sections::text, '[]')
  FROM khoacu.form f LEFT JOIN khoacu.form_version v ON v.form_id = f.form_id AND v.version = f.version
 WHERE f.cycle_id = $1
 ORDER BY f.sealed_at, f.code
 LIMIT $2;

-- :cycle_shifts
SELECT h.shift_id, h.code, f.code, h.clock, h.starts_at, h.ends_at, h.minutes, h.state,
       count(*) FILTER (WHERE t.state = 'assigned'), count(*) FILTER (WHERE t.state = 'open'),
       count(*) FILTER (WHERE t.state = 'submitted'), count(*) FILTER (WHERE t.state = 'closed'),
       count(*) FILTER (WHERE t.state = 'absent')
  FROM khoacu.shift h
  JOIN khoacu.form f ON f.form_id = h.form_id
  LEFT JOIN khoacu.sitting t ON t.shift_id = h.shift_id
 WHERE h.cycle_id = $1
 GROUP BY h.shift_id, f.form_id
 ORDER BY h.starts_at, h.code
 LIMIT $2;

-- :cycle_runs
SELECT r.run_id, r.version, r.computed_at, r.cause, r.candidates, r.selected, r.unresolved, c.full_name,
       a.verdict, a.signed_at, b.full_name, l.version, l.published_at
  FROM khoacu.ranking_run r
  JOIN khoacu.staff c ON c.staff_id = r.computed_by
  LEFT JOIN khoacu.result_signature a ON a.run_id = r.run_id AND a.place = 'B'
  LEFT JOIN khoacu.staff b ON b.staff_id = a.signed_by
  LEFT JOIN khoacu.release l ON l.run_id = r.run_id
 WHERE r.cycle_id = $1
 ORDER BY r.version DESC
 LIMIT $2;

-- :cycle_agencies_store
INSERT INTO khoacu.agency AS a (agency_id, cycle_id, code, name)
SELECT g.agency_id, $1, g.code, g.name
  FROM unnest($2::bigint[], $3::text[], $4::text[]) AS g (agency_id, code, name)
ON CONFLICT (cycle_id, code) DO UPDATE SET name = EXCLUDED.name WHERE a.name <> EXCLUDED.name;

-- :cycle_posts_store
INSERT INTO khoacu.post AS p (post_id, cycle_id, code, title)
SELECT g.post_id, $1, g.code, g.title
  FROM unnest($2::bigint[], $3::text[], $4::text[]) AS g (post_id, code, title)
ON CONFLICT (cycle_id, code) DO UPDATE SET title = EXCLUDED.title WHERE p.title <> EXCLUDED.title;

-- :cycle_quotas_store
INSERT INTO khoacu.post_quota AS q (post_id, agency_id, quota)
SELECT p.post_id, a.agency_id, g.quota
  FROM unnest($2::text[], $3::text[], $4::bigint[]) AS g (post_code, agency_code, quota)
  JOIN khoacu.post p ON p.cycle_id = $1 AND p.code = g.post_code
  JOIN khoacu.agency a ON a.cycle_id = $1 AND a.code = g.agency_code
ON CONFLICT (post_id, agency_id) DO UPDATE SET quota = EXCLUDED.quota WHERE q.quota <> EXCLUDED.quota;

-- :cycle_candidates_compare
-- Which of the rows given are known, and whether the person, the application or the address differs; of the address "?" says nothing.
SELECT g.place, (c.full_name, c.birth_date, c.extra_time_percent) IS DISTINCT FROM (g.full_name, g.birth_date::date, g.extra_time),
       (c.post_id, c.priority_classes, c.agency_ids)
         IS DISTINCT FROM (g.post_id, string_to_array(g.classes, ';'), string_to_array(g.agencies, ';')::bigint[]),
       g.email <> '?' AND coalesce(c.email, '') <> g.email
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[])
       WITH ORDINALITY AS g (roll_number, full_name, birth_date, post_id, classes, agencies, extra_time, email, place)
  JOIN khoacu.candidate c ON c.cycle_id = $1 AND c.roll_number = g.roll_number;

-- :cycle_candidates_insert
INSERT INTO khoacu.candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, priority_classes, agency_ids,
                              extra_time_percent, email)
SELECT g.candidate_id, $1, g.roll_number, g.full_name, g.birth_date::date, g.post_id,
       string_to_array(g.classes, ';'), string_to_array(g.agencies, ';')::bigint[], g.extra_time, nullif(nullif(g.email, '?'), '')
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[])
       AS g (candidate_id, roll_number, full_name, birth_date, post_id, classes, agencies, extra_time, email);

-- :cycle_candidates_update
UPDATE khoacu.candidate c
   SET full_name = g.full_name, birth_date = g.birth_date::date, post_id = g.post_id,
       priority_classes = string_to_array(g.classes, ';'), agency_ids = string_to_array(g.agencies, ';')::bigint[],
       extra_time_percent = g.extra_time, email = CASE g.email WHEN '?' THEN c.email ELSE nullif(g.email, '') END
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[])
       AS g (roll_number, full_name, birth_date, post_id, classes, agencies, extra_time, email)
 WHERE c.cycle_id = $1 AND c.roll_number = g.roll_number;

-- :cycle_candidates
-- A page of those who match: $2 a part of roll number or name, $3 the last roll number seen.
SELECT c.roll_number, c.full_name, to_char(c.birth_date, 'YYYY-MM-DD'), p.code, c.priority_classes,
       ARRAY(SELECT a.code FROM unnest(c.agency_ids) WITH ORDINALITY AS w (agency_id, place)
               JOIN khoacu.agency a ON a.agency_id = w.agency_id ORDER BY w.place),
       c.access_code_hmac IS NOT NULL, k.kind, to_char(k.issued_on, 'YYYY-MM-DD')
  FROM khoacu.candidate c
  JOIN khoacu.post p ON p.post_id = c.post_id
  LEFT JOIN khoacu.credential_in_force k ON k.candidate_id = c.candidate_id
 WHERE c.cycle_id = $1
   AND ($2 = '' OR strpos(khoacu.fold(c.roll_number || ' ' || c.full_name), (SELECT khoacu.fold($2))) > 0)
   AND c.roll_number > $3
 ORDER BY c.roll_number
 LIMIT $4;

-- :cycle_candidates_count
SELECT count(*)
  FROM khoacu.candidate c
 WHERE c.cycle_id = $1
   AND ($2 = '' OR strpos(khoacu.fold(c.roll_number || ' ' || c.full_name), (SELECT khoacu.fold($2))) > 0);

-- :cycle_codes_wanted
-- $2: all; $3: those listed, else null. The rows are held against a second issue.
SELECT candidate_id, roll_number, full_name
  FROM khoacu.candidate
 WHERE cycle_id = $1
   AND CASE WHEN $3::text[] IS NULL THEN $2 OR access_code_hmac IS NULL ELSE roll_number = ANY ($3) END
 ORDER BY roll_number
   FOR NO KEY UPDATE;

-- :cycle_codes_store
SELECT khoacu.do_cycle_codes_store($1, $2, $3);

-- :cycle_credentials_compare
-- Of each row: whether there is such a candidate, whether just this is recorded, whether another is, and whether a seat or a result is there.
SELECT g.place, c.candidate_id IS NOT NULL,
       coalesce((k.kind, k.issued_on, coalesce(k.mark, -1), k.reference) = (g.kind, g.issued::date, g.mark, g.reference), false),
       k.candidate_id IS NOT NULL,
       EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)
         OR EXISTS (SELECT 1 FROM khoacu.sitting_score s WHERE s.candidate_id = c.candidate_id AND NOT khoacu.score_of_credential(s.status, s.sitting_id))
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
       WITH ORDINALITY AS g (roll_number, kind, issued, mark, reference, place)
  LEFT JOIN khoacu.candidate c ON c.cycle_id = $1 AND c.roll_number = g.roll_number
  LEFT JOIN khoacu.credential_in_force k ON k.candidate_id = c.candidate_id;

-- :cycle_credentials_store
SELECT khoacu.do_cycle_credentials_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
