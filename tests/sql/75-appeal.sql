-- Appeals by SQL: who may lodge and until when, fresh markers, minutes of a large change, two persons, and no mark without them.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
SET LOCAL session_replication_role = replica;
UPDATE rule_pack SET body = b.body, sha256 = sha256(convert_to(b.body, 'UTF8')) FROM (SELECT '{"basis":[{"ref":"Quy chế 1","about":{"vi":"Phúc khảo"}}],"calendar":{"remark_lodge_days":15,"remark_decide_days":15},
  "stages":[{"components":[{"code":"W","source":"written","remark":true},{"code":"O","source":"interview","remark":false}],
             "gates":[{"code":"G","on":"W","op":"ge","share":"0.50"}]}]}' AS body) b WHERE pack_id = 'TEST';
INSERT INTO staff (staff_id, login_name, full_name, password_hash, created_at)
SELECT n, 'gk.' || n, 'GK ' || n, '$scrypt$x', now() - interval '1 d' FROM generate_series(4, 9) n;
INSERT INTO staff_role (staff_id, role) SELECT n, 'examiner' FROM generate_series(3, 7) n;
INSERT INTO staff_role VALUES (1, 'hr_officer'), (2, 'hr_officer'), (8, 'council_chair'), (1, 'council_chair'), (9, 'chief_marker');
INSERT INTO marking_assignment VALUES (90, 2, 4);
INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES (90, 1, 1, 3, 'awarded', 48, now()), (90, 2, 1, 4, 'awarded', 48, now());
INSERT INTO mark_final VALUES (90, 1, 1, now()), (90, 2, 1, now());
INSERT INTO script_settlement VALUES (90, 1, 'marks', 'awarded', 48, 'mean', '[]', NULL, now());
INSERT INTO marking_draw VALUES (1, 10, 'written', 2, '{3,4}', 1, sha256('x'), now());
INSERT INTO marking_draw_outcome VALUES (1, '1', sha256('seed'), sha256('x'), 1, 1, 9, now());
INSERT INTO marks_freeze VALUES (10, now(), 1, sha256('x'));
INSERT INTO release (cycle_id, version, run_id, published_by, published_at) VALUES (10, 1, 1, 1, now() - interval '16 d');
INSERT INTO marking_exclusion VALUES (90, 5, 'handled');
SET LOCAL session_replication_role = origin;

SET LOCAL ROLE khoacu_server;
SELECT is((do_appeal_lodge(1, 41, 'written', 'a reason long enough', NULL)).outcome, 'late', 'an appeal on the sixteenth day is late');
SELECT is((do_appeal_lodge(1, 41, 'written', 'a reason long enough', NULL)).basis, 'Quy chế 1', 'and the document is named');
SELECT is(appeal_article(10), NULL, 'a pack that names no article gives none');
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE rule_pack SET body = b.body, sha256 = sha256(convert_to(b.body, 'UTF8'))
  FROM (SELECT jsonb_set(body::jsonb, '{appeals}', '{"by":"Nghị định 2","article":{"vi":"Điều 9","en":"Article 9"}}')::text AS body FROM rule_pack WHERE pack_id = 'TEST') b
 WHERE pack_id = 'TEST';
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE khoacu_server;
SELECT is((do_appeal_lodge(1, 41, 'written', 'a reason long enough', NULL)).basis, 'Nghị định 2', 'what the pack says of appeals comes before what its sources are about');
SELECT is(appeal_article(10) ->> 'vi', 'Điều 9', 'with its article');
SELECT is((do_appeal_lodge(1, 41, 'interview', 'a reason long enough', NULL)).outcome, 'no_remark', 'a part that is not marked again');
SELECT is((do_appeal_lodge(1, 41, 'written', 'a reason long enough', 3)).outcome, 'forbidden', 'an examiner lodges for nobody');
SELECT throws_ok($$INSERT INTO appeal SELECT a.* FROM appeal a$$, '42501', NULL, 'nor does the server without its function');
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE release SET published_at = now() - interval '3 d';
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE khoacu_server;
SELECT is((do_appeal_lodge(1, 41, 'written', 'a reason long enough', 2)).outcome, 'lodged', 'in time it is taken');
SELECT is((do_appeal_lodge(2, 41, 'written', 'another reason, later', NULL)).outcome, 'exists', 'once');
SELECT is((do_appeal_verdict(1, 2, 'accepted', 'ok')).outcome, 'same_person', 'who lodged does not accept');
SELECT is(do_appeal_withdraw(1, 42), 'no_appeal', 'nobody else takes it back');
RESET ROLE;
SELECT throws_ok($$INSERT INTO marking_assignment VALUES (90, 6, 6)$$, '23514', NULL, 'nobody marks again before it is accepted');
SET LOCAL ROLE khoacu_server;
SELECT is((do_appeal_verdict(1, 1, 'accepted', 'ok')).draws, 2, 'accepted: two are drawn');
SELECT is(do_appeal_withdraw(1, 41), 'begun', 'too late to take back');
RESET ROLE;
SELECT is((SELECT array_agg(marker_id ORDER BY marker_id) FROM marking_assignment WHERE blind_id = 90 AND marking_round > 5), '{6,7}'::bigint[],
          'neither who marked it nor who handled it');
SELECT throws_ok(format('INSERT INTO marking_assignment VALUES (90, 8, %s)', n), NULL, NULL, format('%s does not mark it again by any hand', n)) FROM unnest('{3,4,5,1}'::int[]) n;
SELECT throws_ok($$INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES (90, 1, 2, 3, 'awarded', 90, now())$$, '23514', NULL, 'first marks stay frozen');
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$SELECT code FROM appeal_code$$, '42501', NULL, 'no role reads fresh codes');
RESET ROLE;
SELECT code FROM appeal_code WHERE blind_id = 90 \gset
SET LOCAL ROLE khoacu_server;
SELECT is((script_task(:code, 6)).blind_id, 90::bigint, 'a re-marker has the script by its fresh code');
SELECT is((script_task(n, 6)).blind_id, NULL, 'and by no other') FROM unnest('{90,91}'::bigint[]) n;
SELECT is((script_task(:code, 3)).blind_id, NULL, 'who marked it first has nothing by the fresh code');
SELECT is((script_task(90, 3)).blind_id, 90::bigint, 'but by the old one');
SELECT is((appeal_show(1)::jsonb #> '{scripts,0,marks}')::text, '[]', 'first marks are covered while marks are missing');
SELECT is(do_appeal_call(90, 'settled', 'change', 0), 'refused', 'nothing is settled before both are final');
SELECT lives_ok($$INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) SELECT 90, marking_round, 1, marker_id, 'awarded', 60, now() FROM marking_assignment WHERE blind_id = 90 AND marking_round > 5$$, 're-markers mark after the freeze');
RESET ROLE;
INSERT INTO mark_final VALUES (90, 6, 1, now()), (90, 7, 1, now());
SET LOCAL ROLE khoacu_server;
SELECT is(do_appeal_call(90, 'settled', 'change', 12), 'called', 'a program that says it is settled');
SELECT is((do_appeal_propose(1, 1, 'a reason long enough', 77, '{90}', '{60}', '{last_replaces}', '{"{}"}')).outcome, 'no_minutes', 'changes no mark by twelve without minutes');
SELECT is((do_appeal_propose(1, 1, 'a reason long enough', 77, '{90}', '{53}', '{last_replaces}', '{"{}"}')).outcome, 'no_minutes', 'nor by five across the pass line');
SELECT is((do_appeal_propose(1, 1, 'a reason long enough', 77, '{90}', '{51}', '{last_replaces}', '{"{}"}')).outcome, 'outside', 'nor to what nobody gave');
SELECT is(do_appeal_call(90, 'dialogue', 'change', 12), 'called', 'the dialogue is called for');
SELECT is((do_appeal_word(n, 'dialogue', 5, 'agreed', 60, 'minutes')).outcome, 'not_yours', 'a stranger signs nothing') FROM unnest(ARRAY[90, :code]) n;
SELECT is((do_appeal_word(90, 'dialogue', 6, 'agreed', 60, 'minutes')).outcome, 'not_yours', 'nor a re-marker by the old code');
SELECT is((do_appeal_word(n.code, 'dialogue', n.id, 'agreed', 60, 'minutes')).outcome, 'taken', format('%s signs', n.id))
  FROM unnest('{3,4,6}'::bigint[], ARRAY[90, 90, :code]) AS n (id, code);
SELECT is(do_appeal_call(90, 'settled', 'change', 12), 'called', 'one signature short');
SELECT is((do_appeal_propose(1, 1, 'a reason long enough', 77, '{90}', '{60}', '{agreed}', '{"{}"}')).outcome, 'no_minutes', 'is not signed');
SELECT is(do_appeal_call(90, 'minutes', 'change', 12), 'called', 'so it waits');
SELECT is((do_appeal_word(:code, 'dialogue', 7, 'agreed', 60, 'minutes')).outcome, 'taken', 'the last one signs');
SELECT is(do_appeal_call(90, 'settled', 'change', 12), 'called', 'now it is settled');
SELECT is((do_appeal_propose(1, 3, 'a reason long enough', 77, '{90}', '{60}', '{agreed}', '{"{}"}')).outcome, 'forbidden', 'an examiner proposes nothing');
SELECT is((do_appeal_propose(1, 1, 'a reason long enough', 77, '{90}', '{60}', '{agreed}', '{"{}"}')).outcome, 'recorded', 'an officer does');
SELECT is((do_appeal_decide(1, 8, 'approved', 'ok')).outcome, 'no_preview', 'nobody signs before the effect was seen');
RESET ROLE;
INSERT INTO ranking_trial VALUES (77, 10, 'TEST', 1, 'x', 1, now(), 'e', '{}', sha256('{}'), 0, 0);
SELECT throws_ok($$INSERT INTO script_settlement VALUES (90, 2, 'appeal', 'awarded', 60, 'agreed', '[]', 8, now())$$, '23514', NULL, 'no mark before the decision, not by the owner');
SET LOCAL ROLE khoacu_server;
SELECT is((do_appeal_decide(1, 1, 'approved', 'ok')).outcome, 'same_person', 'nobody approves what he proposed');
SELECT is((do_appeal_decide(1, 2, 'approved', 'ok')).outcome, 'forbidden', 'the chair alone signs');
SELECT is((do_appeal_decide(1, 8, 'approved', 'ok')).after, 60::numeric, 'the chair signs');
SELECT is((do_appeal_decide(1, 8, 'approved', 'ok')).outcome, 'decided', 'once');
SELECT throws_ok($$INSERT INTO script_settlement VALUES (90, 3, 'appeal', 'awarded', 100, 'mean', '[]', 8, now())$$, '42501', NULL, 'the server writes no settlement');
SELECT throws_ok($$SELECT blind_id FROM appeal_script$$, '42501', NULL, 'nor reads whose script it is');
SELECT is((do_appeal_extend(10, 2, 3, 'a reason long enough')).outcome, 'forbidden', 'the chair alone extends');
SELECT is((do_appeal_extend(10, 8, 15, 'a reason long enough')).outcome, 'extended', 'by fifteen days');
SELECT is((do_appeal_extend(10, 8, 1, 'a reason long enough')).outcome, 'too_long', 'and no more');
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO script_settlement VALUES (90, 3, 'appeal', 'awarded', 100, 'mean', '[]', 8, now())$$, '42501', NULL, 'nor the worker');
SELECT throws_ok($$INSERT INTO appeal_decision VALUES (1, 1, 'x', 8, now())$$, '42501', NULL, 'nor decides');
RESET ROLE;
SELECT is((SELECT value FROM script_settlement WHERE blind_id = 90 ORDER BY revision DESC LIMIT 1), 60::numeric, 'the mark counts');
SELECT throws_ok($$INSERT INTO script_settlement VALUES (90, 3, 'appeal', 'awarded', 100, 'mean', '[]', 8, now())$$, '23514', NULL, 'and no other after it');
SELECT throws_ok($$INSERT INTO appeal_extension VALUES (10, 2, 1, 'a reason long enough', 8, now())$$, '23514', NULL, 'days are bounded by the table');
SELECT throws_ok(format('UPDATE %I SET %I = %I', t.name, t.col, t.col), '23514', NULL, format('nobody changes %s', t.name))
  FROM (VALUES ('appeal', 'reason'), ('appeal_script', 'appeal_id'), ('appeal_code', 'code'), ('appeal_act', 'reason'), ('appeal_call', 'gap'), ('appeal_word', 'words'),
               ('appeal_proposal', 'reason'), ('appeal_proposal_mark', 'value'), ('appeal_decision', 'reason'), ('appeal_extension', 'days')) AS t (name, col);

-- Of one question of ten points in a part of 100: ten points of the part are one of the question.
SELECT is(appeal_change_act(10, 'written', 10, false, v.before, v.after), v.act, format('a question of 10: %s and %s', v.before, v.after))
  FROM (VALUES (5, 5.99, 'last_replaces'), (5, 6, 'dialogue'), (8, 3, 'dialogue')) AS v (before, after, act);

-- Where a mark must be above the line, the line itself fails.
SELECT is(appeal_change_act(10, 'written', 100, true, 50, 55), 'last_replaces', 'from 50: 50 passes, as 55 does');
SET LOCAL session_replication_role = replica;
UPDATE rule_pack SET body = b.body, sha256 = sha256(convert_to(b.body, 'UTF8'))
  FROM (SELECT jsonb_set(r.body::jsonb, '{stages,0,gates,0}', '{"code":"G","on":"W","op":"gt","value":"50.00"}')::text AS body FROM rule_pack r WHERE r.pack_id = 'TEST') b
 WHERE pack_id = 'TEST';
SELECT is(appeal_change_act(10, 'written', 100, true, v.before, v.after), v.act, format('above 50: %s and %s', v.before, v.after))
  FROM (VALUES (50, 55, 'dialogue'), (50.01, 55.01, 'last_replaces'), (50, 54.99, 'last_replaces'), (55, 50, 'dialogue')) AS v (before, after, act);
UPDATE rule_pack SET body = b.body, sha256 = sha256(convert_to(b.body, 'UTF8'))
  FROM (SELECT jsonb_set(r.body::jsonb, '{stages,0,gates,0}', '{"code":"G","on":"W","op":"gt","share":"0.50"}')::text AS body FROM rule_pack r WHERE r.pack_id = 'TEST') b
 WHERE pack_id = 'TEST';
SELECT is(appeal_change_act(10, 'written', 60, true, 30, 35), 'dialogue', 'and of a share of the scale');
SET LOCAL session_replication_role = origin;

SELECT * FROM finish();
ROLLBACK;
