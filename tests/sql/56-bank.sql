-- The life of items, held by the database against whoever writes as khoacu_bank: separate hands, legal ways, what must not
-- be drawn. Staff 1 writes, 2 and 3 review, 4 owns; items 501 … are made by the function of the server.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_bank, khoacu_server;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_bank, khoacu_server;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_bank, khoacu_server;
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (4, 'owner', 'Owner', '$scrypt$x'), (5, 'other', 'Other', '$scrypt$x');
INSERT INTO bank_member (bank_id, staff_id, topic, rights) VALUES (50, 1, '', 1), (50, 2, '', 3), (50, 3, 'law', 2), (50, 4, '', 8);

CREATE FUNCTION pg_temp.given(p_item bigint, p_version int, p_code text, p_topic text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_array(jsonb_build_object('item_id', p_item, 'version', p_version, 'code', p_code, 'kind', 'single', 'subject', '',
    'topic', p_topic, 'level', 1, 'facility', NULL, 'seconds', 0, 'expires', NULL, 'tags', '[]'::jsonb, 'enemies', '[]'::jsonb,
    'fingerprint', '\x' || encode(sha256('f'), 'hex'), 'content', '\x' || encode(sha256('c'), 'hex'), 'extra', '\x' || encode(sha256('e'), 'hex'),
    'key', '\x' || encode(sha256('k'), 'hex')))
$$;
CREATE FUNCTION pg_temp.write(p_staff bigint, p_item bigint, p_version int, p_code text, p_topic text DEFAULT 'law') RETURNS text LANGUAGE sql AS $$
  SELECT do_bank_items_write(50, p_staff, now(), 1, pg_temp.given(p_item, p_version, p_code, p_topic), 50000)
$$;
CREATE FUNCTION pg_temp.act(p_staff bigint, p_item bigint, p_act text, p_value text DEFAULT '', p_version bigint DEFAULT 0) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  act bigint := 1 + coalesce((SELECT max(act_id) FROM bank_act), 0);
  r   record;
BEGIN
  INSERT INTO bank_act (act_id, staff_id, act, at) VALUES (act, p_staff, p_act, now());
  SELECT * INTO r FROM do_bank_item_act(act, p_staff, now(), p_item, p_version, p_act, p_value, act, 1, sha256('reason'));
  RETURN r.outcome || coalesce(' ' || r.state, '');
END
$$;
CREATE FUNCTION pg_temp.undo(p_staff bigint) RETURNS text LANGUAGE sql AS $$
  SELECT u.outcome || ' ' || u.state
    FROM (SELECT max(act_id) AS act_id FROM bank_act WHERE staff_id = p_staff) a
    JOIN bank_act_item x ON x.act_id = a.act_id
   CROSS JOIN LATERAL do_bank_item_undo(a.act_id, p_staff, now(), x.item_id, a.act_id + 100000, 1, sha256('undo')) u
$$;

SET LOCAL ROLE khoacu_bank;

-- Writing.
SELECT is(pg_temp.write(1, 501, 1, 'N1'), 'done', 'a new item is a draft');
SELECT is(pg_temp.write(1, 502, 1, 'N1'), 'taken', 'a code is used once');
SELECT is(pg_temp.write(1, 501, 3, 'N1'), 'stale', 'a version follows the newest');
SELECT is((SELECT state || version FROM item WHERE item_id = 501), 'draft1', 'nothing was changed by that');
SELECT throws_ok($$INSERT INTO item (item_id, bank_id, code, state, kind, topic, created_at, updated_at) VALUES (599, 50, 'Z', 'live', 'single', 'law', now(), now())$$,
  '23514', NULL, 'an item does not begin live');
SELECT throws_ok($$INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by) VALUES (501, 3, 'single', 'law', 1, sha256('x'), now(), 2)$$,
  '23514', NULL, 'versions leave no gap');

-- The way to live, by separate hands.
SELECT is(pg_temp.act(5, 501, 'submit'), 'unknown', 'who has no part in the bank does not see the item');
SELECT is(pg_temp.act(3, 501, 'submit'), 'forbidden draft', 'a reviewer does not submit');
SELECT is(pg_temp.act(2, 501, 'approve'), 'wrong-state draft', 'a draft is not judged');
SELECT is(pg_temp.act(1, 501, 'submit', '', 2), 'stale-version draft', 'what was seen must be the newest');
SELECT is(pg_temp.act(1, 501, 'submit', '', 1), 'done in_review', 'its author submits');
SELECT is(pg_temp.act(1, 501, 'approve'), 'forbidden in_review', 'he has no right to approve');
RESET ROLE;
UPDATE bank_member SET rights = 15 WHERE staff_id = 1 AND bank_id = 50;
SET LOCAL ROLE khoacu_bank;
SELECT is(pg_temp.act(1, 501, 'approve'), 'own-item in_review', 'not with every right does an author approve his own item');
SELECT throws_ok($$INSERT INTO item_review (review_id, item_id, version, turn, staff_id, verdict, generation, sealed, at) VALUES (1, 501, 1, 1, 1, 'accept', 1, sha256('r'), now())$$,
  '23514', 'an author does not review his own item', 'nor by SQL');
SELECT throws_ok($$UPDATE item SET state = 'approved', changed = changed + 1 WHERE item_id = 501$$, '23514', 'the version has not been accepted by other persons than its authors', 'nor by writing the state');
SELECT throws_ok($$UPDATE item SET state = 'live', changed = changed + 1 WHERE item_id = 501$$, '23514', 'an item does not go from in_review to live', 'nor by leaving out a step');
SELECT throws_ok($$INSERT INTO item_review (review_id, item_id, version, turn, staff_id, verdict, generation, sealed, at) VALUES (1, 501, 1, 1, 5, 'accept', 1, sha256('r'), now())$$,
  '23514', NULL, 'nor in the name of one who is no reviewer');
SELECT throws_ok($$UPDATE item_version SET created_by = 5 WHERE item_id = 501$$, '42501', NULL, 'nor by giving the version another author');
SELECT throws_ok($$DELETE FROM item_review$$, '42501', NULL, 'reviews are not removed');
SELECT is(pg_temp.act(2, 501, 'approve'), 'done approved', 'another person approves');
SELECT is(pg_temp.act(1, 501, 'publish'), 'own-item approved', 'and publishes');
SELECT is(pg_temp.act(3, 501, 'publish'), 'done live', 'or a third');
SELECT is(bank_item_fit(501, 1), 'fit', 'now it may be drawn');

-- A person who writes a version is an author from then on, and the item must be judged again.
SELECT is(pg_temp.write(2, 501, 2, 'N1'), 'done', 'a reviewer may write too');
SELECT is((SELECT state FROM item WHERE item_id = 501), 'draft', 'a new version is a draft');
SELECT is(bank_item_fit(501, 1), 'not-live', 'the older version is no longer drawn');
SELECT is(pg_temp.act(2, 501, 'submit'), 'done in_review', 'he submits');
SELECT is(pg_temp.act(2, 501, 'approve'), 'own-item in_review', 'and cannot approve any more');
SELECT throws_ok($$UPDATE item SET state = 'approved', changed = changed + 1 WHERE item_id = 501$$, '23514', NULL, 'reviews of the older version do not count');
SELECT is(pg_temp.act(3, 501, 'approve'), 'done approved', 'the third does');

-- Two reviewers, comments, sending back.
UPDATE bank SET reviewers_needed = 2 WHERE bank_id = 50;
SELECT is(pg_temp.write(1, 503, 1, 'N3'), 'done', 'an item of a bank with two reviewers');
SELECT is(pg_temp.act(1, 503, 'submit'), 'done in_review', 'submitted');
SELECT is(pg_temp.act(2, 503, 'approve'), 'accepted in_review', 'one is not enough');
SELECT is(pg_temp.act(2, 503, 'approve'), 'unchanged in_review', 'nor twice the same');
INSERT INTO item_comment (item_id, number, version, staff_id, generation, sealed, at) VALUES (503, 1, 1, 3, 1, sha256('comment'), now());
SELECT is(pg_temp.act(3, 503, 'approve'), 'comments-open in_review', 'not before a comment has its answer');
SELECT throws_ok($$UPDATE item SET state = 'approved', changed = changed + 1 WHERE item_id = 503$$, '23514', NULL, 'nor by SQL');
INSERT INTO item_answer (item_id, number, staff_id, generation, sealed, at) VALUES (503, 1, 1, 1, sha256('answer'), now());
SELECT is(pg_temp.act(3, 503, 'approve'), 'done approved', 'two different persons are');
SELECT is(pg_temp.undo(3), 'done in_review', 'an approval can be taken back');
SELECT is(pg_temp.act(3, 503, 'return'), 'done draft', 'and the item sent back');
SELECT throws_ok($$UPDATE item SET state = 'approved', changed = changed + 1 WHERE item_id = 503$$, '23514', NULL, 'a draft is not approved');
UPDATE bank SET reviewers_needed = 1 WHERE bank_id = 50;

-- Topics are scopes.
SELECT is(pg_temp.write(1, 504, 1, 'N4', 'law/labour'), 'done', 'an item in a branch');
SELECT is(pg_temp.write(1, 505, 1, 'N5', 'lawless'), 'done', 'and one beside it');
SELECT is(pg_temp.act(3, 505, 'retire'), 'unknown', 'who has a branch does not see beside it');
SELECT is(pg_temp.act(3, 504, 'retire'), 'done retired', 'but below it');
SELECT is(pg_temp.undo(3), 'done draft', 'which can be undone');
SELECT is(pg_temp.act(1, 504, 'topic', 'justice'), 'done draft', 'an author moves his item');
SELECT is(pg_temp.act(3, 504, 'submit'), 'unknown', 'out of sight');
SELECT is(pg_temp.act(1, 504, 'tag', 'urgent'), 'done draft', 'a tag');
SELECT is(pg_temp.act(1, 504, 'tag', 'urgent'), 'unchanged draft', 'once');
SELECT is(pg_temp.act(4, 504, 'untag', 'urgent'), 'done draft', 'taken away');
SELECT is((SELECT topic || cardinality(tags) FROM item WHERE item_id = 504), 'justice0', 'as it was said');
SELECT is(pg_temp.act(1, 504, 'tag', 'a') || pg_temp.act(4, 504, 'tag', 'b'), 'done draftdone draft', 'two persons after one another');
SELECT is(pg_temp.undo(1), 'moved-on draft', 'what another has changed since is not put back');

-- What must not be drawn.
SELECT throws_ok($$SELECT bank_item_expose(503, 1)$$, '23514', NULL, 'a draft is not drawn');
SELECT is(pg_temp.act(3, 501, 'publish'), 'done live', 'a live item');
SELECT lives_ok($$SELECT bank_item_expose(501, 2)$$, 'is drawn');
SELECT throws_ok($$SELECT bank_item_expose(501, 1)$$, '23514', NULL, 'an older version is not');
UPDATE bank SET exposure_max = 1 WHERE bank_id = 50;
SELECT is(bank_item_fit(501, 2), 'exposed', 'at the limit of exposure');
SELECT throws_ok($$SELECT bank_item_expose(501, 2)$$, '23514', NULL, 'it is not');
SELECT throws_ok($$UPDATE item SET exposure = 0, changed = changed + 1 WHERE item_id = 501$$, '23514', NULL, 'what was shown stays shown');
UPDATE bank SET exposure_max = 0 WHERE bank_id = 50;
UPDATE bank SET changes = changes + 1 WHERE bank_id = 50;
SELECT throws_ok($$UPDATE item SET source_expires_on = current_date, changed = (SELECT changes FROM bank WHERE bank_id = 50) WHERE item_id = 501$$,
  '23514', 'an item is what its newest version says', 'no expiry without a version that says so');
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE item SET source_expires_on = current_date WHERE item_id = 501;
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE khoacu_bank;
SELECT is(bank_item_fit(501, 2), 'expired', 'when its source has expired');
SELECT throws_ok($$SELECT bank_item_expose(501, 2)$$, '23514', NULL, 'it is not');
SELECT throws_ok($$UPDATE item SET tags = '{x}', changed = changed + 100 WHERE item_id = 501$$, '23514', 'a change of an item is counted by its bank', 'the bank counts changes');
UPDATE bank SET changes = changes + 1 WHERE bank_id = 50;
SELECT throws_ok($$UPDATE item SET level = 4, changed = (SELECT changes FROM bank WHERE bank_id = 50) WHERE item_id = 501$$,
  '23514', 'an item is what its newest version says', 'nor another level');
SELECT lives_ok($$UPDATE item SET source_expires_on = NULL, changed = (SELECT changes FROM bank WHERE bank_id = 50) WHERE item_id = 501$$,
  'back to what the version says it goes');
SELECT is(pg_temp.act(3, 501, 'retire'), 'done retired', 'retired');
SELECT throws_ok($$SELECT bank_item_expose(501, 2)$$, '23514', NULL, 'it is not');
SELECT is(pg_temp.write(1, 501, 3, 'N1'), 'retired', 'nor written');
SELECT is(pg_temp.act(3, 501, 'restore'), 'done approved', 'it comes back as approved, since it was');
RESET ROLE;
SELECT throws_ok($$INSERT INTO form_position (form_id, position, item_id, version) VALUES (60, 3, 501, 2)$$, '23514', NULL, 'no form takes what is not live');

-- Ciphertext goes forward only.
SET LOCAL ROLE khoacu_bank;
SELECT throws_ok($$UPDATE item_key SET sealed = sha256('mine') WHERE item_id = 501$$, '23514', NULL, 'a key is not put in the place of another');
SELECT lives_ok($$UPDATE item_key SET generation = 2, sealed = sha256('again') WHERE item_id = 501$$, 'but sealed again under a newer key');
SELECT throws_ok($$UPDATE item_key SET generation = 1 WHERE item_id = 501$$, '23514', NULL, 'not back');
SELECT throws_ok($$UPDATE item SET code = 'X'$$, '42501', NULL, 'an item keeps its code');
SELECT throws_ok($$DELETE FROM item_access$$, '42501', NULL, 'the access history stays');
SELECT lives_ok($$INSERT INTO item_calibration VALUES (501, 2, 1, 1200000000, -400000000, 0, 1, now())$$, 'a version is calibrated');
SELECT throws_ok($$INSERT INTO item_calibration VALUES (501, 99, 1, 1200000000, 0, 0, 1, now())$$, '23503', NULL, 'not one that is not there');
SELECT throws_ok($$INSERT INTO item_calibration VALUES (501, 2, 2, 0, 0, 0, 1, now())$$, '23514', NULL, 'an item that tells nobody apart has no slope');
SELECT throws_ok($$UPDATE item_calibration SET b_nano = 0$$, '42501', NULL, 'what was brought in stays');
SELECT throws_ok($$SELECT 1 FROM candidate$$, '42501', NULL, 'the role of the banks knows no candidate');
SELECT throws_ok($$SELECT 1 FROM response$$, '42501', NULL, 'and no answer');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
