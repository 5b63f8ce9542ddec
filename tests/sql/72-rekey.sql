-- Keys are released and corrected by two persons, after the preview, by the worker alone; nothing of it is ever changed.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
UPDATE sitting SET state = 'submitted', ended_at = now() WHERE sitting_id = 81;

SET LOCAL ROLE khoacu_server;
SELECT is(do_rekey_review_open(1, 60, now(), now() + interval '1 d', 'notice', 1, now()), 'not_closed', 'a review waits for the shifts');
SELECT throws_ok($$INSERT INTO key_review VALUES (1, 60, now(), now() + interval '1 d', 'x', 1, now())$$, '23514', NULL, 'also by SQL');
RESET ROLE;
UPDATE shift SET state = 'closed' WHERE shift_id = 70;
SET LOCAL ROLE khoacu_server;
SELECT is(do_rekey_review_open(1, 61, now(), now() + interval '1 d', 'notice', 1, now()), 'unknown', 'of a form that is there');
SELECT is(do_rekey_review_open(1, 60, now(), now() + interval '1 d', 'notice', 1, now()), 'done', 'a review is asked for');
SELECT is(do_rekey_review_open(2, 60, now(), now() + interval '1 d', 'notice', 2, now()), 'exists', 'once');
SELECT throws_ok($$INSERT INTO key_review VALUES (2, 60, now(), now() + interval '1 d', 'x', 1, now())$$, '23514', NULL, 'also by SQL');
SELECT is((do_rekey_review_decide(1, 'released', 'ok', 1, now())).outcome, 'same_person', 'who asked does not release');
SELECT throws_ok($$INSERT INTO key_review_verdict VALUES (1, 'released', 'x', 1, now())$$, '23514', NULL, 'also by SQL');
SELECT is(do_rekey_challenge_file(5, 41, 60, 1::smallint, 'a reason that is long', 'article 9'), 'none', 'nothing is challenged before the release');
SELECT throws_ok($$INSERT INTO form_key_version VALUES (60, 1, 1, NULL, 2, sha256('k'), now())$$, '42501', NULL, 'the server writes no key');

SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO form_key_version VALUES (60, 1, 1, NULL, 2, sha256('k'), now())$$, '23514', NULL, 'nor the worker before two persons released it');
SET LOCAL ROLE khoacu_server;
SELECT is((do_rekey_review_decide(1, 'released', 'ok', 2, now())).outcome, 'done', 'another person releases');
SELECT is((do_rekey_review_decide(1, 'refused', 'no', 2, now())).outcome, 'decided', 'once');
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO form_key_version VALUES (60, 2, 1, NULL, 2, sha256('k'), now())$$, '23514', NULL, 'versions begin with the sealed key');
SELECT lives_ok($$INSERT INTO form_key_version VALUES (60, 1, 1, NULL, 2, sha256('k'), now())$$, 'the worker writes the released key');
SELECT lives_ok($$INSERT INTO form_key_item SELECT 60, 1, n, 'stands', '[{}]', '[1]' FROM generate_series(1, 2) n$$, 'question by question');
SELECT lives_ok($$INSERT INTO form_key_applied VALUES (60, 1, 1, '[]', now())$$, 'and says that it is whole');
SELECT throws_ok($$INSERT INTO form_key_item VALUES (60, 1, 3, 'stands', '[{}]', '[1]')$$, '23514', NULL, 'then it holds what it was made with');

SET LOCAL ROLE khoacu_server;
SELECT is(do_rekey_challenge_file(5, 42, 60, 1::smallint, 'a reason that is long', 'article 9'), 'not_sat', 'who did not sit challenges nothing');
SELECT throws_ok($$INSERT INTO key_challenge VALUES (5, 1, 42, 1, 1, 'a reason that is long', 'article 9', now())$$, '23514', NULL, 'also by SQL');
SELECT is(do_rekey_challenge_file(5, 41, 60, 1::smallint, 'a reason that is long', 'article 9'), 'done', 'who sat does');
SELECT is(do_rekey_challenge_file(6, 41, 60, 1::smallint, 'a reason that is long', 'article 9'), 'exists', 'once a question');
SELECT throws_ok($$INSERT INTO key_challenge VALUES (6, 1, 41, 1, 2, 'a reason that is long', 'article 9', now())$$, '23514', NULL, 'also by SQL');
SELECT throws_ok($$INSERT INTO key_challenge VALUES (6, 1, 41, 3, 1, 'a reason that is long', 'article 9', now())$$, '23514', NULL, 'of a question that is there');
SELECT is(do_rekey_challenge_withdraw(5, 42), 'none', 'a challenge is its candidate''s');
SELECT is(do_rekey_challenge_withdraw(5, 41), 'done', 'who takes it back');
SELECT is(do_rekey_challenge_file(6, 41, 60, 1::smallint, 'a reason that is long', 'article 9'), 'done', 'and files again');

SELECT is(do_rekey_propose(10, 1, 'why', 1, now(), '{1,2}', '{drop,stands}', '{[],[]}', '{x,x}'), 'done', 'decisions are proposed');
SELECT is((do_rekey_decide(10, 'confirmed', 'ok', 1, now())).outcome, 'same_person', 'nobody confirms his own');
SELECT throws_ok($$INSERT INTO key_verdict VALUES (10, 'confirmed', 'x', 1, now())$$, '23514', NULL, 'also by SQL');
SELECT is((do_rekey_decide(10, 'confirmed', 'ok', 2, now())).outcome, 'no_preview', 'nor what nobody has seen the effect of');
SELECT throws_ok($$INSERT INTO key_verdict VALUES (10, 'confirmed', 'x', 2, now())$$, '23514', NULL, 'also by SQL');
SELECT throws_ok($$INSERT INTO key_preview VALUES (10, '{}', now())$$, '42501', NULL, 'the server computes no preview');
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO form_key_version VALUES (60, 2, 1, 10, 1, sha256('k'), now())$$, '23514', NULL, 'the worker corrects nothing by itself');
SELECT throws_ok($$INSERT INTO key_verdict VALUES (10, 'confirmed', 'x', 2, now())$$, '42501', NULL, 'nor decides');
SELECT lives_ok($$INSERT INTO key_preview VALUES (10, '{}', now())$$, 'it computes the preview');
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO key_proposal_item VALUES (10, 3, 'drop', '[]', 'x')$$, '23514', NULL, 'behind which nothing is added');
SELECT is((do_rekey_decide(10, 'confirmed', 'ok', 2, now())).outcome, 'done', 'then another person confirms');
SELECT is(do_rekey_propose(11, 1, 'why', 1, now(), '{2}', '{drop}', '{[]}', '{x}'), 'pending', 'one correction at a time');
SELECT throws_ok($$INSERT INTO key_proposal VALUES (11, 1, 60, 1, 'x', 1, now())$$, '23514', NULL, 'also by SQL');
SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$INSERT INTO form_key_version VALUES (60, 2, 1, 10, 1, sha256('k2'), now())$$, 'the worker writes the next version');
SELECT throws_ok($$INSERT INTO form_key_item VALUES (60, 2, 2, 'drop', '[{}]', '[1]')$$, '23514', NULL, 'which says what was decided');
SELECT lives_ok($$INSERT INTO form_key_item VALUES (60, 2, 1, 'drop', '[{}]', '[1]'), (60, 2, 2, 'stands', '[{}]', '[1]')$$, 'and nothing else');
SELECT ok(rekey_pending(60), 'it is being applied');
SELECT lives_ok($$INSERT INTO form_key_applied VALUES (60, 2, 1, '[]', now())$$, 'until every sitting is scored');
SELECT ok(NOT rekey_pending(60), 'then it is not');

-- Both results stay.
SELECT lives_ok($$INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at) VALUES (41, 1, 81, 'counted', 1, 1, 2, now())$$, 'a score by the sealed key');
SELECT lives_ok($$INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at, key_version, dropped) VALUES (41, 2, 81, 'counted', 1, 0, 1, now(), 2, 1)$$, 'and one by the corrected key beside it');
SELECT throws_ok($$INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at) VALUES (43, 1, 83, 'counted', 1, 0, 2, now())$$, '23514', NULL, 'by the sealed key nothing is right without an answer');
SELECT throws_ok($$UPDATE sitting_score SET correct = 2$$, '42501', NULL, 'no score is edited');
RESET ROLE;
SELECT throws_ok(format('UPDATE %I SET %I = %I', t.name, t.col, t.col), '23514', NULL, format('nobody changes %s', t.name))
  FROM (VALUES ('key_review', 'reason'), ('key_review_verdict', 'reason'), ('key_proposal', 'reason'), ('key_proposal_item', 'reason'), ('form_key_version', 'questions'),
               ('key_verdict', 'reason'), ('form_key_item', 'keys'), ('form_key_applied', 'sittings'), ('key_challenge', 'reason'), ('sitting_score', 'correct')) AS t (name, col);
SELECT throws_ok(format('DELETE FROM %I', t.name), '23514', NULL, format('nobody deletes %s', t.name))
  FROM unnest('{key_verdict,form_key_item,key_challenge,sitting_score}'::text[]) AS t (name);

SELECT * FROM finish();
ROLLBACK;
