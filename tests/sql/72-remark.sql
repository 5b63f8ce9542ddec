-- Scripts marked again before the freeze, and scripts handed back: who may ask, whose mark gives way, and that nothing tells a seed.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO staff (staff_id, login_name, full_name, unit, password_hash, created_at)
SELECT n, 'gk.' || n, 'Marker ' || n, CASE n WHEN 9 THEN 'a' ELSE '' END, '$scrypt$x', now() - interval '1 day' FROM generate_series(4, 14) n;
INSERT INTO staff_role SELECT n, 'examiner' FROM generate_series(3, 8) n;
INSERT INTO staff_role VALUES (10, 'chief_marker'), (11, 'council_chair'), (13, 'council_chair'), (13, 'chief_marker'), (12, 'script_officer'), (5, 'chief_marker');
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
DELETE FROM marking_assignment; DELETE FROM script_identity; DELETE FROM script;

SELECT ok(NOT has_any_column_privilege(r, 'khoacu.' || t, 'UPDATE') AND NOT has_table_privilege(r, 'khoacu.' || t, 'INSERT, UPDATE, DELETE, TRUNCATE'),
          format('%s writes %s through functions alone', r, t))
  FROM unnest('{script_remark,script_trial_return}'::text[]) AS t CROSS JOIN unnest('{khoacu_server,khoacu_worker,khoacu_auditor}'::text[]) AS r;
SELECT ok(NOT has_any_column_privilege('khoacu_server', 'khoacu.script_trial_return', 'SELECT'), 'the server cannot look up who handed back a seed');

-- Who handled a candidate's sheets never marks her script, even when she has left the office and whenever she became an examiner.
INSERT INTO scan_bag VALUES (900, 10, 'T-1', 2, 12, now());
INSERT INTO scan_sheet VALUES (901, 900, 1), (902, 900, 2);
INSERT INTO scan_register VALUES (901, 1, 41, 1, 7, now()), (902, 1, 42, 1, 12, now());
INSERT INTO scan_page VALUES (902, '\x00', 10, 10, 8, now());
SET LOCAL ROLE khoacu_worker;
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) SELECT n, 10, 'written', 60, 0.25 FROM generate_series(91, 95) n;
INSERT INTO script_identity (blind_id, candidate_id, component) VALUES (91, 41, 'written'), (92, 42, 'written'), (93, 43, 'written');
SELECT is(do_marking_exclude(10, '{91,92,93}', '{41,42,43}'), 2::bigint, 'who registered or scanned sheets and is an examiner is excluded');
SELECT is((SELECT string_agg(p.blind_id || ':' || p.marker_id, ' ') FROM do_marking_pairs(10, 'written', '{3,4,5,6,7,8}') p), '91:7 92:8', 'of her own sheets');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 1, 7)$$, '23514', NULL, 'nobody marks what she anonymised');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (92, 1, 12)$$, '23514', NULL, 'nor does the officer');
RESET ROLE;
DELETE FROM marking_exclusion;
DELETE FROM staff_role WHERE staff_id = 12;
INSERT INTO staff_role VALUES (12, 'examiner'), (9, 'examiner');
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 1, 7)$$, '23514', NULL, 'by the register itself, without a note of the exclusion');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (92, 1, 12)$$, '23514', NULL, 'and when the office was given up');
INSERT INTO marking_assignment VALUES (91, 1, 3), (91, 2, 4), (92, 1, 3), (92, 2, 4), (93, 1, 3), (93, 2, 4), (94, 1, 3), (94, 2, 4);
INSERT INTO marking_draw VALUES (500, 10, 'written', 2, '{3,4,5,6,7,8}', 5, sha256('c'), now());
INSERT INTO marking_draw_outcome VALUES (500, 'a=1/b=2/', sha256('s'), sha256('o'), 2, 2, 10, now());
RESET ROLE;
SELECT is((SELECT array_agg(x ORDER BY x) FROM unnest(marking_barred(92)) x), '{8,9,12}', 'barred now: whoever scanned, registered, or works in the agency, though an examiner since the codes alone');

-- Handing back.
SET LOCAL ROLE khoacu_server;
SELECT is((do_marking_give_back(91, 5, 'conflict', 'x')).outcome, 'not_assigned', 'nobody hands back what is not hers');
SELECT is((do_marking_give_back(91, 3, 'conflict', 'x')).outcome, 'drawn', 'an examiner hands back, and another is drawn');
SELECT is((do_marking_give_back(91, 3, 'conflict', 'x')).outcome, 'repeated', 'the same again is answered as the first');
SELECT is((do_marking_mark_put(91, 3, 0, 'awarded', 20, NULL)).outcome, 'not_assigned', 'and she marks it no more');
SELECT is(do_marking_lease(91, 3, 20), NULL, 'nor opens it');
SELECT ok(do_marking_lease(91, 4, 20) > now() + interval '19 min', 'whose it is opens it');
SELECT is((SELECT count(*) FROM do_marking_lease_next(4, 20) n WHERE n.task_id = 91), 1::bigint, 'the next one is the first by code');
RESET ROLE;
SELECT ok(m NOT IN (3, 4, 7, 9, 12), 'by the lot among those who may') FROM (SELECT marker_id AS m FROM marking_assignment WHERE blind_id = 91 AND marking_round = 1) a;

-- Samples are handed back as any script.
INSERT INTO script_sample VALUES (600, 95, 'seed', 30, NULL, 'x', 10, now());
INSERT INTO script_trial VALUES (601, 4, 600, 1, now());
SET LOCAL ROLE khoacu_server;
SELECT ok(do_marking_lease(601, 4, 20) IS NOT NULL AND do_marking_lease(601, 3, 20) IS NULL, 'a seed is opened as any script');
SELECT is((do_marking_give_back(601, 4, 'given_back', 'x')).outcome, 'drawn', 'and handed back as any');
SELECT is((do_marking_give_back(601, 4, 'given_back', 'x')).outcome, 'repeated', 'twice as once');
SELECT is((SELECT count(*) FROM script_tasks(4) t WHERE t.task_id = 601), 0::bigint, 'it lies before her no more');
SELECT is((do_marking_mark_put(601, 4, 0, 'awarded', 20, NULL)).outcome, 'not_assigned', 'nor is it marked');
RESET ROLE;

-- A doubted mark.
UPDATE marking_assignment SET marker_id = 3 WHERE blind_id = 92 AND marking_round = 1;
INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES
  (92, 1, 1, 3, 'awarded', 30, now()), (92, 2, 1, 4, 'awarded', 34, now()), (93, 1, 1, 3, 'awarded', 30, now()), (93, 2, 1, 4, 'awarded', 34, now()),
  (94, 1, 1, 3, 'awarded', 30, now()), (94, 2, 1, 4, 'awarded', 34, now());
INSERT INTO mark_final SELECT blind_id, marking_round, 1, now() FROM mark;
INSERT INTO quality_report VALUES (700, 10, NULL, 1, 'quality/1', sha256('x'), '{}', sha256('{}'), 10, now());
SET LOCAL ROLE khoacu_server;
SELECT is(do_marking_settle(92, 'awarded', 32, 'mean', '{}', NULL), 'kept', 'settled at first');
SELECT is((do_quality_remark_request(1, 10, 3, '{92}', 'cao hơn hẳn', 11, now())).outcome, 'forbidden', 'the head alone asks for another marking');
SELECT is((do_quality_remark_request(1, 10, 3, '{92}', 'cao hơn hẳn', 10, now())).outcome, 'recorded', 'who asks has it');
SELECT is((SELECT count(*) FROM script_outcome WHERE blind_id = 92), 0::bigint, 'the script is open again');
SELECT is((do_quality_remark_request(2, 10, 4, '{92}', 'cao hơn hẳn', 10, now())).outcome, 'asked-before', 'once for a script');
SELECT is(do_marking_settle(92, 'awarded', 32, 'mean', '{}', NULL), 'marks_missing', 'nothing counts while the new mark is missing');
SELECT is(do_marking_call(92, 'marks', 'remark', 0::smallint, 0), 'called', 'and it is waited for');
SELECT is(do_marking_word(92, 'head', 10, 'decided', 'awarded', 33, 'x'), 'not_asked', 'the head does not decide meanwhile');
RESET ROLE;
SELECT is(marking_rounds(92, '{1,2}'), '{9,2}', 'its place is that of the first mark');
SELECT ok(m NOT IN (3, 4, 8, 9, 12), 'a fresh examiner, who is not barred') FROM (SELECT marker_id AS m FROM marking_assignment WHERE blind_id = 92 AND marking_round = 9) a;
INSERT INTO mark SELECT 92, 9, 1, marker_id, 'awarded', 40, NULL, now() FROM marking_assignment WHERE blind_id = 92 AND marking_round = 9;
INSERT INTO mark_final VALUES (92, 9, 1, now());
SET LOCAL ROLE khoacu_server;
SELECT is(do_marking_settle(92, 'awarded', 32, 'mean', '{}', NULL), 'outside', 'the mark that gave way bounds nothing');
SELECT is(do_marking_settle(92, 'awarded', 37, 'mean', '{}', NULL), 'kept', 'the new one does');
SELECT is((SELECT revision || ':' || value FROM script_outcome WHERE blind_id = 92), '2:37.00', 'as a further settlement');
SELECT is((SELECT string_agg(value::text, ' ' ORDER BY marking_round) FROM mark WHERE blind_id = 92), '30.00 34.00 40.00', 'and no mark has changed');
SELECT throws_ok($$INSERT INTO script_remark VALUES (92, 'doubt', 2, 2, 1, NULL, 10, now())$$, '42501', NULL, 'nobody asks past the operation');
SELECT is((do_quality_remark_request(3, 10, 3, '{93,94}', 'cao hơn hẳn', 3, now())).outcome, 'forbidden', 'nor one about his own marks');
RESET ROLE;

-- A sign.
SET LOCAL ROLE khoacu_server;
SELECT is(do_marking_settle(93, 'awarded', 32, 'mean', '{}', NULL), 'kept', 'another script is settled');
SELECT is((do_script_report_put(93, 3, 801, 'sign', 'x')).outcome, 'kept', 'a sign is reported');
SELECT is((do_script_report_put(93, 4, 802, 'sign', 'x')).outcome, 'kept', 'by both');
SELECT is((do_script_report_decide(801, 10, 'zero', 'x')).outcome, 'no_article', 'which is no zero by the regulation');
SELECT is((do_script_report_decide(801, 13, 'suspected', 'x')).outcome, 'kept', 'the head has it marked by more');
SELECT is((do_script_report_decide(802, 13, 'suspected', 'x')).outcome, 'kept', 'and answers the other report alike');
SELECT is((SELECT count(*) FROM script_remark WHERE blind_id = 93 AND why = 'sign'), 1::bigint, 'which asks for nothing more');
SELECT is((do_marking_round_open(93, 3::smallint)).outcome, 'drawn', 'a third is drawn, though the script had been settled');
SELECT is(do_marking_word(93, 'sign', 11, 'proved', NULL, NULL, 'x'), 'not_asked', 'the chair waits for the marks');
RESET ROLE;
INSERT INTO mark SELECT 93, 3, 1, marker_id, 'awarded', 32, NULL, now() FROM marking_assignment WHERE blind_id = 93 AND marking_round = 3;
INSERT INTO mark_final VALUES (93, 3, 1, now());
SET LOCAL ROLE khoacu_server;
SELECT is(do_marking_call(93, 'chair', 'sign', 0::smallint, 0), 'called', 'then the chair is called');
SELECT is(do_marking_word(93, 'sign', 10, 'proved', NULL, NULL, 'x'), 'not_yours', 'the head says nothing of it');
SELECT is(do_marking_word(93, 'sign', 13, 'proved', NULL, NULL, 'x'), 'marked', 'nor the chair who suspected it himself: nobody approves his own request');
SELECT is(do_marking_word(93, 'chair', 11, 'decided', 'awarded', 60, 'x'), 'not_asked', 'nor does the chair set a mark');
SELECT is(do_marking_settle(93, 'awarded', 16, 'proved', '{}', 11), 'no_word', 'nothing is proved that nobody said');
SELECT is(do_marking_word(93, 'sign', 11, 'proved', NULL, NULL, 'x'), 'taken', 'the chair says that it is proved');
SELECT is(do_marking_settle(93, 'awarded', 32, 'suspected', '{}', 11), 'no_word', 'and not the contrary');
SELECT is(do_marking_settle(93, 'awarded', 35, 'proved', '{}', 11), 'outside', 'no more than was given');
SELECT is(do_marking_settle(93, 'awarded', 16, 'proved', '{}', 11), 'kept', 'the mean less its share');
RESET ROLE;

-- A zero by a report.
SET LOCAL ROLE khoacu_server;
SELECT is((do_script_report_put(94, 3, 803, 'two_hands', 'x')).outcome, 'kept', 'two hands');
SELECT is((do_script_report_decide(803, 10, 'zero', 'x')).outcome, 'kept', 'are zero');
SELECT is((do_quality_remark_request(4, 10, 3, '{94}', 'cao hơn hẳn', 10, now())).outcome, 'zeroed', 'and no mark of it is doubted');
SELECT throws_ok($$SELECT * FROM script_zeroed(10)$$, '42501', NULL, 'which scripts is for the worker');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT is((SELECT string_agg(blind_id || ':' || decided_by, ' ') FROM script_zeroed(10)), '94:10', 'that settles them again before the freeze');
SELECT is((SELECT (outcome, missing)::text FROM do_marking_freeze(10, 1)), '(missing,2)', 'scripts that are not settled stop the freeze');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
