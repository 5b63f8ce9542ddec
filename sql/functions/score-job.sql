-- The queue of the worker. Who runs a job holds the advisory lock of its id, for as long as its connection lives.

CREATE OR REPLACE FUNCTION khoacu.do_score_job_enqueue(
  p_job_id bigint, p_kind text, p_cycle_id bigint, p_subject_id bigint, p_requested_by bigint,
  p_requested_at timestamptz, p_arguments text, OUT job_id bigint, OUT waits boolean)
LANGUAGE plpgsql AS $$
BEGIN
  -- Two requests for the same work follow each other.
  PERFORM pg_advisory_xact_lock(p_subject_id);
  SELECT j.job_id INTO do_score_job_enqueue.job_id FROM khoacu.job j
   WHERE j.kind = p_kind AND j.subject_id = p_subject_id AND j.state IN ('waiting', 'running')
   LIMIT 1;
  waits := do_score_job_enqueue.job_id IS NOT NULL;
  IF NOT waits THEN
    INSERT INTO khoacu.job (job_id, kind, cycle_id, subject_id, requested_by, requested_at, arguments)
    VALUES (p_job_id, p_kind, p_cycle_id, p_subject_id, p_requested_by, p_requested_at, p_arguments);
    job_id := p_job_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_score_job_enqueue(bigint, text, bigint, bigint, bigint, timestamptz, text) IS
  'Makes a waiting job, or finds the one of the same kind and subject that waits or runs';

CREATE OR REPLACE FUNCTION khoacu.do_score_job_take(p_now timestamptz, p_kinds text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  candidate bigint;
BEGIN
  FOR candidate IN
    SELECT j.job_id FROM khoacu.job j
     WHERE j.state IN ('waiting', 'running') AND j.kind = ANY (p_kinds)
     ORDER BY j.requested_at
       FOR UPDATE SKIP LOCKED
  LOOP
    -- A running job whose lock is free has lost its worker.
    IF pg_try_advisory_lock(candidate) THEN
      UPDATE khoacu.job j SET state = 'running', started_at = p_now, attempts = j.attempts + 1
       WHERE j.job_id = candidate;
      RETURN candidate;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION khoacu.do_score_job_take(timestamptz, text[]) IS
  'The oldest job of these kinds that waits or whose worker is gone, now running and locked by this connection; or null';

CREATE OR REPLACE FUNCTION khoacu.do_score_job_finish(
  p_job_id bigint, p_state text, p_message text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF p_state IS NOT NULL THEN
    UPDATE khoacu.job j SET state = p_state, message = p_message, finished_at = p_now
     WHERE j.job_id = p_job_id AND j.state = 'running';
  END IF;
  RETURN pg_advisory_unlock(p_job_id);
END
$$;
COMMENT ON FUNCTION khoacu.do_score_job_finish(bigint, text, text, timestamptz) IS
  'Ends a running job, or leaves it to the next worker (state null), and lets its lock go; false: the lock was lost with its connection';

CREATE OR REPLACE FUNCTION khoacu.do_score_job_cancel(p_job_id bigint, p_kind text, p_by bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  now_state text;
BEGIN
  UPDATE khoacu.job j
     SET cancelled_by = p_by, cancelled_at = p_now,
         state = CASE j.state WHEN 'waiting' THEN 'cancelled' ELSE j.state END,
         message = CASE j.state WHEN 'waiting' THEN 'cancelled' ELSE j.message END,
         finished_at = CASE j.state WHEN 'waiting' THEN p_now END
   WHERE j.job_id = p_job_id AND j.kind = p_kind AND j.state IN ('waiting', 'running') AND j.cancelled_at IS NULL
  RETURNING j.state INTO now_state;
  IF now_state IS NOT NULL THEN
    RETURN now_state;
  END IF;
  RETURN (SELECT 'ended' FROM khoacu.job j WHERE j.job_id = p_job_id AND j.kind = p_kind);
END
$$;
COMMENT ON FUNCTION khoacu.do_score_job_cancel(bigint, text, bigint, timestamptz) IS
  'Ends a waiting job at once, and a running one at its next step: its state now, "ended" where it had ended or been cancelled before; null: no such job';
REVOKE ALL ON FUNCTION khoacu.do_score_job_cancel FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_score_job_cancel TO khoacu_server;
