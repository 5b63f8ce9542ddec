-- A small cycle for tests to stand on: \ir fixture.sql after BEGIN. Ids: staff 1-3, cycle 10, agency 20, post 30,
-- candidates 41-43, bank 50, items 51-52, form 60, shift 70, room 71, sittings 81-83, script 90.
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES
  (1, 'hr.one', 'Officer One', '$scrypt$x'), (2, 'hr.two', 'Officer Two', '$scrypt$x'), (3, 'marker', 'Marker', '$scrypt$x');
INSERT INTO rule_pack (pack_id, version, body, sha256) VALUES ('TEST', 1, '{}', sha256('{}'));
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,
                   written_max, interview_max, created_by)
VALUES (10, 'TEST-1', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'TEST', 1, 100, 0, 1);
INSERT INTO agency (agency_id, cycle_id, code, name) VALUES (20, 10, 'A', 'Agency');
INSERT INTO post (post_id, cycle_id, code, title) VALUES (30, 10, 'P', 'Post');
INSERT INTO post_quota (post_id, agency_id, quota) VALUES (30, 20, 1);
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids)
SELECT n, 10, 'T-' || n, 'Candidate ' || n, '2000-01-01', 30, '{20}' FROM generate_series(41, 43) AS n;
INSERT INTO bank (bank_id, code, name) VALUES (50, 'BANK', 'Bank');
SET LOCAL session_replication_role = replica; -- live without their reviews
INSERT INTO item (item_id, bank_id, code, state, kind, topic, created_at, updated_at)
VALUES (51, 50, 'I1', 'live', 'single', 'law', now(), now()), (52, 50, 'I2', 'live', 'single', 'law', now(), now());
SET LOCAL session_replication_role = origin;
INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by)
SELECT n, 1, 'single', 'law', 1, sha256('x'), now(), 1 FROM generate_series(51, 52) AS n;
INSERT INTO item_text (item_id, version, generation, content, extra)
SELECT n, 1, 1, sha256('content'), sha256('extra') FROM generate_series(51, 52) AS n;
INSERT INTO item_key (item_id, version, generation, sealed) VALUES (51, 1, 1, sha256('key')), (52, 1, 1, sha256('key'));
INSERT INTO bank_member (bank_id, staff_id, topic, rights) VALUES (50, 1, '', 8), (50, 2, '', 6);
SELECT outcome AS drafted FROM do_form_draft(60, 10, 50, 'F', NULL, '{51,52}', '{1,1}', '{}', '{}', NULL, sha256('form'), 1, now()) \gset
SELECT outcome AS reviewed FROM do_form_review(60, 1, 1, 'accept', 1, sha256('reason'), 2, now()) \gset
SELECT outcome AS sealed_once FROM do_form_seal(60, 1, sha256('form'), sha256('seed'), 1, now()) \gset
SELECT outcome AS sealed_twice FROM do_form_seal(60, 1, sha256('form'), sha256('seed'), 2, now()) \gset
DELETE FROM bank_member;
INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes)
VALUES (70, 10, 'S', 60, 'common', now() - interval '10 min', now() + interval '50 min', 60);
INSERT INTO room (room_id, shift_id, code) VALUES (71, 70, 'R1');
INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat) SELECT 71, n + 40, 70, n, n - 40 FROM generate_series(41, 43) AS n;
UPDATE sitting SET state = 'open', started_at = now() - interval '5 min', closes_at = now() + interval '50 min' WHERE sitting_id = 81;
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) VALUES (90, 10, 'written', 100, 0.5);
INSERT INTO script_identity (blind_id, candidate_id, component) VALUES (90, 41, 'written');
INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (90, 1, 3);
