-- The hall: who may what is held by the functions of the owner; nothing is written past them, nothing is changed.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (901, 'hr', 'HR', '$scrypt$'), (902, 'gt', 'GT', '$scrypt$'), (903, 'ngoai', 'N', '$scrypt$'), (904, 'hai', 'H', '$scrypt$');
INSERT INTO staff_role (staff_id, role) VALUES (901, 'hr_officer'), (902, 'invigilator'), (903, 'invigilator'), (904, 'hr_officer'), (904, 'invigilator');

SELECT ok(NOT has_any_column_privilege(r, 'khoacu.' || t, 'INSERT, UPDATE') AND NOT has_table_privilege(r, 'khoacu.' || t, 'INSERT, UPDATE, DELETE, TRUNCATE'),
          format('%s writes nothing into %s by hand', r, t))
  FROM unnest('{khoacu_server,khoacu_worker,khoacu_bank,khoacu_auditor}'::name[]) r CROSS JOIN unnest('{room_staff,candidate_photo,candidate_document,check_in,incident,hall_minutes,hall_minutes_confirmation,hall_minutes_document,shift_seb}'::text[]) t;
SELECT ok(NOT has_column_privilege('khoacu_auditor', 'khoacu.candidate_photo', 'jpeg', 'SELECT') AND NOT has_column_privilege('khoacu_auditor', 'khoacu.candidate_document', 'hmac', 'SELECT'),
          'the auditor sees neither pictures nor hashes of numbers');
SELECT ok(NOT has_table_privilege('khoacu_worker', 'khoacu.candidate_photo', 'SELECT'), 'nor does the worker');

SET LOCAL ROLE khoacu_server;
SELECT results_eq($$SELECT outcome FROM do_hall_assign(71, 'gt', true, 901, now())$$, $$VALUES ('set'::text)$$, 'HR assigns');
SELECT results_eq($$SELECT outcome FROM do_hall_assign(71, 'gt', true, 901, now())$$, $$VALUES ('same'::text)$$, 'once');
SELECT results_eq($$SELECT outcome FROM do_hall_assign(71, 'ngoai', true, 902, now())$$, $$VALUES ('not_yours'::text)$$, 'an invigilator assigns nobody, whatever the program believes');
SELECT results_eq($$SELECT outcome FROM do_hall_assign(71, 'hai', true, 904, now())$$, $$VALUES ('not_yours'::text)$$, 'and nobody herself');
SELECT results_eq($$SELECT outcome FROM do_hall_assign(71, 'hr', true, 904, now())$$, $$VALUES ('unknown_person'::text)$$, 'who is no invigilator watches nothing');
SELECT is(hall_watches(902, 71), true, 'she is of the hall');
SELECT is(hall_watches(903, 71), false, 'another is not');
SELECT results_eq($$SELECT outcome FROM do_hall_check_in(83, 'present', NULL, 'alike', 'r', 903, now())$$, $$VALUES ('not_yours'::text)$$, 'who is not of the hall checks nobody in');
SELECT results_eq($$SELECT outcome FROM do_hall_document_keep((SELECT candidate_id FROM sitting WHERE sitting_id = 83), sha256('1'), 901, now())$$, $$VALUES ('stored'::text)$$, 'a number is brought in');
SELECT results_eq($$SELECT outcome FROM do_hall_check_in(83, 'present', sha256('1'), 'alike', 'r', 901, now())$$, $$VALUES ('same_person'::text)$$, 'who brought it in checks nobody in by it');
SELECT results_eq($$SELECT outcome, document, photo FROM do_hall_check_in(83, 'present', sha256('2'), 'alike', NULL, 902, now())$$, $$VALUES ('reason'::text, 'mismatch'::text, 'no_record'::text)$$,
                  'what does not match wants a reason; what the database finds counts, not what it is told');
SELECT results_eq($$SELECT outcome FROM do_hall_incident(991, 71, NULL, 'power', 3, 'w', NULL, NULL, 903, now())$$, $$VALUES ('not_yours'::text)$$, 'nor writes minutes');
SELECT results_eq($$SELECT outcome FROM do_hall_incident(991, 71, NULL, 'power', 3, 'w', NULL, NULL, 902, now())$$, $$VALUES ('recorded'::text)$$, 'she does');
RESET ROLE;
SELECT throws_ok($$INSERT INTO check_in VALUES (71, 83, 9, 'present', 'mismatch', 'alike', NULL, 902, now())$$, '23514', NULL, 'whatever is not plain has a reason');
SELECT throws_ok($$INSERT INTO sitting_adjustment (adjustment_id, shift_id, room_id, sitting_id, kind, seconds, reason, needs_approval, requested_by, requested_at, cause)
                   VALUES (999, 70, 71, 81, 'pause', 0, 'r', false, 1, now(), 'evacuation')$$, '23514', NULL, 'one seat is not evacuated');
SELECT throws_ok($$INSERT INTO sitting_adjustment (adjustment_id, shift_id, room_id, kind, seconds, reason, needs_approval, requested_by, requested_at, cause)
                   VALUES (999, 70, 71, 'compensation', 60, 'r', false, 1, now(), 'evacuation')$$, '23514', NULL, 'an evacuation is a pause');

-- Minutes.
SET LOCAL ROLE khoacu_server;
SELECT results_eq($$SELECT outcome FROM do_minutes_make(551, 71, 'incidents', 'vi', '{"n":1}', 903, now())$$, $$VALUES ('not_yours'::text)$$, 'who is not of the hall draws up nothing');
SELECT results_eq($$SELECT outcome FROM do_minutes_make(551, 71, 'incidents', 'vi', '{"n":1}', 902, now())$$, $$VALUES ('made'::text)$$, 'she does');
SELECT results_eq($$SELECT outcome FROM do_minutes_seal(551, decode(repeat('00', 200), 'hex'), decode(repeat('00', 64), 'hex'), repeat('k', 60), now())$$, $$VALUES ('unconfirmed'::text)$$, 'nothing is signed before two have confirmed');
SELECT results_eq($$SELECT outcome FROM do_minutes_confirm(551, 902, now())$$, $$VALUES ('first'::text)$$, 'one confirms');
SELECT results_eq($$SELECT outcome FROM do_minutes_confirm(551, 902, now())$$, $$VALUES ('same_person'::text)$$, 'not twice');
SELECT results_eq($$SELECT outcome FROM do_minutes_confirm(551, 903, now())$$, $$VALUES ('not_yours'::text)$$, 'nor a stranger');
SELECT results_eq($$SELECT outcome FROM do_minutes_seal(551, decode(repeat('00', 200), 'hex'), decode(repeat('00', 64), 'hex'), repeat('k', 60), now())$$, $$VALUES ('unconfirmed'::text)$$, 'one is not two');
SELECT results_eq($$SELECT outcome FROM do_minutes_confirm(551, 904, now())$$, $$VALUES ('second'::text)$$, 'another does');
SELECT results_eq($$SELECT outcome FROM do_minutes_seal(551, decode(repeat('00', 200), 'hex'), decode(repeat('00', 64), 'hex'), repeat('k', 60), now())$$, $$VALUES ('sealed'::text)$$, 'now it is sealed');
SELECT throws_ok($$SELECT do_minutes_seal(551, decode(repeat('01', 200), 'hex'), decode(repeat('00', 64), 'hex'), repeat('k', 60), now())$$, '23505', NULL, 'once');
SELECT results_eq($$SELECT outcome FROM do_seb_set(70, 'refuse', NULL, false, '{}', 902, now())$$, $$VALUES ('not_yours'::text)$$, 'an invigilator does not set the browser');
SELECT results_eq($$SELECT outcome FROM do_seb_set(70, 'refuse', NULL, false, '{}', 901, now())$$, $$VALUES ('set'::text)$$, 'HR does');
RESET ROLE;
SELECT throws_ok($$INSERT INTO hall_minutes_confirmation VALUES (551, 2, 901, now())$$, '23505', NULL, 'two persons, not three');
SELECT throws_ok($$UPDATE hall_minutes SET body = '{}' WHERE minutes_id = 551$$, '23514', NULL, 'the text is bound to its hash');

-- The opening.
UPDATE shift SET check_in = true WHERE shift_id = 70;
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$UPDATE sitting SET state = 'open', started_at = now(), closes_at = now() WHERE sitting_id = 83$$, '23514', NULL, 'nobody opens before she is checked in, by whatever statement');
SELECT results_eq($$SELECT outcome FROM do_hall_check_in(83, 'refused', sha256('2'), 'alike', 'khác', 902, now())$$, $$VALUES ('recorded'::text)$$, 'refused');
SELECT throws_ok($$UPDATE sitting SET state = 'open', started_at = now(), closes_at = now() WHERE sitting_id = 83$$, '23514', NULL, 'nor who was refused');
SELECT results_eq($$SELECT outcome FROM do_hall_check_in(83, 'present', sha256('1'), 'alike', 'r', 902, now())$$, $$VALUES ('recorded'::text)$$, 'let in');
SELECT lives_ok($$UPDATE sitting SET state = 'open', started_at = now(), closes_at = now() WHERE sitting_id = 83$$, 'the last word counts');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
