-- :form_pool
-- :roles bank
-- What may be drawn of a topic, in a fixed order.
SELECT i.item_id, i.version
  FROM khoacu.item i
 WHERE i.bank_id = $1 AND (i.topic = $2 OR starts_with(i.topic, $2 || '/')) AND i.state = 'live' AND i.kind NOT IN ('essay', 'upload', 'stimulus')
   AND khoacu.bank_item_fit(i.item_id, i.version) = 'fit'
 ORDER BY i.code COLLATE "C";

-- :form_newest_versions
-- :roles bank
SELECT l.n::integer, coalesce(i.version, 0)
  FROM unnest($1::bigint[]) WITH ORDINALITY AS l (item_id, n)
  LEFT JOIN khoacu.item i ON i.item_id = l.item_id
 ORDER BY l.n;

-- :form_check
-- :roles bank
-- Rights of a person on a bank; the first item of a list that must not be drawn, or null.
SELECT khoacu.bank_rights($4, $1, ''), u.place, u.why FROM khoacu.form_unfit($1, $2, $3) u;

-- :form_stimuli
-- :roles bank
SELECT i.code, i.item_id, i.version
  FROM khoacu.item i
 WHERE i.bank_id = $1 AND i.code = ANY ($2) AND i.kind = 'stimulus' AND khoacu.bank_item_fit(i.item_id, i.version) = 'fit';

-- :form_draft
-- :roles bank
SELECT outcome, place, why FROM khoacu.do_form_draft($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11, $12, $13);

-- :form_change
-- :roles bank
SELECT outcome, place, why FROM khoacu.do_form_change($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11);

-- :form_turn
-- :roles bank
-- The turn of the next review, the bank, and the rights of who asks.
SELECT coalesce((SELECT max(r.turn) FROM khoacu.form_review r WHERE r.form_id = d.form_id), 0) + 1, d.bank_id,
       khoacu.form_rights(d.form_id, $2)
  FROM khoacu.form_draft d
 WHERE d.form_id = $1;

-- :form_review
-- :roles bank
SELECT outcome FROM khoacu.do_form_review($1, $2, $3, $4, $5, $6, $7, $8);

-- :form_seal
-- :roles bank
SELECT outcome, seal_place, place, why FROM khoacu.do_form_seal($1, $2, $3, $4, $5, $6);

-- :form_list
-- :roles bank
-- The forms that a person sees: $2 the cycle's code or '', $3 one form or 0.
SELECT d.form_id, d.cycle_id, d.bank_id, coalesce(d.assembly_id, 0), d.code, y.code, b.code, v.version, v.item_count, encode(v.sha256, 'hex'),
       d.created_at, c.full_name, p1.full_name, coalesce(s1.staff_id, 0), s1.sealed_at, p2.full_name, coalesce(s2.staff_id, 0),
       s2.sealed_at, r.verdict, q.rights
  FROM khoacu.form_draft d
 CROSS JOIN LATERAL (SELECT khoacu.bank_rights($1, d.bank_id, '') AS rights) q
  JOIN khoacu.cycle y ON y.cycle_id = d.cycle_id
  JOIN khoacu.bank b ON b.bank_id = d.bank_id
  JOIN khoacu.staff c ON c.staff_id = d.created_by
  JOIN khoacu.form_version v ON v.form_id = d.form_id AND v.version = khoacu.form_newest(d.form_id)
  LEFT JOIN khoacu.form_seal s1 ON s1.form_id = d.form_id AND s1.version = v.version AND s1.place = 1
  LEFT JOIN khoacu.staff p1 ON p1.staff_id = s1.staff_id
  LEFT JOIN khoacu.form_seal s2 ON s2.form_id = d.form_id AND s2.version = v.version AND s2.place = 2
  LEFT JOIN khoacu.staff p2 ON p2.staff_id = s2.staff_id
  LEFT JOIN LATERAL (SELECT w.verdict FROM khoacu.form_review w
                      WHERE w.form_id = d.form_id AND w.version = v.version ORDER BY w.turn DESC LIMIT 1) r ON true
 WHERE q.rights <> 0 AND ($2 = '' OR y.code = $2) AND ($3::bigint = 0 OR d.form_id = $3)
 ORDER BY d.created_at DESC, d.code
 LIMIT $4;

-- :form_history
-- :roles bank
SELECT v.version, v.item_count, encode(v.sha256, 'hex'), v.created_at, c.full_name, v.reason, v.sections::text
  FROM khoacu.form_version v JOIN khoacu.staff c ON c.staff_id = v.created_by
 WHERE v.form_id = $1
 ORDER BY v.version DESC
 LIMIT $2;

-- :form_reviews
-- :roles bank
SELECT r.turn, r.version, r.at, c.full_name, r.verdict, r.generation, r.sealed
  FROM khoacu.form_review r JOIN khoacu.staff c ON c.staff_id = r.staff_id
 WHERE r.form_id = $1
 ORDER BY r.turn DESC
 LIMIT $2;

-- :form_version_items
-- :roles bank
SELECT i.position, i.item_id, i.version
  FROM khoacu.form_version_item i
 WHERE i.form_id = $1 AND i.form_version = $2
 ORDER BY i.position < 0, abs(i.position);

-- :form_shown_items
-- :roles bank
SELECT i.item_id, i.version
  FROM khoacu.form f
  JOIN khoacu.form_version_item i ON i.form_id = f.form_id AND i.form_version = f.version
 WHERE f.form_id = $1;

-- :form_seed
-- :roles server,worker
SELECT f.seed, v.sections::text
  FROM khoacu.form f LEFT JOIN khoacu.form_version v ON v.form_id = f.form_id AND v.version = f.version
 WHERE f.form_id = $1;

-- :form_versions
-- :roles server,worker
-- The item versions of a sealed form, in canonical order.
SELECT p.position, p.item_id, p.version
  FROM khoacu.form_position p
 WHERE p.form_id = $1
 ORDER BY p.position;

-- :form_stimulus_versions
-- :roles server,worker
-- The stimuli of a sealed form, in the order of its list.
SELECT (-i.position)::integer, i.item_id, i.version
  FROM khoacu.form f
  JOIN khoacu.form_version_item i ON i.form_id = f.form_id AND i.form_version = f.version
 WHERE f.form_id = $1 AND i.position < 0
 ORDER BY i.position DESC;
