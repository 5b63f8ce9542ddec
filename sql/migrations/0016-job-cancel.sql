-- A ranking that is under way can be cancelled.
ALTER TABLE khoacu.job
  DROP CONSTRAINT job_state_check,
  ADD CONSTRAINT job_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  ADD cancelled_by bigint REFERENCES khoacu.staff,
  ADD cancelled_at timestamptz,
  ADD CHECK ((cancelled_by IS NULL) = (cancelled_at IS NULL));
COMMENT ON TABLE khoacu.job IS 'Long work for the worker: waiting -> running -> done | failed | cancelled';
COMMENT ON COLUMN khoacu.job.cancelled_by IS 'Who asked for its end; a running job ends at its next step, or is done before';
COMMENT ON COLUMN khoacu.job.cancelled_at IS 'When';
