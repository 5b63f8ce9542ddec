-- New access codes, as the server stores them; the folding of names; what the server cannot do to items.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql
GRANT USAGE ON SCHEMA tap TO khoacu_server;
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO khoacu_server;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO khoacu_server;

SELECT is(fold(given), folded, format('%s is found as %s', given, folded))
  FROM (VALUES ('Nguyễn Thị Ánh', 'nguyen thi anh'), ('ĐẶNG ĐỨC ƯỚC', 'dang duc uoc'), (normalize('Trần Hằng', NFD), 'tran hang'),
               ('Ỳ Ỹ ỷ ỵ ý', 'y y y y y'), ('Ằ Ẵ ẳ ặ ắ ầ ẫ ẩ ậ ấ', 'a a a a a a a a a a'), ('ề ễ ể ệ ế', 'e e e e e'),
               ('ồ ỗ ổ ộ ố ờ ỡ ở ợ ớ', 'o o o o o o o o o o'), ('ừ ữ ử ự ứ ũ', 'u u u u u u'), ('TC-0001', 'tc-0001'), ('', '')) AS v (given, folded);

SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$SELECT sealed FROM item_key$$, '42501', NULL, 'the server reads no key');
SELECT throws_ok($$UPDATE item SET code = 'X'$$, '42501', NULL, 'and renames no item');

-- Codes: 41 is signed in, 42 is not; 43 gets none.
INSERT INTO login (token_sha256, candidate_id, created_at, last_seen_at, expires_at) VALUES (sha256('a'), 41, now(), now(), now() + interval '1 hour'),
  (sha256('b'), 43, now(), now(), now() + interval '1 hour');
SELECT is(do_cycle_codes_store('{41,42}', ARRAY[encode(sha256('x'), 'hex'), encode(sha256('y'), 'hex')], now()), 2::bigint, 'two codes are stored');
SELECT is((SELECT array_agg(access_code_hmac = sha256('x') OR access_code_hmac = sha256('y') ORDER BY candidate_id) FROM candidate WHERE candidate_id IN (41, 42)),
          '{t,t}'::boolean[], 'as they were given');
SELECT is((SELECT array_agg(ended_at IS NOT NULL ORDER BY candidate_id) FROM login WHERE candidate_id IS NOT NULL), '{t,f}'::boolean[],
          'the log-in of the one is ended, that of a bystander is not');
SELECT is((SELECT array_agg(access_generation ORDER BY sitting_id) FROM sitting), '{2,1,1}'::integer[], 'and her saves alone are cut off');
SELECT is(do_cycle_codes_store('{}', '{}', now()), 0::bigint, 'no codes are no harm');
RESET ROLE;

-- Certificates: 44 has no seat; those of the fixture have one.
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids)
VALUES (44, 10, 'T-44', 'Candidate 44', '2000-01-01', 30, '{20}');
SET LOCAL ROLE khoacu_server;
SELECT throws_ok($$INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, questions, scored_at) VALUES (44, 1, 0, 'exempt', 60, now())$$, '42501', NULL,
                 'the server exempts nobody by itself');
SELECT is(do_cycle_credentials_store(10, '{T-44,T-41,T-99}', '{KD,KD,KD}', '{2026-01-02,2026-01-02,2026-01-02}', '{24,24,24}', '{-1,80,80}', '{a,b,c}', 60, 1, now()), 1::bigint,
          'a certificate is recorded for who has no seat, not for who has one or is nobody');
SELECT is((SELECT array_agg(row(k.candidate_id, k.mark, s.status, s.questions)::text) FROM credential k JOIN sitting_score s USING (candidate_id)), '{"(44,,exempt,60)"}'::text[],
          'and with it the exemption, of both or neither');
SELECT is(do_cycle_credentials_store(10, '{T-44}', '{KD}', '{2026-02-03}', '{24}', '{90}', '{d}', 60, 1, now()), 0::bigint, 'a second one changes nothing');
SELECT is((SELECT count(*) FROM sitting_score WHERE candidate_id = 44), 1::bigint, 'nor does it exempt twice');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
