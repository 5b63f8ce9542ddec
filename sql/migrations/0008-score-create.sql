-- Scores of round 1, and the jobs of the worker.
CREATE TABLE khoacu.sitting_score (
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  revision     integer NOT NULL CHECK (revision > 0),
  sitting_id   bigint NOT NULL,
  status       text NOT NULL CHECK (status IN ('counted', 'absent', 'suspended', 'exempt', 'void')),
  correct      smallint CHECK (correct BETWEEN 0 AND 200),
  answered     smallint CHECK (answered BETWEEN 0 AND 200),
  questions    smallint NOT NULL CHECK (questions BETWEEN 1 AND 200),
  scored_at    timestamptz NOT NULL,
  PRIMARY KEY (candidate_id, revision),
  CHECK ((status = 'counted') = (correct IS NOT NULL)),
  CHECK (correct <= answered AND answered <= questions)
);
COMMENT ON TABLE khoacu.sitting_score IS 'Raw scores of round 1, append-only; the highest revision counts';
COMMENT ON COLUMN khoacu.sitting_score.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.sitting_score.revision IS '1, 2, … each a whole re-score';
COMMENT ON COLUMN khoacu.sitting_score.sitting_id IS 'The sitting that was scored';
COMMENT ON COLUMN khoacu.sitting_score.status IS 'counted, or why there is no count';
COMMENT ON COLUMN khoacu.sitting_score.correct IS 'Right answers';
COMMENT ON COLUMN khoacu.sitting_score.answered IS 'Answers';
COMMENT ON COLUMN khoacu.sitting_score.questions IS 'Questions of the form';
COMMENT ON COLUMN khoacu.sitting_score.scored_at IS 'When it was scored';

CREATE TABLE khoacu.job (
  job_id      bigint PRIMARY KEY CHECK (job_id > 0),
  kind        text NOT NULL CHECK (kind IN ('shift_close', 'round2_open', 'ranking_run', 'form_assemble')),
  cycle_id    bigint REFERENCES khoacu.cycle,
  subject_id  bigint NOT NULL,
  requested_by bigint NOT NULL REFERENCES khoacu.staff,
  requested_at timestamptz NOT NULL,
  arguments   text NOT NULL CHECK (length(arguments) <= 65000),
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  attempts    smallint NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 1000),
  done_count  integer NOT NULL DEFAULT 0,
  total_count integer NOT NULL DEFAULT 0,
  message     text NOT NULL DEFAULT '' CHECK (length(message) <= 500),
  started_at  timestamptz,
  finished_at timestamptz
);
COMMENT ON TABLE khoacu.job IS 'Long work for the worker: waiting -> running -> done | failed';
COMMENT ON COLUMN khoacu.job.job_id IS 'Random id';
COMMENT ON COLUMN khoacu.job.kind IS 'What is to be done';
COMMENT ON COLUMN khoacu.job.cycle_id IS 'The cycle; null: of no cycle';
COMMENT ON COLUMN khoacu.job.subject_id IS 'Shift, cycle, run or assembly that it works on';
COMMENT ON COLUMN khoacu.job.requested_by IS 'Who asked for it';
COMMENT ON COLUMN khoacu.job.requested_at IS 'When';
COMMENT ON COLUMN khoacu.job.arguments IS 'Canonical JSON';
COMMENT ON COLUMN khoacu.job.state IS 'Where it stands';
COMMENT ON COLUMN khoacu.job.attempts IS 'How often a worker took it';
COMMENT ON COLUMN khoacu.job.done_count IS 'Steps done';
COMMENT ON COLUMN khoacu.job.total_count IS 'Steps in all';
COMMENT ON COLUMN khoacu.job.message IS 'Stable key of what went wrong, or empty';
COMMENT ON COLUMN khoacu.job.started_at IS 'When a worker took it';
COMMENT ON COLUMN khoacu.job.finished_at IS 'When it ended';
CREATE INDEX job_waiting ON khoacu.job (requested_at) WHERE state IN ('waiting', 'running');
COMMENT ON INDEX khoacu.job_waiting IS 'Serves score_job_take';

GRANT SELECT, INSERT ON khoacu.sitting_score TO khoacu_worker;
GRANT SELECT ON khoacu.sitting_score TO khoacu_server, khoacu_auditor;
GRANT SELECT, INSERT ON khoacu.job TO khoacu_server, khoacu_worker;
GRANT UPDATE (state, attempts, done_count, total_count, message, started_at, finished_at) ON khoacu.job TO khoacu_worker;
GRANT SELECT ON khoacu.job TO khoacu_auditor;
