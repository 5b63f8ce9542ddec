-- What the grants say, tried: the server may write what it must and cannot take it back.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_server;
SELECT lives_ok($$INSERT INTO response VALUES (71, 81, now(), 1, 1, 2, false)$$, 'an answer is added');
SELECT throws_ok($$UPDATE response SET choice = 3$$, '42501', NULL, 'an answer is not changed');
SELECT throws_ok($$DELETE FROM response$$, '42501', NULL, 'an answer is not deleted');
SELECT throws_ok($$TRUNCATE response$$, '42501', NULL, 'answers are not emptied');
SELECT throws_ok($$INSERT INTO response VALUES (71, 81, now(), 1, 1, 3, false)$$, '23505', NULL, 'a number is used once');
SELECT lives_ok($$INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', 57.5, NULL, now())$$, 'a mark is added');
SELECT throws_ok($$UPDATE mark SET value = 100$$, '42501', NULL, 'a mark is not changed');
SELECT throws_ok($$DELETE FROM mark$$, '42501', NULL, 'a mark is not deleted');
SELECT throws_ok($$SELECT sealed FROM item_key$$, '42501', NULL, 'keys are not read');
SELECT throws_ok($$SELECT candidate_id FROM script_identity$$, '42501', NULL, 'the sealed map is not read');
SELECT throws_ok($$UPDATE form SET seed = sha256('x')$$, '42501', NULL, 'a form is not changed');
SELECT throws_ok($$UPDATE audit_event SET reason = 'x'$$, '42501', NULL, 'the audit trail is not changed');
SELECT throws_ok($$DELETE FROM audit_event$$, '42501', NULL, 'the audit trail is not deleted');
SELECT throws_ok($$INSERT INTO ranking_run (run_id) VALUES (1)$$, '42501', NULL, 'the server computes no list');
SELECT throws_ok($$INSERT INTO sitting_score (candidate_id) VALUES (41)$$, '42501', NULL, 'the server counts no score');
SELECT throws_ok($$UPDATE sitting SET candidate_id = 43$$, '42501', NULL, 'a sitting does not change its candidate');
SELECT throws_ok($$CREATE TABLE khoacu.mine (n int)$$, '42501', NULL, 'the server makes no table');

SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$SELECT sealed FROM item_key$$, 'the worker reads keys');
SELECT throws_ok($$INSERT INTO response VALUES (71, 81, now(), 2, 1, 2, false)$$, '42501', NULL, 'the worker answers for nobody');
SELECT throws_ok($$INSERT INTO mark VALUES (90, 1, 2, 3, 'awarded', 60, NULL, now())$$, '42501', NULL, 'the worker marks nothing');
SELECT throws_ok($$UPDATE ranking_run SET cause = 'x'$$, '42501', NULL, 'a run is not changed');
SELECT throws_ok($$UPDATE sitting_score SET correct = 2$$, '42501', NULL, 'a score is not changed');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
