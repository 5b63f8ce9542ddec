-- Time moves by adjustments alone, forward alone, and by the functions of the owner alone.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

-- Whoever it is.
SELECT throws_ok($$UPDATE sitting SET closes_at = closes_at - interval '1 s' WHERE sitting_id = 81$$, '23514', NULL, 'a deadline does not move back');
SELECT throws_ok($$UPDATE sitting SET closes_at = closes_at + interval '1 s' WHERE sitting_id = 81$$, '23514', NULL, 'nor forward without an adjustment');
SELECT throws_ok($$UPDATE sitting SET closes_at = NULL WHERE sitting_id = 81$$, '23514', NULL, 'nor away');
SELECT throws_ok($$UPDATE sitting SET accommodation_s = 60 WHERE sitting_id = 81$$, '23514', NULL, 'an accommodation is not changed later');
SELECT throws_ok($$UPDATE sitting SET extra_s = 60 WHERE sitting_id = 81$$, '23514', NULL, 'what is given moves the deadline with it');
SELECT throws_ok($$UPDATE sitting SET holds = 1 WHERE sitting_id = 81$$, '23514', NULL, 'a clock that stands has a moment since when');

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$UPDATE sitting SET extra_s = 60, closes_at = closes_at + interval '1 min' WHERE sitting_id = 81$$, '42501', NULL, 'the server gives no time by hand');
SELECT throws_ok($$UPDATE sitting SET holds = 0, held_at = NULL$$, '42501', NULL, 'nor does it stop a clock by hand');
SELECT throws_ok($$INSERT INTO sitting_adjustment (adjustment_id) VALUES (1)$$, '42501', NULL, 'nor write an adjustment by hand');
SELECT throws_ok($$INSERT INTO sitting_adjustment_decision (adjustment_id) VALUES (1)$$, '42501', NULL, 'nor a decision');
SELECT throws_ok($$INSERT INTO sitting_adjustment_effect (adjustment_id) VALUES (1)$$, '42501', NULL, 'nor an effect');
SELECT throws_ok($$SELECT sitting_adjustment_apply(1, now())$$, '42501', NULL, 'nor apply one past the functions');
SELECT results_eq($$SELECT outcome, sittings FROM do_sitting_adjustment_request(501, 70, 'shift', NULL, NULL, NULL, 'extra_time', 300, 'r', 1, now())$$,
                  $$VALUES ('applied'::text, 3)$$, 'all three have it, opened or not');
SELECT results_eq($$SELECT extra_s FROM sitting WHERE room_id = 71 ORDER BY sitting_id$$, $$VALUES (300), (300), (300)$$, 'it is summed');
SELECT results_eq($$SELECT closes_at = now() + interval '55 min' FROM sitting WHERE sitting_id = 81$$, $$VALUES (true)$$, 'the deadline moved by it');
RESET ROLE;
UPDATE shift SET two_persons = true WHERE shift_id = 70;
SET LOCAL ROLE khoacu_server;
SELECT results_eq($$SELECT outcome, sittings FROM do_sitting_adjustment_request(502, 70, 'room', 'R1', NULL, NULL, 'compensation', 60, 'r', 1, now())$$,
                  $$VALUES ('waiting'::text, 0)$$, 'where two persons are wanted it waits');
SELECT results_eq($$SELECT outcome FROM do_sitting_adjustment_decide(502, 'approved', 1, now())$$, $$VALUES ('same_person'::text)$$, 'the same person does not approve');
SELECT results_eq($$SELECT outcome, sittings FROM do_sitting_adjustment_decide(502, 'approved', 2, now())$$, $$VALUES ('approved'::text, 3)$$, 'another does');
SELECT results_eq($$SELECT outcome, sittings FROM do_sitting_adjustment_decide(502, 'approved', 2, now())$$, $$VALUES ('decided'::text, 0)$$, 'once');
SELECT results_eq($$SELECT outcome FROM do_sitting_adjustment_request(503, 70, 'shift', NULL, NULL, NULL, 'pause', 0, 'r', 1, now())$$, $$VALUES ('applied'::text)$$, 'a pause does not wait');
SELECT results_eq($$SELECT outcome FROM do_sitting_responses_record('{71}', '{71}', '{81}', '{1}', '{1}'::smallint[], '{1}', '{1}'::smallint[], '{f}', ARRAY[now()], '{}')$$,
                  $$VALUES (7)$$, 'a save is refused as held');
SELECT results_eq($$SELECT outcome FROM do_sitting_adjustment_request(504, 70, 'shift', NULL, NULL, NULL, 'resume', 0, 'r', 1, now() + interval '7 min')$$, $$VALUES ('applied'::text)$$, 'it ends');
SELECT results_eq($$SELECT held_s, closes_at = now() + interval '63 min', holds, held_at FROM sitting WHERE sitting_id = 81$$,
                  $$VALUES (420, true, 0::smallint, NULL::timestamptz)$$, 'and what it took is given back');
RESET ROLE;
SELECT throws_ok($$INSERT INTO sitting_adjustment_decision VALUES (501, 2, 1, 'approved', now())$$, '23503', NULL, 'the key knows who asked');
SELECT throws_ok($$INSERT INTO sitting_adjustment_decision VALUES (501, 1, 1, 'approved', now())$$, '23514', NULL, 'and that it is another person');


-- An outage of the service. Sitting 81 is open; 82 and 83 have not been opened.
SELECT results_eq($$SELECT away_s, sittings FROM do_sitting_beat('boot a', 1000000, NULL)$$, $$VALUES (0, 0)$$, 'the first sign of life tells of nothing');
CREATE TEMP TABLE was AS SELECT sitting_id, closes_at, held_s, state FROM sitting WHERE room_id = 71;
GRANT SELECT ON was TO khoacu_server;
UPDATE service_beat SET beat_at = clock_timestamp() - interval '100 s';
SELECT ok(service_away(), 'nobody is at work');
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$UPDATE service_beat SET beat_at = now()$$, '42501', NULL, 'the server writes no sign of life by hand');
SELECT throws_ok($$SELECT sitting_outage_credit(70, now() - interval '1 hour', now())$$, '42501', NULL, 'nor does it give time back by hand');
SELECT results_eq($$SELECT away_s, sittings FROM do_sitting_beat('boot a', 1005000, NULL)$$, $$VALUES (0, 0)$$, 'the machine''s own clock says five seconds: a stepped clock is no outage');
RESET ROLE;
UPDATE service_beat SET beat_at = clock_timestamp() - interval '100 s';
SET LOCAL ROLE khoacu_server;
SELECT results_eq($$SELECT away_s, sittings FROM do_sitting_beat('boot b', 1, 2000)$$, $$VALUES (0, 0)$$, 'nor does a server that was there all the time believe one');
RESET ROLE;
UPDATE service_beat SET beat_at = clock_timestamp() - interval '100 s', boot = 'boot a', boot_ms = 0;
SET LOCAL ROLE khoacu_server;
SELECT results_eq($$SELECT away_s BETWEEN 100 AND 102, sittings > 0 FROM do_sitting_beat('boot a', 3600000, NULL)$$, $$VALUES (true, true)$$, 'else it was away, and gives the time back');
SELECT results_eq($$SELECT t.held_s - w.held_s BETWEEN 100 AND 102, t.closes_at - w.closes_at = make_interval(secs => t.held_s - w.held_s)
                      FROM sitting t JOIN was w USING (sitting_id) WHERE w.state = 'open'$$, $$VALUES (true, true)$$, 'to whose clock ran');
SELECT results_eq($$SELECT j.kind, j.requested_by, j.needs_approval, count(*) = (SELECT count(*) FROM sitting t JOIN was w USING (sitting_id) WHERE t.held_s > w.held_s)
                      FROM sitting_adjustment j JOIN sitting_adjustment_effect e USING (adjustment_id) WHERE j.kind = 'outage' GROUP BY 1, 2, 3$$,
                  $$VALUES ('outage'::text, NULL::bigint, false, true)$$, 'by one adjustment that nobody asked for');
SELECT results_eq($$SELECT actor, subject, payload_sha256 = sha256(convert_to(payload, 'UTF8')) FROM audit_event WHERE act = 'sitting.outage_credit'$$,
                  $$VALUES ('system'::text, 'shift:0000000000000046'::text, true)$$, 'the log says so');
SELECT results_eq($$SELECT away_s, sittings FROM do_sitting_beat('boot a', 3600100, NULL)$$, $$VALUES (0, 0)$$, 'and it is given once');
RESET ROLE;
SELECT throws_ok($$INSERT INTO sitting_adjustment (adjustment_id, shift_id, kind, seconds, reason, needs_approval, requested_by, requested_at) VALUES (9001, 70, 'outage', 60, 'r', false, 1, now())$$,
                 '23514', NULL, 'no person makes an outage');
SELECT throws_ok($$INSERT INTO sitting_adjustment (adjustment_id, shift_id, kind, seconds, reason, needs_approval, requested_by, requested_at) VALUES (9002, 70, 'extra_time', 60, 'r', false, NULL, now())$$,
                 '23514', NULL, 'and nothing else is without a person');

SELECT * FROM finish();
ROLLBACK;
