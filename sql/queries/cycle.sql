-- :cycle_find
SELECT cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on::text, pack_id, pack_version,
       written_max, interview_max, demonstration, state
  FROM khoacu.cycle WHERE code = $1;

-- :cycle_list
SELECT cycle_id, code, title_vi, title_en, authority_vi, authority_en, '' AS notice, notice_on::text, pack_id, pack_version,
       written_max, interview_max, demonstration, state
  FROM khoacu.cycle ORDER BY created_at DESC, cycle_id LIMIT $1;

-- :cycle_insert
INSERT INTO khoacu.cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id,
                          pack_version, written_max, interview_max, demonstration, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- :cycle_post_store
SELECT khoacu.do_cycle_post_store($1, $2, $3, $4, $5, $6, $7, $8);

-- :cycle_candidate_store
SELECT khoacu.do_cycle_candidate_store($1, $2, $3, $4, $5, $6, $7, $8);

-- :cycle_candidates
SELECT c.roll_number, c.full_name, c.birth_date::text, p.code, to_json(c.priority_classes)::text,
       (SELECT json_agg(a.code ORDER BY u.place) FROM unnest(c.agency_ids) WITH ORDINALITY AS u (agency_id, place)
          JOIN khoacu.agency a ON a.agency_id = u.agency_id)::text
  FROM khoacu.candidate c
  JOIN khoacu.post p ON p.post_id = c.post_id
 WHERE c.cycle_id = $1
   AND ($2 = '' OR c.roll_number LIKE upper($2) || '%' OR khoacu.fold(c.full_name) LIKE '%' || khoacu.fold($2) || '%')
   AND c.roll_number > $3
 ORDER BY c.roll_number
 LIMIT $4;

-- :cycle_candidates_count
SELECT count(*)
  FROM khoacu.candidate c
 WHERE c.cycle_id = $1
   AND ($2 = '' OR c.roll_number LIKE upper($2) || '%' OR khoacu.fold(c.full_name) LIKE '%' || khoacu.fold($2) || '%');

-- :cycle_codeless
SELECT candidate_id, roll_number, full_name FROM khoacu.candidate
 WHERE cycle_id = $1 AND ($2 OR access_code_hmac IS NULL) ORDER BY roll_number;

-- :cycle_codes_store
UPDATE khoacu.candidate c SET access_code_hmac = decode(u.hmac, 'hex')
  FROM unnest($1::bigint[], $2::text[]) AS u (candidate_id, hmac)
 WHERE c.candidate_id = u.candidate_id;

-- :cycle_logins_end
-- A new access code cuts off whoever used the old one.
SELECT count(khoacu.do_identity_candidate_logins_end(u.candidate_id, t.room_id, t.sitting_id, $2))
  FROM unnest($1::bigint[]) AS u (candidate_id)
  LEFT JOIN khoacu.sitting t ON t.candidate_id = u.candidate_id;

-- :cycle_progress
SELECT khoacu.cycle_progress($1)::text;
