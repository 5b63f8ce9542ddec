-- Who may mark what, what was asked for, and what counts: refused by the database, whatever the program says.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO staff (staff_id, login_name, full_name, unit, password_hash, created_at)
SELECT n, 'gk.' || n, 'Marker ' || n, CASE n WHEN 5 THEN ' agency' WHEN 6 THEN 'a' ELSE '' END, '$scrypt$x', now() - interval '1 day' FROM generate_series(4, 12) n;
INSERT INTO staff_role SELECT n, 'examiner' FROM generate_series(3, 9) n;
INSERT INTO staff_role VALUES (9, 'script_officer'), (10, 'chief_marker'), (11, 'council_chair'), (3, 'chief_marker'), (12, 'script_officer');
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
DELETE FROM marking_assignment; DELETE FROM script_identity; DELETE FROM script;

SELECT ok(NOT has_any_column_privilege(d.role, 'khoacu.' || t.name, 'UPDATE') AND NOT has_table_privilege(d.role, 'khoacu.' || t.name, 'UPDATE, DELETE, TRUNCATE'),
          format('%s: nobody changes %s', d.role, t.name))
  FROM unnest('{mark_final,marking_draw,marking_draw_outcome,marking_exclusion,marking_redraw,marking_call,marking_word,marking_kinship,script_settlement}'::text[]) AS t (name)
 CROSS JOIN unnest('{khoacu_server,khoacu_worker,khoacu_auditor,public}'::text[]) AS d (role);

SET LOCAL ROLE khoacu_server;
SELECT lives_ok($$INSERT INTO marking_kinship VALUES (7, 42, 10, 'con', 12, '2001-01-01')$$, 'a tie is declared before there are scripts');
SELECT ok((SELECT declared_at > now() - interval '1 hour' FROM marking_kinship), 'and not dated back');
SELECT throws_ok($$INSERT INTO marking_kinship VALUES (7, 41, 10, 'con', 7, now())$$, '23514', NULL, 'nobody enters her own');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) VALUES (91, 10, 'written', 60, 0.25), (92, 10, 'written', 60, 0.25);
INSERT INTO script_identity (blind_id, candidate_id, component) VALUES (91, 41, 'written'), (92, 42, 'written');
SELECT is(do_marking_exclude(10, '{91,92}', '{41,42}'), 5::bigint, 'agency by name and by code, and kinship, are excluded');
SELECT is((SELECT string_agg(p.blind_id || ':' || p.marker_id, ' ') FROM do_marking_pairs(10, 'written', '{3,4,5,6,7,8}') p), '91:5 91:6 92:5 92:6 92:7', 'the worker reads them for the draw');
SELECT throws_ok($$SELECT why FROM marking_exclusion$$, '42501', NULL, 'but not the table');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 1, 5)$$, '23514', NULL, 'nobody marks a candidate of her own unit');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (92, 1, 7)$$, '23514', NULL, 'nor one whom she is tied to');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 1, 9)$$, '23514', NULL, 'nor does who handles codes mark');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 6, 4)$$, '23514', NULL, 'nor is there an appeal before the freeze');
SELECT lives_ok($$INSERT INTO marking_assignment VALUES (91, 1, 3), (91, 2, 4), (92, 1, 3), (92, 2, 4)$$, 'others do');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 3, 4)$$, '23505', NULL, 'nobody marks a script twice');
INSERT INTO marking_draw VALUES (500, 10, 'written', 2, '{3,4,5,6,7,8}', 2, sha256('c'), now());
INSERT INTO marking_draw_outcome VALUES (500, 'a=1/b=2/', '\x0b9eb7181e5a3eca8c4358a5aa59ed4ec07e82831927224266ab56a83bde69f0', sha256('o'), 2, 2, 10, now());
RESET ROLE;

-- The stream of the published example, first numbers of label "shuffle": 10 → 5 stands last after the first exchange of ten.
SELECT is(marking_pick('\x0b9eb7181e5a3eca8c4358a5aa59ed4ec07e82831927224266ab56a83bde69f0', 'shuffle', 10), 9, 'the stream is that of every draw');
INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES
  (91, 1, 1, 3, 'awarded', 30, now()), (91, 2, 1, 4, 'awarded', 36, now()), (92, 1, 1, 3, 'awarded', 30, now()), (92, 2, 1, 4, 'awarded', 50, now());

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO marking_kinship VALUES (8, 42, 10, 'con', 12, now())$$, '23514', NULL, 'no tie is declared when scripts have codes');
SELECT throws_ok($$SELECT * FROM do_marking_pairs_show(500)$$, '23514', NULL, 'excluded pairs stay closed before the freeze');
SELECT throws_ok($$SELECT * FROM do_marking_redraws_show(500)$$, '23514', NULL, 'and redraws');
SELECT is(do_marking_call(91, 'head', 'tiers', 1::smallint, 6), 'refused', 'nothing is called for before a mark is final');
SELECT is((do_marking_round_open(91, 3::smallint)).outcome, 'not_asked', 'no third marker before both marks are final');
SELECT is(do_marking_settle(91, 'awarded', 33, 'mean', '{}', NULL), 'marks_missing', 'and nothing counts');
SELECT is((do_marking_replace(91, 3, 'chief', 'x')).outcome, 'drawn', 'a marker who does not come is replaced');
SELECT is((do_marking_replace(91, 3, 'chief', 'x')).outcome, 'not_assigned', 'once');
RESET ROLE;
SELECT ok((SELECT marker_id FROM marking_assignment WHERE blind_id = 91 AND marking_round = 1) IN (7, 8), 'by one who is not excluded, had it not, and handles no codes');
UPDATE marking_assignment SET marker_id = 8 WHERE blind_id = 91 AND marking_round = 1;
DELETE FROM mark WHERE blind_id = 91 AND marking_round = 1;
INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES (91, 1, 1, 8, 'awarded', 30, now());
INSERT INTO mark_final SELECT blind_id, marking_round, 1, now() FROM mark;

SET LOCAL ROLE khoacu_server;
SELECT is((do_marking_replace(91, 8, 'chief', 'x')).outcome, 'final', 'whose mark is final keeps the script');
SELECT is(do_marking_word(91, 'head', 10, 'decided', 'awarded', 33, 'x'), 'not_asked', 'no word that is not called for');
SELECT is(do_marking_call(91, 'dialogue', 'tiers', 1::smallint, 6), 'called', 'a dialogue is called for');
SELECT is(do_marking_call(91, 'dialogue', 'tiers', 1::smallint, 6), 'same', 'once');
SELECT is(do_marking_word(91, 'dialogue', 7, 'differ', NULL, NULL, 'x'), 'not_yours', 'only its markers sign');
SELECT is(do_marking_word(91, 'dialogue', 8, 'agreed', 'awarded', 60.25, 'x'), 'off_scale', 'on the scale');
SELECT is(do_marking_word(91, 'dialogue', 8, 'agreed', 'awarded', 33, 'x'), 'taken', 'one signs');
SELECT is(do_marking_word(91, 'dialogue', 8, 'agreed', 'awarded', 33, 'x'), 'signed', 'one person does not sign twice');
SELECT is(do_marking_settle(91, 'awarded', 33, 'agreed', '{}', NULL), 'no_word', 'and one signature agrees nothing');
SELECT is(do_marking_word(91, 'dialogue', 4, 'agreed', 'awarded', 33, 'x'), 'taken', 'the other signs');
SELECT is(do_marking_call(91, 'head', 'tiers', 1::smallint, 6), 'called', 'then the head');
SELECT is(do_marking_word(91, 'head', 4, 'decided', 'awarded', 33, 'x'), 'not_yours', 'who has the office');
SELECT is(do_marking_word(92, 'head', 3, 'decided', 'awarded', 33, 'x'), 'marked', 'and did not mark the script');
SELECT is(do_marking_word(91, 'head', 3, 'decided', 'awarded', 33, 'x'), 'marked', 'nor had it and gave it up');
SELECT is(do_marking_settle(91, 'awarded', 40, 'head', '{}', 10), 'no_word', 'nothing counts as a head''s word that is not');
SELECT is(do_marking_word(91, 'head', 10, 'passed_up', NULL, NULL, 'x'), 'taken', 'the head passes it up');
SELECT is(do_marking_word(91, 'chair', 11, 'decided', 'awarded', 34, 'x'), 'not_asked', 'the chair waits until called');
SELECT is(do_marking_call(91, 'chair', 'tiers', 1::smallint, 6), 'called', 'the chair is called');
SELECT is(do_marking_word(91, 'chair', 10, 'decided', 'awarded', 34, 'x'), 'not_yours', 'the head is not the chair');
SELECT is(do_marking_word(91, 'chair', 11, 'decided', 'awarded', 34, 'x'), 'taken', 'the chair decides');
SELECT is(do_marking_settle(91, 'awarded', 34, 'chair', '{}', 11), 'kept', 'and that counts');
SELECT is(do_marking_settle(91, 'awarded', 35, 'mean', '{}', NULL), 'settled', 'once');
SELECT is(do_marking_settle(92, 'awarded', 55, 'mean', '{}', NULL), 'outside', 'no mean outside the marks');
SELECT is(do_marking_settle(92, 'absent', NULL, 'absent', '{}', NULL), 'no_word', 'nor a status that no marker gave');
SELECT is((do_marking_round_open(92, 6::smallint)).outcome, 'not_asked', 'no round of an appeal is opened here');
SELECT is((do_marking_round_open(92, 3::smallint)).outcome, 'drawn', 'a third is drawn');
SELECT is(do_marking_settle(92, 'awarded', 40, 'mean', '{}', NULL), 'marks_missing', 'and waited for');
SELECT throws_ok($$SELECT * FROM do_marking_freeze(10, 1)$$, '42501', NULL, 'the server freezes nothing');
RESET ROLE;
INSERT INTO mark SELECT 92, 3, 1, marker_id, 'awarded', 48, NULL, now() FROM marking_assignment WHERE blind_id = 92 AND marking_round = 3;
INSERT INTO mark_final VALUES (92, 3, 1, now());
SET LOCAL ROLE khoacu_server;
SELECT is(do_marking_settle(92, 'awarded', 49, 'nearest_pair', '{}', NULL), 'kept', 'then it counts');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT is((do_marking_freeze(10, 1)).outcome, 'frozen', 'the worker freezes');
SELECT is((SELECT string_agg((candidate_id, component, status, value)::text, ' ' ORDER BY candidate_id) FROM do_marking_map_open(10)),
          '(41,written,awarded,34.00) (42,written,awarded,49.00)', 'and opens the map');
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (91, 5, 10)$$, '23514', NULL, 'no round of marking after the freeze');
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT is((SELECT count(*) FROM do_marking_pairs_show(500)), 5::bigint, 'excluded pairs are shown after the freeze');
SELECT is((SELECT count(*) FROM do_marking_redraws_show(500)), 2::bigint, 'and redraws');
SELECT is(do_marking_word(91, 'chair', 11, 'decided', 'awarded', 50, 'y'), 'frozen', 'no word after the freeze');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
