-- After a release: who may strike off whom, letters that are sent once, days that terms are counted by.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', 57.5, NULL, now());
INSERT INTO mark_final VALUES (90, 1, 1, now());
INSERT INTO script_settlement VALUES (90, 1, 'marks', 'awarded', 57.5, 'mean', '{}', NULL, now());
SELECT is((do_marking_freeze(10, 1)).outcome, 'frozen', 'the marks are frozen');
INSERT INTO ranking_run (run_id, cycle_id, version, release_version, cause, computed_by, computed_at, engine, posts, ties, bundle,
                         bundle_sha256, candidates, selected, unresolved)
VALUES (100, 10, 1, 1, 'cause', 1, now(), 'khoacu-rank/1', '[]', '[]', '{}', sha256('{}'), 3, 1, 0);
INSERT INTO decision (run_id, candidate_id, post_id, outcome, rank, raw, priority, total, reason, derivation)
SELECT 100, c.candidate_id, c.post_id, CASE WHEN row_number() OVER (ORDER BY c.candidate_id) = 1 THEN 'selected' ELSE 'not_selected' END, 1, 1, 0, 1, 'within_quota', '[]'
  FROM candidate c WHERE c.cycle_id = 10;
ALTER TABLE release DISABLE TRIGGER USER;
INSERT INTO release VALUES (10, 1, 100, 1, now());
CREATE TEMP TABLE who AS SELECT (SELECT candidate_id FROM decision WHERE outcome = 'selected') AS winner, (SELECT min(candidate_id) FROM decision WHERE outcome <> 'selected') AS other;
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO strike_proposal SELECT 1, 100, other, 'gave_up', 'Article', 'ten letters at least', 1, now() FROM who$$, '23514', NULL, 'only a winner is struck off');
SELECT lives_ok($$INSERT INTO strike_proposal SELECT 1, 100, winner, 'gave_up', 'Article', 'ten letters at least', 1, now() FROM who$$, 'a proposal');
SELECT throws_ok($$INSERT INTO strike_proposal SELECT 2, 100, winner, 'gave_up', 'Article', 'ten letters at least', 2, now() FROM who$$, '23514', NULL, 'one at a time');
INSERT INTO step_up VALUES (1, 1, 'result.strike', 1, now(), now() + interval '1 minute'), (2, 2, 'result.strike', 1, now(), now() + interval '1 minute'),
                           (3, 2, 'result.sign', 1, now(), now() + interval '1 minute');
SELECT throws_ok($$INSERT INTO strike_decision VALUES (1, 'confirmed', 1, now(), 'x', 1)$$, '23514', NULL, 'who proposes does not decide');
SELECT throws_ok($$INSERT INTO strike_decision VALUES (1, 'confirmed', 2, now(), 'x', 1)$$, '23514', NULL, 'nor anybody with another''s password');
SELECT throws_ok($$INSERT INTO strike_decision VALUES (1, 'confirmed', 2, now(), 'x', 3)$$, '23514', NULL, 'nor with one given for another act');
SELECT lives_ok($$INSERT INTO strike_decision VALUES (1, 'confirmed', 2, now(), 'x', 2)$$, 'another person decides with hers');
SELECT throws_ok($$UPDATE strike_decision SET verdict = 'refused'$$, '42501', NULL, 'which is not taken back');
SELECT throws_ok($$DELETE FROM strike_proposal$$, '42501', NULL, 'nor wiped out');
SELECT throws_ok($$INSERT INTO release_document VALUES (100, 'pdf', 'x', sha256('y'), now())$$, '23514', NULL, 'a document without its own hash is not kept');
SELECT lives_ok($$INSERT INTO release_document VALUES (100, 'pdf', 'x', sha256('x'), now())$$, 'one with it is');
SELECT throws_ok($$UPDATE release_document SET bytes = 'y'$$, '42501', NULL, 'and is not changed');
INSERT INTO letter_mail SELECT 100, winner, 7, 'a@b.example', 'waiting', 0, '', now() FROM who;
SELECT throws_ok($$INSERT INTO letter_mail SELECT 100, winner, 8, 'a@b.example', 'waiting', 0, '', now() FROM who$$, '23505', NULL, 'one mail a candidate and release');
SELECT throws_ok($$DELETE FROM letter_mail$$, '42501', NULL, 'which is not forgotten');
RESET ROLE;
SET LOCAL ROLE khoacu_worker;
SELECT lives_ok($$UPDATE letter_mail SET state = 'sending', attempts = 2$$, 'the worker sends it');
SELECT throws_ok($$UPDATE letter_mail SET state = 'sending'$$, '23514', NULL, 'not twice at once');
SELECT lives_ok($$UPDATE letter_mail SET state = 'sent'$$, 'and notes it');
SELECT throws_ok($$UPDATE letter_mail SET state = 'waiting'$$, '23514', NULL, 'what was sent is not sent again');
SELECT throws_ok($$UPDATE letter_mail SET state = 'returned'$$, '23514', NULL, 'nor does it come back by itself');
SELECT throws_ok($$INSERT INTO letter_report SELECT 100, winner, sha256('r'), 1, 'failed', '5.1.1', 'a@b.example', '', 'returned', 1, now() FROM who$$, '42501', NULL, 'nor by the worker''s word');
RESET ROLE;
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$UPDATE letter_mail SET state = 'returned'$$, '23514', NULL, 'nor by the server''s without a report');
SELECT is((do_letter_report(8, sha256('a'), 2, 'failed', '5.1.1', 'a@b.example', '', 1, now())).outcome, 'unknown', 'a report about no letter');
SELECT is((do_letter_report(7, sha256('b'), 1, 'failed', '5.1.1', 'a@b.example', '', 1, now())).outcome, 'older', 'about an attempt before the last');
SELECT is((do_letter_report(7, sha256('c'), NULL, 'delayed', '4.1.1', 'a@b.example', '', 1, now())).outcome, 'noted', 'about one that is still tried');
SELECT is((SELECT state FROM letter_mail), 'sent', 'neither changes the letter');
SELECT is((do_letter_report(7, sha256('d'), 2, 'failed', '5.1.1', 'a@b.example', 'No such mailbox', 1, now())).outcome, 'returned', 'about the last one');
SELECT is((SELECT state || ' ' || answer FROM letter_mail), 'returned 5.1.1 No such mailbox', 'brings it back, with the words of the mail server');
SELECT is((do_letter_report(7, sha256('d'), 2, 'failed', '5.1.1', 'a@b.example', 'No such mailbox', 1, now())).outcome, 'repeated', 'once');
SELECT is((do_letter_report(7, sha256('e'), 2, 'failed', '5.1.1', 'a@b.example', '', 1, now())).outcome, 'noted', 'a second one is kept beside it');
SELECT throws_ok($$UPDATE letter_report SET effect = 'noted'$$, '42501', NULL, 'reports are not changed');
SELECT throws_ok($$DELETE FROM letter_report$$, '42501', NULL, 'nor wiped out');
SELECT throws_ok($$UPDATE letter_mail SET address = 'c@d.example'$$, '23514', NULL, 'an address is not changed afterwards');
SELECT lives_ok($$UPDATE letter_mail SET state = 'waiting', address = 'c@d.example'$$, 'but for a letter that is to go out again');
RESET ROLE;

SELECT is(works('2026-09-02'), false, 'National Day is off');
SELECT is(works('2026-09-05'), false, 'so is a Saturday');
SELECT is(term_end('2026-08-18', 15), '2026-09-03'::date, 'a term that would end on a day off ends on the next working day');
SELECT is(term_end_working('2026-08-31', 1), '2026-09-03'::date, 'working days leave the days off out');
SELECT * FROM finish();
ROLLBACK;
