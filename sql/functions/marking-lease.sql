-- Scripts that lie open before an examiner, and those that she hands back. A sample is to all of it as any live script is, so that
-- neither tells a seed.

CREATE OR REPLACE FUNCTION khoacu.do_marking_lease(p_task_id bigint, p_marker_id bigint, p_minutes integer, OUT leased_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_task record;
BEGIN
  v_task := script_task(p_task_id, p_marker_id);
  IF v_task.blind_id IS NULL OR v_task.final OR NOT (v_task.state = 'open' OR v_task.marked) THEN
    RETURN;
  END IF;
  leased_until := clock_timestamp() + make_interval(mins => least(p_minutes, 60));
  IF v_task.marking_round > 0 THEN
    INSERT INTO marking_lease AS l (blind_id, marking_round, marker_id, leased_at, leased_until)
    VALUES (v_task.blind_id, v_task.marking_round, p_marker_id, clock_timestamp(), do_marking_lease.leased_until)
    ON CONFLICT (blind_id, marking_round) DO UPDATE
       SET marker_id = excluded.marker_id, leased_until = excluded.leased_until,
           leased_at = CASE WHEN l.marker_id = excluded.marker_id THEN l.leased_at ELSE excluded.leased_at END;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_lease IS 'Opens a script for its marker or renews that; NULL: it is not hers or not yet, or its mark is final';
REVOKE ALL ON FUNCTION khoacu.do_marking_lease FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_lease TO khoacu_server;

-- The next one that waits for a mark, in order of random codes.
CREATE OR REPLACE FUNCTION khoacu.do_marking_lease_next(p_marker_id bigint, p_minutes integer, OUT task_id bigint, OUT leased_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  SELECT t.task_id INTO task_id FROM script_tasks(p_marker_id, 0, 'waiting', 1) t;
  IF task_id IS NOT NULL THEN
    leased_until := do_marking_lease(do_marking_lease_next.task_id, p_marker_id, p_minutes);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_lease_next IS 'Opens the next script of an examiner; NULL: none waits';
REVOKE ALL ON FUNCTION khoacu.do_marking_lease_next FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_lease_next TO khoacu_server;

-- Handed back by the examiner herself: a live script goes to another, who is drawn; a sample is hers no more. The same again is
-- answered as the first time.
CREATE OR REPLACE FUNCTION khoacu.do_marking_give_back(
  p_task_id bigint, p_marker_id bigint, p_why text, p_reason text,
  OUT outcome text, OUT marking_round smallint, OUT marker_id bigint, OUT script_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_trial record;
BEGIN
  marking_round := 0;
  script_id := coalesce((SELECT c.blind_id FROM appeal_code c WHERE c.code = p_task_id), p_task_id);
  PERFORM pg_advisory_xact_lock(script_id);
  SELECT t.trial_id, s.cycle_id, r.trial_id IS NOT NULL AS returned, f.trial_id IS NOT NULL AS final INTO v_trial
    FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id JOIN script s ON s.blind_id = p.blind_id
    LEFT JOIN script_trial_return r ON r.trial_id = t.trial_id LEFT JOIN script_trial_final f ON f.trial_id = t.trial_id
   WHERE t.trial_id = p_task_id AND t.marker_id = p_marker_id;
  IF NOT FOUND THEN
    IF EXISTS (SELECT 1 FROM marking_redraw w WHERE w.blind_id = do_marking_give_back.script_id AND w.replaced_id = p_marker_id AND w.why = p_why) THEN
      outcome := 'repeated';
    ELSE
      SELECT r.outcome, r.marking_round, r.marker_id INTO outcome, marking_round, marker_id
        FROM do_marking_replace(p_task_id, p_marker_id, p_why, p_reason) r;
    END IF;
    RETURN;
  END IF;
  outcome := CASE
    WHEN v_trial.returned THEN 'repeated'
    WHEN v_trial.final THEN 'final'
    WHEN EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_trial.cycle_id) THEN 'frozen'
    ELSE 'drawn' END;
  IF outcome = 'drawn' THEN
    INSERT INTO script_trial_return (trial_id, why, reason, returned_at) VALUES (p_task_id, p_why, p_reason, clock_timestamp());
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_give_back IS 'An examiner hands a script back; outcome drawn, repeated, not_assigned, final, frozen, nobody or no_draw; round 0: a sample';
REVOKE ALL ON FUNCTION khoacu.do_marking_give_back FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_give_back TO khoacu_server;
