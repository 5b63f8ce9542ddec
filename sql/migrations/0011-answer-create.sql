-- Answers of every kind of item, files that candidates send, and points beside counts.
ALTER TABLE khoacu.response DROP CONSTRAINT response_choice_check;
ALTER TABLE khoacu.response ADD COLUMN answer text;
ALTER TABLE khoacu.response ADD CONSTRAINT response_choice_or_answer
  CHECK (choice BETWEEN 0 AND 250 AND (answer IS NULL OR (choice = 0 AND octet_length(answer) <= 131072)));
COMMENT ON COLUMN khoacu.response.choice IS 'Canonical mark of an item with one choice, 1 = first; 0 = nothing chosen, or an answer';
COMMENT ON COLUMN khoacu.response.answer IS 'Of every other kind: JSON as form/answer.h says; null: nothing';

CREATE TABLE khoacu.response_file (
  room_id     bigint NOT NULL,
  sitting_id  bigint NOT NULL,
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  type        text NOT NULL CHECK (length(type) BETWEEN 3 AND 100),
  bytes       bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 20971520),
  received_at timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id, sha256),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting
);
COMMENT ON TABLE khoacu.response_file IS 'Files that candidates sent, append-only; an answer names the one that counts';
COMMENT ON COLUMN khoacu.response_file.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.response_file.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.response_file.sha256 IS 'Of its bytes';
COMMENT ON COLUMN khoacu.response_file.type IS 'Media type, found in the bytes';
COMMENT ON COLUMN khoacu.response_file.bytes IS 'The file';
COMMENT ON COLUMN khoacu.response_file.received_at IS 'When it was here';

ALTER TABLE khoacu.sitting_score ADD COLUMN points_e7 bigint, ADD COLUMN points_max_e7 bigint, ADD COLUMN item_points_e7 bigint[];
ALTER TABLE khoacu.sitting_score ADD CONSTRAINT sitting_score_points
  CHECK ((points_e7 IS NULL OR status = 'counted') AND (points_e7 IS NULL) = (points_max_e7 IS NULL)
         AND (points_e7 IS NULL) = (item_points_e7 IS NULL) AND cardinality(item_points_e7) = questions);
COMMENT ON COLUMN khoacu.sitting_score.points_e7 IS 'Sum of the points that a machine could give, in ten-millionths of a point; null: none counted, or scored before there were points';
COMMENT ON COLUMN khoacu.sitting_score.points_max_e7 IS 'What all items that a machine scores are worth, in ten-millionths';
COMMENT ON COLUMN khoacu.sitting_score.item_points_e7 IS 'By canonical position, in ten-millionths; null: a person has to mark it';

GRANT SELECT, INSERT ON khoacu.response_file TO khoacu_server;
GRANT SELECT ON khoacu.response_file TO khoacu_worker, khoacu_auditor;
GRANT SELECT ON khoacu.form_version_item TO khoacu_worker;

-- Replaced by one that takes answers too.
DROP FUNCTION IF EXISTS khoacu.do_sitting_responses_record(
  bigint[], bigint[], bigint[], integer[], smallint[], integer[], smallint[], boolean[], timestamptz[]);
