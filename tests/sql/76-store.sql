-- Decisions come with their run or not at all, and belong to its cycle; what they name stays.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
INSERT INTO marks_freeze (cycle_id, frozen_at, frozen_by, sha256) VALUES (10, now(), 1, sha256('x'));
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, created_by)
VALUES (11, 'TEST-2', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'TEST', 1, 100, 0, 1);
INSERT INTO agency (agency_id, cycle_id, code, name) VALUES (21, 11, 'A', 'Agency'), (22, 10, 'B', 'Without a decision');
INSERT INTO post (post_id, cycle_id, code, title) VALUES (31, 11, 'P', 'Post'), (32, 10, 'Q', 'Post');
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids) VALUES (44, 11, 'T-44', 'Candidate 44', '2000-01-01', 31, '{21}');
CREATE FUNCTION pg_temp.run(p_id bigint, p_number integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO khoacu.ranking_run (run_id, cycle_id, version, release_version, cause, computed_by, computed_at, engine, posts, ties, bundle,
                                  bundle_sha256, candidates, selected, unresolved)
  VALUES (p_id, 10, p_number, 1, 'cause', 1, now(), 'khoacu-rank/1', '[]', '[]', '{}', sha256('{}'), 3, 1, 0)
$$;
CREATE FUNCTION pg_temp.store(p_run bigint, p_candidate bigint, p_post bigint DEFAULT 30, p_agency bigint DEFAULT 0, p_rank bigint DEFAULT 0) RETURNS void LANGUAGE sql AS $$
  SELECT do_result_decisions_store(p_run, ARRAY[p_candidate], ARRAY[p_post], '{failed}', ARRAY[p_rank], '{5750}', '{250}', '{""}', ARRAY[p_agency], '{gate}', '{[]}', '{""}', '{""}')
$$;
GRANT USAGE ON SCHEMA tap TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server, khoacu_worker;

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$SELECT pg_temp.store(100, 41)$$, '42501', NULL, 'the server stores no decision');
SET LOCAL ROLE khoacu_worker;
SELECT throws_ok($$INSERT INTO decision (run_id, candidate_id, post_id, outcome, priority, reason, derivation) VALUES (100, 41, 30, 'failed', 0, 'gate', '[]')$$,
                 '42501', NULL, 'nor does the worker past the function');
SELECT throws_ok($$SELECT pg_temp.store(100, 41)$$, '23514', NULL, 'no decision without its run');
SELECT lives_ok($$SELECT pg_temp.run(99, 1)$$, 'a run of another transaction (here of one within this)');
SELECT throws_ok($$SELECT pg_temp.store(99, 41)$$, '23514', NULL, 'gets no decision');
SELECT pg_temp.run(100, 2);
SELECT throws_ok($$SELECT pg_temp.store(100, 49)$$, '23503', NULL, 'nobody who is not there');
SELECT throws_ok($$SELECT pg_temp.store(100, 44, 31)$$, '23503', NULL, 'nobody of another cycle');
SELECT throws_ok($$SELECT pg_temp.store(100, 41, 32)$$, '23503', NULL, 'nobody in a post for which she does not stand');
SELECT throws_ok($$SELECT pg_temp.store(100, 41, 30, 21, 1)$$, '23503', NULL, 'no agency of another cycle');
SELECT throws_ok($$SELECT pg_temp.store(100, 41, 30, 29, 1)$$, '23503', NULL, 'no agency that is not there');
SELECT throws_ok($$SELECT do_result_decisions_store(100, '{41,49}', '{30,30}', '{failed,failed}', '{0,0}', '{0,0}', '{0,0}', '{"",""}', '{0,0}', '{gate,gate}', '{[],[]}',
                                                    '{"",""}', '{"",""}')$$, '23503', NULL, 'nor the others beside one of these');
SELECT is((SELECT count(*) FROM decision), 0::bigint, 'none of which leaves a row');
SELECT pg_temp.store(100, 41, 30, 20, 1), pg_temp.store(100, 42);
SELECT throws_ok($$SELECT pg_temp.store(100, 41)$$, '23505', NULL, 'one decision a candidate');
SELECT is((SELECT (rank, raw, priority, total, agency_id, priority_class)::text FROM decision WHERE candidate_id = 41), '(1,57.50,2.50,60.00,20,)', 'marks are hundredths');
SELECT is((SELECT (rank, raw, priority, total, agency_id, opening)::text FROM decision WHERE candidate_id = 42), '(,,2.50,,,)', 'without a rank there is no total');
RESET ROLE;

-- What foreign keys said to an owner, without those that other tables have.
DO $$
DECLARE k record;
BEGIN
  FOR k IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
            WHERE contype = 'f' AND confrelid IN ('ranking_run'::regclass, 'candidate'::regclass, 'post'::regclass, 'agency'::regclass) LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.of, k.conname);
  END LOOP;
END
$$;
SELECT throws_ok($$DELETE FROM ranking_run WHERE run_id = 100$$, '23503', NULL, 'a run with decisions stays');
SELECT throws_ok($$UPDATE ranking_run SET run_id = 101 WHERE run_id = 100$$, '23503', NULL, 'under its id');
SELECT throws_ok($$DELETE FROM candidate WHERE candidate_id = 41$$, '23503', NULL, 'a candidate on whom was decided stays');
SELECT throws_ok($$UPDATE candidate SET candidate_id = 48 WHERE candidate_id = 41$$, '23503', NULL, 'under her id');
SELECT throws_ok($$DELETE FROM post WHERE post_id = 30$$, '23503', NULL, 'her post stays');
SELECT throws_ok($$DELETE FROM agency WHERE agency_id = 20$$, '23503', NULL, 'her agency stays');
SELECT lives_ok($$DELETE FROM agency WHERE agency_id = 22$$, 'what no decision names may go');
SELECT lives_ok($$UPDATE candidate SET full_name = 'Another Name' WHERE candidate_id = 41$$, 'and what is no id may be corrected');
SELECT * FROM finish();
ROLLBACK;
