-- Lists: three hands, and what no role can get round.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', 57.5, NULL, now());
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,
                   written_max, interview_max, created_by)
VALUES (11, 'TEST-2', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'TEST', 1, 100, 0, 1);
-- A run: number, release version, officer, open ties.
CREATE FUNCTION pg_temp.run(p_id bigint, p_number integer, p_version integer, p_by bigint DEFAULT 1, p_open integer DEFAULT 0, p_cycle bigint DEFAULT 10)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO khoacu.ranking_run (run_id, cycle_id, version, release_version, cause, computed_by, computed_at, engine, posts, ties, bundle,
                                  bundle_sha256, candidates, selected, unresolved)
  VALUES (p_id, p_cycle, p_number, p_version, 'cause', p_by, now(), 'khoacu-rank/1', '[]', '[]', '{}', sha256('{}'), 3, 1, p_open)
$$;
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$SELECT pg_temp.run(100, 1, 1)$$, '23514', NULL, 'no list from marks that are not frozen');
RESET ROLE;
SELECT is((do_marking_freeze(10, 1)).outcome, 'frozen', 'the marks are frozen');
SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$SELECT pg_temp.run(100, 1, 1)$$, 'a list is computed');
SELECT lives_ok($$SELECT pg_temp.run(101, 2, 1, 1, 1)$$, 'one with an open tie too');
SELECT lives_ok($$SELECT pg_temp.run(102, 3, 1, 2)$$, 'one by the other officer');
SELECT throws_ok($$SELECT pg_temp.run(103, 3, 1)$$, '23505', NULL, 'a number is used once');
SELECT throws_ok($$INSERT INTO ranking_run SELECT 104, cycle_id, 9, 1, cause, computed_by, computed_at, engine, posts, ties, '{"a":1}',
                          bundle_sha256, 3, 1, 0 FROM ranking_run WHERE run_id = 100$$, '23514', NULL, 'a file without its own hash is not kept');
SELECT throws_ok($$UPDATE ranking_run SET bundle = '{}'$$, '42501', NULL, 'a run is not changed');
SELECT throws_ok($$DELETE FROM decision$$, '42501', NULL, 'nor are its decisions');
SELECT throws_ok($$INSERT INTO run_approval VALUES (100, 2, now(), 'approved', 'x')$$, '42501', NULL, 'the worker approves nothing');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '42501', NULL, 'and publishes nothing');
RESET ROLE;

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$SELECT pg_temp.run(105, 5, 1)$$, '42501', NULL, 'the server computes nothing');
SELECT throws_ok($$INSERT INTO run_approval VALUES (100, 1, now(), 'approved', 'x')$$, '23514', NULL, 'nobody approves her own run');
SELECT throws_ok($$INSERT INTO run_approval VALUES (100, 1, now(), 'refused', 'x')$$, '23514', NULL, 'nor refuses it');
SELECT throws_ok($$INSERT INTO run_approval VALUES (101, 2, now(), 'approved', 'x')$$, '23514', NULL, 'nobody approves a run with an open tie');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '23514', NULL, 'nobody publishes what is not approved');
SELECT is(do_result_run_approve(100, 1, 'approved', 'x', now()), 'same_officer', 'the operation says so');
SELECT is(do_result_run_approve(101, 2, 'approved', 'x', now()), 'ties', 'and of the tie');
SELECT is(do_result_run_approve(999, 2, 'approved', 'x', now()), 'no_run', 'and of a run that is not there');
SELECT is((do_result_run_publish(100, 1, now())).outcome, 'not_approved', 'and of one that waits');
SELECT is(do_result_run_approve(101, 2, 'refused', 'đồng điểm', now()), 'recorded', 'a run with an open tie may be refused');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 101, 1, now())$$, '23514', NULL, 'a refused run is not published');
SELECT is(do_result_run_approve(100, 2, 'approved', 'đúng', now()), 'recorded', 'a second officer approves');
SELECT is(do_result_run_approve(100, 2, 'approved', 'đúng', now()), 'repeated', 'the same word again is no other');
SELECT is(do_result_run_approve(100, 2, 'refused', 'sai', now()), 'decided', 'another word comes too late');
SELECT throws_ok($$UPDATE run_approval SET verdict = 'refused'$$, '42501', NULL, 'a word is not taken back');
SELECT throws_ok($$INSERT INTO release VALUES (10, 2, 100, 1, now())$$, '23514', NULL, 'a run is published as the version that stands in its file');
SELECT throws_ok($$INSERT INTO release VALUES (11, 1, 100, 1, now())$$, '23514', NULL, 'and in its own cycle');
SELECT is((SELECT (outcome, version)::text FROM do_result_run_publish(100, 1, now())), '(published,1)', 'then it is published');
SELECT is((SELECT (outcome, version)::text FROM do_result_run_publish(100, 2, now())), '(already,1)', 'publishing again changes nothing');
SELECT is((SELECT state FROM cycle WHERE cycle_id = 10), 'released', 'the cycle is released');
SELECT throws_ok($$DELETE FROM release$$, '42501', NULL, 'nothing takes it back');
SELECT throws_ok($$UPDATE release SET version = 2$$, '42501', NULL, 'nor changes it');
SELECT is(do_result_run_approve(102, 1, 'approved', 'x', now()), 'recorded', 'another run of that version may be approved');
SELECT is((do_result_run_publish(102, 1, now())).outcome, 'overtaken', 'but it was overtaken');
RESET ROLE;

-- Recorded orders among equals.
SET LOCAL ROLE khoacu_server;
SELECT is((SELECT (outcome, number)::text FROM do_result_tie_record(10, '{T-42,T-41}', 'theo biên bản số 1', 1, now())), '(recorded,1)', 'an order is recorded');
SELECT is((SELECT (outcome, number)::text FROM do_result_tie_record(10, '{T-41,T-43}', 'theo biên bản số 2', 1, now())), '(recorded,2)', 'a later one is the next');
SELECT is((SELECT (outcome, place)::text FROM do_result_tie_record(10, '{T-41,T-99}', 'theo biên bản số 3', 1, now())), '(unknown_roll,2)', 'an unknown number is named by its place');
SELECT is((SELECT (outcome, place)::text FROM do_result_tie_record(10, '{T-41,T-43,T-41}', 'theo biên bản số 3', 1, now())), '(duplicate_roll,3)', 'so is one that stands twice');
SELECT is((do_result_tie_record(99, '{T-41}', 'theo biên bản số 3', 1, now())).outcome, 'no_cycle', 'and a cycle that is not there');
SELECT throws_ok($$SELECT do_result_tie_record(10, '{T-41,T-43}', 'ngắn', 1, now())$$, '23514', NULL, 'a decision needs a reason');
SELECT throws_ok($$UPDATE tie_decision SET preference = 9$$, '42501', NULL, 'an order is not changed');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
