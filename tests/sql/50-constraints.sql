-- Constraints refuse what no program should write. One row: what it is, the statement, the SQLSTATE.
BEGIN;
SELECT * FROM no_plan();
\ir fixture.sql

CREATE TEMP TABLE refusal (what text, statement text, state text);
INSERT INTO refusal VALUES
  ('an audit event whose hash is not that of its payload',
   $$INSERT INTO audit_event VALUES (1, now(), 'system', 'cycle.create', 'cycle:1', NULL, '{}', sha256('other'))$$, '23514'),
  ('an audit event by an unknown kind of actor',
   $$INSERT INTO audit_event VALUES (1, now(), 'root', 'cycle.create', 'cycle:1', NULL, '{}', sha256('{}'))$$, '23514'),
  ('an audit event with an id of zero',
   $$INSERT INTO audit_event VALUES (0, now(), 'system', 'cycle.create', 'cycle:1', NULL, '{}', sha256('{}'))$$, '23514'),
  ('a password that is not hashed',
   $$INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (9, 'x.y', 'X', 'secret')$$, '23514'),
  ('a login name with a capital', $$INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (9, 'Xy', 'X', '$scrypt$')$$, '23514'),
  ('a login name twice', $$INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (9, 'hr.one', 'X', '$scrypt$')$$, '23505'),
  ('an unknown role', $$INSERT INTO staff_role VALUES (1, 'king')$$, '23514'),
  ('a login of nobody', $$INSERT INTO login VALUES (sha256('a'), NULL, NULL, now(), now(), now())$$, '23514'),
  ('a login of two', $$INSERT INTO login VALUES (sha256('a'), 1, 41, now(), now(), now())$$, '23514'),
  ('a token that is stored itself', $$INSERT INTO login VALUES ('token', 1, NULL, now(), now(), now())$$, '23514'),
  ('a rule pack whose hash is wrong', $$INSERT INTO rule_pack VALUES ('X1', 1, '{}', sha256('x'))$$, '23514'),
  ('marks of round 2 that do not make 100', $$UPDATE cycle SET written_max = 60$$, '23514'),
  ('an unknown rule pack', $$UPDATE cycle SET pack_version = 2$$, '23503'),
  ('a roll number twice in a cycle',
   $$INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids) VALUES (44, 10, 'T-41', 'X', '2000-01-01', 30, '{20}')$$, '23505'),
  ('a candidate without an agency', $$UPDATE candidate SET agency_ids = '{}'$$, '23514'),
  ('a candidate born in another century', $$UPDATE candidate SET birth_date = '1899-01-01'$$, '23514'),
  ('an access code that is no HMAC', $$UPDATE candidate SET access_code_hmac = 'code'$$, '23514'),
  ('a negative quota', $$UPDATE post_quota SET quota = -1$$, '23514'),
  ('a key that is not wrapped', $$INSERT INTO bank_data_key (bank_id, generation, wrapped) VALUES (50, 1, sha256('key'))$$, '23514'),
  ('a text that is too short for ciphertext', $$INSERT INTO item_text VALUES (51, 1, 1, 'plain', 'plain')$$, '23514'),
  ('a second key of an item', $$INSERT INTO item_key VALUES (51, 1, 1, sha256('key'))$$, '23505'),
  ('an owner of a branch', $$INSERT INTO bank_member VALUES (50, 1, 'law', 8)$$, '23514'),
  ('an item of no sealed version in a form', $$INSERT INTO form_position VALUES (60, 3, 51, 1)$$, '23514'),
  ('a version that does not exist', $$INSERT INTO form_position VALUES (60, 3, 53, 2)$$, '23514'),
  ('a short seed', $$UPDATE form SET seed = 'short'$$, '23514'),
  ('a shift that ends before it begins', $$UPDATE shift SET ends_at = starts_at$$, '23514'),
  ('a candidate twice in a room', $$INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat) VALUES (71, 99, 70, 41, 9)$$, '23505'),
  ('a seat twice in a room', $$UPDATE sitting SET seat = 1 WHERE sitting_id = 82$$, '23505'),
  ('a sitting that is open and never began', $$UPDATE sitting SET state = 'open' WHERE sitting_id = 82$$, '23514'),
  ('a sitting that is submitted and never ended', $$UPDATE sitting SET state = 'submitted' WHERE sitting_id = 81$$, '23514'),
  ('a sitting that began and was assigned only', $$UPDATE sitting SET state = 'assigned' WHERE sitting_id = 81$$, '23514'),
  ('an absentee who began', $$UPDATE sitting SET state = 'absent', ended_at = now() WHERE sitting_id = 81$$, '23514'),
  ('an answer with the number zero', $$INSERT INTO response VALUES (71, 81, now(), 0, 1, 1, false)$$, '23514'),
  ('an answer beyond the last mark', $$INSERT INTO response VALUES (71, 81, now(), 1, 1, 251, false)$$, '23514'),
  ('a choice and an answer at once', $$INSERT INTO response VALUES (71, 81, now(), 1, 1, 1, false, '[1]')$$, '23514'),
  ('a file without bytes', $$INSERT INTO response_file VALUES (71, 81, sha256('a'), 'application/pdf', '', now())$$, '23514'),
  ('an answer beyond the last position', $$INSERT INTO response VALUES (71, 81, now(), 1, 201, 1, false)$$, '23514'),
  ('a receipt of no sitting', $$INSERT INTO receipt VALUES (71, 99, sha256('a'), 0, '0000-0000-0000', now())$$, '23503'),
  ('a receipt code of another shape', $$INSERT INTO receipt VALUES (71, 81, sha256('a'), 0, 'abc', now())$$, '23514'),
  ('a script of a third kind', $$INSERT INTO script VALUES (91, 10, 'oral', 100, 1)$$, '23514'),
  ('a candidate with two scripts of a kind', $$INSERT INTO script VALUES (91, 10, 'written', 100, 1); INSERT INTO script_identity VALUES (91, 41, 'written')$$, '23505'),
  ('a marker who marks a script twice', $$INSERT INTO marking_assignment VALUES (90, 2, 3)$$, '23505'),
  ('a mark of nobody''s assignment', $$INSERT INTO mark VALUES (90, 2, 1, 3, 'awarded', 50, NULL, now())$$, '23514'),
  ('an awarded mark without a value', $$INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', NULL, NULL, now())$$, '23514'),
  ('an absence with a value', $$INSERT INTO mark VALUES (90, 1, 1, 3, 'absent', 0, NULL, now())$$, '23514'),
  ('a negative mark', $$INSERT INTO mark VALUES (90, 1, 1, 3, 'awarded', -1, NULL, now())$$, '23514'),
  ('a count without a counted score', $$INSERT INTO sitting_score VALUES (41, 1, 81, 'counted', NULL, 0, 2, now())$$, '23514'),
  ('more right answers than answers', $$INSERT INTO sitting_score VALUES (41, 1, 81, 'counted', 2, 1, 2, now())$$, '23514'),
  ('more answers than questions', $$INSERT INTO sitting_score VALUES (41, 1, 81, 'counted', 2, 3, 2, now())$$, '23514');

SELECT throws_ok(statement, state::char(5), NULL, 'refused: ' || what) FROM refusal;

SELECT * FROM finish();
ROLLBACK;
