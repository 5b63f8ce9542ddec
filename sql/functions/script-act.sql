-- What an examiner does to a script that lies before her, besides marking it.

-- Declares a mark final. The revision that she saw must be the last one; a second time is answered as the first, another
-- revision is refused.
CREATE OR REPLACE FUNCTION khoacu.do_script_final(
  p_task_id bigint, p_marker_id bigint, p_revision integer, OUT outcome text, OUT live boolean, OUT final_at timestamptz, OUT script_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_task record;
  v_within boolean;
  v_kept integer;
  v_lock bigint;
BEGIN
  live := false;
  SELECT t.blind_id, CASE WHEN t.marking_round > 0 THEN t.blind_id ELSE p_task_id END INTO script_id, v_lock FROM script_task(p_task_id, p_marker_id) t;
  IF script_id IS NULL THEN
    outcome := 'not_assigned';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(v_lock);
  v_task := script_task(p_task_id, p_marker_id);
  IF v_task.marking_round = 0 THEN
    script_id := NULL; -- a sample
  END IF;
  PERFORM 1 FROM cycle c WHERE c.cycle_id = v_task.cycle_id FOR KEY SHARE;
  IF v_task.final THEN
    SELECT x.revision, x.final_at INTO v_kept, final_at
      FROM (SELECT f.revision, f.final_at FROM mark_final f WHERE f.blind_id = script_id AND f.marking_round = v_task.marking_round
            UNION ALL SELECT f.revision, f.final_at FROM script_trial_final f WHERE f.trial_id = p_task_id) x;
    outcome := CASE WHEN v_kept = p_revision THEN 'repeated' ELSE 'final' END;
  ELSIF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_task.cycle_id) <> (v_task.marking_round BETWEEN 6 AND 8) THEN
    outcome := 'frozen';
  ELSIF NOT v_task.marked THEN
    outcome := 'unmarked';
  ELSIF v_task.last_revision <> p_revision THEN
    outcome := 'stale';
  ELSIF v_task.state <> 'open' THEN
    outcome := v_task.state;
  ELSE
    final_at := clock_timestamp();
    outcome := 'declared';
    live := v_task.marking_round > 0;
    IF live THEN
      INSERT INTO mark_final (blind_id, marking_round, revision, final_at)
      VALUES (script_id, v_task.marking_round, p_revision, do_script_final.final_at);
    ELSE
      SELECT m.status = 'awarded' AND abs(m.value - p.value) <= coalesce(d.tolerance, 0)
             AND (d.criterion_tolerance IS NULL OR p.criteria IS NULL OR m.criteria IS NULL
                  OR (SELECT bool_and(abs(a - b) <= d.criterion_tolerance) FROM unnest(m.criteria, p.criteria) AS u (a, b)))
        INTO v_within
        FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id
        JOIN script_trial_mark m ON m.trial_id = t.trial_id AND m.revision = p_revision
        LEFT JOIN LATERAL (SELECT z.tolerance, z.criterion_tolerance FROM script_standard z
                            WHERE z.cycle_id = v_task.cycle_id AND z.component = v_task.component AND z.question = v_task.question
                            ORDER BY z.version DESC LIMIT 1) d ON true
       WHERE t.trial_id = p_task_id;
      INSERT INTO script_trial_final (trial_id, revision, within, final_at)
      VALUES (p_task_id, p_revision, coalesce(v_within, false), do_script_final.final_at);
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_final IS 'Declares a mark final; script_id is the script, NULL of a sample; outcome declared, repeated, final, frozen, unmarked, stale, qualify, stopped or not_assigned';
REVOKE ALL ON FUNCTION khoacu.do_script_final FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_final TO khoacu_server;

-- A remark at a place. An empty one takes it back.
CREATE OR REPLACE FUNCTION khoacu.do_script_annotation_put(
  p_task_id bigint, p_marker_id bigint, p_number smallint, p_seen integer, p_page smallint, p_place integer[], p_body text,
  OUT outcome text, OUT revision integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_task record;
  v_page record;
  v_last record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_task_id);
  v_task := script_task(p_task_id, p_marker_id);
  IF v_task.blind_id IS NULL THEN
    outcome := 'not_assigned';
    RETURN;
  END IF;
  SELECT g.kind, length(g.body) AS len INTO v_page FROM script_page g WHERE g.blind_id = v_task.blind_id AND g.page = p_page;
  SELECT n.revision, n.page, n.place, n.body INTO v_last FROM script_annotation n
   WHERE n.task_id = p_task_id AND n.marker_id = p_marker_id AND n.number = p_number ORDER BY n.revision DESC LIMIT 1;
  revision := coalesce(v_last.revision, 0);
  IF revision = p_seen + 1 AND v_last.page = p_page AND v_last.place = p_place AND v_last.body = p_body THEN
    outcome := 'repeated';
  ELSIF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_task.cycle_id) <> (v_task.marking_round BETWEEN 6 AND 8) THEN
    outcome := 'frozen';
  ELSIF v_task.final THEN
    outcome := 'final';
  ELSIF v_task.state <> 'open' THEN
    outcome := v_task.state;
  ELSIF revision <> p_seen THEN
    outcome := 'stale';
  ELSIF v_page.kind IS NULL OR v_page.kind = 'withheld' OR (v_page.kind = 'text') <> (cardinality(p_place) = 2) THEN
    outcome := 'no_page';
  ELSIF v_page.kind = 'text' AND NOT (0 <= p_place[1] AND p_place[1] < p_place[2] AND p_place[2] <= v_page.len) THEN
    outcome := 'off_page';
  ELSIF v_page.kind = 'image' AND NOT (0 <= p_place[1] AND 0 <= p_place[2] AND 0 < p_place[3] AND 0 < p_place[4]
                                       AND p_place[1]::bigint + p_place[3] <= 10000 AND p_place[2]::bigint + p_place[4] <= 10000) THEN
    outcome := 'off_page';
  ELSE
    INSERT INTO script_annotation (task_id, marker_id, number, revision, page, place, body, entered_at)
    VALUES (p_task_id, p_marker_id, p_number, p_seen + 1, p_page, p_place, p_body, clock_timestamp());
    revision := p_seen + 1;
    outcome := 'kept';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_annotation_put IS 'kept, repeated, stale, frozen, final, qualify, stopped, no_page, off_page or not_assigned';
REVOKE ALL ON FUNCTION khoacu.do_script_annotation_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_annotation_put TO khoacu_server;

-- A report to the head of the board. It changes no mark.
CREATE OR REPLACE FUNCTION khoacu.do_script_report_put(
  p_task_id bigint, p_marker_id bigint, p_report_id bigint, p_article text, p_reason text, OUT outcome text, OUT reported_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_task record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_task_id);
  v_task := script_task(p_task_id, p_marker_id);
  SELECT r.reported_at INTO reported_at FROM script_report r
   WHERE r.task_id = p_task_id AND r.marker_id = p_marker_id AND r.article = p_article;
  IF v_task.blind_id IS NULL THEN
    outcome := 'not_assigned';
  ELSIF reported_at IS NOT NULL THEN
    outcome := 'repeated';
  ELSIF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_task.cycle_id) <> (v_task.marking_round BETWEEN 6 AND 8) THEN
    outcome := 'frozen';
  ELSIF v_task.state <> 'open' THEN
    outcome := v_task.state;
  ELSE
    reported_at := clock_timestamp();
    INSERT INTO script_report (report_id, task_id, blind_id, marker_id, article, reason, reported_at)
    VALUES (p_report_id, p_task_id, v_task.blind_id, p_marker_id, p_article, p_reason, do_script_report_put.reported_at);
    outcome := 'kept';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_report_put IS 'kept, repeated, frozen, qualify, stopped or not_assigned';
REVOKE ALL ON FUNCTION khoacu.do_script_report_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_report_put TO khoacu_server;
