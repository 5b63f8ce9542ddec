-- Log-ins of candidates, as the server makes and ends them; what a log-in may not be.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_server;
INSERT INTO login_brake VALUES ('candidate:TEST-1:T-41', 2, now(), now()), ('candidate:TEST-1:T-42', 2, now(), now());

SELECT is((do_identity_candidate_login(sha256('a'), 41, 71, 81, now(), now() + interval '1 day', 'candidate:TEST-1:T-41', 1, 'candidate:0000000000000029', 'candidate:0000000000000029', '{}', sha256('{}'), sha256('device a'), 11, 'sitting:0000000000000051', '{}', sha256('{}'))).access_generation, 1,
          'the first log-in leaves the generation of the sitting');
SELECT is((SELECT count(*) FROM login_brake), 1::bigint, 'a log-in forgets the failures of its own subject alone');
SELECT is((do_identity_candidate_login(sha256('b'), 41, 71, 81, now(), now() + interval '1 day', 'x', 2, 'candidate:0000000000000029', 'candidate:0000000000000029', '{}', sha256('{}'), sha256('device b'), 12, 'sitting:0000000000000051', '{}', sha256('{}'))).access_generation, 2,
          'the second raises it');
SELECT is((SELECT string_agg(CASE WHEN ended_at IS NULL THEN 'live' ELSE 'ended' END, ',' ORDER BY token_sha256 = sha256('b'))
             FROM login WHERE candidate_id = 41), 'ended,live', 'and ends the first');
SELECT is((SELECT access_generation FROM sitting WHERE sitting_id = 82), 1, 'a neighbour is left alone');
SELECT is((do_identity_candidate_login(sha256('c'), 43, NULL, NULL, now(), now() + interval '1 day', 'x', 3, 'candidate:000000000000002b', 'candidate:000000000000002b', '{}', sha256('{}'), sha256('device c'), 13, 'sitting:0000000000000051', '{}', sha256('{}'))).access_generation, NULL,
          'a candidate without a sitting signs in too');
SELECT is((do_identity_candidate_login(sha256('d'), 41, 71, 81, now(), now() + interval '1 day', 'x', 4, 'candidate:0000000000000029', 'candidate:0000000000000029', '{}', sha256('{}'), sha256('device a'), 14, 'sitting:0000000000000051', '{}', sha256('{}'))).outcome, 'frozen',
          'the machine before waits for an invigilator');
SELECT is((SELECT count(*) FROM login WHERE candidate_id = 41 AND ended_at IS NULL AND token_sha256 = sha256('b')), 1::bigint, 'and the later one stays as it is');
SELECT is(do_identity_candidate_logins_end(41, 71, 81, now()), 1, 'signing out ends the one that lives');
SELECT is((SELECT access_generation FROM sitting WHERE sitting_id = 81), 3, 'and cuts its saves off');
SELECT is(do_identity_candidate_logins_end(41, 71, 81, now()), 0, 'signing out again ends nothing');
SELECT is((SELECT access_generation FROM sitting WHERE sitting_id = 81), 3, 'and raises nothing');

SELECT results_eq($$SELECT number, generation, while_open, given_back FROM sitting_device WHERE sitting_id = 81 ORDER BY number$$,
                  $$VALUES (1, 1, true, false), (2, 2, true, false)$$, 'each is noted with its device');
SELECT is((SELECT count(*) FROM audit_event WHERE act = 'sitting.second_device'), 1::bigint, 'another device while the paper is open has an event');
SELECT is((SELECT count(*) FROM audit_event WHERE act = 'identity.login_make'), 3::bigint, 'every log-in has its event');

SELECT throws_ok($$UPDATE login SET expires_at = now() + interval '1 year'$$, '42501', NULL, 'no log-in is made longer');
SELECT throws_ok($$UPDATE login SET staff_id = 1$$, '42501', NULL, 'no log-in changes its person');
SELECT throws_ok($$DELETE FROM login$$, '42501', NULL, 'no log-in is removed');
SELECT throws_ok($$UPDATE staff SET login_name = 'other'$$, '42501', NULL, 'no account changes its name');
SELECT throws_ok($$DELETE FROM staff$$, '42501', NULL, 'no account is removed');

SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$SELECT token_sha256 FROM login$$, '42501', NULL, 'the worker sees no log-in');
SELECT throws_ok($$INSERT INTO staff_role VALUES (1, 'administrator')$$, '42501', NULL, 'the worker gives no role');
RESET ROLE;

SELECT throws_ok($$INSERT INTO login (token_sha256, created_at, last_seen_at, expires_at) VALUES (sha256('d'), now(), now(), now())$$,
                 '23514', NULL, 'a log-in belongs to somebody');
SELECT throws_ok($$INSERT INTO login VALUES (sha256('d'), 1, 41, now(), now(), now())$$, '23514', NULL, 'and to one person alone');
SELECT throws_ok($$INSERT INTO login VALUES ('token', 1, NULL, now(), now(), now())$$, '23514', NULL, 'a token is never stored, only its hash');
SELECT throws_ok($$INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (4, 'x.y', 'X', 'plain text')$$, '23514', NULL,
                 'a password is never stored, only its scrypt');
SELECT throws_ok($$INSERT INTO staff_role VALUES (1, 'king')$$, '23514', NULL, 'there are no other roles');

SELECT * FROM finish();
ROLLBACK;
