-- Panels: what even the server's role cannot do; the draw by its known answer; the mean and the tiers found in SQL.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO staff (staff_id, login_name, full_name, password_hash) SELECT n, 'p.' || n, 'Person ' || n, '$scrypt$x' FROM generate_series(11, 16) AS n;
INSERT INTO staff_role SELECT n, 'examiner' FROM generate_series(11, 14) AS n;
INSERT INTO staff_role VALUES (1, 'hr_officer'), (15, 'chief_marker'), (16, 'council_chair');
INSERT INTO rule_pack SELECT 'PANEL', 1, b, sha256(convert_to(b, 'UTF8')) FROM (SELECT $${"stages":[{"components":[{"source":"interview","minutes":30}]}],
  "marking":{"veto":{"op":"le","value":"1.00","share_op":"gt","share":"0.50"},"schemes":[{"for":["interview"],"marks":2,"round":{"to":"0.10","mode":"half_up"},
  "trim":{"high":1,"low":1,"least":1},"tiers":[{"op":"le","value":"5.00","do":"mean"},{"op":"lt","value":"10.00","do":"dialogue"},{"do":"chair"}]}]}}$$ AS b) t;
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, created_by)
VALUES (12, 'PANEL-1', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'PANEL', 1, 60, 40, 1);
INSERT INTO post (post_id, cycle_id, code, title) VALUES (32, 12, 'P', 'Post');
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids)
SELECT n, 12, 'X-' || n, 'Candidate ' || n, '2000-01-01', 32, '{20}' FROM generate_series(61, 64) AS n;
INSERT INTO marking_kinship VALUES (11, 64, 12, 'aunt', 1, now());
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) SELECT n + 100, 12, 'interview', 40, 0.25 FROM generate_series(61, 64) AS n;
INSERT INTO script_identity (blind_id, candidate_id, component) SELECT n + 100, n, 'interview' FROM generate_series(61, 64) AS n;
GRANT USAGE ON SCHEMA tap TO khoacu_server;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server;

SELECT is(panel_draw_order(sha256(convert_to(E'exam/draw/v1\n2026-A1\nseat\n', 'UTF8') || decode(repeat('00', 32), 'hex')
            || convert_to(E'\n9319./2.5.8.10.12./9.18.26.34.41.45./', 'UTF8')), 'shuffle', 10), '{5,4,3,2,1,6,0,8,7,9}'::integer[], 'the draw gives the published order');
SELECT is(panel_draw_order(sha256('x'), 'order', 1), '{0}'::integer[], 'of one there is one order');

SET LOCAL ROLE khoacu_server;
SELECT is((do_panel_make(500, 'PANEL-1', 1, 'P1', 'interview', 'R1', '{A,B}', '{30,10}', '{0.5,0.25}', '{p.14,p.11,p.12,p.13}', NULL)).outcome, 'made', 'a panel is made');
SELECT is((do_panel_commit(500, 1, 'lottery')).outcome, 'done', 'its list is fixed');
SELECT is((do_panel_draw(500, 1, '1')).outcome, 'forbidden', 'who made it does not draw');
SELECT is((do_panel_draw(500, 14, '1')).outcome, 'done', 'its secretary does');
RESET ROLE;
SELECT is((SELECT count(DISTINCT place) FROM panel_hearing WHERE panel_id = 500), 4::bigint, 'each has a place of her own');
UPDATE panel_hearing SET hearing_id = 600 + candidate_id, state = 'marking' WHERE panel_id = 500;

SET LOCAL ROLE khoacu_server;
-- Straight into the tables, as a program that has gone wrong would.
SELECT throws_ok($$SELECT value FROM panel_mark$$, '42501', NULL, 'no mark is read past the functions');
SELECT throws_ok($$INSERT INTO panel_mark VALUES (661, 11, 1, 10, now())$$, '42501', NULL, 'nor written');
SELECT throws_ok($$UPDATE panel_hearing SET state = 'settled', status = 'awarded', value = 40$$, '42501', NULL, 'no hearing is settled by hand');
SELECT throws_ok($$UPDATE panel SET state = 'drawn'$$, '42501', NULL, 'no panel is opened again');
SELECT throws_ok($$INSERT INTO panel_signature VALUES (500, 12, 'minutes', sha256('x'), NULL, NULL, 1, now())$$, '42501', NULL, 'nobody is signed for');
SELECT throws_ok($$INSERT INTO script_settlement VALUES (161, 1, 'panel', 'awarded', 40, 'mean', '{}', 1, now())$$, '42501', NULL, 'no result is written by hand');
SELECT throws_ok($$SELECT panel_close(500)$$, '42501', NULL, 'a panel is not closed past its signatures');
SELECT throws_ok($$SELECT panel_totals(661)$$, '42501', NULL, 'totals are nobody''s before all are in');
SELECT is((do_panel_mark(661, 11, '{30,10}')).outcome, 'done', 'the chair marks');
SELECT is((do_panel_mark(661, 12, '{29.25,10}')).outcome, 'off_step', 'off the step');
SELECT is((do_panel_mark(661, 12, '{30.5,10}')).detail, '0', 'off the scale, with the criterion');
SELECT is((do_panel_mark(661, 14, '{1,1}')).outcome, 'forbidden', 'the secretary does not mark');
SELECT is((do_panel_mark(661, 15, '{1,1}')).outcome, 'forbidden', 'nor does the head of the board');
SELECT is((do_panel_mark(661, 11, '{29,10}')).outcome, 'final', 'a final mark stays');
SELECT is((do_panel_mark(661, 12, '{25.5,10}')).outcome, 'done', 'a member marks');
SELECT is((SELECT count(*) FROM do_panel_facts(661)), 0::bigint, 'no facts while one is missing');
SELECT is((do_panel_reckon(661, 'settled', 'mean', 0, 40, 'x', 'x')).outcome, 'state', 'nor a result');
SELECT ok(do_panel_sheet(500, 11) !~ '25\.50', 'nor does a sheet show a mark');
SELECT is((do_panel_minutes(500, 14)).outcome, 'unsettled', 'a panel with a member missing makes no minutes');
SELECT is((do_panel_mark(661, 13, '{27,10}')).outcome, 'done', 'the last one marks');
SELECT is((SELECT totals FROM do_panel_facts(661)), '{4000,3550,3700}'::bigint[], 'then the totals are there, in the order of places');
SELECT throws_ok($$SELECT do_panel_reckon(661, 'settled', 'mean', 4.5, 37.5, 'x', 'x')$$, '23514', NULL, 'the plain mean is not the trimmed one');
SELECT throws_ok($$SELECT do_panel_reckon(661, 'settled', 'chair', 4.5, 40, 'x', 'x')$$, '23514', NULL, 'nobody settles at will');
SELECT throws_ok($$SELECT do_panel_reckon(661, 'dialogue', 'gap', 4.5, NULL, 'x', 'x')$$, '23514', NULL, 'nor asks for what the tier does not');
SELECT is((do_panel_reckon(661, 'settled', 'trimmed', 4.5, 37, 'x', 'x')).outcome, 'done', 'the trimmed mean settles');
-- A gap of 5.25: the dialogue decides, once it is signed.
SELECT is((do_panel_mark(662, 11, '{30,10}')).outcome || (do_panel_mark(662, 12, '{25,9.75}')).outcome || (do_panel_mark(662, 13, '{26,10}')).outcome,
          'donedonedone', 'three mark');
SELECT throws_ok($$SELECT do_panel_reckon(662, 'settled', 'trimmed', 5.25, 36, 'x', 'x')$$, '23514', NULL, 'the mean does not count above the tier');
SELECT is((do_panel_reckon(662, 'dialogue', 'gap', 5.25, NULL, 'x', 'x')).outcome, 'done', 'a dialogue is asked for');
SELECT is((do_panel_dialogue(662, 14, 'minutes', 35)).outcome, 'done', 'it is minuted');
SELECT throws_ok($$SELECT do_panel_reckon(662, 'settled', 'agreed', 5.25, 35, 'x', 'x')$$, '23514', NULL, 'and does not count before it is signed');
SELECT is((do_panel_word(662, 16, 35, 'x')).outcome, 'state', 'nobody decides who was not asked');
RESET ROLE;
-- Ties that were declared before keep a member away as a conflict does.
SELECT is((do_panel_mark(664, 11, '{30,1}')).outcome, 'conflict', 'who is kin does not mark');
SELECT is((SELECT array_agg(staff_id ORDER BY place) FROM panel_markers(664)), '{12,13}'::bigint[], 'and is not waited for');
-- A factor that the majority rated low.
SET LOCAL ROLE khoacu_server;
SELECT is((do_panel_mark(663, 11, '{30,1}')).outcome || (do_panel_mark(663, 12, '{30,1}')).outcome || (do_panel_mark(663, 13, '{30,2}')).outcome,
          'donedonedone', 'three mark');
SELECT throws_ok($$SELECT do_panel_reckon(663, 'settled', 'trimmed', 1, 31, 'x', 'x')$$, '23514', NULL, 'a veto comes before the mean');
SELECT is((do_panel_reckon(663, 'settled', 'veto', 1, 0, 'x', 'x')).outcome, 'done', 'and gives nothing');
RESET ROLE;
SELECT is((SELECT string_agg(concat_ws(' ', candidate_id, state, value, why), ', ' ORDER BY candidate_id) FROM panel_hearing WHERE panel_id = 500 AND candidate_id < 64),
          '61 settled 37.00 trimmed, 62 open gap, 63 settled 0.00 veto', 'that is what the hearings gave');
-- Units, and the committee that a pack wants on a panel.
UPDATE staff SET unit = '  aGENCY ' WHERE staff_id = 13;
UPDATE staff SET unit = 'a' WHERE staff_id = 12;
SELECT is(panel_own_unit(61, n), n IN (12, 13), format('whether %s works where the candidate applied', n)) FROM generate_series(11, 13) n;
SELECT is((panel_committee_fault('{"share":"0.70"}', '{s,a,b,c,d,e,f,g}', size, names)).outcome || coalesce(' ' || (panel_committee_fault('{"share":"0.70"}', '{s,a,b,c,d,e,f,g}', size, names)).detail, ''),
          said, format('%s of %s: %s', names, size, coalesce(said, 'enough')))
  FROM (VALUES (5, '{a,b,c,d}'::text[], NULL), (10, '{a,b,c,d,e,f,g}', NULL), (5, '{a,b,c}', 'committee 4/5'), (11, '{a,b,c,d,e,f,g}', 'committee 8/11'), (5, NULL, 'committee 4/5'),
               (NULL, '{a,b}', 'committee_size'), (3, '{a,b,c,d}', 'committee_size'), (2, '{s,a}', 'committee_name s'), (2, '{a,a}', 'committee_name a')) AS t (size, names, said);
SELECT is((panel_committee_fault(NULL, '{s,a}', 5, NULL)).outcome, 'no_committee', 'a committee that nobody asked for');
SELECT is((panel_committee_fault(NULL, '{s,a}', NULL, NULL)).outcome, NULL, 'none, and none is asked for');
-- With a member missing nobody closes a panel.
SELECT throws_ok($$UPDATE panel SET state = 'closed', closed_at = now(), minutes = '{}', minutes_sha256 = sha256('{}') WHERE panel_id = 500$$, '23514', NULL, 'not even the owner closes it while a hearing is open');
-- The freeze, past every function.
INSERT INTO marks_freeze VALUES (12, now(), 1, sha256('x'));
SELECT throws_ok($$INSERT INTO panel_word VALUES (662, 'chair', 16, 35, 'x', now())$$, '23514', NULL, 'after the freeze not even the owner adds a word');
SELECT throws_ok($$UPDATE panel_mark SET value = 30$$, '23514', NULL, 'or changes a mark');
SELECT is((do_panel_mark(662, 11, '{1,1}')).outcome, 'frozen', 'and the functions say so');

SELECT * FROM finish();
ROLLBACK;
