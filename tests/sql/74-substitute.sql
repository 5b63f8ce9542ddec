-- Substitutes of a panel: who is refused, where she marks, and that nothing of it is written past the operation.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO staff (staff_id, login_name, full_name, password_hash) SELECT n, 'p.' || n, 'Person ' || n, '$scrypt$x' FROM generate_series(11, 24) AS n;
INSERT INTO staff_role SELECT n, 'examiner' FROM generate_series(11, 23) AS n WHERE n <> 15;
INSERT INTO staff_role VALUES (1, 'hr_officer'), (1, 'examiner'), (15, 'chief_marker'), (15, 'examiner'), (13, 'hr_officer'), (24, 'hr_officer');
UPDATE staff SET state = 'disabled' WHERE staff_id = 23;
INSERT INTO rule_pack SELECT 'PANEL', 1, b, sha256(convert_to(b, 'UTF8')) FROM (SELECT $${"stages":[{"components":[{"source":"interview","minutes":30}]}],
  "marking":{"schemes":[{"for":["interview"],"marks":2,"round":{"to":"0.10","mode":"half_up"},"panel":{"most":4},"tiers":[{"do":"mean"}]}]}}$$ AS b) t;
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, created_by)
VALUES (12, 'PANEL-1', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'PANEL', 1, 60, 40, 1);
INSERT INTO post (post_id, cycle_id, code, title) VALUES (32, 12, 'P', 'Post');
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids)
SELECT n, 12, 'X-' || n, 'Candidate ' || n, '2000-01-01', 32, '{20}' FROM generate_series(61, 64) AS n;
INSERT INTO marking_kinship VALUES (17, 62, 12, 'aunt', 1, now());
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) SELECT n + 100, 12, 'interview', 40, 0.25 FROM generate_series(61, 64) AS n;
INSERT INTO script_identity (blind_id, candidate_id, component) SELECT n + 100, n, 'interview' FROM generate_series(61, 64) AS n;
UPDATE staff SET unit = 'Agency' WHERE staff_id = 18;
GRANT USAGE ON SCHEMA tap TO khoacu_server;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server;
CREATE FUNCTION pg_temp.appoint(p_by bigint, p_person text, p_reason text DEFAULT 'ill') RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', r.outcome, r.detail) FROM khoacu.do_panel_substitute(500, p_by, p_person, p_reason) r $$;

SET LOCAL ROLE khoacu_server;
SELECT is((do_panel_make(500, 'PANEL-1', 1, 'P1', 'interview', 'R1', '{A,B}', '{30,10}', '{0.5,0.25}', '{p.14,p.11,p.12}', NULL)).outcome, 'made', 'a panel of the least number is made');
SELECT is(pg_temp.appoint(15, 'p.16'), 'whole', 'where nobody is missing nobody comes');
RESET ROLE;
UPDATE panel_hearing SET hearing_id = 600 + candidate_id WHERE panel_id = 500;
SET LOCAL ROLE khoacu_server;
SELECT is((do_panel_commit(500, 1, 'lottery')).outcome || (do_panel_draw(500, 14, '1')).outcome, 'donedone', 'it is drawn');
SELECT is((do_panel_conflict(500, 11, 661, NULL, 'kin')).outcome || (do_panel_conflict(500, 11, 662, NULL, 'kin')).outcome, 'donedone', 'the chair is tied to two candidates');
SELECT is((do_panel_phase(661, 14, 'called', NULL)).outcome, 'too_few', 'who cannot be heard');

-- Who may appoint, and whom.
SELECT is(pg_temp.appoint(16, 'p.17'), 'forbidden', 'an examiner appoints nobody');
SELECT is(pg_temp.appoint(14, 'p.17'), 'forbidden', 'nor does the secretary');
SELECT is((do_panel_substitute(501, 1, 'p.16', 'x')).outcome, 'not_found', 'a panel that is not there');
SELECT is(pg_temp.appoint(15, 'p.16', ' '), 'reason', 'not without a reason');
SELECT is(pg_temp.appoint(15, 'p.99'), 'unknown_person p.99', 'not a stranger');
SELECT is(pg_temp.appoint(15, 'p.23'), 'unknown_person p.23', 'nor somebody whose account is closed');
SELECT is(pg_temp.appoint(15, 'p.15'), 'maker_sits p.15', 'not oneself');
SELECT is(pg_temp.appoint(15, login_name), 'maker_sits ' || login_name, 'nor who made the panel') FROM staff WHERE staff_id = 1;
SELECT is(pg_temp.appoint(15, 'p.12'), 'sits_twice p.12', 'not who sits already');
SELECT is(pg_temp.appoint(15, 'p.14'), 'sits_twice p.14', 'nor the secretary');
SELECT is(pg_temp.appoint(15, 'p.24'), 'not_examiner p.24', 'not who is no examiner');
SAVEPOINT refused;
SELECT is(pg_temp.appoint(15, 'p.18'), 'conflict p.18', 'not one of the unit to which all the candidates applied');
ROLLBACK TO refused;

-- Straight into the tables.
SELECT throws_ok($$INSERT INTO panel_member (panel_id, staff_id, office, place, substitute) VALUES (500, 16, 'member', 3, true)$$, '42501', NULL, 'the server writes no member');
SELECT throws_ok($$INSERT INTO panel_substitute VALUES (661, 16, 'x', 15, now())$$, '42501', NULL, 'nor a substitute');
RESET ROLE;
SELECT throws_ok($$INSERT INTO panel_member (panel_id, staff_id, office, place) VALUES (500, 16, 'member', 3)$$, '23514', NULL, 'not even the owner adds a member who is no substitute');
SELECT throws_ok($$INSERT INTO panel_member (panel_id, staff_id, office, place, substitute) VALUES (500, 1, 'member', 3, true)$$, '23514', NULL, 'or the maker');
SELECT throws_ok($$INSERT INTO panel_member (panel_id, staff_id, office, place, substitute) VALUES (500, 16, 'chair', 1, true)$$, '23514', NULL, 'or another chair');
SELECT throws_ok($$DELETE FROM panel_member WHERE staff_id = 11$$, '23514', NULL, 'or takes one away');
SELECT throws_ok($$UPDATE panel_member SET substitute = true WHERE staff_id = 12$$, '23514', NULL, 'or makes one a substitute');
SELECT throws_ok($$INSERT INTO panel_substitute VALUES (661, 16, 'x', 15, now())$$, '23514', NULL, 'or appoints who is no substitute of the panel');

-- One comes to the hearings where she is needed and free, and to no other.
SET LOCAL ROLE khoacu_server;
SELECT is(pg_temp.appoint(15, 'p.17'), 'done 1', 'a substitute comes to the hearing of whom she is not kin');
SELECT is(pg_temp.appoint(15, 'p.17'), 'done repeated', 'the same again changes nothing');
SELECT is(pg_temp.appoint(15, 'p.19'), 'done 1', 'another to the one that is left');
SELECT is(pg_temp.appoint(15, 'p.20'), 'too_many 4', 'no more than the pack allows');
RESET ROLE;
SELECT is((SELECT string_agg(k.hearing_id || ':' || k.staff_id, ' ' ORDER BY k.hearing_id, k.staff_id)
             FROM (SELECT h.hearing_id, (panel_markers(h.hearing_id)).staff_id FROM panel_hearing h WHERE h.panel_id = 500) k),
          '661:12 661:17 662:12 662:19 663:11 663:12 664:11 664:12', 'each marks where she sits');
SELECT throws_ok($$INSERT INTO panel_substitute VALUES (663, 17, 'x', 15, now())$$, '23514', NULL, 'nobody comes where nobody is missing');
SELECT throws_ok($$UPDATE panel_substitute SET reason = 'y'$$, '23514', NULL, 'an appointment is not changed');
SELECT throws_ok($$DELETE FROM panel_substitute$$, '23514', NULL, 'nor taken back');

-- A hearing that has begun takes nobody; without a mark it can be heard anew.
UPDATE panel_hearing SET state = 'marking' WHERE hearing_id IN (661, 663, 664);
INSERT INTO panel_absence (hearing_id, staff_id, reason, recorded_by, recorded_at) VALUES (663, 11, 'ill', 14, now());
SELECT is(panel_lacks(663), 1, 'one who is recorded absent is missing');
SELECT throws_ok($$INSERT INTO panel_substitute VALUES (663, 17, 'x', 15, now())$$, '23514', NULL, 'nobody comes to a hearing that has begun');
SET LOCAL ROLE khoacu_server;
SELECT is(pg_temp.appoint(15, 'p.17'), 'done repeated', 'nor by the operation');
SELECT is((do_panel_mark(663, 17, '{30,10}')).outcome, 'forbidden', 'a substitute marks in no other hearing');
SELECT is((do_panel_absence(663, 14, 'p.17', 'x')).outcome, 'unknown_person', 'and is not missed there');
SELECT is((do_panel_phase(664, 14, 'waiting', 'x')).outcome, 'state', 'who has the members is not heard anew');
SELECT is((do_panel_phase(663, 14, 'waiting', NULL)).outcome, 'reason', 'heard anew is nobody without a reason');
SELECT is((do_panel_phase(663, 11, 'waiting', 'x')).outcome, 'forbidden', 'nor by a member');
-- With the chair ill as well, the head of the marking board confirms.
SELECT is((do_panel_absence(664, 14, 'p.12', 'ill')).outcome, 'done', 'a member is recorded absent');
SELECT is((do_panel_absence_confirm(664, 15, 'p.12')).outcome, 'forbidden', 'the head does not confirm while the chair is there');
SELECT is((do_panel_absence(664, 14, 'p.11', 'ill')).outcome, 'done', 'so is the chair');
SELECT is((do_panel_absence_confirm(664, 15, 'p.12')).outcome, 'too_few', 'then the head may, once a substitute is there');
SAVEPOINT marked;
SELECT is((do_panel_mark(663, 12, '{30,10}')).outcome, 'done', 'a mark is given');
SELECT is((do_panel_phase(663, 14, 'waiting', 'x')).outcome, 'state', 'nobody is heard anew once a mark is given');
ROLLBACK TO marked;
SELECT is((do_panel_phase(663, 14, 'waiting', 'the chair fell ill')).outcome, 'done', 'the secretary lets her be heard anew');
SELECT is(pg_temp.appoint(15, 'p.17'), 'done 1', 'then the substitute of another hearing comes to hers too');
SELECT is((do_panel_phase(664, 14, 'waiting', 'both fell ill')).outcome || ' ' || pg_temp.appoint(15, 'p.17') || ' ' || pg_temp.appoint(15, 'p.19'), 'done done 1 done 1', 'two for two who are ill');
SELECT is((do_panel_absence_confirm(664, 15, 'p.12')).outcome || (do_panel_absence_confirm(664, 15, 'p.11')).outcome, 'donedone', 'the head confirms both');
RESET ROLE;
SELECT throws_ok($$INSERT INTO panel_mark VALUES (661, 19, 1, 1, now())$$, '23514', NULL, 'not even the owner marks for a substitute in a hearing that is not hers');

-- After the freeze nobody comes.
INSERT INTO marks_freeze VALUES (12, now(), 1, sha256('x'));
SELECT is(pg_temp.appoint(15, 'p.20'), 'frozen', 'after the freeze nobody is appointed');
SELECT throws_ok($$INSERT INTO panel_member (panel_id, staff_id, office, place, substitute) VALUES (500, 20, 'member', 5, true)$$, '23514', NULL, 'nor past the operation');

SELECT * FROM finish();
ROLLBACK;
