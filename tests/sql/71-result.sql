-- Lists: three hands, and what no role can get round.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', 57.5, NULL, now());
INSERT INTO mark_final VALUES (90, 1, 1, now());
INSERT INTO script_settlement VALUES (90, 1, 'marks', 'awarded', 57.5, 'mean', '{}', NULL, now());
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
-- Somebody has its statistics computed.
CREATE FUNCTION pg_temp.look(p_run bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO khoacu.quality_report (report_id, cycle_id, run_id, version, engine, inputs_sha256, body, body_sha256, requested_by, computed_at)
  VALUES (p_run + 5000, 10, p_run, 1, 'quality/1', sha256('x'), '{}', sha256('{}'), 1, now())
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
SELECT throws_ok($$INSERT INTO list_freeze VALUES (100, 1, now(), 'x')$$, '42501', NULL, 'the worker freezes nothing');
SELECT throws_ok($$INSERT INTO result_signature VALUES (100, 'B', 2, now(), 'approved', 'x', sha256('{}'), 1)$$, '42501', NULL, 'signs nothing');
SELECT throws_ok($$INSERT INTO release_schedule VALUES (1, 100, now() + interval '1 hour', 1, now())$$, '42501', NULL, 'sets no time');
SELECT throws_ok($$INSERT INTO step_up VALUES (1, 2, 'result.sign', 100, now(), now() + interval '1 minute')$$, '42501', NULL, 'vouches for nobody');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '42501', NULL, 'and publishes nothing');
RESET ROLE;

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$SELECT pg_temp.run(105, 5, 1)$$, '42501', NULL, 'the server computes nothing');
-- A password given for the signature of a person under a run.
CREATE FUNCTION pg_temp.step(p_id bigint, p_by bigint, p_run bigint, p_act text DEFAULT 'result.sign', p_age interval DEFAULT '0')
RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO khoacu.step_up VALUES (p_id, p_by, p_act, p_run, now() - p_age, now() - p_age + interval '2 minutes') RETURNING step_up_id
$$;
CREATE FUNCTION pg_temp.sign(p_run bigint, p_place text, p_by bigint, p_step bigint, p_verdict text DEFAULT 'approved', p_file text DEFAULT '{}')
RETURNS void LANGUAGE sql AS $$
  INSERT INTO khoacu.result_signature VALUES (p_run, p_place, p_by, now(), p_verdict, 'x', sha256(p_file::bytea), p_step)
$$;
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '23514', NULL, 'nobody publishes what is not signed');
SELECT throws_ok($$INSERT INTO result_signature VALUES (100, 'A', 1, now(), 'approved', 'x', sha256('{}'), pg_temp.step(1, 1, 100))$$, '23503', NULL, 'nobody signs what is not frozen');
SELECT throws_ok($$INSERT INTO list_freeze VALUES (101, 1, now(), 'x')$$, '23514', NULL, 'nobody freezes a run with an open tie');
SELECT is(do_result_list_freeze(101, 1, 'x', NULL, now()), 'ties', 'the operation says so');
SELECT is(do_result_list_freeze(999, 1, 'x', NULL, now()), 'no_run', 'and of a run that is not there');
SELECT is(do_result_list_freeze(100, 1, 'đã xem', NULL, now()), 'no_quality', 'nobody freezes what nobody has looked at');
SELECT throws_ok($$INSERT INTO list_freeze VALUES (100, 1, now(), 'x')$$, '23514', NULL, 'nor by SQL');
SELECT throws_ok($$SELECT pg_temp.look(100)$$, '42501', NULL, 'the server writes no statistics');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$SELECT pg_temp.look(100)$$, 'the worker does');
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT is(do_result_list_freeze(100, 1, 'đã xem', NULL, now()), 'recorded', 'a list is frozen');
SELECT is(do_result_list_freeze(100, 1, 'đã xem', NULL, now()), 'repeated', 'once');
SELECT throws_ok($$INSERT INTO list_freeze VALUES (102, 1, now(), 'x')$$, '23514', NULL, 'one of a cycle at a time');
SELECT is(do_result_list_freeze(102, 1, 'x', NULL, now()), 'other_frozen', 'the operation says so');

SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, NULL)$$, '23514', NULL, 'nobody signs without her password');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(2, 2, 100))$$, '23514', NULL, 'nor with another''s');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(3, 1, 102))$$, '23514', NULL, 'nor with one given for another run');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(4, 1, 100, 'result.strike'))$$, '23514', NULL, 'or another act');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(5, 1, 100, 'result.sign', '3 minutes'))$$, '23514', NULL, 'or long ago');
SELECT throws_ok($$INSERT INTO step_up VALUES (6, 1, 'result.sign', 100, now(), now() + interval '1 hour')$$, '23514', NULL, 'and no password serves for long');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(7, 1, 100), 'approved', '{"a":1}')$$, '23514', NULL, 'a signature is given to the file of the run');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(8, 1, 100), 'refused')$$, '23514', NULL, 'A signs or does not');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'B', 2, pg_temp.step(9, 2, 100))$$, '23514', NULL, 'B does not sign before A');
SELECT is(do_result_run_sign(100, 'B', 2, 'approved', 'x', 1, now()), 'not_first', 'the operation says so');
SELECT is(do_result_run_sign(102, 'A', 1, 'approved', 'x', 1, now()), 'not_frozen', 'and of what is not frozen');
SELECT is(do_result_run_sign(999, 'A', 1, 'approved', 'x', 1, now()), 'no_run', 'and of a run that is not there');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'B', 1, pg_temp.step(10, 1, 100), 'refused')$$, '23514', NULL, 'nobody is B of her own run, nor refuses it');
SELECT lives_ok($$SELECT pg_temp.sign(100, 'A', 1, pg_temp.step(11, 1, 100))$$, 'A signs');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '23514', NULL, 'one signature publishes nothing');
SELECT is((do_result_run_publish(100, 1, now())).outcome, 'not_signed', 'the operation says so');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'B', 1, pg_temp.step(12, 1, 100))$$, '23514', NULL, 'A is not B');
SELECT throws_ok($$SELECT pg_temp.sign(100, 'B', 2, 11)$$, '23514', NULL, 'a password given by A is none of B');
SELECT is(do_result_run_sign(100, 'B', 1, 'approved', 'x', 1, now()), 'same_officer', 'the operation says so');
SELECT is(do_result_run_sign(100, 'B', 2, 'approved', 'đúng', pg_temp.step(13, 2, 100), now()), 'recorded', 'B signs');
SELECT is(do_result_run_sign(100, 'B', 2, 'approved', 'đúng', 13, now()), 'repeated', 'the same word again is no other');
SELECT is(do_result_run_sign(100, 'B', 2, 'refused', 'sai', 13, now()), 'decided', 'another word comes too late');
SELECT throws_ok($$UPDATE result_signature SET verdict = 'refused'$$, '42501', NULL, 'a word is not taken back');
SELECT throws_ok($$DELETE FROM result_signature$$, '42501', NULL, 'nor wiped out');
SELECT throws_ok($$UPDATE step_up SET expires_at = now() + interval '5 minutes'$$, '42501', NULL, 'a password is not made to last');
SELECT throws_ok($$INSERT INTO release VALUES (10, 2, 100, 1, now())$$, '23514', NULL, 'a run is published as the version that stands in its file');
SELECT throws_ok($$INSERT INTO release VALUES (11, 1, 100, 1, now())$$, '23514', NULL, 'and in its own cycle');

-- Times.
SELECT throws_ok($$INSERT INTO release_schedule VALUES (1, 102, now() + interval '1 hour', 1, now())$$, '23514', NULL, 'no time for what is not signed');
SELECT is(do_result_release_schedule(1, 100, now(), 1, now()), 'past', 'nor one that is over');
SELECT is(do_result_release_schedule(1, 100, now() + interval '1 hour', 1, now()), 'recorded', 'a time is set');
SELECT is(do_result_release_schedule(2, 100, now() + interval '1 hour', 1, now()), 'has_time', 'once');
SELECT throws_ok($$INSERT INTO release_schedule VALUES (2, 100, now() + interval '1 hour', 1, now())$$, '23514', NULL, 'whatever the program does');
SELECT throws_ok($$INSERT INTO release VALUES (10, 1, 100, 1, now())$$, '23514', NULL, 'nothing is published before its time');
SELECT is((do_result_run_publish(100, 1, now())).outcome, 'scheduled', 'the operation says so');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT is((do_result_due_publish(now())).run_id, NULL, 'the worker finds nothing due');
SELECT throws_ok($$SELECT do_result_run_publish(100, 1, now())$$, '42501', NULL, 'and publishes nothing else');
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO release_withdrawal VALUES (1, 2, now() + interval '2 hours', 'x')$$, '23514', NULL, 'a time is not taken back when it has come');
SELECT is(do_result_release_withdraw(100, 2, 'chờ', now()), 'recorded', 'but before');
SELECT is(do_result_release_withdraw(100, 2, 'chờ', now()), 'no_time', 'once');
SELECT is(do_result_release_schedule(2, 100, now() + interval '1 hour', 1, now()), 'recorded', 'then there may be another');
SELECT throws_ok($$UPDATE release_schedule SET publish_at = now()$$, '42501', NULL, 'which nobody moves');
SELECT throws_ok($$SELECT do_result_due_publish(now())$$, '42501', NULL, 'the server publishes nothing by the clock');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT is((SELECT (run_id, cycle_id, version, set_by)::text FROM do_result_due_publish(now() + interval '2 hours')), '(100,10,1,1)', 'the time comes: the worker publishes');
SELECT is((do_result_due_publish(now() + interval '2 hours')).run_id, NULL, 'once');
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT is((SELECT (outcome, version)::text FROM do_result_run_publish(100, 2, now())), '(already,1)', 'publishing again changes nothing');
SELECT is(do_result_release_withdraw(100, 2, 'muộn', now()), 'late', 'nothing takes it back');
SELECT is((SELECT state FROM cycle WHERE cycle_id = 10), 'released', 'the cycle is released');
SELECT throws_ok($$DELETE FROM release$$, '42501', NULL, 'nothing takes it back');
SELECT throws_ok($$UPDATE release SET version = 2$$, '42501', NULL, 'nor changes it');
SELECT is(do_result_list_freeze(102, 1, 'x', NULL, now()), 'overtaken', 'another run of that version was overtaken');
SELECT throws_ok($$INSERT INTO list_freeze VALUES (102, 1, now(), 'x')$$, '23514', NULL, 'whatever the program does');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$SELECT pg_temp.run(106, 6, 2)$$, 'a run of the next version');
SELECT pg_temp.look(106);
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT is(do_result_list_freeze(106, 1, 'x', NULL, now()), 'recorded', 'is frozen');
SELECT is(do_result_run_sign(106, 'B', 2, 'refused', 'sai', pg_temp.step(14, 2, 106), now()), 'recorded', 'and refused');
SELECT throws_ok($$SELECT pg_temp.sign(106, 'A', 1, pg_temp.step(15, 1, 106))$$, '23514', NULL, 'nobody signs it any more');
SELECT throws_ok($$INSERT INTO release VALUES (10, 2, 106, 1, now())$$, '23514', NULL, 'a refused run is not published');
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
SELECT is((SELECT (outcome, number)::text FROM do_result_placement_record(10, 'T-41', 'A', 'theo biên bản số 4', 1, now())), '(recorded,1)', 'a decision on an agency is recorded');
SELECT is((do_result_placement_record(10, 'T-99', 'A', 'theo biên bản số 4', 1, now())).outcome, 'unknown_roll', 'a decision on an agency is about somebody of the cycle');
SELECT is((do_result_placement_record(10, 'T-41', 'ZZ', 'theo biên bản số 4', 1, now())).outcome, 'unknown_agency', 'and names an agency with places of the post');
SELECT is((do_result_placement_record(99, 'T-41', 'A', 'theo biên bản số 4', 1, now())).outcome, 'no_cycle', 'in a cycle that is there');
SELECT throws_ok($$UPDATE placement_decision SET number = 9$$, '42501', NULL, 'it is not changed');
SELECT throws_ok($$DELETE FROM placement_decision$$, '42501', NULL, 'nor taken back');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
