-- Marks: what even the server's role cannot do, whatever the program tells it; the freeze; the sealed map.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (4, 'marker.two', 'Marker Two', '$scrypt$x');
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) VALUES (91, 10, 'written', 60, 0.25), (92, 10, 'interview', 40, 0.25);
INSERT INTO script_identity (blind_id, candidate_id, component) VALUES (91, 42, 'written'), (92, 42, 'interview');
INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (91, 1, 3), (92, 1, 4);
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,
                   written_max, interview_max, created_by)
VALUES (11, 'TEST-2', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'TEST', 1, 100, 0, 1);
UPDATE cycle SET state = 'round2' WHERE cycle_id = 10;
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_server;
-- Straight into the table, as a program that has gone wrong would.
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 1, 4, 'awarded', 30, NULL, now())$$, '23514', NULL, 'nobody marks a script assigned to another');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 1, 1, 'awarded', 30, NULL, now())$$, '23514', NULL, 'nor does an officer without scripts');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 2, 1, 3, 'awarded', 30, NULL, now())$$, '23514', NULL, 'nor in a round that was not assigned');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 1, 3, 'awarded', 60.25, NULL, now())$$, '23514', NULL, 'no mark is above the scale');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 1, 3, 'awarded', 30.1, NULL, now())$$, '23514', NULL, 'no mark is off the step');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 2, 3, 'awarded', 30, NULL, now())$$, '23514', NULL, 'no revision is skipped');
SELECT lives_ok($$INSERT INTO mark VALUES (91, 1, 1, 3, 'awarded', 30.25, NULL, '2001-01-01')$$, 'a mark on the scale is taken');
SELECT ok((SELECT entered_at > now() - interval '1 hour' FROM mark WHERE blind_id = 91), 'and no one dates it back');
SELECT throws_ok($$INSERT INTO mark VALUES (91, 1, 1, 3, 'awarded', 31, NULL, now())$$, '23514', NULL, 'a revision is taken once');
SELECT throws_ok($$UPDATE mark SET value = 60$$, '42501', NULL, 'a mark is not changed');
SELECT throws_ok($$INSERT INTO script VALUES (93, 10, 'written', 60, 0.25)$$, '42501', NULL, 'the server opens no scripts');
SELECT throws_ok($$INSERT INTO script_identity VALUES (90, 43, 'written')$$, '42501', NULL, 'the server does not write the map');
SELECT throws_ok($$SELECT do_marking_map_open(10)$$, '42501', NULL, 'the server does not open the map');
SELECT throws_ok($$INSERT INTO marks_freeze VALUES (10, now(), 1, sha256('x'))$$, '42501', NULL, 'the server writes no freeze of its own');

-- Through the operation, as the program does.
SELECT is((do_marking_mark_put(92, 4, 0, 'awarded', 20, NULL)).outcome, 'entered', 'a mark is entered');
SELECT is((do_marking_mark_put(92, 4, 0, 'awarded', 20, NULL)).outcome, 'repeated', 'the same mark sent again is answered as the first');
SELECT is((do_marking_mark_put(92, 4, 0, 'awarded', 21, NULL)).outcome, 'stale', 'another one over an old revision is not taken');
SELECT is((do_marking_mark_put(92, 4, 1, 'awarded', 41, NULL)).outcome, 'off_scale', 'above the scale');
SELECT is((do_marking_mark_put(92, 4, 1, 'awarded', 20.1, NULL)).outcome, 'off_step', 'off the step');
SELECT is((do_marking_mark_put(92, 3, 1, 'awarded', 20, NULL)).outcome, 'not_assigned', 'by another examiner');
SELECT is((do_marking_mark_put(999, 4, 0, 'awarded', 20, NULL)).outcome, 'not_assigned', 'a script that is not there looks the same');
SELECT is((do_marking_mark_put(92, 4, 1, 'void', NULL, 'biên bản')).revision, 2, 'a correction is the next revision');
SELECT is((SELECT count(*) FROM mark WHERE blind_id = 92), 2::bigint, 'and the first one stays');

SELECT is((do_marking_mark_put(90, 3, 0, 'absent', NULL, NULL)).outcome, 'entered', 'the last mark comes in');
SELECT throws_ok($$SELECT do_marking_freeze(10, 1)$$, '42501', NULL, 'the server freezes nothing');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$SELECT do_marking_map_open(10)$$, '23514', NULL, 'the map stays closed before the freeze');
SELECT throws_ok($$SELECT candidate_id FROM script_identity$$, '42501', NULL, 'and even the worker does not read it past the door');
SELECT throws_ok($$INSERT INTO mark VALUES (90, 1, 2, 3, 'awarded', 100, NULL, now())$$, '42501', NULL, 'the worker marks nothing');
RESET ROLE;
INSERT INTO mark_final SELECT m.blind_id, 1, max(m.revision), now() FROM mark m GROUP BY m.blind_id;
INSERT INTO script_settlement SELECT f.blind_id, 1, 'marks', m.status, m.value, 'mean', '{}', NULL, now()
  FROM mark_final f JOIN mark m USING (blind_id, marking_round, revision) WHERE f.blind_id < 92;
SET LOCAL ROLE khoacu_worker;
SELECT is((SELECT (outcome, missing, scripts)::text FROM do_marking_freeze(10, 1)), '(missing,1,3)', 'no freeze while a script is not settled');
SELECT is((do_marking_freeze(11, 1)).outcome, 'no_scripts', 'nor of a cycle without scripts');
RESET ROLE;
INSERT INTO script_settlement VALUES (92, 1, 'marks', 'void', NULL, 'void', '{}', NULL, now());
SET LOCAL ROLE khoacu_worker;
SELECT is((do_marking_freeze(10, 1)).outcome, 'frozen', 'then it freezes');
SELECT is((SELECT sha256 FROM marks_freeze WHERE cycle_id = 10),
          sha256(convert_to(E'000000000000005a|written|0|marks|absent||mean|1:0000000000000003:1:absent:\n'
                            '000000000000005b|written|0|marks|awarded|30.25|mean|1:0000000000000003:1:awarded:30.25\n'
                            '000000000000005c|interview|0|marks|void||void|1:0000000000000004:2:void:\n', 'UTF8')), 'with the hash as it is described');
SELECT is((SELECT (outcome, scripts)::text FROM do_marking_freeze(10, 2)), '(already,)', 'a second freeze changes nothing');
SELECT is((SELECT frozen_by FROM marks_freeze WHERE cycle_id = 10), 1::bigint, 'not even whose it was');
SELECT is((SELECT state FROM cycle WHERE cycle_id = 10), 'ranking', 'the cycle goes on');
RESET ROLE;
SET LOCAL ROLE khoacu_server;

SELECT is((do_marking_mark_put(90, 3, 1, 'awarded', 100, NULL)).outcome, 'frozen', 'no mark after the freeze');
SELECT is((do_marking_mark_put(92, 4, 1, 'void', NULL, 'biên bản')).outcome, 'repeated', 'a mark sent again after it is still answered as the first');
SELECT throws_ok($$INSERT INTO mark VALUES (90, 1, 2, 3, 'awarded', 100, NULL, now())$$, '23514', NULL, 'nor past the operation');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO script VALUES (94, 10, 'written', 60, 0.25)$$, '23514', NULL, 'no script after the freeze');
SELECT is((SELECT string_agg((candidate_id, component, status, value)::text, ' ' ORDER BY candidate_id, component) FROM do_marking_map_open(10)),
          '(41,written,absent,) (42,interview,void,) (42,written,awarded,30.25)', 'the map opens to the worker');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
