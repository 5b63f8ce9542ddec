-- Forms: versions, reviews, the seals of two persons, and nothing after the second, whoever writes.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO bank_member (bank_id, staff_id, topic, rights) VALUES (50, 1, '', 8), (50, 2, '', 6);
GRANT USAGE ON SCHEMA tap TO khoacu_bank, khoacu_server;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_bank, khoacu_server;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_bank, khoacu_server;
SELECT is(:'drafted' || ' ' || :'reviewed' || ' ' || :'sealed_once' || ' ' || :'sealed_twice', 'done done done done', 'the fixture''s form came about by the functions');
SELECT is((SELECT first_by || ' ' || sealed_by FROM form), '1 2', 'a sealed form names both persons');
SELECT is((SELECT string_agg(exposure::text, ',') FROM item), '1,1', 'its items were counted as shown');

-- Outcomes, act by act, as the server's bank role. Person 3 has no right on the bank until later.
SET LOCAL ROLE khoacu_bank;
SELECT is((SELECT outcome FROM do_form_draft(61, 10, 50, 'G', NULL, '{51,52}', '{1,1}', '{}', '{}', NULL, sha256('g1'), 3, now())), 'forbidden', 'who has no right drafts nothing');
SELECT is((SELECT outcome FROM do_form_draft(61, 10, 50, 'F', NULL, '{51,52}', '{1,1}', '{}', '{}', NULL, sha256('g1'), 1, now())), 'code-taken', 'a code is used once in a cycle');
SELECT is((SELECT outcome || ' ' || place || ' ' || why FROM do_form_draft(61, 10, 50, 'G', NULL, '{51,99}', '{1,1}', '{}', '{}', NULL, sha256('g1'), 1, now())),
          'unfit 2 unknown', 'an item that is not there is named');
SELECT is((SELECT outcome || ' ' || place || ' ' || why FROM do_form_draft(61, 10, 50, 'G', NULL, '{51,52}', '{1,2}', '{}', '{}', NULL, sha256('g1'), 1, now())),
          'unfit 2 not-live', 'and a version that is not live');
SELECT is((SELECT outcome FROM do_form_draft(61, 10, 50, 'G', NULL, '{51,52}', '{1,1}', '{}', '{}', NULL, sha256('g1'), 1, now())), 'done', 'a draft');
SELECT is((SELECT outcome FROM do_form_draft(64, 10, 50, 'S', NULL, '{51,52}', '{1,1}', '{}', '{}',
  '[{"code":"A","items":1,"title_en":"","title_vi":"Một"},{"code":"B","items":1,"title_en":"","title_vi":"Hai"}]', sha256('s1'), 1, now())), 'done', 'a form of two sections');
SELECT throws_ok($$SELECT do_form_draft(65, 10, 50, 'T', NULL, '{51,52}', '{1,1}', '{}', '{}', '[{"code":"A","items":1,"title_en":"","title_vi":"Một"}]', sha256('t1'), 1, now())$$,
  '23514', 'sections cover the positions', 'sections that leave a position out are refused by the table');
SELECT is((SELECT outcome FROM do_form_seal(61, 1, sha256('g1'), sha256('s'), 1, now())), 'not-reviewed', 'what nobody has reviewed is not sealed');
SELECT is((SELECT outcome FROM do_form_review(61, 1, 1, 'return', 1, sha256('reason'), 2, now())), 'done', 'a review returns it');
SELECT is((SELECT outcome FROM do_form_seal(61, 1, sha256('g1'), sha256('s'), 1, now())), 'not-reviewed', 'what was returned is not sealed');
SELECT is((SELECT outcome FROM do_form_change(61, 2, '{52,51}', '{1,1}', '{}', '{}', NULL, sha256('g2'), 'order', 1, now())), 'stale-version', 'a change names what was seen');
SELECT is((SELECT outcome FROM do_form_change(61, 1, '{52,51}', '{1,1}', '{}', '{}', NULL, sha256('g2'), 'order', 1, now())), 'done', 'a change is the next version');
SELECT is((SELECT outcome FROM do_form_review(61, 1, 2, 'accept', 1, sha256('reason'), 2, now())), 'stale-version', 'an older version is not reviewed');
SELECT is((SELECT outcome FROM do_form_review(61, 2, 1, 'accept', 1, sha256('reason'), 2, now())), 'again', 'turns follow one another');
SELECT is((SELECT outcome FROM do_form_review(61, 2, 2, 'accept', 1, sha256('reason'), 3, now())), 'unknown', 'who has no right sees nothing');
SELECT is((SELECT outcome FROM do_form_review(61, 2, 2, 'accept', 1, sha256('reason'), 2, now())), 'done', 'accepted');
SELECT is((SELECT outcome FROM do_form_seal(61, 2, sha256('g1'), sha256('s'), 1, now())), 'stale-version', 'another hash than was seen is not sealed');
SELECT is((SELECT outcome || seal_place FROM do_form_seal(61, 2, sha256('g2'), sha256('s'), 1, now())), 'done1', 'the first seal');
SELECT is((SELECT outcome FROM do_form_seal(61, 2, sha256('g2'), sha256('s'), 1, now())), 'same-person', 'one person does not seal twice');
SELECT is((SELECT count(*) FROM form WHERE form_id = 61), 0::bigint, 'half-sealed, it is no form that could be sat');
SELECT is((SELECT outcome FROM do_form_review(61, 2, 3, 'accept', 1, sha256('reason'), 2, now())), 'sealed', 'after a seal nothing is accepted again');
SELECT is((SELECT outcome FROM do_form_change(61, 2, '{51,52}', '{1,1}', '{}', '{}', NULL, sha256('g3'), 'back', 1, now())), 'done', 'a change after the first seal makes a version without seals');
SELECT is((SELECT outcome FROM do_form_seal(61, 2, sha256('g2'), sha256('s'), 2, now())), 'stale-version', 'the older one is not sealed by a second');
SELECT is((SELECT outcome FROM do_form_review(61, 3, 3, 'accept', 1, sha256('reason'), 1, now())), 'done', 'reviewed');
SELECT is((SELECT outcome || seal_place FROM do_form_seal(61, 3, sha256('g3'), sha256('s'), 2, now())), 'done1', 'sealed first');

-- Past the functions: rows by hand, as the role that may insert.
CREATE TEMP TABLE refusal (what text, statement text, state text);
INSERT INTO refusal VALUES
  ('a second seal by the same person', $$INSERT INTO form_seal VALUES (61, 3, 2, 2, sha256('g3'), now())$$, '23505'),
  ('a third seal', $$INSERT INTO form_seal VALUES (61, 3, 3, 1, sha256('g3'), now())$$, '23514'),
  ('a seal on another hash', $$INSERT INTO form_seal VALUES (61, 3, 2, 1, sha256('g2'), now())$$, '23503'),
  ('a seal on an older version', $$INSERT INTO form_seal VALUES (61, 2, 2, 2, sha256('g2'), now())$$, '23514'),
  ('a form with one seal', $$INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_by, sealed_at)
     SELECT 61, 10, 'G', 3, sha256('s'), 2, sha256('g3'), 2, sealed_at, 1, now() FROM form_seal WHERE form_id = 61 AND version = 3$$, '23503'),
  ('a form whose two persons are one', $$INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_by, sealed_at)
     SELECT 61, 10, 'G', 3, sha256('s'), 2, sha256('g3'), 2, sealed_at, 2, sealed_at FROM form_seal WHERE form_id = 61 AND version = 3$$, '23514'),
  ('a version out of order', $$INSERT INTO form_version VALUES (61, 5, 2, sha256('x'), '', now(), 1)$$, '23514'),
  ('an item more in a version that was reviewed', $$INSERT INTO form_version_item VALUES (61, 3, -1, 51, 1)$$, '23514'),
  ('a version of a sealed form', $$INSERT INTO form_version VALUES (60, 2, 2, sha256('x'), '', now(), 1)$$, '23514'),
  ('an item more in a sealed form', $$INSERT INTO form_version_item VALUES (60, 1, -1, 51, 1)$$, '23514'),
  ('a position more in a sealed form', $$INSERT INTO form_position VALUES (60, 3, 52, 1)$$, '23514'),
  ('a review of a sealed form', $$INSERT INTO form_review VALUES (60, 1, 2, 1, 'return', 1, sha256('r'), now())$$, '23514'),
  ('a seal on a sealed form', $$INSERT INTO form_seal VALUES (60, 1, 2, 3, sha256('form'), now())$$, '23514'),
  ('another seed', $$UPDATE form SET seed = sha256('x')$$, '42501');
SELECT throws_ok(statement, state::char(5), NULL, 'refused: ' || what) FROM refusal;
SELECT is((SELECT outcome FROM do_form_change(60, 1, '{52,51}', '{1,1}', '{}', '{}', NULL, sha256('x'), 'late', 1, now())), 'sealed', 'a sealed form is not changed');
SELECT is((SELECT outcome FROM do_form_seal(60, 1, sha256('form'), sha256('s'), 1, now())), 'sealed', 'nor sealed again');
RESET ROLE;

-- Even the owner of everything is refused.
SELECT throws_ok(format('%s %I', act, name), '23514', NULL, format('nobody can %s %s', act, name))
  FROM unnest('{form,form_position,form_draft,form_version,form_version_item,form_review,form_seal}'::text[]) AS t (name),
       unnest('{DELETE FROM}'::text[]) AS a (act);
SELECT throws_ok($$UPDATE form SET sealed_by = 3$$, '23514', NULL, 'nobody changes who sealed');
SELECT throws_ok($$UPDATE form_position SET version = 2$$, '23514', NULL, 'nobody changes what stands in it');
SELECT throws_ok($$UPDATE form_version SET sha256 = sha256('x')$$, '23514', NULL, 'nobody changes a hash');
SELECT throws_ok($$TRUNCATE form_seal CASCADE$$, '23514', NULL, 'nobody empties the seals');

-- What became unfit between the seals is not sealed for good.
SET LOCAL session_replication_role = replica;
UPDATE item SET state = 'retired' WHERE item_id = 52;
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE khoacu_bank;
SELECT is((SELECT outcome || ' ' || place || ' ' || why FROM do_form_seal(61, 3, sha256('g3'), sha256('s'), 1, now())), 'unfit 2 retired', 'a retired item stops the second seal');
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE item SET state = 'live' WHERE item_id = 52;
UPDATE bank SET exposure_max = 1;
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE khoacu_bank;
SELECT is((SELECT why FROM do_form_seal(61, 3, sha256('g3'), sha256('s'), 1, now())), 'exposed', 'so does one that was shown often enough');
RESET ROLE;
UPDATE bank SET exposure_max = 2;
SET LOCAL ROLE khoacu_bank;
SELECT is((SELECT outcome || seal_place FROM do_form_seal(61, 3, sha256('g3'), sha256('s'), 1, now())), 'done2', 'the second seal');
SELECT is((SELECT string_agg(item_id::text, ',' ORDER BY position) FROM form_position WHERE form_id = 61), '51,52', 'the form is the version that was sealed');
RESET ROLE;

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO form_seal VALUES (61, 3, 2, 1, sha256('g3'), now())$$, '42501', NULL, 'the candidates'' server seals nothing');
SELECT throws_ok($$SELECT sealed FROM form_review$$, '42501', NULL, 'and reads no review');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
