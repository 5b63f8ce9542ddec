-- Wrong keys and bad questions: a time in which candidates see key and answers and challenge a question, decisions by two
-- persons, versions of a form's key beside the sealed form, and both results of every sitting.
CREATE TABLE khoacu.key_review (
  review_id bigint PRIMARY KEY CHECK (review_id > 0),
  form_id   bigint NOT NULL REFERENCES khoacu.form,
  opens_at  timestamptz NOT NULL,
  closes_at timestamptz NOT NULL CHECK (closes_at > opens_at),
  reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  opened_by bigint NOT NULL REFERENCES khoacu.staff,
  opened_at timestamptz NOT NULL,
  UNIQUE (review_id, form_id)
);
COMMENT ON TABLE khoacu.key_review IS 'Times in which the candidates of a form may see its key and challenge a question';
COMMENT ON COLUMN khoacu.key_review.review_id IS 'Random id';
COMMENT ON COLUMN khoacu.key_review.form_id IS 'The form';
COMMENT ON COLUMN khoacu.key_review.opens_at IS 'From when on';
COMMENT ON COLUMN khoacu.key_review.closes_at IS 'Until when; the key stays visible afterwards';
COMMENT ON COLUMN khoacu.key_review.reason IS 'Why, and by which announcement';
COMMENT ON COLUMN khoacu.key_review.opened_by IS 'Who asked for it';
COMMENT ON COLUMN khoacu.key_review.opened_at IS 'When';
CREATE INDEX key_review_form ON khoacu.key_review (form_id);
COMMENT ON INDEX khoacu.key_review_form IS 'Serves rekey_reviews';

CREATE TABLE khoacu.key_review_verdict (
  review_id  bigint PRIMARY KEY REFERENCES khoacu.key_review,
  verdict    text NOT NULL CHECK (verdict IN ('released', 'refused')),
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.key_review_verdict IS 'The second person''s word: only then the key leaves the vault';
COMMENT ON COLUMN khoacu.key_review_verdict.review_id IS 'The review';
COMMENT ON COLUMN khoacu.key_review_verdict.verdict IS 'released or refused';
COMMENT ON COLUMN khoacu.key_review_verdict.reason IS 'Why';
COMMENT ON COLUMN khoacu.key_review_verdict.decided_by IS 'Who, another than the one who asked';
COMMENT ON COLUMN khoacu.key_review_verdict.decided_at IS 'When';

CREATE TABLE khoacu.key_proposal (
  proposal_id  bigint PRIMARY KEY CHECK (proposal_id > 0),
  review_id    bigint NOT NULL,
  form_id      bigint NOT NULL,
  base_version integer NOT NULL CHECK (base_version > 0),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  proposed_by  bigint NOT NULL REFERENCES khoacu.staff,
  proposed_at  timestamptz NOT NULL,
  FOREIGN KEY (review_id, form_id) REFERENCES khoacu.key_review (review_id, form_id)
);
COMMENT ON TABLE khoacu.key_proposal IS 'What one person proposes about questions of a form';
COMMENT ON COLUMN khoacu.key_proposal.proposal_id IS 'Random id';
COMMENT ON COLUMN khoacu.key_proposal.review_id IS 'The review';
COMMENT ON COLUMN khoacu.key_proposal.form_id IS 'Its form';
COMMENT ON COLUMN khoacu.key_proposal.base_version IS 'The version of the key that it changes';
COMMENT ON COLUMN khoacu.key_proposal.reason IS 'Why';
COMMENT ON COLUMN khoacu.key_proposal.proposed_by IS 'Who proposed it';
COMMENT ON COLUMN khoacu.key_proposal.proposed_at IS 'When';
CREATE INDEX key_proposal_review ON khoacu.key_proposal (review_id, proposed_at);
COMMENT ON INDEX khoacu.key_proposal_review IS 'Serves rekey_proposals';

CREATE TABLE khoacu.key_proposal_item (
  proposal_id bigint NOT NULL REFERENCES khoacu.key_proposal,
  position    smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  decision    text NOT NULL CHECK (decision IN ('stands', 'drop', 'all_right', 'several', 'new_key')),
  keys        text NOT NULL CHECK (octet_length(keys) <= 262144),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  PRIMARY KEY (proposal_id, position),
  CHECK ((decision IN ('several', 'new_key')) = (keys <> '[]'))
);
COMMENT ON TABLE khoacu.key_proposal_item IS 'What is proposed about each question';
COMMENT ON COLUMN khoacu.key_proposal_item.proposal_id IS 'The proposal';
COMMENT ON COLUMN khoacu.key_proposal_item.position IS 'Canonical position in the form';
COMMENT ON COLUMN khoacu.key_proposal_item.decision IS 'stands as it is; drop; all_right for everybody; several keys beside it; new_key in its place';
COMMENT ON COLUMN khoacu.key_proposal_item.keys IS 'Keys of several and new_key: a JSON array of key documents (item.h)';
COMMENT ON COLUMN khoacu.key_proposal_item.reason IS 'Why; candidates read it';

CREATE TABLE khoacu.key_preview (
  proposal_id bigint PRIMARY KEY REFERENCES khoacu.key_proposal,
  report      text NOT NULL CHECK (octet_length(report) <= 65536),
  computed_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.key_preview IS 'What a proposal would do, computed by the worker before the second person decides';
COMMENT ON COLUMN khoacu.key_preview.proposal_id IS 'The proposal';
COMMENT ON COLUMN khoacu.key_preview.report IS 'Totals, a JSON object (rekey.h)';
COMMENT ON COLUMN khoacu.key_preview.computed_at IS 'When';

CREATE TABLE khoacu.key_preview_row (
  proposal_id      bigint NOT NULL REFERENCES khoacu.key_proposal,
  candidate_id     bigint NOT NULL REFERENCES khoacu.candidate,
  correct_before   smallint CHECK (correct_before BETWEEN 0 AND 200),
  correct_after    smallint CHECK (correct_after BETWEEN 0 AND 200),
  passed_before    boolean NOT NULL,
  passed_after     boolean NOT NULL,
  outcome_before   text CHECK (length(outcome_before) <= 40),
  outcome_after    text CHECK (length(outcome_after) <= 40),
  rank_before      integer CHECK (rank_before > 0),
  rank_after       integer CHECK (rank_after > 0),
  PRIMARY KEY (proposal_id, candidate_id)
);
COMMENT ON TABLE khoacu.key_preview_row IS 'The preview, one row a candidate; no mark: sitting_score is untouched';
COMMENT ON COLUMN khoacu.key_preview_row.proposal_id IS 'The proposal';
COMMENT ON COLUMN khoacu.key_preview_row.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.key_preview_row.correct_before IS 'Right answers by the key as it is; null: not counted';
COMMENT ON COLUMN khoacu.key_preview_row.correct_after IS 'Right answers by the key as proposed';
COMMENT ON COLUMN khoacu.key_preview_row.passed_before IS 'Whether the stage is passed';
COMMENT ON COLUMN khoacu.key_preview_row.passed_after IS 'Whether it would be';
COMMENT ON COLUMN khoacu.key_preview_row.outcome_before IS 'Outcome on the list; null: there is no list yet';
COMMENT ON COLUMN khoacu.key_preview_row.outcome_after IS 'Outcome on the list that would follow';
COMMENT ON COLUMN khoacu.key_preview_row.rank_before IS 'Rank in the post; null: none';
COMMENT ON COLUMN khoacu.key_preview_row.rank_after IS 'Rank that would follow';

CREATE TABLE khoacu.key_verdict (
  proposal_id bigint PRIMARY KEY REFERENCES khoacu.key_proposal,
  verdict     text NOT NULL CHECK (verdict IN ('confirmed', 'refused')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by  bigint NOT NULL REFERENCES khoacu.staff,
  decided_at  timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.key_verdict IS 'The second person''s word on a proposal';
COMMENT ON COLUMN khoacu.key_verdict.proposal_id IS 'The proposal';
COMMENT ON COLUMN khoacu.key_verdict.verdict IS 'confirmed or refused';
COMMENT ON COLUMN khoacu.key_verdict.reason IS 'Why';
COMMENT ON COLUMN khoacu.key_verdict.decided_by IS 'Who, another than the one who proposed';
COMMENT ON COLUMN khoacu.key_verdict.decided_at IS 'When';

CREATE TABLE khoacu.form_key_version (
  form_id     bigint NOT NULL,
  version     integer NOT NULL CHECK (version > 0),
  review_id   bigint NOT NULL,
  proposal_id bigint UNIQUE REFERENCES khoacu.key_proposal,
  questions   smallint NOT NULL CHECK (questions BETWEEN 1 AND 200),
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (form_id, version),
  FOREIGN KEY (review_id, form_id) REFERENCES khoacu.key_review (review_id, form_id),
  CHECK ((version = 1) = (proposal_id IS NULL))
);
COMMENT ON TABLE khoacu.form_key_version IS 'Released keys of forms: 1 is the sealed key, each correction is the next; the sealed form stays as it is';
COMMENT ON COLUMN khoacu.form_key_version.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_key_version.version IS '1, 2, …; the newest counts';
COMMENT ON COLUMN khoacu.form_key_version.review_id IS 'The review under which it was released or corrected';
COMMENT ON COLUMN khoacu.form_key_version.proposal_id IS 'The confirmed proposal that made it; null: the sealed key';
COMMENT ON COLUMN khoacu.form_key_version.questions IS 'Questions that count by it';
COMMENT ON COLUMN khoacu.form_key_version.sha256 IS 'SHA-256 of everything that it says (rekey.h)';
COMMENT ON COLUMN khoacu.form_key_version.created_at IS 'When the worker wrote it';

CREATE TABLE khoacu.form_key_item (
  form_id  bigint NOT NULL,
  version  integer NOT NULL,
  position smallint NOT NULL,
  decision text NOT NULL CHECK (decision IN ('stands', 'drop', 'all_right', 'several', 'new_key')),
  keys     text NOT NULL CHECK (octet_length(keys) <= 1048576),
  shown    text NOT NULL CHECK (octet_length(shown) <= 1048576),
  PRIMARY KEY (form_id, version, position),
  FOREIGN KEY (form_id, version) REFERENCES khoacu.form_key_version,
  FOREIGN KEY (form_id, position) REFERENCES khoacu.form_position
);
COMMENT ON TABLE khoacu.form_key_item IS 'What a version of a key says about each question; written by the worker alone, after the release';
COMMENT ON COLUMN khoacu.form_key_item.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_key_item.version IS 'Version of its key';
COMMENT ON COLUMN khoacu.form_key_item.position IS 'Canonical position';
COMMENT ON COLUMN khoacu.form_key_item.decision IS 'What was decided about it up to this version';
COMMENT ON COLUMN khoacu.form_key_item.keys IS 'The keys of which each counts: a JSON array of key documents (item.h)';
COMMENT ON COLUMN khoacu.form_key_item.shown IS 'The right answers as they would stand in the log (form/answer.h): a JSON array';

CREATE TABLE khoacu.form_key_applied (
  form_id    bigint NOT NULL,
  version    integer NOT NULL,
  sittings   integer NOT NULL CHECK (sittings >= 0),
  statistics text NOT NULL CHECK (octet_length(statistics) <= 1048576),
  applied_at timestamptz NOT NULL,
  PRIMARY KEY (form_id, version),
  FOREIGN KEY (form_id, version) REFERENCES khoacu.form_key_version
);
COMMENT ON TABLE khoacu.form_key_applied IS 'Versions of keys by which every sitting of the form has been scored';
COMMENT ON COLUMN khoacu.form_key_applied.form_id IS 'The form';
COMMENT ON COLUMN khoacu.form_key_applied.version IS 'Version of its key';
COMMENT ON COLUMN khoacu.form_key_applied.sittings IS 'Counted sittings';
COMMENT ON COLUMN khoacu.form_key_applied.statistics IS 'Statistics of each question: a JSON array, for people to look at, never to decide by';
COMMENT ON COLUMN khoacu.form_key_applied.applied_at IS 'When the last room was done';

CREATE TABLE khoacu.key_challenge (
  challenge_id bigint PRIMARY KEY CHECK (challenge_id > 0),
  review_id    bigint NOT NULL REFERENCES khoacu.key_review,
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  position     smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  turn         smallint NOT NULL CHECK (turn BETWEEN 1 AND 5),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  source       text NOT NULL CHECK (length(source) BETWEEN 3 AND 500),
  filed_at     timestamptz NOT NULL,
  UNIQUE (review_id, candidate_id, position, turn)
);
COMMENT ON TABLE khoacu.key_challenge IS 'What candidates hold against a question or its key';
COMMENT ON COLUMN khoacu.key_challenge.challenge_id IS 'Random id';
COMMENT ON COLUMN khoacu.key_challenge.review_id IS 'The review';
COMMENT ON COLUMN khoacu.key_challenge.candidate_id IS 'Who';
COMMENT ON COLUMN khoacu.key_challenge.position IS 'Canonical position of the question';
COMMENT ON COLUMN khoacu.key_challenge.turn IS '1; a further one after the one before was withdrawn';
COMMENT ON COLUMN khoacu.key_challenge.reason IS 'Why';
COMMENT ON COLUMN khoacu.key_challenge.source IS 'Article, book, page';
COMMENT ON COLUMN khoacu.key_challenge.filed_at IS 'When';

CREATE TABLE khoacu.key_challenge_withdrawal (
  challenge_id bigint PRIMARY KEY REFERENCES khoacu.key_challenge,
  withdrawn_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.key_challenge_withdrawal IS 'Challenges that their candidates took back';
COMMENT ON COLUMN khoacu.key_challenge_withdrawal.challenge_id IS 'The challenge';
COMMENT ON COLUMN khoacu.key_challenge_withdrawal.withdrawn_at IS 'When';

-- A question that is right for everybody is right where nothing was answered too; one that is dropped has no points.
ALTER TABLE khoacu.sitting_score
  ADD COLUMN key_version integer NOT NULL DEFAULT 1 CHECK (key_version > 0),
  ADD COLUMN dropped smallint NOT NULL DEFAULT 0 CHECK (dropped BETWEEN 0 AND 199);
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT c.conname FROM pg_constraint c
               WHERE c.conrelid = 'khoacu.sitting_score'::regclass AND c.contype = 'c'
                 AND (pg_get_constraintdef(c.oid) LIKE '%correct <= answered%' OR c.conname = 'sitting_score_points') LOOP
    EXECUTE format('ALTER TABLE khoacu.sitting_score DROP CONSTRAINT %I', name);
  END LOOP;
END
$$;
ALTER TABLE khoacu.sitting_score
  ADD CONSTRAINT sitting_score_counts
    CHECK (correct <= questions AND answered <= questions AND (key_version > 1 OR correct <= answered)),
  ADD CONSTRAINT sitting_score_points
    CHECK ((points_e7 IS NULL OR status = 'counted') AND (points_e7 IS NULL) = (points_max_e7 IS NULL)
           AND (points_e7 IS NULL) = (item_points_e7 IS NULL) AND cardinality(item_points_e7) = questions + dropped);
COMMENT ON COLUMN khoacu.sitting_score.questions IS 'Questions that count: those of the form without the dropped ones';
COMMENT ON COLUMN khoacu.sitting_score.key_version IS 'Version of the form''s key by which it was scored; 1: the sealed key';
COMMENT ON COLUMN khoacu.sitting_score.dropped IS 'Questions of the form that were dropped';
COMMENT ON COLUMN khoacu.sitting_score.item_points_e7 IS 'By canonical position, in ten-millionths; null: a person has to mark it, or it was dropped';

GRANT SELECT ON khoacu.key_review, khoacu.key_review_verdict, khoacu.key_proposal, khoacu.key_proposal_item, khoacu.key_preview,
  khoacu.key_preview_row, khoacu.key_verdict, khoacu.form_key_version, khoacu.form_key_item, khoacu.form_key_applied, khoacu.key_challenge,
  khoacu.key_challenge_withdrawal TO khoacu_server, khoacu_worker, khoacu_auditor;
GRANT INSERT ON khoacu.key_review, khoacu.key_review_verdict, khoacu.key_proposal, khoacu.key_proposal_item, khoacu.key_verdict,
  khoacu.key_challenge, khoacu.key_challenge_withdrawal TO khoacu_server;
GRANT INSERT ON khoacu.key_preview, khoacu.key_preview_row, khoacu.form_key_version, khoacu.form_key_item, khoacu.form_key_applied TO khoacu_worker;
