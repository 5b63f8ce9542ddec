-- One mark by the examiner before whom the script lies, be it a live script or a sample. The revision that she saw must be the
-- last one; the same mark sent again is answered as the first time. mark_guard and mark_criteria_guard refuse the rest,
-- whoever asks.
CREATE OR REPLACE FUNCTION khoacu.do_marking_mark_put(
  p_blind_id bigint, p_marker_id bigint, p_seen integer, p_status text, p_value numeric, p_note text, p_criteria numeric[] DEFAULT NULL,
  p_seconds integer DEFAULT NULL, OUT outcome text, OUT revision integer, OUT entered_at timestamptz, OUT quick boolean, OUT script_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_task record;
  v_last record;
  v_fault text;
  v_lock bigint;
BEGIN
  quick := false;
  SELECT t.blind_id, CASE WHEN t.marking_round > 0 THEN t.blind_id ELSE p_blind_id END INTO script_id, v_lock FROM script_task(p_blind_id, p_marker_id) t;
  IF script_id IS NULL THEN
    outcome := 'not_assigned';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(v_lock); -- two entries for one script follow each other
  v_task := script_task(p_blind_id, p_marker_id);
  IF v_task.marking_round = 0 THEN
    script_id := NULL; -- a sample
  END IF;
  PERFORM 1 FROM cycle c WHERE c.cycle_id = v_task.cycle_id FOR KEY SHARE; -- a freeze under way is waited for
  IF v_task.marking_round > 0 THEN
    SELECT m.status, m.value, m.note, m.criteria, m.entered_at INTO v_last FROM mark m
     WHERE m.blind_id = script_id AND m.marking_round = v_task.marking_round AND m.revision = v_task.last_revision
       AND m.marker_id = p_marker_id;
  ELSE
    SELECT m.status, m.value, m.note, m.criteria, m.entered_at INTO v_last FROM script_trial_mark m
     WHERE m.trial_id = p_blind_id AND m.revision = v_task.last_revision;
  END IF;
  revision := v_task.last_revision;
  entered_at := v_last.entered_at;
  v_fault := script_criteria_fault(v_task.cycle_id, v_task.component, v_task.question, p_value, p_criteria);
  IF revision = p_seen + 1 AND v_last.status = p_status AND v_last.value IS NOT DISTINCT FROM p_value
     AND v_last.note IS NOT DISTINCT FROM p_note AND v_last.criteria IS NOT DISTINCT FROM p_criteria THEN
    outcome := 'repeated';
  ELSIF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_task.cycle_id) <> (v_task.marking_round BETWEEN 6 AND 8) THEN
    outcome := 'frozen';
  ELSIF v_task.final THEN
    outcome := 'final';
  ELSIF v_task.state <> 'open' THEN
    outcome := v_task.state;
  ELSIF revision <> p_seen THEN
    outcome := 'stale';
  ELSIF v_fault IS NOT NULL THEN
    outcome := v_fault;
  ELSIF p_value > v_task.mark_max THEN
    outcome := 'off_scale';
  ELSIF p_value % v_task.mark_step <> 0 THEN
    outcome := 'off_step';
  ELSE
    revision := p_seen + 1;
    entered_at := clock_timestamp();
    IF v_task.marking_round > 0 THEN
      INSERT INTO mark AS m (blind_id, marking_round, revision, marker_id, status, value, note, entered_at, criteria, seconds)
      VALUES (script_id, v_task.marking_round, do_marking_mark_put.revision, p_marker_id, p_status, p_value, p_note, do_marking_mark_put.entered_at,
              p_criteria, p_seconds)
      RETURNING m.entered_at INTO entered_at;
    ELSE
      INSERT INTO script_trial_mark (trial_id, revision, status, value, criteria, note, seconds, entered_at)
      VALUES (p_blind_id, do_marking_mark_put.revision, p_status, p_value, p_criteria, p_note, p_seconds, do_marking_mark_put.entered_at);
    END IF;
    quick := coalesce(p_seen = 0 AND p_seconds < (SELECT d.quick_seconds FROM script_standard d
                                                   WHERE d.cycle_id = v_task.cycle_id AND d.component = v_task.component
                                                     AND d.question = v_task.question ORDER BY d.version DESC LIMIT 1), false);
    outcome := 'entered';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_mark_put IS 'Enters or corrects a mark under the code of its marker; script_id is the script, NULL of a sample; outcome entered, repeated, stale, frozen, final, qualify, stopped, off_scale, off_step, not_assigned or a word of script_criteria_fault';
REVOKE ALL ON FUNCTION khoacu.do_marking_mark_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_mark_put TO khoacu_server;
