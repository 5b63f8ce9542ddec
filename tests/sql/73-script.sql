-- What an examiner has before her: nobody gets round the functions, a final mark stays, a mark is the sum of its criteria.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (4, 'marker.two', 'Marker Two', '$scrypt$x'), (5, 'chief', 'Chief', '$scrypt$x');
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step, question) VALUES (95, 10, 'written', 10, 0.5, 1), (96, 10, 'written', 10, 0.5, 1);
INSERT INTO script_identity (blind_id, candidate_id, component, question) VALUES (95, 42, 'written', 1), (96, 43, 'written', 1);
INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (95, 1, 3), (96, 1, 4);

-- Append-only, and written by functions alone.
SELECT ok(NOT has_any_column_privilege(r, 'khoacu.' || t, 'UPDATE') AND NOT has_table_privilege(r, 'khoacu.' || t, 'INSERT, UPDATE, DELETE, TRUNCATE'),
          format('%s writes %s through functions alone', r, t))
  FROM unnest('{script_page,rubric,rubric_criterion,script_sample,script_standard,script_trial,script_trial_mark,script_trial_final,script_release,script_annotation,script_report,script_report_decision,mark_final}'::text[]) AS t
 CROSS JOIN unnest('{khoacu_server,khoacu_worker,khoacu_auditor}'::text[]) AS r;
SELECT ok(NOT has_any_column_privilege('khoacu_server', 'khoacu.' || t, 'SELECT'), format('the server reads %s through functions alone', t))
  FROM unnest('{script_page,script_sample,script_trial,script_trial_mark,script_trial_final,script_annotation,script_report}'::text[]) AS t;
SELECT ok(NOT has_any_column_privilege(r, 'khoacu.script_page', 'SELECT'), format('%s reads no page, nor its hash', r)) FROM unnest('{khoacu_auditor,khoacu_worker}'::text[]) AS r;

SET LOCAL ROLE khoacu_worker;
SELECT is(do_script_texts_put(10, 'written', 1::smallint, 4::smallint, '{42,43,41}', '{1,1,1}', ARRAY['Nguye' || U&'\0302\0303' || 'n', 'b', 'c']), 2::bigint, 'texts go to the scripts of their candidates, and to no other');
SELECT throws_ok($$SELECT body FROM script_page$$, '42501', NULL, 'the worker does not read them back');
SELECT is((do_script_rubric_put(10, 'written', 1::smallint, 0, '', '', '{Ý,Lời}', '{"",""}', '{6,4}', '{0.5,1}', '{[],[]}', NULL, 'item')).outcome, 'kept', 'a guide is entered');
SELECT is((do_script_rubric_put(10, 'written', 1::smallint, 1, '', '', '{Ý}', '{""}', '{9}', '{0.5}', '{[]}', NULL, 'item')).outcome, 'sum', 'not one that does not add up');
SELECT is((do_script_rubric_put(10, 'written', 1::smallint, 1, '', '', '{Ý}', '{""}', '{10}', '{0.25}', '{[]}', NULL, 'item')).outcome, 'step', 'nor one with steps that the script has not');
SELECT is((do_script_rubric_put(10, 'written', 7::smallint, 0, '', '', '{Ý}', '{""}', '{10}', '{0.5}', '{[]}', NULL, 'item')).outcome, 'no_part', 'nor one of no question');
RESET ROLE;
SELECT is((SELECT body FROM script_page WHERE blind_id = 95), 'Nguy' || U&'\1EC5' || 'n', 'a page is in NFC');

SET LOCAL ROLE khoacu_server;
SELECT is((SELECT count(*) FROM script_pages(95, 3)), 1::bigint, 'an examiner reads her script');
SELECT is((SELECT count(*) FROM script_pages(95, 4)), 0::bigint, 'and nobody else''s');
SELECT is((do_marking_mark_put(95, 4, 0, 'awarded', 5, NULL, '{3,2}')).outcome, 'not_assigned', 'nor marks it');
SELECT is((do_script_annotation_put(95, 4, 1::smallint, 0, 1::smallint, '{0,2}', 'x')).outcome, 'not_assigned', 'nor remarks on it');
SELECT is((do_script_report_put(95, 4, 501, 'two_inks', 'x')).outcome, 'not_assigned', 'nor reports it');
SELECT is((do_marking_mark_put(95, 3, 0, 'awarded', 5, NULL, c)).outcome, o, format('%s: %s', c, o))
  FROM (VALUES ('{3.25,1.75}'::numeric[], 'criterion_step:1'), ('{6.5,0}', 'criterion_scale:1'), ('{3}', 'criteria_count'), ('{3,1}', 'criteria_sum'), (NULL, 'criteria_missing'), ('{3,NULL}', 'criteria_count')) AS v (c, o);
SELECT throws_ok($$INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at, criteria) VALUES (95, 1, 1, 3, 'awarded', 5, now(), '{5.5,0}')$$, '23514', NULL, 'not past the operation either');
SELECT is((do_script_final(95, 3, 1)).outcome, 'unmarked', 'nothing is final that is not marked');
SELECT is((do_marking_mark_put(95, 3, 0, 'awarded', 5, NULL, '{3,2}')).outcome, 'entered', 'a mark by its criteria');
SELECT is((do_script_rubric_put(10, 'written', 1::smallint, 1, '', '', '{Ý}', '{""}', '{10}', '{0.5}', '{[]}', 5, 'x')).outcome, 'frozen', 'from then on the guide stays');
SELECT is((do_script_annotation_put(95, 3, 1::smallint, 0, 1::smallint, p, 'x')).outcome, o, format('%s: %s', p, o))
  FROM (VALUES ('{0,7}'::integer[], 'off_page'), ('{2,2}', 'off_page'), ('{0,0,5,5}', 'no_page'), ('{0,6}', 'kept')) AS v (p, o);
SELECT is((do_script_final(95, 3, 2)).outcome, 'stale', 'only the last revision is declared');
SELECT is((do_script_final(95, 4, 1)).outcome, 'not_assigned', 'by nobody else');
SELECT is((do_script_final(95, 3, 1)).outcome, 'declared', 'a mark is declared final');
SELECT is((do_script_final(95, 3, 1)).outcome, 'repeated', 'once');
SELECT is((do_marking_mark_put(95, 3, 1, 'awarded', 6, NULL, '{4,2}')).outcome, 'final', 'and stays');
SELECT throws_ok($$INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at, criteria) VALUES (95, 1, 2, 3, 'awarded', 6, now(), '{4,2}')$$, '23514', NULL, 'also past the operation');
SELECT throws_ok($$INSERT INTO mark_final VALUES (95, 1, 1, now())$$, '42501', NULL, 'nobody declares by himself');
SELECT throws_ok($$SELECT do_script_texts_put(10, 'written', 1::smallint, 4::smallint, '{42}', '{2}', '{x}')$$, '42501', NULL, 'the server writes no pages');
SELECT is((SELECT count(*) FROM script_tasks(4) t WHERE t.value IS NOT NULL), 0::bigint, 'another''s mark is not in the list');
SELECT is(do_script_sample_put(10, 96, 'seed', 5, '{3,2}', 'x', 4), 'own', 'nobody sets the right mark of a script that she marks');
SELECT is(do_script_sample_put(10, 96, 'seed', 5, '{3,2}', 'x', 5), 'kept', 'the chief does');
SELECT is((do_script_standard_put(10, 'written', 1::smallint, 0, 0::smallint, 0::smallint, 1::smallint, 1, NULL, 2::smallint, 1::smallint, 0::smallint, 'x', 5)).outcome, 'kept', 'a standard is set');
SELECT is(do_script_release(10, 'written', 1::smallint, 3, 'x', 3), 'own', 'nobody releases herself');
SELECT is(do_script_release(10, 'written', 1::smallint, 3, 'x', 5), 'not_stopped', 'nor one who is not stopped');
SELECT is((do_script_report_put(96, 4, 502, 'two_inks', 'x')).outcome, 'kept', 'a report');
SELECT is((do_script_report_decide(502, 4, 'zero', 'x')).outcome, 'own', 'is not decided by who reported it');
SELECT is((do_script_report_decide(502, 5, 'zero', 'x')).outcome, 'kept', 'but by the head');
RESET ROLE;
SELECT is((SELECT value FROM script_settlement WHERE blind_id = 96), 0.00, 'zero counts');

SELECT * FROM finish();
ROLLBACK;
