-- One mark by the examiner to whom the script is assigned. The revision that she saw must be the last one; the same mark
-- sent again is answered as the first time. mark_guard refuses the rest, whoever asks.
CREATE OR REPLACE FUNCTION khoacu.do_marking_mark_put(
  p_blind_id bigint, p_marker_id bigint, p_seen integer, p_status text, p_value numeric, p_note text,
  OUT outcome text, OUT revision integer, OUT entered_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  v_round smallint;
  v_script khoacu.script%ROWTYPE;
  v_last khoacu.mark%ROWTYPE;
BEGIN
  SELECT s.blind_id, s.cycle_id, s.component, s.mark_max, s.mark_step INTO v_script
    FROM khoacu.script s WHERE s.blind_id = p_blind_id;
  SELECT a.marking_round INTO v_round
    FROM khoacu.marking_assignment a WHERE a.blind_id = p_blind_id AND a.marker_id = p_marker_id;
  IF v_round IS NULL THEN
    outcome := 'not_assigned';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(p_blind_id); -- two entries for one script follow each other
  PERFORM 1 FROM khoacu.cycle c WHERE c.cycle_id = v_script.cycle_id FOR KEY SHARE; -- a freeze under way is waited for
  SELECT m.blind_id, m.marking_round, m.revision, m.marker_id, m.status, m.value, m.note, m.entered_at INTO v_last
    FROM khoacu.mark m WHERE m.blind_id = p_blind_id AND m.marking_round = v_round ORDER BY m.revision DESC LIMIT 1;
  revision := coalesce(v_last.revision, 0);
  entered_at := v_last.entered_at;
  IF revision = p_seen + 1 AND v_last.status = p_status AND v_last.value IS NOT DISTINCT FROM p_value
     AND v_last.note IS NOT DISTINCT FROM p_note THEN
    outcome := 'repeated';
  ELSIF EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = v_script.cycle_id) THEN
    outcome := 'frozen';
  ELSIF revision <> p_seen THEN
    outcome := 'stale';
  ELSIF p_value > v_script.mark_max THEN
    outcome := 'off_scale';
  ELSIF p_value % v_script.mark_step <> 0 THEN
    outcome := 'off_step';
  ELSE
    INSERT INTO khoacu.mark AS m (blind_id, marking_round, revision, marker_id, status, value, note, entered_at)
    VALUES (p_blind_id, v_round, p_seen + 1, p_marker_id, p_status, p_value, p_note, clock_timestamp())
    RETURNING m.revision, m.entered_at INTO revision, entered_at;
    outcome := 'entered';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_mark_put IS 'Enters or corrects a mark; outcome entered, repeated, stale, frozen, off_scale, off_step or not_assigned';
REVOKE ALL ON FUNCTION khoacu.do_marking_mark_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_mark_put TO khoacu_server;
