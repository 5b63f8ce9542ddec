-- :bank_find
-- :roles server,bank
SELECT bank_id FROM khoacu.bank WHERE code = $1;

-- :bank_data_keys
-- :roles server,bank,worker
SELECT bank_id, generation, wrapped FROM khoacu.bank_data_key WHERE bank_id = $1 ORDER BY generation;

-- :bank_data_key_add
-- :roles bank
INSERT INTO khoacu.bank_data_key (bank_id, generation, wrapped) VALUES ($1, $2, $3);

-- :bank_data_keys_lock
-- :roles bank
SELECT bank_id, generation, wrapped FROM khoacu.bank_data_key FOR UPDATE;

-- :bank_data_key_rewrap
-- :roles bank
UPDATE khoacu.bank_data_key SET wrapped = $3 WHERE bank_id = $1 AND generation = $2;

-- :bank_generation_next
-- :roles bank
SELECT max(generation) + 1 FROM khoacu.bank_data_key WHERE bank_id = $1;

-- :bank_old_texts
-- :roles bank
SELECT t.item_id, t.version, t.generation, t.content, t.extra
  FROM khoacu.item i JOIN khoacu.item_text t ON t.item_id = i.item_id
 WHERE i.bank_id = $1 AND t.generation < $2 ORDER BY t.item_id, t.version LIMIT $3 FOR UPDATE OF t;

-- :bank_reseal_text
-- :roles bank
UPDATE khoacu.item_text SET generation = $3, content = $4, extra = $5 WHERE item_id = $1 AND version = $2;

-- :bank_old_keys
-- :roles bank
SELECT k.item_id, k.version, k.generation, k.sealed
  FROM khoacu.item i JOIN khoacu.item_key k ON k.item_id = i.item_id
 WHERE i.bank_id = $1 AND k.generation < $2 ORDER BY k.item_id, k.version LIMIT $3 FOR UPDATE OF k;

-- :bank_reseal_key
-- :roles bank
UPDATE khoacu.item_key SET generation = $3, sealed = $4 WHERE item_id = $1 AND version = $2;

-- :bank_old_comments
-- :roles bank
SELECT c.item_id, c.number, c.generation, c.sealed
  FROM khoacu.item i JOIN khoacu.item_comment c ON c.item_id = i.item_id
 WHERE i.bank_id = $1 AND c.generation < $2 ORDER BY c.item_id, c.number LIMIT $3 FOR UPDATE OF c;

-- :bank_reseal_comment
-- :roles bank
UPDATE khoacu.item_comment SET generation = $3, sealed = $4 WHERE item_id = $1 AND number = $2;

-- :bank_old_answers
-- :roles bank
SELECT a.item_id, a.number, a.generation, a.sealed
  FROM khoacu.item i JOIN khoacu.item_answer a ON a.item_id = i.item_id
 WHERE i.bank_id = $1 AND a.generation < $2 ORDER BY a.item_id, a.number LIMIT $3 FOR UPDATE OF a;

-- :bank_reseal_answer
-- :roles bank
UPDATE khoacu.item_answer SET generation = $3, sealed = $4 WHERE item_id = $1 AND number = $2;

-- :bank_old_reviews
-- :roles bank
SELECT r.item_id, r.review_id, r.generation, r.sealed
  FROM khoacu.item i JOIN khoacu.item_review r ON r.item_id = i.item_id
 WHERE i.bank_id = $1 AND r.generation < $2 ORDER BY r.item_id, r.review_id LIMIT $3 FOR UPDATE OF r;

-- :bank_reseal_review
-- :roles bank
UPDATE khoacu.item_review SET generation = $3, sealed = $4 WHERE item_id = $1 AND review_id = $2;

-- :bank_old_passages
-- :roles bank
SELECT p.item_id, p.passage_id, p.generation, p.sealed
  FROM khoacu.item i JOIN khoacu.item_passage p ON p.item_id = i.item_id
 WHERE i.bank_id = $1 AND p.generation < $2 ORDER BY p.item_id, p.passage_id LIMIT $3 FOR UPDATE OF p;

-- :bank_reseal_passage
-- :roles bank
UPDATE khoacu.item_passage SET generation = $3, sealed = $4 WHERE item_id = $1 AND passage_id = $2;

-- :bank_old_media
-- :roles bank
SELECT m.bank_id, 0::bigint, m.generation, m.sealed, m.type, 'media/' || encode(m.sha256, 'hex')
  FROM khoacu.bank_media m
 WHERE m.bank_id = $1 AND m.generation < $2 ORDER BY m.sha256 LIMIT $3 FOR UPDATE;

-- :bank_reseal_media
-- :roles bank
UPDATE khoacu.bank_media SET generation = $3, sealed = $4 WHERE bank_id = $1 AND 'media/' || encode(sha256, 'hex') = $2;

-- :bank_insert
-- :roles bank
INSERT INTO khoacu.bank (bank_id, code, name, reviewers_needed, exposure_max, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (code) DO NOTHING;

-- :bank_update
-- :roles bank
UPDATE khoacu.bank
   SET name = coalesce($2, name), reviewers_needed = CASE WHEN $3 >= 0 THEN $3 ELSE reviewers_needed END,
       exposure_max = CASE WHEN $4 >= 0 THEN $4 ELSE exposure_max END
 WHERE bank_id = $1;

-- :bank_lock
-- :roles bank
-- Whoever changes items or members of a bank follows the one before.
SELECT b.bank_id FROM khoacu.bank b WHERE b.bank_id = $1 FOR UPDATE;

-- :bank_list
-- :roles bank
SELECT b.bank_id, b.code, b.name, b.reviewers_needed, b.exposure_max, b.changes, b.created_at, m.rights,
       coalesce(n.draft, 0), coalesce(n.in_review, 0), coalesce(n.approved, 0), coalesce(n.live, 0), coalesce(n.retired, 0)
  FROM khoacu.bank b
  JOIN (SELECT bank_id, bit_or(rights)::bigint AS rights FROM khoacu.bank_member WHERE staff_id = $1 GROUP BY bank_id) m ON m.bank_id = b.bank_id
  LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE i.state = 'draft') AS draft, count(*) FILTER (WHERE i.state = 'in_review') AS in_review,
              count(*) FILTER (WHERE i.state = 'approved') AS approved, count(*) FILTER (WHERE i.state = 'live') AS live,
              count(*) FILTER (WHERE i.state = 'retired') AS retired
         FROM khoacu.item i WHERE i.bank_id = b.bank_id) n ON true
 WHERE $2 = '' OR b.code = $2
 ORDER BY b.code;

-- :bank_scope
-- :roles bank
SELECT m.bank_id, b.code, m.topic, m.rights
  FROM khoacu.bank_member m JOIN khoacu.bank b ON b.bank_id = m.bank_id
 WHERE m.staff_id = $1
 ORDER BY m.bank_id, m.topic;

-- :bank_members
-- :roles bank
SELECT m.staff_id, s.login_name, s.full_name, m.rights, m.topic
  FROM khoacu.bank_member m JOIN khoacu.staff s ON s.staff_id = m.staff_id
 WHERE m.bank_id = $1
 ORDER BY s.login_name, m.topic;

-- :bank_member_staff
-- :roles bank
SELECT staff_id FROM khoacu.staff WHERE (staff_id = $1 OR ($1 = 0 AND login_name = $2)) AND state = 'active';

-- :bank_members_clear
-- :roles bank
DELETE FROM khoacu.bank_member WHERE bank_id = $1;

-- :bank_member_add
-- :roles bank
INSERT INTO khoacu.bank_member (bank_id, staff_id, topic, rights) VALUES ($1, $2, $3, $4);

-- :bank_rights
-- :roles bank
SELECT khoacu.bank_rights($1, $2, $3);

-- :bank_number_next
-- :roles bank
UPDATE khoacu.bank SET last_number = last_number + $2 WHERE bank_id = $1 RETURNING last_number;

-- :bank_items_write
-- :roles bank
SELECT outcome FROM khoacu.do_bank_items_write($1, $2, $3, $4, $5, $6);

-- :bank_item
-- :roles bank
-- An item with the meta data of one version ($2; 0: the newest), and what the person $3 is to it.
SELECT i.item_id, i.bank_id, b.code, i.code, i.state, i.version, v.kind, v.subject, CASE WHEN v.version = i.version THEN i.topic ELSE v.topic END,
       v.level, v.facility, v.seconds, v.source_expires_on - date '1970-01-01', i.tags, i.enemies, i.exposure, b.exposure_max,
       i.created_at, i.updated_at, i.changed,
       (SELECT array_agg(DISTINCT a.created_by) FROM khoacu.item_version a WHERE a.item_id = i.item_id), s.full_name,
       t.generation, t.content, t.extra,
       v.version, khoacu.bank_rights($3, i.bank_id, i.topic), k.generation, k.sealed,
       EXISTS (SELECT 1 FROM khoacu.item_comment c WHERE c.item_id = i.item_id
                  AND NOT EXISTS (SELECT 1 FROM khoacu.item_answer x WHERE x.item_id = c.item_id AND x.number = c.number))
  FROM khoacu.item i
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
  JOIN khoacu.item_version v ON v.item_id = i.item_id AND v.version = CASE WHEN $2 = 0 THEN i.version ELSE $2 END
  JOIN khoacu.item_text t ON t.item_id = v.item_id AND t.version = v.version
  JOIN khoacu.item_key k ON k.item_id = v.item_id AND k.version = v.version
  JOIN khoacu.staff s ON s.staff_id = v.created_by
 WHERE i.item_id = $1;

-- :bank_entries_of
-- :roles bank
-- Newest versions of the items, in the order of the list.
SELECT i.item_id, i.bank_id, b.code, i.code, i.state, i.version, i.kind, i.subject, i.topic, i.level, i.facility, i.seconds,
       i.source_expires_on - date '1970-01-01', i.tags, i.enemies, i.exposure, b.exposure_max, i.created_at, i.updated_at, i.changed,
       (SELECT array_agg(DISTINCT a.created_by) FROM khoacu.item_version a WHERE a.item_id = i.item_id), s.full_name,
       t.generation, t.content, t.extra
  FROM unnest($1::bigint[]) WITH ORDINALITY AS d (item_id, place)
  JOIN khoacu.item i ON i.item_id = d.item_id
  JOIN khoacu.bank b ON b.bank_id = i.bank_id
  JOIN khoacu.item_version v ON v.item_id = i.item_id AND v.version = i.version
  JOIN khoacu.item_text t ON t.item_id = i.item_id AND t.version = i.version
  JOIN khoacu.staff s ON s.staff_id = v.created_by
 ORDER BY d.place;

-- :bank_texts_of
-- :roles server,bank,worker
SELECT t.item_id, t.version, i.bank_id, i.code, v.kind, i.topic, t.generation, t.content
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS d (item_id, version, place)
  JOIN khoacu.item i ON i.item_id = d.item_id
  JOIN khoacu.item_version v ON v.item_id = d.item_id AND v.version = d.version
  JOIN khoacu.item_text t ON t.item_id = d.item_id AND t.version = d.version
 ORDER BY d.place;

-- :bank_keys_of
-- :roles bank,worker
SELECT k.item_id, k.version, k.generation, k.sealed
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS d (item_id, version, place)
  JOIN khoacu.item_key k ON k.item_id = d.item_id AND k.version = d.version
 ORDER BY d.place;

-- :bank_versions
-- :roles bank
SELECT v.version, v.created_at, v.created_by, s.full_name, t.generation, t.extra
  FROM khoacu.item_version v
  JOIN khoacu.item_text t ON t.item_id = v.item_id AND t.version = v.version
  JOIN khoacu.staff s ON s.staff_id = v.created_by
 WHERE v.item_id = $1
 ORDER BY v.version DESC
 LIMIT $2;

-- :bank_comments
-- :roles bank
SELECT c.number, c.version, c.at, c.staff_id, s.full_name, c.generation, c.sealed, a.generation, a.sealed, r.full_name, a.at
  FROM khoacu.item_comment c
  JOIN khoacu.staff s ON s.staff_id = c.staff_id
  LEFT JOIN khoacu.item_answer a ON a.item_id = c.item_id AND a.number = c.number
  LEFT JOIN khoacu.staff r ON r.staff_id = a.staff_id
 WHERE c.item_id = $1
 ORDER BY c.number
 LIMIT $2;

-- :bank_reviews
-- :roles bank
SELECT r.review_id, r.version, r.at, r.staff_id, s.full_name, r.verdict, r.generation, r.sealed
  FROM khoacu.item_review r JOIN khoacu.staff s ON s.staff_id = r.staff_id
 WHERE r.item_id = $1
 ORDER BY r.turn DESC
 LIMIT $2;

-- :bank_passages
-- :roles bank
SELECT p.passage_id, p.from_state, p.to_state, s.full_name, p.version, p.at, p.generation, p.sealed
  FROM khoacu.item_passage p JOIN khoacu.staff s ON s.staff_id = p.staff_id
 WHERE p.item_id = $1
 ORDER BY p.at DESC, p.passage_id
 LIMIT $2;

-- :bank_access_add
-- :roles bank
INSERT INTO khoacu.item_access (access_id, item_id, version, staff_id, purpose, at)
SELECT d.access_id, d.item_id, d.version, $4, $5, $6 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS d (access_id, item_id, version);

-- :bank_access
-- :roles bank
SELECT a.version, a.at, s.login_name, s.full_name, a.purpose, count(*) OVER ()
  FROM khoacu.item_access a JOIN khoacu.staff s ON s.staff_id = a.staff_id
 WHERE a.item_id = $1 AND ($2::timestamptz IS NULL OR a.at < $2::timestamptz)
 ORDER BY a.at DESC, a.access_id
 LIMIT $3;

-- :bank_item_place
-- :roles bank
SELECT i.bank_id, i.topic, i.version, i.state, khoacu.bank_rights($2, i.bank_id, i.topic),
       EXISTS (SELECT 1 FROM khoacu.item_version v WHERE v.item_id = i.item_id AND v.created_by = $2), i.code
  FROM khoacu.item i WHERE i.item_id = $1;

-- :bank_item_banks
-- :roles bank
SELECT d.place, i.bank_id FROM unnest($1::bigint[]) WITH ORDINALITY AS d (item_id, place) JOIN khoacu.item i ON i.item_id = d.item_id ORDER BY i.bank_id, d.place;

-- :bank_act_insert
-- :roles bank
INSERT INTO khoacu.bank_act (act_id, staff_id, act, at) VALUES ($1, $2, $3, $4);

-- :bank_item_act
-- :roles bank
SELECT outcome, state FROM khoacu.do_bank_item_act($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- :bank_act_take
-- :roles bank
UPDATE khoacu.bank_act SET undone_at = $3 WHERE act_id = $1 AND staff_id = $2 AND undone_at IS NULL AND at > $3::timestamptz - interval '1 day' RETURNING act_id;

-- :bank_act_items
-- :roles bank
SELECT x.item_id, i.bank_id, x.before_state FROM khoacu.bank_act_item x JOIN khoacu.item i ON i.item_id = x.item_id WHERE x.act_id = $1 ORDER BY i.bank_id, x.item_id;

-- :bank_item_undo
-- :roles bank
SELECT outcome, state FROM khoacu.do_bank_item_undo($1, $2, $3, $4, $5, $6, $7);

-- :bank_comment_next
-- :roles bank
SELECT 1 + coalesce(max(number), 0) FROM khoacu.item_comment WHERE item_id = $1;

-- :bank_comment_insert
-- :roles bank
INSERT INTO khoacu.item_comment (item_id, number, version, staff_id, generation, sealed, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :bank_comment_find
-- :roles bank
SELECT c.staff_id, EXISTS (SELECT 1 FROM khoacu.item_answer a WHERE a.item_id = c.item_id AND a.number = c.number)
  FROM khoacu.item_comment c WHERE c.item_id = $1 AND c.number = $2;

-- :bank_answer_insert
-- :roles bank
INSERT INTO khoacu.item_answer (item_id, number, staff_id, generation, sealed, at) VALUES ($1, $2, $3, $4, $5, $6);

-- :bank_item_touch
-- :roles bank
-- A comment or an answer is a change of the item that an index may show.
WITH counted AS (UPDATE khoacu.bank SET changes = changes + 1 WHERE bank_id = $2 RETURNING changes)
UPDATE khoacu.item SET changed = (SELECT changes FROM counted), updated_at = $3 WHERE item_id = $1;

-- :bank_media_add
-- :roles bank
INSERT INTO khoacu.bank_media (bank_id, sha256, type, generation, sealed, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (bank_id, sha256) DO NOTHING;

-- :bank_media_of
-- :roles server,bank
SELECT m.bank_id, m.type, m.generation, m.sealed FROM khoacu.bank_media m WHERE m.bank_id = $1 AND m.sha256 = $2;

-- :bank_media_find
-- :roles bank
SELECT m.bank_id, m.type, m.generation, m.sealed
  FROM khoacu.bank_media m
 WHERE m.sha256 = $1 AND EXISTS (SELECT 1 FROM khoacu.bank_member r WHERE r.bank_id = m.bank_id AND r.staff_id = $2)
 LIMIT 1;

-- :bank_changes
-- :roles bank
SELECT bank_id, changes, code, name FROM khoacu.bank ORDER BY code;

-- :bank_changed_ids
-- :roles bank
SELECT i.item_id FROM khoacu.item i WHERE i.bank_id = $1 AND i.changed > $2 ORDER BY i.changed, i.item_id;

-- :bank_ids_by_code
-- :roles bank
SELECT i.item_id FROM khoacu.item i WHERE i.bank_id = $1 ORDER BY i.code COLLATE "C";

-- :bank_known
-- :roles bank
-- What a bank has, for a load to compare with.
SELECT i.item_id, i.code, i.external, i.version, i.state, i.topic, v.fingerprint, i.tags, i.enemies
  FROM khoacu.item i JOIN khoacu.item_version v ON v.item_id = i.item_id AND v.version = i.version
 WHERE i.bank_id = $1;

-- :bank_draft_version
-- :roles bank
-- The newest version of a draft that the person may submit.
SELECT i.version FROM khoacu.item i WHERE i.item_id = $1 AND i.state = 'draft' AND khoacu.bank_rights($2, i.bank_id, i.topic) & 9 <> 0;

-- :bank_actor
-- :roles bank
-- An owner of the bank that is there; else the first item officer.
SELECT s.staff_id
  FROM khoacu.staff s JOIN khoacu.staff_role r ON r.staff_id = s.staff_id AND r.role = 'item_officer'
 WHERE s.state = 'active'
   AND CASE WHEN EXISTS (SELECT 1 FROM khoacu.bank b WHERE b.code = $1)
            THEN EXISTS (SELECT 1 FROM khoacu.bank_member m JOIN khoacu.bank b ON b.bank_id = m.bank_id
                          WHERE b.code = $1 AND m.staff_id = s.staff_id AND m.topic = '' AND m.rights & 8 <> 0)
            ELSE true END
 ORDER BY s.login_name
 LIMIT 1;
